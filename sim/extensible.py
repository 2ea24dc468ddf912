"""What a model class of one's own may declare and change, and what is refused to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import mesa

from sim.agents import Citizen, LocalGovernment, refuse_changed_rules
from sim.arguments import whole
from sim.errors import UserMistake, WrongArgument
from sim.outcomes import Outcome
from sim.own import (
    Rules,
    actions_under,
    citizens_under,
    declare,
    is_of_citizens,
    months_under,
    refuse_wrong_outcomes,
)
from sim.parameters import group_values
from sim.processes.declared import OWNERS, own_groups
from sim.processes.month import Months, months
from sim.record import Record
from sim.scenario.rules import choices

if TYPE_CHECKING:
    from sim.scenario import Scenario


class Extensible(mesa.Model):  # type: ignore[misc]
    """The part of the model that subclasses declare themselves to (`docs/extending.md`)."""

    plan: Scenario
    engine: str
    record: Record
    local_governments: list[LocalGovernment]
    _values: dict[str, float]

    own_parameters: ClassVar[Mapping[str, type[tuple[Any, ...]]]] = {}
    """Groups of parameters by name, declared as ours are; `own` has their values."""
    own_outcomes: ClassVar[tuple[Outcome, ...]] = ()
    """Outcomes beside ours, which `read_outcomes` gives."""
    own_rules: ClassVar[Rules] = {}
    """Rules in place of ours, by their names, under both engines."""
    citizen_class: ClassVar[type[Citizen]] = Citizen
    """What every citizen is, with `engine="agents"`."""
    _months: ClassVar[Months] = months
    _actions: ClassVar[Mapping[str, Callable[..., Any]]] = {}
    _citizens_under_rules: ClassVar[type[Citizen]] = Citizen

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        declare(cls)
        cls._months, cls._actions = months_under(cls.own_rules), actions_under(cls.own_rules)
        cls._citizens_under_rules = citizens_under(cls.own_rules, cls, "_citizens_under_rules")
        if Citizen not in (cls.citizen_class, cls._citizens_under_rules):
            raise WrongArgument(
                f"{cls.__qualname__}: citizen_class and own_rules both say how citizens live; "
                "call the rule from the class's own method instead"
            )

    def read_outcomes(self) -> Mapping[str, float]:
        """For a subclass: this month's reading of each outcome in `own_outcomes`, by name."""
        return {}

    def _refuse_rules_on_card(self) -> None:
        """Raises `UserMistake` for own rules of citizens: a graphics card has ours."""
        mine = [name for name in self.own_rules if is_of_citizens(name)]
        if mine:
            raise UserMistake(
                f"{type(self).__qualname__}.own_rules: {', '.join(mine)}: a graphics card runs the "
                'stock rules of citizens; use engine="compiled" or "agents"'
            )

    def _refuse_ignored_rules(self, plan: Scenario) -> None:
        """Raises `UserMistake` for an alternative rule where one of the class's own stands."""
        known = choices()
        for process, chosen in plan.chosen_rules.items():
            asked = known[process].asked_in
            if chosen != known[process].choices[0] and asked in self.own_rules:
                raise UserMistake(
                    f"rules: {process}: {chosen} would be ignored, since {asked} is among "
                    f"{type(self).__qualname__}.own_rules; leave one of the two out"
                )

    def _observe_own(self, at: int) -> None:
        read = self.read_outcomes()
        refuse_wrong_outcomes(self.own_outcomes, read)
        for name, values in self.record.own:
            values[at] = read[name]

    def _own_values(self) -> Mapping[str, Any]:
        return {
            prefix: group_values(prefix, group, self._values)
            for prefix, group in self.own_parameters.items()
        }

    def _refuse_another_s(self, plan: Scenario) -> None:
        """Raises `UserMistake` for a scenario that belongs to another model class."""
        own = plan.own_model
        if own is not None and own.kind is not type(self):
            raise UserMistake(
                f"{plan.name} is run under {own.name}, not under {type(self).__qualname__}: "
                "use scenario.model()"
            )
        self._refuse_ignored_rules(plan)
        foreign = own_groups(plan.named_parameters) - set(self.own_parameters)
        for prefix in sorted(foreign):
            names = sorted(n for n in plan.named_parameters if n.startswith(f"{prefix}."))
            raise UserMistake(
                f"{names[0]}: is declared by {OWNERS[prefix]}, and {type(self).__qualname__} would "
                "ignore it; use scenario.under"
            )

    @property
    def citizen_kind(self) -> type[Citizen]:
        """What a citizen is here, unless a row has one of another class."""
        named = self.citizen_class
        return self._citizens_under_rules if named is Citizen else named

    def admit(self, kind: type[Citizen], row: int) -> int:
        """The row for a citizen of a class of one's own.

        Raises `WrongArgument` if there is no such row, `UserMistake` if the compiled engine would
        not ask the class's rules, or the class those of the model.
        """
        if self.engine != "agents":
            refuse_changed_rules(kind)
        if self._citizens_under_rules is not Citizen:
            raise UserMistake(
                f"{kind.__name__}: would not ask the rules of {type(self).__qualname__}.own_rules; "
                "leave one of the two out"
            )
        return whole("row", row, 0, self.size - 1)

    def admit_government(self, kind: type[LocalGovernment], row: int) -> int:
        """The row for a local government of a class of one's own; raises as `admit` does."""
        if self.engine != "agents":
            refuse_changed_rules(kind)
        if self._actions:
            raise UserMistake(
                f"{kind.__name__}: would not ask the rules of {type(self).__qualname__}.own_rules; "
                "leave one of the two out"
            )
        return whole("row", row, 0, len(self.local_governments) - 1)

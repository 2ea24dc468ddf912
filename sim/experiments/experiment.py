"""An experiment: a question about policies when levers and uncertainties vary. Frozen and valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, Field, PrivateAttr, ValidationInfo, model_validator

from sim.errors import ScenarioError
from sim.experiments.designs import Design, points
from sim.experiments.experiment_checks import (
    check,
    experiment_hint,
    refuse_unknown_to_classes,
)
from sim.experiments.experiment_files import (
    MOST_POLICIES,
    Policies,
    apply_sets,
    find_experiment,
    read_policies,
)
from sim.experiments.factor_layers import told
from sim.experiments.factors import Factor, Range, factor_of, number_choices
from sim.experiments.plan import Plan
from sim.outcomes import OUTCOMES
from sim.scenario import Scenario
from sim.scenario.blocks import STRICT
from sim.scenario.examining import PIECEWISE, examine
from sim.scenario.files import merge_sources, name_after
from sim.scenario.remaining import StandIns
from sim.scenario.source import Mistake, Path_, Source, Spot, lines, read_source
from sim.worlds.draws import MOST_WORLDS, REPLICATES_PER_WORLD

if TYPE_CHECKING:
    from sim.model import GovernanceModel

_STAND_INS: StandIns = {
    ("", "policies"): ["gov1"],
    ("", "design"): {"kind": "one_at_a_time"},
    ("design", "kind"): "one_at_a_time",
}
Factors = dict[str, Range | None]


class Experiment(BaseModel):
    """An experiment. Load one with `Experiment.load`, and let `plan` say what there is to run."""

    model_config = STRICT
    name: Annotated[str, Field(min_length=1, max_length=80)] = "experiment"
    question: str = ""
    description: str = ""
    policies: list[Any] = Field(
        min_length=1,
        max_length=MOST_POLICIES,
        description="shipped names, files, or a scenario's keys with a name",
    )
    base: dict[str, Any] = Field(
        default_factory=dict, description="keys of a scenario that hold for every policy"
    )
    levers: Factors = Field(default_factory=dict, description="what governments choose")
    uncertainties: Factors = Field(default_factory=dict, description="what the world decides")
    outcomes: list[str] = Field(
        default_factory=lambda: [outcome.name for outcome in OUTCOMES],
        min_length=1,
        max_length=100,
        description="outcomes to keep",
    )
    design: Design = Field(description="how the points are chosen")
    replicates: int = Field(1, ge=1, le=100_000, description="replicates per point and policy")
    worlds: int | None = Field(
        None,
        ge=1,
        le=MOST_WORLDS,
        description="plausible worlds that each point and policy is run in; replicates are in each",
    )
    seed: int = Field(1, ge=0, lt=1 << 63, description="seed of points, luck and worlds")
    months: list[int] | None = Field(
        None,
        min_length=1,
        max_length=1_200,
        description="months whose outcomes are kept; the last unless given",
    )
    horizon: int | None = Field(
        None, ge=1, le=100, description="year at which outcomes are read; the last unless given"
    )
    _source: Source = PrivateAttr(default_factory=lambda: Source({}))
    _folder: Path = PrivateAttr(default_factory=Path)
    _policies: Policies = PrivateAttr(default_factory=Policies)
    _under: Any = PrivateAttr(None)

    __iter__ = None  # type: ignore[assignment]  # one value to other tools, not its fields

    @model_validator(mode="before")
    @classmethod
    def _number_rules(cls, data: Any) -> Any:
        """Rules among the values of factors are known by their numbers."""
        if not isinstance(data, Mapping):
            return data
        source = Source(dict(data))
        number_choices(source)
        return source.data

    @model_validator(mode="after")
    def _check_the_whole(self, info: ValidationInfo) -> Self:
        if info.context != PIECEWISE:
            valid = _validated(Source(self._data()), self._folder / "-")
            self._policies = valid._policies
        return self

    @classmethod
    def load(cls, experiment: str | Path, *, sets: Sequence[str] = ()) -> Experiment:
        """The experiment of a file, or of a shipped name such as `levers`.

        `sets` are changes as `path.to.key=value`; a parameter's full name sets it in every policy.
        Raises `ScenarioError`, one line per mistake.
        """
        path = find_experiment(experiment)
        source = read_source(path, "an experiment")
        apply_sets(source, sets)
        name_after(source, path)
        return _validated(source, path)

    def but(self, **changes: Any) -> Experiment:
        """The same experiment with some changes, merged and validated again."""
        below = self._data()
        if "design" in changes:
            del below["design"]
        changed = _validated(merge_sources(Source(below), Source(changes)), self._folder / "-")
        return changed if self._under is None else changed.under(self._under)

    def under(self, model: type[GovernanceModel]) -> Self:
        """The same experiment with every policy under a model class, as `Scenario.under` says."""
        same = self.model_copy()
        policies = {name: policy.under(model) for name, policy in self.scenarios.items()}
        same._policies, same._under = replace(self._policies, scenarios=policies), model
        return same

    def _data(self) -> dict[str, Any]:
        """What is given, as plain data; policies under a model class of one's own keep it."""
        data = self.model_dump(exclude_unset=True)
        if "policies" in data:
            pairs = zip(data["policies"], self.policies, strict=True)
            data["policies"] = [item if _has_class(item) else plain for plain, item in pairs]
        return data

    @property
    def warnings(self) -> list[str]:
        """What is written and counts for nothing or not as written, one line each."""
        own = [line for policy in self.scenarios.values() for line in policy.warnings]
        found = lines([*self._source.notes, *told(self)], "warnings")
        return [*dict.fromkeys([*own, *found])]

    def lower(self, policy: str) -> Source:
        """The data of a policy as it is without what `base` says over it."""
        return self._policies.lower[policy]

    def place(self, path: Path_) -> Spot | str:
        """Where something is written, or the option that says it."""
        return self._source.place(path)

    def named(self, path: Path_) -> str:
        """The name of a path, and where it is written."""
        return self._source.named(path)

    def message(self, path: Path_, text: str) -> str:
        """The name of a path, as it was written, and a text about it."""
        return self._source.message(path, text)

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The policies by name, each with what `base` says over it."""
        return dict(self._policies.scenarios)

    @property
    def factors(self) -> tuple[Factor, ...]:
        """What varies, levers first, in the order of the file."""
        levers = [factor_of(name, "lever", given) for name, given in self.levers.items()]
        others = [factor_of(name, "uncertainty", r) for name, r in self.uncertainties.items()]
        return (*levers, *others)

    def plan(self) -> Plan:
        """Every run.

        Raises `UserMistake` where a design needs a library that is missing, or a policy's model
        class does not know what varies or what is kept.
        """
        policies, factors = self.scenarios, self.factors
        refuse_unknown_to_classes(policies, [f.name for f in factors], self.outcomes)
        last = min(policy.months for policy in policies.values())
        each = self.replicates if self.worlds is None else per_world(self)
        return Plan(
            name=self.name,
            question=self.question,
            policies=policies,
            factors=factors,
            points=points(self.design, factors, seed=self.seed, folder=self._folder),
            design=self.design,
            replicates=each * (self.worlds or 1),
            seed=self.seed,
            outcomes=tuple(self.outcomes),
            months=tuple(sorted(self.months or [last])),
            horizon=self.horizon,
            per_world=0 if self.worlds is None else each,
        )


def per_world(experiment: Experiment) -> int:
    """Replicates in each world: those beside the experiment's `worlds`, or 2."""
    own = experiment.worlds is not None and "replicates" in experiment.model_fields_set
    return experiment.replicates if own else REPLICATES_PER_WORLD


def _validated(source: Source, path: Path) -> Experiment:
    """The experiment of plain data; raises `ScenarioError` with every mistake, each on its line."""
    policies = read_policies(source, path)
    experiment, wrong = examine(
        Experiment,
        source,
        lambda experiment, dropped: check(experiment, policies, dropped, source, path.parent),
        stand_ins=_STAND_INS,
        hint=experiment_hint,
    )
    wrong += policies.told
    for layer in source.below:
        below = examine(Experiment, layer, _as_it_is, stand_ins=_STAND_INS, hint=experiment_hint)[1]
        wrong += [mistake for mistake in below if mistake not in wrong]
    if experiment is None or wrong:
        raise ScenarioError("\n".join(lines(wrong)))
    experiment._source, experiment._folder = source, path.parent
    experiment._policies = policies
    return experiment


def _has_class(item: Any) -> bool:
    return isinstance(item, Scenario) and item.own_model is not None


def _as_it_is(experiment: Experiment, dropped: Set[Path_]) -> Iterator[Mistake]:
    """What lies below something else is looked at key by key only."""
    yield from ()

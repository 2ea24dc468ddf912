"""A scenario: one society and the governments it lives under. Frozen and valid once made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    Field,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from sim.errors import ScenarioError
from sim.paradigms import FIGURE
from sim.processes.declared import LEVERS, PARAMETERS, own_groups
from sim.processes.shocks import SHOCKS, Strike
from sim.scenario.before import told_of_start
from sim.scenario.blocks import (
    STRICT,
    AnyRows,
    PolicyChange,
    Shock,
    Society,
    Transition,
    Worlds,
)
from sim.scenario.checks import check
from sim.scenario.examining import PIECEWISE, examine
from sim.scenario.files import (
    apply_sets,
    find_file,
    merge,
    merge_sources,
    name_after,
    read_with_parent,
    spread,
)
from sim.scenario.given import instead
from sim.scenario.held import held
from sim.scenario.idle import idle_changes
from sim.scenario.late import late_changes
from sim.scenario.own import OwnModel, own_model
from sim.scenario.own_files import digests, resolved_names, told_by_files, told_of_files
from sim.scenario.past import HISTORY, STAY, file_of_history, with_history
from sim.scenario.paths import Shift, positions_in, step
from sim.scenario.positions import row_positions
from sim.scenario.remaining import StandIns
from sim.scenario.rules import rules_in, with_rules
from sim.scenario.source import MOST_TOLD, Path_, Source, Told, lines
from sim.scenario.undone import undone
from sim.society.places import is_drawn, local_government_names, parameters_of

if TYPE_CHECKING:
    from sim.model import GovernanceModel

_EVERYBODY = ("all", "local")
_STAND_INS: StandIns = {
    ("moves", "to"): "gov1",
    ("shocks", "kind"): "fiscal",
    ("policy", "set"): {"government.budget": 1.0},
}
_FROM_PARENTS: frozenset[Path_] = frozenset({("start",), ("years",), ("society",), ("transition",)})

_FROM_ABOVE: frozenset[Path_] = frozenset(
    {("start",), ("years",), ("society",), ("transition", "mode"), ("cells",), HISTORY}
)
"""What says whether something else is right, and may still be replaced."""


class Scenario(BaseModel):
    """A scenario. Load one with `Scenario.load`, vary it with `but`."""

    model_config = STRICT
    FILE_KEYS: ClassVar = ("extends",)
    """Keys that only a file has."""

    name: Annotated[str, Field(min_length=1, max_length=80)] = "scenario"
    question: str = ""
    description: str = ""
    start: str = Field("1995-01", description="calendar month of month 1")
    history: Any = Field(
        None,
        description="scenario that the world lives through before start: a file or shipped name",
    )
    years: int = Field(20, ge=1, le=100, description="years simulated")
    seed: int = Field(1, ge=0, lt=1 << 63, description="seed of the replicates")
    replicates: int = Field(30, ge=1, le=100_000, description="replicates unless told otherwise")
    society: Society = Field(default_factory=Society)
    governance: AnyRows = "gov1"
    central: AnyRows | None = None
    transition: Transition = Field(default_factory=Transition)
    parameters: dict[str, float] = Field(default_factory=dict)
    rules: dict[str, Any] = Field(
        default_factory=dict,
        exclude=True,
        description="alternative rules by process, where theory is split",
    )
    cells: dict[str, dict[str, float]] = Field(default_factory=dict)
    policy: list[PolicyChange] = Field(default_factory=list)
    shocks: list[Shock] = Field(default_factory=list)
    worlds: Worlds = Field(
        default_factory=Worlds,
        description="what plausible worlds leave alone: {hold: [trust.*, cells.invitations]}",
    )
    focus: str | list[str] = Field(
        default_factory=list,
        description="local governments, by name, that are told beside the nation: one or a list",
    )
    _source: Source = PrivateAttr(default_factory=lambda: Source({}))
    _own: OwnModel | None = PrivateAttr(None)

    @model_validator(mode="before")
    @classmethod
    def _take_from_history(cls, data: Any) -> Any:
        """A history by its name or as plain data is loaded; its society holds here too."""
        return with_history(with_rules(data), cls)

    @model_validator(mode="after")
    def _check_the_whole(self, info: ValidationInfo) -> Self:
        mistakes = [] if info.context == PIECEWISE else list(check(self))
        if mistakes:
            raise ScenarioError("\n".join(self._source.lines(mistakes)))
        return self

    def __eq__(self, other: object) -> bool:
        """Scenarios are the same if they say the same, wherever it was written."""
        if not isinstance(other, Scenario):
            return False
        return self._beside == other._beside and self.model_dump() == other.model_dump()

    __iter__ = None  # type: ignore[assignment]  # one value to Mesa's batch runner, not many

    def __hash__(self) -> int:
        return hash((self.model_dump_json(), self._beside))

    @property
    def _beside(self) -> tuple[OwnModel | None, tuple[str, ...]]:
        """What decides results and stands elsewhere: a model class, the society's files."""
        return self._own, digests(self.society)

    @classmethod
    def load(cls, scenario: str | Path, *, sets: Sequence[str] = ()) -> Scenario:
        """The scenario of a file, or of a shipped name such as `gov2`.

        `sets` are changes as `path.to.key=value`. Raises `ScenarioError`, one line per mistake.
        """
        path = find_file(scenario)
        source = read_with_parent(path)
        apply_sets(source, sets)
        name_after(source, path)
        return _validated(source)

    def but(self, **changes: Any) -> Scenario:
        """The same scenario with some changes, merged and validated again."""
        data = self.model_dump(exclude_unset=True, exclude={"history"})
        if self.history is not None:
            data["history"] = self.history
        below, above = Source(data), Source(changes)
        spread(below)
        spread(above)
        return _validated(merge_sources(below, above)).run_by(self._own)

    def under(self, model: type[GovernanceModel]) -> Self:
        """The same scenario, run under a model class of one's own; see `docs/extending.md`.

        The class is no part of scenario files. Its name and a digest of what it says decide results
        as everything else does, so results of two classes are never mixed. Under `GovernanceModel`
        itself it is as it was shipped. Raises `UserMistake` for a class that worker processes could
        not import.
        """
        return self.run_by(own_model(model))

    def run_by(self, own: OwnModel | None) -> Self:
        """The same scenario under the model class that another one is run under."""
        if own == self._own:
            return self
        same = self.model_copy()
        same._own = own
        return same

    @property
    def own_model(self) -> OwnModel | None:
        """The model class that it is run under; None for the shipped one."""
        return self._own

    def model(
        self, seed: int | None = None, *, threads: int = 1, **options: Any
    ) -> GovernanceModel:
        """The Mesa model of this scenario, of the class that it is run `under`.

        Raises `UserMistake` if that class is not what it was.
        """
        from sim.model import GovernanceModel

        kind = GovernanceModel if self._own is None else self._own.load()
        return kind(self, rng=seed, threads=threads, **options)

    @property
    def warnings(self) -> list[str]:
        """What is written and counts for nothing or not as written, one line each."""
        found = [*idle_changes(self), *undone(self), *late_changes(self), *told_of_start(self),
                 *told_of_files(self)]  # fmt: skip
        return self._source.warnings(found)

    def named(self, *path: str | int) -> str:
        """The name of a path, and where it is written."""
        return self._source.named(path)

    def is_below(self, path: Path_, other: Path_) -> bool:
        """Whether what stands at a path comes from a file that the other's file extends."""
        return self._source.is_below(path, other)

    @property
    def named_parameters(self) -> set[str]:
        """Full names of the parameters to which it gives a value, now or later."""
        return set(self.parameters).union(*(change.set for change in self.policy))

    @property
    def in_focus(self) -> tuple[str, ...]:
        """Local governments that are told beside the nation."""
        return (self.focus,) if isinstance(self.focus, str) else tuple(self.focus)

    @property
    def told_by_files(self) -> set[str]:
        """Parameters of which the place, or files of its society, say what holds in all worlds."""
        return told_by_files(self.society)

    @property
    def months(self) -> int:
        """Months simulated."""
        return 12 * self.years

    @cached_property
    def lived(self) -> Scenario | None:
        """The history as the world of this scenario lives through it; None without one.

        There is one world: its society, the anchors of its figure and all parameters but levers are
        this scenario's from the first month of the history on, where this scenario says them.
        Levers are its own from `start` on.
        """
        past: Scenario | None = self.history
        if past is None:
            return None
        years = max(past.years, -(-self._months_since(past.start) // 12))
        society = self.society.model_dump()
        if not is_drawn(self.society.place):
            del society["local_governments"]
        values = {n: v for n, v in self.parameters.items() if n not in LEVERS}
        data = past.model_dump(exclude_unset=True, exclude={"history", "society"})
        if past.history is not None:
            data["history"] = past.history
        world = {"society": society, "years": years, "parameters": values, "cells": self.cells}
        return type(self).model_validate(merge(data, world))

    @property
    def stages(self) -> list[Stage]:
        """What the world lives through, in order: its histories, and this scenario last."""
        lived = self.lived
        if lived is None:
            return [Stage(self, 0, self.months)]
        before = lived.stages
        first = before[-1].first
        begin = first + self._months_since(lived.start)
        return [*before[:-1], Stage(lived, first, begin), Stage(self, begin, begin + self.months)]

    @property
    def months_before(self) -> int:
        """Months that the world lives through before `start`."""
        return self.stages[-1].first

    def _months_since(self, start: str) -> int:
        """Months from the beginning of a calendar month to `start`."""
        year, month = map(int, self.start.split("-"))
        first_year, first_month = map(int, start.split("-"))
        return 12 * (year - first_year) + month - first_month

    def resolved(self) -> dict[str, Any]:
        """Everything that decides a result, defaults filled in, in plain data."""
        beside = {"description", "question", "replicates", "history", "focus"}
        full = self.model_dump(mode="json", exclude=beside)
        if self.lived is None:
            full["governance"] = dict(zip(FIGURE.row_ids, self.profile, strict=True))
            full["central"] = dict(zip(FIGURE.row_ids, self.central_profile, strict=True))
        else:
            full["governance"], full["central"] = STAY, STAY
            full["history"] = self.lived.resolved()
            del full["history"]["seed"]
        full["parameters"] = {
            name: value
            for name, value in sorted(self.parameter_values(0).items())
            if name in self.parameters
            or (self.lived is None and not own_groups([name]) - self.own_groups)
        }
        place = self.society.place
        if not is_drawn(place):
            full["society"]["local_governments"] = len(local_government_names(place))
        full["society"] |= resolved_names(self.society)
        for key in ("access", "prices"):
            if full["society"][key] is None:
                del full["society"][key]
        if not full["society"]["citizens_in"]:
            del full["society"]["citizens_in"]
        observed = self.told_by_files - set(parameters_of(place))
        full["parameters"] = {n: v for n, v in full["parameters"].items() if n not in observed}
        del full["worlds"]
        if names := held(self):
            full["worlds"] = {"hold": sorted(names)}
        if self._own is not None:
            full["model"] = str(self._own)
        return full

    @property
    def chosen_rules(self) -> dict[str, str]:
        """Which of the alternative rules each process follows, by name."""
        return rules_in(self.parameter_values(0))

    @property
    def own_groups(self) -> set[str]:
        """Groups of parameters that the model class declares beside ours."""
        kind = self._own.kind if self._own is not None else None
        return set(kind.own_parameters) if kind is not None else set()

    @property
    def own_outcomes(self) -> set[str]:
        """Names of the outcomes that the model class declares beside ours."""
        kind = self._own.kind if self._own is not None else None
        return {outcome.name for outcome in kind.own_outcomes} if kind is not None else set()

    @cached_property
    def profile(self) -> tuple[float, ...]:
        """Positions of the local governments at month 0, one per row.

        After a history these are means over governments, nan where governments reform themselves.
        """
        if self.history is not None:
            names = local_government_names(self.society.place, count=self.society.local_governments)
            return tuple(self.start_positions(len(names))[:-1].mean(axis=0).tolist())
        return row_positions(self.governance)[0]

    @cached_property
    def central_profile(self) -> tuple[float, ...]:
        """Positions of the central government at month 0."""
        if self.history is not None:
            return tuple(self.start_positions(2)[-1].tolist())
        if self.central is None:
            return self.profile
        return row_positions(self.central, self.profile)[0]

    def parameter_values(self, month: int) -> dict[str, float]:
        """All parameters in force in a month, by full name, where no single government differs."""
        values = self._reached | self.parameters
        for begin, change in self._policies:
            if change.who in _EVERYBODY:
                for name, value in change.set.items():
                    values[name] = _moved(values[name], value, month, begin, change.over)
        return values

    @cached_property
    def _reached(self) -> dict[str, float]:
        """All parameters as they are before this scenario says anything."""
        if self.lived is None:
            declared = {name: parameter.default for name, parameter in PARAMETERS.items()}
            return declared | parameters_of(self.society.place)
        return self.lived.parameter_values(self._months_since(self.lived.start))

    def lever_values(self, month: int, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """What each government sets for itself in a month, by the name of the lever's column.

        Arrays have shape (local governments + 1,); the last entry is the centre's.
        """
        levers = self._levers_reached(names)
        for name in self.parameters.keys() & set(LEVERS):
            levers[name][:] = self.parameters[name]
        rows = {name: [row] for row, name in enumerate(names)}
        for begin, change in self._policies:
            who = rows.get(change.who, slice(None))
            for name in set(change.set) & set(LEVERS):
                now = levers[name][who]
                levers[name][who] = _moved(now, change.set[name], month, begin, change.over)
        return {name.rpartition(".")[2]: column for name, column in levers.items()}

    def _levers_reached(self, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """The levers, by full name, as they are before this scenario says anything."""
        if self.lived is None:
            return {name: np.full(len(names) + 1, PARAMETERS[name].default) for name in LEVERS}
        reached = self.lived.lever_values(self._months_since(self.lived.start), names)
        return {name: reached[name.rpartition(".")[2]] for name in LEVERS}

    def strikes(self, names: Sequence[str]) -> tuple[Strike, ...]:
        """The shocks, with the rows of the local governments that they strike."""
        return tuple(
            Strike(
                shock.kind,
                self.month_of(shock.month, shock.date),
                shock.months or SHOCKS[shock.kind].months,
                SHOCKS[shock.kind].size if shock.size is None else shock.size,
                [row for row, name in enumerate(names) if shock.who in ("all", name)],
            )
            for shock in self.shocks
        )

    @cached_property
    def _policies(self) -> list[tuple[int, PolicyChange]]:
        """Policy changes with their first months, in order of time."""
        dated = [(self.month_of(change.month, change.date), change) for change in self.policy]
        return sorted(dated, key=lambda pair: pair[0])

    def profiles(
        self, names: Sequence[str], start: NDArray[np.float64] | None = None
    ) -> Callable[[int], NDArray[np.float64]]:
        """Month to positions, shape (local governments + 1, rows); the last row is the centre.

        `names` are the local governments', `start` where they stand at month 0 if that is known
        better. A ramp moves linearly from where earlier moves lead.
        """
        begin = self.start_positions(len(names)) if start is None else start
        steps = sorted(self.steps(names), key=_begin)
        return lambda month: positions_in(month, begin, steps)

    def start_positions(self, count: int) -> NDArray[np.float64]:
        """Positions at month 0 of so many local governments and, in the last row, the centre.

        After a history in which governments reform themselves nobody knows them beforehand: nan.
        """
        past = self.lived
        if past is None:
            return np.array([self.profile] * count + [self.central_profile])
        if past.transition.mode == "endogenous":
            return np.full((count + 1, len(FIGURE.row_ids)), np.nan)
        names = local_government_names(past.society.place, count=past.society.local_governments)
        reached = past.profiles(names)(self._months_since(past.start))
        return reached if len(names) == count else np.array([*[reached[0]] * count, reached[-1]])

    def steps(self, names: Sequence[str]) -> list[Shift]:
        """The moves, ready to be made, in the order of the file."""
        return [step(m, self.month_of(m.month, m.date), names) for m in self.transition.moves]

    def month_of(self, month: int | None, date: str | None) -> int:
        """The month, counted from 1, of a month number or a calendar month."""
        if date is None:
            return month or 1
        year, calendar_month = map(int, date.split("-"))
        first_year, first_month = map(int, self.start.split("-"))
        return 12 * (year - first_year) + calendar_month - first_month + 1

    def date_of(self, month: int) -> str:
        """The calendar month of a month counted from 1, as `2003-01`."""
        first_year, first_month = map(int, self.start.split("-"))
        years, rest = divmod(first_month + month - 2, 12)
        return f"{first_year + years}-{rest + 1:02d}"


class Stage(NamedTuple):
    """A scenario that a world lives through, from the month after `first` to `last`.

    Months are counted from the first one of the first history.
    """

    scenario: Scenario
    first: int
    last: int


def _begin(move: Shift) -> int:
    return move.begin


def _moved(now: Any, target: float, month: int, begin: int, over: int) -> Any:
    """A value on its way from what it was to its target, sudden or over some months."""
    if month < begin:
        return now
    share = min(1.0, (month - begin + 1) / over) if over else 1.0
    return target if share == 1.0 else now + share * (target - now)


def examine_scenario(
    source: Source, chain: tuple[Path, ...] = ()
) -> tuple[Scenario | None, list[Told]]:
    """The scenario of plain data, and every mistake in it with its place.

    `chain` are the files whose histories lead to this one.
    """
    chain = chain or tuple(Path(file).resolve() for file in source.files[-1:])
    source, wrong = _with_history(source, chain)
    unknown = _FROM_PARENTS if source.lacks_parent else frozenset()
    if wrong:
        unknown |= {HISTORY, ("society",)}
    scenario, told = examine(Scenario, source, check, stand_ins=_STAND_INS, unknown=unknown)
    told += wrong
    for layer in source.below:
        if len(told) <= MOST_TOLD:
            lower, more = _with_history(layer, chain)
            more += examine(Scenario, lower, check, stand_ins=_STAND_INS, unknown=_FROM_ABOVE)[1]
            told += [mistake for mistake in more if mistake not in told]
    if scenario is not None:
        scenario._source = source
    return scenario, told


def _with_history(source: Source, chain: tuple[Path, ...]) -> tuple[Source, list[Told]]:
    """The same data with the history that it names; without it where something is wrong with it."""
    place = source.place(HISTORY)
    data = dict(source.data)
    if isinstance(data.get("history"), Mapping) and place:
        text = f"expected one file or shipped name{instead(data.pop('history'))}"
        return replace(source, data=data), [(place, source.message(HISTORY, text))]
    if not isinstance(data.get("history"), str):
        return source, []
    try:
        file = file_of_history(source, chain)
        below = read_with_parent(file)
        name_after(below, file)
        data["history"], told = examine_scenario(below, (*chain, file.resolve()))
    except ScenarioError as error:
        told = [(place, source.message(HISTORY, str(error)))]
    if told:
        del data["history"]
    return replace(source, data=data), told


def _validated(source: Source) -> Scenario:
    """The scenario of plain data; raises `ScenarioError` with every mistake, each on its line."""
    scenario, told = examine_scenario(source)
    if scenario is None or told:
        raise ScenarioError("\n".join(lines(told)))
    return scenario

"""Replicates of scenarios under common luck, and what came of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from sim import frames
from sim.arguments import one_of, whole
from sim.errors import UserMistake
from sim.model import ENGINES, Engine
from sim.outcome_words import unit_of
from sim.outcomes import OUTCOMES
from sim.questions.comparison.horizons import horizon_table
from sim.questions.comparison.price import Price, price_of
from sim.questions.comparison.tables import FAILURES, STUDY_TABLES
from sim.runs.replicate import (
    Failed,
    Finished,
    Job,
)
from sim.runs.version import model_version
from sim.scenario import Scenario
from sim.scenario.files import shipped_names
from sim.scenario.likeness import unlike
from sim.shown import Shown, table_as_html
from sim.summaries import differences, summarise, variance_gain, windowed
from sim.text import cut_bytes, file_words
from sim.units_table import units_table
from sim.worlds.draws import MOST_WORLDS, REPLICATES_PER_WORLD, in_world, world

if TYPE_CHECKING:
    from sim.drawing.page import Drawing

_LONGEST_SLUG = 60
_MOST_REPLICATES, _MOST_JOBS, _HIGHEST_SEED = 100_000, 1024, (1 << 63) - 1
WORLDS = 60
"""Plausible worlds of a comparison, unless luck alone is asked for."""
MEASURED = 5
"""Replicates, or worlds, of each scenario whose networks are measured: the first ones."""
TABLES_OF: dict[str, tuple[str, list[str]]] = {
    "national": ("timeseries", ["month"]),
    "local": ("local_governments", ["month", "local_government"]),
    "events": ("events", ["month", "local_government"]),
    "networks": ("networks", ["month"]),
    "ties": ("ties", ["month"]),
    "before": ("before_start", ["month"]),
    "costs": ("costs", ["month"]),
    "groups": ("groups", []),
}
"""The tables of a replicate: that of the study which takes them in, and how it is ordered."""


@dataclass(frozen=True)
class EqualCost:
    """How levers were scaled so that options cost the same (`sim.questions.comparison.equal_cost`).

    `items` is the money that was made equal, `like` the option whose cost the others were brought
    to, `factors` what the levers of each option were multiplied by; `asked` is a hash of the
    question.
    """

    levers: tuple[str, ...]
    items: tuple[str, ...]
    like: str
    factors: dict[str, float]
    asked: str


@dataclass(frozen=True)
class Study:
    """What is asked: scenarios by name, in order, all under the same luck.

    With a baseline, which is the first scenario then, the others are compared with it. Where
    `per_world` is not 0, so many replicates one after the other meet the same plausible world, and
    the next ones another; else all of them meet the world as the scenarios have it.
    """

    scenarios: dict[str, Scenario]
    seed: int
    replicates: int
    baseline: str | None = None
    engine: Engine = "compiled"
    per_world: int = 0
    equal_cost: EqualCost | None = None
    focus: tuple[str, ...] = ()
    """Local governments that are told beside the nation; they decide no result."""

    @property
    def worlds(self) -> int:
        """How many plausible worlds replicates are in; 0 if none was drawn."""
        return self.replicates // self.per_world if self.per_world else 0

    @property
    def months(self) -> int:
        """The last month that all scenarios reach."""
        return min(scenario.months for scenario in self.scenarios.values())

    @property
    def others(self) -> list[str]:
        """The scenarios that are compared with the baseline."""
        return [name for name in self.scenarios if name != self.baseline]

    @cached_property
    def price(self) -> Price:
        """What money is told in: that of the first scenario."""
        return price_of(next(iter(self.scenarios.values())))

    @property
    def digest(self) -> str:
        """A hash of all that decides the results but the number of replicates."""
        asked = {
            "scenarios": [
                (name, plan.resolved() | {"seed": self.seed})
                for name, plan in self.scenarios.items()
            ],
            "baseline": self.baseline,
            "model": model_version(),
            # What was fitted may change without the model.
            **({"per_world": self.per_world, "drawn": world(self.seed, 0).parameters}
               if self.per_world else {}),
        }  # fmt: skip
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    @property
    def slug(self) -> str:
        """The scenarios' names as the name of a folder."""
        return slug_of(list(self.scenarios))

    def jobs(self) -> list[Job]:
        """All replicates, replicate by replicate over all scenarios."""
        if self.per_world:
            return [job for number in range(self.worlds) for job in self._jobs_in(number)]
        return [
            Job(scenario, name, replicate, self.seed, self.engine, replicate < MEASURED)
            for replicate in range(self.replicates)
            for name, scenario in self.scenarios.items()
        ]

    def _jobs_in(self, number: int) -> list[Job]:
        """The replicates in one world."""
        here = world(self.seed, number)
        there = {name: in_world(scenario, here) for name, scenario in self.scenarios.items()}
        first = number * self.per_world
        return [
            Job(plan, name, replicate, self.seed, self.engine, number < MEASURED, number)
            for replicate in range(first, first + self.per_world)
            for name, plan in there.items()
        ]


@dataclass(frozen=True)
class Runs(Shown):
    """What replicates gave: tidy frames, failures, and how long it took.

    `timeseries` has a row per scenario, replicate and month; `local` one per local government and
    year, `events` one per event of a government; `summary` one per scenario, outcome and year;
    `failures` one per failed replicate. `networks` has the network's measures by year, `ties` its
    ties, both of the first replicates only (`MEASURED`). `before` is the `timeseries` of histories,
    month 0 the last one before the start; `horizons` tells the outcomes at 5, 10 and 20 years.
    `costs` has money by item, a row per replicate and year, `groups` sums of the last year over
    groups of citizens.
    """

    study: Study
    timeseries: pd.DataFrame
    local: pd.DataFrame
    failures: pd.DataFrame
    seconds: float = 0.0
    events: pd.DataFrame = field(default_factory=pd.DataFrame)
    networks: pd.DataFrame = field(default_factory=pd.DataFrame)
    ties: pd.DataFrame = field(default_factory=pd.DataFrame)
    before: pd.DataFrame = field(default_factory=pd.DataFrame)
    costs: pd.DataFrame = field(default_factory=lambda: frames.table(STUDY_TABLES["costs"]))
    groups: pd.DataFrame = field(default_factory=lambda: frames.table(STUDY_TABLES["groups"]))
    values: pd.DataFrame = field(init=False, repr=False)
    summary: pd.DataFrame = field(init=False, repr=False)
    differences: pd.DataFrame = field(init=False, repr=False)
    horizons: pd.DataFrame = field(init=False, repr=False)

    def __post_init__(self) -> None:
        values = self._windowed()
        study = self.study
        each = study.per_world
        rows = differences(values, study.baseline, study.others, each) if study.baseline else None
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "summary", summarise(values, each))
        object.__setattr__(self, "differences", rows)
        object.__setattr__(self, "horizons", horizon_table(self))

    def _windowed(self) -> pd.DataFrame:
        return windowed(self.timeseries)

    def __repr__(self) -> str:
        names = ", ".join(self.study.scenarios)
        lost = f", {len(self.failures)} failed" if len(self.failures) else ""
        return f"Runs({names}: {self.replicates} replicates{lost})"

    def _repr_html_(self) -> str:
        last = self.summary[self.summary["month"] == self.study.months]
        names = [outcome.name for outcome in OUTCOMES]
        shown = last[last["outcome"].isin(names)].drop(columns="month")
        shown.insert(2, "unit", [unit_of(name) for name in shown["outcome"]])
        return table_as_html(repr(self), shown)

    @property
    def units(self) -> pd.DataFrame:
        """Unit, direction and meaning of every outcome and component in the frames."""
        return units_table()

    def drawing(self) -> Drawing:
        """Outcomes over the years, with spread and confidence."""
        from sim.questions.comparison.figures.outcomes import draw_outcomes

        drawing = draw_outcomes(self)
        if drawing is None:
            raise UserMistake("nothing to draw: no replicate was finished")
        return drawing

    @property
    def replicates(self) -> int:
        """Replicates that every scenario has finished."""
        counts = self.timeseries.groupby("scenario")["replicate"].nunique()
        return int(min(counts.get(name, 0) for name in self.study.scenarios))

    def variance_gains(self) -> dict[str, dict[str, float]]:
        """Per compared scenario and outcome: how much pairing shrinks the variance."""
        study = self.study
        if study.baseline is None or self.timeseries.empty:
            return {}
        return {
            other: variance_gain(self.values, study.baseline, other, study.months)
            for other in study.others
        }


def worlds_asked(worlds: int | None, luck_only: bool) -> int | None:
    """How many worlds a study has: 60 unless told; None where luck alone is asked for.

    Raises `UserMistake` where both are asked for.
    """
    if luck_only and worlds is not None:
        raise UserMistake("luck_only: draws no worlds, so it does not go with worlds")
    return None if luck_only else WORLDS if worlds is None else worlds


def plan_study(
    scenarios: Sequence[Scenario],
    *,
    replicates: int | None = None,
    seed: int | None = None,
    baseline: str | None = None,
    engine: Engine = "compiled",
    worlds: int | None = None,
    focus: Sequence[str] = (),
) -> Study:
    """A study of scenarios; equal names are told apart by a number.

    `baseline` names the scenario that comes first and that the others are compared with. Seed and
    replicates are those of the first scenario unless given. With `worlds`, so many plausible worlds
    are drawn, and replicates are those in each of them (2 unless given). Local governments in
    `focus`, and those of the scenarios' own focus, are told beside the nation.
    """
    named = _named(scenarios)
    if baseline is not None:
        named = {baseline: named[baseline], **named}
        _refuse_unlike(named)
    one_of("engine", engine, ENGINES)
    first = next(iter(named.values()))
    beside = tuple(dict.fromkeys([*focus, *(n for s in named.values() for n in s.in_focus)]))
    luck = first.seed if seed is None else whole("seed", seed, 0, _HIGHEST_SEED)
    if worlds is not None:
        worlds = whole("worlds", worlds, 1, MOST_WORLDS)
        each = REPLICATES_PER_WORLD if replicates is None else replicates
        each = whole("replicates", each, 1, _MOST_REPLICATES // worlds)
        return Study(named, luck, worlds * each, baseline, engine, each, focus=beside)
    count = first.replicates if replicates is None else replicates
    count = whole("replicates", count, 1, _MOST_REPLICATES)
    return Study(named, luck, count, baseline, engine, focus=beside)


def collect(study: Study, outcomes: Sequence[Finished | Failed], seconds: float = 0.0) -> Runs:
    """The frames of all replicates, in an order that does not depend on who was first."""
    finished = [outcome for outcome in outcomes if isinstance(outcome, Finished)]
    failures = frames.table(
        FAILURES,
        (
            (failed.job.name, failed.job.replicate, failed.stage, failed.message)
            for failed in outcomes
            if isinstance(failed, Failed)
        ),
    )
    tables = (
        _joined(study, name, [(one.job, getattr(one, part)) for one in finished], keys)
        for part, (name, keys) in TABLES_OF.items()
    )
    national, local, *others = tables
    ordered = failures.sort_values(["replicate", "scenario"], ignore_index=True)
    return Runs(study, national, local, ordered, seconds, *others)


def slug_of(names: Sequence[str]) -> str:
    """Names joined to one that a folder may have."""
    joined = "-".join(map(file_words, names))
    return cut_bytes(joined, _LONGEST_SLUG).strip("-_") or "scenario"


def _joined(
    study: Study, name: str, parts: list[tuple[Job, pd.DataFrame]], keys: list[str]
) -> pd.DataFrame:
    """One table of a part of every replicate: by scenario, replicate and `keys`."""
    labelled = [_labelled(job, part) for job, part in parts if len(part.columns)]
    table = frames.joined(STUDY_TABLES[name], labelled)
    place = {name: number for number, name in enumerate(study.scenarios)}
    order = table["scenario"].map(place).to_numpy()
    table = table.assign(order=order).sort_values(["order", "replicate", *keys], ignore_index=True)
    return table.drop(columns="order")


def _labelled(job: Job, frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy()
    frame.insert(0, "replicate", job.replicate)
    frame.insert(0, "scenario", job.name)
    return frame


def _named(scenarios: Sequence[Scenario]) -> dict[str, Scenario]:
    named: dict[str, Scenario] = {}
    for scenario in scenarios:
        name, number = scenario.name, 2
        while name in named:
            name, number = f"{scenario.name} ({number})", number + 1
        named[name] = scenario
    return named


def _refuse_unlike(named: dict[str, Scenario]) -> None:
    """Scenarios that do not share their society cannot share their luck."""
    for name, text in unlike(named):
        by_file = "history" in text or "worlds.hold" in text
        remedy = "extend one of them" if by_file else "--set gives all of them the same"
        remedy = _of_one_past(named) if "share one history" in text else remedy
        raise UserMistake(f"{name}: {text} ({remedy})")


def _of_one_past(named: dict[str, Scenario]) -> str:
    """What a scenario with a history can be compared with."""
    with_ = next(s for s in named.values() if s.history is not None)
    shipped = (name for name in shipped_names() if name not in named)
    fit = [name for name in shipped if Scenario.load(name).history == with_.history]
    others = f"compare {with_.name} with {', '.join(fit)}, or " if fit else ""
    return f"{others}write a plan that extends {with_.name}"

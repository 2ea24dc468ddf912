"""Options that cost the same: named levers are scaled until each spends what the dearest spends.

What is made equal is the money that the levers themselves cost (courses, engagement staff, open
data), per citizen over all years and in the mean of the study's worlds. All spending cannot be: a
government whose budget binds spends what it has, whatever it goes for, so that a lever takes from
other items what it costs. Levers without an item of their own are measured by all spending.

The search runs one replicate in each world, mostly in two rounds; it keeps them as the study keeps
its own, among which the last ones are, so that a stopped search goes on and one that ended runs
nothing again. Fewer worlds would not do: what a lever costs beside another differs between them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import GovShiftError, UserMistake
from sim.processes.declared import LEVERS, PARAMETERS
from sim.processes.items import TOTAL
from sim.questions.comparison.replicates import Replicate, in_order_of_histories, outcome_of
from sim.questions.comparison.study import EqualCost, Study
from sim.runs.files import alone
from sim.runs.folder import Folder, read_manifest, refuse_strangers
from sim.runs.replicate import Failed, Finished
from sim.runs.runner import Session, Where, session
from sim.runs.units import unit_key
from sim.scenario import Scenario
from sim.text import near

ITEM_OF = {
    "society.digital_training": "training",
    "engagement.staff": "engagement",
    "open_data.spend": "open_data",
}
"""The item of money that a lever alone decides."""
CLOSE = 0.01
"""Costs that differ by no more than this share are equal."""
_MOST_ROUNDS = 8
_MOST_REPLICATES = 30
_DIGITS = 6
_NOTHING = 1e-9
_FEWEST = 2
Advance = Callable[[Finished | Failed], None]
Point = tuple[float, float]
"""A factor, and what an option costs at it."""


@dataclass(frozen=True)
class Round:
    """A round of the search, before it runs: which options, and how many replicates it lacks.

    `study` are the replicates of the comparison itself that no round runs, if this is the last one.
    """

    number: int
    options: tuple[str, ...]
    replicates: int
    study: int


Announce = Callable[[Round], None]


@dataclass(frozen=True)
class Asked:
    """Levers to scale, and the option that the others shall cost as much as (the dearest)."""

    levers: tuple[str, ...]
    like: str | None = None

    @property
    def items(self) -> tuple[str, ...]:
        """The items of money that are made equal."""
        if all(lever in ITEM_OF for lever in self.levers):
            return tuple(dict.fromkeys(ITEM_OF[lever] for lever in self.levers))
        return (TOTAL,)

    def digest(self, study: Study) -> str:
        """A hash of the whole question."""
        asked = [study.digest, study.replicates, *self.levers, self.like]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def asked_of(text: str, study: Study, like: str | None = None) -> Asked:
    """What `--equal-cost LEVER,LEVER` asks; raises `UserMistake` unless the study can answer it."""
    levers = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for lever in levers:
        if lever not in LEVERS:
            raise UserMistake(f"--equal-cost {lever}: is not a lever{near(lever, list(LEVERS))}")
    taking = options_of(study, levers)
    if like is not None and like not in taking:
        raise UserMistake(f"--cost-of {like}: sets none of the levers{near(like, taking)}")
    if len(taking) < _FEWEST:
        raise UserMistake(
            f"--equal-cost {','.join(levers)}: needs two scenarios that set one of them above "
            f"nothing ({', '.join(taking) or 'none does'})"
        )
    return Asked(levers, like)


def options_of(study: Study, levers: Sequence[str]) -> list[str]:
    """The scenarios that set one of the levers themselves, above nothing."""
    return [name for name, plan in study.scenarios.items() if any(_values(plan, levers))]


def _values(plan: Scenario, levers: Sequence[str]) -> list[float]:
    """All values that a scenario gives to levers, now or later."""
    said = [plan.parameters, *(change.set for change in plan.policy)]
    return [values[lever] for values in said for lever in levers if lever in values]


def scaled(plan: Scenario, levers: Sequence[str], factor: float) -> Scenario:
    """A scenario with the levers that it sets times a factor."""
    if factor == 1.0:
        return plan
    now = {name: _times(name, plan.parameters[name], factor)
           for name in levers if name in plan.parameters}  # fmt: skip
    later = [
        change.model_dump(exclude_unset=True) | {"set": {
            name: _times(name, value, factor) if name in levers else value
            for name, value in change.set.items()
        }}
        for change in plan.policy
    ]  # fmt: skip
    return plan.but(parameters=now, **({"policy": later} if later else {}))


def _times(lever: str, value: float, factor: float) -> float:
    return min(float(f"{value * factor:.{_DIGITS}g}"), PARAMETERS[lever].high)


def _most(plan: Scenario, levers: Sequence[str]) -> float:
    """The largest factor with which no lever leaves its range."""
    said = [plan.parameters, *(change.set for change in plan.policy)]
    return min(
        PARAMETERS[name].high / values[name]
        for values in said for name in levers if values.get(name, 0.0) > 0.0
    )  # fmt: skip


def equalise(
    study: Study,
    asked: Asked,
    path: Path,
    *,
    where: Where,
    announce: Announce | None = None,
    progress: Advance | None = None,
    waiting: Callable[[], None] | None = None,
) -> Study:
    """The study with its levers scaled, and what was found; replicates are kept in `path`.

    `announce` hears of each round before it runs, `progress` of each replicate after it.
    Raises `UserMistake` where a lever costs nothing or cannot reach what others cost, or if the
    folder holds another question; `KeyboardInterrupt` leaves what was finished.
    """
    if where.shard is not None:
        raise UserMistake("--equal-cost: is found before work is shared, so not with --shard")
    digest = asked.digest(study)
    _refuse_others(path, digest)
    taking = options_of(study, asked.levers)
    with (
        where.executor(len(taking) * _units(study)) as executor,
        alone(path, waiting),
        session(
            Folder(path).parts_folder, executor, things=study.scenarios.values(), warn=where.warn,
            checkpoint=where.checkpoint, hear=where.hear,
        ) as running,
    ):  # fmt: skip
        _refuse_others(path, digest)
        search = _Search(study, asked, running, announce, progress)
        factors, target = search.found(taking)
    plans = {
        name: scaled(plan, asked.levers, factors.get(name, 1.0))
        for name, plan in study.scenarios.items()
    }
    said = EqualCost(asked.levers, asked.items, target, factors, digest)
    return replace(study, scenarios=plans, equal_cost=said)


def _refuse_others(path: Path, digest: str) -> None:
    manifest = read_manifest(path) if path.is_dir() else {}
    if manifest.get("equal_cost", {}).get("asked") != digest:
        refuse_strangers(path, digest)


def _units(study: Study) -> int:
    return study.worlds or min(study.replicates, _MOST_REPLICATES)


class _Search:
    """Factors at which each option costs what the dearest, or the named one, does."""

    def __init__(
        self,
        study: Study,
        asked: Asked,
        running: Session,
        announce: Announce | None,
        progress: Advance | None,
    ) -> None:
        self._study, self._asked, self._running = study, asked, running
        self._announce, self._progress = announce, progress
        self._rounds = 0

    def found(self, taking: Sequence[str]) -> tuple[dict[str, float], str]:
        """The factor of each option, and the option whose cost was taken."""
        seen: dict[str, list[Point]] = {name: [(0.0, 0.0)] for name in taking}
        factors = dict.fromkeys(taking, 1.0)
        self._look(factors, seen)
        costs = {name: points[-1][1] for name, points in seen.items()}
        levers = ", ".join(self._asked.levers)
        for name, cost in costs.items():
            if cost <= _NOTHING:
                raise UserMistake(f"--equal-cost {levers}: costs nothing under {name}")
        target = self._asked.like or max(taking, key=lambda name: costs[name])
        if self._asked.items == (TOTAL,):  # without its levers an option still costs something
            self._look(dict.fromkeys(taking, _NOTHING), seen)
            for points in seen.values():
                points[:] = [points[-1], points[1]]
        goal = costs[target]
        for _ in range(_MOST_ROUNDS):
            left = {n: f for n, f in factors.items() if abs(seen[n][-1][1] - goal) > CLOSE * goal}
            if not left:
                return factors, target
            for name in left:
                factors[name] = self._next(name, seen[name], goal, target)
            self._look({name: factors[name] for name in left}, seen)
        worst = max(factors, key=lambda name: abs(seen[name][-1][1] - goal))
        raise UserMistake(
            f"--equal-cost {levers}: {worst} costs {seen[worst][-1][1]:.4g} and not {goal:.4g} "
            f"money per citizen after {_MOST_ROUNDS} rounds; its costs do not follow the levers"
        )

    def _next(self, name: str, points: Sequence[Point], goal: float, target: str) -> float:
        """Where the line through the two closest points reaches the goal (regula falsi)."""
        levers = ", ".join(self._asked.levers)
        most = _most(self._study.scenarios[name], self._asked.levers)
        below = max((p for p in points if p[1] <= goal), default=None, key=lambda p: p[0])
        above = min((p for p in points if p[1] > goal), default=None, key=lambda p: p[0])
        if above is None and below is not None and below[0] >= most * (1 - _NOTHING):
            raise UserMistake(
                f"--equal-cost {levers}: {name} costs {below[1]:.4g} money per citizen at the most "
                f"its levers can be, and {target} {goal:.4g}; name a cheaper one with --cost-of"
            )
        if below is None:
            raise UserMistake(
                f"--equal-cost {levers}: {name} costs more than the {goal:.4g} money per citizen "
                f"of {target} without them"
            )
        one, two = sorted(points)[-2:] if above is None else (below, above)
        slope = (two[1] - one[1]) / (two[0] - one[0]) if two[0] > one[0] else 0.0
        if slope <= 0.0:
            raise UserMistake(f"--equal-cost {levers}: more of it costs {name} no more")
        factor = one[0] + (goal - one[1]) / slope
        return float(f"{min(factor, most):.{_DIGITS}g}")

    def _look(self, factors: Mapping[str, float], seen: dict[str, list[Point]]) -> None:
        """Run what is missing of options at their factors, and note what they cost."""
        plans = {
            name: scaled(self._study.scenarios[name], self._asked.levers, factor)
            for name, factor in factors.items()
        }
        # One replicate in each world is enough; they are the study's own first ones.
        study = replace(self._study, scenarios=plans, baseline=None)
        each = study.per_world
        chosen = [
            job for job in study.jobs()
            if (job.replicate % each == 0 if each else job.replicate < _MOST_REPLICATES)
        ]  # fmt: skip
        tasks = {unit_key(job): Replicate(job) for job in chosen}
        found = [outcome_of(tasks[k].job, t) for k, t in self._running.kept(tasks.items())]
        kept = {unit_key(one.job) for one in found}
        missing = in_order_of_histories({k: t for k, t in tasks.items() if k not in kept})
        self._rounds += 1
        if self._announce is not None:
            self._announce(Round(self._rounds, tuple(factors), len(missing), self._left()))
        for done in self._running.run(missing.items()):
            found.append(outcome_of(tasks[done.key].job, self._running.read(done)))
            if self._progress is not None:
                self._progress(found[-1])
        items = list(self._asked.items)
        for name, factor in factors.items():
            spent = []
            for one in found:
                if isinstance(one, Failed):
                    raise GovShiftError(f"--equal-cost: {one.job.title} failed: {one.message}")
                if one.job.name == name:
                    spent.append(float(one.costs[items].to_numpy().sum()))
            seen[name].append((factor, sum(sorted(spent)) / len(spent)))

    def _left(self) -> int:
        """Replicates of the study that the search does not run."""
        taking = options_of(self._study, self._asked.levers)
        every = len(self._study.scenarios) * self._study.replicates
        return every - len(taking) * _units(self._study)

"""What a comparison found over plausible worlds: how sure, how large, and what would turn it.

A world's difference is the mean over its replicates. How sure is said by the share of worlds in
which it goes one way, how large by a margin below which a difference does not matter; neither is
ever told without the other. What it rests on is found by rank correlation with everything that
differs between worlds, held against all of that having been tried of all differences (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import frames
from sim.declared import PARAMETERS
from sim.outcome_words import BY_DEFINITION, headed, short_unit, units_told
from sim.outcomes import DIRECTIONS, OUTCOMES, PRICES_OF_TIME, WINDOW
from sim.questions.comparison.price import IN_MODEL_MONEY, Price
from sim.questions.comparison.study import Runs, Study
from sim.questions.comparison.table import clipped
from sim.questions.how_sure import FEWEST_WORLDS, OPEN, SAME, TOO_FEW, margin_of, sure_word
from sim.statistics import POWER, central, luck_share, share_interval, whole_worlds, without_noise
from sim.text import grouped, significant
from sim.worlds.draws import shares_of
from sim.worlds.unknowns import unknown_names

Numbers = NDArray[np.float64]
FEWEST_TO_REST = 30
"""With fewer worlds the limit for rank correlations is too low for what so many trials give."""
NOTHING = "nothing stands out"
"""What a difference rests on, where no assumption goes with it more than chance would."""
_MOST_TOLD = 3
_LABEL, _UNIT, _CELL, _WIDTH = 18, 8, 28, 100
_BETWEEN = 2
"""Spaces between columns at least."""
FOUND = (
    frames.words("baseline", "scenario", "outcome")
    | frames.whole("worlds", "replicates")
    | frames.numbers("mean", "low", "high")
    | frames.whole("better", "worse")
    | frames.numbers("share", "share_low", "share_high", "luck_share", "shown")
    | frames.words("sure", "size", "rests_on")
)
"""Columns of `worlds.csv`: means over worlds, the central 90 % of them, how many are better."""


@dataclass(frozen=True)
class OverWorlds:
    """One scenario against the baseline in one outcome, by world.

    `by_world` holds the mean difference of each world; `luck_share` is how much of the variance of
    a single replicate's difference is luck, not the world.
    """

    outcome: str
    baseline: str
    scenario: str
    replicates: int
    by_world: Numbers
    luck_share: float
    seed: int
    numbers: tuple[int, ...]
    """Which worlds they are: those of which all replicates are there."""
    idle: tuple[str, ...] = ()
    """Groups of parameters that nothing asks for under the compared scenarios."""
    beside: int = 1
    """How many differences are told at once, of each of which chance may name something."""
    price: Price = IN_MODEL_MONEY
    """What money is told in."""

    @property
    def mean(self) -> float:
        """The mean over worlds."""
        return float(self.by_world.mean())

    @property
    def ends(self) -> tuple[float, float]:
        """Between which values the central 90 % of worlds lie."""
        return central(self.by_world)

    @property
    def higher(self) -> int:
        """Worlds in which the scenario is higher."""
        return int((self.by_world > 0).sum())

    @property
    def lower(self) -> int:
        """Worlds in which it is lower."""
        return int((self.by_world < 0).sum())

    @property
    def agreeing(self) -> int:
        """Worlds that go the way of most of them."""
        return max(self.higher, self.lower)

    @property
    def share(self) -> float:
        """The share of worlds that go the way of most of them."""
        return self.agreeing / len(self.by_world)

    @property
    def sure(self) -> str:
        """How sure the direction is, in a word or two."""
        return sure_word(self.agreeing, len(self.by_world)) if self.by_world.any() else SAME

    @property
    def matters(self) -> bool:
        """Whether the mean over worlds is large enough to matter."""
        return abs(self.mean) >= margin_of(self.outcome)

    @property
    def shown(self) -> float:
        """The smallest mean difference that so many worlds would show in four of five cases."""
        count = len(self.by_world)
        return (
            POWER * float(self.by_world.std(ddof=1)) / math.sqrt(count) if count > 1 else math.nan
        )

    @cached_property
    def rests_on(self) -> list[tuple[str, float]]:
        """What it rests on most: names with rank correlations that chance would hardly give."""
        shares = shares_of(self.seed, max(self.numbers) + 1)[list(self.numbers)]
        names = unknown_names()
        may = [k for k, name in enumerate(names) if not name.startswith(self.idle)]
        found = _correlated(self.by_world, shares[:, may], self.beside)
        return [(names[may[k]], rho) for k, rho in found]

    @property
    def clause(self) -> str:
        """The finding as part of a sentence."""
        worth = self.price.of(self.outcome)
        mean, low, high = (_signed(worth * value) for value in (self.mean, *self.ends))
        count = len(self.by_world)
        if self.sure == SAME:
            return f"{self.scenario} is exactly the same in all {count} worlds"
        spread = f"{low} to {high} in nine of ten worlds"
        if self.sure == TOO_FEW:
            counted = "one world" if count == 1 else f"{count} worlds"
            return f"{self.scenario} differs by {mean} in {counted}, too few to say how sure"
        if self.sure == OPEN:
            return (
                f"{self.scenario} is open: higher in {self.higher}, lower in {self.lower} of "
                f"{count} worlds, {spread}; so many would show a mean of "
                f"{grouped(worth * self.shown)}"
            )
        way = "higher" if self.higher >= self.lower else "lower"
        agrees = (self.mean > 0) == (way == "higher")
        size = f"by {mean.lstrip('+-')}" if agrees else f"yet {mean} on the mean"
        small = "" if self.matters else ", too small to matter"
        low_share, high_share = share_interval(self.agreeing, count)
        return (
            f"{self.scenario} is {way} in {self.agreeing} of {count} worlds ({self.sure}; "
            f"{100 * low_share:.0f} to {100 * high_share:.0f} % of all), {size} "
            f"({spread}){small}"
        )

    @property
    def turned_by(self) -> str:
        """What would turn it, or nothing where nothing stands out."""
        told = [
            name if _is_choice(name) else f"{name} (the higher, the {_way(rho)})"
            for name, rho in self.rests_on[:_MOST_TOLD]
        ]
        return f"{self.scenario} rests most on {', '.join(told)}" if told else ""

    @property
    def unturned(self) -> str:
        """That nothing stands out, where it was looked for and there is a difference."""
        tried = len(self.by_world) >= FEWEST_TO_REST and self.sure != SAME
        return f"{self.scenario}: {NOTHING}" if tried and not self.rests_on else ""


def _signed(value: float) -> str:
    """A difference with one decimal, nothing as plain 0.0."""
    return "0.0" if abs(value) < 0.05 else grouped(value, sign=True)


def find_over_worlds(runs: Runs, outcomes: Sequence[str] | None = None) -> list[OverWorlds]:
    """Some outcomes (the headlines) of every compared scenario; empty without a baseline."""
    asked = [outcome.name for outcome in OUTCOMES] if outcomes is None else outcomes
    return list(_found(runs, asked)) if runs.study.worlds and runs.study.baseline else []


def _found(runs: Runs, outcomes: Sequence[str]) -> Iterator[OverWorlds]:
    study = runs.study
    assert study.baseline is not None
    beside = len(OUTCOMES) * len(study.others)
    for outcome in (name for name in outcomes if name in runs.values):
        for scenario in study.others:
            one, two = (_last(runs, name)[outcome] for name in (study.baseline, scenario))
            numbers, table = _table((two - one).dropna(), study.per_world)
            if numbers:
                table = without_noise(table, one, two, outcome=outcome)
                yield OverWorlds(
                    outcome, study.baseline, scenario, study.per_world, table.mean(axis=1),
                    luck_share(table), study.seed, numbers, _idle(study), beside, study.price,
                )  # fmt: skip


def _idle(study: Study) -> tuple[str, ...]:
    """Groups that act where governments reform themselves, if none does."""
    told = [*study.scenarios.values()]
    for scenario in told:  # histories are added on the way
        told += [scenario.history] if scenario.history is not None else []
    moves = any(scenario.transition.mode == "endogenous" for scenario in told)
    return () if moves else ("reform.", "frontier.")


def _last(runs: Runs, scenario: str) -> pd.DataFrame:
    """Values of a scenario at the end, by replicate."""
    rows = runs.values
    last = rows[(rows["scenario"] == scenario) & (rows["month"] == runs.study.months)]
    return last.set_index("replicate").sort_index()


def _table(values: pd.Series, each: int) -> tuple[tuple[int, ...], Numbers]:
    """Worlds of which no replicate failed, and their values, shape (worlds, replicates)."""
    return whole_worlds(values.to_numpy(), values.index.to_numpy(dtype=np.int64), each)


def _is_choice(name: str) -> bool:
    return name in PARAMETERS and bool(PARAMETERS[name].choices)


def _way(rho: float) -> str:
    return "higher" if rho > 0 else "lower"


def _correlated(values: Numbers, shares: Numbers, beside: int) -> list[tuple[int, float]]:
    """Columns with rank correlations (Spearman) beyond what chance gives in one of twenty cases.

    That all columns were tried counts, and so does it that as many differences are told `beside`.
    """
    from scipy.stats import rankdata, t

    count, tried = shares.shape
    if count < FEWEST_TO_REST or not np.ptp(values):
        return []
    ranks = rankdata(shares, axis=0)
    ranks -= ranks.mean(axis=0)
    own = rankdata(values) - (count + 1) / 2
    rho = ranks.T @ own / np.sqrt((ranks**2).sum(axis=0) * (own**2).sum())
    limit = float(t.ppf(1 - 0.05 / (2 * tried * beside), count - 2))
    least = limit / math.sqrt(count - 2 + limit**2)
    order = np.argsort(-np.abs(rho), kind="stable")
    return [(int(k), float(rho[k])) for k in order if abs(rho[k]) > least]


def sentences_over_worlds(found: Sequence[OverWorlds], runs: Runs | None = None) -> list[str]:
    """A sentence per outcome, what would turn it and, of `runs`, which is best in how many."""
    lines = []
    for outcome in dict.fromkeys(one.outcome for one in found):
        own = [one for one in found if one.outcome == outcome]
        clauses = "; ".join(one.clause for one in own)
        head = headed(outcome, own[0].price.unit)
        lines.append(f"{head} against {own[0].baseline}: {clauses}.")
        if outcome in BY_DEFINITION:
            lines.append(f"  {BY_DEFINITION[outcome]}")
        turned = "; ".join(filter(None, (one.turned_by or one.unturned for one in own)))
        if turned:
            lines.append(f"  {turned}.")
        if runs is not None and outcome == "efficiency":
            lines += _at_prices(runs)
        if runs is not None and (best := _best(runs, outcome)):
            lines.append(f"  {best}")
    return lines


def _at_prices(runs: Runs) -> Iterator[str]:
    """In how many worlds efficiency is higher at each price of citizens' time."""
    found = find_over_worlds(runs, [f"efficiency_time_{price}" for price in PRICES_OF_TIME])
    told = [
        f"{name} in {' / '.join(str(one.higher) for one in own)} of {len(own[0].by_world)} worlds"
        for name in runs.study.others
        if (own := [one for one in found if one.scenario == name])
    ]
    if told:
        price = runs.study.price
        prices = " / ".join(significant(price.amount * one) for one in PRICES_OF_TIME)
        yield (
            f"  It rests on the price of citizens' time; at {prices} {price.unit} an hour it is "
            f"higher under {', '.join(told)}."
        )


def _best(runs: Runs, outcome: str) -> str:
    """In how many worlds each is best of all; nothing of two, or where no way is better."""
    names, way = list(runs.study.scenarios), DIRECTIONS.get(outcome, "none")
    if len(names) < 3 or way == "none":
        return ""
    sign = -1.0 if way == "lower" else 1.0
    means = {}
    for name in names:
        numbers, table = _table(_last(runs, name)[outcome].dropna(), runs.study.per_world)
        means[name] = pd.Series(sign * table.mean(axis=1), index=numbers)
    together = pd.DataFrame(means).dropna()
    first = together.eq(together.max(axis=1), axis=0)
    alone = first[first.sum(axis=1) == 1].sum()
    told = ", ".join(f"{name} in {int(alone[name])}" for name in names)
    level = int((first.sum(axis=1) > 1).sum())
    return f"Best of all: {told} of {len(together)} worlds{f', {level} level' if level else ''}."


def table_over_worlds(runs: Runs) -> str:
    """Headline outcomes by scenario: mean over worlds, central 90 % of them, what part is luck."""
    study = runs.study
    names = [o.name for o in OUTCOMES if o.name in runs.values]
    first = max(1, study.months - WINDOW + 1)
    price = study.price
    units = [short_unit(name, price.short_unit) for name in names]
    unit = max(_UNIT, 1 + max(map(len, units)))
    scenarios = list(study.scenarios)
    told = {(row, one): _cell(runs, one, row) for row in names for one in scenarios}
    wide = max(_CELL, _BETWEEN + max(map(len, told.values()), default=0))
    beside = max(1, (_WIDTH - _LABEL - unit) // wide)
    lines = [
        f"Outcomes, mean of months {first} to {study.months}, in {_counted(study.worlds)}:",
        *units_told(names, _WIDTH, price.unit),
    ]
    for start in range(0, len(scenarios), beside):
        shown = scenarios[start : start + beside]
        heads = "".join(clipped(name, wide).rjust(wide) for name in shown)
        lines += ["", " " * (_LABEL + unit) + heads]
        for name, said in zip(names, units, strict=True):
            cells = "".join(told[name, scenario].rjust(wide) for scenario in shown)
            lines.append(name.ljust(_LABEL) + said.ljust(unit) + cells)
    each = "One replicate" if study.per_world == 1 else f"{study.per_world} replicates"
    legend = [f"{each} in each world"]
    if study.worlds > 1:
        few = study.worlds < FEWEST_WORLDS
        legend.append(f"[ ] the {'lowest and highest world' if few else 'central 90 % of worlds'}")
    if study.worlds > 1 and study.per_world > 1:
        legend.append("% how much of the variance is luck")
    return "\n".join([*lines, "", f"{'; '.join(legend)}."])


def _counted(worlds: int) -> str:
    return "one plausible world" if worlds == 1 else f"{worlds} plausible worlds"


def _cell(runs: Runs, scenario: str, outcome: str) -> str:
    numbers, table = _table(_last(runs, scenario)[outcome].dropna(), runs.study.per_world)
    if not numbers:
        return "no world"
    by_world = runs.study.price.of(outcome) * table.mean(axis=1)
    if len(by_world) == 1:
        return grouped(by_world[0])
    low, high = central(by_world)
    luck = luck_share(table)
    share = "" if math.isnan(luck) else f" {100 * luck:.0f} %"
    return f"{grouped(by_world.mean())} [{grouped(low)}, {grouped(high)}]{share}"


def found_table(found: Sequence[OverWorlds]) -> pd.DataFrame:
    """The rows of `worlds.csv`."""
    return frames.table(FOUND, (_row(one) for one in found))


def _row(one: OverWorlds) -> tuple[object, ...]:
    less = DIRECTIONS.get(one.outcome) == "lower"
    better, worse = (one.lower, one.higher) if less else (one.higher, one.lower)
    size = "matters" if one.matters else "too small to matter"
    return (
        one.baseline, one.scenario, one.outcome, len(one.by_world), one.replicates, one.mean,
        *one.ends, better, worse, one.share, *share_interval(one.agreeing, len(one.by_world)),
        one.luck_share, one.shown, one.sure, size,
        "; ".join(f"{name} {rho:+.2f}" for name, rho in one.rests_on[:_MOST_TOLD]),
    )  # fmt: skip

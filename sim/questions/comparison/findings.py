"""What a comparison found, outcome by outcome, in numbers and in sentences.

A difference is settled when zero lies outside its 95 % confidence interval, and open otherwise. A
settled difference may still be small: below `HARDLY` it is told as such.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sim.outcome_words import BY_DEFINITION, difference_unit, headed
from sim.outcomes import DIRECTIONS, OUTCOMES, PRICES_OF_TIME
from sim.questions.comparison.price import IN_MODEL_MONEY, Price
from sim.questions.comparison.study import Runs
from sim.statistics import FEWEST, POWER, difference_interval, share_better
from sim.summaries import paired_sample
from sim.text import grouped, interval_texts, significant

HARDLY = 0.5
"""A settled difference below this is small: of points, percentage points, or money."""
_BESIDE = ("needs_met", "cost_per_citizen")
"""What is told beside a difference in another outcome: what it comes with."""
_DECIMALS = 2
Verdict = Literal["higher", "lower", "equal", "open"]


def strength(mean: float, low: float, high: float) -> str:
    """How sure and how large a difference is, in a word or three.

    `same`, `too few replicates`, `open`, `settled, but small` or `settled`.
    """
    if mean == low == high == 0:
        return "same"
    if not math.isfinite(low):
        return "too few replicates"
    if low <= 0 <= high:
        return "open"
    return "settled, but small" if abs(mean) < HARDLY else "settled"


@dataclass(frozen=True)
class Finding:
    """One scenario against the baseline in one headline outcome, at the last month.

    `mean`, `low` and `high` are in the outcome's `unit`: the mean paired difference and its 95 %
    confidence interval, which is nan with too few replicates.
    `share_better` is the share of replicates in which the scenario is better, `shown` the smallest
    difference that so many replicates would show in four of five cases.
    """

    outcome: str
    baseline: str
    scenario: str
    n: int
    mean: float
    low: float
    high: float
    share_better: float
    shown: float
    price: Price = IN_MODEL_MONEY

    @property
    def unit(self) -> str:
        """The unit of the difference: points, percentage points, or money."""
        return self.price.told(difference_unit(self.outcome))

    @property
    def priced(self) -> tuple[float, float, float]:
        """Mean and ends in that unit, which is the place's currency where it has prices."""
        worth = self.price.of(self.outcome)
        return worth * self.mean, worth * self.low, worth * self.high

    @property
    def better(self) -> bool | None:
        """Whether a settled difference is for the better; None where it is open or neither."""
        ways = {"higher": self.verdict == "higher", "lower": self.verdict == "lower"}
        return ways.get(DIRECTIONS.get(self.outcome, "none")) if any(ways.values()) else None

    @property
    def verdict(self) -> Verdict:
        """Which way the difference goes, or that it is open."""
        if self.low > 0:
            return "higher"
        if self.high < 0:
            return "lower"
        return "equal" if self.strength == "same" else "open"

    @property
    def strength(self) -> str:
        """How sure and how large the difference is (see the function `strength`)."""
        return strength(self.mean, self.low, self.high)

    @property
    def clause(self) -> str:
        """The finding as part of a sentence."""
        mean, low, high = interval_texts(*self.priced, least=_DECIMALS)
        interval = f"{low} to {high}"
        if self.strength == "same":
            return f"{self.scenario} is exactly the same"
        if self.n == 1:
            return f"{self.scenario} differs by {mean} in the only replicate"
        if self.strength == "too few replicates":
            return (
                f"{self.scenario} differs by {mean} in {self.n} replicates, too few for an interval"
            )
        if self.verdict == "open":
            return f"{self.scenario} is open at {mean} ({interval}){self._outlook}"
        small = ", settled, but small" if self.strength == "settled, but small" else ""
        return f"{self.scenario} is {self.verdict} by {mean.lstrip('+-')} ({interval}){small}"

    @property
    def _outlook(self) -> str:
        """How small a difference so many replicates would show."""
        shown = self.price.of(self.outcome) * self.shown
        return f"; {self.n} replicates would show {grouped(shown, 2)} or more"


def find(runs: Runs) -> list[Finding]:
    """Every headline outcome of every compared scenario; empty without a baseline."""
    return list(_findings(runs, [outcome.name for outcome in OUTCOMES]))


def find_at_prices(runs: Runs) -> dict[int, list[Finding]]:
    """Efficiency of every compared scenario at each price of an hour of citizens' time."""
    return {price: list(_findings(runs, (f"efficiency_time_{price}",))) for price in PRICES_OF_TIME}


def sentences(
    findings: Sequence[Finding], at_prices: Mapping[int, Sequence[Finding]] | None = None
) -> list[str]:
    """One sentence per outcome, about all compared scenarios.

    A settled difference is told with the needs met and the money that it comes with. Efficiency
    rests on the price of citizens' time, so that of each price is told after it.
    """
    lines = []
    beside = {(f.scenario, f.outcome): f for f in findings if f.outcome in _BESIDE}
    for outcome in dict.fromkeys(finding.outcome for finding in findings):
        own = [finding for finding in findings if finding.outcome == outcome]
        clauses = "; ".join(f"{finding.clause}{_comes_with(finding, beside)}" for finding in own)
        lines.append(f"{headed(outcome, own[0].price.unit)} against {own[0].baseline}: {clauses}.")
        if outcome in BY_DEFINITION:
            lines.append(f"  {BY_DEFINITION[outcome]}")
        if outcome == "efficiency" and at_prices and all(at_prices.values()):
            lines.append(_at_prices(at_prices))
    return lines


def orders_told(means: Mapping[float, Mapping[str, float]]) -> str:
    """The order of scenarios, the best first, at each price of time; one if it is the same."""
    prices: dict[tuple[str, ...], list[str]] = {}
    for price, own in means.items():
        order = tuple(sorted(own, key=lambda name: -own[name]))
        prices.setdefault(order, []).append(significant(price))
    if len(prices) == 1:
        return f"the order is the same at every price: {', '.join(next(iter(prices)))}"
    told = "; ".join(f"{', '.join(o)} at {' and '.join(at)}" for o, at in prices.items())
    return f"the order differs with the price: {told}"


def _comes_with(finding: Finding, beside: Mapping[tuple[str, str], Finding]) -> str:
    """`, at 2.00 percentage points fewer needs met and 5.10 money more ...` of a settled one."""
    if finding.outcome in _BESIDE or finding.verdict not in ("higher", "lower"):
        return ""
    met, cost = (beside.get((finding.scenario, name)) for name in _BESIDE)
    if met is None or cost is None:
        return ""
    needs = _amount(met, f"{met.unit} fewer needs met", f"{met.unit} more needs met")
    money, per = cost.price.unit, difference_unit(cost.outcome).partition(" ")[2]
    spent = _amount(cost, f"{money} less {per}", f"{money} more {per}")
    return f", at {needs or 'the same needs met'} and {spent or 'the same cost'}"


def _amount(finding: Finding, fewer: str, more: str) -> str:
    """Size and direction of a difference, and whether it is open; nothing if there is none."""
    if finding.strength == "same":
        return ""
    mean = interval_texts(*finding.priced, least=1)[0]
    still = " (open)" if finding.verdict == "open" else ""
    return f"{mean.lstrip('+-')} {fewer if finding.mean < 0 else more}{still}"


def _at_prices(at_prices: Mapping[int, Sequence[Finding]]) -> str:
    """Efficiency's differences at each price of time, and whether the order rests on it."""
    first = next(iter(at_prices.values()))
    told = [
        f"{one.scenario} " + " / ".join(_short(own[place]) for own in at_prices.values())
        for place, one in enumerate(first)
    ]
    means = {
        price: {first[0].baseline: 0.0, **{f.scenario: f.mean for f in own}}
        for price, own in at_prices.items()
    }
    price = first[0].price
    prices = " / ".join(significant(price.amount * one) for one in at_prices)
    orders = orders_told({price.amount * one: own for one, own in means.items()})
    return (
        f"  It rests on the price of citizens' time; at {prices} {price.unit} an hour: "
        f"{', '.join(told)}; by their means {orders}."
    )


def _short(finding: Finding) -> str:
    mean = interval_texts(finding.mean, finding.low, finding.high, least=_DECIMALS)[0]
    return f"{mean} (open)" if finding.verdict == "open" and finding.n >= FEWEST else mean


def _findings(runs: Runs, outcomes: Sequence[str]) -> Iterator[Finding]:
    baseline = runs.study.baseline
    if baseline is None or runs.replicates == 0:
        return
    for outcome in (name for name in outcomes if name in runs.values):
        for scenario in runs.study.others:
            sample = paired_sample(runs.values, baseline, scenario, outcome, runs.study.months)
            mean, low, high = difference_interval(sample, outcome)
            sd = float(sample.std(ddof=1)) if len(sample) > 1 else 0.0
            yield Finding(
                outcome,
                baseline,
                scenario,
                len(sample),
                mean,
                low,
                high,
                share_better(sample, outcome),
                POWER * sd / math.sqrt(len(sample)),
                runs.study.price,
            )

"""What a comparison found, outcome by outcome, in numbers and in sentences.

A difference is settled when zero lies outside its 95 % confidence interval, and open otherwise. A
settled difference may still be small: below `HARDLY` points it is told as such. An open one that
takes more replicates than anybody would run is no difference worth settling.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sim.outcomes import OUTCOMES
from sim.questions.comparison.study import Runs
from sim.statistics import (
    WORTH_SETTLING,
    difference_interval,
    paired_sample,
    replicates_to_settle,
    share_better,
)
from sim.text import interval_texts

HARDLY = 0.5
"""Points below which a settled difference is small."""
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

    `mean`, `low` and `high` are points on the outcome's scale of 0 to 100: the mean paired
    difference and its 95 % confidence interval, which is nan with too few replicates.
    `share_better` is the share of replicates in which the scenario is better. `needed` is how many
    replicates would settle an open difference; None also where it is not worth settling.
    """

    outcome: str
    baseline: str
    scenario: str
    n: int
    mean: float
    low: float
    high: float
    share_better: float
    needed: int | None

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
        mean, low, high = interval_texts(self.mean, self.low, self.high, least=_DECIMALS)
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
        """What it would take to settle it, or how large it can be at most."""
        if self.needed is not None:
            return f", about {self.needed:,} replicates would settle it"
        low, high = max(0.0, -self.low), max(0.0, self.high)
        most = interval_texts(max(low, high), math.nan, math.nan, least=_DECIMALS)[0].lstrip("+")
        if max(low, high) < HARDLY:
            return f", no difference worth settling: at most {most} either way"
        return (
            f", and more than {WORTH_SETTLING:,} replicates would not settle a difference as small "
            f"as seen; it may be as large as {most}"
        )


def find(runs: Runs) -> list[Finding]:
    """Every headline outcome of every compared scenario; empty without a baseline."""
    return list(_findings(runs))


def sentences(findings: Sequence[Finding]) -> list[str]:
    """One sentence per outcome, about all compared scenarios."""
    lines = []
    for outcome in dict.fromkeys(finding.outcome for finding in findings):
        own = [finding for finding in findings if finding.outcome == outcome]
        clauses = "; ".join(finding.clause for finding in own)
        lines.append(f"{outcome.capitalize()} against {own[0].baseline}: {clauses}.")
    return lines


def _findings(runs: Runs) -> Iterator[Finding]:
    baseline = runs.study.baseline
    if baseline is None or runs.replicates == 0:
        return
    for outcome in OUTCOMES:
        for scenario in runs.study.others:
            sample = paired_sample(runs.values, baseline, scenario, outcome.name, runs.study.months)
            mean, low, high = difference_interval(sample, outcome.name)
            sd = float(sample.std(ddof=1)) if len(sample) > 1 else 0.0
            yield Finding(
                outcome.name,
                baseline,
                scenario,
                len(sample),
                mean,
                low,
                high,
                share_better(sample, outcome.name),
                replicates_to_settle(mean, sd, len(sample)),
            )

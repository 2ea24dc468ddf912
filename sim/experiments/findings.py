"""What a comparison found, outcome by outcome, in numbers and in sentences.

A difference is settled when zero lies outside its 95 % confidence interval, and open otherwise. A
settled difference may still be small: below `HARDLY` points it is called so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sim.experiments.run import Runs
from sim.experiments.statistics import (
    confidence_interval,
    paired_sample,
    replicates_to_settle,
    share_better,
)
from sim.outcomes import OUTCOMES

HARDLY = 0.5
Verdict = Literal["higher", "lower", "equal", "open"]


@dataclass(frozen=True)
class Finding:
    """One scenario against the baseline in one headline outcome, at the last month.

    `mean`, `low` and `high` are points on the outcome's scale of 0 to 100: the mean paired
    difference and its 95 % confidence interval. `share_better` is the share of replicates in which
    the scenario is better. `needed` is how many replicates would settle an open difference.
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
        return "equal" if self.low == self.high == 0 else "open"

    @property
    def clause(self) -> str:
        """The finding as part of a sentence."""
        if self.verdict == "equal":
            return f"{self.scenario} is exactly the same"
        if self.n == 1:
            return f"{self.scenario} differs by {self.mean:+.2f} in the only replicate"
        size, interval = abs(self.mean), f"{self.low:+.2f} to {self.high:+.2f}"
        if self.verdict == "open":
            return f"{self.scenario} is open at {self.mean:+.2f} ({interval}){self._outlook}"
        hardly = "hardly " if size < HARDLY else ""
        return f"{self.scenario} is {hardly}{self.verdict} by {size:.2f} ({interval})"

    @property
    def _outlook(self) -> str:
        if self.needed is None:
            return ""
        return f", about {self.needed:,} replicates would settle it"


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
            mean, low, high = confidence_interval(sample)
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

"""Paired differences against the baseline, as numbers and in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.drawing.looks import Look, looks
from sim.drawing.words import MOST_DECIMALS, decimals_needed, decimals_of, listed, signed
from sim.outcome_words import difference_unit, lower_is_better
from sim.outcomes import OUTCOMES, title_of
from sim.questions.comparison.findings import HARDLY
from sim.questions.comparison.study import Runs

_COLUMNS = ("n", "mean", "conf_low", "conf_high", "share_better")


@dataclass(frozen=True)
class Difference:
    """One scenario minus the baseline in one outcome; the ends are nan for too few."""

    outcome: str
    look: Look
    count: int
    mean: float
    low: float
    high: float
    share_better: float

    @property
    def is_settled(self) -> bool:
        """Whether the confidence interval leaves zero out."""
        return self.low > 0 or self.high < 0

    @property
    def has_interval(self) -> bool:
        """Whether there is a confidence interval."""
        return math.isfinite(self.low)

    @property
    def is_open(self) -> bool:
        """Whether the confidence interval includes zero."""
        return self.has_interval and not self.is_settled and not self.is_none

    @property
    def is_none(self) -> bool:
        """Whether no replicate differs, or by nothing that four decimals show."""
        ends = (self.mean, self.low, self.high)
        return self.has_interval and not any(round(end, MOST_DECIMALS) for end in ends)

    @property
    def is_small(self) -> bool:
        """Whether it is settled, and yet under half a point (or half a unit of money)."""
        return self.is_settled and not self.is_none and abs(self.mean) < HARDLY

    @property
    def is_clear(self) -> bool:
        """Whether it is settled and not small."""
        return self.is_settled and not self.is_small and not self.is_none

    @property
    def verdict(self) -> str:
        """`open`, 'same' where no replicate differs, `small`, or nothing."""
        words = {"open": self.is_open, "same": self.is_none, "small": self.is_small}
        return next((word for word, holds in words.items() if holds), "")

    def numbers(self) -> tuple[str, str, str]:
        """Mean and ends, with the decimals that the width of the interval asks for."""
        values = (self.mean, self.low, self.high)
        decimals = decimals_of(self.low, self.high) if self.has_interval else 1
        if self.is_settled:
            decimals = max(decimals, decimals_needed(*values))
        mean, low, high = (
            signed(value, decimals) if math.isfinite(value) else "" for value in values
        )
        return mean, low, high

    @property
    def percent_better(self) -> str:
        """Share of the replicates in which the scenario is better."""
        return f"{100 * self.share_better:.0f} %"


def find_differences(runs: Runs) -> list[Difference]:
    """Differences at the last month that all scenarios reach, outcome by outcome."""
    if runs.study.baseline is None:
        return []
    found = looks(list(runs.study.scenarios))
    last = runs.differences[runs.differences["month"] == runs.study.months]
    rows = {(row["outcome"], row["scenario"]): row for row in last.to_dict("records")}
    return [
        Difference(outcome.name, found[name], *(row[column] for column in _COLUMNS))
        for outcome in OUTCOMES
        for name in runs.study.others
        if (row := rows.get((outcome.name, name))) is not None
    ]


def pairs_counted(found: Sequence[Difference]) -> str:
    """`6 paired replicates`, or from how many to how many."""
    counts = sorted({difference.count for difference in found})
    numbers = " to ".join(map(str, sorted({counts[0], counts[-1]})))
    return f"{numbers} paired replicate{'' if counts == [1] else 's'}"


def differences_caption(found: Sequence[Difference], baseline: Look, end: str) -> str:
    """What the figure of differences shows and how to read it."""
    interval = (
        "the bar its 95 % confidence. Where the bar includes zero the question is open: the "
        "marker is hollow and grey. Hollow and coloured: settled, yet small, under half a point "
        "(or half a unit of money). "
        "'same' means that no replicate differs."
        if any(difference.has_interval for difference in found)
        else "hollow, as too few replicates give no confidence interval and settle nothing."
    )
    return (
        f"Each scenario minus the baseline {baseline.name} at {end} (means of the last 36 months): "
        "in points of indices that run from 0 to 100, in percentage points of shares, and on an "
        "axis of its own in money per citizen and year. Right of the zero line is better, so that "
        "the axis of money runs from more to less. Both "
        "governments met the same citizens and the same luck in each replicate, so most of the "
        f"luck cancels. The marker is the mean difference, {interval} The last column is the share "
        f"of replicates in which the scenario is better. From {pairs_counted(found)}."
    )


def differences_alt_text(found: Sequence[Difference], baseline: Look, end: str) -> str:
    """All differences in words, and which of them are open."""
    parts = []
    for outcome in dict.fromkeys(difference.outcome for difference in found):
        own = [_said(difference) for difference in found if difference.outcome == outcome]
        lower = ", lower is better" if lower_is_better(outcome) else ""
        unit = f"{difference_unit(outcome)}{lower}"
        parts.append(f"{title_of(outcome)} ({unit}): {'; '.join(own)}.")
    known = all(difference.has_interval for difference in found)
    interval = " (95 % confidence)" if known else ""
    still = [f"{d.look.name} in {title_of(d.outcome).lower()}" for d in found if d.is_open]
    verdict = f" Open: {listed(still)}." if still else " None is open." if known else ""
    few = [f"{d.look.name} in {title_of(d.outcome).lower()}" for d in found if d.is_small]
    verdict += f" Settled, yet under half a point or unit of money: {listed(few)}." if few else ""
    unknown = "" if known else " Too few replicates: nothing is settled."
    return (
        f"Mean paired differences against {baseline.name} at {end}{interval}, and share "
        f"of replicates that are better. {' '.join(parts)}{verdict}{unknown}"
    )


def _said(difference: Difference) -> str:
    """`gov3 +12.3 (+10.1 to +14.5), better in 100 %`."""
    if difference.is_none:
        return f"{difference.look.name} the same in every replicate"
    mean, low, high = difference.numbers()
    interval = f" ({low} to {high})" if difference.has_interval else ""
    return f"{difference.look.name} {mean}{interval}, better in {difference.percent_better}"

"""Paired differences against the baseline, as numbers and in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from sim.drawing.looks import Look, looks
from sim.drawing.words import MOST_DECIMALS, decimals_needed, decimals_of, listed, signed
from sim.outcome_words import difference_unit, lower_is_better
from sim.outcomes import OUTCOMES, title_of
from sim.questions.comparison.findings import HARDLY
from sim.questions.comparison.study import Runs
from sim.questions.comparison.worlds import find_over_worlds
from sim.questions.how_sure import is_sure, margin_of, sure_word

_COLUMNS = {
    False: ("n", "mean", "conf_low", "conf_high", "share_better"),
    True: ("worlds", "mean", "worlds_low", "worlds_high", "worlds_better"),
}
"""Of replicates, and of worlds."""


@dataclass(frozen=True)
class Difference:
    """One scenario minus the baseline in one outcome; the ends are nan for too few.

    Over worlds (`agreeing` is not None) `count` is how many there are, the ends are those of the
    central 90 % of them, and `agreeing` is how many go the way of most.
    """

    outcome: str
    look: Look
    count: int
    mean: float
    low: float
    high: float
    share_better: float
    _: KW_ONLY
    agreeing: int | None = None

    @property
    def sure(self) -> str:
        """How sure the direction is over worlds, in a word; nothing where there are none."""
        return "" if self.agreeing is None else sure_word(self.agreeing, self.count)

    @property
    def is_settled(self) -> bool:
        """Whether the confidence interval leaves zero out, or a direction is at least likely."""
        return is_sure(self.sure) if self.sure else self.low > 0 or self.high < 0

    @property
    def has_interval(self) -> bool:
        """Whether there is a confidence interval."""
        return math.isfinite(self.low)

    @property
    def is_open(self) -> bool:
        """Whether the confidence interval includes zero, or a direction is less than likely."""
        return self.has_interval and not self.is_settled and not self.is_none

    @property
    def is_none(self) -> bool:
        """Whether no replicate differs, or by nothing that four decimals show."""
        ends = (self.mean, self.low, self.high)
        return self.has_interval and not any(round(end, MOST_DECIMALS) for end in ends)

    @property
    def is_small(self) -> bool:
        """Whether it is settled, and yet too small to matter."""
        least = margin_of(self.outcome) if self.sure else HARDLY
        return self.is_settled and not self.is_none and abs(self.mean) < least

    @property
    def is_clear(self) -> bool:
        """Whether it is settled and not small."""
        return self.is_settled and not self.is_small and not self.is_none

    @property
    def verdict(self) -> str:
        """`open`, 'same' where no replicate differs, `small`, or how sure it is over worlds."""
        words = {"same": self.is_none, self.sure or "open": self.is_open, "small": self.is_small}
        return next((word for word, holds in words.items() if holds), self.sure)

    def numbers(self) -> tuple[str, str, str]:
        """Mean and ends, with the decimals that the width of the interval asks for."""
        values = (self.mean, self.low, self.high)
        decimals = decimals_of(self.low, self.high) if self.has_interval else 1
        if self.is_settled:
            # Over worlds an end may be nothing to the last digit, and the direction still sure.
            shown = (self.mean,) if self.sure else values
            decimals = max(decimals, decimals_needed(*shown))
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
    columns = _COLUMNS[bool(runs.study.per_world)]
    agreeing = {(one.outcome, one.scenario): one.agreeing for one in find_over_worlds(runs)}
    rows = {(row["outcome"], row["scenario"]): row for row in last.to_dict("records")}
    return [
        Difference(
            outcome.name,
            found[name],
            *(row[column] for column in columns),
            agreeing=agreeing.get((outcome.name, name)),
        )
        for outcome in OUTCOMES
        for name in runs.study.others
        if (row := rows.get((outcome.name, name))) is not None
    ]


def pairs_counted(found: Sequence[Difference]) -> str:
    """`6 paired replicates`, or worlds, or from how many to how many."""
    counts = sorted({difference.count for difference in found})
    numbers = " to ".join(map(str, sorted({counts[0], counts[-1]})))
    unit = "paired replicate" if found[0].agreeing is None else "plausible world"
    return f"{numbers} {unit}{'' if counts == [1] else 's'}"


def differences_caption(found: Sequence[Difference], baseline: Look, end: str) -> str:
    """What the figure of differences shows and how to read it."""
    over_worlds = found[0].agreeing is not None
    interval = (
        "the bar the central 90 % of worlds. Where fewer than 80 % of worlds go one way the "
        "marker is hollow and grey; hollow and coloured: likely or surer, yet too small to matter. "
        "'same' means that no world differs."
        if over_worlds
        else "the bar its 95 % confidence. Where the bar includes zero the question is open: the "
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
        f"of {'worlds' if over_worlds else 'replicates'} in which the scenario is better, and how "
        f"sure its direction is. From {pairs_counted(found)}."
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
    over_worlds = found[0].agreeing is not None
    interval = f" ({'central 90 % of worlds' if over_worlds else '95 % confidence'})" * known
    still = [f"{d.look.name} in {title_of(d.outcome).lower()}" for d in found if d.is_open]
    verdict = f" Open: {listed(still)}." if still else " None is open." if known else ""
    few = [f"{d.look.name} in {title_of(d.outcome).lower()}" for d in found if d.is_small]
    verdict += f" Settled, yet too small to matter: {listed(few)}." if few else ""
    unit = "worlds" if over_worlds else "replicates"
    unknown = "" if known else f" Too few {unit}: nothing is settled."
    return (
        f"Mean paired differences against {baseline.name} at {end}{interval}, and share "
        f"of {unit} that are better. {' '.join(parts)}{verdict}{unknown}"
    )


def _said(difference: Difference) -> str:
    """`gov3 +12.3 (+10.1 to +14.5), better in 100 %`."""
    if difference.is_none:
        return f"{difference.look.name} the same in every replicate"
    mean, low, high = difference.numbers()
    interval = f" ({low} to {high})" if difference.has_interval else ""
    return f"{difference.look.name} {mean}{interval}, better in {difference.percent_better}"

"""Shares of cases, with what they could as well have been."""

from __future__ import annotations

from sim.statistics import CONFIDENCE


def share_interval(hits: int, cases: int) -> tuple[float, float]:
    """95 % confidence interval of a share (Wilson)."""
    from scipy.stats import binomtest

    if not cases:
        return float("nan"), float("nan")
    ends = binomtest(hits, cases).proportion_ci(CONFIDENCE, method="wilson")
    return float(ends.low), float(ends.high)

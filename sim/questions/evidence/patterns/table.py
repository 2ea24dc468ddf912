"""The table of patterns: as declared, with one fitted set, over worlds, and labels shuffled."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations

import numpy as np
import pandas as pd

from sim.frames import numbers, table, whole, words
from sim.questions.comparison.study import Runs
from sim.questions.evidence.asked import PARADIGMS
from sim.questions.evidence.patterns.change import change_patterns
from sim.questions.evidence.patterns.korea import korea_patterns
from sim.questions.evidence.patterns.participation import participation_patterns
from sim.questions.evidence.patterns.pattern import ABSENT, MISS, PASS, Pattern
from sim.questions.evidence.patterns.projects import project_patterns
from sim.questions.evidence.patterns.seen import Seen
from sim.questions.evidence.patterns.trust import trust_patterns
from sim.questions.evidence.patterns.use import use_patterns
from sim.statistics import central

DESIGNED = 18
"""Patterns that the model was designed to show; each may have several readings."""
NULLS = words("null") | whole("readings") | numbers("inside", "inside_shuffled")
_TOLD_APART = (
    "contact", "suppliers_gov1", "suppliers_gov2", "use_plateau", "use_steepest", "top3",
    "locked_in_price", "local_above_central", "trust_between_citizens",
)  # fmt: skip
"""Readings that name one of the three paradigms: they should hold of that one rather than another."""


def patterns() -> tuple[Pattern, ...]:
    """All patterns: the eighteen by number, then what is beside them."""
    found = (
        *use_patterns(), *korea_patterns(), *project_patterns(), *participation_patterns(),
        *trust_patterns(), *change_patterns(),
    )  # fmt: skip
    return tuple(sorted(found, key=lambda pattern: pattern.number or DESIGNED + 1))


def pattern_table(
    runs: Runs, worlds: Runs | None = None, fitted: Runs | None = None
) -> pd.DataFrame:
    """One row per reading: observed, band, what each replicate gives, whether their mean is inside.

    With runs of one `fitted` set, their mean and whether it is inside. With runs in plausible
    `worlds`, their mean, the central 90 % of them, and whether that mean is inside; worlds in which
    a reading cannot be had (nan) are left out of both.
    """
    seen, elsewhere = _seen(runs), _seen(worlds) if worlds is not None else []
    by_fit = _seen(fitted) if fitted is not None else []
    rows = []
    for pattern in patterns():
        values = [pattern.value(one) for one in seen]
        rows.append(
            {
                "pattern": pattern.name, "what": pattern.what, "unit": pattern.unit,
                "observed": pattern.observed, "low": pattern.low, "high": pattern.high,
                **{f"replicate_{n}": value for n, value in enumerate(values)},
                "verdict": pattern.verdict(_mean(values)), "source": pattern.source,
                "number": pattern.number, **_with(pattern, by_fit), **_over(pattern, elsewhere),
                "note": pattern.note,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def inside_of_designed(found: pd.DataFrame, column: str = "verdict") -> list[int]:
    """Numbers of the designed patterns all of whose readings pass."""
    own = found[found["number"] > 0].groupby("number")[column]
    return [int(str(number)) for number, told in own if (told == PASS).all()]


def null_table(runs: Runs) -> pd.DataFrame:
    """Readings inside their bands as labelled, and with the paradigms' labels shuffled.

    Means over the replicates are read; shuffled is the mean over the five other orders of labels.
    """
    read = [pattern for pattern in patterns() if pattern.name in _TOLD_APART]
    orders = list(permutations(PARADIGMS))
    inside = [_inside(read, _seen(runs, dict(zip(PARADIGMS, o, strict=True)))) for o in orders]
    row = ("labels of the three paradigms shuffled", len(read), inside[0], np.mean(inside[1:]))
    return table(NULLS, [row])


def _inside(read: Iterable[Pattern], seen: list[Seen]) -> float:
    return float(sum(p.holds(_mean([p.value(s) for s in seen])) for p in read))


def _with(pattern: Pattern, fitted: list[Seen]) -> dict[str, float | str]:
    """What the fitted set gives; nan, and no verdict, without any runs of it."""
    mean = _mean([pattern.value(one) for one in fitted])
    return {"fitted_mean": mean, "fitted_verdict": pattern.verdict(mean) if fitted else ""}


def _over(pattern: Pattern, worlds: list[Seen]) -> dict[str, float | str]:
    """What worlds give; nan, and no verdict, without any."""
    given = np.array([pattern.value(one) for one in worlds], dtype=np.float64)
    known = given[np.isfinite(given)]
    if pattern.read is None or not len(known):
        nothing = dict.fromkeys(("world_mean", "world_low", "world_high"), np.nan)
        told = ABSENT if pattern.read is None else MISS
        return {**nothing, "world_verdict": told if worlds else ""}
    low, high = central(known)
    mean = float(known.mean())
    return {
        "world_mean": mean, "world_low": low, "world_high": high,
        "world_verdict": pattern.verdict(mean),
    }  # fmt: skip


def _mean(values: list[float]) -> float:
    """Mean of all readings; nan where one is missing, or there is none."""
    return float(np.mean(values)) if values else float("nan")


def _seen(runs: Runs, labels: dict[str, str] | None = None) -> list[Seen]:
    """The replicates in which every scenario was finished."""
    by_replicate = runs.timeseries.groupby("replicate")["scenario"].nunique()
    whole_ones = by_replicate.index[by_replicate == len(runs.study.scenarios)]
    return [Seen(runs, int(replicate), labels) for replicate in whole_ones]

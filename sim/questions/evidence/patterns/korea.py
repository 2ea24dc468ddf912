"""Pattern 18: Korea's civil applications online."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim.evidence.observed import observed
from sim.questions.evidence.asked import KOREA
from sim.questions.evidence.patterns.pattern import Pattern
from sim.questions.evidence.patterns.seen import Seen


def korea_patterns() -> Iterator[Pattern]:
    """All of it."""
    share = observed("civil_app_online_share").set_index("year")["value"]
    yield Pattern(
        "korea_online", "online share of civil applications, 2008 to 2013: root mean square error",
        "percentage points", 0.0, 0.0, 4.0, "Korean ministries",
        lambda seen: _rmse(seen.yearly(KOREA, "online_share"), share), 18,
    )  # fmt: skip


def _rmse(simulated: pd.Series, known: pd.Series) -> float:
    error = simulated[known.index].to_numpy() - known.to_numpy()
    return float(np.sqrt(np.mean(error**2)))

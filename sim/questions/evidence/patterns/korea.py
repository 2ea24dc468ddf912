"""Pattern 18: Korea's civil applications online.

The ministries count what citizens and firms file; what the model simulates are citizens'
transactions, so firms' part, all of it online, is added as it was counted. In 2008 the customs
office had 47 % of all online applications, which were 24 % of all; in 2012 the procurement service
and the customs office had 190 of 609 million. Between, it is taken as straight; later, as in 2012.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.evidence.observed import observed
from sim.questions.evidence.asked import KOREA
from sim.questions.evidence.patterns.pattern import Pattern

_FIRST, _LAST = 2008, 2012


def korea_patterns() -> Iterator[Pattern]:
    """All of it."""
    share = _series("civil_app_online_share")
    yield Pattern(
        "korea_online", "online share of civil applications, 2008 to 2013: root mean square error",
        "percentage points", 0.0, 0.0, 4.0, "Korean ministries",
        lambda seen: _rmse(_with_firms(seen.yearly(KOREA, "transactions_online")), share), 18,
        "citizens' transactions, and firms' 11 % (2008) to 31 % (2012) all online; tried: contacts 22,"
        " transactions alone 32, with firms 12; citizens' part is too low in all years",
    )  # fmt: skip
    known = _series("minwon24_users")
    yield Pattern(
        "korea_portal", "uses of the civil portal, 2010 against 2008", "ratio",
        known[2010] / known[2008], 1.5, 2.5,
        "Ministry of Public Administration and Security, UN Public Service Awards 2011",
        lambda seen: _growth(seen.yearly(KOREA, "transactions_online")), 0,
        "services online rose from 24 % (2008) to 61 % (2010) of some 5,000 kinds; projects are slower",
    )  # fmt: skip


def firms_share(years: Sequence[int]) -> NDArray[np.float64]:
    """Firms' part of all civil applications, 0 to 1, in some years."""
    online = _series("civil_app_customs_of_online")[_FIRST] / 100.0
    first = online * _series("civil_app_online_share")[_FIRST] / 100.0
    counts = (_series(name)[_LAST] for name in ("civil_app_procurement", "civil_app_customs"))
    last = sum(counts) / _series("civil_app_total")[_LAST]
    found: NDArray[np.float64] = np.interp(
        np.asarray(years, dtype=np.float64), [_FIRST, _LAST], [first, last]
    )
    return found


def _with_firms(citizens: pd.Series) -> pd.Series:
    firms = firms_share([int(str(year)) for year in citizens.index])
    together: pd.Series = 100.0 * firms + (1.0 - firms) * citizens
    return together


def _series(indicator: str) -> pd.Series:
    return observed(indicator).set_index("year")["value"]


def _growth(share: pd.Series) -> float:
    return float(share[2010] / share[2008]) if share[2008] > 0.0 else float("nan")


def _rmse(simulated: pd.Series, known: pd.Series) -> float:
    error = simulated[known.index].to_numpy() - known.to_numpy()
    return float(np.sqrt(np.mean(error**2)))

"""Runs of which none was finished: an error, not an empty result."""

from __future__ import annotations

import pandas as pd

from sim.errors import GovShiftError


def refuse_all_failed(failures: pd.DataFrame, what: str, *, finished: int, where: str = "") -> None:
    """Raises `GovShiftError` with the first failure if there are failures and nothing else.

    `failures` has the columns `stage` and `message`; `finished` counts what can be used.
    """
    if finished or failures.empty:
        return
    first = failures.iloc[0]
    raise GovShiftError(
        f"{what} was finished: {len(failures)} failed, the first at {first['stage']}: "
        f"{first['message']}{where}"
    )

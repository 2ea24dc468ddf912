"""Where a government stands on a row: a paradigm, a position between them, or a mix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.paradigms import FIGURE
from sim.text import near


def position(written: Any) -> float:
    """A position from what was written; `ValueError` says what is wrong with it."""
    ids = FIGURE.paradigm_ids
    if isinstance(written, str):
        if written not in ids:
            raise ValueError(f"'{written}' is not a paradigm{near(written, ids)}")
        return float(ids.index(written))
    if isinstance(written, bool) or written is None:
        raise ValueError(f"expected a paradigm ({', '.join(ids)}), a position or a mix")
    if isinstance(written, Mapping):
        return _mix(written)
    value = float(written)
    if not 0.0 <= value <= FIGURE.last_position:
        raise ValueError(f"position {value:g} is outside 0 to {FIGURE.last_position:g}")
    return value


def _mix(shares: Mapping[str, Any]) -> float:
    ids = FIGURE.paradigm_ids
    total = 0.0
    where = 0.0
    for paradigm, share in shares.items():
        if paradigm not in ids:
            raise ValueError(f"'{paradigm}' is not a paradigm{near(paradigm, ids)}")
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ValueError(f"the share of {paradigm} lies in 0 to 1, not {share!r}")
        total += share
        where += share * ids.index(paradigm)
    if abs(total - 1.0) > 1e-6:
        raise ValueError(f"the shares of a mix sum to one, not {total:g}")
    return where


def row_positions(
    written: Any, start: tuple[float, ...] | None = None
) -> tuple[tuple[float, ...], list[tuple[tuple[str, ...], str]]]:
    """Positions on all rows from a `governance` block, and the mistakes in it by path.

    A bare paradigm, position or mix holds for all rows; so does the key `all`. Other rows keep
    `start` (the first paradigm if missing).
    """
    rows = FIGURE.row_ids
    found = list(start or (0.0,) * len(rows))
    mistakes: list[tuple[tuple[str, ...], str]] = []
    by_row = written
    if not isinstance(written, Mapping) or set(written) <= set(FIGURE.paradigm_ids):
        by_row = {"all": written}
    for key in sorted(by_row, key=lambda name: name != "all"):
        path = () if by_row is not written else (key,)
        if key != "all" and key not in rows:
            mistakes.append((path, f"'{key}' is not a row of the figure{near(key, rows)}"))
            continue
        try:
            value = position(by_row[key])
        except ValueError as error:
            mistakes.append((path, str(error)))
            continue
        chosen = range(len(rows)) if key == "all" else [rows.index(key)]
        for row in chosen:
            found[row] = value
    return tuple(found), mistakes

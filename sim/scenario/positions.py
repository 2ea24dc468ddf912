"""Where a government stands on a row: a paradigm, a position between them, or a mix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.paradigms import FIGURE
from sim.scenario.given import as_number, instead
from sim.scenario.source import Mistake
from sim.text import near, number, short

ALL_ROWS = "all"


def position(written: Any) -> tuple[float, list[Mistake]]:
    """A position from what was written, and what is wrong with it by the path inside it."""
    ids = FIGURE.paradigm_ids
    if isinstance(written, str):
        if written in ids:
            return float(ids.index(written)), []
        text = f"'{short(written)}' is not a paradigm{near(written, ids)}{as_number(written)}"
        return 0.0, [((), text)]
    if isinstance(written, Mapping) and written:
        return _mix(written)
    if isinstance(written, bool) or not isinstance(written, int | float):
        return 0.0, [((), _expected(written))]
    if not 0.0 <= written <= FIGURE.last_position:
        text = f"position {number(written)} is outside 0 to {FIGURE.last_position:g}"
        return 0.0, [((), text)]
    return float(written), []


def is_mix(written: Any) -> bool:
    """Whether a block is one mix of paradigms for all rows, not rows with their own."""
    if not isinstance(written, Mapping):
        return False
    rows = {ALL_ROWS, *FIGURE.row_ids}
    return any(key in FIGURE.paradigm_ids for key in written) and not any(
        key in rows for key in written
    )


def row_positions(
    written: Any, start: tuple[float, ...] | None = None
) -> tuple[tuple[float, ...], list[Mistake]]:
    """Positions on all rows from a `governance` block, and the mistakes in it by path.

    A bare paradigm, position or mix holds for all rows; so does the key `all`. Other rows keep
    `start` (the first paradigm if missing).
    """
    rows = FIGURE.row_ids
    found = list(start or (0.0,) * len(rows))
    if not isinstance(written, Mapping) or not written or is_mix(written):
        everywhere, mistakes = position(written)
        return (everywhere,) * len(rows), mistakes
    mistakes = []
    for key in sorted(written, key=lambda name: name != ALL_ROWS):
        if key != ALL_ROWS and key not in rows:
            text = f"'{short(key)}' is not a row of the figure{near(key, (ALL_ROWS, *rows))}"
            mistakes.append(((key,), text))
            continue
        value, wrong = position(written[key])
        mistakes += [((key, *path), text) for path, text in wrong]
        for row in range(len(rows)) if key == ALL_ROWS else [rows.index(key)]:
            found[row] = value
    return tuple(found), mistakes


def _mix(shares: Mapping[str, Any]) -> tuple[float, list[Mistake]]:
    ids = FIGURE.paradigm_ids
    mistakes: list[Mistake] = []
    for paradigm, share in shares.items():
        if paradigm not in ids:
            text = f"'{short(paradigm)}' is not a paradigm{near(paradigm, ids)}"
            mistakes.append(((paradigm,), text))
        elif isinstance(share, bool) or not isinstance(share, int | float):
            text = f"expected a share from 0 to 1{instead(share)}{as_number(share)}"
            mistakes.append(((paradigm,), text))
        elif not 0 <= share <= 1:
            mistakes.append(((paradigm,), f"the share {number(share)} is outside 0 to 1"))
    if mistakes:
        return 0.0, mistakes
    total = sum(shares.values())
    if abs(total - 1.0) > 1e-6:
        return 0.0, [((), f"the shares of a mix sum to one, not {number(total)}")]
    return float(sum(share * ids.index(paradigm) for paradigm, share in shares.items())), []


def _expected(written: Any) -> str:
    ids = ", ".join(FIGURE.paradigm_ids)
    mix = f"{{{FIGURE.paradigm_ids[0]}: 0.5, {FIGURE.paradigm_ids[1]}: 0.5}}"
    given = ", not an empty block" if isinstance(written, Mapping) else instead(written)
    return (
        f"expected a paradigm ({ids}), a position from 0 to {FIGURE.last_position:g}, "
        f"or a mix as {mix}{given}"
    )

"""What forecasts say: the table of scores, what went wrong on purpose, and one honest paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from sim.questions.evidence.naive import NAIVE
from sim.questions.evidence.telling import OWN

if TYPE_CHECKING:
    from sim.questions.evidence.forecasts import Forecasts

_NAME = 24
_WIDTHS = (10, 8, 10, 10, 12)
_WELL = (0.80, 0.97)
"""Of intervals that should hold nine of ten, how many may hold before they are called wrong."""
_PEEKS = {naive.name for naive in NAIVE if naive.peeks}


def told(found: Forecasts) -> list[str]:
    """The table of scores, null tests, notes, and a paragraph."""
    lines: list[str] = []
    for indicator, rows in found.scores.groupby("indicator", sort=False):
        lines += ["", f"{indicator}, forecasts made at the end of {found.cutoff}"]
        lines += list(_table(rows))
    if len(found.scores):
        lines.append("* looks at what came later in other countries, which nobody can")
    lines += ["", *_nulls(found.nulls)] if len(found.nulls) else []
    lines += ["", *(f"note: {note}" for note in found.notes)] if found.notes else []
    return [*lines, "", paragraph(found)][1:]


def paragraph(found: Forecasts) -> str:
    """What held and what did not, in sentences."""
    parts = [
        _verdict(str(indicator), rows)
        for indicator, rows in found.scores.groupby("indicator", sort=False)
    ]
    parts.append(
        "Forecasts are given the internet users that were observed later, as all forecasters that "
        "use them are; who plans ahead has to assume them, and is less sure."
    )
    return " ".join(parts)


def _table(rows: pd.DataFrame) -> Iterator[str]:
    yield _shown("forecaster", "countries", "n", "RMSE", "CRPS", "in 90 %")
    for row in rows.to_dict("records"):
        name = f"{row['forecaster']}{' *' if row['forecaster'] in _PEEKS else ''}"
        yield _shown(
            name, str(row["countries"]), str(row["n"]), f"{row['rmse']:.1f}", f"{row['crps']:.1f}",
            f"{100 * row['coverage']:.0f} %",
        )  # fmt: skip


def _shown(name: str, *cells: str) -> str:
    shown = (cell.rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
    return (name.ljust(_NAME) + "".join(shown)).rstrip()


def _nulls(nulls: pd.DataFrame) -> Iterator[str]:
    for row in nulls.to_dict("records"):
        worse = row["worse"]
        how = f"{worse:.1f} worse" if worse > 0 else f"{-worse:.1f} better: no sign of use"
        yield (
            f"With {row['what']} ({row['null']}), {row['indicator']}: RMSE {row['rmse']:.1f}, {how}"
        )


def _verdict(indicator: str, rows: pd.DataFrame) -> str:
    by_name = {str(row["forecaster"]): row for row in rows.to_dict("records")}
    own = by_name[OWN]
    error, score = ({n: float(row[key]) for n, row in by_name.items() if n not in _PEEKS}
                    for key in ("rmse", "crps"))  # fmt: skip
    better = sorted((n for n in error if error[n] < error[OWN]), key=lambda n: error[n])
    count = f"{own['n']} figures of {own['countries']} countries"
    text = f"Over {count}, {indicator} was foretold with an error of {error[OWN]:.1f} points"
    if better:
        named = ", ".join(f"{n} {error[n]:.1f}" for n in better)
        text += f"; simpler forecasters had less: {named}"
    else:
        best = min((n for n in error if n != OWN), key=lambda n: error[n])
        text += f", less than any naive forecaster (the best, {best}, {error[best]:.1f})"
    sharpest = min(score, key=lambda n: score[n])
    if sharpest != OWN:
        text += f"; by CRPS {sharpest} is the best ({score[sharpest]:.1f})"
    return f"{text}. {_coverage(float(own['coverage']))}"


def _coverage(share: float) -> str:
    low, high = _WELL
    how = "as they should" if low <= share <= high else "too few" if share < low else "too many"
    return f"The 90 % intervals held {100 * share:.0f} % of them, {how}."

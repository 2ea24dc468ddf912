"""Which rows carry a difference, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.outcome_words import headed
from sim.outcomes import title_of
from sim.text import interval_texts

if TYPE_CHECKING:
    from sim.questions.attribution.analysis import Attribution

_SHOWN = 4
_PAIRS_SHOWN = 2
_DECIMALS = 2


def told(found: Attribution) -> list[str]:
    """A line per outcome with the largest shares, and one with the pairs that work together."""
    lines = []
    for outcome, total in found.totals.items():
        own = found.shares[found.shares["outcome"] == outcome]
        largest = own.reindex(own["share"].abs().sort_values(ascending=False).index).head(_SHOWN)
        told = "; ".join(_share(row) for row in largest.to_dict("records"))
        if not largest["share"].any():
            lines.append(f"{title_of(outcome)}: {found.end} and {found.start} do not differ.")
            continue
        difference = f"{found.end} - {found.start} = {total:+.2f}"
        lines.append(f"{headed(outcome)}: {difference}: {told}.")
        lines += _together(found, outcome)
    enough = ""
    if found.imprecise:
        if not all(map(math.isfinite, found.width.values())):
            return [*lines, f"{found.orders} orders of the rows: too few for intervals."]
        widths = ", ".join(f"{name} {100 * found.width[name]:.0f} %" for name in found.imprecise)
        enough = (
            f" Intervals that are wider than {100 * found.precision:g} % of the largest share: "
            f"{widths}; more --orders narrow them."
        )
    lines.append(f"{found.orders} orders of the rows, 95 % confidence in brackets.{enough}")
    return lines


def _together(found: Attribution, outcome: str) -> list[str]:
    """The pairs of rows that clearly work together or against each other, the largest first."""
    own = found.interactions
    own = own[(own["outcome"] == outcome) & own["clear"].astype(bool)]
    largest = own.reindex(own["interaction"].abs().sort_values(ascending=False).index)
    pairs = [
        f"{row['row']} with {row['other']} {row['interaction']:+.2f}"
        for row in largest.head(_PAIRS_SHOWN).to_dict("records")
    ]
    return [f"  together: {'; '.join(pairs)}."] if pairs else []


def _share(row: dict[Any, Any]) -> str:
    mean, low, high = interval_texts(
        row["share"], row["conf_low"], row["conf_high"], least=_DECIMALS
    )
    return f"{row['row']} {mean} ({low} to {high})" if low else f"{row['row']} {mean}"

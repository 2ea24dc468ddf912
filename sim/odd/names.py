"""Every name that the model has: what equations may name, what the protocol must not leave out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.engine.columns import columns_of
from sim.paradigms import FIGURE
from sim.processes import tally
from sim.processes.declared import PARAMETERS
from sim.processes.state import (
    Citizens,
    Firms,
    Governments,
    Journal,
    Ledger,
    Levers,
    Network,
    Offer,
    Problems,
)

GROUPS: Mapping[str, tuple[type[tuple[Any, ...]], str]] = {
    "citizens": (Citizens, "a citizen"),
    "governments": (Governments, "a local government; the last row is the central government"),
    "levers": (Levers, "a government, what it sets for itself"),
    "ledger": (Ledger, "a government, money of a month and what is carried over"),
    "offer": (Offer, "a local government, what its citizens meet this month"),
    "problems": (Problems, "a slot of a place's 32 for open local problems"),
    "firms": (Firms, "an entrepreneur"),
    "network": (Network, "a pair of institutions, or one"),
    "journal": (Journal, "a local government, for the record alone: no rule reads it"),
}
"""Groups of columns by the name that equations have for them, and what a row is."""


class Part(NamedTuple):
    """A part of the state beside columns: its unit and what it holds."""

    unit: str
    meaning: str


STATE: Mapping[str, Part] = {
    "profiles": Part("position, 0 to 2", "where each government stands on each of the twelve rows"),
    "profiles_before": Part("position, 0 to 2", "the same with which the month began"),
    "moved": Part("positions", "how far a government has moved this month, all rows together"),
    "model_profile": Part("position, 0 to 2", "the profile that the centre takes as its model"),
    "shown": Part(
        "16 bits", "what citizens saw of each other last month: channel, taking part, trust"
    ),
    "showing": Part("16 bits", "what they will see next month"),
    "tallies": Part("whole numbers", "counts over the citizens of a place, and of its problems"),
    "blocks": Part("rows", "which citizens are in a block: at most 1,024 of one place"),
    "block_tallies": Part("whole numbers", "the same counts by block"),
    "block_reports": Part("whole numbers", "what is heard of each problem, by block"),
    "needs_tables": Part("chance", "cumulative Poisson probabilities of 0 to 7 needs, by place"),
    "tie_hazards": Part("per month", "hazard of a tie by age in months and shared partners"),
    "ties_year_ago": Part("months", "ages of all ties a year ago, -1 without one"),
    "resilience": Part("0-1", "three readings of the network at the last measurement"),
    "surveys": Part("surveys", "number of surveys since the one at the start"),
}
"""What months change beside columns."""

_NO_COUNTS = {"MONTHLY", "SURVEY_END", "PROBLEMS", "ENTRIES", "INPUT_CLASSES", "DOMAIN_COUNT"}
COUNTS: tuple[str, ...] = tuple(
    name.lower()
    for name, value in vars(tally).items()
    if name.isupper() and isinstance(value, int) and name not in _NO_COUNTS
)
"""What is counted over the citizens of a place each month, and of its problems."""


def column_names() -> tuple[str, ...]:
    """Every column of the state, counts and other parts among them, by full name."""
    columns = [f"{name}.{one}" for name, (kind, _) in GROUPS.items() for one in columns_of(kind)]
    return (*columns, *(f"state.{name}" for name in STATE), *(f"counts.{name}" for name in COUNTS))


def cell_names() -> tuple[str, ...]:
    """Every cell of the figure by full name."""
    return tuple(f"cells.{cell.name}" for cell in FIGURE.cells)


def known_names() -> frozenset[str]:
    """Everything with a point in its name that an equation may name."""
    return frozenset((*PARAMETERS, *cell_names(), *column_names()))

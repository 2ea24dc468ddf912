"""A lever of one government: money for opening data beyond what its projects spend on it.

It raises openness, and nothing else: what openness brings and what it risks (convergent services,
ties of hubs, breaches, trust that learns faster) comes by the ways that P5's own opening has.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.compiling import loop, rule
from sim.parameters import Parameter
from sim.processes.state import Governments, Levers


class OpenDataParameters(NamedTuple):
    """Money for opening data, and what all of it costs."""

    spend: Annotated[float, Parameter(0.0, "money per citizen and year", 0.0, 5.0, "lever", "A", "nothing unless a scenario spends it", "Money for opening data beyond projects")]  # fmt: skip
    price: Annotated[float, Parameter(11.0, "money per citizen", 5.0, 30.0, "uncertainty", "D", "a successful Gov3.0 project opens .18 of what is closed for two fifths of its cost of 5 (design)", "Price of opening all that is closed, at what the first of it costs")]  # fmt: skip


@rule
def opened_share(money: float, p: OpenDataParameters) -> float:
    """Share of what is closed that money per citizen and year opens in a month."""
    return min(1.0, money / 12.0 / p.price)


@loop
def open_data(governments: Governments, levers: Levers, p: OpenDataParameters) -> None:
    """Local governments open data for what they spend on it, as far as they have the money."""
    for g in range(governments.residents.shape[0] - 1):
        share = opened_share(governments.funded[g] * levers.spend[g], p)
        governments.openness[g] += share * (1.0 - governments.openness[g])

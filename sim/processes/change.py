"""P2: what a change of the profile costs: money, and capacity for a while.

Whoever reorganises pays for it and works worse until people have learned the new ways. It is the
same for every row and direction, so no paradigm is dearer to reach or to leave than another.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.columns import Array
from sim.engine.compiling import loop, rule
from sim.engine.numbers import power
from sim.parameters import Parameter
from sim.processes.state import Governments, Ledger


class ChangeParameters(NamedTuple):
    """What it costs to move a row of the profile."""

    money: Annotated[float, Parameter(0.5, "money per citizen and position", 0.0, 1.5, "uncertainty", "A", "no figure seen; scan 0 to 3 times", "Cost of moving one row by one position")]  # fmt: skip
    disruption: Annotated[float, Parameter(0.03, "share of capacity per position", 0.0, 0.09, "uncertainty", "A", "reorganisations disturb work at first; size assumed, scan 0 to 3 times", "Capacity lost for a while by moving one row by one position")]  # fmt: skip
    recovery: Annotated[float, Parameter(12.0, "months", 3.0, 36.0, "uncertainty", "A", "design", "Time in which half of the lost capacity returns")]  # fmt: skip


@rule
def cost_of_change(distance: float, residents: float, p: ChangeParameters) -> float:
    """Money for moving rows by so many positions in all."""
    return p.money * distance * residents


@rule
def capacity_lost(capacity: float, distance: float, p: ChangeParameters) -> float:
    """Capacity that a change takes: each position a share of what is left."""
    return capacity * (1.0 - power(1.0 - p.disruption, distance))


@rule
def returning_share(p: ChangeParameters) -> float:
    """Share of the lost capacity that returns in a month."""
    return 1.0 - power(0.5, 1.0 / p.recovery)


@loop
def pay_for_change(
    governments: Governments, ledger: Ledger, moved: Array, p: ChangeParameters
) -> None:
    """Local governments pay for what moved this month, from the fund first, and lose capacity.

    What is declared to happen happens: what the fund lacks is taken from running money.
    """
    for g in range(governments.residents.shape[0] - 1):
        if moved[g] > 0.0:
            cost = cost_of_change(moved[g], governments.residents[g], p)
            from_fund = min(cost, max(0.0, ledger.fund[g]))
            ledger.fund[g] -= from_fund
            ledger.reserve[g] -= cost - from_fund
            ledger.change[g] = cost
            lost = capacity_lost(governments.capacity[g], moved[g], p)
            governments.capacity[g] -= lost
            governments.disrupted[g] += lost

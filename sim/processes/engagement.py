"""A lever of one government: staff for answering and engaging citizens, bought beyond what row 4 has.

Money buys hours, hours are staff, and staff answers as the figure's own does (P7): by capacity, and as
far as those in charge want to. What is not paid for answers nothing.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.compiling import rule
from sim.parameters import Parameter


class EngagementParameters(NamedTuple):
    """Staff that is bought, and its price."""

    staff: Annotated[float, Parameter(0.0, "money per citizen and year", 0.0, 5.0, "lever", "A", "nothing unless a scenario spends it", "Money for engagement staff beyond what the figure's fourth row has")]  # fmt: skip
    answer_price: Annotated[float, Parameter(8.62, "money per answer", 4.31, 12.93, "uncertainty", "S", "hours for an answer taken as those of one face-to-face contact (SOCITM)", "What the hours cost in which bought staff of middling capacity answers one citizen")]  # fmt: skip


@rule
def bought_staff(money: float, answer_capacity: float, p: EngagementParameters) -> float:
    """Staff bought for money per citizen and year, as a share of all of the staff there is.

    `answer_capacity` is how many citizens all of the staff could answer, per citizen and month.
    """
    return money / 12.0 / (p.answer_price * answer_capacity)

"""What is counted over citizens each month: integers, so that no order can change a sum.

Shares and trust are added in fixed point (`sim.engine.numbers.FIXED_POINT`). Each name is the
first index of its entries in a row of the tally. Entries below `MONTHLY` are counted anew every
month; the survey's stay until the next one, and who lives where stays for good.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.parameters import Parameter

NEEDS = 0
MET = 1
COUNTER_ASKED = 2
COUNTER_HANDLED = 3
DIGITAL_TRIED = 4
DIGITAL_DONE = 5
INVITED = 6
INPUTS = 7
ANSWERED = 8
IGNORED = 9
EXPOSED = 10
TRAINED = 11
USERS = 12
HEARD = 13
USED_YEAR = 14
FORMS_YEAR = 15
ACTIVE_YEAR = 16
LOW_TRUST = 17
FIT = 18
ACCEPTANCE = 19
TRUST_LOCAL = 20
TRUST_CENTRAL = 21
TRUST_SQUARE = 22
EXPERIENCED = 23
QUALITY_LOW = 24
QUALITY_HIGH = 25
ACTIVE_LOW = 26
ACTIVE_HIGH = 27
WANTED_INPUTS = 28
WANTED_USERS = 32
ACTIVE_MONTHS = 36
MONTHLY = 49
WANTED = 49
WANTED_ELITE = 53
ELITE_WEIGHT = 57
SURVEY_END = 58
RESIDENTS_LOW = 58
RESIDENTS_HIGH = 59
ENTRIES = 60


class OutcomeParameters(NamedTuple):
    """How outcomes are read. These move readings, not the society, with one exception.

    Governments that reform themselves judge their cost of a need against `reference_cost`.
    """

    fit_weight: Annotated[float, Parameter(1.0, "exponent", 0.0, 2.0, "constant", "A", "design", "Weight of the budget's fit in efficiency; 0 leaves technical efficiency", at_start=True)]  # fmt: skip
    reference_cost: Annotated[float, Parameter(17.7, "money per need", 10.0, 30.0, "constant", "D", "counter 5.7 plus back office 12 (SOCITM; design)", "Cost of a need at which technical efficiency is 50", at_start=True)]  # fmt: skip

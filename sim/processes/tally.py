"""What is counted over citizens each month: integers, so that no order can change a sum.

Shares and trust are added in fixed point (`sim.engine.numbers.FIXED_POINT`); what is *ranked* is
weighted by status, from 1 for the lowest to 0 for the highest (`poverty`). Each name is the
first index of its entries in a row of the tally. Entries below `MONTHLY` are counted anew every
month; the survey's stay until the next one, and who lives where stays for good. How many inputs
citizens gave in the year so far is counted in the months of the first year and at the end of each.
Those from `PROBLEMS` on are counted by the governments' steps: a problem is *due* once it is a year old
or settled before, and *in time* if it was solved by then.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.parameters import Parameter
from sim.processes.state import DOMAIN_COUNT

CLASS_STARTS = (1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97)
"""Fewest inputs of a year of each class: classes of one up to four, then half an octave each."""
INPUT_CLASSES = len(CLASS_STARTS)

_end = 0


def _entries(width: int = 1) -> int:
    """The first of the next entries; of none, the end of those so far."""
    global _end
    first, _end = _end, _end + width
    return first


NEEDS = _entries()
MET = _entries()
COUNTER_ASKED = _entries()
COUNTER_HANDLED = _entries()
DIGITAL_TRIED = _entries()
DIGITAL_DONE = _entries()
TRANSACTIONS_DONE = _entries()
INVITED = _entries()
INPUTS = _entries()
TAKING_PART = _entries()
ANSWERED = _entries()
IGNORED = _entries()
ACTED_ON = _entries()
EXPOSED = _entries()
TRAINED = _entries()
USERS = _entries()
HEARD = _entries()
USED_YEAR = _entries()
FORMS_YEAR = _entries()
ACTIVE_YEAR = _entries()
LOW_TRUST = _entries()
FIT = _entries()
ACCEPTANCE = _entries()
TRUST_LOCAL = _entries()
TRUST_CENTRAL = _entries()
TRUST_SQUARE = _entries()
EXPERIENCED = _entries()
QUALITY_LOW = _entries()
QUALITY_HIGH = _entries()
QUALITY_RANKED = _entries()
FIT_RANKED = _entries()
HEARD_RANKED = _entries()
FIT_REACHABLE = _entries()
ACTIVE_LOW = _entries()
ACTIVE_HIGH = _entries()
WANTED_ALL = _entries(DOMAIN_COUNT)
WANTED_INPUTS = _entries(DOMAIN_COUNT)
WANTED_USERS = _entries(DOMAIN_COUNT)
PEOPLE_BY_INPUTS = _entries(INPUT_CLASSES)
INPUTS_BY_CLASS = _entries(INPUT_CLASSES)
MONTHLY = _entries(0)
WANTED = _entries(DOMAIN_COUNT)
WANTED_ELITE = _entries(DOMAIN_COUNT)
ELITE_WEIGHT = _entries()
SURVEY_END = _entries(0)
RESIDENTS_LOW = _entries()
RESIDENTS_HIGH = _entries()
RANKED = _entries()
PROBLEMS = _entries(0)
ARISEN = _entries()
BEYOND = _entries()
NOTICED = _entries()
MONTHS_TO_NOTICE = _entries()
SOLVED = _entries()
MONTHS_TO_SOLVE = _entries()
RESISTED = _entries()
FADED = _entries()
DUE = _entries()
IN_TIME = _entries()
DUE_PEOPLE = _entries()
IN_TIME_PEOPLE = _entries()
DUE_RANKED = _entries()
IN_TIME_RANKED = _entries()
OPEN = _entries()
OPEN_PEOPLE = _entries()
OPEN_RANKED = _entries()
ENTRIES = _entries(0)
BY_PROBLEM = (ARISEN, BEYOND, NOTICED, MONTHS_TO_NOTICE, SOLVED, MONTHS_TO_SOLVE, RESISTED, FADED,
              DUE, IN_TIME, OPEN)  # fmt: skip
"""Entries that count problems, not citizens: a place has as many however many are simulated."""


class OutcomeParameters(NamedTuple):
    """How outcomes are read. These move readings, not the society, with one exception.

    Governments that reform themselves judge their cost of a need against `reference_cost`.
    """

    fit_weight: Annotated[float, Parameter(1.0, "exponent", 0.0, 2.0, "constant", "A", "design", "Weight of the budget's fit in efficiency; 0 leaves technical efficiency", at_start=True)]  # fmt: skip
    reference_cost: Annotated[float, Parameter(17.7, "money per need", 10.0, 30.0, "constant", "D", "counter 5.7 plus back office 12 (SOCITM; design)", "Cost of a need at which technical efficiency is 50, citizens' time apart", at_start=True)]  # fmt: skip
    value_of_time: Annotated[float, Parameter(2.0, "money per hour", 0.0, 5.0, "uncertainty", "A", "a policy choice: 0 leaves citizens' time out, 5 is what transport appraisals pay for leisure", "What an hour of a citizen's time counts in efficiency", at_start=True)]  # fmt: skip
    unmet_value: Annotated[float, Parameter(1.5, "times its cost at the counter", 1.0, 3.0, "uncertainty", "A", "a need is worth more than it costs, or it would not be met; size assumed", "What a need that is not met counts in efficiency", at_start=True)]  # fmt: skip

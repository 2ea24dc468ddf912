"""P7: who takes part when invited, what gets answered, and what that does to people.

A calculus of participation with objective efficacy. The efficacy slope is derived from Sjoberg,
Mellon and Peixoto 2017: an answered first report raises the chance of a second by 57 %.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.engine.compiling import rule
from sim.engine.numbers import Whole, clip, logistic
from sim.parameters import Parameter

NO_INPUT = 0
ACKNOWLEDGED = 1
IGNORED = 2
ACTED_ON = 3
"""What citizens hear on an input; an answer is not a yes."""
FIX_MY_STREET = "Sjoberg, Mellon and Peixoto 2017: answered reports, +57 % second reports"


class ParticipationParameters(NamedTuple):
    """Taking part and being answered."""

    intercept: Annotated[float, Parameter(-4.2, "log-odds", -7.0, -1.0, "uncertainty", "C", "Eurostat: 7.4 to 8.5 % of people a year consult or vote online", "Inclination to take part when invited and all else is average")]  # fmt: skip
    civic_spread: Annotated[float, Parameter(1.6, "log-odds", 0.5, 2.5, "uncertainty", "C", "the top 3 % give about a quarter of inputs (Usenet, petitions)", "Spread of civic propensity between citizens", at_start=True)]  # fmt: skip
    status_slope: Annotated[float, Parameter(0.25, "log-odds per z", 0.0, 1.0, "uncertainty", "A", "Spada et al. 2015: participants are richer and better educated; size assumed", "How much status raises civic propensity", at_start=True)]  # fmt: skip
    efficacy_slope: Annotated[float, Parameter(1.85, "log-odds", 0.0, 3.0, "uncertainty", "D", FIX_MY_STREET, "Effect of efficacy on taking part")]  # fmt: skip
    trust_slope: Annotated[float, Parameter(0.25, "log-odds per .2", -0.5, 1.0, "uncertainty", "A", "no size seen", "Effect of trust on taking part")]  # fmt: skip
    peer_slope: Annotated[float, Parameter(1.0, "log-odds", 0.0, 2.0, "uncertainty", "A", "no size seen", "Effect of tied citizens taking part")]  # fmt: skip
    fatigue_slope: Annotated[float, Parameter(2.5, "log-odds", 0.0, 5.0, "uncertainty", "A", "engagement fatigue (Involve); no size seen", "Effect of fatigue on taking part")]  # fmt: skip
    online_bonus: Annotated[float, Parameter(0.08, "log-odds", 0.0, 0.3, "uncertainty", "S", "Spada et al. 2015: online voting, +8.2 % turnout", "Effect of being a digital user")]  # fmt: skip
    answer_capacity: Annotated[float, Parameter(0.06, "answers per citizen and month", 0.02, 0.1, "uncertainty", "C", "no figure seen", "Inputs that full engagement staff can answer")]  # fmt: skip
    input_cost: Annotated[float, Parameter(8.62, "money per input", 4.31, 12.93, "uncertainty", "S", "one input taken as one face-to-face contact (SOCITM)", "Cost of handling one input")]  # fmt: skip
    acknowledged: Annotated[float, Parameter(0.05, "share of the way", 0.0, 0.25, "uncertainty", "A", "no size seen: an answer is not a yes", "How far an answer that changes nothing raises efficacy towards 1")]  # fmt: skip
    acted_on: Annotated[float, Parameter(0.25, "share of the way", 0.0, 0.5, "uncertainty", "D", FIX_MY_STREET, "How far an input that is acted on raises efficacy towards 1")]  # fmt: skip
    silence: Annotated[float, Parameter(0.25, "share of the way", 0.0, 0.5, "uncertainty", "A", "taken as large as what action raises", "How far an input without an answer lowers efficacy towards 0")]  # fmt: skip
    acted_share: Annotated[float, Parameter(0.4, "share of answers", 0.3, 0.5, "uncertainty", "A", "Korea's petition window: 46 to 55 % satisfied, 2006 to 2010; Better Reykjavik carried out 9 % of proposals", "Answers that something is done about, by a government of capacity .5 with all the money it needs")]  # fmt: skip
    action_cost: Annotated[float, Parameter(12.0, "money per input acted on", 0.0, 36.0, "uncertainty", "A", "taken as the back office of one need (SOCITM; design)", "Cost of doing something about an input, beside the cost of handling it")]  # fmt: skip
    deliberation_cost: Annotated[float, Parameter(0.05, "money per citizen per month of deliberation and year", 0.0, 0.5, "uncertainty", "A", "few studies (Involve)", "Cost of deliberation")]  # fmt: skip
    reference_invitations: Annotated[float, Parameter(0.05, "per citizen and month", 0.01, 0.3, "constant", "A", "the E-Government cell of the figure", "Invitations at which participation is compared at equal terms", at_start=True)]  # fmt: skip


@rule
def takes_part(
    civic: np.float32,
    efficacy: np.float32,
    trust: np.float32,
    peers: np.float32,
    fatigue: np.float32,
    digital: np.uint8,
    draw: np.float32,
    p: ParticipationParameters,
) -> bool:
    """Whether an invited citizen takes part; `peers` is the share of tied citizens who do."""
    odds = (
        p.intercept
        + civic
        + p.efficacy_slope * (efficacy - np.float32(0.4))
        + p.trust_slope * (trust - np.float32(0.42)) / np.float32(0.20)
        + p.peer_slope * peers
        - p.fatigue_slope * fatigue
        + p.online_bonus * np.float32(digital)
    )
    return bool(draw < logistic(odds))


@rule
def response_rate(
    input_load: float,
    staff_engagement: float,
    capacity: float,
    weight_citizen: float,
    infrastructure: float,
    smart_work: float,
    p: ParticipationParameters,
) -> float:
    """Chance that an input of last month is answered: staff for it, and the will to.

    `input_load` is inputs per resident and month, over about a year: staff is not planned on the
    luck of one month.
    """
    staff = staff_engagement * (1.0 + smart_work * infrastructure)
    able = p.answer_capacity * staff * (0.4 + 1.2 * capacity) / max(input_load, 1e-9)
    willing = 0.3 + 0.7 * weight_citizen / 0.6
    return clip(min(1.0, able) * willing, 0.0, 1.0)


@rule
def acted_share(capacity: float, funded: float, p: ParticipationParameters) -> float:
    """Share of answers that something is done about: bounded by capacity and by money.

    `funded` is the share of running costs that money covers.
    """
    return clip(p.acted_share * (0.5 + capacity) * funded, 0.0, 1.0)


@rule
def hear_back(
    waiting: np.uint8, draw: np.float32, response_rate: np.float32, action_rate: np.float32
) -> np.uint8:
    """What a citizen hears on last month's input: `ACKNOWLEDGED`, `IGNORED`, `ACTED_ON` or nothing.

    `response_rate` is the chance of either kind of answer, `action_rate` that of being acted on.
    """
    if waiting == 0:
        return np.uint8(NO_INPUT)
    if draw < action_rate:
        return np.uint8(ACTED_ON)
    return np.uint8(ACKNOWLEDGED) if draw < response_rate else np.uint8(IGNORED)


@rule
def is_answered(answer: Whole) -> bool:
    """Whether what a citizen hears is an answer, of either kind."""
    return (answer == ACKNOWLEDGED) | (answer == ACTED_ON)


@rule
def updated_efficacy(efficacy: np.float32, answer: Whole, p: ParticipationParameters) -> np.float32:
    """Efficacy after what a citizen hears; who has not given an input keeps it."""
    if answer == ACTED_ON:
        return efficacy + p.acted_on * (np.float32(1.0) - efficacy)
    if answer == ACKNOWLEDGED:
        return efficacy + p.acknowledged * (np.float32(1.0) - efficacy)
    if answer == IGNORED:
        return efficacy - p.silence * efficacy
    return efficacy


@rule
def updated_fatigue(fatigue: np.float32, invited: bool, took_part: bool) -> np.float32:
    """Fatigue after a month: it fades, invitations and inputs add to it."""
    value = np.float32(0.9) * fatigue
    if invited:
        value += np.float32(0.02)
    if took_part:
        value += np.float32(0.25)
    return value

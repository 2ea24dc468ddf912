"""P7: who takes part, asked or not, how often, what gets answered, and what that does to people.

A calculus of participation with objective efficacy, as a rate: citizens differ by orders of
magnitude in how many inputs they give, and nobody needs an invitation to write to an office. All
inputs that a citizen gives in a month are one case: one answer, one cost, one voice in what is
heard. The efficacy slope is set so that a first report that is acted on raises the chance of a second
by 57 % (Sjoberg, Mellon and Peixoto 2017).
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.engine.compiling import rule
from sim.engine.numbers import Whole, clip, exponential_single, plus
from sim.parameters import Parameter, choice

NO_INPUT = 0
ACKNOWLEDGED = 1
IGNORED = 2
ACTED_ON = 3
"""What citizens hear on an input; an answer is not a yes."""
FIX_MY_STREET = "Sjoberg, Mellon and Peixoto 2017: answered reports, +57 % second reports"
CONTACT = "European Social Survey 2002 to 2018: 8 to 12 % of adults a year contact an official"
EUROSTAT = "Eurostat: 7.4 to 8.5 % of people a year consult or vote online; at Gov2.0's invitations"
MOST_COUNTED = np.float32(255.0)
"""Inputs of a citizen that are told apart, in a month and in a year: eight bits."""
_MOST_BY_LUCK = 6
_HALF_A_STEP = np.float32(0.5**25)
"""Draws are whole steps of .5**24: in the middle of one, chances that are rounding errors are none."""
_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)


_RESOURCES = np.float32(1.0)


class ParticipationParameters(NamedTuple):
    """Taking part and being answered."""

    theory: Annotated[float, choice("efficacy", "resources", asked_in="input_rate", source="Brady, Verba and Schlozman 1995: resources and recruitment, not beliefs, carry most of participation", meaning="What makes people take part: being civic, asked, and the belief that it helps (efficacy), or being civic and asked alone (resources)")]  # fmt: skip
    intercept: Annotated[float, Parameter(-6.35, "log inputs a month", -7.05, -5.65, "uncertainty", "C", CONTACT + "; range: half to twice as many inputs", "Inputs of a month in which nobody asks and all else is average")]  # fmt: skip
    unprompted: Annotated[float, Parameter(1.0, "ratio", 0.0, 2.0, "constant", "A", "1 by the definition of the intercept; 0 leaves invited inputs alone", "Inputs that nobody asks for, against those that surveys find", at_start=True)]  # fmt: skip
    uplift: Annotated[float, Parameter(26.0, "ratio", 5.0, 50.0, "uncertainty", "C", EUROSTAT, "What an invitation adds to a month's inputs, in months without one", at_start=True)]  # fmt: skip
    civic_spread: Annotated[float, Parameter(2.0, "log", 1.6, 2.8, "uncertainty", "C", "the top 3 % give about a quarter of inputs (Usenet); the top 1 % a third (FixMyStreet, mySociety)", "Spread of civic propensity between citizens", at_start=True)]  # fmt: skip
    status_slope: Annotated[float, Parameter(0.25, "log per z", 0.0, 1.0, "uncertainty", "A", "Spada et al. 2015: participants are richer and better educated; size assumed", "How much status raises civic propensity", at_start=True)]  # fmt: skip
    efficacy_slope: Annotated[float, Parameter(2.2, "log", 0.0, 3.5, "uncertainty", "C", FIX_MY_STREET, "Effect of efficacy on inputs")]  # fmt: skip
    trust_slope: Annotated[float, Parameter(0.25, "log per .2", -0.5, 1.0, "uncertainty", "A", "no size seen", "Effect of trust on inputs")]  # fmt: skip
    peer_slope: Annotated[float, Parameter(1.0, "log", 0.0, 2.0, "uncertainty", "A", "no size seen", "Effect of tied citizens taking part")]  # fmt: skip
    fatigue_slope: Annotated[float, Parameter(2.5, "log", 0.0, 5.0, "uncertainty", "A", "engagement fatigue (Involve); no size seen", "Effect of fatigue on newcomers; on others it is divided by the inputs so far")]  # fmt: skip
    online_bonus: Annotated[float, Parameter(0.08, "log", 0.0, 0.3, "uncertainty", "S", "Spada et al. 2015: online voting, +8.2 % turnout", "Effect of being a digital user")]  # fmt: skip
    answer_capacity: Annotated[float, Parameter(0.06, "answers per citizen and month", 0.02, 0.1, "uncertainty", "C", "no figure seen", "Citizens whose inputs all of the staff could answer")]  # fmt: skip
    answer_gain: Annotated[float, Parameter(1.2, "per capacity", 0.0, 2.0, "uncertainty", "A", "no size seen", "How much more a capable government's staff answers, against one of capacity .5")]  # fmt: skip
    willing_floor: Annotated[float, Parameter(0.3, "share", 0.0, 1.0, "uncertainty", "A", "no size seen", "Share of the answers that engagement staff could give where citizens weigh nothing in decisions")]  # fmt: skip
    willing_weight: Annotated[float, Parameter(0.6, "share", 0.3, 1.0, "uncertainty", "A", "the E-Governance cell of the figure", "Weight of citizens in decisions at which engagement staff answers all that it can")]  # fmt: skip
    statutory_staff: Annotated[float, Parameter(0.05, "share of operations staff", 0.0, 0.2, "uncertainty", "A", "laws ask for a reply to every letter; no size seen", "Operations staff that replies to citizens and so is missing at counters")]  # fmt: skip
    input_cost: Annotated[float, Parameter(8.62, "money per citizen with inputs and month", 4.31, 12.93, "uncertainty", "S", "one case taken as one face-to-face contact (SOCITM)", "Cost of handling the inputs of a citizen in a month")]  # fmt: skip
    acknowledged: Annotated[float, Parameter(0.05, "share of the way", 0.0, 0.25, "uncertainty", "A", "no size seen: an answer is not a yes", "How far an answer that changes nothing raises efficacy towards 1")]  # fmt: skip
    acted_on: Annotated[float, Parameter(0.25, "share of the way", 0.0, 0.5, "uncertainty", "D", FIX_MY_STREET, "How far an input that is acted on raises efficacy towards 1")]  # fmt: skip
    silence: Annotated[float, Parameter(0.25, "share of the way", 0.0, 0.5, "uncertainty", "A", "taken as large as what action raises", "How far an input without an answer lowers efficacy towards 0")]  # fmt: skip
    forgetting: Annotated[float, Parameter(0.01, "per month", 0.0, 0.05, "uncertainty", "A", "contact with officials is flat over two decades (European Social Survey), though most hear nothing; speed assumed: half in six years", "Share of what answers and silence have done to efficacy that is forgotten in a month")]  # fmt: skip
    acted_share: Annotated[float, Parameter(0.4, "share of answers", 0.3, 0.5, "uncertainty", "A", "Korea's petition window: 46 to 55 % satisfied, 2006 to 2010; Better Reykjavik carried out 9 % of proposals", "Answers that something is done about, by a government of capacity .5 with all the money it needs")]  # fmt: skip
    acted_gain: Annotated[float, Parameter(1.0, "per capacity", 0.0, 2.0, "uncertainty", "A", "no size seen", "How much more is done about answers by a capable government, against one of capacity .5")]  # fmt: skip
    fatigue_fading: Annotated[float, Parameter(0.1, "per month", 0.02, 0.5, "uncertainty", "A", "engagement fatigue (Involve); no size seen", "Share of fatigue that is gone after a month")]  # fmt: skip
    fatigue_invited: Annotated[float, Parameter(0.02, "per invitation", 0.0, 0.2, "uncertainty", "A", "engagement fatigue (Involve); no size seen", "Fatigue from an invitation")]  # fmt: skip
    fatigue_input: Annotated[float, Parameter(0.25, "per month with inputs", 0.0, 0.5, "uncertainty", "A", "engagement fatigue (Involve); no size seen", "Fatigue from taking part")]  # fmt: skip
    action_cost: Annotated[float, Parameter(12.0, "money per citizen with inputs acted on and month", 0.0, 36.0, "uncertainty", "A", "taken as the back office of one need (SOCITM; design)", "Cost of doing something about a citizen's inputs, beside the cost of handling it")]  # fmt: skip
    deliberation_cost: Annotated[float, Parameter(0.05, "money per citizen per month of deliberation and year", 0.0, 0.5, "uncertainty", "A", "few studies (Involve)", "Cost of deliberation")]  # fmt: skip
    reference_invitations: Annotated[float, Parameter(0.05, "per citizen and month", 0.01, 0.3, "constant", "A", "the E-Government cell of the figure", "Invitations at which participation is compared at equal terms", at_start=True)]  # fmt: skip


@rule
def input_rate(
    civic: np.float32,
    efficacy: np.float32,
    trust: np.float32,
    peers: np.float32,
    fatigue: np.float32,
    experience: np.uint8,
    digital: np.uint8,
    invited: bool,
    p: ParticipationParameters,
) -> np.float32:
    """Inputs that a citizen may be expected to give this month, invited or not, at most 255.

    `peers` is the share of tied citizens who took part in a year, `experience` the inputs given so
    far: who has given many is not put off by fatigue, as the chance of stopping falls as one over
    their number (Wilkinson 2008).
    """
    beliefs = p.efficacy_slope * (efficacy - np.float32(0.4)) + p.trust_slope * (
        trust - np.float32(0.42)
    ) / np.float32(0.20)
    eagerness = (
        p.intercept
        + civic
        + (_ZERO if p.theory == _RESOURCES else beliefs)
        + p.peer_slope * peers
        - p.fatigue_slope * fatigue / max(np.float32(experience), _ONE)
        + p.online_bonus * np.float32(digital)
    )
    occasions = p.unprompted + (p.uplift if invited else _ZERO)
    return min(occasions * exponential_single(eagerness), MOST_COUNTED)


@rule
def some_chance(mean: np.float32) -> np.float32:
    """1 - e**-mean, the chance of at least one where the mean is 0 to 1 (error below 3e-6).

    As a polynomial, since small means would be lost in a difference from one.
    """
    rest = _ONE
    for n in range(7):
        rest = _ONE - rest * (mean * (_ONE / np.float32(8 - n)))
    return mean * rest


@rule
def input_chance(rate: np.float32) -> np.float32:
    """Chance of giving an input in a month."""
    return some_chance(min(rate, _ONE))


@rule
def count_inputs(rate: np.float32, draw: np.float32) -> np.int32:
    """Inputs of the month from one draw: Poisson by inversion up to a rate of one, at most six.

    What a rate has above one comes as it is, to the whole number above or below by the same draw:
    the mean is right to .0001 at any rate, but those who give several a month are more regular
    than Poisson. A higher rate never gives fewer inputs for the same draw.
    """
    mean = min(rate, _ONE)
    beyond = rate - mean
    whole = np.int32(beyond)
    more = some_chance(mean)
    term = _ONE - more
    luck = draw + _HALF_A_STEP
    inputs = plus(whole, luck < beyond - np.float32(whole))
    inputs = plus(inputs, luck < more)
    for k in range(1, _MOST_BY_LUCK):
        term = term * (mean * (_ONE / np.float32(k)))
        more = more - term
        inputs = plus(inputs, luck < more)
    return inputs


@rule
def count_on(inputs: Whole, more: Whole) -> np.uint8:
    """A number of inputs and some more, in eight bits: 255 stands for as many or more."""
    return np.uint8(min(plus(inputs, more), np.int32(255)))


@rule
def response_rate(
    load: float,
    staff_engagement: float,
    staff_operations: float,
    capacity: float,
    weight_citizen: float,
    infrastructure: float,
    smart_work: float,
    p: ParticipationParameters,
) -> float:
    """Chance that who gave inputs last month is answered.

    A part of operations staff replies because the law says so; engagement staff answers what is
    left as far as those in charge want to. `load` is citizens with inputs per resident and month,
    over about a year: staff is not planned on the luck of one month.
    """
    able = p.answer_capacity * (1.0 + smart_work * infrastructure)
    able *= max(0.0, 1.0 + p.answer_gain * (capacity - 0.5)) / max(load, 1e-9)
    duty = min(1.0, able * p.statutory_staff * staff_operations)
    free = min(1.0 - duty, able * staff_engagement)
    willing = p.willing_floor + (1.0 - p.willing_floor) * min(
        1.0, weight_citizen / p.willing_weight
    )
    return clip(duty + free * willing, 0.0, 1.0)


@rule
def acted_share(capacity: float, funded: float, p: ParticipationParameters) -> float:
    """Share of answers that something is done about: bounded by capacity and by money.

    `funded` is the share of running costs that money covers.
    """
    able = 1.0 + p.acted_gain * (capacity - 0.5)
    return clip(p.acted_share * able * funded, 0.0, 1.0)


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
def forgotten(efficacy: np.float32, belief: np.float32, p: ParticipationParameters) -> np.float32:
    """Efficacy a month later: what was heard fades, and what one believes anyway comes back."""
    return efficacy + p.forgetting * (belief - efficacy)


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
def updated_fatigue(
    fatigue: np.float32, invited: bool, took_part: bool, p: ParticipationParameters
) -> np.float32:
    """Fatigue after a month: it fades, invitations and inputs add to it."""
    value = (_ONE - p.fatigue_fading) * fatigue
    if invited:
        value += p.fatigue_invited
    if took_part:
        value += p.fatigue_input
    return value

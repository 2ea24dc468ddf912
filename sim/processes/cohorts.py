"""Cohorts: newcomers, better with computers, replace citizens; others learn by being online.

Once a year, in a month that depends on the row alone, each citizen is replaced with the chance
`society.turnover`. Newcomers take over what belongs to the place in society: home, ties, status,
civic propensity, taste, predisposition, what service was like there, place in the order in which
people get online. Skill is drawn anew, around a higher mean; what else only experience makes begins as
it did for everybody at month 0:
trust and expectations where predisposition puts them, a belief in having a say that is drawn anew, no
weariness, no inputs, nothing remembered, the counter. That the order of access stays keeps the share
of people with access as it was observed; it forgets, citizen by citizen, who is skilled. Whoever
stays and is online comes nearer to full digital skill, in the same month of the year.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.columns import columns_of
from sim.engine.compiling import inner, rule
from sim.engine.luck import Luck, Seed, unit, words
from sim.engine.numbers import logarithm_in_row, logistic
from sim.processes.environment import SocietyParameters
from sim.processes.service import access
from sim.processes.state import Citizens, Offer
from sim.processes.trust import TrustParameters

_TURNOVER = int(Luck.TURNOVER)
_YEAR = 12
_START = {name: column.start for name, column in columns_of(Citizens).items()}
_EXPECTED = np.float32(_START["expectation_local"])
_BELIEF = np.float32(-0.40546511)  # log-odds of the belief at month 0; a test holds it
_ZERO = np.float32(0.0)
_HALF = np.float32(0.5)
_ONE = np.float32(1.0)
_LEAST = 1e-6
_BYTE = 255
_MEAN_OF_BYTES = np.float32(510.0)
_SPREAD_OF_BYTES = np.float32(147.80054)


class Newcomer(NamedTuple):
    """What a newcomer brings."""

    skill: np.float32
    efficacy: np.float32
    expectation: np.float32
    trust_local: np.float32
    trust_central: np.float32


@rule
def first_asked(month: int, start: int) -> int:
    """Of citizens from a row on, the first whose month of the year this is; then every twelfth."""
    return (month - start) % _YEAR


class Turnover(NamedTuple):
    """A citizen's luck of the month of the year: whether replaced, in [0, 1), and two words."""

    replaced: np.float32
    skill: np.int64
    belief: np.int64


@rule
def draw_turnover(seed: Seed, month: int, citizen: int) -> Turnover:
    """Whether a citizen is replaced, and what the newcomer is like."""
    replaced, skill, belief, _ = words(seed, _TURNOVER, month, citizen, 0)
    return Turnover(unit(replaced), np.int64(skill), np.int64(belief))


@rule
def nearly_normal(word: np.int64) -> np.float32:
    """Nearly a standard normal number from a random word: the sum of its four bytes, made standard.

    At most 3.45 either way. A card has rules alone, and no quantiles.
    """
    bits = np.int64(word)
    total = (bits & _BYTE) + (bits >> 8 & _BYTE) + (bits >> 16 & _BYTE) + (bits >> 24 & _BYTE)
    return (np.float32(total) - _MEAN_OF_BYTES) / _SPREAD_OF_BYTES


@rule
def _log_odds(share: np.float32) -> np.float32:
    """Log-odds of a share, which is kept off 0 and 1."""
    held = min(max(np.float64(share), _LEAST), 1.0 - _LEAST)
    return np.float32(logarithm_in_row(held / (1.0 - held)))


@rule
def newcomer(
    status: np.float32,
    predisposition: np.float32,
    skill_level: np.float32,
    trust_level: np.float32,
    skill: np.int64,
    belief: np.int64,
    s: SocietyParameters,
    t: TrustParameters,
) -> Newcomer:
    """Who takes the place of a citizen of some status and predisposition, by two random words.

    `skill_level` and `trust_level` are how people of the place differ from all, in log-odds.
    """
    learnt = s.newcomer_skill + s.skill_gradient * status + s.skill_spread * nearly_normal(skill)
    learnt += skill_level
    usual = _log_odds(np.float32(s.baseline_trust)) + trust_level
    tilt = t.efficacy_halo * (_log_odds(predisposition) - usual)
    having_a_say = _BELIEF + tilt + t.efficacy_spread * nearly_normal(belief)
    offset = t.local_advantage * _HALF
    return Newcomer(
        logistic(learnt),
        logistic(having_a_say),
        _EXPECTED + t.halo * (predisposition - _HALF),
        min(_ONE, predisposition + offset),
        max(_ZERO, predisposition - offset),
    )


@rule
def learnt_online(skill: np.float32, online: bool, s: SocietyParameters) -> np.float32:
    """Digital skill after a year, online or not."""
    return skill + np.float32(s.online_learning) * (_ONE - skill) if online else skill


@inner
def grow_older(
    people: Citizens,
    g: int,
    offer: Offer,
    start: int,
    s: SocietyParameters,
    t: TrustParameters,
    seed: Seed,
    month: int,
) -> None:
    """A year for some citizens of a block, which begins in row `start`: replaced, or learnt."""
    turnover, learning = np.float32(s.turnover), np.float32(s.online_learning)
    if turnover > _ZERO or learning > _ZERO:
        for j in range(first_asked(month, start), people.home.shape[0], _YEAR):
            draws = draw_turnover(seed, month, start + j)
            if draws.replaced < turnover:
                begin_anew(people, j, offer.skill_level[g], offer.trust_level[g], draws, s, t)
            else:
                online = access(people.access_rank[j], offer.infrastructure[g])
                people.skill[j] = learnt_online(people.skill[j], online, s)


@inner
def begin_anew(
    people: Citizens,
    j: int,
    skill_level: np.float32,
    trust_level: np.float32,
    draws: Turnover,
    s: SocietyParameters,
    t: TrustParameters,
) -> None:
    """A newcomer in a row of some citizens."""
    new = newcomer(
        people.status[j], people.predisposition[j], skill_level, trust_level, draws.skill,
        draws.belief, s, t,
    )  # fmt: skip
    people.skill[j] = new.skill
    people.efficacy[j] = new.efficacy
    people.belief[j] = new.efficacy
    people.expectation_local[j] = new.expectation
    people.expectation_central[j] = new.expectation
    people.trust_local[j] = new.trust_local
    people.trust_central[j] = new.trust_central
    people.fatigue[j] = _ZERO
    people.digital[j] = 0
    people.waiting[j] = 0
    people.inputs[j] = 0
    people.experience[j] = 0
    people.used[j] = 0
    people.forms[j] = 0
    people.active[j] = 0
    people.heard[j] = 0

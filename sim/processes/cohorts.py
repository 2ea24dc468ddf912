"""Cohorts: each year some citizens are replaced by newcomers, who are better with computers.

Once a year, in a month that depends on the row alone, each citizen is replaced with the chance
`society.turnover`. Newcomers take over what belongs to the place in society: home, ties, status,
civic propensity, taste, predisposition, place in the order in which people get online. Skill is drawn
anew, around a higher mean; what only experience makes begins as it did for everybody at month 0:
trust and expectations where predisposition puts them, a belief in having a say that is drawn anew, no
weariness, no inputs, nothing remembered, the counter. That the order of access stays keeps the share
of people with access as it was observed; it forgets, citizen by citizen, who is skilled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.columns import columns_of
from sim.engine.compiling import inner, rule
from sim.engine.luck import Luck, Seed, unit, words
from sim.engine.numbers import clip, logarithm, normal_quantile, sigmoid
from sim.processes.environment import SocietyParameters
from sim.processes.state import Citizens
from sim.processes.trust import TrustParameters

_TURNOVER = int(Luck.TURNOVER)
_UNIT = 1.0 / 4294967296.0
_YEAR = 12
_START = {name: column.start for name, column in columns_of(Citizens).items()}
_EXPECTED = _START["expectation_local"]
_EFFICACY = _START["efficacy"]
_QUALITY = np.float32(_START["quality"])
_ZERO = np.float32(0.0)
_LEAST = 1e-6


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
    skill: np.uint32
    belief: np.uint32


@rule
def draw_turnover(seed: Seed, month: int, citizen: int) -> Turnover:
    """Whether a citizen is replaced, and what the newcomer is like."""
    replaced, skill, belief, _ = words(seed, _TURNOVER, month, citizen, 0)
    return Turnover(unit(replaced), skill, belief)


@rule
def _normal(word: np.uint32) -> float:
    """A standard normal number from a random word."""
    return normal_quantile((np.float64(word) + 0.5) * _UNIT)


@rule
def _log_odds(share: float) -> float:
    """Log-odds of a share, which is kept off 0 and 1."""
    held = clip(share, _LEAST, 1.0 - _LEAST)
    return logarithm(held / (1.0 - held))


@rule
def newcomer(
    status: np.float32,
    predisposition: np.float32,
    skill: np.uint32,
    belief: np.uint32,
    s: SocietyParameters,
    t: TrustParameters,
) -> Newcomer:
    """Who takes the place of a citizen of some status and predisposition, by two random words."""
    leaning = np.float64(predisposition)
    learnt = s.skill_gradient * np.float64(status) + s.skill_spread * _normal(skill)
    tilt = t.efficacy_halo * (_log_odds(leaning) - _log_odds(np.float64(s.baseline_trust)))
    having_a_say = _log_odds(_EFFICACY) + tilt + t.efficacy_spread * _normal(belief)
    offset = 0.5 * np.float64(t.local_advantage)
    return Newcomer(
        np.float32(sigmoid(s.newcomer_skill + learnt)),
        np.float32(sigmoid(having_a_say)),
        np.float32(_EXPECTED + t.halo * (leaning - 0.5)),
        np.float32(min(1.0, leaning + offset)),
        np.float32(max(0.0, leaning - offset)),
    )


@inner
def replace_some(
    people: Citizens,
    start: int,
    s: SocietyParameters,
    t: TrustParameters,
    seed: Seed,
    month: int,
) -> None:
    """Newcomers take the places of some citizens of a block, which begins in row `start`."""
    turnover = np.float32(s.turnover)
    if turnover > _ZERO:
        for j in range(first_asked(month, start), people.home.shape[0], _YEAR):
            draws = draw_turnover(seed, month, start + j)
            if draws.replaced < turnover:
                begin_anew(people, j, draws, s, t)


@inner
def begin_anew(
    people: Citizens, j: int, draws: Turnover, s: SocietyParameters, t: TrustParameters
) -> None:
    """A newcomer in a row of some citizens."""
    new = newcomer(people.status[j], people.predisposition[j], draws.skill, draws.belief, s, t)
    people.skill[j] = new.skill
    people.efficacy[j] = new.efficacy
    people.expectation_local[j] = new.expectation
    people.expectation_central[j] = new.expectation
    people.trust_local[j] = new.trust_local
    people.trust_central[j] = new.trust_central
    people.quality[j] = _QUALITY
    people.fatigue[j] = _ZERO
    people.digital[j] = 0
    people.waiting[j] = 0
    people.inputs[j] = 0
    people.experience[j] = 0
    people.used[j] = 0
    people.forms[j] = 0
    people.active[j] = 0
    people.heard[j] = 0

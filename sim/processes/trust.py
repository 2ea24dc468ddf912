"""P9: how experience moves trust in the local and in the central government.

Subtractive expectation-disconfirmation (Van Ryzin 2006; Zhang et al. 2022) with losses that weigh
more than gains, a predisposition to which people return (Kampen, Van de Walle and Bouckaert 2006),
and diffusion along ties. Openness has no sign of its own: it amplifies learning (Grimmelikhuijsen).
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.engine.compiling import rule
from sim.parameters import Parameter


class TrustParameters(NamedTuple):
    """What moves trust."""

    learning: Annotated[float, Parameter(0.05, "per month", 0.02, 0.1, "uncertainty", "C", "trust: yearly shocks of 8 points, AR(1) near .5", "Speed at which experience moves trust")]  # fmt: skip
    negativity: Annotated[float, Parameter(2.5, "ratio", 1.0, 4.0, "uncertainty", "A", "two to one in an energy-transition model; Slovic's asymmetry", "How much more a loss moves trust than an equal gain")]  # fmt: skip
    openness_gain: Annotated[float, Parameter(0.5, "ratio", 0.0, 1.0, "uncertainty", "A", "Grimmelikhuijsen et al. 2013: transparency has no sign of its own", "How much full openness speeds learning")]  # fmt: skip
    reversion: Annotated[float, Parameter(0.01, "per month", 0.0, 0.05, "uncertainty", "A", "Kampen et al. 2006: predisposition", "Return to the predisposition")]  # fmt: skip
    diffusion: Annotated[float, Parameter(0.02, "per month", 0.0, 0.1, "uncertainty", "A", "personalised social networks of the source", "Pull of the trust that tied citizens show")]  # fmt: skip
    response: Annotated[float, Parameter(0.02, "per answer", 0.0, 0.05, "uncertainty", "A", "Peixoto and Fox 2016; OECD 2021 (cross-section)", "Effect of an answered input")]  # fmt: skip
    breach: Annotated[float, Parameter(0.15, "per exposure", 0.0, 0.3, "uncertainty", "A", "Shandler and Gomez 2022 against Matzkin et al. 2023: mixed", "Loss of trust of citizens exposed to a breach")]  # fmt: skip
    perception: Annotated[float, Parameter(0.05, "per month", 0.0, 0.2, "uncertainty", "A", "no size seen", "Speed at which expectations follow performance")]  # fmt: skip
    service_weight: Annotated[float, Parameter(0.6, "share", 0.2, 0.9, "uncertainty", "A", "no size seen", "Weight of services in perceived performance; the rest is the budget's fit")]  # fmt: skip
    local_advantage: Annotated[float, Parameter(0.06, "share", 0.0, 0.15, "uncertainty", "S", "OECD 2021: local 47 %, national 41 %", "Predisposition to trust the local above the central government")]  # fmt: skip
    predisposition_spread: Annotated[float, Parameter(0.8, "log-odds", 0.2, 1.5, "constant", "A", "no size seen", "Spread of predispositions between citizens", at_start=True)]  # fmt: skip


@rule
def budget_fit(
    b0: np.float32, b1: np.float32, b2: np.float32, b3: np.float32,
    w0: np.float32, w1: np.float32, w2: np.float32, w3: np.float32,
) -> np.float32:  # fmt: skip
    """Fit of a budget b to an ideal w: 1 less half the sum of absolute differences."""
    distance = abs(b0 - w0) + abs(b1 - w1) + abs(b2 - w2) + abs(b3 - w3)
    return np.float32(1.0) - np.float32(0.5) * distance


@rule
def performance(quality: np.float32, fit: np.float32, p: TrustParameters) -> np.float32:
    """Performance as perceived: services and fit."""
    return p.service_weight * quality + (np.float32(1.0) - p.service_weight) * fit


@rule
def updated_trust(
    trust: np.float32,
    surprise: np.float32,
    share: np.float32,
    openness: np.float32,
    predisposition: np.float32,
    peer_pull: np.float32,
    answer: int,
    exposed: bool,
    p: TrustParameters,
) -> np.float32:
    """Trust in one government after a month.

    `surprise` is perceived performance less expectation; `share` the part of services and answers
    that citizens attribute to this government; `answer` 1 heard, 2 ignored, 0 neither.
    """
    rate = p.learning * share * (np.float32(1.0) + p.openness_gain * openness)
    if surprise > np.float32(0.0):
        value = trust + rate * surprise * (np.float32(1.0) - trust)
    else:
        value = trust + rate * p.negativity * surprise * trust
    value += p.reversion * (predisposition - trust) + p.diffusion * peer_pull
    if answer == 1:
        value += p.response * share * (np.float32(1.0) - trust)
    elif answer == 2:
        value -= p.response * p.negativity * share * trust
    if exposed:
        value -= p.breach * share * trust
    return min(max(value, np.float32(0.0)), np.float32(1.0))


@rule
def updated_expectation(
    expectation: np.float32, perceived: np.float32, p: TrustParameters
) -> np.float32:
    """Expectations follow what is perceived."""
    return expectation + p.perception * (perceived - expectation)


@rule
def consent(fit: np.float32) -> np.float32:
    """How far a citizen consents to a budget of a given fit (input of the logistic curve)."""
    return (fit - np.float32(0.75)) / np.float32(0.05)

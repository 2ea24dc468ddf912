"""P9: where trust in the local and in the central government settles, and how fast it gets there.

Trust goes to a level of its own for every person: a predisposition, the trust that tied citizens
show, the climate of the day, what government does against a reference, and the belief that one has
a say. The reference is partly a norm, which hardly adapts, and partly what one has come to expect
(Favero and Kim 2020; Hjortskov 2019). Losses are faster than gains. Openness has no sign of its
own: it speeds learning both ways (Grimmelikhuijsen et al. 2013).
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.engine.compiling import rule
from sim.parameters import Parameter, choice
from sim.processes.state import NEUTRAL_EFFICACY

_NEUTRAL = np.float32(NEUTRAL_EFFICACY)
_MIDDLE = np.float32(0.5)
_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)


_ADAPTIVE = np.float32(1.0)
_CULTURAL = np.float32(2.0)


class TrustParameters(NamedTuple):
    """Where trust settles, and how fast."""

    theory: Annotated[float, choice("anchored", "adaptive", "cultural", asked_in="settled_trust", source="Mishler and Rose 2001: institutional against cultural theories of trust; Favero and Kim 2020: norms against predictions", meaning="What trust answers to: performance against norm and experience (anchored), against experience alone (adaptive), or nothing that government does but breaches (cultural)")]  # fmt: skip
    anchor: Annotated[float, Parameter(0.5, "share", 0.0, 1.0, "uncertainty", "C", "surveys: 3 to 8 points of trust per standard deviation of perceived performance; Favero and Kim 2020, Hjortskov 2019: normative expectations hardly adapt", "Weight of the norm in what performance is held against; the rest is what was experienced, and 0 is full adaptation")]  # fmt: skip
    norm: Annotated[float, Parameter(0.7, "share", 0.5, 0.8, "uncertainty", "A", "no size seen; moves levels only", "Performance that citizens think government owes them")]  # fmt: skip
    outcome_slope: Annotated[float, Parameter(0.75, "trust per performance", 0.0, 1.0, "uncertainty", "C", "surveys: 3 to 8 points of trust per standard deviation of perceived performance; .75 gives 3 to 4", "How far performance above or below the reference moves the level of trust")]  # fmt: skip
    voice_slope: Annotated[float, Parameter(0.3, "trust per efficacy", 0.0, 0.86, "uncertainty", "D", "OECD 2021, 2023: 43 to 47 points between those with and without a say; .86 takes all of it as caused, .3 a third (assumed; the OECD warns of reverse causality)", "How far the belief that one has a say moves the level of trust")]  # fmt: skip
    negativity: Annotated[float, Parameter(2.5, "ratio", 1.0, 4.0, "uncertainty", "A", "two to one in an energy-transition model; Slovic's asymmetry", "How much faster trust falls than it rises")]  # fmt: skip
    openness_gain: Annotated[float, Parameter(0.5, "ratio", 0.0, 1.0, "uncertainty", "A", "Grimmelikhuijsen et al. 2013: transparency has no sign of its own", "How much full openness speeds learning, up and down")]  # fmt: skip
    reversion: Annotated[float, Parameter(0.056, "per month", 0.03, 0.1, "uncertainty", "D", "trust year on year: AR(1) near .5 (Gallup World Poll), and 1 - .5^(1/12) is .056", "Speed at which trust goes to its level")]  # fmt: skip
    diffusion: Annotated[float, Parameter(0.2, "share", 0.0, 0.5, "uncertainty", "A", "personalised social networks of the source; no size seen", "Weight of the trust that tied citizens show in the level of trust; the rest is the predisposition")]  # fmt: skip
    breach: Annotated[float, Parameter(0.15, "per exposure", 0.0, 0.3, "uncertainty", "A", "Shandler and Gomez 2022 against Matzkin et al. 2023: mixed", "Loss of trust of citizens exposed to a breach")]  # fmt: skip
    perception: Annotated[float, Parameter(0.03, "per month", 0.0, 0.2, "uncertainty", "A", "Hjortskov 2019: stable over two years; .03 goes half of the way in two", "Speed at which expectations follow performance")]  # fmt: skip
    service_weight: Annotated[float, Parameter(0.6, "share", 0.2, 0.9, "uncertainty", "A", "no size seen", "Weight of services in perceived performance; the rest is the budget's fit")]  # fmt: skip
    halo: Annotated[float, Parameter(0.3, "performance per trust", 0.0, 0.6, "uncertainty", "A", "no size seen; who trusts sees the same service in a better light", "How much predisposition tilts perceived performance")]  # fmt: skip
    climate_spread: Annotated[float, Parameter(0.08, "share", 0.0, 0.2, "uncertainty", "C", "Gallup World Poll, 19 countries, 2005 to 2022: spread of 9 points within a country, sampling included", "Standard deviation of the climate of trust, which is the same in every place and scenario")]  # fmt: skip
    climate_persistence: Annotated[float, Parameter(0.944, "per month", 0.8, 0.99, "uncertainty", "C", "Gallup World Poll, 19 countries, 2005 to 2022: AR(1) of .54 year on year, .66 corrected for short series; .5^(1/12) is .944", "What is left of the climate of trust after a month")]  # fmt: skip
    consent_fit: Annotated[float, Parameter(0.75, "share", 0.6, 0.9, "uncertainty", "A", "no figure seen", "Fit of the budget at which half of the citizens consent to it")]  # fmt: skip
    consent_width: Annotated[float, Parameter(0.05, "share", 0.02, 0.2, "uncertainty", "A", "no figure seen", "How far from that fit consent is nearly certain, or nearly nobody's, a logit per width")]  # fmt: skip
    local_advantage: Annotated[float, Parameter(0.06, "share", 0.0, 0.15, "uncertainty", "S", "OECD 2021: local 47 %, national 41 %", "Predisposition to trust the local above the central government")]  # fmt: skip
    predisposition_spread: Annotated[float, Parameter(1.3, "log-odds", 0.8, 1.6, "uncertainty", "C", "surveys: a standard deviation of 18 to 25 points between citizens (Belgium, ESS 5: 20.6)", "Spread of predispositions between citizens", at_start=True)]  # fmt: skip
    efficacy_halo: Annotated[float, Parameter(0.65, "log-odds per log-odds", 0.0, 1.5, "uncertainty", "C", "OECD 2021, 2023: 43 to 47 points between those with and without a say, most of it not caused by answers", "How much predisposition tilts the belief, at the start, that one has a say", at_start=True)]  # fmt: skip
    efficacy_spread: Annotated[float, Parameter(1.0, "log-odds", 0.0, 2.0, "uncertainty", "A", "no size seen", "How much citizens of one predisposition differ in the belief, at the start, that they have a say", at_start=True)]  # fmt: skip


@rule
def budget_fit(
    b0: np.float32, b1: np.float32, b2: np.float32, b3: np.float32,
    w0: np.float32, w1: np.float32, w2: np.float32, w3: np.float32,
) -> np.float32:  # fmt: skip
    """Fit of a budget b to an ideal w: 1 less half the sum of absolute differences."""
    distance = abs(b0 - w0) + abs(b1 - w1) + abs(b2 - w2) + abs(b3 - w3)
    return np.float32(1.0) - np.float32(0.5) * distance


@rule
def performance(
    quality: np.float32, fit: np.float32, predisposition: np.float32, p: TrustParameters
) -> np.float32:
    """Performance as perceived: services and fit, in the light of one's predisposition."""
    light = p.halo * (predisposition - _MIDDLE)
    return p.service_weight * quality + (_ONE - p.service_weight) * fit + light


@rule
def settled_trust(
    predisposition: np.float32,
    peers: np.float32,
    climate: np.float32,
    seen: np.float32,
    expectation: np.float32,
    efficacy: np.float32,
    share: np.float32,
    p: TrustParameters,
) -> np.float32:
    """The level at which trust in one government would come to rest, 0 to 1.

    `peers` is the mean trust that tied citizens show, `climate` what both hold of the climate of
    the day, `seen` perceived performance; `share` is the part of answers that citizens attribute to
    this government.
    """
    anchor = _ZERO if p.theory == _ADAPTIVE else p.anchor
    reference = anchor * p.norm + (_ONE - anchor) * expectation
    value = (_ONE - p.diffusion) * (predisposition + climate) + p.diffusion * peers
    if p.theory != _CULTURAL:
        value += p.outcome_slope * (seen - reference)
        value += p.voice_slope * share * (efficacy - _NEUTRAL)
    return min(max(value, _ZERO), _ONE)


@rule
def trust_rate(
    trust: np.float32, settled: np.float32, openness: np.float32, p: TrustParameters
) -> np.float32:
    """Share of the way to its level that trust goes in a month; faster down than up."""
    rate = p.reversion * (_ONE + p.openness_gain * openness)
    return rate * p.negativity if settled < trust else rate


@rule
def updated_trust(
    trust: np.float32,
    settled: np.float32,
    share: np.float32,
    openness: np.float32,
    climate_step: np.float32,
    exposed: bool,
    p: TrustParameters,
) -> np.float32:
    """Trust in one government after a month; `settled` is the level that it goes to.

    A step of the climate moves everybody's trust at once: nobody learns it from government.
    """
    value = trust + trust_rate(trust, settled, openness, p) * (settled - trust) + climate_step
    if exposed:
        value -= p.breach * share * trust
    return min(max(value, _ZERO), _ONE)


@rule
def updated_expectation(
    expectation: np.float32, perceived: np.float32, p: TrustParameters
) -> np.float32:
    """Expectations follow what is perceived."""
    return expectation + p.perception * (perceived - expectation)


@rule
def consent(fit: np.float32, p: TrustParameters) -> np.float32:
    """How far a citizen consents to a budget of a given fit (input of the logistic curve)."""
    return (fit - p.consent_fit) / p.consent_width

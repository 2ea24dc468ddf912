"""P1: infrastructure, what places want, and the money there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.columns import Array
from sim.engine.compiling import loop, rule
from sim.engine.luck import Luck, Seed, normal
from sim.engine.numbers import exponential, sigmoids
from sim.parameters import Parameter
from sim.processes.state import Governments, Offer

_DRIFT = int(Luck.DRIFT)


class SocietyParameters(NamedTuple):
    """The society around the governments."""

    heterogeneity: Annotated[float, Parameter(0.5, "log-odds", 0.0, 2.0, "uncertainty", "A", "experimental factor (Oates 1972); age, rurality and deprivation differ much", "How much places differ in the budget that they need")]  # fmt: skip
    taste_heterogeneity: Annotated[float, Parameter(0.08, "log-odds", 0.0, 0.25, "uncertainty", "D", "surveys: 1 to 3 % of the variance of spending preferences lies between US settlement sizes, 6 % between four countries", "How much places differ in the budget that people want, needs apart")]  # fmt: skip
    needs_from_people: Annotated[float, Parameter(0.5, "correlation", 0.0, 1.0, "uncertainty", "A", "no figure seen", "How well age, status and size of a place tell what it needs", at_start=True)]  # fmt: skip
    status_between: Annotated[float, Parameter(0.2, "z", 0.0, 0.6, "uncertainty", "A", "4 % of the variance of status between places; no figure seen", "How much places differ in mean status", at_start=True)]  # fmt: skip
    status_from_revenue: Annotated[float, Parameter(0.6, "correlation", 0.0, 1.0, "uncertainty", "A", "own revenue is what residents can be taxed; size assumed", "How well a place's self-reliance tells its mean status", at_start=True)]  # fmt: skip
    age_slope: Annotated[float, Parameter(4.0, "log-odds per share of youth", 0.0, 8.0, "uncertainty", "D", "Eurostat 2021 to 2025, internet use by age; two older people fewer for one young more is assumed", "How much more skilled a place is whose share of youth is higher", at_start=True)]  # fmt: skip
    skill_between: Annotated[float, Parameter(0.15, "log-odds", 0.0, 0.6, "uncertainty", "A", "no figure seen", "How much places of one age and status differ in digital skill", at_start=True)]  # fmt: skip
    access_between: Annotated[float, Parameter(0.3, "log-odds", 0.0, 1.0, "uncertainty", "A", "no figure seen", "How much places of one skill differ in who is online", at_start=True)]  # fmt: skip
    trust_between: Annotated[float, Parameter(0.15, "log-odds", 0.0, 0.6, "uncertainty", "A", "no figure seen; 18 European countries differ by .7 (Gallup to 2011)", "How much places of one country differ in predisposition to trust", at_start=True)]  # fmt: skip
    volatility: Annotated[float, Parameter(0.02, "per month", 0.0, 0.1, "uncertainty", "A", "experimental factor", "How fast what places want drifts")]  # fmt: skip
    infrastructure: Annotated[float, Parameter(0.95, "share of people", 0.0, 1.0, "uncertainty", "A", "experimental factor", "Share of people with access in the end", at_start=True)]  # fmt: skip
    infrastructure_midpoint: Annotated[float, Parameter(60.0, "months", 0.0, 240.0, "uncertainty", "A", "logistic curve of the design", "Month at which half of the final access is reached", at_start=True)]  # fmt: skip
    infrastructure_pace: Annotated[float, Parameter(18.0, "months", 6.0, 60.0, "uncertainty", "A", "logistic curve of the design", "Months per logit of the spread of access", at_start=True)]  # fmt: skip
    baseline_trust: Annotated[float, Parameter(0.42, "share", 0.1, 0.9, "uncertainty", "S", "OECD: trust in government around 42 to 47 %", "Mean predisposition to trust government", at_start=True)]  # fmt: skip
    digital_training: Annotated[float, Parameter(0.0, "share of citizens a year", 0.0, 1.0, "lever", "A", "digital-skills programmes", "Citizens who take a digital-skills course in a year")]  # fmt: skip
    taste_spread: Annotated[float, Parameter(0.35, "log-odds", 0.0, 1.0, "uncertainty", "A", "no figure seen", "How much citizens of one place differ in the budget they want", at_start=True)]  # fmt: skip
    elite_tilt: Annotated[float, Parameter(0.4, "log-odds per z", 0.0, 1.0, "uncertainty", "A", "no figure seen", "How much status changes the budget a citizen wants", at_start=True)]  # fmt: skip
    skill_gradient: Annotated[float, Parameter(1.2, "log-odds per z", 0.0, 2.5, "uncertainty", "A", "digital divide by age and education (NIA 2014); size assumed", "How much status changes digital skill", at_start=True)]  # fmt: skip
    skill_spread: Annotated[float, Parameter(0.7, "log-odds", 0.1, 2.0, "uncertainty", "A", "no figure seen", "How much citizens of one status differ in digital skill", at_start=True)]  # fmt: skip
    turnover: Annotated[float, Parameter(0.013, "share of citizens a year", 0.0, 0.05, "uncertainty", "A", "about one adult in 75 comes of age in a year; not looked up country by country", "Citizens who are replaced by newcomers in a year")]  # fmt: skip
    newcomer_skill: Annotated[float, Parameter(1.0, "log-odds", 0.0, 2.5, "uncertainty", "A", "the young are online nearly all, whatever their status (Eurostat, internet use by age); size assumed", "Digital skill of newcomers above that of citizens of their status at the start")]  # fmt: skip
    online_learning: Annotated[float, Parameter(0.08, "share of the way a year", 0.0, 0.15, "uncertainty", "C", "operational and formal internet skills of the Dutch rose most from 2010 to 2013 (van Deursen and van Dijk 2015); years online add to such skills (van Deursen, van Dijk and Peters 2011); size by `govshift fit`", "What a year online adds to digital skill, of the way to all of it")]  # fmt: skip
    homophily: Annotated[float, Parameter(0.7, "correlation", 0.0, 0.95, "uncertainty", "A", "no figure seen", "How alike in status citizens of one neighbourhood are", at_start=True)]  # fmt: skip


class GovernmentParameters(NamedTuple):
    """The means of governments."""

    capacity: Annotated[float, Parameter(0.5, "share", 0.05, 0.95, "uncertainty", "A", "experimental factor", "Mean administrative capacity at the start", at_start=True)]  # fmt: skip
    capacity_spread: Annotated[float, Parameter(0.10, "share", 0.0, 0.25, "uncertainty", "A", "design", "Spread of capacity between local governments", at_start=True)]  # fmt: skip
    capacity_from_budget: Annotated[float, Parameter(0.3, "correlation", 0.0, 1.0, "uncertainty", "A", "no figure seen", "How well what a place spends on informatisation tells its capacity", at_start=True)]  # fmt: skip
    budget: Annotated[float, Parameter(1.0, "ratio", 0.0, 1.5, "lever", "A", "experimental factor", "Revenue of all governments against the base")]  # fmt: skip


def infrastructure_curve(
    months: int,
    p: SocietyParameters,
    start: tuple[int, int],
    observed: Sequence[tuple[int, float]] | None,
) -> NDArray[np.float32]:
    """Share of people with access in each month, shape (months + 1,).

    A logistic curve, or the observed yearly shares of internet users, interpolated between
    mid-years and held at both ends.
    """
    if observed is None:
        since = np.arange(months + 1, dtype=np.float64) - float(p.infrastructure_midpoint)
        risen: NDArray[np.float64] = since / float(p.infrastructure_pace)
        return (float(p.infrastructure) * sigmoids(risen)).astype(np.float32)
    when = np.array([12.0 * (year - start[0]) + 6.0 - (start[1] - 1) for year, _ in observed])
    share = np.array([value for _, value in observed])
    return np.asarray(np.interp(np.arange(months + 1), when, share), dtype=np.float32)


@rule
def access_in(infrastructure: Array, month: int) -> float:
    """Share of people with access in a month, from the curve, whose end holds for good."""
    return float(infrastructure[min(month, infrastructure.shape[0] - 1)])


@loop
def drift_preferences(
    governments: Governments, offer: Offer, p: SocietyParameters, seed: Seed, month: int
) -> None:
    """What each place needs takes a random step; citizens' ideals follow it, and the local taste."""
    places, domains = offer.preference.shape
    for g in range(places):
        for k in range(domains):
            step = p.volatility * normal(seed, _DRIFT, month, g, k) if month > 0 else 0.0
            governments.drift[g, k] += step
            offer.preference[g, k] = exponential(
                p.heterogeneity * governments.drift[g, k]
                + p.taste_heterogeneity * governments.taste[g, k]
            )

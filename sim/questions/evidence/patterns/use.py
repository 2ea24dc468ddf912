"""Patterns of use and supply: 1, 2, 15, and what is beside them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from sim.questions.evidence.patterns.curves import (
    Numbers,
    by_country,
    changes_together,
    fit,
    observed_rates_and_lags,
    rates_and_lags,
    up_to,
)
from sim.questions.evidence.patterns.pattern import Pattern
from sim.questions.evidence.patterns.seen import Seen

FIRST, LAST = 2002, 2021
_BENCHMARK = range(2004, 2011)
_LEAD = "design: 1 to 3 years; supply moved first where it was counted"


def use_patterns() -> Iterator[Pattern]:
    """All of them, in the order of their numbers."""
    yield from _shape()
    yield from _after_the_internet()
    yield from _beside_supply()
    yield from _depth_and_level()


def _shape() -> Iterator[Pattern]:
    where = "read under Gov2.0, Korea's 17 governments, twenty years"
    yield Pattern(
        "use_s_shape", "use of digital services: variance that a logistic curve explains (Gov2.0)",
        "0-1", np.nan, 0.97, 1.0, "design; Eurostat series are S-shaped",
        lambda seen: fit(seen.yearly("gov2", "digital_use") / 100.0)[1], 1, where,
    )  # fmt: skip
    yield Pattern(
        "use_steepest", "its steepest year (Gov2.0)", "percentage points", np.nan, 5.0, 16.0,
        "Eurostat", lambda seen: float(seen.yearly("gov2", "digital_use").diff().max()), 1, where,
    )  # fmt: skip
    yield Pattern(
        "use_plateau", "where it comes to rest (Gov2.0)", "%", np.nan, 65.0, 95.0,
        "Eurostat, countries where digital services are oldest",
        lambda seen: 100.0 * fit(seen.yearly("gov2", "digital_use") / 100.0)[0], 1,
        "tried: learning by being online (`society.online_learning`), from 52; the fitted set ends higher",
    )  # fmt: skip


def _after_the_internet() -> Iterator[Pattern]:
    rate, lag = observed_rates_and_lags(LAST)
    where = "logistic curves that end at one, 2002 to 2021, median of 18 countries"
    tried = f"{where}; tried: learning by being online, from .063; the fitted set is quicker"
    yield Pattern(
        "use_rate", "rate of growth of use of e-government", "per year", rate, 0.10, 0.22,
        "Eurostat", lambda seen: _after(seen)[0], 2, tried,
    )  # fmt: skip
    yield Pattern(
        "use_after_internet", "years by which it follows use of the internet", "years", lag,
        5.0, 11.0, "Eurostat", lambda seen: _after(seen)[1], 2, f"{where}; band: about 8",
    )  # fmt: skip


def _beside_supply() -> Iterator[Pattern]:
    use, supply = by_country("egov_use_spliced"), by_country("supply_fully_online_citizen_services")
    known = [year for year in _BENCHMARK if year in supply]
    yield Pattern(
        "use_after_supply", "years from half of the supply to half of the use, mean of 18 countries",
        "years", np.nan, 1.0, 3.0, _LEAD, _after_supply, 15,
        "half of what is reached by 2011; rows move when the first plan of each country is adopted"
        " (eEurope 2002, eEurope+ 2003); E-Government from 1995 gave 4.4 and 6.7 years",
    )  # fmt: skip
    yield Pattern(
        "use_with_supply", "correlation of yearly changes of supply and use within countries",
        "-1 to 1", changes_together(supply[known], use), -1.0, 0.3,
        "European Commission benchmark; Eurostat", _with_supply, 15,
        "supply does not predict use within a country",
    )  # fmt: skip
    start, end = (float(supply[year].mean()) for year in (2004, 2010))
    yield Pattern(
        "supply_path",
        f"years in which transactions online rise from {start:.0f} to {end:.0f} %, by mean",
        "years", 6.0, 4.0, 9.0, "European Commission benchmark",
        partial(_years_between, start=start, end=end), 0,
        "rows move when the first plan of each country is adopted",
    )  # fmt: skip


def _depth_and_level() -> Iterator[Pattern]:
    use = by_country("egov_use_12m")
    depth = (by_country("egov_forms_12m") / use)[[2008, 2009, 2010, 2011]]
    yield Pattern(
        "forms_per_use", "users of e-government who sent forms, 2008 to 2011; mean of 18 countries",
        "0-1", float(depth.mean().mean()), 0.42, 0.58, "Eurostat",
        lambda seen: float(_forms(seen).mean()),
    )  # fmt: skip
    yield Pattern(
        "forms_per_use_spread", "the same: standard deviation between countries",
        "0-1", float(depth.std(axis=0).mean()), 0.10, 0.22, "Eurostat",
        lambda seen: float(_forms(seen).std(axis=1, ddof=1).mean()), 0, _HABIT,
    )  # fmt: skip
    yield Pattern(
        "use_spread", "use of e-government in 2011: standard deviation between countries",
        "percentage points", float(use[2011].std()), 13.0, 26.0, "Eurostat",
        lambda seen: float(seen.over_countries("digital_use", 2011).std(ddof=1)), 0, _HABIT,
    )  # fmt: skip
    mean = float(use[2011].mean())
    yield Pattern(
        "use_2011", "use of e-government in 2011; mean of 18 countries", "%", mean, mean - 5.0,
        mean + 5.0, "Eurostat", lambda seen: float(seen.over_countries("digital_use", 2011).mean()),
    )  # fmt: skip


_HABIT = "countries differ by access, trust and capacity alone; a country's own habit is missing"


def _after(seen: Seen) -> tuple[float, float]:
    use, online = (seen.by_country(name) / 100.0 for name in ("digital_use", "infrastructure"))
    return rates_and_lags(up_to(use, LAST, FIRST), up_to(online, LAST, FIRST))


def _after_supply(seen: Seen) -> float:
    """Years between the halves of the means over countries, up to 2011."""
    years = range(1995, 2012)
    supply = 1.0 - (1.0 - seen.by_country("online_supply")[years] / 100.0) ** 2
    use = seen.by_country("digital_use")[years]
    return _half(use.mean().to_numpy()) - _half(supply.mean().to_numpy())


def _half(values: Numbers) -> float:
    """Where yearly values first pass half of the last one, in years from the first, between years."""
    level = values[-1] / 2.0
    at = int(np.argmax(values >= level))
    if at == 0:
        return 0.0
    before, after = values[at - 1], values[at]
    return float(at - 1 + (level - before) / (after - before))


def _with_supply(seen: Seen) -> float:
    supply, use = (seen.by_country(name) for name in ("online_supply", "digital_use"))
    known = list(_BENCHMARK)
    return changes_together(100.0 * (1.0 - (1.0 - supply[known] / 100.0) ** 2), use[known])


def _forms(seen: Seen) -> Numbers:
    """Forms against use in the model, shape (years, countries)."""
    years = range(2008, 2012)
    forms = np.array([seen.over_countries("forms_share", year) for year in years])
    use = np.array([seen.over_countries("digital_use", year) for year in years])
    shares: Numbers = np.divide(forms, use, out=np.zeros_like(forms), where=use > 0.0)
    return shares


def _years_between(seen: Seen, start: float, end: float) -> float:
    """Years from one share of transactions online to another; nan if it is not reached.

    The benchmark counts the frequent services, so it is held against transactions, not services.
    When a country began is not known: the model's E-Government begins in 1995, so only the time
    between is compared.
    """
    share = seen.transactions_online()
    reached = [np.flatnonzero(share >= level) for level in (start, end)]
    if not all(len(months) for months in reached):
        return float("nan")
    return float(reached[1][0] - reached[0][0]) / 12.0

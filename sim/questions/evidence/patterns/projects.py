"""Patterns of money, projects and suppliers: 3, 4, 5, 13 and 17."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from sim.evidence.observed import observed
from sim.questions.evidence.asked import DIGITAL, HIGH, LOW, PARADIGMS
from sim.questions.evidence.patterns.pattern import Pattern
from sim.questions.evidence.patterns.seen import Numbers, Seen

_YEAR = 12
_AROUND = 36
"""Months before and after within which a government's cheapest project is as planned."""
_OVER = 1.45
"""Of the cheapest: what an overrun of half is at least, lock-in having grown in between."""
_ABOUT = 0.25, 0.35
"""Capacity of the year before at which a project counts as one at a capacity of .3."""
_HEEKS = "Heeks 2003 (eGovernment for Development): developing and transitional countries"


def project_patterns() -> Iterator[Pattern]:
    """All of them, in the order of their numbers."""
    yield Pattern(
        "saving", "full digitisation: what it saves of the cost of services against the first month",
        "%", 24.0, 19.0, 30.0,
        "UK Digital Efficiency Report 2012: 1.7 to 1.8 of 6 to 9 billion GBP",
        partial(_saving, scenario=DIGITAL), 3,
        "Gov2.0, all online, everybody inclined; `service.bpr_saving` was set on this: .03 gives 29.1 as declared and 30.04 with the fitted set, .02 (taken) 28.5 and 29.5",
    )  # fmt: skip
    yield Pattern(
        "saving_as_it_is", "the same of Gov2.0 as it is, in its cheapest year", "%", np.nan,
        0.0, 30.0, "not more than full digitisation", partial(_saving, scenario="gov2"),
    )  # fmt: skip
    for event, share in (("failed", 35.0), ("partly succeeded", 50.0), ("succeeded", 15.0)):
        yield Pattern(
            f"projects_{event.replace(' ', '_')}", f"projects that {event}, at a capacity of .3",
            "%", share, share - 8.0, share + 8.0, _HEEKS,
            partial(_share_at_low, event=event), 4,
            "Gov2.0 that begins at .3; later projects, at .4 to .6, fail less: 20 to 29 %",
        )  # fmt: skip
    yield Pattern(
        "projects_by_capacity", "projects that succeed, at a capacity of .7 above one of .3",
        "percentage points", np.nan, 2.0, 100.0,
        "530 projects of the World Bank (World Development Report 2016): institutions help",
        lambda seen: _share(seen, HIGH, "succeeded") - _share(seen, LOW, "succeeded"), 4,
    )  # fmt: skip
    yield Pattern(
        "overruns", "projects that cost over half more than planned (three paradigms)",
        "0-1", 0.18, 0.15, 0.21, "Flyvbjerg and Budzier: IT projects", _overruns, 5,
        "against the government's cheapest project within three years",
    )  # fmt: skip
    yield from _suppliers()
    yield from _firms()


def _suppliers() -> Iterator[Pattern]:
    for name in ("gov1", "gov2"):
        yield Pattern(
            f"suppliers_{name}", f"revenue of the four largest suppliers, so far ({name})",
            "0-1", np.nan, 0.6, 1.0, "outsourcing concentrates suppliers (Dunleavy et al. 2006)",
            partial(Seen.last, scenario=name, outcome="supplier_top4"), 13,
        )  # fmt: skip
    yield Pattern(
        "locked_in_price", "cost of projects, the most locked-in quarter against the least (Gov1.0)",
        "ratio", np.nan, 1.05, 10.0,
        "UK Public Administration Select Committee 2011: up to ten times the commercial price",
        _locked_in_price, 13,
    )  # fmt: skip


def _firms() -> Iterator[Pattern]:
    firms, people = (
        observed(name).pivot(index="country", columns="year", values="value")
        for name in ("enterprise_egov_use", "egov_use_12m")
    )
    yield Pattern(
        "firms_ahead", "use of e-government by firms above that by citizens, 2008 to 2011",
        "percentage points", float((firms - people).mean().mean()), 30.0, 50.0, "Eurostat",
        _firms_ahead, 17, "firms by the rules of citizens; rests on what is assumed of them: full skill, a need a month (with"
        " four a year 27 and 29, with citizens' mean skill 15), 94 % online; they take part in nothing else",
    )  # fmt: skip


def _firms_ahead(seen: Seen) -> float:
    """Percentage points, mean of the ends of four years and of all countries."""
    ahead = seen.by_country("firms_use") - seen.by_country("digital_use")
    return float(ahead[[2008, 2009, 2010, 2011]].mean().mean())


def _saving(seen: Seen, scenario: str) -> float:
    """Per cent by which the cheapest year is below the first month."""
    cost = seen.months(scenario, "service_cost")
    years = cost[: len(cost) // _YEAR * _YEAR].reshape(-1, _YEAR).mean(axis=1)
    return float(100.0 * (1.0 - years.min() / cost[0])) if cost[0] > 0.0 else float("nan")


def _share(seen: Seen, scenario: str, event: str) -> float:
    """Per cent of projects that end so; nan without any."""
    ends = seen.projects(scenario)
    return 100.0 * float((ends["event"] == f"project {event}").mean()) if len(ends) else np.nan


def _share_at_low(seen: Seen, event: str) -> float:
    """The same of projects whose government had a capacity of about .3 the year before."""
    able = _with_local(seen, LOW, "capacity")
    if not len(able):
        return float("nan")
    ends = able.loc[able["capacity"].between(*_ABOUT), "event"]
    return 100.0 * float((ends == f"project {event}").mean()) if len(ends) else float("nan")


def _with_local(seen: Seen, scenario: str, reading: str) -> pd.DataFrame:
    """Projects beside a reading of their government at the end of the year before."""
    projects, local = seen.projects(scenario), seen.local(scenario)
    if not len(projects) or not len(local):
        return pd.DataFrame()
    year = (projects["month"] - 1) // _YEAR * _YEAR
    keys = ["month", "local_government"]
    return pd.merge(projects.assign(month=year), local[[*keys, reading]], on=keys)


def _overruns(seen: Seen) -> float:
    over: list[bool] = []
    for name in PARADIGMS:
        projects = seen.projects(name)
        if len(projects):
            for _, own in projects.groupby("local_government"):
                over += _beyond(own["month"].to_numpy(), own["cost"].to_numpy())
    return float(np.mean(over)) if over else float("nan")


def _beyond(months: Numbers, costs: Numbers) -> list[bool]:
    """Which projects of a government overran, of those with another one around them."""
    near = np.abs(months[:, None] - months[None, :]) <= _AROUND
    cheapest = np.where(near, costs[None, :], np.inf).min(axis=1)
    told = near.sum(axis=1) > 1
    return [bool(x) for x in (costs > _OVER * cheapest)[told]]


def _locked_in_price(seen: Seen) -> float:
    """Median cost where lock-in of the year before was high, against where it was low."""
    table = _with_local(seen, "gov1", "lock_in")
    if not len(table):
        return float("nan")
    low, high = table["lock_in"].quantile([0.25, 0.75])
    cheap = table.loc[table["lock_in"] <= low, "cost"].median()
    return float(table.loc[table["lock_in"] >= high, "cost"].median() / cheap)

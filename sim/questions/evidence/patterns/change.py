"""Patterns of change: 11 and 14 of reforms, 12 of ties."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from sim.questions.evidence.asked import REFORMING, SQUEEZED, STEADY, TIED
from sim.questions.evidence.patterns.pattern import Pattern
from sim.questions.evidence.patterns.seen import Seen
from sim.questions.transitions.hysteresis import Hysteresis, find_hysteresis
from sim.questions.transitions.order import services_lead
from sim.questions.transitions.paths import ROWS, Paths, paths_of
from sim.questions.transitions.twins import budgets, find_squeeze

_BURT = "Burt 2001: nine in ten bridges are gone after a year"
_NEVER = 40.0
"""Years: later than the run can show."""


def change_patterns() -> Iterator[Pattern]:
    """All of them, in the order of their numbers."""
    source = (
        "survival of participatory budgets (Avritzer and Wampler 2008; Bezerra and Junqueira 2022)"
    )
    yield Pattern(
        "retreat", "participatory rows at Gov3.0 that ten lean years cost, against none",
        "0-1", np.nan, -1.0, -0.02, source, lambda seen: _mean(_squeeze(seen), "lost"), 11,
        "sixty drawn governments, forty years",
    )  # fmt: skip
    yield Pattern(
        "late_return", "years after relief until half of that is back", "years", np.nan, 1.0, 24.0,
        source, lambda seen: _mean(_squeeze(seen), "years_late"), 11,
        "participation falls to half without a squeeze as well, by overload: nowhere to return to; tried: more"
        " money, fewer invitations",
    )  # fmt: skip
    yield Pattern(
        "bridges", "new ties between institutions without shared partners that live a year (Gov3.0)",
        "0-1", 0.10, 0.05, 0.15, _BURT,
        partial(Seen.last, scenario=TIED, outcome="new_bridges_kept"), 12,
    )  # fmt: skip
    yield Pattern(
        "embedded_ties", "new embedded ties that live a year, against new bridging ones (Gov3.0)",
        "times", np.nan, 2.0, 20.0, _BURT, _embedded, 12,
    )  # fmt: skip
    yield Pattern(
        "services_first", "months of a transition in which services are ahead of decisions",
        "0-1", np.nan, 0.70, 1.0, "Layne and Lee 2001; Norris and Reddick 2013: services, then voice",
        _services_first, 14, "from Gov1.0, nobody schedules; nearly built in (docs/transitions.md)",
    )  # fmt: skip


def _squeeze(seen: Seen) -> Hysteresis | None:
    """What the squeeze did in this replicate; None where paths are not known."""
    scenario = seen.scenario(SQUEEZED)
    squeeze = find_squeeze(scenario)
    squeezed, steady = (_paths(seen, name) for name in (SQUEEZED, STEADY))
    if squeeze is None or squeezed is None or steady is None:
        return None
    return find_hysteresis(squeezed, steady, budgets(scenario), squeeze)


def _paths(seen: Seen, name: str) -> Paths | None:
    local = seen.local(name)
    if not len(local):
        return None
    return paths_of(name, np.array(seen.scenario(name).profile), local)


def _mean(found: Hysteresis | None, what: str) -> float:
    if found is None:
        return float("nan")
    return float(np.minimum(getattr(found, what), _NEVER).mean())


def _embedded(seen: Seen) -> float:
    bridges, embedded = (
        seen.last(TIED, name) for name in ("new_bridges_kept", "new_embedded_kept")
    )
    return embedded / bridges if bridges > 0.0 else float("nan")


def _services_first(seen: Seen) -> float:
    rows = np.array([seen.months(REFORMING, row) for row in ROWS]).T[None]
    return float(services_lead(rows, np.array(seen.scenario(REFORMING).profile))[0])

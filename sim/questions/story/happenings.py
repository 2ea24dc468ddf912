"""Events of the history as turning points, in plain words and with a weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from sim.history import events, exposed_share, moves
from sim.model import GovernanceModel
from sim.questions.story.points import Point
from sim.questions.story.who import CENTRAL

_MOST_ROWS = 3
_FAR_AWAY = 4.2
_COPIED = {
    "learning": ", copying a better government it is tied to",
    "competition": ", copying its better neighbour",
    "imitation": ", copying the largest government",
}
PROJECTS = {
    "project failed": ("an ICT project fails", 5.0),
    "project partly succeeded": ("an ICT project succeeds in part", 2.0),
    "project succeeded": ("an ICT project succeeds", 4.0),
}
_GRANTS = {
    "grant left unclaimed": "has no own money for a project: leaves the matching grant unclaimed",
    "no grant left": "wants a project, but its claim on matching grants is used up",
}


def happened(history: pd.DataFrame) -> Iterator[Point]:
    """The points that single events make; what comes often counts the first time."""
    seen: set[str] = set()
    for event in history.to_dict("records"):
        point = _point(event, event["event"] not in seen)
        seen.add(event["event"])
        if point is not None:
            yield point


def _point(event: dict[Any, Any], is_first: bool) -> Point | None:
    kind, month, cost = event["event"], int(event["month"]), event["cost"]
    once = 2.0 if is_first else 0.0
    if kind in PROJECTS:
        text, weight = PROJECTS[kind]
        dear = min(cost / 15.0, 2.0)
        return Point(month, kind, f"{text}, at {cost:.1f} per citizen", weight + once / 2 + dear)
    if kind in _GRANTS:
        return Point(month, kind, _GRANTS[kind], 1.0 + once)
    if kind in _TOLD:
        text, weight = _TOLD[kind](event)
        return Point(month, kind, text, weight + (once if weight < 6.0 else 0.0))
    return None


def _reform(event: dict[Any, Any]) -> tuple[str, float]:
    model = _COPIED.get(event["model"], "")
    return f"reforms under {_pressure(event)}{model}: {_rows(event)}", 5.5 + _size(event)


def _failed(event: dict[Any, Any]) -> tuple[str, float]:
    return f"a reform under {_pressure(event)} fails", 4.5


def _reversal(event: dict[Any, Any]) -> tuple[str, float]:
    return f"judges its reform a mistake and undoes it: {_rows(event)}", 6.5 + _size(event)


def _coercion(event: dict[Any, Any]) -> tuple[str, float]:
    return f"is pushed by the centre's mandate and grants: {_rows(event)}", 2.0


def _follows(event: dict[Any, Any]) -> tuple[str, float]:
    return f"follows the local governments that do best: {_rows(event)}", 3.0


def _election(event: dict[Any, Any]) -> tuple[str, float]:
    if event["what"] == "retreated":
        return f"after an election it retreats from participation: {_rows(event)}", 6.0 + _size(
            event
        )
    if event["what"] == "advanced":
        return f"after an election it turns to participation: {_rows(event)}", 6.0 + _size(event)
    return "an election changes nothing", 0.5


def _contract(event: dict[Any, Any]) -> tuple[str, float]:
    return f"{event['firm']} wins a {event['what']} contract ({event['cost']:.1f} per citizen)", 0.5


def _contract_end(event: dict[Any, Any]) -> tuple[str, float]:
    weight = 1.5 if event["cause"] == "replaced" else 0.5
    return f"the contract with {event['firm']} is {event['cause']}", weight


def _service(event: dict[Any, Any]) -> tuple[str, float]:
    return f"{event['firm']} starts a convergent service on its open data", 1.5


def _service_end(event: dict[Any, Any]) -> tuple[str, float]:
    return f"the service of {event['firm']} dies", 1.0


def _breach(event: dict[Any, Any]) -> tuple[str, float]:
    shock = " by the shock" if event["cause"] == "shock" else ""
    weight = 2.0 + min(60.0 * exposed_share(event["what"]), 6.0)
    return f"a data breach{shock}: {event['what']}", weight


def _problem(event: dict[Any, Any]) -> tuple[str, float]:
    return f"a local problem ({event['cause']}): {event['what']}", 3.0


def _solution(event: dict[Any, Any]) -> tuple[str, float]:
    people, _, months = event["what"].partition(", ")
    return f"a local problem ({event['cause']}) is solved after {months}: {people}", 2.5


def _shock(event: dict[Any, Any]) -> tuple[str, float]:
    return _reasoned("shock", event), 9.5


def _shock_end(event: dict[Any, Any]) -> tuple[str, float]:
    return f"the {event['what']} shock is over", 4.0


def _policy(event: dict[Any, Any]) -> tuple[str, float]:
    return _reasoned("policy", event), 9.2


def _move(event: dict[Any, Any]) -> tuple[str, float]:
    _, _, pace = event["what"].partition(", ")
    moved = _rows(event) + (f", {pace}" if pace else "")
    return _reasoned("scheduled move", {**event, "what": moved}), 9.0


_TOLD = {
    "reform": _reform,
    "failed reform": _failed,
    "reversal": _reversal,
    "coercion": _coercion,
    "follows": _follows,
    "election": _election,
    "contract signed": _contract,
    "contract ended": _contract_end,
    "service begins": _service,
    "service ends": _service_end,
    "data breach": _breach,
    "problem arises": _problem,
    "problem solved": _solution,
    "shock begins": _shock,
    "shock ends": _shock_end,
    "policy change": _policy,
    "move": _move,
}


def _pressure(event: dict[Any, Any]) -> str:
    return {
        "infrastructure": "the pressure of idle infrastructure",
        "performance": "the pressure of poor performance",
        "legitimacy": "the pressure of lost legitimacy",
        "overload": "overload",
    }[event["cause"]]


def _reasoned(kind: str, event: dict[Any, Any]) -> str:
    """What a scenario makes happen: its own reason, then what it changes."""
    reason = f" ({event['cause']})" if event["cause"] else ""
    return f"{kind}{reason}: {event['what']}"


def _size(event: dict[Any, Any]) -> float:
    """How far rows moved in all, up to 3."""
    return min(sum(abs(after - before) for _, before, after in moves(event["positions"])), 3.0)


def _rows(event: dict[Any, Any]) -> str:
    ends = moves(event["positions"])
    moved = [f"{row} {before:.2f} to {after:.2f}" for row, before, after in ends]
    rows = [_titled(text) for text in moved or event["rows"].split("; ") if text]
    left = len(rows) - _MOST_ROWS
    more = f" and {left} more row{'s' if left > 1 else ''}" if left > 0 else ""
    return ", ".join(rows[:_MOST_ROWS]) + more if rows else "nothing left to move"


def _titled(text: str) -> str:
    """`role_of_cio 0.00 to 0.50` in plain words."""
    return text.replace("_", " ").replace(" cio ", " CIO ").replace("ict ", "ICT ")


def dated_points(model: GovernanceModel, row: int) -> list[Point]:
    """Shocks, policies and scheduled moves that reach one local government and its residents.

    They weigh little beside what befalls a person.
    """
    history = events_of(events(model.record), model.record.names[row])
    kinds = ("shock begins", "policy change", "move")
    points = happened(history[history["event"].isin(kinds)])
    return [replace(point, weight=_FAR_AWAY) for point in points]


def events_of(table: pd.DataFrame, who: str) -> pd.DataFrame:
    """The events of one government, with those of everybody."""
    everybody = ["all"] if who == CENTRAL else ["all", "local"]
    return table[table["local_government"].isin([who, *everybody])]

"""Who lives there: the network of institutions, a citizen with a diary, events as they happen."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.drawing.svg import marks
from sim.drawing.svg.marks import FAINT, GREY, picture, tag, words
from sim.errors import UserMistake
from sim.history import events
from sim.lab.session import Session
from sim.lab.titles import details
from sim.lab.words import all_words, filled, word
from sim.model import GovernanceModel
from sim.networks.recorded import CENTRE, FIRM, HUB, KINDS, LOCAL, node_kinds
from sim.questions.story.citizens import citizen_track
from sim.questions.story.happenings import dated_points
from sim.questions.story.who import KINDS as PEOPLE
from sim.questions.story.who import find_who
from sim.runs.past import begin
from sim.text import one_line

_SIZE = (360.0, 336.0)
_LOOKS = {
    CENTRE: ("square", "#000000", 8.0), LOCAL: ("circle", "#0072B2", 5.0),
    HUB: ("triangle", "#009E73", 4.0), FIRM: ("diamond", "#D55E00", 3.6),
}  # fmt: skip
_RINGS = {LOCAL: 72.0, HUB: 104.0, FIRM: 136.0}
_TOLD = 14
_LISTED = 40
_TOO_MANY_PLACES = 60


def networks(session: Session, lang: str) -> list[dict[str, Any]]:
    """The ties between institutions under each government, drawn with who is who."""
    return [
        _network(model, one_line(scenario.name), lang)
        for model, scenario in zip(session.models, session.setup.scenarios, strict=True)
    ]


def _network(model: GovernanceModel, name: str, lang: str) -> dict[str, Any]:
    network, places = model.state.network, len(model.record.names)
    alive = network.alive.astype(bool)
    kinds = node_kinds(len(alive), places)
    one, other = np.nonzero(np.triu(network.age >= 0, k=1))
    title = filled("page", "ties", lang, name=name, n=len(one))
    spots = _spots(kinds)
    # Ties of two hundred places would be one dark disc: their nodes say enough.
    drawn = range(len(one)) if places <= _TOO_MANY_PLACES else range(0)
    lines = "".join(
        marks.line(*spots[one[k]], *spots[other[k]], stroke="#777", stroke_opacity="0.35")
        for k in drawn
    )
    nodes = "".join(_node(KINDS[kinds[at]], spots[at], bool(alive[at])) for at in range(len(alive)))
    svg = picture(_SIZE, title, title, lines, nodes, _key(lang), class_="network")
    return {"title": title, "svg": svg}


def _spots(kinds: NDArray[np.int64]) -> list[tuple[float, float]]:
    middle = (_SIZE[0] / 2, 146.0)
    found = []
    for at, kind in enumerate(kinds.tolist()):
        same = np.flatnonzero(kinds == kind)
        radius = _RINGS.get(KINDS[kind], 0.0)
        angle = 2 * math.pi * (int(np.searchsorted(same, at)) / len(same)) - math.pi / 2
        found.append((middle[0] + 1.2 * radius * math.cos(angle),
                      middle[1] + radius * math.sin(angle)))  # fmt: skip
    return found


def _node(kind: str, spot: tuple[float, float], alive: bool) -> str:
    shape, colour, size = _LOOKS[kind]
    fill = colour if alive else "#fff"
    return marks.mark(shape, *spot, size, fill=fill, stroke=colour if alive else GREY)


def _key(lang: str) -> str:
    parts = []
    for at, kind in enumerate(KINDS):
        shape, colour, _ = _LOOKS[kind]
        x, y = 8.0 + at % 2 * 180.0, 306.0 + at // 2 * 20.0
        parts.append(marks.mark(shape, x, y, 4.5, fill=colour))
        text = word("nodes", kind, lang)
        parts.append(words(x + 12, y + 5.0, marks.clipped(text, 160.0, 14.0), font_size=14.0))
    parts.append(marks.line(0, 292.0, _SIZE[0], 292.0, stroke=FAINT))
    return tag("g", *parts)


def follow(session: Session, who: str | int | None) -> None:
    """Follow a citizen by number or kind; raises `UserMistake` for governments and strangers."""
    if who is None or who == "":
        session.follow(None)
        return
    model = begin(session.setup.scenarios[0], session.luck)
    try:
        found = find_who(who, model)
    finally:
        model.forget()
    if found.kind != "citizen":
        raise UserMistake(f"{who}: is no citizen; a number, or {', '.join(PEOPLE)}")
    session.follow(found.row)


def diary(session: Session) -> list[dict[str, Any]]:
    """The turning points of the citizen who is followed, under each government so far."""
    if session.citizen is None:
        return []
    return [
        {"name": one_line(scenario.name), "about": about, "lines": _turning_points(session, model)}
        for model, scenario, about in zip(
            session.models, session.setup.scenarios, session.about, strict=True
        )
    ]


def _turning_points(session: Session, model: GovernanceModel) -> list[str]:
    if session.month == 0 or session.citizen is None:
        return []
    followed = model.followed[0]
    home = int(model.state.citizens.home[session.citizen])
    plan = model.plan
    track = citizen_track(plan.name, plan, followed.life, dated_points(model, home))
    told = [point for point in track.points if point.month <= session.month]
    weighty = sorted(told, key=lambda point: -point.weight)[:_TOLD]
    return [f"{track.date(p.month)}: {p.text}" for p in sorted(weighty, key=lambda p: p.month)]


def newest_events(session: Session, lang: str) -> list[dict[str, Any]]:
    """What happened last under each government, the newest first."""
    return [
        {"name": one_line(scenario.name), "lines": _listed(model, lang)}
        for model, scenario in zip(session.models, session.setup.scenarios, strict=True)
    ]


def _listed(model: GovernanceModel, lang: str) -> list[str]:
    happened = events(model.record)
    happened = happened[happened["month"] <= model.month - model.before].tail(_LISTED)
    return [_event(model, row, lang) for row in happened.to_dict("records")[::-1]]


def _event(model: GovernanceModel, row: dict[Any, Any], lang: str) -> str:
    parts = details(row, lang)
    more = f" ({'; '.join(parts)})" if parts else ""
    date = model.plan.date_of(max(1, int(row["month"])))
    where = one_line(_called(model, str(row["local_government"]), lang))
    return f"{date} {where}: {word('events', str(row['event']), lang)}{one_line(more)}"


def _called(model: GovernanceModel, name: str, lang: str) -> str:
    """A government by its name in the language of the page; `central` and the like in words."""
    if name in all_words()["everybody"]:
        return word("everybody", name, lang)
    if lang == "en":
        return name
    own = {local.name: local.native_name for local in model.place.local_governments}
    return own.get(name) or name

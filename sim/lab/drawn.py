"""What the page shows of a session in its month: charts, differences, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.drawing.svg.marks import pen
from sim.drawing.svg.months import Line, Span, month_chart
from sim.drawing.svg.strips import key
from sim.drawing.words import signed
from sim.errors import UserMistake
from sim.lab.changes import Changed, changed
from sim.lab.session import Ghost, Session
from sim.lab.titles import held_title, lever_title
from sim.lab.words import all_words, filled, word
from sim.outcome_words import difference_unit, unit_of
from sim.outcomes import COMPONENTS, OUTCOMES
from sim.statistics import range_of
from sim.text import grouped, near, one_line, short

LARGE = ("participation_breadth", "needs_met", "trust")
SMALL = ("efficiency", "inclusion", "cost_per_citizen", "innovation", "resilience", "online_share")
CHOICES = tuple(one.name for one in (*OUTCOMES, *COMPONENTS))
MOST_SHOWN = 12
_NONE = np.empty(0)
Ends = tuple[Sequence[float] | NDArray[np.float64], Sequence[float] | NDArray[np.float64]]
Size = tuple[float, float]
Bands = dict[str, list[Ends]]
"""Outcome to the ends of nine of ten worlds, government by government."""


def checked(names: Sequence[str]) -> list[str]:
    """Names of outcomes that somebody wants to see; raises `UserMistake` for others."""
    if not 0 < len(names) <= MOST_SHOWN:
        raise UserMistake(f"charts: {len(names)} asked; 1 to {MOST_SHOWN} fit")
    for name in names:
        if name not in CHOICES:
            raise UserMistake(f"{short(str(name))}: is no outcome{near(str(name), CHOICES)}")
    return list(names)


def span_of(session: Session) -> Span:
    """The months of the page."""
    year, month = map(int, session.setup.scenarios[0].start.split("-"))
    return Span(session.setup.months, year, month)


def charts(
    session: Session,
    names: Sequence[str],
    lang: str,
    *,
    bands: Bands,
    apart: bool = False,
    small: Size = (300.0, 170.0),
) -> list[dict[str, Any]]:
    """A chart per outcome; with `apart` the paired differences from the first government too."""
    marked = sorted({
        one.month for s in session.setup.scenarios for one in changed(s)
        if one.month <= session.setup.months
    })  # fmt: skip
    return [
        _chart(session, name, lang, marked, bands.get(name), apart=apart, small=small)
        for name in names
    ]


def _chart(
    session: Session,
    name: str,
    lang: str,
    marked: Sequence[int],
    band: list[Ends] | None,
    *,
    apart: bool,
    small: Size,
) -> dict[str, Any]:
    title, unit = word("outcomes", name, lang), word("units", unit_of(name), lang)
    lines = _lines(session, name, band)
    now = {one.name: _told(one.values) for one in lines}
    told = "; ".join(f"{one} {value}" for one, value in now.items())
    size = (420.0, 250.0) if apart else small
    least = 4.0 if range_of(name)[1] == 100.0 else 0.02
    found: dict[str, Any] = {
        "name": name, "title": title, "unit": unit, "now": now,
        "svg": month_chart(
            lines, span_of(session), title=f"{title}, {unit}", description=told,
            within=range_of(name), size=size, marked=marked, least=least,
        ),
    }  # fmt: skip
    if apart and len(lines) > 1:
        found |= _apart(session, name, lang, lines, marked)
    return found


def _lines(session: Session, name: str, band: list[Ends] | None) -> list[Line]:
    return [
        Line(
            one_line(scenario.name), pen(place), _values(session, place, name),
            _behind(session.ghost, place, name), ((), ()) if band is None else band[place],
        )
        for place, scenario in enumerate(session.setup.scenarios)
    ]  # fmt: skip


def _values(session: Session, place: int, name: str) -> NDArray[np.float64]:
    return session.readings[place].get(name, _NONE)


def _behind(ghost: Ghost | None, place: int, name: str) -> NDArray[np.float64]:
    if ghost is None or place >= len(ghost.readings):
        return _NONE
    return ghost.readings[place].get(name, _NONE)


def _told(values: NDArray[np.float64]) -> str:
    return grouped(float(values[-1])) if len(values) else ""


def _apart(
    session: Session, name: str, lang: str, lines: Sequence[Line], marked: Sequence[int]
) -> dict[str, Any]:
    """Differences from the first government, month by month."""
    base = lines[0]
    unit = word("units", difference_unit(name), lang)
    others = [
        Line(one.name, one.pen, one.values - base.values, _less(one.behind, base.behind))
        for one in lines[1:]
    ]
    title = filled("page", "apart", lang, name=base.name)
    now = [
        filled("page", "apart_now", lang, name=one.name, value=signed(one.values[-1]), unit=unit)
        for one in others
        if len(one.values)
    ]
    svg = month_chart(
        others, span_of(session), title=f"{word('outcomes', name, lang)}: {title}, {unit}",
        description="; ".join(now), size=(420.0, 130.0), marked=marked, least=1.0,
    )  # fmt: skip
    return {"apart": {"title": title, "svg": svg, "now": now}}


def _less(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return one - other if len(one) == len(other) else _NONE


def legend(session: Session, lang: str) -> list[dict[str, str]]:
    """Which line is whose."""
    return [
        {
            "name": one_line(one.name),
            "title": _shipped_title(one.name, lang),
            "question": one.question,
            "key": key(pen(place)),
        }
        for place, one in enumerate(session.setup.scenarios)
    ]


def _shipped_title(name: str, lang: str) -> str:
    """What a paradigm is called; nothing for other scenarios."""
    texts = all_words()["scenarios"].get(name)
    return "" if texts is None else texts[lang]


def change_list(session: Session, lang: str) -> list[dict[str, Any]]:
    """What was changed, government by government, as the scenario has it."""
    found = []
    for place, scenario in enumerate(session.setup.scenarios):
        held = [
            filled(
                "page",
                "held_assumption",
                lang,
                name=held_title(name, lang),
                value=f"{value:g}",
            )
            for name, value in sorted(scenario.parameters.items())
        ]
        dated = [f"{scenario.date_of(one.month)}: {_in_words(one, lang)}" for one in
                 changed(scenario)]  # fmt: skip
        found.append({"place": place, "name": one_line(scenario.name), "lines": [*held, *dated]})
    return found


def _in_words(one: Changed, lang: str) -> str:
    section = {"row": "rows", "shock": "shocks"}.get(one.kind)
    title = word(section, one.what, lang) if section else lever_title(one.what, lang)
    value = "" if one.value is None else f" {one.value:g}"
    who = "" if one.who == "all" else f" ({one_line(one.who)})"
    pace = f", {one.over} months" if one.over and lang == "en" else ""
    pace = f", {one.over}개월" if one.over and lang == "ko" else pace
    return f"{title}{value}{who}{pace}"

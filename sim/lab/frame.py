"""One picture of the page: everything that is on it in the month that was reached."""

from __future__ import annotations

from typing import Any

from sim.lab import drawn, people, places
from sim.lab.asked import Asked, a_text, language, listed
from sim.lab.offers import influential
from sim.lab.session import Session
from sim.lab.taking import command_of
from sim.lab.visitors import Visitor
from sim.lab.words import filled, word
from sim.processes.declared import LEVERS
from sim.text import one_line


def frame(visitor: Visitor, asked: Asked) -> dict[str, Any]:
    """The page of a visitor, with the language, charts and view that are asked for."""
    session = visitor.session
    lang = language(asked)
    large = drawn.checked(listed(asked, "large", drawn.LARGE))
    small = drawn.checked(listed(asked, "small", drawn.SMALL))
    band = _band_told(visitor, lang)
    bands = visitor.band.bands if visitor.band is not None and band["fits"] else {}
    return _where(session, lang) | {
        "legend": drawn.legend(session, lang), "names": session.setup.names,
        "places": places.place_names(session),
        "large": drawn.charts(session, large, lang, bands=bands, apart=True),
        "small": drawn.charts(session, small, lang, bands=bands),
        "changes": drawn.change_list(session, lang), "levers": _levers(session),
        "assumed": _assumed(session),
        "undo": bool(session.done), "redo": bool(session.undone), "band": band,
        "command": command_of(session), "ghost": session.ghost is not None,
        "society": _society(session, asked, lang),
    }  # fmt: skip


def _where(session: Session, lang: str) -> dict[str, Any]:
    """Which month of which society."""
    first, month, months = session.setup.scenarios[0], session.month, session.setup.months
    date = first.date_of(max(1, month))
    key = "moment" if month else "start"
    return {
        "month": month, "months": months, "seed": session.setup.seed, "over": session.is_over,
        "moment": filled("page", key, lang, date=date, month=month, months=months),
        "citizens": first.society.citizens, "years": first.years,
    }  # fmt: skip


def _society(session: Session, asked: Asked, lang: str) -> dict[str, Any]:
    """The view of the society that is open; nothing else is drawn."""
    view = asked.get("view", "")
    if view == "map":
        indicator = a_text(asked, "indicator", "needs_met")
        return places.maps(session, indicator, lang, difference=asked.get("difference") is True)
    if view == "board":
        return places.board(session, lang, a_text(asked, "where", "") or None)
    if view == "network":
        return {"networks": people.networks(session, lang)}
    if view == "citizen":
        return {"diary": people.diary(session), "citizen": session.citizen}
    if view == "events":
        return {"events": people.newest_events(session, lang)}
    return {}


def _levers(session: Session) -> list[dict[str, float]]:
    """What every lever stands at next month, government by government."""
    return [
        {name: one.parameter_values(session.month + 1)[name] for name in LEVERS}
        for one in session.setup.scenarios
    ]


def _assumed(session: Session) -> dict[str, float]:
    """What the assumptions that a page shows are held at, the same under all governments."""
    values = session.setup.scenarios[0].parameter_values(0)
    return {name: values[name] for name in influential()}


def _band_told(visitor: Visitor, lang: str) -> dict[str, Any]:
    band = visitor.band
    if band is None or band.stopped:
        return {"state": "none", "text": word("page", "worlds_none", lang), "fits": False}
    fits = band.setup == visitor.session.setup
    if band.why:
        text = filled("page", "worlds_failed", lang, why=band.why)
        return {"state": "failed", "text": text, "fits": False}
    if band.is_running:
        key = "worlds_waiting" if band.all is None else "worlds_running"
        text = filled("page", key, lang, done=band.done, all=band.all)
        return {"state": "running", "text": text, "fits": False}
    text = word("page", "worlds_same" if fits else "worlds_stale", lang)
    return {
        "state": "done", "text": text, "fits": fits, "worlds": band.worlds,
        "sentences": [one_line(line) for line in band.sentences], "folder": str(band.folder),
        "key": filled("page", "band_key", lang, n=band.worlds),
    }  # fmt: skip

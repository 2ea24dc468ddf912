"""The society place by place: tile maps by any indicator, and of differences; the control board."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.drawing.colours import LOW_TO_HIGH, WORSE_TO_BETTER
from sim.drawing.svg.tiles import Colouring, scale_bar, tile_map, tiles_of
from sim.drawing.words import number, signed
from sim.errors import UserMistake
from sim.lab.session import Session
from sim.lab.titles import wordings
from sim.lab.words import filled, word
from sim.model import GovernanceModel
from sim.outcome_words import lower_is_better
from sim.outcomes import LOCAL_INDICATORS
from sim.paradigms import FIGURE
from sim.text import near, one_line, short

INDICATORS = (*LOCAL_INDICATORS, "profile_mean", *(f"profile_{row}" for row in FIGURE.row_ids))
_NARROWEST = 0.02


def maps(session: Session, indicator: str, lang: str, *, difference: bool) -> dict[str, Any]:
    """A map per government; with `difference` of those after the first, against it."""
    if indicator not in INDICATORS:
        raise UserMistake(f"{short(indicator)}: is no indicator{near(indicator, INDICATORS)}")
    if session.month == 0:
        return {"maps": [], "scale": ""}
    names = session.setup.names
    values = [_by_place(model, indicator) for model in session.models]
    title = indicator_title(indicator, lang)
    if difference and len(values) > 1:
        apart = [one - values[0] for one in values[1:]]
        colouring = _differences(apart, indicator)
        told = filled("page", "difference", lang, name=one_line(names[0]))
        pairs = [(f"{one_line(n)}: {told}", v) for n, v in zip(names[1:], apart, strict=True)]
    else:
        colouring = _values(values)
        pairs = list(zip(map(one_line, names), values, strict=True))
    tiles = tiles_of(session.models[0].place.local_governments)
    drawn = [
        {
            "title": name,
            "svg": tile_map(
                tiles, value.tolist(), colouring, title=f"{title}: {name}",
                description=_extremes([t.name for t in tiles], value, colouring),
            ),
        }
        for name, value in pairs
    ]  # fmt: skip
    ends = f"{colouring.told(colouring.low)}, {colouring.told(colouring.high)}"
    return {"maps": drawn, "scale": scale_bar(colouring, title=f"{title}: {ends}"), "title": title}


def indicator_title(indicator: str, lang: str) -> str:
    """The title of an indicator, which may be a row of the figure."""
    row = indicator.removeprefix("profile_")
    if row in FIGURE.row_ids:
        return word("rows", row, lang)
    if indicator == "profile_mean":
        return word("page", "paradigm", lang)
    return word("outcomes", indicator, lang)


def board(session: Session, lang: str, place: str | None = None) -> dict[str, Any]:
    """Where each government stands on the twelve rows; of one local government if it is named."""
    names = [local.name for local in session.models[0].place.local_governments]
    if place is not None and place not in names:
        raise UserMistake(f"{short(place)}: is no local government{near(place, names)}")
    stand = [_positions(model, place) for model in session.models]
    rows = [
        {
            "row": row.id,
            "title": word("rows", row.id, lang),
            "wording": wordings(row, lang),
            "positions": [round(float(one[at]), 3) for one in stand],
        }
        for at, row in enumerate(FIGURE.rows)
    ]
    return {"rows": rows, "last": FIGURE.last_position, "names": session.setup.names}


def place_names(session: Session) -> list[list[str]]:
    """Local governments: name, and name in its own script."""
    places = session.models[0].place.local_governments
    return [[place.name, place.native_name] for place in places]


def _positions(model: GovernanceModel, place: str | None) -> NDArray[np.float64]:
    profiles = model.state.profiles
    if place is not None:
        found: NDArray[np.float64] = profiles[list(model.record.names).index(place)]
        return found
    return np.average(profiles[:-1], axis=0, weights=model.people)


def _by_place(model: GovernanceModel, indicator: str) -> NDArray[np.float64]:
    places = range(len(model.record.names))
    return np.array([
        model.record.readings([place], last_only=True)[indicator][-1] for place in places
    ])  # fmt: skip


def _values(values: list[NDArray[np.float64]]) -> Colouring:
    low = float(min(np.nanmin(one) for one in values))
    high = float(max(np.nanmax(one) for one in values))
    more = max(0.0, (_NARROWEST - (high - low)) / 2)
    return Colouring(LOW_TO_HIGH, low - more, high + more, _teller(high - low, signs=False))


def _differences(values: list[NDArray[np.float64]], indicator: str) -> Colouring:
    most = max(_NARROWEST, *(float(np.nanmax(np.abs(one))) for one in values))
    stops = WORSE_TO_BETTER[::-1] if lower_is_better(indicator) else WORSE_TO_BETTER
    return Colouring(stops, -most, most, _teller(most, signs=True))


def _teller(width: float, *, signs: bool) -> Any:
    decimals = 1 if width >= 2.0 else 2
    if signs:
        return lambda value: signed(value, decimals)
    return number if decimals == 1 else lambda value: f"{value:.2f}"


def _extremes(names: list[str], values: NDArray[np.float64], colouring: Colouring) -> str:
    high, low = int(np.nanargmax(values)), int(np.nanargmin(values))
    return (
        f"{names[high]} {colouring.told(float(values[high]))}; "
        f"{names[low]} {colouring.told(float(values[low]))}"
    )

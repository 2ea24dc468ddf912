"""Tile maps of the local governments, by year, and of their differences from the baseline."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.drawing.colours import LOW_TO_HIGH, WORSE_TO_BETTER
from sim.drawing.svg.tiles import Colouring, scale_bar, tile_map, tiles_of
from sim.drawing.words import calendar
from sim.outcome_words import lower_is_better
from sim.questions.comparison.residents import ENOUGH, small_places
from sim.questions.how_sure import is_sure, sure_word
from sim.report.page.blocks import (
    Cell,
    Chart,
    Choice,
    Download,
    Maps,
    Section,
    Table,
    Unfolded,
    cells,
    figures,
)
from sim.report.page.numbers import download, plain
from sim.report.page.told import Told, outcome_title
from sim.society.places import LocalPlace, find_place
from sim.statistics import confidence_interval, whole_worlds
from sim.text import one_line

INDICATORS = (
    "needs_met", "participation_breadth", "trust", "efficiency", "cost_per_citizen",
    "online_supply",
)  # fmt: skip
_FIRST = INDICATORS[0]
_MANY, _FEW_YEARS = 60, 5
_NAMED, _HALF = 12, 1e-9
_NARROWEST = 2.0
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Land:
    """Places in the order of their tiles; values have shape (scenarios, years, places)."""

    places: tuple[LocalPlace, ...]
    months: list[int]
    values: dict[str, Numbers]


def maps_section(told: Told) -> Section | None:
    """Maps of the last year, a slider for the others; None if local readings are missing."""
    land = _land(told)
    if land is None:
        return None
    years = _years(told, land)
    note = (
        "Each tile is a local government, named and numbered where it fits; its place is our own."
    )
    small = small_places(told.first)
    if small:
        more = f" and {len(small) - _NAMED} more" if len(small) > _NAMED else ""
        named = ", ".join(list(small)[:_NAMED])
        note += f" Under {ENOUGH} simulated residents, mostly luck: {named}{more}."
    values = _colouring(land, _FIRST)
    scales = [_scale(values, _FIRST)]
    charts = [_map(told, land, place, values) for place in range(len(told.names))]
    if told.baseline is not None and len(told.names) > 1:
        apart = _difference_colouring(land, _FIRST)
        scales.append(_scale(apart, _FIRST, difference=True))
        charts += [_difference_map(told, land, place, apart) for place in range(1, len(told.names))]
        note += (" Maps of differences: orange is better than the baseline, purple worse; a ring "
                 "marks what is open in the last year.")  # fmt: skip
    choices = [Choice(name, f"{outcome_title(name)}, {told.unit(name)}") for name in INDICATORS]
    return Section(
        "map",
        "Where",
        [
            Maps(charts, scales, choices, years, note),
            Unfolded("All places and indicators in the last year", [_table(told, land)]),
        ],
        long=True,
    )


def _land(told: Told) -> _Land | None:
    local = told.runs.local
    if local.empty or len({one.society.place for one in told.study.scenarios.values()}) > 1:
        return None
    scenario = told.first
    count = scenario.society.local_governments
    found = find_place(scenario.society.place, count=count, normals=np.zeros((count, 2)))
    places = found.local_governments
    months = sorted(int(m) for m in local["month"].unique() if m <= told.study.months)
    if len(places) > _MANY and len(months) > _FEW_YEARS:
        at = np.linspace(0, len(months) - 1, _FEW_YEARS).round().astype(int)
        months = [months[place] for place in at]
    kept = local[local["month"].isin(months)]
    means = kept.groupby(["scenario", "month", "local_government"], sort=False)[list(INDICATORS)]
    table = means.mean()
    index = pd.MultiIndex.from_product([told.names, months, [place.name for place in places]])
    if not index.isin(table.index).all():
        return None
    shape = (len(told.names), len(months), len(places))
    ordered = table.reindex(index)
    decimals = 1 if len(places) > _MANY else 2
    values = {
        name: (told.price.of(name) * ordered[name].to_numpy(dtype=np.float64))
        .round(decimals)
        .reshape(shape)
        for name in INDICATORS
    }
    return _Land(places, months, values)


def _years(told: Told, land: _Land) -> list[int]:
    return [calendar(told.first, month)[0] for month in land.months]


def _range(values: Numbers) -> tuple[float, float]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    more = max(0.0, (_NARROWEST - (high - low)) / 2)
    return low - more, high + more


def _plain(value: float) -> str:
    """A value as the script writes it, which rounds halves away from zero."""
    return plain(value + math.copysign(_HALF, value))


def _signed(value: float) -> str:
    """A difference as the script writes it."""
    text = _plain(value)
    return f"+{text}" if value > 0 and text != "0.0" else text


def _colouring(land: _Land, indicator: str) -> Colouring:
    return Colouring(LOW_TO_HIGH, *_range(land.values[indicator]), _plain)


def _difference_colouring(land: _Land, indicator: str) -> Colouring:
    values = land.values[indicator]
    most = max(1.0, float(np.nanmax(np.abs(values - values[:1]))))
    stops = WORSE_TO_BETTER[::-1] if lower_is_better(indicator) else WORSE_TO_BETTER
    return Colouring(stops, -most, most, _signed)


def _map(told: Told, land: _Land, place: int, colouring: Colouring) -> Chart:
    name = told.labels[told.names[place]]
    values = land.values[_FIRST][place, -1].tolist()
    title = f"{name}, {_years(told, land)[-1]}"
    svg = tile_map(
        tiles_of(land.places), values, colouring, title=f"{outcome_title(_FIRST)}: {title}",
        description=_extremes(land, values, _plain), ident=f"v{place}",
    )  # fmt: skip
    return Chart(name, svg)


def _difference_map(told: Told, land: _Land, place: int, colouring: Colouring) -> Chart:
    values = (land.values[_FIRST][place, -1] - land.values[_FIRST][0, -1]).tolist()
    title = f"{told.labels[told.names[place]]} minus {told.labels[told.names[0]]}"
    ringed = _open(told, land, told.names[place])
    svg = tile_map(
        tiles_of(land.places), values, colouring, title=f"{outcome_title(_FIRST)}: {title}",
        description=_extremes(land, values, _signed), ringed=ringed, ident=f"d{place}",
    )  # fmt: skip
    return Chart(title, svg)


def _extremes(land: _Land, values: list[float], tell: Callable[[float], str]) -> str:
    """Highest and lowest in words."""
    high, low = int(np.nanargmax(values)), int(np.nanargmin(values))
    return (
        f"Highest: {land.places[high].name} {tell(values[high])}; "
        f"lowest: {land.places[low].name} {tell(values[low])}."
    )


def _scale(colouring: Colouring, indicator: str, *, difference: bool = False) -> Chart:
    title = "Difference from the baseline" if difference else outcome_title(indicator)
    svg = scale_bar(colouring, title=f"Colours from {colouring.told(colouring.low)} to "
                    f"{colouring.told(colouring.high)}")  # fmt: skip
    return Chart(title, svg)


def _open(told: Told, land: _Land, name: str) -> list[bool]:
    """Whether a place's difference is open in the last year."""
    local, last = told.runs.local, told.study.months
    rows = local[local["month"] == last]
    one, two = (
        rows[rows["scenario"] == which].pivot(
            index="replicate", columns="local_government", values=_FIRST
        )
        for which in (told.names[0], name)
    )
    apart = (two - one).dropna()
    numbers = apart.index.to_numpy(dtype=np.int64)
    columns = (apart[place.name].to_numpy(dtype=np.float64) for place in land.places)
    return [_is_open(values, numbers, told.study.per_world) for values in columns]


def _is_open(values: Numbers, numbers: NDArray[np.int64], each: int) -> bool:
    if not each:
        _, low, high = confidence_interval(values)
        return not (low > 0.0 or high < 0.0)
    means = whole_worlds(values, numbers, each)[1].mean(axis=1)
    agreeing = max(int((means > 0.0).sum()), int((means < 0.0).sum()))
    return not is_sure(sure_word(agreeing, len(means)))


def _table(told: Told, land: _Land) -> Table:
    rows = [
        [Cell(f"{one_line(place.name)}", note=_native(place)), Cell(told.labels[name]),
         *figures(*(plain(float(land.values[one][k, -1, p])) for one in INDICATORS))]
        for p, place in enumerate(land.places)
        for k, name in enumerate(told.names)
    ]  # fmt: skip
    heads = cells("Place", "Scenario", *(outcome_title(one) for one in INDICATORS))
    return Table("Local governments in the last year", heads, rows)


def _native(place: LocalPlace) -> str:
    return "" if place.native_name == place.name else one_line(place.native_name)


def maps_data(told: Told) -> dict[str, Any]:
    """What the script colours maps by; empty without local readings."""
    land = _land(told)
    if land is None:
        return {}
    apart = {name: _difference_colouring(land, name) for name in INDICATORS}
    return {
        "years": _years(told, land),
        "low": LOW_TO_HIGH,
        "apart": WORSE_TO_BETTER,
        "values": {name: values.tolist() for name, values in land.values.items()},
        "range": {name: [round(v, 3) for v in _range(land.values[name])] for name in INDICATORS},
        "reach": {name: round(apart[name].high, 3) for name in INDICATORS},
        "fewer": [name for name in INDICATORS if lower_is_better(name)],
        "titles": {name: outcome_title(name) for name in INDICATORS},
    }


def maps_download(told: Told) -> list[Download]:
    """The last year by local government."""
    land = _land(told)
    if land is None:
        return []
    frame = pd.DataFrame(
        [
            (name, place.name, *(float(land.values[one][k, -1, p]) for one in INDICATORS))
            for k, name in enumerate(told.names)
            for p, place in enumerate(land.places)
        ],
        columns=["scenario", "local_government", *INDICATORS],
    )
    return [download("local_governments_last_year.csv", frame, "local governments, last year")]


__all__ = ["maps_data", "maps_download", "maps_section"]

"""A government's years under one scenario: what it does, its money, how residents judge it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.history import events
from sim.model import GovernanceModel
from sim.outcomes import WINDOW
from sim.questions.story.happenings import PROJECTS, events_of, happened
from sim.questions.story.points import Point, Track, listed, signed, swings
from sim.questions.story.who import CENTRAL

YEAR = 12
LEGEND = (
    "Positions on the figure's rows run from 0 (Gov1.0) over 1 (Gov2.0) to 2 (Gov3.0). Trust is "
    "that of residents, 0 to 100. Costs are money per citizen of the place (about a pound "
    "sterling). At the end means the last three years; counts are those of all years."
)
_RANKED = ("trust", "efficiency", "participation")
_SQUEEZED = 0.97
_QUEUE = 0.2
_SPELL, _PAUSE = 3, 7
_WAVE = 3
_BESIDE = (
    ("needs_met", "needs met", ".0f", " %", 2.0),
    ("fit", "the budget's fit", ".2f", "", 0.02),
    ("answered_share", "the share of inputs answered", ".2f", "", 0.1),
    ("online_supply", "services online", ".0f", " %", 5.0),
    ("incidents", "data breaches a year and place", ".1f", "", 0.3),
)
_STEPS = {
    0.5: "half-way from Gov1.0 to Gov2.0",
    1.0: "the position of Gov2.0",
    1.5: "half-way from Gov2.0 to Gov3.0",
}


def describe(model: GovernanceModel, row: int) -> list[str]:
    """The government in words and numbers, at month 0."""
    places, governments = model.place.local_governments, model.state.governments
    if row < 0:
        return [
            f"The central government above {len(places)} local governments of "
            f"{model.plan.society.place}, {model.size} citizens simulated. It "
            "hands out grants, surveys citizens, sets the national agenda and pushes or brokers.",
        ]
    local = places[row]
    capacity = governments.capacity[:-1]
    return [
        f"Local government of {local.population:,} people in {local.region} "
        f"({governments.residents[row]:.0f} simulated). Own revenue covers "
        f"{100 * local.self_reliance:.0f} % of its budget (rank "
        f"{_rank(governments.self_reliance[:-1], row)} of {len(places)}).",
        f"Administrative capacity {capacity[row]:.2f} of 1 at the start (rank "
        f"{_rank(capacity, row)} of {len(places)}).",
    ]


def full_name(model: GovernanceModel, row: int) -> str:
    """The government's name, in both scripts where there are two."""
    if row < 0:
        return "The central government"
    local = model.place.local_governments[row]
    return local.name if local.name == local.native_name else f"{local.name} ({local.native_name})"


def government_track(name: str, model: GovernanceModel, row: int) -> Track:
    """Turning points and ending of a government, from the record of a finished run."""
    record = model.record
    places = list(range(len(record.names))) if row < 0 else [row]
    months = slice(record.first, record.month)
    readings = record.readings(places)
    trace = pd.DataFrame({"month": np.arange(1, record.month - record.first + 1)} | readings)
    state = record.state[months, places].mean(axis=1)
    trace["funded"] = state[:, record.state_columns.index("funded")]
    trace["profile_mean"] = record.profiles[months, row].mean(axis=1)
    own = events(record)
    history = events_of(own, record.names[row] if row >= 0 else CENTRAL)
    track = Track(name, model.plan, trace, [], _ending(trace, own, history, model, row))
    track.points.extend(happened(history))
    track.points.extend(_straits(trace, track) if row >= 0 else _waves(own, track))
    track.points.extend(_crossings(trace, model, row))
    track.points.extend(_swings(trace, track))
    return track


def _rank(values: NDArray[Any], row: int) -> int:
    """1 for the highest."""
    return int((values > values[row]).sum()) + 1


def _straits(trace: pd.DataFrame, track: Track) -> Iterator[Point]:
    """Times in which money does not cover running costs, or people queue at the counters."""
    funded, wait = trace["funded"].to_numpy(), trace["wait"].to_numpy()
    for begin, end in _spells(funded < _SQUEEZED):
        lowest = float(funded[begin:end].min())
        text = (
            f"money is short until {track.date(end)}: it covers only {100 * lowest:.0f} % of the "
            "running costs at worst"
        )
        weight = 5.0 + min(20.0 * (1.0 - lowest), 4.0) + (1.0 - lowest)
        yield Point(begin + 1, "squeeze", text, weight)
    for begin, end in _spells(wait > _QUEUE):
        most = float(wait[begin:end].max())
        text = (
            f"queues until {track.date(end)}: up to {100 * most:.0f} % more people at the counters "
            "than these can serve in time"
        )
        yield Point(begin + 1, "queues", text, 4.0 + min(2.0 * most, 3.0))


def _spells(on: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First row, and the one after the last, of each spell of at least three months.

    A pause of up to half a year does not end a spell.
    """
    rows = np.flatnonzero(on)
    parts = np.split(rows, np.flatnonzero(np.diff(rows) > _PAUSE) + 1)
    return [(int(part[0]), int(part[-1]) + 1) for part in parts if len(part) >= _SPELL]


def _crossings(trace: pd.DataFrame, model: GovernanceModel, row: int) -> Iterator[Point]:
    """When the mean position passes half-way marks of the figure, in either direction."""
    start = float(model.record.start_profiles[row].mean())
    path = np.concatenate([[start], trace["profile_mean"].to_numpy()])
    for mark, meaning in _STEPS.items():
        above = path >= mark
        for at in np.flatnonzero(np.diff(above.astype(int)) != 0)[:1]:
            way = "rises above" if above[at + 1] else "falls below"
            text = f"on average over the rows it {way} {mark:g}, {meaning}"
            yield Point(int(at) + 1, "position", text, 6.5)


def _waves(own: pd.DataFrame, track: Track) -> Iterator[Point]:
    """What happens in many local governments at once, as the centre sees it."""
    local = own[~own["local_government"].isin([CENTRAL, "all", "local"])]
    count = int(local["local_government"].nunique())
    for kind, text, weight in (
        ("reform", "the most reforms in a year: {0}, in {1} local governments", 7.0),
        ("reversal", "the most reforms undone in a year: {0}", 6.0),
        ("data breach", "the most data breaches in a year: {0}", 4.0),
        ("grant left unclaimed", "the most grants left unclaimed in a year: {0}", 5.0),
        ("exit", "the most entrepreneurs that give up in a year: {0}", 4.0),
    ):
        own_kind = local[local["event"] == kind]
        if own_kind.empty:
            continue
        first = own_kind.iloc[0]
        years = (own_kind["month"] - 1) // YEAR
        year = int(years.mode().iloc[0])
        number, where = int((years == year).sum()), own_kind[years == year]["local_government"]
        if number >= _WAVE:
            yield Point(year * YEAR + 1, kind, text.format(number, where.nunique()), weight)
        if kind == "reform":
            who = first["local_government"]
            yield Point(int(first["month"]), kind, f"{who} is the first to reform", 6.0)
    held = local[local["event"] == "election"]
    for _, votes in held.groupby("month"):
        back = int((votes["what"] == "retreated").sum())
        if back:
            one = "retreats" if back == 1 else "retreat"
            text = f"elections: {back} of {count} local governments {one} from participation"
            yield Point(int(votes["month"].iloc[0]), "election", text, 4.0 + 4.0 * back / count)
        on = int((votes["what"] == "advanced").sum())
        if on:
            one = "turns" if on == 1 else "turn"
            text = f"elections: {on} of {count} local governments {one} to participation"
            yield Point(int(votes["month"].iloc[0]), "election", text, 4.0 + 4.0 * on / count)


def _swings(trace: pd.DataFrame, track: Track) -> Iterator[Point]:
    for swing in swings(trace["trust"].to_numpy()):
        way = "rises" if swing.size > 0 else "falls"
        begin, end = trace.iloc[swing.begin], trace.iloc[swing.end]
        text = (
            f"trust {way} from {swing.start:.0f} to {swing.stop:.0f} until "
            f"{track.date(swing.end + 1)}{_beside(begin, end)}"
        )
        yield Point(swing.begin + 1, "trust", text, 6.0 + abs(swing.size) / 2)


def _beside(begin: pd.Series, end: pd.Series) -> str:
    """What else residents met, where it was not the same at both ends of a swing."""
    told = [
        f"{what} from {begin[name]:{form}} to {end[name]:{form}}{unit}"
        for name, what, form, unit, least in _BESIDE
        if abs(end[name] - begin[name]) >= least
    ]
    return f", while {listed(told).replace(' from', ' went from', 1)}" if told else ""


def _ending(
    trace: pd.DataFrame,
    own: pd.DataFrame,
    history: pd.DataFrame,
    model: GovernanceModel,
    row: int,
) -> dict[str, str]:
    last = trace.tail(WINDOW).mean()
    told = {
        name: f"{last[name]:.0f} of 100{_standing(model, name, row)}" for name in _RANKED
    }  # fmt: skip
    counted = own if row < 0 else history
    counts = counted["event"].value_counts()
    ran = sum(int(counts.get(kind, 0)) for kind in PROJECTS)
    start = float(model.record.start_profiles[row].mean())
    told |= {
        "mean position, start to end": f"{start:.2f} to {trace['profile_mean'].iloc[-1]:.2f}",
        "needs met": f"{last['needs_met']:.0f} %",
        "services online": f"{last['online_supply']:.0f} %",
        "budget fits wishes": f"{last['fit']:.2f} of 1",
        "reforms": f"{counts.get('reform', 0)}, {counts.get('reversal', 0)} undone, "
        f"{counts.get('failed reform', 0)} failed",
        "ICT projects": f"{ran}, {counts.get('project failed', 0)} failed",
        "grants left unclaimed": f"{counts.get('grant left unclaimed', 0)}",
        "data breaches": f"{counts.get('data breach', 0)}",
        "services of entrepreneurs": f"{counts.get('service begins', 0)} begun, "
        f"{counts.get('service ends', 0)} died",
    }
    return told


def _standing(model: GovernanceModel, outcome: str, row: int) -> str:
    """` (rank 3 of 17)` by an outcome at the end; nothing for the centre."""
    record = model.record
    if row < 0:
        return ""
    places = range(len(record.names))
    values = [
        record.readings([place], last_only=True)[outcome][-WINDOW:].mean() for place in places
    ]
    return f" (rank {_rank(np.array(values), row)} of {len(values)})"


def closing(tracks: list[Track]) -> list[str]:
    """The difference at the end, in a sentence for each scenario after the first."""
    base, *others = tracks
    lines = []
    for other in others:
        one, two = (track.trace.tail(WINDOW).mean() for track in (base, other))
        apart = [
            f"{what} {signed(float(two[name] - one[name]))}"
            for name, what in (
                ("trust", "trust"),
                ("efficiency", "efficiency"),
                ("participation", "participation"),
                ("needs_met", "needs met (%)"),
                ("online_supply", "services online (%)"),
            )
        ]
        lines.append(
            f"In the last three years, under {other.name} against {base.name}: {', '.join(apart)}."
        )
    return lines

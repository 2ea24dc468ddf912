"""The network of institutions of each scenario at three dates, as places, ties and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.drawing.looks import Look, looks
from sim.drawing.words import listed, number, when
from sim.networks.recorded import CENTRE, FIRM, HUB, LOCAL, TIES
from sim.questions.comparison.study import Runs
from sim.scenario import Scenario
from sim.society.places import find_place

Numbers = NDArray[np.float64]
RING = {LOCAL: 1.0, HUB: 0.82, FIRM: 0.55}
STATUTORY, CONTRACT, OTHER = "statutory tie", "tie under contract", "other tie"
"""Radius of each kind's circle; the central government is in the middle."""


@dataclass(frozen=True)
class Web:
    """One scenario's network at one date; places are on a circle of radius one.

    `ends` are the institutions at both ends of every tie.
    """

    look: Look
    date: str
    nodes: dict[str, Numbers]
    tied: dict[str, NDArray[np.bool_]]
    lines: dict[str, Numbers]
    reading: dict[str, float]
    ends: tuple[tuple[str, str], ...] = ()

    @property
    def ties(self) -> int:
        """How many ties there are."""
        return sum(map(len, self.lines.values()))


@dataclass(frozen=True)
class Side:
    """One scenario: the names around the circle, and its network at some dates.

    `groups` are all institutions by region and kind.
    """

    look: Look
    names: tuple[str, ...]
    webs: tuple[Web, ...]
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_crowded(self) -> bool:
        """Whether there are too many local governments to draw each of them."""
        return len(self.names) > MOST_NAMES


def find_rows(runs: Runs) -> list[Side]:
    """Every scenario whose first replicate was measured; without measures none."""
    if runs.ties.empty or runs.networks.empty:
        return []
    found = looks(list(runs.study.scenarios))
    rows = []
    for name, scenario in runs.study.scenarios.items():
        ties, networks = (_first(frame, name) for frame in (runs.ties, runs.networks))
        if len(ties):
            rows.append(_row(found[name], scenario, ties, networks))
    return rows


def _first(frame: pd.DataFrame, scenario: str) -> pd.DataFrame:
    return frame[(frame["scenario"] == scenario) & (frame["replicate"] == 0)]


def _row(look: Look, scenario: Scenario, ties: pd.DataFrame, networks: pd.DataFrame) -> Side:
    months = [int(month) for month in networks["month"]]
    shown = sorted({months[0], months[(len(months) - 1) // 2], months[-1]})
    formal = ties[(ties["month"] == months[0]) & (ties["tie"] == TIES[2])]
    names = tuple(map(str, formal["other"]))
    places = _places(names, scenario.society.entrepreneurs)
    webs = [
        _web(
            look,
            when(scenario, month),
            places,
            ties[ties["month"] == month],
            networks[networks["month"] == month],
        )
        for month in shown
    ]
    return Side(look, names, tuple(webs), _groups(scenario, names))


def _groups(scenario: Scenario, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Local governments by region (or in parts of the list where there are no regions), others."""
    society = scenario.society
    normals = np.zeros((society.local_governments, 2))
    place = find_place(society.place, count=society.local_governments, normals=normals)
    region = {tile.name: tile.region for tile in place.local_governments}
    if len(set(region.values())) == 1:
        step = -(-len(names) // MOST_NAMES)
        parts = [tuple(names[k : k + step]) for k in range(0, len(names), step)]
        groups = {f"{part[0]} to {part[-1].split()[-1]}": part for part in parts}
    else:
        groups = {
            title: tuple(name for name in names if region.get(name) == title)
            for title in dict.fromkeys(region.get(name, "") for name in names)
        }
    return groups | {
        "civic hubs": tuple(f"{name} {HUB}" for name in names),
        "entrepreneurs": tuple(f"{FIRM} {k + 1}" for k in range(society.entrepreneurs)),
        "the centre": (CENTRE,),
    }


def shares_of_ties(web: Web, groups: Mapping[str, Sequence[str]]) -> Numbers:
    """Per cent of all possible ties that exist, within (diagonal) and between groups."""
    group = {name: place for place, own in enumerate(groups.values()) for name in own}
    sizes = np.array([len(own) for own in groups.values()], dtype=np.float64)
    counts = np.zeros((len(sizes), len(sizes)))
    for one, other in web.ends:
        a, b = group[one], group[other]
        counts[a, b] += 1.0
        counts[b, a] += a != b
    possible = np.outer(sizes, sizes)
    np.fill_diagonal(possible, sizes * (sizes - 1.0) / 2.0)
    return np.asarray(100.0 * counts / np.where(possible > 0.0, possible, np.nan))


def _places(names: Sequence[str], firms: int) -> dict[str, dict[str, Numbers]]:
    """Where every institution is, by kind and name: the same at all dates and in all scenarios."""
    hubs = [f"{name} {HUB}" for name in names]
    of_kind = {
        CENTRE: {CENTRE: np.zeros(2)},
        LOCAL: dict(zip(names, _circle(len(names), RING[LOCAL]), strict=True)),
        HUB: dict(zip(hubs, _circle(len(names), RING[HUB]), strict=True)),
        FIRM: dict(
            zip([f"{FIRM} {k + 1}" for k in range(firms)], _circle(firms, RING[FIRM]), strict=True)
        ),
    }
    return of_kind


def _circle(count: int, radius: float) -> Numbers:
    """Points on a circle, clockwise from the top; y runs downwards."""
    angle = 2.0 * np.pi * np.arange(count) / max(1, count)
    return radius * np.stack([np.sin(angle), -np.cos(angle)], axis=1)


def _web(
    look: Look,
    date: str,
    places: dict[str, dict[str, Numbers]],
    ties: pd.DataFrame,
    reading: pd.DataFrame,
) -> Web:
    known = {name: place for own in places.values() for name, place in own.items()}
    ends = {*ties["one"], *ties["other"]}
    lines = {}
    formal, contract = ties["tie"] == TIES[2], ties["contract_months"] > 0
    chosen = {OTHER: ~formal & ~contract, CONTRACT: ~formal & contract, STATUTORY: formal}
    for kind, mask in chosen.items():
        own = ties[mask]
        pairs = [(known[a], known[b]) for a, b in zip(own["one"], own["other"], strict=True)]
        lines[kind] = np.array(pairs).reshape(-1, 2, 2)
    return Web(
        look,
        date,
        {kind: np.array(list(own.values())).reshape(-1, 2) for kind, own in places.items()},
        {kind: np.array([name in ends for name in own]) for kind, own in places.items()},
        lines,
        {str(key): float(reading[key].iloc[0]) for key in READINGS},
        tuple(zip(ties["one"].astype(str), ties["other"].astype(str), strict=True)),
    )


READINGS = ("density", "giant_share", "loss_without_centre")


def readings(web: Web) -> list[str]:
    """What is written under a network."""
    density, giant, loss = (100.0 * web.reading[name] for name in READINGS)
    return [
        f"{web.ties} ties, density {number(density)} %",
        f"{number(giant)} % in the largest connected part",
        f"{number(loss)} % of it cut off without the centre",
    ]


MOST_NAMES = 20
"""With more local governments than this a drawing of each tie cannot be read."""
TABLE_NOTE = (
    "There are too many local governments to draw every tie: rows and columns of each square are "
    "regions, civic hubs, entrepreneurs and the centre, in the same order; a cell's colour is the "
    "per cent of all possible ties between the two, or within one, that exist."
)
NOTE = (
    "Circles hold local governments (outside), their civic hubs (where citizens' inputs keep them "
    "alive) and entrepreneurs (inside); the central government is in the middle. Every institution "
    "has the same place at every date and under every scenario."
)


def webs_note(rows: Sequence[Side]) -> str:
    """How to read circles, or squares where there are many local governments, or both."""
    crowded = [row.is_crowded for row in rows]
    return " ".join(
        text for text, there in ((NOTE, not all(crowded)), (TABLE_NOTE, any(crowded))) if there
    )


def webs_caption(rows: Sequence[Side]) -> str:
    """What the figure of networks shows and how to read it."""
    faint = "" if all(row.is_crowded for row in rows) else " The more ties of a kind, the fainter."
    return (
        "The network of institutions in the first replicate of each scenario, one row per scenario "
        f"and one column per date. {webs_note(rows)}{faint} Below each network: density is the "
        "share of all possible ties that exist; then the share of institutions in the largest "
        "connected part; then the share of that part which is cut off from it when the central "
        "government is gone. More replicates and more measures are in networks.csv."
    )


def webs_alt_text(rows: Sequence[Side]) -> str:
    """The numbers under the networks, in words."""
    parts = [
        f"{row.look.name}: " + "; ".join(f"at {w.date}, {listed(readings(w))}" for w in row.webs)
        for row in rows
    ]
    return f"Networks of institutions at several dates. {'. '.join(parts)}."

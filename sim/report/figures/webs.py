"""The network of institutions of each scenario at three dates, as places, ties and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.experiments.run import Runs
from sim.networks.recorded import CENTRE, FIRM, HUB, LOCAL, TIES
from sim.report.figures.looks import Look, looks
from sim.report.figures.words import listed, number, when
from sim.scenario import Scenario

Numbers = NDArray[np.float64]
RING = {LOCAL: 1.0, HUB: 0.82, FIRM: 0.55}
STATUTORY, CONTRACT, OTHER = "statutory tie", "tie under contract", "other tie"
"""Radius of each kind's circle; the central government is in the middle."""


@dataclass(frozen=True)
class Web:
    """One scenario's network at one date; places are on a circle of radius one."""

    look: Look
    date: str
    nodes: dict[str, Numbers]
    tied: dict[str, NDArray[np.bool_]]
    lines: dict[str, Numbers]
    reading: dict[str, float]

    @property
    def ties(self) -> int:
        """How many ties there are."""
        return sum(map(len, self.lines.values()))


@dataclass(frozen=True)
class Row:
    """One scenario: the names around the circle, and its network at some dates."""

    look: Look
    names: tuple[str, ...]
    webs: tuple[Web, ...]


def find_rows(runs: Runs) -> list[Row]:
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


def _row(look: Look, scenario: Scenario, ties: pd.DataFrame, networks: pd.DataFrame) -> Row:
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
    return Row(look, names, tuple(webs))


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


NOTE = (
    "Circles hold local governments (outside), their civic hubs (where citizens' inputs keep them "
    "alive) and entrepreneurs (inside); the central government is in the middle. Every institution "
    "has the same place at every date and under every scenario."
)
CAPTION = (
    "The network of institutions in the first replicate of each scenario, one row per scenario and "
    f"one column per date. {NOTE} The more ties of a kind, the fainter each. Below each network: "
    "density is the share of all possible ties that exist; then the share of institutions in the "
    "largest connected part; then the share of that part which is cut off from it when the central "
    "government is gone. More replicates and more measures are in networks.csv."
)


def webs_alt_text(rows: Sequence[Row]) -> str:
    """The numbers under the networks, in words."""
    parts = [
        f"{row.look.name}: " + "; ".join(f"at {w.date}, {listed(readings(w))}" for w in row.webs)
        for row in rows
    ]
    return f"Networks of institutions at several dates. {'. '.join(parts)}."

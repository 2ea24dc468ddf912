"""The figure of the source, twelve rows by the paradigms, with where each option stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.drawing.svg.strips import key
from sim.paradigms import FIGURE
from sim.report.page.blocks import Cell, Section, Table, cells
from sim.report.page.told import Told
from sim.scenario import Scenario

_SAME = 0.05
SOURCE = (
    "Myeong Seung-hwan, Smart Society: From E-Government to E-Governance, Korea IT Times, 5 August "
    "2015, Figure 1"
)


@dataclass(frozen=True)
class _Stand:
    """Where an option stands on each row at the start and, where it is known, at the end."""

    label: str
    svg: str
    start: Sequence[float]
    end: Sequence[float]


def figure_section(told: Told) -> Section:
    """The table with marks of all options; positions are means over local governments."""
    stands = [_stand(told, name) for name in told.names]
    heads = [f"{one.label} {one.name}" for one in FIGURE.paradigms]
    rows = [
        [Cell(f"{row.number} {row.title}"),
         *(_cell(stands, k, place, row.wording[one.id])
           for place, one in enumerate(FIGURE.paradigms))]
        for k, row in enumerate(FIGURE.rows)
    ]  # fmt: skip
    table = Table(
        "Twelve rows by three paradigms", cells("Row", *heads), rows,
        note=f"Source: {SOURCE}. Below the wording: who stands there, mean over local governments; "
        "a number is a position between two paradigms, 0 to 2.",
    )  # fmt: skip
    return Section("figure", "The figure: who stands where", [table], long=True)


def _stand(told: Told, name: str) -> _Stand:
    scenario = told.study.scenarios[name]
    start = _start(told, name, scenario)
    end = [
        told.last.get((name, f"profile_{row}"), {}).get("mean", start[k])
        for k, row in enumerate(FIGURE.row_ids)
    ]
    return _Stand(told.labels[name], key(told.pens[name]), start, end)


def _start(told: Told, name: str, scenario: Scenario) -> list[float]:
    """The profile that is asked for or, after a history, that of its last year."""
    before = told.runs.before
    if scenario.history is None or before.empty:
        return [float(value) for value in scenario.profile]
    own = before[before["scenario"] == name]
    last = own[own["month"] == own["month"].max()]
    columns: Mapping[str, float] = last.mean(numeric_only=True).to_dict()
    return [columns.get(f"profile_{row}", 0.0) for row in FIGURE.row_ids]


def _cell(stands: Sequence[_Stand], row: int, place: int, wording: str) -> Cell:
    here = [(one.svg, text) for one in stands for text in _told(one, row, place)]
    return Cell(wording, tags=here, kind="here" if here else "")


def _told(stand: _Stand, row: int, place: int) -> Iterator[str]:
    start, end = stand.start[row], stand.end[row]
    moved = abs(start - end) > _SAME
    if round(start) == place:
        when = " at the start" if moved else ""
        yield f"{stand.label}{_position(start, place)}{when}"
    if moved and round(end) == place:
        yield f"{stand.label}{_position(end, place)} at the end"


def _position(value: float, place: int) -> str:
    return "" if abs(value - place) <= _SAME else f" {value:.1f}"

"""One local government beside the nation, where somebody asks for it: charts, and a table."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

from sim.drawing.svg.courses import Course, course_chart
from sim.questions.comparison.focus import of_nation, of_place
from sim.questions.comparison.residents import ENOUGH, people_each, residents
from sim.report.page.blocks import Block, Cell, Chart, Charts, Section, Table, Words, cells, figures
from sim.report.page.charts import course_of, plain_years
from sim.report.page.maps import INDICATORS
from sim.report.page.numbers import interval, plain
from sim.report.page.told import Told, outcome_title
from sim.scenario.more_citizens import people_told
from sim.society.places import is_drawn
from sim.statistics import range_of
from sim.text import one_line

_MOST_DRAWN = 4
"""Places whose charts a page has room for; of further ones it has the table."""


def focus_section(told: Told) -> Section | None:
    """What is in focus beside the nation; None where nobody asks for it."""
    found = _in_focus(told)
    nation = Told(of_nation(told.runs), told.path, told.manifest)
    blocks: list[Block] = []
    for place, (name, own) in enumerate(found.items()):
        if warning := _few(told, name):
            blocks.append(Words([warning]))
        if place < _MOST_DRAWN:
            blocks.append(_charts(told, own, nation, name, place))
        blocks.append(_table(told, own, name))
    if not blocks:
        return None
    if len(found) > _MOST_DRAWN:
        drawn = f"Charts are drawn of the first {_MOST_DRAWN} places in focus; tables are of all."
        blocks.insert(0, Words([drawn]))
    shown = ", ".join(_shown(name) for name in found)
    return Section(
        "focus", f"In focus: {shown}", blocks,
        lead="Each point of a chart is the mean of what was read at the ends of the three years up "
        f"to it, of the place as of {whole_told(told)}.",
    )  # fmt: skip


def whole_told(told: Told) -> str:
    """What all local governments are together: a file of one's own need not be a nation."""
    return "all places" if told.first.society.place.endswith(".csv") else "the nation"


def focus_data(told: Told) -> dict[str, list[list[float]]]:
    """What the script shows beside the pointer, by chart: the values of each scenario."""
    return {
        _ident(place, outcome): [
            [round(value, 2) for value in _values(own, name, outcome)] for name in told.names
        ]
        for place, own in enumerate(list(_in_focus(told).values())[:_MOST_DRAWN])
        for outcome in INDICATORS
    }


def _in_focus(told: Told) -> dict[str, Told]:
    """The study as each local government in focus lived it; those that are there at all."""
    there = set(told.runs.local["local_government"])
    return {
        name: Told(of_place(told.runs, name), told.path, told.manifest)
        for name in told.study.focus
        if name in there
    }


def _shown(name: str) -> str:
    return " ".join(one_line(name).split())


def _ident(place: int, outcome: str) -> str:
    return f"focus-{place}-{outcome}"


def _few(told: Told, name: str) -> str:
    """A warning in words where readings of a place are mostly luck."""
    if is_drawn(told.first.society.place):
        return ""
    count = residents(told.first).get(name, ENOUGH)
    if count >= ENOUGH:
        return ""
    return (
        f"Take what is read of {_shown(name)} with care: it has {count} simulated citizens, and "
        f"with fewer than {ENOUGH} one person more or less moves a line. The same command with "
        f"--citizens-in {shlex.quote(_shown(name))} 2000 simulates more of them."
    )


def _charts(told: Told, own: Told, nation: Told, name: str, place: int) -> Charts:
    bars = (
        "thin line: nine of ten worlds; thick line: what luck alone would do in one of them"
        if told.study.worlds
        else "thin line: nine of ten replicates; thick line: 95 % confidence of the mean"
    )
    note = (
        f"Thick, with marks: {_shown(name)}{_people(told, name)}. Thin, without marks: "
        f"{whole_told(told)}, in the colour and dashes of the same scenario. At the right edge, of "
        f"{_shown(name)} alone: {bars}."
    )
    charts = [_chart(own, nation, name, place, one) for one in INDICATORS]
    return Charts(charts, note=note)


def _people(told: Told, name: str) -> str:
    """`, 2,000 citizens simulated, each for 347 people`."""
    if is_drawn(told.first.society.place):
        return ""
    count = residents(told.first).get(name)
    each = people_each(told.first).get(name)
    if count is None or each is None:
        return ""
    return f", {count:,} citizens simulated, each for {people_told(each)} people"


def _chart(own: Told, nation: Told, name: str, place: int, outcome: str) -> Chart:
    title, years = f"{_shown(name)}: {outcome_title(outcome).lower()}", plain_years(own)
    courses = [
        replace(course_of(own, one, outcome), behind=_values(nation, one, outcome))
        for one in own.names
        if (one, outcome) in own.by_year
    ]
    whole = whole_told(own)
    shown = "; ".join(_said(one, whole) for one in courses)
    svg = course_chart(
        courses, years, title=f"{title}, {own.unit(outcome)}",
        description=f"Lines over the years {years[0]} to {years[-1]}, of {_shown(name)} and of "
        f"{whole}: {shown}.",
        within=range_of(outcome), size=(420.0, 290.0), ident=_ident(place, outcome),
        behind=f"thin, without marks: {whole}",
    )  # fmt: skip
    return Chart(title, svg, own.unit(outcome), table=_numbers(courses, years, title, whole))


def _said(one: Course, whole: str) -> str:
    first, last = plain(one.values[0]), plain(one.values[-1])
    nation = f" ({whole} {plain(one.behind[0])} to {plain(one.behind[-1])})"
    return f"{one.name} from {first} to {last}{nation if one.behind else ''}"


def _values(told: Told, scenario: str, outcome: str) -> list[float]:
    """An outcome's values at the end of each year; none of what is not there."""
    rows = told.by_year.get((scenario, outcome))
    if rows is None:
        return []
    found: list[float] = rows[rows["month"] <= told.study.months]["mean"].tolist()
    return found


def _numbers(courses: Sequence[Course], years: Sequence[int], title: str, whole: str) -> Table:
    shown = whole.removeprefix("the ")
    head = [text for one in courses for text in (one.name, f"{one.name}, {shown}")]
    rows = [
        [Cell(str(year)),
         *figures(*(plain(values[at]) for one in courses for values in (one.values, one.behind)))]
        for at, year in enumerate(years)
    ]  # fmt: skip
    return Table(title, cells("Year", *head), rows)


def _table(told: Told, own: Told, name: str) -> Table:
    rows = [
        [Cell(outcome_title(one), note=told.unit(one)), Cell(told.labels[scenario]),
         _cell(own, scenario, one), _cell(told, scenario, one)]
        for one in INDICATORS
        for scenario in told.names
    ]  # fmt: skip
    note = "Means of the last three years; below, nine of ten "
    note += "worlds." if told.study.worlds else "replicates."
    shown, whole = _shown(name), whole_told(told)
    heads = cells("Outcome", "Scenario", shown, whole.removeprefix("the ").capitalize())
    return Table(f"{shown} beside {whole}", heads, rows, note)


def _cell(told: Told, scenario: str, outcome: str) -> Cell:
    if (scenario, outcome) not in told.last:
        return Cell("")
    row = told.last[scenario, outcome]
    ends = ("worlds_low", "worlds_high") if told.study.worlds else ("spread_low", "spread_high")
    return Cell(plain(row["mean"]), note=interval(*(row[end] for end in ends)), kind="number")

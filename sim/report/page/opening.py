"""The beginning of the page: what differs in assumptions, then in policy; starting facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from sim.declared import PARAMETERS
from sim.explain.changes import Change, changes
from sim.questions.comparison.residents import simulated, too_few
from sim.report.page.blocks import Cell, Section, Table, Unfolded, Words, cells
from sim.report.page.told import Told, place_told
from sim.report.page.wording import in_words, lowered, named, paradigm_told, reworded
from sim.scenario.starting import starting_facts as of_start
from sim.society.places import find_place, is_drawn

Fact: TypeAlias = tuple[str, str, str]
"""Subject, value and origin."""
_ORIGINS = {"given": "Given", "drawn": "Drawn by luck", "default": "Taken from declared defaults"}
_ASSUMED = ("cells.", "shock ", "no longer shock ", "history", "worlds.hold")


def differences_told(told: Told) -> Section | None:
    """What each scenario changes against the baseline: assumptions first, then policy."""
    if told.baseline is None:
        return None
    first = told.study.scenarios[told.baseline]
    found = {name: changes(first, told.study.scenarios[name]) for name in told.study.others}
    blocks = []
    for assumed, title, none in (
        (True, "What differs in assumptions", "none. All share what nobody can choose, so "
         "that outcomes differ by policy alone."),
        (False, "What differs in policy", "No policy differs."),
    ):  # fmt: skip
        rows = [
            (name, change)
            for name, own in found.items()
            for change in own
            if is_assumption(change) == assumed
        ]
        blocks.append(_table(title, rows, told) if rows else Words([f"{title}: {none}"]))
    return Section(
        "differences", "What differs", blocks,
        lead=f"Old values are those of {told.labels[told.baseline]}, the baseline.",
    )  # fmt: skip


def is_assumption(change: Change) -> bool:
    """Whether a change is of something that nobody can choose."""
    path = change.path.removeprefix("no longer ").removeprefix("policy ")
    if path in PARAMETERS:
        return PARAMETERS[path].role != "lever"
    return path.startswith((*_ASSUMED, "society."))


def _table(title: str, rows: Sequence[tuple[str, Change]], told: Told) -> Table:
    heads = ("Scenario", "What", "Old", "New", "Unit, or who", "When", "Why, or what it rests on")
    lines = [
        [Cell(told.labels[name]), named(one.path, shown=True),
         *cells(paradigm_told(one.old) or "-", paradigm_told(one.new), one.unit,
                one.when or "from the start", reworded(one.source))]
        for name, one in rows
    ]  # fmt: skip
    filled = [k for k in range(len(heads)) if any(line[k].text for line in lines)]
    return Table(
        title,
        cells(*(heads[k] for k in filled)),
        [[line[k] for k in filled] for line in lines],
    )


def starting_facts(told: Told) -> Section:
    """What the place is taken to be: to be confirmed before anything below is believed."""
    facts, columns = list(_facts(told)), list(_of_place(told))
    table = Table(
        "Starting facts",
        cells("Subject", "Value", "From"),
        [
            [_headed(named(subject)), *cells(reworded(value), source)]
            for subject, value, source in [*facts, *columns]
        ],
    )
    few = too_few(told.study.scenarios.values())
    lines = [*_in_short(facts, columns), *([f"Small places: {few}."] if few else [])]
    blocks: list[Words | Unfolded] = [Words(lines), Unfolded("All starting facts", [table])]
    return Section(
        "start", "Starting facts", blocks,
        lead="Please confirm these first: everything below rests on them.",
    )  # fmt: skip


def _in_short(facts: Sequence[Fact], columns: Sequence[Fact]) -> Iterator[str]:
    """What is asked of which place, and which of its columns were given and which were not."""
    value = {subject: told for subject, told, _ in facts}
    people = f", {value['residents']} people" if "residents" in value else ""
    yield (
        f"{value['place']}: {value['local governments']} local governments{people}, "
        f"{value['simulated citizens']} simulated citizens; {value['years']} years from "
        f"{value['start']}, in {value['asked in']}."
    )
    for origin in ("given", "drawn", "default"):
        own = [
            lowered(in_words(subject))
            for subject, _, source in columns
            if source.startswith(origin)
        ]
        if own:
            yield f"{_ORIGINS[origin]}: {'; '.join(own)}."


def _headed(cell: Cell) -> Cell:
    """A cell that begins a line."""
    return replace(cell, text=cell.text[:1].upper() + cell.text[1:])


def _facts(told: Told) -> Iterator[Fact]:
    society, study = told.first.society, told.study
    yield "place", place_told(society.place), "scenario"
    if not is_drawn(society.place):
        places = find_place(society.place).local_governments
        residents = sum(place.population for place in places)
        yield "local governments", f"{len(places)}", "data of the place"
        yield "residents", f"{residents:,.0f}", "data of the place"
    else:
        yield "local governments", f"{society.local_governments}", "drawn by luck"
    yield "simulated citizens", f"{simulated(told.first):,}", "scenario"
    spans = {(one.start, one.years) for one in study.scenarios.values()}
    starts = sorted({start for start, _ in spans})
    years = sorted({years for _, years in spans})
    yield "start", ", ".join(starts), "scenario"
    yield "years", ", ".join(map(str, years)), "scenario"
    yield "asked in", told.count, "command"
    if study.per_world:
        yield "replicates in each world", str(study.per_world), "command"
    yield "seed of all luck", str(study.seed), "command or scenario"


def _of_place(told: Told) -> Iterator[Fact]:
    """Each column of the place: given, drawn or a default, and by whom it was published."""
    for fact in of_start(told.first):
        source = f": {fact.source}" if fact.source else ""
        yield fact.subject, fact.value, f"{fact.origin}{source}"


__all__ = ["Cell", "differences_told", "is_assumption", "starting_facts"]

"""What a name means: a parameter, outcome, process, row, cell, paradigm, shock or file."""

from __future__ import annotations

import importlib
import textwrap
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path

from sim.declared import GROUPS, PARAMETERS, SHOCKS, TAGS
from sim.errors import UserMistake
from sim.experiments.experiment_files import experiment_names, is_experiment
from sim.explain import keys as explain_keys
from sim.explain.changes import explain_scenario
from sim.explain.experiments import explain_experiment
from sim.explain.figure_table import NAMES as FIGURE_NAMES
from sim.explain.figure_table import figure_table
from sim.explain.influence import moved_by
from sim.history import KINDS as EVENTS
from sim.networks.declared import MEASURES
from sim.outcome_words import difference_unit
from sim.outcomes import COMPONENTS, OUTCOMES
from sim.paradigms import FIGURE
from sim.parameters import Parameter
from sim.scenario.files import shipped_names
from sim.scenario.held import CELLS
from sim.scenario.rules import RULES, choices
from sim.scenario.starting import is_own_file, sheet_told
from sim.text import one_line, short
from sim.worlds.anchors import anchors, unknown_anchor

_WIDTH = 100
_SHOWN = 3
_PROCESSES = {
    "environment": "P1", "agenda": "P3", "decision": "P4", "projects": "P5", "service": "P6",
    "participation": "P7", "incidents": "P8", "problems": "P4b", "trust": "P9", "market": "P10",
    "network": "P10b", "accounts": "P11a", "reform": "P11b", "frontier": "P11c", "blending": "P2",
    "engagement": "P7b", "open_data": "P5b", "cohorts": "P6a",
}  # fmt: skip
_GROUP_OF = {"accounts": "finance", "environment": "society"}


def explain(name: str, baseline: str) -> str:
    """The explanation of a name, or of a scenario file against its parent and a baseline."""
    if is_experiment(name):
        return explain_experiment(name)
    if is_own_file(name):
        return "\n".join(sheet_told(name))
    if Path(name).is_file() or name in shipped_names():
        return explain_scenario(name, baseline)
    found = [text for text in (find(name) for find in _FINDERS) if text is not None]
    if found:
        return "\n\n".join(found)
    match = get_close_matches(name, list(dict.fromkeys(_all_names())), n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(map(repr, match))}?" if match else ""
    shown = short(one_line(name))
    raise UserMistake(
        f"{shown}: not a scenario, parameter, outcome, process, row, cell, paradigm, shock, key, "
        f"place or column{hint}"
    )


def _parameter(name: str) -> str | None:
    if name not in PARAMETERS:
        return None
    p = PARAMETERS[name]
    lines = [
        f"{name}: {p.meaning}.",
        _allowed(p),
        f"  {p.role}; holds from month 0 and cannot change later" if p.at_start else f"  {p.role}",
        f"  rests on: {TAGS[p.tag]} - {p.source}",
    ]
    moved = moved_by(name)
    if moved:
        lines.append("  " + _moved(moved))
    return "\n".join(lines)


def _allowed(p: Parameter) -> str:
    if not p.choices:
        return f"  default {p.default:g}, range {p.low:g} to {p.high:g} ({p.unit})"
    process = p.name.partition(".")[0]
    return (
        f"  {p.choices[0]} unless chosen, as rules: {{{process}: {p.choices[-1]}}}; one of "
        f"{', '.join(p.choices)}"
    )


def _rule(name: str) -> str | None:
    """All choices between alternative rules, or those with a rule of this name."""
    asked = name.removeprefix(f"{RULES}.")
    found = [
        p
        for process, p in choices().items()
        if name == RULES or name in p.choices or (asked != name and asked == process)
    ]
    return "\n\n".join(filter(None, (_parameter(p.name) for p in found))) or None


def _moved(moved: list[tuple[str, float]]) -> str:
    shown = ", ".join(
        f"{outcome} by {size:.1f} {difference_unit(outcome)}" for outcome, size in moved[:_SHOWN]
    )
    return f"from one end of its range to the other, it moves {shown} (three scenarios)"


def _outcome(name: str) -> str | None:
    for outcome in (*OUTCOMES, *COMPONENTS):
        if outcome.name == name:
            better = {"higher": "higher is better", "lower": "lower is better"}
            lines = [
                f"{name}: {outcome.meaning}.",
                f"  {_unit(outcome.unit)}; {better.get(outcome.direction, 'neither good nor bad')}",
                f"  formula: {outcome.formula}",
            ]
            if outcome.components:
                lines.append(f"  components: {', '.join(outcome.components)}")
            return "\n".join(lines)
    return None


def _unit(unit: str) -> str:
    return "points of an index from 0 to 100" if unit == "points" else unit


def _measure(name: str) -> str | None:
    for measure in MEASURES:
        if measure.name == name:
            return (
                f"{name}: a yearly measure of the network of institutions.\n"
                f"  {measure.meaning} ({measure.unit}); a column of networks.csv"
            )
    return None


def _process(name: str) -> str | None:
    name = next((process for process, number in _PROCESSES.items() if number == name), name)
    if name not in _PROCESSES:
        return None
    module = importlib.import_module(f"sim.processes.{name}")
    group = _GROUP_OF.get(name, name)
    lines = [
        f"{name}: process {_PROCESSES[name]} of the month.",
        textwrap.indent((module.__doc__ or "").strip(), "  "),
    ]
    own = [p for p in PARAMETERS.values() if group in GROUPS and p.name.startswith(f"{group}.")]
    if own:
        lines += ["", "  parameters:", *(f"    {p.name}: {p.meaning}" for p in own)]
    cells = [cell for cell in FIGURE.cells if name in cell.process]
    if cells:
        lines += ["", "  cells of the figure that it reads:"]
        lines += [f"    {cell.name} ({cell.row}): {cell.meaning}" for cell in cells]
    return "\n".join(lines)


def _row(name: str) -> str | None:
    name = name.removeprefix("governance.").removeprefix("central.")
    for row in FIGURE.rows:
        if row.id == name:
            lines = [f"{name}: row {row.number} of the figure, {row.title}."]
            lines += [f"  {paradigm}: {wording}" for paradigm, wording in row.wording.items()]
            for cell in row.cells:
                lines += ["", textwrap.indent(_cell(cell.name) or "", "  ")]
            return "\n".join(lines)
    return None


def _anchor(name: str) -> str | None:
    """One anchor of a cell, as it varies in experiments and worlds."""
    if not name.startswith(CELLS) and name.count(".") == 1:
        name = CELLS + name
    if name not in anchors():
        known, _, paradigm = name.removeprefix(CELLS).partition(".")
        fixed = paradigm in FIGURE.paradigm_ids and known in {c.name for c in FIGURE.cells}
        return f"{_cell(known)}\n  {unknown_anchor(name)}" if fixed else None
    one = anchors()[name]
    cell = one.cell
    return "\n".join(
        [
            f"{name}: {cell.meaning}; under {' and '.join(one.together)}.",
            f"  {one.default:g} ({cell.unit})",
            f"  in worlds, and as a factor unless told otherwise: {one.low:g} to {one.high:g}; at "
            f"most {one.least:g} to {one.most:g}",
            f"  set by row {cell.row}, read by {cell.process}",
            f"  rests on: {TAGS[cell.tag]} - {cell.source}",
        ]
    )


def _cell(name: str) -> str | None:
    name = name.removeprefix("cells.")
    for cell in FIGURE.cells:
        if cell.name == name:
            values = ", ".join(
                f"{p} {v:g}" for p, v in zip(FIGURE.paradigm_ids, cell.values, strict=True)
            )
            return "\n".join(
                [
                    f"{name}: {cell.meaning}.",
                    f"  {values} ({cell.unit}; range {cell.low:g} to {cell.high:g})",
                    f"  set by row {cell.row}, read by {cell.process}",
                    f"  rests on: {TAGS[cell.tag]} - {cell.source}",
                ]
            )
    return None


def _event(name: str) -> str | None:
    if name not in EVENTS:
        return None
    return f"{name}: an event of a government, in events.parquet and stories.\n  {EVENTS[name]}"


def _paradigm(name: str) -> str | None:
    for paradigm in FIGURE.paradigms:
        if name in (paradigm.label, paradigm.name):
            lines = [f"{paradigm.label}, {paradigm.name} (`{paradigm.id}` in scenario files)"]
            lines += [f"  {row.id}: {row.wording[paradigm.id]}" for row in FIGURE.rows]
            return "\n".join(lines)
    return None


def _shock(name: str) -> str | None:
    if name not in SHOCKS:
        return None
    kind = SHOCKS[name]
    return (
        f"{name}: a shock. {kind.meaning}.\n"
        f"  size: {kind.size_meaning}, {kind.low:g} to {kind.high:g}, usually {kind.size:g}\n"
        f"  lasts {kind.months} months unless told otherwise"
    )


def _figure(name: str) -> str | None:
    return figure_table() if name in FIGURE_NAMES else None


_FINDERS: tuple[Callable[[str], str | None], ...] = (
    _figure, _parameter, _outcome, _measure, _process, _row, _cell, _anchor, _paradigm, _shock,
    _event, explain_keys.key, _rule, explain_keys.word, explain_keys.place,
    explain_keys.place_column,
)  # fmt: skip


def _all_names() -> Iterator[str]:
    yield from shipped_names()
    yield from experiment_names()
    yield from PARAMETERS
    yield from (name for p in choices().values() for name in p.choices)
    yield from (outcome.name for outcome in (*OUTCOMES, *COMPONENTS))
    yield from (measure.name for measure in MEASURES)
    yield from _PROCESSES
    yield from FIGURE.row_ids
    yield from (cell.name for cell in FIGURE.cells)
    yield from anchors()
    yield from (paradigm.label for paradigm in FIGURE.paradigms)
    yield from SHOCKS
    yield from EVENTS
    yield from explain_keys.names()
    yield from FIGURE_NAMES

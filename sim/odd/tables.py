"""The protocol's tables, from declarations: parameters, cells, state, outcomes, luck, shocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.engine.columns import columns_of
from sim.engine.luck import KEYS
from sim.networks.declared import MEASURES
from sim.odd.names import GROUPS, STATE
from sim.outcomes import COMPONENTS, OUTCOMES
from sim.paradigms import FIGURE
from sim.parameters import TAGS
from sim.processes.declared import GROUPS as PARAMETER_GROUPS
from sim.processes.declared import PARAMETERS
from sim.processes.shocks import SHOCKS
from sim.scenario.blocks import Society

KINDS = {
    "f4": "number, 32 bits", "f8": "number, 64 bits", "u1": "0 to 255", "u2": "0 to 65,535",
    "u4": "0 to 4,294,967,295", "i1": "-128 to 127", "i2": "whole, 16 bits",
    "i4": "whole, 32 bits", "i8": "whole, 64 bits",
}  # fmt: skip
WIDTHS = {
    "": "", "domains": "4 domains", "near_ties": "6", "far_ties": "2", "slots": "24 slots",
    "problem_slots": "32 slots", "pressures": "4 pressures", "rows": "12 rows",
    "nodes": "institutions",
}  # fmt: skip
"""Entries of a row of a column, in words."""


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return " ".join(text.replace("|", "\\|").split())


def parameters() -> Iterator[tuple[str, str]]:
    """A table of parameters for each group, with the group's own description."""
    head = ("parameter", "default", "unit", "range", "role", "tag", "source", "meaning")
    for prefix, group in PARAMETER_GROUPS.items():
        rows = [
            (
                f"`{p.name}`", p.told(p.default), p.unit,
                ", ".join(p.choices) if p.choices else f"{p.low:g} to {p.high:g}",
                p.role + (", at the start only" if p.at_start else ""), p.tag, p.source, p.meaning,
            )
            for p in PARAMETERS.values()
            if p.name.startswith(f"{prefix}.")
        ]  # fmt: skip
        yield f"{prefix}: {(group.__doc__ or '').strip().splitlines()[0]}", table(head, rows)


def tags() -> str:
    """What the tags mean."""
    return table(("tag", "the default is"), [*TAGS.items()])


def cells() -> str:
    """Every cell of the figure with its anchors."""
    head = ("cell", "row", *FIGURE.paradigm_ids, "unit", "range", "read by", "sums to one with",
            "tag", "source", "meaning")  # fmt: skip
    rows = [
        (
            f"`cells.{c.name}`", c.row, *c.values, c.unit, f"{c.low:g} to {c.high:g}", c.process,
            ", ".join(o.name for o in FIGURE.cells if c.simplex == o.simplex != "" and o != c),
            c.tag, c.source, c.meaning,
        )
        for c in FIGURE.cells
    ]  # fmt: skip
    return table(head, rows)


def figure_rows() -> str:
    """The figure's rows: wording, where pressures lead them, groups, index abroad."""
    head = ("row", "title", *(f"{p.label} {p.name}" for p in FIGURE.paradigms),
            "pressures lead it to", "groups", "follows abroad")  # fmt: skip
    rows = [
        (
            f"{r.number} `{r.id}`", r.title, *(r.wording[p] for p in FIGURE.paradigm_ids),
            ", ".join(f"{name} {_led(to)}" for name, to in r.leads.items()),
            ", ".join(r.groups), r.abroad,
        )
        for r in FIGURE.rows
    ]  # fmt: skip
    return table(head, rows)


def _led(position: int) -> str:
    return "down" if position < 0 else f"up to {position}"


def state() -> Iterator[tuple[str, str]]:
    """A table of columns for each kind of agent, then what is beside columns."""
    head = ("variable", "unit", "kind", "entries", "start value", "meaning")
    for name, (kind, row) in GROUPS.items():
        rows = [
            (f"`{name}.{one}`", c.unit, KINDS[c.kind], WIDTHS[c.width], c.start, c.meaning)
            for one, c in columns_of(kind).items()
        ]
        yield f"{name}: a row for {row}", table(head, rows)
    rest = [(f"`state.{name}`", part.unit, part.meaning) for name, part in STATE.items()]
    yield "state: what is beside columns", table(("variable", "unit", "meaning"), rest)


def outcomes() -> str:
    """Headline outcomes and components with formula, unit and direction."""
    head = ("outcome", "unit", "better", "margin", "formula", "meaning")
    rows = [
        (f"`{o.name}`", o.unit, o.direction, o.margin, o.formula, o.meaning)
        for o in (*OUTCOMES, *COMPONENTS)
    ]
    rows += [
        (f"`profile_{row.id}`", "0-2", "none", 1.0, "mean by residents", f"Position on {row.title}")
        for row in FIGURE.rows
    ]
    return table(head, rows)


def network_measures() -> str:
    """What is measured of the network every year."""
    rows = [(f"`{m.name}`", m.unit, m.meaning) for m in MEASURES]
    return table(("measure", "unit", "meaning"), rows)


def luck() -> str:
    """What is drawn for what."""
    rows = [
        (f"`{purpose.name}`", purpose.value, key.who, key.when, key.lanes,
         key.most or "as many as there are")
        for purpose, key in KEYS.items()
    ]  # fmt: skip
    return table(("purpose", "number", "agent", "month", "lanes", "how many"), rows)


def shocks() -> str:
    """Kinds of shocks, with the range of their size and how long they last."""
    rows = [
        (f"`{name}`", k.size_meaning, f"{k.low:g} to {k.high:g}", k.size, k.months, k.meaning)
        for name, k in SHOCKS.items()
    ]
    return table(("shock", "size", "range", "usual size", "months", "meaning"), rows)


def society() -> str:
    """What a scenario says of the society's size."""
    rows = [
        (f"`society.{name}`", field.default, field.description or "")
        for name, field in Society.model_fields.items()
    ]
    return table(("key", "default", "meaning"), rows)

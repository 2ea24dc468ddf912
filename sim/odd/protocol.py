"""The protocol itself, as one Markdown page in the order of Grimm et al. 2020."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sim.engine.columns import columns_of
from sim.odd import tables
from sim.odd.equation import FUNCTIONS, INDICES, START, Equation, Section
from sim.odd.equations import sections, step_names
from sim.odd.names import COUNTS, GROUPS, STATE
from sim.odd.references import bibtex, sources
from sim.odd.validation import read
from sim.processes.declared import PARAMETERS
from sim.processes.month import MONTH

HEAD = "# GovShift: ODD protocol"
_PROSE = Path(__file__).with_name("prose.md")
_BY = {"columns": "over columns", "each": "each local government", "centre": "the centre"}


def protocol(version: str) -> str:
    """The whole page; `version` is that of the model, as `model_version` gives it."""
    return "\n\n".join([*_pages(version)]) + "\n"


def _pages(version: str) -> Iterator[str]:
    yield HEAD
    yield (
        f"Model version {version}. After Grimm et al. (2020). Everything below but the prose is "
        "written from the code's own declarations by `govshift odd`; tests hold it complete: "
        "every parameter, cell, state variable, step of the month, draw and outcome is in it, "
        "with its unit, and each equation names every parameter, cell and count that its rule "
        "reads."
    )
    yield from _overview()
    yield from _details()
    yield from _appendices()


def _overview() -> Iterator[str]:
    yield f"## 1. Purpose and patterns\n\n{prose('purpose')}"
    yield f"## 2. Entities, state variables and scales\n\n{prose('scales')}"
    yield "### The figure\n\n" + tables.figure_rows()
    yield (
        "A government's **profile** is a position from 0 (gov1) to 2 (gov3) on each row. Cells are "
        "blended linearly between neighbouring anchors (*Positions and cells*); there is no bonus "
        "for being consistent. All cells are in appendix A, all parameters in appendix B."
    )
    for head, text in tables.state():
        yield f"### State variables of {head}\n\n{text}"
    yield (
        f"### Names of counts\n\n{len(COUNTS)} whole numbers over a place's citizens each month, "
        "`counts.NAME` in equations, which say what each counts; what is counted in fixed point "
        "is in units of 2^-20."
    )
    yield f"### Size of the society\n\n{tables.society()}"
    yield f"## 3. Process overview and scheduling\n\n{prose('scheduling')}"
    yield "\n".join(_schedule())
    yield f"## 4. Design concepts\n\n{prose('concepts')}"
    yield f"### What is drawn for what\n\n{prose('luck')}\n\n{tables.luck()}"


def _schedule() -> Iterator[str]:
    yield "1. before the month: dated changes, shocks"
    for number, (phase, steps) in enumerate(MONTH.items(), start=2):
        told = ", ".join(f"`{step.name}` ({_BY[step.by]})" for step in steps)
        yield f"{number}. **{phase.replace('_', ' ')}**: {told}"


def _details() -> Iterator[str]:
    yield f"## 5. Initialisation\n\n{prose('initialisation')}"
    yield from (_section(section) for section in sections() if section.step == START)
    yield f"## 6. Input data\n\n{prose('input')}"
    yield f"### Shocks\n\n{tables.shocks()}"
    yield f"## 7. Submodels\n\n{_notation()}"
    for step in step_names()[1:]:
        yield from (_section(section) for section in sections() if section.step == step)
    yield "## 8. Outcomes\n\n" + tables.outcomes()
    yield f"### Measures of the network, once a year\n\n{tables.network_measures()}"
    yield f"## 9. Calibration and validation\n\n{prose('calibration')}"
    yield "### Fitted parameters\n\n" + _shipped("fitted")
    yield "### Patterns\n\n" + _shipped("patterns")
    yield (
        "### Forecasts\n\nUse of e-government in 18 countries in 2016 to 2020, foretold from 2011, "
        "beside naive forecasters.\n\n" + _shipped("forecasts")
    )


def _appendices() -> Iterator[str]:
    yield f"## Appendix A. Cells of the figure\n\n{tables.tags()}\n\n{tables.cells()}"
    yield f"## Appendix B. Parameters\n\nThere are {len(PARAMETERS)}."
    for head, text in tables.parameters():
        yield f"### {head}\n\n{text}"
    named = "\n".join(f"- {source}" for source in sources())
    yield f"## References\n\n```bibtex\n{bibtex().strip()}\n```"
    yield f"### Sources as declarations name them\n\n{named}"


def prose(head: str) -> str:
    """The text under a head of `prose.md`; raises `KeyError` if there is none."""
    parts = re.split(r"^# (\w+)\n", _PROSE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    texts: dict[str, str] = dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))
    return texts[head]


def _notation() -> str:
    functions = "; ".join(f"`{name}`: {meaning}" for name, meaning in FUNCTIONS.items())
    letters = ", ".join(f"`{letter}` {meaning}" for letter, meaning in INDICES.items())
    return (
        "Names with a point are parameters, cells (`cells.`), state variables and counts; other "
        "names are given by an equation of their own and may be used before it. What an equation "
        "gives of the state holds at once for those after it; on its right side a name has the "
        "value from before. Products are written "
        f"without a sign, powers as ^. Functions: {functions}. Letters: {letters}; others are "
        "said in the formula."
    )


def _section(section: Section) -> str:
    where = "" if section.step == START else f"*Step* `{section.step}`. "
    code = ", ".join(f"`sim/{module.replace('.', '/')}.py`" for module in section.modules)
    lines = [_line(equation) for equation in section.equations]
    about = f"\n\n{section.about}" if section.about else ""
    return f"### {section.title}\n\n{where}*Code* {code}.{about}\n\n" + "\n".join(lines)


def _line(equation: Equation) -> str:
    """One equation: what it gives, in which unit, the formula, the remark."""
    formula = equation.formula.replace("`", "'")
    note = f" {equation.note}" if equation.note else ""
    return f"- `{equation.gives}` [{unit_of(equation)}] = `{formula}`.{note}"


def unit_of(equation: Equation) -> str:
    """The unit of what an equation gives: as declared, or its own where it is no column."""
    if equation.unit:
        return equation.unit
    return "; ".join(dict.fromkeys(_unit(name) for name in equation.given))


def _unit(name: str) -> str:
    prefix, _, rest = name.partition(".")
    if prefix == "counts":
        return "count"
    if prefix == "state":
        return STATE[rest].unit
    kind, _ = GROUPS[prefix]
    return str(columns_of(kind)[rest].unit)


def _shipped(name: str) -> str:
    head, *rows = read(name)
    return tables.table(head, rows)

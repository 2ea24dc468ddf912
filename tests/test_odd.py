"""The ODD protocol is complete: parameters, cells, state, rules and outcomes, with units."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

import sim
from sim.cli import main
from sim.engine.columns import columns_of
from sim.engine.luck import Luck
from sim.networks.declared import MEASURES
from sim.odd import odd_text
from sim.odd.equation import FUNCTIONS, INDICES, Section, bare_names, full_names, purposes
from sim.odd.equations import sections, step_names
from sim.odd.names import COUNTS, GROUPS, STATE, cell_names, column_names, known_names
from sim.odd.references import has_entry, sources, works_named
from sim.odd.validation import read, tables_of
from sim.outcomes import COMPONENTS, OUTCOMES
from sim.paradigms import FIGURE
from sim.processes import tally
from sim.processes.declared import GROUPS as PARAMETER_GROUPS
from sim.processes.declared import PARAMETERS
from sim.processes.month import MONTH
from sim.processes.shocks import SHOCKS
from sim.scenario.blocks import Society
from sim.state import State

PACKAGE = Path(sim.__file__).parent
SECTIONS = sections()
EQUATIONS = [(section, equation) for section in SECTIONS for equation in section.equations]
FORMULAS = "\n".join(equation.formula for _, equation in EQUATIONS)
NO_RULES = {"__init__", "declared", "month", "on_card", "state"}
"""Modules of processes that put rules together, or say what columns there are."""
ELSEWHERE = {"ORDERS", "NETWORK_LOSS", "FOLDS", "RESAMPLES", "MAPS"}
"""Purposes of luck of analyses, which the model itself never draws for."""
HELD = {"people": "citizens"} | {name: name for name in (*GROUPS, "cells")}
"""What rules call the groups of columns that they take."""


def test_every_step_of_the_month_has_equations() -> None:
    assert [*dict.fromkeys(section.step for section in SECTIONS)] == [*step_names()]


def test_every_module_of_rules_has_equations() -> None:
    files = {path.stem for path in (PACKAGE / "processes").glob("*.py")} - NO_RULES
    named = {name for section in SECTIONS for name in section.modules}
    assert {name.removeprefix("processes.") for name in named if "processes." in name} == files
    for name in named:
        assert (PACKAGE / f"{name.replace('.', '/')}.py").is_file(), name


def test_what_is_named_exists() -> None:
    wrong = {
        f"{section.title}: {name}"
        for section, equation in EQUATIONS
        for name in (full_names(equation.formula) | full_names(equation.gives)) - known_names()
    }
    assert wrong == set()
    assert {*cell_names(), *PARAMETERS}.isdisjoint(column_names())


def test_every_parameter_is_in_a_formula() -> None:
    assert set(PARAMETERS) - full_names(FORMULAS) == set()


def test_every_cell_is_in_a_formula() -> None:
    assert set(cell_names()) - full_names(FORMULAS) == set()


def test_every_column_is_given_by_an_equation() -> None:
    given = {name for _, equation in EQUATIONS for name in equation.given}
    told = given | full_names("\n".join(equation.note for _, equation in EQUATIONS))
    loose = {"state.blocks", "state.block_tallies", "state.block_reports"}
    assert set(column_names()) - told - loose == set()
    assert loose <= told | full_names(FORMULAS)


def test_every_draw_is_in_a_formula() -> None:
    assert purposes(FORMULAS) == set(Luck.__members__) - ELSEWHERE


def test_every_symbol_is_given() -> None:
    """A word of a formula that is written as a name, with an underscore, is given by an equation.

    Words without one may be plain English (`the month of a shock`), so they are not held to this.
    """
    given = {name for _, equation in EQUATIONS for name in equation.given}
    loose = {
        f"{section.title}: {name}"
        for section, equation in EQUATIONS
        for name in bare_names(equation.formula)
        if "_" in name and name not in given and not re.fullmatch("[a-z]_[a-z0-9]", name)
    }
    assert loose - LOOSE == set()


def test_every_intermediate_result_has_a_unit() -> None:
    for section, equation in EQUATIONS:
        for name in equation.given:
            if "." not in name:
                assert equation.unit, f"{section.title}: {name}"


def test_extra_state_is_all_there_is() -> None:
    columns = {*GROUPS, "cells"}
    assert {field.name for field in fields(State)} - columns == set(STATE)
    assert len(COUNTS) == len(set(COUNTS)) > 50


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_sections_read_no_name_twice(section: Section) -> None:
    assert section.equations
    assert len({equation.gives for equation in section.equations}) == len(section.equations)


def read_by(module: str) -> set[str]:
    """Parameters, cells, columns and counts that a module of rules names."""
    tree = ast.parse((PACKAGE / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    kinds = {kind.__name__: prefix for prefix, kind in PARAMETER_GROUPS.items()}
    found: set[str] = set()
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        held = dict(HELD)
        for argument in function.args.args:
            if isinstance(argument.annotation, ast.Name) and argument.annotation.id in kinds:
                held[argument.arg] = kinds[argument.annotation.id]
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                owner = node.value.id
                if owner == "tally" and hasattr(tally, node.attr):
                    found.add(f"counts.{node.attr.lower()}")
                elif owner in held:
                    found.add(f"{held[owner]}.{node.attr}")
    return found & known_names()


MODULES = sorted({name for section in SECTIONS for name in section.modules})
LOOSE = {"Readings that need more than their formula: efficiency_time_0",
         "What is kept: project_result"}  # fmt: skip
UNTOLD = {"processes.lives": {"counts.ranked", "counts.residents_low", "counts.residents_high"}}
"""Counted once and for all at the start."""


@pytest.mark.parametrize("module", MODULES)
def test_equations_name_what_their_rule_reads(module: str) -> None:
    """A parameter, cell or count that a rule reads or writes is in the equations of its module.

    Columns are held to be given by some equation; readings of outcomes have formulas of their own.
    """
    mine = [section for section in SECTIONS if module in section.modules]
    told = full_names(
        "\n".join(
            f"{equation.gives} {equation.formula} {equation.note}"
            for section in mine
            for equation in section.equations
        )
    )
    held = ("cells.", "counts.") if module.startswith("processes.") else ("cells.",)
    read = {name for name in read_by(module) if name in PARAMETERS or name.startswith(held)}
    assert read - told - UNTOLD.get(module, set()) == set()


def test_the_reader_of_rules_finds_what_they_read() -> None:
    """The test above can fail: it sees parameters, cells, columns and counts."""
    found = read_by("processes.offering")
    assert {"cells.invitations", "offer.wait", "counts.users"} - found == {"offer.wait"}
    assert "trust.negativity" in read_by("processes.trust")


def test_the_alphabet_of_formulas_does_not_overlap() -> None:
    assert not set(FUNCTIONS) & set(INDICES)


def test_the_protocol_names_everything_with_its_unit() -> None:
    """In tables, a line each: every parameter, cell, column, outcome, measure and draw."""
    text = odd_text()
    lines = {line.split(" | ")[0].strip("| "): line for line in text.splitlines() if "|" in line}
    for name, parameter in PARAMETERS.items():
        assert f"| {parameter.unit} |" in lines[f"`{name}`"], name
        assert parameter.told(parameter.default) in lines[f"`{name}`"], name
    for cell in FIGURE.cells:
        assert f"| {cell.unit} |" in lines[f"`cells.{cell.name}`"], cell.name
        for value in cell.values:
            assert f"| {value:g} |" in lines[f"`cells.{cell.name}`"], cell.name
    for group, (kind, _) in GROUPS.items():
        for name, column in columns_of(kind).items():
            assert f"| {column.unit} |" in lines[f"`{group}.{name}`"], name
    for outcome in (*OUTCOMES, *COMPONENTS):
        assert f"| {outcome.unit} |" in lines[f"`{outcome.name}`"], outcome.name
    for measure in MEASURES:
        assert f"| {measure.unit} |" in lines[f"`{measure.name}`"], measure.name
    for purpose in Luck.__members__:
        assert f"`{purpose}`" in lines, purpose
    for shock in SHOCKS:
        assert f"`{shock}`" in lines, shock
    for row in FIGURE.rows:
        assert f"{row.number} `{row.id}`" in lines, row.id


def test_the_protocol_has_every_step_and_equation() -> None:
    text = odd_text()
    for steps in MONTH.values():
        for step in steps:
            assert f"*Step* `{step.name}`." in text, step.name
    for _, equation in EQUATIONS:
        assert f"- `{equation.gives}` [" in text
        assert f"`{equation.formula.replace('`', chr(39))}`" in text


def test_the_protocol_has_nothing_undeclared() -> None:
    """Names with a point are parameters, cells, state, counts, or keys of scenarios."""
    named = {n for n in re.findall(r"`([a-z_]+\.[a-z_0-9]+)`", odd_text())}
    keys = {f"society.{name}" for name in Society.model_fields}
    fitted = {row[0].strip("`") for row in read("fitted")}
    assert named - known_names() - keys - fitted == set()


def test_works_that_are_named_have_entries() -> None:
    missing = {
        f"{author} {year}"
        for source in (*sources(), *(m.meaning for m in MEASURES))
        for author, year in works_named(source)
        if not has_entry(author, year)
    }
    assert missing == set()
    assert has_entry("Oates", "1972")
    assert not has_entry("Oates", "1973")
    assert ("Favero", "2020") in set(works_named("Favero and Kim 2020: norms"))


def test_validation_is_that_of_the_evidence_page() -> None:
    """`python -m sim.odd.validation docs/evidence.md` writes these files again."""
    page = (PACKAGE.parent / "docs" / "evidence.md").read_text(encoding="utf-8")
    for name, rows in tables_of(page).items():
        assert read(name) == rows, name


def test_odd_is_written_whole_and_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ODD.md"
    assert code_of("odd", "--out", str(file)) == 0
    first = file.read_bytes()
    assert first.decode("utf-8") == odd_text()
    assert code_of("odd", "--out", str(file)) == 0
    assert file.read_bytes() == first
    capsys.readouterr()
    assert code_of("odd") == 0
    assert capsys.readouterr().out == odd_text()


@pytest.mark.parametrize(("name", "said"), [
    ("mine.md", "exists already, is no ODD protocol, and is left as it is"),
    ("folder", "is a folder; name a file"),
    ("nowhere/ODD.md", "there is no folder"),
])  # fmt: skip
def test_other_files_are_left_alone(
    name: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.md").write_text("mine")
    (tmp_path / "folder").mkdir()
    assert code_of("odd", "--out", str(tmp_path / name)) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert (tmp_path / "mine.md").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "mine.md"]


def code_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(str(ended.value.code))

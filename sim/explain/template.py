"""A commented scenario file to start from: every row and every lever, with unit, range, default."""

from __future__ import annotations

import json
import os
import re
import textwrap
from pathlib import Path

from sim.declared import LEVERS, PARAMETERS, SHOCKS
from sim.errors import ScenarioError, UserMistake
from sim.paradigms import FIGURE
from sim.scenario import Scenario
from sim.scenario.files import shipped_folder, shipped_names, wrong_name
from sim.scenario.schema import SCHEMA_FILE
from sim.scenario.source import parse
from sim.text import near, one_line, short

CONTEXT = (
    "society.heterogeneity", "society.volatility", "society.infrastructure",
    "society.baseline_trust", "government.capacity", "government.budget",
)  # fmt: skip
_WIDTH = 100


def write_template(name: str, parent: str) -> Path:
    """Write `NAME.yaml`, extending a shipped scenario; refuses to replace a file."""
    if parent not in shipped_names():
        raise UserMistake(
            f"--from {parent}: no such shipped scenario{near(parent, shipped_names())}"
        )
    path = file_to_write(name)
    write_new_file(path, template(path, Scenario.load(parent), parent))
    return path


def file_to_write(name: str) -> Path:
    """The path of a new YAML file; raises `UserMistake` if its name is none for a scenario."""
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    stem = path.stem
    if not re.fullmatch(r"[\w .()+-]+", stem):
        shown = short(one_line(name))
        raise UserMistake(f"{shown}: a name is made of letters, digits, spaces and . - + _ ( )")
    wrong = wrong_name(stem)
    if not wrong and (stem != stem.strip() or stem.startswith(".")):
        wrong = "begins or ends with a space, or begins with a point"
    if wrong:
        raise UserMistake(f"'{short(stem)}' is no name for a file: it {wrong}")
    return path


def written_name(name: str) -> str:
    """A name as a YAML file has it: in quotes where it would be read as something else."""
    try:
        same = parse(f"name: {name}\n", "").data["name"] == name
    except ScenarioError:
        same = False
    return name if same else json.dumps(name, ensure_ascii=False)


def write_new_file(path: Path, text: str) -> None:
    """Write a file that is not there yet; raises `UserMistake` otherwise."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UserMistake(f"{path}: exists already and is left as it is") from None
    except OSError as error:
        raise UserMistake(f"{path}: cannot be written: {error.strerror}") from None


def schema_line(path: Path, schema: Path) -> str:
    """The comment by which editors find the schema of a file."""
    relative = Path(os.path.relpath(schema, start=path.resolve().parent))
    return f"# yaml-language-server: $schema={relative.as_posix()}"


def template(path: Path, scenario: Scenario, parent: str) -> str:
    """The text of a new scenario file that extends a shipped one."""
    lines = [
        schema_line(path, shipped_folder() / SCHEMA_FILE),
        f"name: {written_name(path.stem)}",
        "question: What would change, and for whom?",
        f"extends: {parent}",
        "",
        *comment(
            f"All that is not written here is as in {parent}. To change something, remove the # "
            "and the space after it from its line and from the line of the block above it. "
            "`govshift check` says whether the file is right, `govshift explain` what it changes."
        ),
        "",
        "# society:",
        f"#   place: {scenario.society.place}   # korea, korea:basic, synthetic, or europe:EST",
        f"#   citizens: {scenario.society.citizens}   # simulated; each stands for many",
        "",
        *_governance(scenario),
        "",
        "# transition:",
        "#   mode: scheduled",
        "#   moves:",
        f"#     - {{date: {scenario.date_of(37)}, over: 24, to: gov3, rows: [{_moved(scenario)}], "
        "why: an open-data act}",
        "",
        "# parameters:",
        "#   # what governments can set (levers)",
        *_parameters(LEVERS, scenario),
        "#   # what surrounds them (context)",
        *_parameters([name for name in CONTEXT if name not in LEVERS], scenario),
        "",
        *comment("Dated changes, sudden or over some months, for all or for one government."),
        "# policy:",
        f"#   - {{date: {scenario.date_of(49)}, over: 12, set: {{society.digital_training: 0.3}}, "
        "why: a digital-skills programme}",
        "",
        *comment("What may strike from outside: " + "; ".join(_shocks()) + "."),
        "# shocks:",
        f"#   - {{date: {scenario.date_of(61)}, kind: fiscal, size: 0.3, months: 24}}",
    ]
    return "\n".join(lines) + "\n"


def _governance(scenario: Scenario) -> list[str]:
    """The rows, or where a history leaves them."""
    if scenario.history is not None:
        return comment(
            f"Governments begin where {scenario.history.name} leaves them in "
            f"{scenario.date_of(0)}; moves change rows. What stands under parameters and is no "
            "lever holds in that history too."
        )
    text = (
        "Rows of the figure: a paradigm, a position from 0 (gov1) to 2 (gov3), or a mix such as "
        "{gov2: 0.5, gov3: 0.5}."
    )
    return [*comment(text), "# governance:", *_rows(scenario)]


def _moved(scenario: Scenario) -> str:
    return "goal, services" if scenario.history is None else "ict_ecology, role_of_entrepreneur"


def _rows(scenario: Scenario) -> list[str]:
    lines = []
    for row, position in zip(FIGURE.rows, scenario.profile, strict=True):
        shown = f"{position:g}"
        if position == int(position):
            shown = FIGURE.paradigm_ids[int(position)]
        wording = " | ".join(row.wording.values())
        lines.append(f"#   {row.id}: {shown}   # {wording}")
    return lines


def _parameters(names: tuple[str, ...] | list[str], scenario: Scenario) -> list[str]:
    values = scenario.parameter_values(0)
    return [
        f"#   {name}: {values[name]:g}   # {p.unit}, {p.low:g} to {p.high:g}: {p.meaning}"
        for name in names
        for p in [PARAMETERS[name]]
    ]


def _shocks() -> list[str]:
    return [f"{name} (size: {kind.size_meaning})" for name, kind in SHOCKS.items()]


def comment(text: str) -> list[str]:
    """A text as lines of comment."""
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")

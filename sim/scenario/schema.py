"""The JSON Schema of scenario files, from the same declarations that check them.

Editors that know YAML schemas complete keys, show meaning, unit and range, and mark mistakes while
typing. `python -m sim.scenario.schema FILE` writes the shipped file again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sim.paradigms import FIGURE, Row
from sim.parameters import TAGS, Parameter
from sim.processes.declared import PARAMETERS
from sim.processes.shocks import SHOCKS
from sim.scenario.past import STAY
from sim.scenario.rules import choices
from sim.scenario.scenario import Scenario
from sim.society.places import place_names

SCHEMA_FILE = "scenario.schema.json"


def scenario_schema() -> dict[str, Any]:
    """The schema as plain data (JSON Schema, draft 2020-12)."""
    schema = Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "GovShift scenario"
    properties = schema["properties"]
    properties["extends"] = {
        "type": "string",
        "description": "One file beside this one, or a shipped scenario, whose values hold "
        "unless this file says otherwise",
    }
    properties["history"] = {
        "type": "string",
        "description": "One file beside this one, or a shipped scenario, that the world lives "
        "through before start; governments, citizens and money begin where it leaves them",
    }
    for block in ("governance", "central"):
        properties[block] = _rows(properties[block]["default"] if block == "governance" else None)
    properties["parameters"] = _parameters(everything=True)
    properties["rules"] = _rules()
    properties["cells"] = _cells()
    definitions = schema["$defs"]
    definitions["Society"]["properties"]["place"]["anyOf"] = [
        {"enum": list(place_names())},
        {"pattern": r"\.[cC][sS][vV]$"},
    ]
    for key in ("access", "prices"):
        text = {"type": "string", "pattern": r"\.[cC][sS][vV]$"}
        definitions["Society"]["properties"][key]["anyOf"] = [text, {"type": "null"}]
    definitions["PolicyChange"]["properties"]["set"] = _parameters(everything=False)
    definitions["Move"]["properties"]["to"] = _position("where governments move")
    definitions["Shock"]["properties"]["kind"]["description"] = "; ".join(
        f"{name}: {kind.meaning.lower()} (size: {kind.size_meaning}, {kind.low:g} to "
        f"{kind.high:g}, usually {kind.size:g})"
        for name, kind in SHOCKS.items()
    )
    return schema


def describe(parameter: Parameter) -> str:
    """Meaning, unit, range, default and source of a parameter, for hover texts."""
    return (
        f"{parameter.meaning} ({parameter.unit}; {parameter.low:g} to {parameter.high:g}, "
        f"default {parameter.default:g}). {parameter.role.capitalize()}, "
        f"{TAGS[parameter.tag]}: {parameter.source}."
    )


def schema_text() -> str:
    """The schema as the text of its file."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _parameters(*, everything: bool) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "Parameters by full name" if everything else "New values by full name",
        "additionalProperties": False,
        "properties": {
            name: {
                "type": "number",
                "minimum": parameter.low,
                "maximum": parameter.high,
                "description": describe(parameter),
            }
            for name, parameter in PARAMETERS.items()
            if (everything or not parameter.at_start) and not parameter.choices
        },
    }


def _rules() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "Alternative rules by process, where theory is split",
        "additionalProperties": False,
        "properties": {
            process: {
                "enum": list(parameter.choices),
                "description": f"{parameter.meaning}. {parameter.source}",
            }
            for process, parameter in choices().items()
        },
    }


def _rows(default: Any) -> dict[str, Any]:
    rows = {"all": _position("all rows")} | {row.id: _row(row) for row in FIGURE.rows}
    block = {"type": "object", "additionalProperties": False, "properties": rows}
    stay = {"const": STAY, "description": "as a history leaves them"}
    schema: dict[str, Any] = {
        "anyOf": [*_position("")["anyOf"], block, stay],
        "description": "Where governments stand on the twelve rows of the figure",
    }
    return schema | ({"default": default} if default is not None else {})


def _row(row: Row) -> dict[str, Any]:
    wording = "; ".join(f"{paradigm}: {text}" for paradigm, text in row.wording.items())
    return _position(f"{row.title}. {wording}")


def _position(description: str) -> dict[str, Any]:
    ids = list(FIGURE.paradigm_ids)
    share = {"type": "number", "minimum": 0, "maximum": 1}
    mix = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": dict.fromkeys(ids, share),
    }
    number = {"type": "number", "minimum": 0, "maximum": FIGURE.last_position}
    return {"anyOf": [{"enum": ids}, number, mix], "description": description}


def _cells() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "Other anchors for cells of the figure, for controls and sensitivity",
        "additionalProperties": False,
        "properties": {
            cell.name: {
                "type": "object",
                "description": f"{cell.meaning} ({cell.unit})",
                "additionalProperties": False,
                "properties": {
                    paradigm: {"type": "number", "minimum": cell.low, "maximum": cell.high}
                    for paradigm in FIGURE.paradigm_ids
                },
            }
            for cell in FIGURE.cells
        },
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8")

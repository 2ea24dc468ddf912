"""The JSON Schema of experiment files, from the same declarations that check them.

`python -m sim.experiments.schema FILE` writes the shipped file again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sim.declared import PARAMETERS
from sim.experiments.designs import TAKES
from sim.experiments.experiment import Experiment
from sim.experiments.experiment_files import NOT_IN_BASE
from sim.experiments.factor_checks import BLOCKS
from sim.experiments.factors import ROWS, Declaration, Role, declaration
from sim.outcomes import COMPONENTS, OUTCOMES
from sim.paradigms import FIGURE
from sim.scenario.files import shipped_names
from sim.scenario.schema import scenario_schema
from sim.worlds.anchors import anchors

SCHEMA_FILE = "experiment.schema.json"
_FACTORS = (*PARAMETERS, *(ROWS + row for row in FIGURE.row_ids), *anchors())


def experiment_schema() -> dict[str, Any]:
    """The schema as plain data (JSON Schema, draft 2020-12)."""
    schema = Experiment.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "GovShift experiment"
    scenario = scenario_schema()
    definitions = schema["$defs"] = schema["$defs"] | scenario.pop("$defs")
    keys = {key: {"$ref": f"#/$defs/scenario.{key}"} for key in scenario["properties"]}
    definitions |= {f"scenario.{key}": value for key, value in scenario["properties"].items()}
    properties = schema["properties"]
    properties["policies"]["items"] = _policy(keys)
    properties["base"] = _base(keys, properties["base"]["description"])
    for role, block in BLOCKS.items():
        properties[block] = _factors(role, properties[block]["description"])
    definitions["Range"]["type"] = ["object", "null"]
    properties["outcomes"]["items"] = {"enum": [o.name for o in (*OUTCOMES, *COMPONENTS)]}
    definitions["Design"]["oneOf"] = [
        {"properties": {"kind": {"const": kind}}, "required": [k for k in needed if k != "levels"]}
        for kind, (needed, _) in TAKES.items()
    ]
    return schema


def schema_text() -> str:
    """The schema as the text of its file."""
    return json.dumps(experiment_schema(), indent=1, ensure_ascii=False) + "\n"


def _policy(keys: dict[str, Any]) -> dict[str, Any]:
    named = {"type": "string", "description": f"a file, or one of {', '.join(shipped_names())}"}
    inline = {
        "type": "object",
        "description": "a scenario's keys",
        "additionalProperties": False,
        "properties": keys,
        "required": ["name"],
    }
    return {"anyOf": [named, inline]}


def _base(keys: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": {key: value for key, value in keys.items() if key not in NOT_IN_BASE},
    }


def _factors(role: Role, description: str) -> dict[str, Any]:
    found = {name: declaration(name) for name in _FACTORS}
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": {
            name: _range(declared)
            for name, declared in found.items()
            if declared is not None and declared.role in (role, None)
        },
    }


def _range(declared: Declaration) -> dict[str, Any]:
    """The range of one factor; nothing stands for the declared one."""
    if declared.choices:
        values = {"values": {"items": {"enum": list(declared.choices)}}}
        text = f"{declared.meaning}. {declared.source}"
        return {"description": text, "$ref": "#/$defs/Range", "properties": values}
    least, most = declared.ends
    number = {"minimum": least, "maximum": most}
    ends: dict[str, Any] = dict.fromkeys(("low", "high", "mode", "mean"), number)
    text = (
        f"{declared.meaning} ({declared.unit}; {declared.low:g} to {declared.high:g}). "
        f"{declared.source}"
    )
    return {
        "description": text,
        "$ref": "#/$defs/Range",
        "properties": ends | {"values": {"items": number}},
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8")

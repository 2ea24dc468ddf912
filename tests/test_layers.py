"""Dependencies run one way; luck has one source; only the command line prints."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
ALLOWED = {
    "engine": {"engine"},
    "backend": set(),
    "errors": set(),
    "batch": set(),
    "arguments": {"errors", "text"},
    "text": set(),
    "frames": set(),
    "parameters": set(),
    "paradigms": set(),
    "processes": {"engine", "errors", "parameters", "paradigms", "processes"},
    "declared": {"parameters", "processes"},
    "society": {"engine", "errors", "processes", "society"},
    "state": {"engine", "paradigms", "processes", "society"},
    "scenario": {
        "errors", "paradigms", "parameters", "processes", "scenario", "society", "text", "model",
    },
    "networks": {"engine", "frames", "networks", "processes"},
    "outcomes": {"engine", "errors", "frames", "networks", "processes"},
    "own": {"agents", "engine", "errors", "outcomes", "processes", "text"},
    "history": {"frames", "outcomes", "processes"},
    "agents": {"agents", "engine", "errors", "processes", "model"},
    "model": {
        "agents", "arguments", "batch", "engine", "errors", "networks", "outcomes", "own",
        "paradigms", "parameters", "processes", "scenario", "society", "state",
    },
    "statistics": {"frames", "outcomes"},
    "units_table": {"frames", "outcomes"},
    "bar": set(),
    "shown": {"drawing"},
    "runs": {
        "batch", "engine", "errors", "frames", "history", "model", "networks",
        "outcomes", "runs", "scenario",
    },
    "experiments": {
        "arguments", "bar", "batch", "declared", "errors", "experiments", "model",
        "outcomes", "paradigms", "runs", "scenario", "shown", "statistics", "text", "units_table",
    },
    "drawing": {"backend", "drawing", "errors", "outcomes", "runs", "scenario"},
    "questions": {
        "arguments", "backend", "bar", "batch", "declared", "drawing", "engine", "errors",
        "experiments", "frames", "history", "model", "networks", "outcomes", "paradigms",
        "questions", "runs", "scenario", "shown", "society", "statistics", "text",
        "units_table",
    },
    "report": {"errors", "experiments", "questions", "report", "runs", "statistics"},
    "explain": {
        "declared", "errors", "experiments", "explain", "history", "networks", "outcomes",
        "paradigms", "questions", "runs", "scenario", "society", "text",
    },
    "cli": {
        "cli", "errors", "experiments", "explain", "questions", "report", "runs", "scenario",
        "text",
    },
    "__init__": {"experiments", "model", "questions", "scenario"},
    "__main__": {"cli"},
}  # fmt: skip
"""What each package or module of the root may import. One that is not here fails."""

LATE_OR_TYPING = {
    ("scenario", "model"), ("agents", "model"), ("experiments", "model"), ("shown", "drawing"),
}  # fmt: skip
"""Back references for types, `Scenario.model` and `plot`, never at import."""

POINTS = ROOT / "experiments" / "designs.py"
"""Draws the points of an experiment, by SciPy's seeded samplers; no luck of the model."""


def _part(path: Path) -> str:
    relative = path.relative_to(ROOT)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def _imports(node: ast.AST) -> set[str]:
    found = set()
    for item in ast.walk(node):
        if isinstance(item, ast.ImportFrom) and item.module and item.module.startswith("sim."):
            found.add(item.module.split(".")[1])
        elif isinstance(item, ast.ImportFrom) and item.module == "sim":
            found |= {a.name for a in item.names if not a.name.startswith("__")}
        elif isinstance(item, ast.Import):
            found |= {a.name.split(".")[1] for a in item.names if a.name.startswith("sim.")}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_dependencies_run_one_way(path: Path) -> None:
    part = _part(path)
    assert part in ALLOWED, "say in ALLOWED what it may import"
    assert _imports(ast.parse(path.read_text(encoding="utf-8"))) <= ALLOWED[part]


def test_nothing_is_allowed_that_does_not_exist() -> None:
    parts = {_part(path) for path in FILES}
    assert set(ALLOWED) == parts
    assert set().union(*ALLOWED.values()) <= parts


def test_a_module_that_nobody_knows_is_noticed() -> None:
    assert _part(ROOT / "novel" / "thing.py") not in ALLOWED
    assert _part(ROOT / "novel.py") not in ALLOWED


def test_back_references_are_not_imported_at_start() -> None:
    for part, target in LATE_OR_TYPING:
        for path in FILES:
            if _part(path) == part:
                top = [n for n in ast.parse(path.read_text()).body
                       if isinstance(n, ast.Import | ast.ImportFrom)]  # fmt: skip
                for node in top:
                    assert target not in _imports(node), path


def test_the_model_has_one_source_of_luck() -> None:
    for path in FILES:
        if path != POINTS:
            tree = ast.parse(path.read_text())
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    assert "random" not in {alias.name for alias in node.names}, path
                if isinstance(node, ast.Attribute):
                    assert node.attr not in ("random", "default_rng"), path


def test_only_the_command_line_prints() -> None:
    for path in FILES:
        if _part(path) != "cli":
            calls = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
            assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"]


def test_libraries_whose_last_bit_differs_stay_out_of_the_month() -> None:
    """No exp, log, power or trigonometry of NumPy or math in compiled rules."""
    for path in FILES:
        if _part(path) in ("processes", "engine"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    unsafe = {"exp", "log", "log1p", "expm1", "power", "tanh", "sin", "cos"}
                    assert not (node.value.id in ("np", "math") and node.attr in unsafe), path

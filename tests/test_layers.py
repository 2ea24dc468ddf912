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
    "society": {"engine", "errors", "paradigms", "processes", "society", "text"},
    "state": {"engine", "paradigms", "processes", "society"},
    "scenario": {
        "errors", "paradigms", "parameters", "processes", "scenario", "society", "text", "model",
    },
    "worlds": {
        "evidence", "latin", "paradigms", "parameters", "processes", "scenario", "society", "text",
        "worlds",
    },
    "networks": {"engine", "frames", "networks", "processes"},
    "monthly": set(),
    "latin": set(),
    "evidence": {"evidence"},
    "outcomes": {"errors", "frames", "monthly"},
    "record": {"engine", "frames", "monthly", "networks", "outcomes", "processes"},
    "own": {"agents", "bar", "engine", "errors", "outcomes", "processes", "text"},
    "groups": {"frames", "model", "processes", "society"},
    "history": {"frames", "processes", "record"},
    "agents": {"agents", "engine", "errors", "processes", "model"},
    "first_start": {"bar", "engine", "groups", "model", "processes", "scenario", "state"},
    "model": {
        "agents", "arguments", "batch", "engine", "errors", "extensible", "first_start", "networks",
        "outcomes", "paradigms", "processes", "record", "scenario", "society", "state",
        "state_on_card",
    },
    "state_on_card": {"engine", "errors", "processes", "state"},
    "extensible": {
        "agents", "arguments", "errors", "outcomes", "own", "parameters", "processes", "record",
        "scenario",
    },
    "statistics": {"outcomes"},
    "summaries": {"frames", "outcomes", "statistics"},
    "units_table": {"frames", "outcomes"},
    "outcome_words": {"outcomes"},
    "bar": set(),
    "shown": {"drawing"},
    "paged": {"questions", "report", "runs"},
    "runs": {
        "arguments", "batch", "engine", "errors", "first_start", "frames", "groups", "history",
        "model", "networks", "outcomes", "record", "runs", "scenario",
    },
    "experiments": {
        "arguments", "bar", "batch", "declared", "errors", "experiments", "latin", "model",
        "outcomes", "paged", "paradigms", "runs", "scenario", "shown", "statistics", "summaries",
        "text", "units_table", "worlds",
    },
    "drawing": {"backend", "drawing", "errors", "runs", "scenario", "text"},
    "questions": {
        "arguments", "backend", "bar", "batch", "declared", "drawing", "engine", "errors",
        "evidence", "experiments", "frames", "groups", "history", "latin", "model", "monthly",
        "networks", "outcome_words", "outcomes", "paged", "paradigms", "processes", "questions",
        "record", "runs", "scenario", "shown", "society", "statistics", "summaries", "text",
        "units_table", "worlds",
    },
    "bench": {
        "bench", "drawing", "engine", "errors", "frames", "model", "processes", "runs", "scenario",
        "state",
    },
    "report": {
        "__init__", "declared", "drawing", "errors", "evidence", "experiments", "explain",
        "outcome_words", "outcomes", "paged", "paradigms", "processes", "questions", "report",
        "runs", "scenario", "society", "statistics", "text", "worlds",
    },
    "lab": {
        "arguments", "batch", "declared", "drawing", "errors", "explain", "history", "lab",
        "lessons", "model", "networks", "outcome_words", "outcomes", "paradigms", "processes",
        "questions", "runs", "scenario", "society", "statistics", "text",
    },
    "lessons": {
        "batch", "errors", "frames", "lessons", "model", "outcomes", "paradigms", "questions",
        "runs", "scenario", "statistics", "text", "worlds",
    },
    "explain": {
        "declared", "errors", "experiments", "explain", "history", "networks", "outcome_words",
        "outcomes", "paradigms", "parameters", "questions", "runs", "scenario", "society", "text",
        "worlds",
    },
    "odd": {
        "engine", "errors", "networks", "odd", "outcomes", "paradigms", "parameters", "processes",
        "runs", "scenario",
    },
    "pages": {
        "explain", "lessons", "odd", "outcome_words", "outcomes", "pages", "paradigms",
        "parameters",
    },
    "cli": {
        "arguments", "bench", "cli", "engine", "errors", "evidence", "experiments", "explain",
        "first_start", "lab", "lessons", "odd", "outcome_words", "questions", "report", "runs",
        "scenario", "text",
    },
    "__init__": {"experiments", "model", "odd", "questions", "report", "scenario"},
    "__main__": {"cli"},
}  # fmt: skip
"""What each package or module of the root may import. One that is not here fails."""

LATE_OR_TYPING = {
    ("scenario", "model"), ("agents", "model"), ("experiments", "model"), ("shown", "drawing"),
    ("first_start", "model"), ("groups", "model"), ("paged", "questions/comparison"),
    ("paged", "report"),
}  # fmt: skip
"""Back references for types, `Scenario.model`, `plot` and pages, never at import."""

ROOMS = {
    "": set(),
    "comparison": {""},
    "assumptions": {"", "comparison"},
    "attribution": {"", "comparison"},
    "discovery": {""},
    "evidence": {"", "comparison", "transitions"},
    "fit": {"", "comparison"},
    "regimes": {""},
    "roadmap": {"", "comparison"},
    "robustness": {""},
    "sensitivity": {""},
    "story": {"", "comparison"},
    "transitions": {"", "comparison"},
    "versions": {"", "comparison"},
}
"""Which rooms of `questions` each may import; `` is what lies beside the rooms."""

LEVELS = {
    "engine": """
        claims columns meaning numba_start team written
        code_folder linking
        code_cache
        ahead translating
        compiling
        card numbers ordering
        luck
    """,
    "runs": """
        csv_files failing files frozen heard replicate version
        checkpoint manifest sealed units workers
        folder parts past watch
        chunk
        cluster executors
        runner
        means
    """,
    "experiments": """
        factors layers measured
        experiment_files factor_checks point_files tables
        designs factor_layers measure
        experiment_checks plan
        estimate experiment plan_file
        over_worlds
        schema sweep_folder
        sweep
    """,
    "questions/comparison": """
        price
        alike horizons residents tables
        study
        assumed counted findings manifest places replicates
        run table
        worlds
        decisions equal_cost
        store
        focus
        compare publish reopen
        figures
    """,
    "scenario": """
        blocks grammar own
        source
        given held late own_files remaining
        before more_citizens
        positions rules wording
        dated examining files paths
        past
        checks courses effects
        idle undone
        scenario
        amended as_files likeness schema starting written
    """,
}
"""Modules of large packages, the lowest first: each imports lower ones of its package only. What is
imported late (a result that draws itself) or for types may lie higher, inside one room."""


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_module(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def _imported(node: ast.AST) -> set[str]:
    """Modules of the package that an import statement names."""
    if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] != "sim":
        return set()
    home = (node.module or "").removeprefix("sim").removeprefix(".")
    names = {f"{home}.{alias.name}".removeprefix(".") for alias in node.names}
    return {name if name in MODULES else home for name in names} - {""}


def _at_import(module: str) -> set[str]:
    return set().union(*(_imported(node) for node in MODULES[module].body)) - {module}


def _room(module: str) -> str:
    """The package of a module, or its room where it is a question's."""
    first, _, rest = module.partition(".")
    room = rest.partition(".")[0]
    return f"{first}/{room}" if first == "questions" and room in ROOMS else first


def _circles(graph: dict[str, set[str]]) -> set[str]:
    """What imports itself by way of others."""
    left = {name: set(needs) for name, needs in graph.items()}
    while ready := {name for name, needs in left.items() if not needs & left.keys()}:
        left = {name: needs for name, needs in left.items() if name not in ready}
    return set(left)


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert _circles({module: _at_import(module) for module in MODULES if module}) == set()
    assert _circles({"a": {"b"}, "b": {"a"}, "c": set()}) == {"a", "b"}


def test_no_room_imports_itself_by_way_of_others() -> None:
    """Late imports and imports for types too, but for those that are named above."""
    rooms: dict[str, set[str]] = {}
    for module, tree in MODULES.items():
        if module:
            found = set().union(*(_imported(node) for node in ast.walk(tree)))
            needs = {_room(name) for name in found} - {_room(module)}
            late = {target for part, target in LATE_OR_TYPING if part == _room(module)}
            rooms.setdefault(_room(module), set()).update(needs - late)
    assert _circles(rooms) == set()
    for room, needs in rooms.items():
        if room.startswith("questions"):
            own = room.removeprefix("questions").removeprefix("/")
            others = {n.removeprefix("questions").removeprefix("/")
                      for n in needs if n.startswith("questions")}  # fmt: skip
            assert others <= ROOMS[own], room


@pytest.mark.parametrize("package", LEVELS)
def test_inside_large_packages_imports_go_down(package: str) -> None:
    lines = [line.split() for line in LEVELS[package].split("\n") if line.strip()]
    level = {name: height for height, names in enumerate(lines) for name in names}
    prefix = package.replace("/", ".") + "."
    own = {m.removeprefix(prefix).partition(".")[0]: m for m in MODULES if m.startswith(prefix)}
    assert set(own) == set(level), "say in LEVELS where it stands"
    for module in (m for m in MODULES if m.startswith(prefix)):
        name = module.removeprefix(prefix).partition(".")[0]
        inside = {m.removeprefix(prefix).partition(".")[0]
                  for m in _at_import(module) if m.startswith(prefix)} - {name}  # fmt: skip
        for other in inside:
            assert level[other] < level[name], f"{module} imports {other}"


def test_no_package_outgrows_the_others() -> None:
    """The largest is the questions' one, and each of its rooms is small."""
    sizes: dict[str, int] = {}
    for path in FILES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        room = _room(_module(path))
        sizes[room] = sizes.get(room, 0) + lines
    assert max(sizes.values()) < 0.2 * sum(sizes.values()), sizes


POINTS = (ROOT / "experiments" / "designs.py", ROOT / "latin.py")
"""Draw points of experiments, and worlds, by SciPy's seeded samplers; no luck of the model."""


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


OTHERS = ("ordinary_mesa.py", "numpy_month.py")
"""Months of other libraries, with their luck, that ours is measured against."""


def test_the_model_has_one_source_of_luck() -> None:
    others = [ROOT / "bench" / name for name in OTHERS]
    for path in FILES:
        if path not in (*POINTS, *others):
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

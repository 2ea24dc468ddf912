"""The model's version changes with every file that decides numbers, and with no other."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

import sim
from sim.runs import version
from sim.runs.version import deciding_files, model_version, sources_digest

PACKAGE = Path(sim.__file__).parent
FILES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, tmp_path / "sim"))


def test_every_deciding_file_changes_the_version(copy: Path) -> None:
    before = sources_digest(copy)
    assert model_version().endswith(f"+{before}")
    for name in deciding_files(copy):
        file = copy / name
        text = file.read_bytes()
        file.write_bytes(text + b"\n")
        assert sources_digest(copy) != before, name
        file.write_bytes(text)
    assert sources_digest(copy) == before


@pytest.mark.parametrize(
    "name",
    [
        "agents/citizen.py", "agents/local_government.py", "engine/luck.py",
        "experiments/designs.py", "experiments/measure.py",
        "experiments/plan.py", "runs/replicate.py",
        "statistics.py", "history.py", "model.py", "networks/measures.py",
        "networks/recorded.py", "networks/yearly.py", "outcomes.py", "paradigms.py",
        "paradigms.yaml", "processes/lives.py", "processes/reform.py", "scenario/scenario.py",
        "society/data/korea.csv", "society/places.py", "state.py",
    ],
)  # fmt: skip
def test_what_is_known_to_decide_is_found(name: str) -> None:
    assert name in deciding_files(PACKAGE)


def test_words_and_figures_do_not_change_the_version(copy: Path) -> None:
    before = sources_digest(copy)
    for folder in ("cli", "drawing", "explain", "report"):
        for file in (copy / folder).rglob("*.*"):
            if file.is_file():
                file.write_bytes(b"")
    (copy / "scenarios").mkdir(exist_ok=True)
    (copy / "scenarios" / "mine.yaml").write_text("years: 3\n")
    (copy / "py.typed").unlink()
    assert sources_digest(copy) == before


def test_other_systems_line_ends_are_the_same(copy: Path) -> None:
    before = sources_digest(copy)
    for file in copy.rglob("*.py"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert sources_digest(copy) == before


def test_a_module_that_is_imported_newly_counts_at_once(copy: Path) -> None:
    (copy / "novel.py").write_text("X = 1\n")
    before = sources_digest(copy)
    model = copy / "processes" / "service.py"
    model.write_text(model.read_text() + "\nfrom sim.novel import X\n")
    with_import = sources_digest(copy)
    (copy / "novel.py").write_text("X = 2\n")
    assert len({before, with_import, sources_digest(copy)}) == 3


class _Imports(ast.NodeVisitor):
    """What Python itself imports: everything outside `if TYPE_CHECKING`."""

    def __init__(self) -> None:
        self.modules: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        typing = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for part in node.orelse if typing else ast.iter_child_nodes(node):
            self.visit(part)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        assert not node.level, "relative imports are not followed"
        if node.module and node.module.split(".")[0] == "sim":
            self.modules |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}

    def visit_Import(self, node: ast.Import) -> None:
        self.modules |= {a.name for a in node.names if a.name.split(".")[0] == "sim"}

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        assert name not in ("import_module", "__import__"), "imports by name are not followed"
        self.generic_visit(node)


def test_the_imports_found_are_those_that_python_finds() -> None:
    """The version reads imports by pattern, for speed: compared with Python's own parser."""
    modules = {
        "sim." + name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name
        for name in FILES
    }
    seen: set[str] = set()
    waiting = list(version._FROM)
    while waiting:
        module = waiting.pop()
        if module in seen or module not in modules:
            continue
        seen.add(module)
        visitor = _Imports()
        visitor.visit(ast.parse(FILES[modules[module]].read_text(encoding="utf-8")))
        for name in visitor.modules:
            parts = name.split(".")
            waiting += [".".join(parts[:end]) for end in range(2, len(parts) + 1)]
    found = {name for name in deciding_files(PACKAGE) if name.endswith(".py")}
    assert found == {modules[module] for module in seen}
    assert not {name for name in found if name.split("/")[0] in ("cli", "report")}

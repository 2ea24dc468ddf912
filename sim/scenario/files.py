"""From files to the plain data of one scenario: shipped names, parents, and changes on top."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import ScenarioError
from sim.paradigms import FIGURE
from sim.processes.declared import PARAMETERS
from sim.scenario.source import Source, plain, read_source
from sim.text import near

_WHOLE = ("governance", "central", "transition", "policy")


def shipped_folder() -> Path:
    """Where the shipped scenarios are: beside the package, or inside an installed one."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def shipped_names() -> tuple[str, ...]:
    """Names of the shipped scenarios."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.yaml")))


def find_file(scenario: str | Path) -> Path:
    """The file of a scenario given by path or by shipped name."""
    path = Path(scenario)
    if path.is_file():
        return path
    if str(scenario) in shipped_names():
        return shipped_folder() / f"{scenario}.yaml"
    match = near(path.stem, shipped_names())
    raise ScenarioError(f"{scenario}: no such file or shipped scenario{match}")


def read_with_parent(path: Path, children: tuple[Path, ...]) -> Source:
    """A file's data over that of the file it extends."""
    here = path.resolve()
    if here in children:
        chain = " -> ".join(p.name for p in (*children, here))
        raise ScenarioError(f"{path}: extends itself: {chain}")
    source = read_source(path)
    parent_name = source.data.pop("extends", None)
    if parent_name is None:
        return source
    where = source.where(("extends",))
    if not isinstance(parent_name, str):
        raise ScenarioError(f"{where}extends: one file or shipped name")
    beside = path.parent / parent_name
    try:
        parent_path = beside if beside.is_file() else find_file(parent_name)
    except ScenarioError as error:
        raise ScenarioError(f"{where}extends: {error}") from None
    parent = read_with_parent(parent_path, (*children, here))
    for name in ("name", "question", "description"):
        parent.data.pop(name, None)
    merged = Source(merge(parent.data, source.data), {**parent.places, **source.places})
    return merged


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`: blocks are merged key by key, lists and transitions replaced."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if key in ("governance", "central") and old is not None:
            merged[key] = _merge_rows(old, value)
        elif isinstance(value, Mapping) and isinstance(old, Mapping) and key not in _WHOLE:
            merged[key] = merge(old, value)
        else:
            merged[key] = value
    return merged


def _merge_rows(below: Any, above: Any) -> Any:
    """Rows over rows: what holds for all replaces everything below it."""
    paradigms = set(FIGURE.paradigm_ids)
    if not isinstance(above, Mapping) or set(above) <= paradigms or "all" in above:
        return above
    bare = not isinstance(below, Mapping) or set(below) <= paradigms
    return {**({"all": below} if bare else below), **above}


def apply_set(source: Source, text: str) -> None:
    """One `--set path.to.key=value`; parameters and cells may be named without their block."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ScenarioError(f"--set {text}: write it as path.to.key=value")
    path = key.strip().split(".")
    if key.strip() in PARAMETERS:
        path = ["parameters", key.strip()]
    elif path[0] in ("parameters", "policy"):
        path = [path[0], ".".join(path[1:])]
    change: Any = plain(value.strip())
    for part in reversed(path):
        change = {part: change}
    source.data = merge(source.data, change)
    source.places[tuple(path)] = f"--set {text}"

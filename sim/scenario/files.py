"""From files to the plain data of one scenario: shipped names, parents, and changes on top."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import ScenarioError
from sim.paradigms import FIGURE
from sim.processes.declared import PARAMETERS
from sim.scenario.source import Path_, Source, plain, read_source
from sim.text import near

_OWN = ("name", "question", "description")
_ROWS = ("governance", "central")
_WHOLE = ("transition", "policy", "shocks")


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


def read_with_parent(path: Path) -> Source:
    """A file's data over that of the file that it extends, and so on."""
    return _read(path, (), path.resolve().parent)


def _read(path: Path, children: tuple[Path, ...], tree: Path) -> Source:
    here = path.resolve()
    if here in children:
        chain = " -> ".join(p.name for p in (*children, here))
        raise ScenarioError(f"extends: {path.name} extends itself: {chain}")
    source = read_source(path)
    spread_rows(source)
    if "extends" not in source.data:
        return source
    parent_name = source.data.pop("extends")
    try:
        parent_path = _find_parent(parent_name, path.parent, tree)
        parent = _read(parent_path, (*children, here), tree)
    except ScenarioError as error:
        raise _from_parent(error, source.where(("extends",))) from None
    for name in _OWN:
        parent.data.pop(name, None)
    return merge_sources(parent, source)


def _from_parent(error: ScenarioError, where: str) -> ScenarioError:
    """A parent's mistake keeps its own place; one about `extends` itself takes the child's."""
    lines = str(error).split("\n")
    return ScenarioError(
        "\n".join(where + line if line.startswith("extends:") else line for line in lines)
    )


def _find_parent(name: Any, folder: Path, tree: Path) -> Path:
    """The file that `extends` names: beside the child, or a shipped scenario."""
    if not isinstance(name, str) or not name:
        raise ScenarioError("extends: expected one file or shipped name")
    beside = folder / name
    if beside.is_file():
        shipped = shipped_folder().resolve()
        if not any(beside.resolve().is_relative_to(allowed) for allowed in (tree, shipped)):
            raise ScenarioError(f"extends: {name} lies outside the folder of the scenario")
        return beside
    stem = name.removesuffix(".yaml")
    if stem in shipped_names():
        return shipped_folder() / f"{stem}.yaml"
    raise ScenarioError(
        f"extends: {name}: no such file beside this one, and no shipped scenario"
        f"{near(stem, shipped_names())}"
    )


def spread_rows(source: Source) -> None:
    """Write what holds for all rows under the key `all`, so that rows merge one by one."""
    for block in _ROWS:
        written = source.data.get(block)
        if written is None or (isinstance(written, Mapping) and not _is_mix(written)):
            continue
        source.data[block] = {"all": written}
        for path in [p for p in source.places if p[:1] == (block,)]:
            source.places[(block, "all", *path[1:])] = source.places[path]


def _is_mix(written: Mapping[str, Any]) -> bool:
    return bool(written) and set(written) <= set(FIGURE.paradigm_ids)


def merge_sources(below: Source, above: Source) -> Source:
    """`above` over `below`, with the places of what is left of each."""
    dropped = _dropped(below.data, above.data)
    places = {
        path: place
        for path, place in below.places.items()
        if not any(path[: len(gone)] == gone for gone in dropped)
    }
    return Source(
        merge(below.data, above.data),
        {**places, **above.places},
        [*below.mistakes, *above.mistakes],
    )


def _dropped(below: Mapping[str, Any], above: Mapping[str, Any]) -> list[Path_]:
    """Paths of `below` that `above` replaces whole."""
    gone: list[Path_] = [(key,) for key in _WHOLE if key in above]
    gone += [
        (block,)
        for block in _ROWS
        if isinstance(above.get(block), Mapping) and "all" in above[block]
    ]
    return [path for path in gone if path[0] in below]


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`: blocks are merged key by key, lists and transitions replaced.

    Rows that hold for `all` replace every row below them.
    """
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(old, Mapping)
        replaces = key in _WHOLE or (key in _ROWS and isinstance(value, Mapping) and "all" in value)
        merged[key] = merge(old, value) if both and not replaces else value  # type: ignore[arg-type]
    return merged


def apply_set(source: Source, text: str) -> None:
    """One `--set path.to.key=value`; parameters may be named without their block."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ScenarioError(f"--set {text}: write it as path.to.key=value")
    path = key.strip().split(".")
    if key.strip() in PARAMETERS:
        path = ["parameters", key.strip()]
    elif path[0] == "parameters":
        path = ["parameters", ".".join(path[1:])]
    change: Any = plain(value.strip())
    for part in reversed(path):
        change = {part: change}
    above = Source(change, {tuple(path): f"--set {text}"})
    spread_rows(above)
    merged = merge_sources(source, above)
    source.data, source.places = merged.data, merged.places


def parent_file(path: Path) -> Path | None:
    """The file that a scenario file extends; None if it extends none."""
    source = read_source(path)
    if "extends" not in source.data:
        return None
    return _find_parent(source.data["extends"], path.parent, path.resolve().parent)

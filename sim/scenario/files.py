"""From files to the plain data of one scenario: shipped names, parents, and changes on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.errors import ScenarioError
from sim.processes.declared import PARAMETERS
from sim.scenario.given import instead
from sim.scenario.positions import ALL_ROWS, is_mix
from sim.scenario.rules import RULES, choices, spread_rules
from sim.scenario.source import DEEPEST, Path_, Source, Spot, hindrance, plain, read_source
from sim.society.own_places import is_file as is_place_file
from sim.text import near, one_line, short, stem_of

_OWN = ("name", "question", "description")
_ROWS = ("governance", "central")
LONGEST_NAME = 80
_WHOLE = ("transition", "policy", "shocks")
SOCIETY_FILES = ("place", "access", "prices")
"""Keys of `society` that may name a file of one's own."""


def shipped_folder() -> Path:
    """Where the shipped scenarios are: beside the package, or inside an installed one."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def shipped_names() -> tuple[str, ...]:
    """Names of the shipped scenarios."""
    return names_in(shipped_folder())


def names_in(folder: Path) -> tuple[str, ...]:
    """Names of the YAML files of a folder, without their endings."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def find_file(scenario: str | Path) -> Path:
    """The file of a scenario given by path or by shipped name."""
    return find_shipped(scenario, shipped_folder(), "scenario")


def find_shipped(name: str | Path, folder: Path, what: str) -> Path:
    """The file given by path, or by its name without ending in the folder of shipped ones."""
    path = Path(name)
    if is_file(path):
        return path
    names = names_in(folder)
    if str(name) in names:
        return folder / f"{name}.yaml"
    shown = short(one_line(str(name)))
    if (why := hindrance(path)) is not None:
        raise ScenarioError(f"{shown}: this {why}")
    raise ScenarioError(f"{shown}: no such file or shipped {what}{near(path.stem, names)}")


def read_with_parent(path: Path) -> Source:
    """A file's data over that of the file that it extends, and so on.

    What is wrong with a parent is noted, so that the child's own mistakes are found in the same go.
    """
    return with_parent(read_source(path), path)


def with_parent(source: Source, path: Path) -> Source:
    """Data that was written in a file over that of the file that it extends, and so on."""
    return _over_parent(source, path, (), path.resolve().parent)


def _over_parent(source: Source, path: Path, children: tuple[Path, ...], tree: Path) -> Source:
    spread(source)
    place_beside(source, path.parent, tree)
    if "extends" not in source.data:
        return source
    chain = (*children, path.resolve())
    try:
        file = _find_parent(source, path.parent, tree, chain)
        parent = _over_parent(read_source(file), file, chain, tree)
    except ScenarioError as error:
        source.mistakes.append(("", str(error)))
        source.lacks_parent = True
        return source
    finally:
        del source.data["extends"]
    whole = replace(parent, data=dict(parent.data), places=dict(parent.places), mistakes=[])
    for name in _OWN:
        parent.data.pop(name, None)
        parent.places.pop((name,), None)
    merged = merge_sources(parent, source)
    merged.below = [*parent.below, whole]
    return merged


def place_beside(source: Source, folder: Path, tree: Path) -> None:
    """Files that `society` names are beside the file that says so, or below it."""
    for key in SOCIETY_FILES:
        _file_beside(source, key, folder, tree)


def _file_beside(source: Source, key: str, folder: Path, tree: Path) -> None:
    society = source.data.get("society")
    path: Path_ = ("society", key)
    if not isinstance(society, Mapping):
        return
    name = society.get(key)
    if not isinstance(name, str) or not is_place_file(name):
        return
    if not isinstance(source.place(path), Spot):
        return
    if not is_inside(folder / name, tree):
        text = source.message(path, f"{short(name)} lies outside the folder of the scenario")
        source.mistakes.append((source.place(path), text))
        return
    source.data["society"] = {**society, key: str(folder / name)}


def name_after(source: Source, path: Path) -> None:
    """Without a name of its own, what a file holds is called as the file is."""
    if "name" in source.data:
        return
    name = source.data["name"] = stem_of(path)
    if wrong := wrong_name(name):
        del source.data["name"]
        text = f"the file's own name is none: it {wrong}; rename it, or write `name:` in it"
        source.mistakes.append((str(path), text))


def wrong_name(name: str) -> str:
    """What is wrong with a name; an empty text if nothing is."""
    if not name.strip():
        return "is empty"
    if not name.isprintable():
        return "has characters that cannot be seen; a name is one line of plain text"
    return f"is longer than {LONGEST_NAME} letters" if len(name) > LONGEST_NAME else ""


def parent_file(path: Path) -> Path | None:
    """The file that a scenario file extends; None if it extends none."""
    source = read_source(path)
    if "extends" not in source.data:
        return None
    return _find_parent(source, path.parent, path.resolve().parent, (path.resolve(),))


def _find_parent(source: Source, folder: Path, tree: Path, chain: tuple[Path, ...]) -> Path:
    """The file that `extends` names: beside the child, or a shipped scenario."""
    name = source.data["extends"]

    def wrong(text: str) -> ScenarioError:
        key: Path_ = ("extends",)
        place = source.place(key)
        return ScenarioError(one_line(f"{place}: {source.message(key, text)}"))

    if not isinstance(name, str) or not name.strip():
        raise wrong(f"expected one file or shipped name{instead(name)}")
    found = find_beside(name, folder)
    if found is None:
        raise wrong(not_beside(name, folder))
    if not is_inside(found, tree):
        raise wrong(f"{short(name)} lies outside the folder of the scenario")
    if found.resolve() in chain:
        names = " -> ".join(step.name for step in (*chain, found))
        raise wrong(f"a file cannot extend itself ({names})")
    if len(chain) > DEEPEST:
        raise wrong(f"more than {DEEPEST} files extend one another")
    return found


def find_beside(name: str, folder: Path) -> Path | None:
    """The file of this name in a folder, or the shipped scenario; None if there is neither."""
    if is_file(folder / name):
        return folder / name
    stem = name.removesuffix(".yaml")
    return shipped_folder() / f"{stem}.yaml" if stem in shipped_names() else None


def is_inside(file: Path, folder: Path) -> bool:
    """Whether a file lies in a folder or below it, or is a shipped one; links are followed."""
    allowed = (folder.resolve(), shipped_folder().resolve())
    return any(file.resolve().is_relative_to(place) for place in allowed)


def is_shipped(file: str) -> bool:
    """Whether a file is one of those that ship."""
    return Path(file).resolve().is_relative_to(shipped_folder().resolve())


def not_beside(name: str, folder: Path) -> str:
    """What to say of a name that `find_beside` does not find."""
    if (why := hindrance(folder / name)) is not None:
        return f"'{short(name)}' {why}"
    stem = Path(name).stem
    return (
        f"'{short(name)}' is no file beside this one and no shipped scenario"
        f"{near(stem, shipped_names())}"
    )


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def spread(source: Source) -> None:
    """Write what is said in short at length, so that layers merge value by value.

    What holds for all rows stands under the key `all`, rules chosen by name are parameters.
    """
    spread_rules(source)
    for block in _ROWS:
        written = source.data.get(block)
        if written is None or (isinstance(written, Mapping) and not is_mix(written)):
            continue
        source.data[block] = {ALL_ROWS: written}
        for path in [p for p in source.places if p[:1] == (block,)]:
            source.places[(block, ALL_ROWS, *path[1:])] = source.places[path]


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
        [*above.mistakes, *below.mistakes],
        lacks_parent=below.lacks_parent or above.lacks_parent,
        files=(*below.files, *above.files),
        below=[*below.below, *above.below],
        notes=[*below.notes, *above.notes],
    )


def _dropped(below: Mapping[str, Any], above: Mapping[str, Any]) -> list[Path_]:
    """Paths of `below` that `above` replaces whole."""
    gone: list[Path_] = [(key,) for key in _WHOLE if key in above]
    for block in _ROWS:
        rows = above.get(block)
        if isinstance(rows, Mapping):
            gone += [(block,)] if ALL_ROWS in rows else [(block, row) for row in rows]
    return [path for path in gone if path[0] in below]


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`: blocks are merged key by key, lists and transitions replaced.

    Rows replace rows, mixes and all; rows that hold for `all` replace every row below them.
    """
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if key in _WHOLE or not (isinstance(value, Mapping) and isinstance(old, Mapping)):
            merged[key] = value
        elif key in _ROWS:
            merged[key] = value if ALL_ROWS in value else {**old, **value}
        else:
            merged[key] = merge(old, value)
    return merged


def apply_sets(
    source: Source,
    texts: Sequence[str],
    path_of: Callable[[list[str]], list[str]] | None = None,
) -> None:
    """Each `--set path.to.key=value`; parameters may be named without their block.

    `path_of` says which path in the data the parts of a key name; `path_in_scenario` unless given.
    One that undoes an earlier one is noted.
    """
    before: list[tuple[str, Path_, Any]] = []
    for text in texts:
        source.below.append(replace(source, mistakes=[], below=[]))
        shown, path = _apply_set(source, text, path_of or path_in_scenario)
        for earlier, there, value in before:
            if found_at(source.data, there) != value:
                source.notes.append((earlier, f"counts for nothing: {shown} comes after it"))
        before = [step for step in before if found_at(source.data, step[1]) == step[2]]
        before.append((shown, path, found_at(source.data, path)))


def _apply_set(
    source: Source, text: str, path_of: Callable[[list[str]], list[str]]
) -> tuple[str, Path_]:
    """Change one value; what is shown of it, and the path at which it stands now."""
    key, equals, value = text.partition("=")
    shown = f"--set {short(one_line(text))}"
    path = key.strip().split(".")
    if not equals or not all(path) or len(path) > DEEPEST:
        raise ScenarioError(f"{shown}: write it as path.to.key=value")
    path = path_of(path)
    change: Any = _plain_or_quoted(value.strip())
    for part in reversed(path):
        change = {part: change}
    above = Source(change, {tuple(path): shown})
    spread(above)
    if path[0] == RULES and RULES not in above.data:
        path = ["parameters", choices()[path[1]].name]
    if path[0] in _ROWS and ALL_ROWS in above.data[path[0]]:
        path = [path[0], ALL_ROWS, *(part for part in path[1:] if part != ALL_ROWS)]
    _own_what_is_new(source.data, path, above)
    merged = merge_sources(source, above)
    source.data, source.places = merged.data, merged.places
    return shown, tuple(path)


def _plain_or_quoted(text: str) -> Any:
    """The value of text as a file has it: in quotes it is text, whatever it looks like."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return plain(text)


def found_at(data: Any, path: Path_) -> Any:
    """What stands at a path; nothing where there is nothing."""
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def path_in_scenario(parts: list[str]) -> list[str]:
    """The path in a scenario's data of the parts of a dotted key: parameters keep their dots."""
    name = ".".join(parts)
    if name in PARAMETERS:
        return ["parameters", name]
    if parts[0] == "parameters" and len(parts) > 1:
        return ["parameters", name.removeprefix("parameters.")]
    return parts


def _own_what_is_new(data: Any, path: Sequence[str], above: Source) -> None:
    """Blocks that a `--set` creates, or puts in the place of a value, are its own."""
    for end in range(1, len(path)):
        data = data.get(path[end - 1]) if isinstance(data, Mapping) else None
        if not isinstance(data, Mapping):
            above.places.setdefault(tuple(path[:end]), above.places[tuple(path)])
    if path[0] in _ROWS:  # rows replace rows, mixes and all
        above.places.setdefault(tuple(path[:2]), above.places[tuple(path)])

"""From an experiment file to its policies: scenarios by name, by file, or written inline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.declared import PARAMETERS
from sim.errors import ScenarioError
from sim.experiments.layers import base_over, contradictions
from sim.scenario import Scenario
from sim.scenario.files import apply_sets as apply_to
from sim.scenario.files import (
    find_beside,
    find_shipped,
    is_file,
    is_inside,
    name_after,
    names_in,
    not_beside,
    path_in_scenario,
    place_beside,
    read_with_parent,
    shipped_folder,
    shipped_names,
    spread,
    with_parent,
)
from sim.scenario.given import instead
from sim.scenario.scenario import examine_scenario
from sim.scenario.source import MOST_TOLD, Path_, Source, Spot, Told, read_source
from sim.text import short

FACTORS = ("levers", "uncertainties")
NOT_IN_BASE = ("name", "question", "description", "extends", "seed", "replicates")
"""Keys of a scenario that every policy has of its own, or that the experiment has."""
MOST_POLICIES = 50
_SCENARIOS = (".yaml", ".yml")
_DOTTED = 2
"""Parts of the full name of a parameter or row; an anchor's has one more."""
_CELLS = "cells"


def experiments_folder() -> Path:
    """Where the shipped experiments are."""
    return shipped_folder() / "experiments"


def experiment_names() -> tuple[str, ...]:
    """Names of the shipped experiments."""
    return names_in(experiments_folder())


def find_experiment(experiment: str | Path) -> Path:
    """The file of an experiment given by path or by shipped name."""
    return find_shipped(experiment, experiments_folder(), "experiment")


def is_experiment(name: str) -> bool:
    """Whether a file, or a shipped name, is an experiment's: it has policies or a design."""
    if not is_file(Path(name)):
        return name in experiment_names() and name not in shipped_names()
    try:
        keys = read_source(Path(name)).data
    except ScenarioError:
        return False
    return "policies" in keys or "design" in keys


def apply_sets(source: Source, texts: Sequence[str]) -> None:
    """Each `--set path.to.key=value`; a parameter's full name sets it in every policy."""
    base = source.data.get("base")
    if isinstance(base, dict):
        source.data["base"] = _spread(base)
    apply_to(source, texts, _path_in_experiment)


def _spread(base: dict[str, Any]) -> dict[str, Any]:
    above = Source(dict(base))
    spread(above)
    return above.data


def _path_in_experiment(parts: list[str]) -> list[str]:
    if ".".join(parts) in PARAMETERS or parts[0] == _CELLS:
        return ["base", *path_in_scenario(parts)]
    if parts[0] == "base" and len(parts) > 1:
        return ["base", *path_in_scenario(parts[1:])]
    if parts[0] in FACTORS:
        size = _DOTTED + (parts[1:2] == [_CELLS])
        return [parts[0], ".".join(parts[1 : 1 + size]), *parts[1 + size :]]
    return parts


@dataclass
class Policies:
    """The scenarios of an experiment by name, where each is written, and what is wrong with them.

    `lower` holds each as it is without the base. They are `complete` if every policy that the file
    names could be read.
    """

    scenarios: dict[str, Scenario] = field(default_factory=dict)
    paths: dict[str, Path_] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    lower: dict[str, Source] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether nothing is wrong with any policy."""
        return not self.told


def read_policies(source: Source, file: Path) -> Policies:
    """The policies of an experiment's data, each with what `base` says over it.

    Names are looked up beside `file` and among the shipped scenarios.
    """
    written, base = source.data.get("policies"), source.data.get("base", {})
    found = Policies()
    if not isinstance(written, list) or len(written) > MOST_POLICIES:
        return found
    if not isinstance(base, Mapping):
        return found
    over = source.part(("base",), {k: v for k, v in base.items() if k not in NOT_IN_BASE})
    spread(over)
    place_beside(over, file.parent, file.resolve().parent)
    for index, item in enumerate(written):
        if len(found.told) > MOST_TOLD:
            break
        path: Path_ = ("policies", index)
        try:
            policy = _read(source, path, item, file)
        except _NotAPolicy as error:
            found.told += [(source.place(path), source.message(path, str(error)))]
        except ScenarioError as error:
            found.told += [("", line) for line in str(error).splitlines()]
        else:
            _add(found, policy, over, source, path)
    return found


def may_name(name: str, folder: Path, endings: Sequence[str]) -> bool:
    """Whether a file of an experiment, which may be a stranger's, may have another one read.

    It may if that lies in its own folder or below, or beside that folder, named from there, with
    one of these `endings`. Links are followed.
    """
    if is_inside(folder / name, folder):
        return True
    near = not Path(name).is_absolute() and name.lower().endswith(tuple(endings))
    return near and is_inside(folder / name, folder.resolve().parent)


def outside(name: str) -> str:
    """What to say of a file that an experiment's file must not name."""
    return (
        f"'{short(name)}' lies outside the folder of this experiment, which may be a stranger's; "
        "put it beside this file, or name it with --set"
    )


class _NotAPolicy(ScenarioError):
    """What is written does not name a policy."""


def _read(source: Source, path: Path_, item: Any, file: Path) -> Source:
    if isinstance(item, Scenario):
        return Source(item.model_dump(exclude_unset=True))
    if isinstance(item, str) and item.strip():
        found = find_beside(item, file.parent)
        if found is None:
            raise _NotAPolicy(not_beside(item, file.parent))
        if isinstance(source.place(path), Spot) and not is_inside(found, file.parent):
            if not may_name(item, file.parent, _SCENARIOS):
                raise _NotAPolicy(outside(item))
            text = source.message(path, f"'{short(item)}' is read from a folder beside this one's")
            source.notes.append((source.place(path), text))
        policy = read_with_parent(found)
        name_after(policy, found)
        return policy
    if not isinstance(item, Mapping) or not item:
        raise _NotAPolicy(f"expected a scenario's name or file, or its keys{instead(item)}")
    if "name" not in item:
        raise _NotAPolicy("a policy that is written here needs a name")
    return with_parent(source.part(path, dict(item)), file)


def _add(found: Policies, policy: Source, over: Source, source: Source, path: Path_) -> None:
    """A policy with the base over it; notes its mistakes, and a name that is taken."""
    spread(policy)
    merged, told = base_over(policy, over)
    scenario, wrong = examine_scenario(merged)
    told += wrong
    if not told and isinstance(item := _item(source, path), Mapping):
        told = contradictions(source.part(path, dict(item)), merged)
    if scenario is None or told:
        found.told += told
    elif scenario.name in found.scenarios:
        text = f"another policy is called '{scenario.name}' too"
        found.told.append((source.place(path), source.message(path, text)))
    else:
        item = _item(source, path)
        own = item.own_model if isinstance(item, Scenario) else None
        found.scenarios[scenario.name] = scenario.run_by(own)
        found.paths[scenario.name] = path
        found.lower[scenario.name] = policy


def _item(source: Source, path: Path_) -> Any:
    return source.data["policies"][path[-1]]

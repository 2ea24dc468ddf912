"""Results read back from their folder: verified, whole, and ready to be told again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.errors import ResultsError, UserMistake
from sim.questions.comparison.store import TABLES, ResultsFolder, read_runs
from sim.questions.comparison.study import EqualCost, Runs, Study, collect
from sim.runs.folder import MANIFEST, kind_of, read_manifest, verify
from sim.runs.version import model_version
from sim.scenario.written import scenarios_of


def reopen(path: Path) -> tuple[Runs, dict[str, Any]]:
    """The runs and the manifest of a results folder.

    Raises `UserMistake` if there are no results, `ResultsError` if a table of replicates is missing
    or is not what the manifest says. Other files can be written again from these.
    """
    manifest = read_finished(path)
    problems = verify(path, TABLES)
    if problems:
        raise ResultsError("\n".join(problems))
    return read_runs(path, study_of(path, manifest)), manifest


def from_parts(path: Path) -> Runs:
    """The runs of a results folder whose tables are damaged, from the parts of its replicates.

    Raises `ResultsError` if a part is missing or damaged too.
    """
    manifest = read_finished(path)
    study = study_of(path, manifest)
    if manifest.get("model_version") == model_version():
        outcomes = ResultsFolder(path, study).from_parts()
        if outcomes is not None:
            return collect(study, outcomes)
    raise ResultsError("\n".join(verify(path, TABLES)))


def read_finished(path: Path) -> dict[str, Any]:
    """The manifest of a folder with finished replicates of a study."""
    if not path.is_dir():
        raise UserMistake(f"{path}: no such results folder")
    manifest = read_manifest(path)
    if not manifest:
        raise UserMistake(f"{path}: holds no results (there is no {MANIFEST})")
    if not manifest.get("complete"):
        raise UserMistake(f"{path}: is not finished; the command that began it goes on from there")
    if kind_of(path) != "study":
        raise UserMistake(
            f"{path}: holds no replicates to tell again; the command that wrote it tells them"
        )
    return manifest


def study_of(path: Path, manifest: dict[str, Any]) -> Study:
    """The study that a manifest describes."""
    try:
        scenarios = scenarios_of(manifest["written"], manifest.get("under", {}))
        return Study(
            scenarios,
            manifest["seed"],
            manifest["replicates"],
            manifest["baseline"],
            per_world=manifest.get("per_world", 0),
            equal_cost=_equal_cost(manifest.get("equal_cost")),
            focus=tuple(manifest.get("focus", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ResultsError(
            f"{path / MANIFEST}: describes scenarios that this release does not know (model "
            f"{manifest.get('model_version')}); use that release to tell these results again"
        ) from None


def _equal_cost(said: dict[str, Any] | None) -> EqualCost | None:
    """What a manifest says of levers that were scaled."""
    if said is None:
        return None
    lists = {name: tuple(said[name]) for name in ("levers", "items")}
    return EqualCost(**said | lists)

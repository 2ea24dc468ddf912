"""Results read back from their folder: verified, whole, and ready to be told again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.errors import ResultsError, UserMistake
from sim.experiments.run import Runs, Study
from sim.experiments.store import TABLES, read_manifest, read_runs, verify
from sim.scenario import Scenario


def reopen(path: Path) -> tuple[Runs, dict[str, Any]]:
    """The runs and the manifest of a results folder.

    Raises `UserMistake` if there are no results, `ResultsError` if a table of replicates is missing
    or is not what the manifest says. Other files can be written again from these.
    """
    if not path.is_dir():
        raise UserMistake(f"{path}: no such results folder")
    manifest = read_manifest(path)
    if not manifest:
        raise UserMistake(f"{path}: holds no results (there is no manifest.json)")
    if not manifest.get("complete"):
        raise UserMistake(f"{path}: is not finished; the command that began it goes on from there")
    if "written" not in manifest:
        raise UserMistake(
            f"{path}: holds no replicates to tell again; the command that wrote it tells them"
        )
    problems = verify(path, TABLES)
    if problems:
        raise ResultsError("\n".join(problems))
    return read_runs(path, study_of(manifest)), manifest


def study_of(manifest: dict[str, Any]) -> Study:
    """The study that a manifest describes."""
    scenarios = {
        name: Scenario.model_validate(written) for name, written in manifest["written"].items()
    }
    return Study(scenarios, manifest["seed"], manifest["replicates"], manifest["baseline"])

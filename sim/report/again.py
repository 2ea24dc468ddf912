"""Finished results of any kind, verified and told again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sim.errors import ResultsError
from sim.experiments.sweep import Sweep
from sim.experiments.sweep_folder import open_sweep
from sim.paged import CODEBOOK, PAGE, page_of_results, page_of_study
from sim.questions.comparison.focus import focus_tables
from sim.questions.comparison.publish import More, Tell, draw_study, tell_problems
from sim.questions.comparison.reopen import from_parts, reopen
from sim.questions.comparison.store import FORECASTS, TABLES, WORLDS, ResultsFolder
from sim.questions.comparison.study import Runs
from sim.questions.comparison.worlds import find_over_worlds, found_table
from sim.runs.folder import Folder, held, read_manifest, verify


def publish_again(path: Path, *, warn: Tell | None = None, more: More | None = None) -> Runs:
    """Write what follows from the replicates of finished results again: tables and figures.

    `warn` hears of each file that was missing or was not what the manifest says; `more` adds what
    else is asked for. Tables of replicates that are damaged are made again from the parts. Results
    that cannot be written, such as those on a read-only disk, are verified and read.
    """
    if not os.access(path, os.W_OK):
        return _read_only(path, warn)
    with held(path, None):
        problems, damaged = verify(path), verify(path, TABLES)
        runs = from_parts(path) if damaged else reopen(path)[0]
        tell_problems(path, problems, warn)
        folder = ResultsFolder(path, runs.study)
        if warn is not None:
            for damage in folder.damaged_parts():
                warn(f"{damage}; its replicate runs again when it is needed")
        manifest = folder.manifest
        folder.keep_sealed(*manifest["files"])
        figures = manifest["figures"] if _shows_evidence(manifest) else draw_study(runs, folder)
        if damaged:
            folder.finish(runs, manifest | {"figures": figures})
        else:
            folder.tell(runs)
            folder.seal(manifest | {"figures": figures})
        if runs.study.worlds:
            folder.attach({WORLDS: found_table(find_over_worlds(runs))}, {})
        if runs.study.focus:
            folder.attach(focus_tables(runs), {})
        if more is not None and runs.replicates:
            more(folder, runs)
        if runs.replicates:
            page_of_study(folder, runs, anew=True)
    return runs


def _shows_evidence(manifest: dict[str, Any]) -> bool:
    """Whether its figure is of forecasts, which runs of the study alone cannot draw again."""
    return FORECASTS[0] in manifest["files"] and "figures" in manifest


def _read_only(path: Path, warn: Tell | None) -> Runs:
    runs, _ = reopen(path)
    _verify_read_only(path, warn)
    return runs


def _verify_read_only(path: Path, warn: Tell | None) -> None:
    problems = verify(path)
    if problems:
        raise ResultsError("\n".join(problems))
    if warn is not None:
        warn(f"{path}: cannot be written, so nothing was; all files are as manifest.json says")


def publish_sweep_again(path: Path, *, warn: Tell | None = None) -> Sweep:
    """Verify a finished sweep, and write again what follows from its table of runs.

    `warn` hears of each file that was missing or was not what the manifest says.
    """
    done = Sweep.open(path)
    if not os.access(path, os.W_OK):
        _verify_read_only(path, warn)
        return done
    with open_sweep(path, done.plan, any_version=True) as folder:
        problems = verify(path)
        tell_problems(path, problems, warn)
        if problems:
            folder.tell()
            folder.attach({})
        page_of_results(folder, anew=True)
    return done


def verify_other(path: Path, *, warn: Tell | None = None) -> dict[str, Any]:
    """Verify finished results that hold neither replicates nor a sweep; their manifest.

    `warn` hears of a page or codebook that was missing or changed: they are written again. Raises
    `ResultsError` if another file is missing or is not what the manifest says.
    """
    manifest = read_manifest(path)
    follow = tuple(f"{path / name}:" for name in (PAGE, CODEBOOK))
    found = verify(path)
    problems = [line for line in found if not line.startswith(follow)]
    if problems:
        command = manifest.get("command", "the command that made them")
        lines = (f"{problem.split(';')[0]}; made again by: {command}" for problem in problems)
        raise ResultsError("\n".join(lines))
    if manifest.get("complete") and os.access(path, os.W_OK):
        with held(path, None):
            tell_problems(path, found, warn)
            page_of_results(Folder(path), anew=True)
    return manifest

"""What an analysis found, written into the folder of its runs and vouched for by the manifest."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import ResultsError, UserMistake
from sim.experiments.sweep import Sweep
from sim.experiments.sweep_folder import ANALYSIS, open_sweep, read_plan
from sim.paged import page_of_results
from sim.questions.analysis import Analysis
from sim.runs.files import TEMPORARY, forget
from sim.runs.folder import Folder
from sim.runs.manifest import origin
from sim.text import markdown

_LIBRARIES = ("SALib", "ema-workbench", "scikit-learn")


def publish_analysis(
    found: Analysis, done: Sweep, name: str, tables: Mapping[str, pd.DataFrame], command: str
) -> Path:
    """Write tables, figure and sentences into `analysis/` beside the runs; where, without ending.

    `tables` are given by what follows `name` in their files' names. Raises `ResultsError` if they
    cannot be written, `UserMistake` if the folder holds other runs by now.
    """
    path = done.folder or Path()
    with open_sweep(path, done.plan, any_version=True) as folder:
        if read_plan(path).digest != done.plan.digest:
            raise UserMistake(f"{path}: holds other runs by now than those that were analysed")
        folder.refuse_unfinished()
        for ending, table in tables.items():
            folder.write_csv(f"{ANALYSIS}/{name}{ending}.csv", table)
        _draw(found, folder, name)
        folder.write_text(f"{ANALYSIS}/{name}.md", _text(found))
        before = folder.manifest
        known = before.get("analyses", {})
        if name not in known or not folder.vouched.items() <= before["files"].items():
            folder.attach({}, {"analyses": known | {name: _by(command)}})
        page_of_results(folder)
    return path / ANALYSIS / name


def _by(command: str) -> dict[str, Any]:
    """Who made an analysis: versions of the libraries that decide its numbers among it."""
    about = origin(command)
    found = {name: _version(name) for name in _LIBRARIES}
    return about | {"versions": about["versions"] | {n: v for n, v in found.items() if v}}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _draw(found: Analysis, folder: Folder, name: str) -> None:
    try:
        aside = Path(tempfile.mkdtemp(dir=folder.path, prefix=TEMPORARY))
    except OSError as error:
        raise ResultsError(f"{folder.path}: cannot be written: {error.strerror}") from None
    try:
        for file in found.plot(aside / name):
            folder.take(f"{ANALYSIS}/{file.name}", file)
    finally:
        forget(aside)


def _text(found: Analysis) -> str:
    """The sentences, and the figure's caption, for a paper."""
    figure = found.drawing().figure
    told = [
        f"{'  ' if line.startswith(' ') else ''}- {markdown(line.strip())}"
        for line in found.sentences
    ]
    lines = [f"# {markdown(figure.title)}", "", *told, "", markdown(figure.caption), ""]
    return "\n".join(lines)

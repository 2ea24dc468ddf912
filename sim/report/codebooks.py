"""`codebook.csv` of results that are no study, which keep their own."""

from __future__ import annotations

from sim.paged import CODEBOOK
from sim.questions.comparison.decisions.codebook import codebook
from sim.runs.csv_files import csv_text
from sim.runs.folder import Folder, verify


def keep_codebook(folder: Folder) -> None:
    """Say what every column of every CSV of finished results is, unless that is said already."""
    files = folder.manifest.get("files", {})
    tables = [name for name in files if name.endswith(".csv") and (folder.path / name).is_file()]
    if not tables:
        return
    frame = codebook(folder.path, tables)
    is_there = CODEBOOK in files and not verify(folder.path, (CODEBOOK,))
    if is_there and (folder.path / CODEBOOK).read_text(encoding="utf-8-sig") == csv_text(
        frame
    ).lstrip("\ufeff"):
        return
    folder.attach({CODEBOOK: frame})

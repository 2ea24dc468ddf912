"""What `transitions` found, where it wrote its tables into the folder."""

from __future__ import annotations

from sim.report.page.blocks import Section, Unfolded
from sim.report.page.files import table_of_file
from sim.report.page.told import Told

_FOLDER = "transitions"
_MOST = 40


def transitions_section(told: Told) -> Section | None:
    """Its tables, folded; None where nobody asked."""
    folder = told.path / _FOLDER
    names = sorted(name for name in told.manifest.get("files", {})
                   if name.startswith(f"{_FOLDER}/") and name.endswith(".csv"))  # fmt: skip
    if not names:
        return None
    tables = [table_of_file(told.path / name, most=_MOST) for name in names]
    kept = [table for table in tables if table is not None]
    return Section(
        "transitions", "How governments move",
        [Unfolded(table.caption, [table]) for table in kept],
        lead=f"Tables of {folder.name}/ in this folder, each with its first {_MOST} rows.",
    )  # fmt: skip

"""What `transitions` found, where it wrote its tables into the folder."""

from __future__ import annotations

from sim.report.page.blocks import Block, Section, Unfolded
from sim.report.page.files import table_of_file
from sim.report.page.pictures import figure_blocks
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
    blocks: list[Block] = []
    for place, figure in enumerate(told.manifest.get("transition_figures", [])):
        file = folder / f"{figure.get('name', '')}.svg"
        told_of = str(figure.get("title", "")), str(figure.get("caption", ""))
        blocks += figure_blocks(file, *told_of, f"t{place}-")
    blocks += [Unfolded(table.caption, [table], printed=False) for table in kept]
    return Section(
        "transitions",
        "How governments move",
        blocks,
        lead=f"Figures and tables of {folder.name}/ in this folder; of each table at most {_MOST} "
        "rows.",
    )

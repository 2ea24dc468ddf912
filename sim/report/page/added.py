"""What other commands added to a study: another version's results, forecasts."""

from __future__ import annotations

from collections.abc import Iterator

from sim.questions.comparison.store import AGAINST
from sim.report.page.blocks import Section, Unfolded
from sim.report.page.files import table_of_file
from sim.report.page.observed import forecast_sections
from sim.report.page.told import Told

_MOST = 40
_KINDS = (("version", "What this version of the model changed", (AGAINST,)),)


def added_sections(told: Told) -> Iterator[Section]:
    """A section for each kind that is in the folder, its tables folded."""
    there = told.manifest.get("files", {})
    for ident, title, names in _KINDS:
        tables = [table_of_file(told.path / name, most=_MOST) for name in names if name in there]
        kept = [table for table in tables if table is not None]
        if kept:
            yield Section(
                ident, title,
                [Unfolded(table.caption, [table], printed=False) for table in kept],
                lead=f"Tables of this folder; of each at most {_MOST} rows.",
            )  # fmt: skip
    yield from forecast_sections(told.path, told.manifest)

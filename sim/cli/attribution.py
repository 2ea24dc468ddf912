"""`attribute`: which rows of the figure carry the difference between two scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.cli.progress import Progress
from sim.cli.work import load_all
from sim.errors import UserMistake
from sim.experiments.attribution import Attribution, attribute
from sim.experiments.replicate import default_processes
from sim.experiments.store import write_table

_SHOWN = 4


def show_attribution(start: str, end: str, options: dict[str, Any]) -> None:
    """Sample orders of rows, print the largest shares, and write all of them."""
    scenarios = load_all((start, end), {"sets": options["sets"], "citizens": None, "years": None})
    out: Path | None = options["out"]
    if out is not None and out.exists():
        raise UserMistake(f"--out {out}: exists already and is left as it is")
    with Progress(quiet=options["quiet"]) as progress:
        found = attribute(
            *scenarios,
            citizens=options["citizens"],
            most_orders=options["orders"],
            seed=options["seed"],
            processes=options["jobs"] or default_processes(),
            announce=progress.begin,
            progress=progress.advance,
        )
    for line in _lines(found):
        click.echo(line)
    if out is not None:
        write_table(out, found.table)
        click.echo(f"\nAll shares are in {out}")


def _lines(found: Attribution) -> list[str]:
    lines = []
    for outcome, total in found.totals.items():
        own = found.table[found.table["outcome"] == outcome]
        largest = own.reindex(own["share"].abs().sort_values(ascending=False).index).head(_SHOWN)
        told = "; ".join(_share(row) for row in largest.to_dict("records"))
        lines.append(f"{outcome.capitalize()}: {found.end} - {found.start} = {total:+.2f}: {told}.")
    enough = "" if found.precise else "; some intervals are wider than a tenth of the largest share"
    lines.append(f"{found.orders} orders of the rows, 95 % confidence in brackets{enough}.")
    return lines


def _share(row: dict[Any, Any]) -> str:
    return f"{row['row']} {row['share']:+.2f} ({row['conf_low']:+.2f} to {row['conf_high']:+.2f})"

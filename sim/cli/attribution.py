"""`attribute`: which rows of the figure carry the difference between two scenarios."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from sim.cli.progress import Progress
from sim.cli.work import load_all
from sim.errors import StoppedEarly
from sim.experiments.attribution import Attribution, Question
from sim.experiments.replicate import default_processes
from sim.report.attribution import attribution_folder, publish_attribution

_SHOWN = 4
_PAIRS_SHOWN = 2


def show_attribution(start: str, end: str, options: dict[str, Any]) -> None:
    """Walk orders of rows, print the largest shares, and write all of them."""
    scenarios = load_all((start, end), {"sets": options["sets"], "citizens": None, "years": None})
    question = Question.of(*scenarios, citizens=options["citizens"], seed=options["seed"])
    folder: Path = options["out"] or attribution_folder(question)
    with Progress(quiet=options["quiet"]) as progress:
        try:
            found = publish_attribution(
                question,
                folder,
                most_orders=options["orders"],
                precision=options["precision"] / 100.0,
                command=shlex.join(["govshift", *sys.argv[1:]]),
                processes=options["jobs"] or default_processes(),
                announce=progress.begin,
                progress=progress.advance,
                waiting=lambda: click.echo(f"Waiting: another command writes {folder}.", err=True),
            )
        except KeyboardInterrupt:
            raise StoppedEarly(
                f"Stopped. The orders that were finished are kept in {folder}; "
                "the same command goes on from there."
            ) from None
    for line in _lines(found):
        click.echo(line)
    click.echo(f"\nResults are in {folder}")


def _lines(found: Attribution) -> list[str]:
    lines = []
    for outcome, total in found.totals.items():
        own = found.shares[found.shares["outcome"] == outcome]
        largest = own.reindex(own["share"].abs().sort_values(ascending=False).index).head(_SHOWN)
        told = "; ".join(_share(row) for row in largest.to_dict("records"))
        lines.append(f"{outcome.capitalize()}: {found.end} - {found.start} = {total:+.2f}: {told}.")
        lines += _together(found, outcome)
    enough = ""
    if found.imprecise:
        widths = ", ".join(f"{name} {100 * found.width[name]:.0f} %" for name in found.imprecise)
        enough = (
            f" Intervals that are wider than {100 * found.precision:g} % of the largest share: "
            f"{widths}; more --orders narrow them."
        )
    lines.append(f"{found.orders} orders of the rows, 95 % confidence in brackets.{enough}")
    return lines


def _together(found: Attribution, outcome: str) -> list[str]:
    """The pairs of rows that clearly work together or against each other, the largest first."""
    own = found.interactions
    own = own[(own["outcome"] == outcome) & own["clear"].astype(bool)]
    largest = own.reindex(own["interaction"].abs().sort_values(ascending=False).index)
    pairs = [
        f"{row['row']} with {row['other']} {row['interaction']:+.2f}"
        for row in largest.head(_PAIRS_SHOWN).to_dict("records")
    ]
    return [f"  together: {'; '.join(pairs)}."] if pairs else []


def _share(row: dict[Any, Any]) -> str:
    return f"{row['row']} {row['share']:+.2f} ({row['conf_low']:+.2f} to {row['conf_high']:+.2f})"

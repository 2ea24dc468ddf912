"""`report`: results verified and told again, with the assumptions that they rest on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.cli.progress import Progress
from sim.cli.screen import say
from sim.cli.work import show_outcomes
from sim.experiments.ledger import assumptions
from sim.experiments.replicate import default_processes
from sim.experiments.run import Runs
from sim.report.publish import publish_again, publish_assumptions

_SHOWN = 10
_NAMED = 5


def tell_again(path: Path, options: dict[str, Any]) -> None:
    """Verify, write again, and print the results of a folder."""
    runs = publish_again(path, warn=lambda text: say(text, err=True))
    show_outcomes(runs)
    if options["assumptions"]:
        _tell_assumptions(runs, path, options)
    say(f"\nAll files are as manifest.json says; results are in {path}")


def _tell_assumptions(runs: Runs, path: Path, options: dict[str, Any]) -> None:
    with Progress(quiet=options["quiet"]) as progress:
        table = assumptions(
            runs.study,
            citizens=options["citizens"],
            replicates=options["replicates"],
            processes=options["jobs"] or default_processes(),
            announce=progress.begin,
            progress=progress.advance,
        )
    publish_assumptions(path, table)
    say("\nAssumptions that move these results most, each from one end to the other:")
    for line in _lines(table.head(_SHOWN)):
        say(f"  {line}")
    resting = table[table["rests"]]
    say(_verdict(resting) if runs.study.baseline else "")


def _lines(table: pd.DataFrame) -> list[str]:
    return [
        f"{row['parameter']} ({row['tag']}, {row['low']:g} to {row['high']:g}): "
        f"{row['outcome']} of {row['scenario']} {row['at_low']:+.1f} to {row['at_high']:+.1f} "
        f"({row['at_default']:+.1f} at {row['default']:g})"
        for row in table.to_dict("records")
    ]


def _verdict(resting: pd.DataFrame) -> str:
    if resting.empty:
        return "No conclusion changes its direction at either end of any assumption."
    told = []
    for (scenario, outcome), rows in resting.groupby(["scenario", "outcome"], sort=False):
        names = list(dict.fromkeys(rows["parameter"]))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        told.append(f"  {outcome} of {scenario} rests on: {', '.join(names[:_NAMED])}{more}")
    head = "Conclusions that another value within the range would change or leave open"
    return f"{head} (all are in assumptions.csv):\n" + "\n".join(told)

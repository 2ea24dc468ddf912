"""`report`: results verified and told again, with the assumptions that they rest on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.cli.progress import Progress
from sim.cli.screen import say
from sim.cli.work import show_outcomes, where_of
from sim.errors import StoppedEarly, UserMistake
from sim.outcome_words import difference_unit
from sim.questions.assumptions.results import publish_assumptions
from sim.questions.comparison.price import Price
from sim.questions.comparison.publish import slides_asked
from sim.questions.comparison.study import Runs
from sim.report.again import publish_again, publish_sweep_again, verify_other
from sim.report.sweep_table import sweep_table
from sim.runs.folder import kind_of
from sim.text import grouped

_EACH = 2
"""Told of each outcome: swings in points and in money cannot be ranked together."""
_NAMED = 5


def tell_again(path: Path, options: dict[str, Any]) -> None:
    """Verify, write again, and print the results of a folder of any kind."""
    for name in ("cluster", "shard"):
        if options[name] is not None and not options["assumptions"]:
            raise UserMistake(f"--{name}: goes with --assumptions, which alone runs anything")
    if not path.is_dir():
        raise UserMistake(f"{path}: no such results folder")
    kind = kind_of(path)
    if kind == "sweep":
        _refuse_assumptions(path, options)
        say(sweep_table(publish_sweep_again(path, warn=_warn)))
    elif kind in ("walks", "forecasts", "roadmap"):
        _refuse_assumptions(path, options)
        manifest = verify_other(path, warn=_warn)
        say(f"The results of: {manifest['command']}")
    else:
        runs = publish_again(path, warn=_warn, more=slides_asked(options["slides"]))
        show_outcomes(runs)
        if options["assumptions"]:
            _tell_assumptions(runs, path, options)
    say(f"\nAll files are as manifest.json says; results are in {path}")


def _refuse_assumptions(path: Path, options: dict[str, Any]) -> None:
    if options["slides"]:
        raise UserMistake(f"--slides: {path} holds no study; `run` and `compare` make one")
    if options["assumptions"]:
        raise UserMistake(f"--assumptions: {path} holds no study; `run` and `compare` make one")


def _tell_assumptions(runs: Runs, path: Path, options: dict[str, Any]) -> None:
    with Progress(quiet=options["quiet"]) as progress:
        try:
            table = publish_assumptions(
                path,
                runs,
                citizens=options["citizens"],
                replicates=options["replicates"],
                where=where_of(options),
                announce=progress.begin,
                progress=progress.advance,
                waiting=lambda: say(f"Waiting: another command writes {path}.", err=True),
            )
        except KeyboardInterrupt:
            raise StoppedEarly(
                f"Stopped. {progress.new} new replicates for the assumptions are kept in {path}; "
                "the same command goes on from there."
            ) from None
    around = "" if not runs.study.per_world else ", the others at their defaults"
    say(f"\nAssumptions that move each outcome most, each from one end to the other{around}:")
    shown = table.groupby("outcome", sort=False).head(_EACH)
    for line in _lines(shown, runs.study.price):
        say(f"  {line}")
    resting = table[table["rests"]]
    say(_verdict(resting) if runs.study.baseline else "")


def _warn(text: str) -> None:
    say(text, err=True)


def _lines(table: pd.DataFrame, price: Price) -> list[str]:
    return [_line(row, price) for row in table.to_dict("records")]


def _line(row: dict[Any, Any], price: Price) -> str:
    worth = price.of(row["outcome"])
    low, high, default = (
        grouped(worth * row[end], sign=True) for end in ("at_low", "at_high", "at_default")
    )
    return (
        f"{row['parameter']} ({row['tag']}, {row['low']:g} to {row['high']:g}): "
        f"{row['outcome']} of {row['scenario']} {low} to {high} "
        f"{price.told(difference_unit(row['outcome']))} ({default} at {row['default']:g})"
    )


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

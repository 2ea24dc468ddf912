"""The end of the page: evidence, what not to conclude, the command, the manifest."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sim.questions.comparison.assumed import assumptions_told
from sim.questions.comparison.residents import simulated, too_few
from sim.questions.how_sure import few_worlds
from sim.report.page.blocks import Code, Section, Table, Words, cells
from sim.report.page.told import Told, place_told
from sim.statistics import few_replicates

NOT_A_FORECAST = "A model that compares governments under stated assumptions; it is not a forecast."
_SCORES = Path(__file__).with_name("evidence.csv")
_LEFT_OUT = ("--out", "--jobs", "--cluster", "--checkpoint")
_FLAGS_LEFT_OUT = ("--quiet", "--slides")


@cache
def _scores() -> list[list[str]]:
    with _SCORES.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def evidence_section() -> Section:
    """How the model does against what was observed: shipped scores, short."""
    head, *rows = _scores()
    return Section(
        "evidence",
        "How good is the model?",
        [Table("Scores against observations", cells(*head), [cells(*row) for row in rows])],
        lead="Scores that ship with this release (docs/evidence.md; `govshift evidence` makes them "
        "again). They are no evidence for a paradigm.",
        long=True,
    )


def warning_section(told: Told | None) -> Section:
    """What not to conclude."""
    lines = [NOT_A_FORECAST, *(_warnings(told) if told is not None else _GENERAL)]
    return Section("not", "What not to conclude", [Words(lines, listed=True)], warning=True)


_GENERAL = (
    "Do not quote a number without its interval, nor without what it was asked over.",
    "Do not take results for a place, a year or a sum of money in the world.",
)


def _warnings(told: Told) -> Iterator[str]:
    study = told.study
    if study.worlds:
        yield (
            "A share of worlds is a share of what was declared possible, not a probability of what "
            "will happen. Most ranges are assumptions."
        )
    else:
        yield (
            "Intervals here speak of luck alone. What nobody knows is held at its default; over "
            "plausible worlds, intervals are ten to forty times wider."
        )
    yield "Do not quote a number without its interval, nor without the option it is compared with."
    if told.baseline is not None:
        yield (
            "Open does not mean equal: so many worlds cannot tell. Too small to matter does not "
            "mean nothing."
        )
        yield (
            "That more people take part under one paradigm is partly by definition: the figure "
            "says how often people are asked."
        )
    if assumptions_told(study):
        yield (
            "Some scenarios differ in assumptions, not only in policy: their difference is not "
            "what a policy does."
        )
    yield from (
        few_worlds(study.worlds)
        if study.worlds
        else few_replicates(told.runs.replicates, "intervals are rough")
    )
    few = too_few(study.scenarios.values())
    if few:
        yield f"Do not rank single places: {few}."
    if len(told.runs.failures):
        yield f"{len(told.runs.failures)} replicates failed and are left out (failures.csv)."


def again_section(manifest: Mapping[str, Any]) -> Section:
    """The command that makes the results again, and where they come from."""
    rows = [[*cells(name, text)] for name, text in _origin(manifest) if text]
    return Section(
        "again",
        "Make it again",
        [
            Code(command_of(manifest)),
            Table("From the manifest", cells("What", "Value"), rows,
                  note="manifest.json has the scenarios in full and the SHA-256 of every file; "
                  "`govshift report FOLDER` checks them and writes this page again."),
        ],
        long=True,
    )  # fmt: skip


def command_of(manifest: Mapping[str, Any]) -> str:
    """The command without what does not decide results: where, how fast, how loud."""
    kept: list[str] = []
    try:
        words = iter(shlex.split(str(manifest.get("command", ""))))
    except ValueError:
        return str(manifest.get("command", ""))
    for word in words:
        if word in _LEFT_OUT:
            next(words, "")
        elif word not in _FLAGS_LEFT_OUT and not word.startswith(tuple(f"{o}=" for o in _LEFT_OUT)):
            kept.append(word)
    return shlex.join(kept)


def _origin(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "model", str(manifest.get("model_version", ""))
    yield "commit", str(manifest.get("commit") or "")
    yield "seed", str(manifest.get("seed", ""))
    yield "replicates", str(manifest.get("replicates", ""))
    yield "replicates in each world", str(manifest.get("per_world", ""))
    yield "question's hash", str(manifest.get("digest", ""))
    versions = manifest.get("versions", {})
    yield "made with", ", ".join(f"{name} {text}" for name, text in versions.items())


def facts_of(told: Told) -> Sequence[str]:
    """The line under the title."""
    society = told.first.society
    return (
        f"Place: {place_told(society.place)}",
        f"{simulated(told.first):,} simulated citizens",
        f"{told.study.months // 12} years from {told.first.start}",
        told.count,
    )

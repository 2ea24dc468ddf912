"""What the keys of scenario and experiment files mean, and the words of results and commands."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.declared import SHOCKS
from sim.experiments.designs import TAKES, Design
from sim.experiments.experiment import Experiment
from sim.experiments.factors import Range
from sim.outcomes import KNOWN
from sim.paradigms import FIGURE
from sim.scenario import Scenario
from sim.scenario.blocks import Move, PolicyChange, Shock, Society, Transition, Worlds
from sim.society.place_columns import ALIASES
from sim.society.place_columns import COLUMNS as PLACE_COLUMNS
from sim.society.places import find_place, is_drawn, local_government_names, place_names

_MEANINGS = {
    "name": "what it is called in tables, figures and folders; the file's own name unless written",
    "question": "what it is to answer, in a sentence",
    "description": "anything else to know about it",
    "history": (
        "one file beside this one, or a shipped scenario, that the world lives through before "
        "start; governments, citizens, ties and money begin where it leaves them. Society, cells "
        "and parameters that this scenario says hold in its history too, levers only from start on"
    ),
    "stay": "governance: governments begin where the history leaves them",
    "society": "who lives where: {place: korea, citizens: 5000}",
    "governance": (
        "where the local governments stand on the twelve rows of the figure at month 0: a "
        "paradigm, a position from 0 (gov1) to 2 (gov3) or a mix for all rows, or row by row "
        "as {all: gov2, goal: gov3}"
    ),
    "central": (
        "where the central government stands, as governance; as the local ones unless written"
    ),
    "transition": "how governments move along the figure: {mode: scheduled, moves: [...]}",
    "parameters": "levers and context at month 0, by full name: {government.budget: 0.9}",
    "rules": (
        "which rule a process follows where theory is split, by name: {trust: adaptive}; rules "
        "hold from month 0, in the history too"
    ),
    "cells": (
        "other anchors for cells of the figure, by paradigm: {invitations: {gov3: 0.2}}; the "
        "others keep theirs, cells that share a whole still sum to one, and they hold from "
        "month 0"
    ),
    "policy": (
        "dated changes of parameters, sudden or over some months, for all or for one "
        "government: - {date: 2003-01, over: 12, set: {society.digital_training: 0.3}, why: a "
        "programme}"
    ),
    "shocks": "what strikes from outside: - {date: 2008-09, kind: fiscal, size: 0.3, months: 24}",
    "extends": (
        "one file beside this one, or a shipped scenario, whose values hold unless this file "
        "says otherwise; lists (moves, policy, shocks) are replaced whole"
    ),
    "design": "how the points are chosen: {kind: lhs, points: 100}",
}
_WORDS = {
    "all": (
        "who: every government, the centre too (of shocks: every local government); or every row"
    ),
    "local": "who: every local government",
    "central": "who: the central government alone",
    "fixed": "transition.mode: governments stay where they are",
    "scheduled": "transition.mode: governments move as transition.moves say",
    "endogenous": "transition.mode: governments reform themselves, under pressure",
    "lhs": "a design: points spread evenly at random (Latin hypercube)",
    "sobol": "a design: points from which shares of the variance are computed",
    "morris": "a design: trajectories that rank many factors at little cost",
    "grid": "a design: every level of each factor with every other",
    "one_at_a_time": "a design: each factor alone, the others as the policy has them",
    "csv": "a design: points of your own, one column per factor",
    "uniform": "a distribution: every value of the range is as likely",
    "triangular": "a distribution: likeliest at its mode, less and less to both ends",
    "normal": "a distribution: around its mean, cut at both ends of the range",
}
_COLUMNS = {
    "scenario": "the scenario's name",
    "replicate": (
        "number of the replicate, from 0: one possible history; the same number has the same "
        "luck in every scenario"
    ),
    "month": "month of the scenario, counted from 1; in files also when something happens",
    "local_government": "the local government's name; of events also central, all and local",
    "positions": "of an event: the rows that moved, from where to where, with every digit",
    "collected_per_citizen": (
        "own revenue that a local government collected so far, money per citizen"
    ),
    "granted_per_citizen": "general grants that a local government got so far, money per citizen",
    "matched_per_citizen": (
        "matching grants that a local government used so far, money per citizen"
    ),
    "unclaimed_per_citizen": (
        "matching grants that a local government left unclaimed so far, money per citizen"
    ),
    "mean": "mean over the replicates",
    "spread": "between which values the central 90 % of the replicates lie",
    "confidence": "between which values the mean lies, with 95 % confidence",
    "outcome": "the outcome that the row is about",
    "baseline": "the scenario that the others are compared with",
    "n": "how many replicates the row rests on",
    "sd": "standard deviation over the replicates",
    "spread_low": "the central 90 % of the replicates lie above",
    "spread_high": "the central 90 % of the replicates lie below",
    "conf_low": "the mean lies above, with 95 % confidence",
    "conf_high": "the mean lies below, with 95 % confidence",
    "years": "years of a scenario; of horizons after which year, 0 at the start",
    "date": "a calendar month, as 2003-01",
    "difference": "mean paired difference to the baseline",
    "difference_low": "the difference lies above, with 95 % confidence",
    "difference_high": "the difference lies below, with 95 % confidence",
    "share_better": "share of replicates in which the scenario does better than the baseline",
    "open": "of a difference: its confidence includes 0, so that more replicates are needed",
    "parameter": "full name of a parameter",
    "tag": "what a parameter rests on: a source, an estimate or an assumption",
    "default": "the parameter's value unless told otherwise",
    "at_default": "the difference, or the outcome, at the parameter's default",
    "at_low": "the same at the lowest value of its range",
    "at_high": "the same at the highest value of its range",
    "swing": "how far it moves between both ends",
    "rests": "whether a conclusion would change within the range",
    "event": "what happened to a government",
    "cause": "why it happened",
    "model": "whom a reform copied",
    "firm": "the entrepreneur's name",
    "what": "more about it, in words",
    "cost": "money per citizen of the place",
    "one": "one end of a tie between institutions",
    "other": "the other end of a tie",
    "one_kind": "what kind of institution stands at one end",
    "other_kind": "what kind of institution stands at the other end",
    "tie": "what kind of tie it is: informal, contract or statutory",
    "age": "months for which a tie has been there",
    "contract_months": "months that a contract still lasts",
    "shared_partners": "institutions to which both ends are tied",
    "run_id": "number of a run of a sweep",
    "point": "number of a point of a design",
    "status": "ok, or failed",
    "worlds": "plausible worlds, each a draw of all that nobody knows (`--worlds`)",
    "better": "in how many worlds the scenario is better than the baseline",
    "worse": "in how many worlds the scenario is worse than the baseline",
    "share": "share of worlds that go the way of most of them",
    "share_low": "such a share lies above, with 95 % confidence",
    "share_high": "such a share lies below, with 95 % confidence",
    "worlds_low": "the lower end of the central 90 % of plausible worlds",
    "worlds_high": "the upper end of the central 90 % of plausible worlds",
    "worlds_better": "share of worlds in which the scenario does better than the baseline",
    "worlds_better_low": "the lower end of the 95 % confidence interval of that share",
    "worlds_better_high": "the upper end of the 95 % confidence interval of that share",
    "luck_share": "how much of the variance of a single run is luck, and not the world",
    "shown": "smallest mean difference that so many worlds would show in four of five cases",
    "sure": "how sure the direction of a difference is over worlds, in words",
    "rests_on": "what a difference over worlds rests on most, with rank correlations",
    "subject": "of starting facts: a column of the place, or what stands beside it",
    "value": "of starting facts: what the place begins with, in words",
    "origin": "of starting facts: given, drawn by luck, or a declared default",
    "source": "where something comes from",
    "item": "of prices: counters, back_office, online or training",
    "amount": "of prices: what one of the item costs in the currency",
    "currency": "of prices: the currency that money is told in",
    "stage": "where a replicate failed: found, run or record",
    "message": "why it failed",
}
_KINDS_OF_CITIZENS = {
    "typical": "in the middle by digital skill",
    "low_skill": "among the least skilled with digital services",
    "high_skill": "among the most skilled with digital services",
    "low_status": "among the lowest in status",
    "high_status": "among the highest in status",
    "low_trust": "among the least disposed to trust government",
    "high_trust": "among the most disposed to trust government",
    "active": "among the most civic-minded",
}
_BLOCKS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("scenario files", "", Scenario),
    ("scenario files", "society.", Society),
    ("scenario files", "transition.", Transition),
    ("scenario files", "transition.moves.", Move),
    ("scenario files", "policy.", PolicyChange),
    ("scenario files", "shocks.", Shock),
    ("scenario files", "worlds.", Worlds),
    ("experiment files", "", Experiment),
    ("experiment files", "design.", Design),
    ("experiment files", "levers.FACTOR.", Range),
)


def key(name: str) -> str | None:
    """A key of a file, wherever it may stand, bare or with its block before it."""
    lines = [
        f"{block}{known}: a key of {place}. {_told(block, known, field)}"
        for place, block, known, field in _keys()
        if name in (known, f"{block}{known}")
    ]
    return "\n".join(lines) or None


def _told(block: str, known: str, field: FieldInfo | None) -> str:
    text = _MEANINGS.get(known, "") if not block else ""
    if not text and field is not None:
        text = field.description or _MEANINGS.get(known, "")
    if known == "kind" and block == "shocks.":
        text = ", ".join(SHOCKS)
    if known == "kind" and block == "design.":
        text = ", ".join(TAKES)
    return _sentence(text) + _default(field)


def _default(field: FieldInfo | None) -> str:
    value = None if field is None else field.default
    plain = isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    return f" Unless written: {value}." if plain else ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def word(name: str) -> str | None:
    """A value that keys take, a place, a column of a table, a kind of citizen."""
    if name in _WORDS:
        return f"{name}: {_WORDS[name]}."
    if name in _COLUMNS:
        return f"{name}: a column of the tables. {_sentence(_COLUMNS[name])}"
    if name in _KINDS_OF_CITIZENS:
        return f"{name}: a citizen {_KINDS_OF_CITIZENS[name]}, for `govshift story {name} ...`."
    row = name.removeprefix("profile_")
    if row != name and row in FIGURE.row_ids:
        return (
            f"{name}: a column of the tables. Mean position on the row {row}, 0 (gov1) to 2 (gov3)."
        )
    return None


def place_column(name: str) -> str | None:
    """A column of a place's file, by any of its names."""
    other = name if name in KNOWN else ALIASES.get(name, name)
    column = PLACE_COLUMNS.get(other)
    if column is None:
        return None
    origin, how = column.without
    without = f"Without it {origin}: {how}" if origin else "It is needed"
    unit = f" ({column.unit})" if column.unit else ""
    text = f"{column.name}: a column of a place's file. {_sentence(column.meaning + unit)}"
    return f"{text} Moves {column.moves}. {without}."


def place(name: str) -> str | None:
    """A place that a scenario may take."""
    if name not in place_names():
        return None
    if is_drawn(name):
        text = "local governments are drawn, as many as society.local_governments says"
        if name != "synthetic":
            text += "; the share of internet users is as observed in that country"
    else:
        names = local_government_names(name)
        text = f"{len(names)} local governments, from {names[0]} to {names[-1]}"
        text += f", {sum(g.population for g in find_place(name).local_governments):,} people"
    return f"{name}: a place (society.place). {_sentence(text)}"


def names() -> Iterator[str]:
    """Every name that is explained here."""
    for _, block, known, _ in _keys():
        yield known
        yield f"{block}{known}"
    yield from (*_WORDS, *_COLUMNS, *_KINDS_OF_CITIZENS, *place_names())
    yield from (*PLACE_COLUMNS, *ALIASES)
    yield from (f"profile_{row}" for row in FIGURE.row_ids)


def _keys() -> Iterator[tuple[str, str, str, FieldInfo | None]]:
    """Kind of file, block, key and declaration of every key."""
    yield "scenario files", "", "extends", None
    for place, block, model in _BLOCKS:
        for known, field in model.model_fields.items():
            yield place, block, known, field

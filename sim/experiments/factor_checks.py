"""What is wrong with the factors of an experiment: names, roles, ranges and distributions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from sim.declared import PARAMETERS
from sim.experiments.factors import ROWS, Declaration, Range, Role, declaration
from sim.paradigms import FIGURE
from sim.scenario.held import CELLS, holdable
from sim.scenario.rules import RULES, choices
from sim.scenario.source import Mistake, Path_
from sim.scenario.wording import outside, unknown_parameter
from sim.text import near, number, short
from sim.worlds.anchors import anchors, unknown_anchor

Mistakes = Iterator[Mistake]
BLOCKS: Mapping[Role, str] = {"lever": "levers", "uncertainty": "uncertainties"}
"""Where factors of a role are written."""
_NEEDS = {"uniform": (), "triangular": ("mode",), "normal": ("mean", "sd")}
_SHAPES = ("mode", "mean", "sd")
_NAMED = {"lever": "a lever", "uncertainty": "an uncertainty"}


def check_factors(
    blocks: Mapping[str, Mapping[str, Range | None]], dropped: Set[Path_]
) -> Mistakes:
    """Every mistake in the factors, by block; `dropped` are paths that were wrong already."""
    for block, factors in blocks.items():
        for name, given in factors.items():
            path: Path_ = (block, name)
            declared = declaration(name)
            if declared is None:
                yield path, unknown_factor(name)
            elif declared.role is not None and BLOCKS[declared.role] != block:
                text = f"is {_NAMED[declared.role]}; it belongs under {BLOCKS[declared.role]}"
                yield path, text
            elif any(name in blocks[other] for other in blocks if other < block):
                yield path, f"is listed under {' and '.join(sorted(blocks))}"
            elif given is not None and not any(lost[:2] == path for lost in dropped):
                yield from (((*path, *key), text) for key, text in _check_range(given, declared))
    yield from _check_levels(blocks)
    names = [name for factors in blocks.values() for name in factors]
    if not names and not any(lost[0] in blocks for lost in dropped):
        yield (), f"nothing varies; name at least one factor under {' or '.join(blocks)}"


def _check_levels(blocks: Mapping[str, Mapping[str, Range | None]]) -> Mistakes:
    """Anchors that are one level of a cell, and would say it twice."""
    seen: dict[tuple[str, float], str] = {}
    for block, factors in blocks.items():
        for name in factors:
            one = anchors().get(name)
            if one is None:
                continue
            first = seen.setdefault((one.cell.name, one.default), name)
            if first != name:
                yield (block, name), f"is equal to {first} in the figure and moves with it"


def unknown_factor(name: str) -> str:
    """What to say of a name that is no parameter, no row and no anchor."""
    if name in FIGURE.row_ids:
        return f"a row of the figure is written as {ROWS}{name}"
    if name.startswith(ROWS):
        row = name.removeprefix(ROWS)
        return f"'{short(row)}' is not a row of the figure{near(row, FIGURE.row_ids)}"
    if name.startswith(CELLS):
        return unknown_anchor(name)
    if CELLS + name in holdable():
        return f"an anchor of the figure is written as {CELLS}{name}.gov3"
    process = name.removeprefix(f"{RULES}.")
    if process != name and process in choices():
        return f"which rule is followed is written as {choices()[process].name}"
    if any(parameter.startswith(f"{name}.") for parameter in PARAMETERS):
        example = next(p for p in PARAMETERS if p.startswith(f"{name}."))
        return f"parameters are written with their full names, as {example}"
    return unknown_parameter(name)


def _check_range(given: Range, declared: Declaration) -> Mistakes:
    """What is wrong with how one factor varies, by the path inside it."""
    if given.values is not None:
        yield from _check_values(given, given.values, declared)
        return
    if declared.choices:
        listed = ", ".join(declared.choices)
        yield (), f"a rule has no range; write {{values: [{listed}]}}, or nothing for all of them"
        return
    wrong = list(_check_ends(given, declared))
    yield from wrong
    yield from _check_shape(given)
    if not wrong:
        yield from _check_middle(given, declared)


def _check_values(given: Range, values: list[float], declared: Declaration) -> Mistakes:
    for key in ("low", "high", "distribution", *_SHAPES):
        if key in given.model_fields_set:
            yield (key,), "values stand in place of a range and a distribution; leave this out"
    for index, value in enumerate(values):
        low, high = declared.ends
        if not low <= value <= high:
            yield ("values", index), outside(value, low, high, declared.unit)
        elif declared.choices and value != int(value):
            yield (
                ("values", index),
                f"{number(value)} is no rule; {', '.join(declared.choices)} are",
            )
        elif value in values[:index]:
            yield ("values", index), f"{number(value)} is listed twice"
        elif given.whole and value != int(value):
            yield ("values", index), f"{number(value)} is not a whole number"


def _check_ends(given: Range, declared: Declaration) -> Mistakes:
    low = declared.low if given.low is None else given.low
    high = declared.high if given.high is None else given.high
    least, most = declared.ends
    outer = [
        ((key,), outside(value, least, most, declared.unit))
        for key, value in (("low", given.low), ("high", given.high))
        if value is not None and not least <= value <= most
    ]
    yield from outer
    if not outer and low >= high:
        key = "low" if given.low is not None else "high"
        yield (key,), f"low ({number(low)}) must be less than high ({number(high)})"
    elif not outer and given.whole and int(high // 1) <= -int(-low // 1):
        yield ("whole",), f"there are no two whole numbers from {low:g} to {high:g}"


def _check_shape(given: Range) -> Mistakes:
    kind = given.distribution
    for key in _SHAPES:
        written = getattr(given, key) is not None
        if key in _NEEDS[kind] and not written:
            yield (), f"{key} is missing; a {kind} distribution needs {_listed(kind)}"
        elif written and key not in _NEEDS[kind]:
            owner = next(name for name, keys in _NEEDS.items() if key in keys)
            yield (key,), f"belongs to distribution: {owner}, not {kind}"


def _check_middle(given: Range, declared: Declaration) -> Mistakes:
    low = declared.low if given.low is None else given.low
    high = declared.high if given.high is None else given.high
    for key in ("mode", "mean"):
        value = getattr(given, key)
        if key in _NEEDS[given.distribution] and value is not None and not low <= value <= high:
            yield (key,), outside(value, low, high, declared.unit)


def _listed(kind: str) -> str:
    return " and ".join(_NEEDS[kind])

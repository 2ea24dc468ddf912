"""Who gains and loses: outcomes of groups of citizens in the last year (`groups.csv`)."""

from __future__ import annotations

import warnings
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.drawing.words import signed
from sim.frames import numbers, table, words
from sim.groups import SUMS
from sim.outcome_words import difference_unit, unit_of
from sim.outcomes import DIRECTIONS
from sim.questions.comparison.decisions.panels import (
    Numbers,
    Panel,
    enough,
    likely,
    paired,
    panel,
    told,
    worded,
)
from sim.questions.comparison.residents import small_places
from sim.questions.comparison.study import Runs, Study
from sim.questions.how_sure import margin_of

GROUPS = (
    words("scenario", "outcome", "by", "group")
    | numbers("citizens", "mean", "low", "high", "difference", "difference_low", "difference_high")
    | numbers("share_better")
    | words("unit")
)
"""Columns of `groups.csv`; `citizens` are simulated ones, their mean over replicates."""
QUALITY = "service_quality"
RATIOS = {
    "needs_met": (100.0, "met", "needs"),
    QUALITY: (100.0, "quality", "citizens"),
    "citizen_hours": (1.0, "hours", "needs"),
    "participation_breadth": (100.0, "taking_part", "citizens"),
    "voice_heard": (100.0, "heard", "citizens"),
    "digital_use": (100.0, "digital", "citizens"),
    "trust": (100.0, "trust", "citizens"),
}
"""Each outcome of a group: a factor and the two sums that it is the ratio of."""
_LOST = ("needs_met", QUALITY, "citizen_hours", "participation_breadth", "trust")
"""Outcomes in which a group can lose; using computers more or less is neither."""
_COLUMNS = ["citizens", *SUMS]
_PEOPLE = {"status": "{} status", "skill": "{} skill", "access": "{} access"}
NOBODY = "no group is seen to lose"
TOO_FEW = "too few to say"


@dataclass(frozen=True)
class Labels:
    """The groups of a scenario, in the order of its sums."""

    by: tuple[str, ...]
    group: tuple[str, ...]


def labels_of(runs: Runs, scenario: str) -> Labels:
    """The groups of a scenario, which are the same in each replicate."""
    own = runs.groups[runs.groups["scenario"] == scenario]
    first = own[own["replicate"] == own["replicate"].min()]
    return Labels(tuple(first["by"]), tuple(first["group"]))


def outcomes(runs: Runs, scenario: str) -> tuple[Panel, Numbers]:
    """Outcomes of groups, shape (worlds, groups, outcomes of `RATIOS`), and citizens of each.

    A world's is the ratio of sums over its replicates; nan of a group that nobody is in.
    """
    sums = panel(runs.groups, _COLUMNS, runs.study, scenario)
    place = {name: k for k, name in enumerate(_COLUMNS)}
    with np.errstate(divide="ignore", invalid="ignore"):
        found = [
            factor * sums.values[:, :, place[above]] / sums.values[:, :, place[below]]
            for factor, above, below in RATIOS.values()
        ]
    return Panel(sums.numbers, np.stack(found, axis=-1)), sums.values[:, :, 0]


def group_table(runs: Runs) -> pd.DataFrame:
    """The rows of `groups.csv`."""
    with warnings.catch_warnings():  # a group without anybody has no quantiles
        warnings.simplefilter("ignore", RuntimeWarning)
        return table(GROUPS, list(_rows(runs)))


def _rows(runs: Runs) -> Iterator[tuple[Any, ...]]:
    study = runs.study
    found = {name: outcomes(runs, name) for name in study.scenarios}
    base = found[study.baseline][0] if study.baseline is not None else None
    for name, (own, citizens) in found.items():
        if not len(own.numbers):
            continue
        labels, people = labels_of(runs, name), citizens.mean(axis=0)
        mean, (low, high) = own.mean, own.ends
        for place, outcome in enumerate(RATIOS):
            apart = np.full((4, len(people)), np.nan)
            if base is not None and name != study.baseline:
                apart = np.array(told(_apart(base, own, place, outcome), outcome))
            for row, (by, group) in enumerate(zip(labels.by, labels.group, strict=True)):
                yield (
                    name, outcome, by, group, people[row],
                    *(values[row, place] for values in (mean, low, high)), *apart[:, row],
                    unit(outcome),
                )  # fmt: skip


def _apart(base: Panel, own: Panel, place: int, outcome: str) -> Numbers:
    one, two = (Panel(p.numbers, p.values[:, :, place]) for p in (base, own))
    return paired(one, two, outcome)


def unit(outcome: str) -> str:
    """The unit of an outcome of a group."""
    return "points" if outcome == QUALITY else unit_of(outcome)


def who_loses(runs: Runs, scenario: str) -> str:
    """Which groups are likely to be worse off than under the baseline by enough to matter."""
    study = runs.study
    if study.baseline is None or scenario == study.baseline:
        return ""
    (base, _), (own, _) = outcomes(runs, study.baseline), outcomes(runs, scenario)
    units = len(np.intersect1d(base.numbers, own.numbers))
    if not enough(units, study):
        return TOO_FEW
    labels = labels_of(runs, scenario)
    few = small_places(study.scenarios[scenario])
    said = []
    for place, outcome in enumerate(RATIOS):
        if outcome in _LOST:
            apart = _apart(base, own, place, outcome)
            said.append(_losers(labels, apart, outcome, study, few))
    return "; ".join(filter(None, said)) or NOBODY


def _losers(labels: Labels, apart: Numbers, outcome: str, study: Study, few: Container[str]) -> str:
    """Those who lose in one outcome, in words; nothing where nobody does.

    The place that loses most is named unless it is of the `few`, whose own readings are luck.
    """
    sign = 1.0 if DIRECTIONS.get(outcome) == "lower" else -1.0
    loss = sign * apart.mean(axis=0)
    agreeing = (sign * apart > 0).sum(axis=0)
    sure = np.array([likely(int(count), len(apart), study) for count in agreeing], dtype=bool)
    lost = sure & (loss >= margin_of(outcome))
    by, group = np.array(labels.by), np.array(labels.group, dtype=object)
    people = np.isin(by, list(_PEOPLE))
    places = by == "place"
    there = np.isfinite(loss)
    if not (lost & (people | places)).any():
        return ""
    told = []
    if lost[people & there].all():
        most = _worst(loss, np.flatnonzero(people & there))
        told.append(_most("everybody", labels, loss, most, sign))
    else:
        told += [
            f"{_PEOPLE[by[k]].format(group[k])} ({signed(sign * loss[k])})"
            for k in np.flatnonzero(lost & people)
        ]
        if (lost & places).any():
            count = f"{int((lost & places).sum())} of {int(places.sum())} places"
            most = _worst(loss, np.flatnonzero(lost & places))
            told.append(
                count if labels.group[most] in few else _most(count, labels, loss, most, sign)
            )
    return f"{worded(outcome)}, {_difference_unit(outcome)}: {', '.join(told)}"


def _worst(loss: Numbers, among: NDArray[np.int64]) -> int:
    """Who of some loses most."""
    return int(max(among, key=lambda k: (loss[k], -k)))


def _most(who: str, labels: Labels, loss: Numbers, worst: int, sign: float) -> str:
    """`everybody, most low status (-3.1)`."""
    name = _PEOPLE.get(labels.by[worst], "{}").format(labels.group[worst])
    return f"{who}, most {name} ({signed(sign * loss[worst])})"


def _difference_unit(outcome: str) -> str:
    return "points" if outcome == QUALITY else difference_unit(outcome)

"""Who had what in the last year of a run: sums over groups of citizens.

A group is a set of rows, the same under every scenario that meets the same luck: thirds and tenths
of the order of status, thirds of the order of digital skill at the start, those whom access reaches
by the end and those whom it never does, and the places. Nothing a government does decides who
stands where; a newcomer who takes over a citizen's place in society counts where the citizen did.
Sums are additive, over groups of one kind as over replicates, and no citizen is kept. Where
citizens stand for different numbers of people, groups are of people; those of places are of
citizens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.frames import numbers, table, typed, whole, words
from sim.processes import tally
from sim.processes.last_year import LastYear, add_month, no_months
from sim.processes.lives import HIGH_THIRD, LOW_THIRD
from sim.processes.state import Citizens
from sim.society.allotment import quantiles

if TYPE_CHECKING:
    from sim.model import GovernanceModel

SUMS = ("needs", "met", "hours", "taking_part", "heard", "digital", "trust", "quality")
"""What is summed over the citizens of a group; trust and quality are means of twelve months."""
COLUMNS = words("by", "group") | whole("citizens") | numbers(*SUMS)
THIRDS = ("low", "middle", "high")
ACCESS = ("without", "with")
TENTHS = tuple(str(tenth) for tenth in range(1, 11))
KINDS = {"status": THIRDS, "skill": THIRDS, "access": ACCESS, "decile": TENTHS}
"""Kinds of groups and their groups, places apart."""
_YEAR = 12
_RANKS = 256

Numbers = NDArray[np.float64]


def _bins() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of each rank the bin of a common refinement of thirds and tenths; of each bin its two."""
    ranks = np.arange(_RANKS)
    third = (ranks >= LOW_THIRD).astype(np.int64) + (ranks >= HIGH_THIRD)
    tenth = ranks * len(TENTHS) // _RANKS
    pairs, bins = np.unique(third * len(TENTHS) + tenth, return_inverse=True)
    return bins, pairs // len(TENTHS), pairs % len(TENTHS)


_BIN, _THIRD, _TENTH = _bins()
_SKILLS, _ACCESSES = len(THIRDS), len(ACCESS)


def seats(model: GovernanceModel) -> NDArray[np.uint8]:
    """Where each citizen stands: third of skill when the scenario starts, access when it ends.

    Citizens of equal skill are in the same third, the higher of two. Access spreads as the curve of
    the society says, in an order that never changes, so that who is without at the end always was.
    """
    people = model.state.glimpse()
    skill = people.skill
    third = np.zeros(len(skill), dtype=np.uint8)
    for least in _thirds(skill, model):
        third += skill >= least
    online = people.access_rank < model.infrastructure[-1]
    found: NDArray[np.uint8] = third * np.uint8(_ACCESSES) + online.astype(np.uint8)
    return found


def _thirds(skill: NDArray[np.float32], model: GovernanceModel) -> list[np.float32]:
    """The least skill of the middle and of the highest third of people."""
    weights = model.record.weights
    if (weights == 1.0).all():
        places = [k * len(skill) // 3 for k in (1, 2)]
        return [np.partition(skill, at)[at] for at in places]
    before = quantiles(skill, weights[model.state.glimpse().home])
    return [skill[before >= k / 3.0].min() for k in (1, 2)]


def live_last_year(model: GovernanceModel, standing: NDArray[np.uint8]) -> pd.DataFrame:
    """Live the twelve months that are left, and give the sums over groups; see `COLUMNS`.

    Needs, what became of them and hours are nan where a rule of somebody's own decides otherwise.
    """
    year, known = no_months(len(standing)), True
    for month in range(model.months - _YEAR + 1, model.months + 1):
        model.run(until=month)
        known = add(model, year) and known
    return sums(model, standing, year, known=known)


def add(model: GovernanceModel, year: LastYear) -> bool:
    """Add the month that is over; whether needs and those met are as they were counted."""
    state = model.state
    before = year.needs.sum(dtype=np.int64), year.met.sum(dtype=np.int64)
    add_month(
        year, state.blocks, state.glimpse(), state.offer, state.needs_tables,
        model.parameters.service, model.seed_key, model.month,
    )  # fmt: skip
    found = year.needs.sum(dtype=np.int64), year.met.sum(dtype=np.int64)
    counted = state.tallies[:, [tally.NEEDS, tally.MET]].sum(axis=0)
    return bool(np.array_equal(np.subtract(found, before), counted))


def sums(
    model: GovernanceModel, standing: NDArray[np.uint8], year: LastYear, *, known: bool
) -> pd.DataFrame:
    """The sums over all groups, the kinds in the order of `KINDS`, then places by name."""
    people = model.state.glimpse()
    names = model.record.names
    shape = (len(names), len(_THIRD), _SKILLS, _ACCESSES)
    cell = people.home.astype(np.int64) * len(_THIRD) + _BIN[people.rank]
    cell = cell * (_SKILLS * _ACCESSES) + standing
    size = int(np.prod(shape))
    counts = np.bincount(cell, minlength=size).reshape(shape)
    service = model.parameters.service
    columns = _columns(people, year, float(service.counter_hours), float(service.digital_hours))
    if not known:
        columns |= dict.fromkeys(("needs", "met", "hours"), np.full(len(cell), np.nan))
    cells = [
        np.bincount(cell, columns[name], minlength=size).reshape(shape).astype(np.float64)
        for name in SUMS
    ]
    weights = model.record.weights
    if (weights == 1.0).all():
        return _table(names, counts, cells)
    return _weighted(names, counts, cells, weights)


def _columns(people: Citizens, year: LastYear, counter: float, online: float) -> dict[str, Numbers]:
    return {
        "needs": year.needs.astype(np.float64),
        "met": year.met.astype(np.float64),
        "hours": counter * year.counter + online * year.online,
        "taking_part": (people.active != 0).astype(np.float64),
        "heard": (people.heard != 0).astype(np.float64),
        "digital": (people.used != 0).astype(np.float64),
        "trust": year.trust.astype(np.float64) / _YEAR,
        "quality": year.quality.astype(np.float64) / _YEAR,
    }


def _table(
    names: tuple[str, ...], counts: NDArray[np.int64] | Numbers, cells: list[Numbers]
) -> pd.DataFrame:
    order = sorted(range(len(names)), key=lambda place: names[place])
    by, group = _labels(tuple(names[place] for place in order))
    found = {"citizens": _margins(counts, order).astype(np.int64)} | {
        name: _margins(values, order) for name, values in zip(SUMS, cells, strict=True)
    }
    return typed(pd.DataFrame({"by": by, "group": group, **found}), COLUMNS)


def _weighted(
    names: tuple[str, ...], counts: NDArray[np.int64], cells: list[Numbers], weights: Numbers
) -> pd.DataFrame:
    """Sums over the people for whom citizens stand; a place's own are over its citizens.

    People are whole numbers here, and every sum is of so many, so that no mean is rounded.
    """
    of_place = weights[:, None, None, None]
    people, sums_ = of_place * counts, [of_place * values for values in cells]
    found, plain = _table(names, people, sums_), _table(names, counts, cells)
    exact = _margins(people, sorted(range(len(names)), key=lambda place: names[place]))
    whole_ = np.where(exact > 0.0, np.maximum(np.rint(exact), 1.0), 0.0)
    found["citizens"] = whole_.astype(np.int64)
    for name in SUMS:
        found[name] *= np.divide(whole_, exact, out=np.ones_like(exact), where=exact > 0.0)
    return found.where(found["by"] != "place", plain).astype(found.dtypes.to_dict())


def _labels(places: tuple[str, ...]) -> tuple[list[str], list[str]]:
    kinds = {**KINDS, "place": places}
    by = [kind for kind, groups in kinds.items() for _ in groups]
    return by, [group for groups in kinds.values() for group in groups]


def _margins(cells: NDArray[np.int64] | Numbers, order: list[int]) -> Numbers:
    """Sums of cells over all but one kind of group, one kind after the other."""
    by_bin = cells.sum(axis=(0, 2, 3))
    thirds = np.bincount(_THIRD, by_bin, minlength=len(THIRDS))
    tenths = np.bincount(_TENTH, by_bin, minlength=len(TENTHS))
    skill, online = cells.sum(axis=(0, 1, 3)), cells.sum(axis=(0, 1, 2))
    places = cells.sum(axis=(1, 2, 3))[order]
    return np.concatenate([thirds, skill, online, tenths, places]).astype(np.float64)


def no_groups() -> pd.DataFrame:
    """The table where nobody looked: a class that runs its months in its own way."""
    return table(COLUMNS)

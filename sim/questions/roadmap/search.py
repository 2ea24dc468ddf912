"""The search for schedules: NSGA-III (Deb and Jain 2014) of pymoo, on what `schedule` decodes.

Five objectives are too many for NSGA-II, under which nearly all of a small population would be
equally good; reference directions keep it spread. It begins with the simple rules within the
budget and with orders drawn by lot, so that it never does worse than these in the worlds of the
search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb
from typing import Any

import numpy as np

from sim.latin import generator
from sim.questions.analysis import quietly, require
from sim.questions.roadmap.objectives import OBJECTIVES, Numbers, worst_half
from sim.questions.roadmap.schedule import GENES, Schedule, Space

Gains = Callable[[Sequence[Schedule]], Numbers]
"""What schedules bring against staying, more is better: shape (schedules, worlds, objectives)."""
FEWEST_IN_POPULATION = 8
_MANY_BITS = 1 << 31


def search(
    space: Space,
    gains: Gains,
    *,
    population: int,
    generations: int,
    key: str,
    first: Sequence[Schedule] = (),
) -> dict[Schedule, Numbers]:
    """All schedules that were tried, each with its objectives in the worse half of worlds.

    `key` decides what is drawn by lot. Raises `UserMistake` if pymoo is missing.
    """
    require("pymoo", "roadmap", "roadmap")
    tried: dict[Schedule, Numbers] = {}
    luck = generator(key)
    size = GENES * len(space.costs)
    begun = [space.encode(s) for s in dict.fromkeys(first) if all(_can_be_written(s))]
    rest = luck.uniform(size=(max(0, population - len(begun)), size))
    sampling = np.vstack([*begun, *rest])[:population]
    read = _reader(space)
    algorithm = _algorithm(read, population, sampling)
    algorithm.setup(_problem(size), termination=("n_gen", generations),
                    seed=int(luck.integers(_MANY_BITS)))  # fmt: skip
    while algorithm.has_next():
        asked = algorithm.ask()
        schedules = [read(genes) for genes in asked.get("X")]
        found = worst_half(gains(schedules))
        tried |= dict(zip(schedules, found, strict=True))
        asked.set("F", -found)
        for one in asked:
            one.evaluated.add("F")
        with quietly():
            algorithm.tell(infills=asked)
    return tried


def _can_be_written(schedule: Schedule) -> list[bool]:
    """Sudden moves are none of the search's."""
    return [step is None or step.years > 0 for step in schedule]


def _reader(space: Space) -> Callable[[Numbers], Schedule]:
    """Decodes, once for each text: pymoo holds all of a population against each other."""
    known: dict[bytes, Schedule] = {}

    def read(genes: Numbers) -> Schedule:
        key = genes.tobytes()
        if key not in known:
            known[key] = space.decode(genes)
        return known[key]

    return read


def _problem(size: int) -> Any:
    from pymoo.core.problem import Problem

    return Problem(n_var=size, n_obj=len(OBJECTIVES), xl=0.0, xu=1.0)


def _algorithm(read: Callable[[Numbers], Schedule], population: int, sampling: Numbers) -> Any:
    from pymoo.algorithms.moo.nsga3 import NSGA3
    from pymoo.core.duplicate import ElementwiseDuplicateElimination
    from pymoo.util.ref_dirs import get_reference_directions

    class SameSchedule(ElementwiseDuplicateElimination):  # type: ignore[misc]
        def is_equal(self, a: Any, b: Any) -> bool:
            return read(a.X) == read(b.X)

    goals = len(OBJECTIVES)
    parts = max(n for n in range(1, 8) if n == 1 or comb(n + goals - 1, goals - 1) <= population)
    return NSGA3(
        get_reference_directions("das-dennis", goals, n_partitions=parts),
        pop_size=population, sampling=sampling, eliminate_duplicates=SameSchedule(),
    )  # fmt: skip

"""What a study counts, in words: replicates, or plausible worlds with replicates in each."""

from __future__ import annotations

import pandas as pd

from sim.drawing.words import replicate_counts, replicates
from sim.outcomes import WINDOW
from sim.questions.comparison.study import Runs, Study
from sim.questions.how_sure import LIKELY


def units(study: Study) -> str:
    """What intervals and shares of a study count."""
    return "worlds" if study.per_world else "replicates"


def counted(runs: Runs, frame: pd.DataFrame) -> str:
    """`60 plausible worlds with 2 replicates in each`, or how many replicates of each scenario.

    `frame` has a row per scenario and replicate at least. Worlds that lack a replicate count.
    """
    each = runs.study.per_world
    if not each:
        return replicates(replicate_counts(frame))
    worlds = sorted({-(-count // each) for count in replicate_counts(frame).values()})
    most = "one plausible world" if worlds == [1] else f"{worlds[-1]} plausible worlds"
    fewest = f"{worlds[0]} to " if len(worlds) > 1 else ""
    return f"{fewest}{most} with {'one replicate' if each == 1 else f'{each} replicates'} in each"


def open_told(study: Study) -> str:
    """What makes a difference between two scenarios in one place open."""
    if study.per_world:
        return f"fewer than {100 * LIKELY:.0f} % of worlds go one way"
    return "the 95 % confidence interval of the mean paired difference includes zero"


def at_the_end(study: Study) -> str:
    """What heads sentences on the end, which stand below others on the years before it."""
    last = study.months
    return f"At the end, means of months {max(1, last - WINDOW + 1)} to {last}:"

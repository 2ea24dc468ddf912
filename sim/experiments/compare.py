"""Scenarios compared: the same citizens and the same luck under each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim.experiments.alike import alike, is_shipped_name
from sim.experiments.findings import Finding, find, sentences
from sim.experiments.replicate import Progress
from sim.experiments.run import Runs, carry_out, plan_study
from sim.model import Engine
from sim.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Comparison:
    """Paired replicates of a baseline and other scenarios; shown, it says what differs."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs

    def __repr__(self) -> str:
        return "\n".join(self.sentences())

    @property
    def findings(self) -> list[Finding]:
        """Each headline outcome of each compared scenario, in numbers."""
        return find(self.runs)

    def sentences(self) -> list[str]:
        """One sentence per outcome."""
        return sentences(self.findings)

    def table(self) -> pd.DataFrame:
        """Paired differences at the last month, as in `differences.csv`."""
        rows = self.runs.differences
        return rows[rows["month"] == self.runs.study.months].reset_index(drop=True)

    def plot(self) -> Figure | None:
        """The paired differences as a Matplotlib figure; None if no pair of replicates ended."""
        from sim.report.figures.differences import draw_differences

        drawing = draw_differences(self.runs)
        return None if drawing is None else drawing.page.canvas


def compare(
    baseline: Scenario | str | Path,
    *others: Scenario | str | Path,
    replicates: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    engine: Engine = "compiled",
    progress: Progress | None = None,
) -> Comparison:
    """Runs paired replicates of the first scenario and of each other one.

    `replicates` and `seed` are the baseline's own unless given; `jobs` processes share the work
    (one per processor unless given). Scenarios given by their shipped names take society and
    period from the others. Raises `UserMistake` if the scenarios do not share one society and one
    period then.
    """
    given = (baseline, *others)
    loaded = [s if isinstance(s, Scenario) else Scenario.load(s) for s in given]
    plans, _ = alike(loaded, [is_shipped_name(s) for s in given])
    study = plan_study(
        plans, replicates=replicates, seed=seed, baseline=plans[0].name, engine=engine
    )
    return Comparison(carry_out(study, processes=jobs, progress=progress))

"""Scenarios compared: the same citizens and the same luck under each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim.arguments import CHECKPOINT_MINUTES
from sim.bar import Asked
from sim.errors import UserMistake
from sim.model import Engine
from sim.questions.comparison.alike import alike, is_shipped_name
from sim.questions.comparison.assumed import assumptions_told
from sim.questions.comparison.equal_cost import asked_of, equalise
from sim.questions.comparison.findings import Finding, find, find_at_prices, sentences
from sim.questions.comparison.focus import focus_lines
from sim.questions.comparison.places import places_asked
from sim.questions.comparison.run import carry_out_in_sight, where_from_python
from sim.questions.comparison.study import Runs, Study, plan_study, worlds_asked
from sim.questions.comparison.worlds import OverWorlds, find_over_worlds, sentences_over_worlds
from sim.runs.failing import refuse_all_failed
from sim.runs.files import temporary_folder
from sim.runs.runner import Where
from sim.scenario import Scenario
from sim.shown import Sentences, Shown

if TYPE_CHECKING:
    from sim.drawing.page import Drawing
    from sim.runs.folder import Folder


class Comparison(Shown):
    """Paired replicates of a baseline and other scenarios; shown, it says what differs."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    @property
    def findings(self) -> list[Finding]:
        """Each headline outcome of each compared scenario, in numbers."""
        return find(self.runs)

    @property
    def over_worlds(self) -> list[OverWorlds]:
        """The same over plausible worlds; empty where none was drawn."""
        return find_over_worlds(self.runs)

    @property
    def sentences(self) -> Sentences:
        """Assumptions that differ, a sentence per outcome and more on some, failed replicates."""
        told = (
            sentences_over_worlds(self.over_worlds, self.runs)
            if self.runs.study.worlds
            else sentences(self.findings, find_at_prices(self.runs))
        )
        alone = focus_lines(self.runs) if self.runs.replicates else []
        return Sentences([*assumptions_told(self.runs.study), *told, *alone, *_lost(self.runs)])

    def table(self) -> pd.DataFrame:
        """Paired differences at the last month, as in `differences.csv`."""
        rows = self.runs.differences
        return rows[rows["month"] == self.runs.study.months].reset_index(drop=True)

    def drawing(self) -> Drawing:
        """The paired differences at the end."""
        from sim.questions.comparison.figures.differences import draw_differences

        drawing = draw_differences(self.runs)
        if drawing is None:
            raise UserMistake("nothing to draw: no pair of replicates was finished")
        return drawing


def compare(
    baseline: Scenario | str | Path,
    *others: Scenario | str | Path,
    replicates: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    out: str | Path | None = None,
    engine: Engine = "compiled",
    progress: Asked = None,
    checkpoint: float = CHECKPOINT_MINUTES,
    worlds: int | None = None,
    luck_only: bool = False,
    focus: str | Sequence[str] = (),
    equal_cost: str | Sequence[str] = (),
    cost_of: str | None = None,
) -> Comparison:
    """Runs paired replicates of the first scenario and of each other one.

    All of it is as in `run`; replicates (of `luck_only`) and seed are the baseline's own unless
    given. Scenarios given by their shipped names
    take society and period from the others. Levers named in `equal_cost` are scaled until they cost
    the same under each scenario that sets them: as much as the dearest, or as `cost_of` names.
    Raises `UserMistake` if the scenarios do not share one
    society and one period then, `GovShiftError` if failures left no pair of replicates.
    """
    where = where_from_python(jobs, cluster, checkpoint)
    study = planned(
        (baseline, *others), replicates=replicates, seed=seed, engine=engine,
        worlds=worlds_asked(worlds, luck_only), focus=focus,
    )  # fmt: skip
    if cost_of is not None and not equal_cost:
        raise UserMistake("cost_of: goes with equal_cost")
    if equal_cost:
        study = _equalised(study, equal_cost, cost_of, where, out)
    return compared(study, where, out, progress)


def planned(
    given: Sequence[Scenario | str | Path],
    *,
    replicates: int | None,
    seed: int | None,
    engine: Engine,
    worlds: int | None,
    focus: str | Sequence[str],
) -> Study:
    """The study that compares scenarios with the first of them."""
    if len(given) < 2:
        raise UserMistake("compare: needs at least two scenarios; `run` takes one")
    loaded = [s if isinstance(s, Scenario) else Scenario.load(s) for s in given]
    plans, _ = alike(loaded, [is_shipped_name(s) for s in given])
    return plan_study(
        plans,
        replicates=replicates,
        seed=seed,
        baseline=plans[0].name,
        engine=engine,
        worlds=worlds,
        focus=places_asked(plans, focus),
    )


def compared(
    study: Study,
    where: Where,
    out: str | Path | None,
    progress: Asked,
    more: Callable[[Folder, Runs], None] | None = None,
) -> Comparison:
    """The study carried out; raises `GovShiftError` if failures left no pair of replicates."""
    runs = carry_out_in_sight(study, where, out, progress, more=more)
    pairs = 0 if runs.differences is None else len(runs.differences)
    refuse_all_failed(
        runs.failures, f"{', '.join(study.scenarios)}: no pair of replicates", finished=pairs
    )
    return Comparison(runs)


def _equalised(
    study: Study,
    levers: str | Sequence[str],
    like: str | None,
    where: Where,
    out: str | Path | None,
) -> Study:
    """The study with its levers scaled; what is run for that is kept in `out`."""
    asked = asked_of(levers if isinstance(levers, str) else ",".join(levers), study, like)
    if out is not None:
        return equalise(study, asked, Path(out), where=where)
    with temporary_folder() as folder:
        return equalise(study, asked, Path(folder) / "equal", where=where)


def _lost(runs: Runs) -> list[str]:
    """A sentence on replicates that failed, if any did."""
    if runs.failures.empty:
        return []
    first = runs.failures.iloc[0]
    asked = runs.study.replicates * len(runs.study.scenarios)
    return [
        f"{len(runs.failures)} of {asked} replicates failed and are left out, the first "
        f"({first['scenario']}, replicate {first['replicate']}) at {first['stage']}: "
        f"{first['message']}"
    ]

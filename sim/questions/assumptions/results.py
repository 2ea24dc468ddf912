"""The ledger of assumptions in the results folder of the study that it is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sim.paged import page_of_study
from sim.questions.assumptions.ledger import assumptions
from sim.questions.comparison.store import ASSUMPTIONS, ResultsFolder
from sim.questions.comparison.study import Runs
from sim.runs.chunk import Done
from sim.runs.folder import PARTS, held
from sim.runs.means import means_keeper
from sim.runs.parts import Parts
from sim.runs.runner import Where


def publish_assumptions(
    path: Path,
    runs: Runs,
    *,
    citizens: int,
    replicates: int,
    where: Where | None = None,
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Done], None] | None = None,
    waiting: Callable[[], None] | None = None,
) -> pd.DataFrame:
    """Add the ledger of assumptions to finished results; what was measured before is kept.

    Raises `UserMistake` if the folder holds another study by now, `ShardFinished` when the
    replicates of a shard are in.
    """
    study, where = runs.study, where or Where()
    with means_keeper(
        path / PARTS, where, things=tuple(study.scenarios.values()),
        holding=held(path, study.digest, waiting),
    ) as kept:  # fmt: skip
        table = assumptions(
            study, citizens=citizens, replicates=replicates, kept=kept, announce=announce,
            progress=progress,
        )  # fmt: skip
        folder = ResultsFolder(path, study)
        Parts(folder.parts_folder).tidy()
        asked = {"citizens": citizens, "replicates": replicates}
        folder.attach({ASSUMPTIONS: table}, {"assumptions": asked})
        page_of_study(folder, runs)
    return table

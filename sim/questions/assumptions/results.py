"""The ledger of assumptions in the results folder of the study that it is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sim.questions.assumptions.ledger import assumptions
from sim.questions.comparison.run import Study
from sim.questions.comparison.store import ASSUMPTIONS
from sim.runs.folder import Folder, held
from sim.runs.kept import Kept
from sim.runs.replicate import Progress


def publish_assumptions(
    path: Path,
    study: Study,
    *,
    citizens: int,
    replicates: int,
    processes: int,
    announce: Callable[[int], None] | None = None,
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
    warn: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Add the ledger of assumptions to finished results; what was measured before is kept.

    Raises `UserMistake` if the folder holds another study by now.
    """
    with held(path, study.digest, waiting):
        folder = Folder(path)
        kept = Kept(folder.parts_folder, warn=warn)
        table = assumptions(
            study, citizens=citizens, replicates=replicates, processes=processes, kept=kept,
            announce=announce, progress=progress,
        )  # fmt: skip
        asked = {"citizens": citizens, "replicates": replicates}
        folder.attach({ASSUMPTIONS: table}, {"assumptions": asked})
    return table

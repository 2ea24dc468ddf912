"""What a new version of the model changed, asked from Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.arguments import CHECKPOINT_MINUTES
from sim.bar import Asked
from sim.model import Engine
from sim.questions.comparison.compare import Comparison, compared, planned
from sim.questions.comparison.run import where_from_python
from sim.questions.comparison.study import Runs, worlds_asked
from sim.questions.versions.against import AGAINST, Against, against
from sim.questions.versions.stored import read_stored, refuse_other
from sim.questions.versions.words import sentences
from sim.runs.folder import Folder
from sim.scenario import Scenario
from sim.shown import Sentences


class VersionComparison(Comparison):
    """A comparison, and how it differs from stored results of another version of the model."""

    def __init__(self, runs: Runs, found: Against) -> None:
        super().__init__(runs)
        self.against = found

    @property
    def sentences(self) -> Sentences:
        """What the comparison says, then what the version changed."""
        return Sentences([*super().sentences, *sentences(self.against)])

    def changes(self) -> pd.DataFrame:
        """What differs from the stored results, as in `against.csv`."""
        return self.against.rows


def compare_against(
    results: str | Path,
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
) -> VersionComparison:
    """Compares scenarios, and holds them against stored results of another model version.

    All of it is as in `compare`; `results` is a folder that it wrote. Seed, replicates and worlds
    are those of the stored results unless given, so that replicates are taken in pairs. Raises
    `UserMistake` if the scenarios are other ones, `ResultsError` if the results are damaged.
    """
    stored = read_stored(Path(results))
    count, drawn, luck_only = stored.asked_again(replicates, worlds, luck_only=luck_only)
    study = planned(
        (baseline, *others), replicates=count, seed=stored.seed if seed is None else seed,
        engine=engine, worlds=worlds_asked(drawn, luck_only), focus=focus,
    )  # fmt: skip
    refuse_other(stored, study)

    def keep(folder: Folder, runs: Runs) -> None:
        folder.attach({AGAINST: against(runs, stored).rows})

    where = where_from_python(jobs, cluster, checkpoint)
    runs = compared(study, where, out, progress, keep).runs
    return VersionComparison(runs, against(runs, stored))

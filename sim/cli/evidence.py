"""`evidence`: the model against what was observed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.cli.screen import say
from sim.cli.work import publish_study, tell_end
from sim.questions.comparison.study import Runs
from sim.questions.evidence.asked import (
    CITIZENS,
    REPLICATES,
    WORLDS,
    plan_evidence,
    plan_worlds,
)
from sim.questions.evidence.results import lines, publish_evidence


def show_evidence(options: dict[str, Any]) -> None:
    """Run what is missing, and print each pattern with its band."""
    asked = options | {"checkpoint": 2.0}
    citizens = options["citizens"] or CITIZENS
    study = plan_evidence(citizens, options["replicates"] or REPLICATES, options["seed"])
    worlds = _in_worlds(asked, citizens)
    found: list[pd.DataFrame] = []
    runs, folder, new, seconds = publish_study(
        study, asked, publish_evidence(found, worlds), draws=False
    )
    if found:
        for line in lines(*found):
            say(line)
    tell_end(runs, folder, new, seconds)


def _in_worlds(asked: dict[str, Any], citizens: int) -> Runs | None:
    """The same scenarios in plausible worlds, in a folder beside that of the study."""
    count = WORLDS if asked["worlds"] is None else asked["worlds"]
    if count == 0:
        return None
    out: Path | None = asked["out"]
    aside = out.with_name(f"{out.name}-worlds") if out is not None else None
    study = plan_worlds(count, citizens, asked["seed"])
    return publish_study(study, asked | {"out": aside}, draws=False)[0]

"""`evidence`: the model against what was observed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.cli.screen import say
from sim.cli.work import publish_study, tell_end
from sim.questions.evidence.asked import CITIZENS, REPLICATES, plan_evidence
from sim.questions.evidence.results import lines, publish_evidence


def show_evidence(options: dict[str, Any]) -> None:
    """Run what is missing, and print each pattern with its band."""
    study = plan_evidence(
        options["citizens"] or CITIZENS, options["replicates"] or REPLICATES, options["seed"]
    )
    found: list[pd.DataFrame] = []
    asked = options | {"checkpoint": 2.0}
    runs, folder, new, seconds = publish_study(study, asked, publish_evidence(found), draws=False)
    for table in found:
        for line in lines(table):
            say(line)
    tell_end(runs, folder, new, seconds)

"""Plausible worlds of what is on a page, computed in a process of their own.

`python -m sim.lab.worker` reads one order from its input and writes a line of JSON for whatever it
has to say. The results folder is the one that `govshift compare` has for the same scenarios.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sim.errors import GovShiftError
from sim.questions.comparison.compare import Comparison
from sim.questions.comparison.publish import default_folder, publish
from sim.questions.comparison.study import Study, plan_study
from sim.runs.runner import Where
from sim.scenario import Scenario


def study_of(order: dict[str, Any]) -> Study:
    """The study that an order asks for: the page's governments, the first one as the baseline."""
    scenarios = [Scenario.model_validate(data) for data in order["scenarios"]]
    baseline = scenarios[0].name if len(scenarios) > 1 else None
    return plan_study(scenarios, seed=order["seed"], worlds=order["worlds"], baseline=baseline)


def main() -> None:
    """Do the order that stands in the input."""
    order = json.load(sys.stdin)
    try:
        study = study_of(order)
        folder = default_folder(study, Path(order["root"]))
        runs = publish(
            study, folder, command=order["command"], where=Where(order["jobs"]),
            announce=lambda units: _say(all=units), progress=lambda _: _say(done=1),
        )  # fmt: skip
        sentences = [*Comparison(runs).sentences] if study.baseline else []
    except GovShiftError as error:
        _say(why=str(error).splitlines()[0])
        return
    _say(folder=str(folder), sentences=sentences)


def _say(**told: Any) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

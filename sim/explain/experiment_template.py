"""A commented experiment file to start from: levers and context, with their units and ranges."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.declared import LEVERS
from sim.experiments.experiment_files import experiments_folder
from sim.experiments.factors import ROWS, declaration
from sim.experiments.schema import SCHEMA_FILE
from sim.explain.template import (
    CONTEXT,
    comment,
    file_to_write,
    schema_line,
    write_new_file,
    written_name,
)
from sim.outcomes import OUTCOMES
from sim.paradigms import FIGURE

_DESIGNS = (
    "{kind: lhs, points: 100}             # spread evenly at random: the usual first look",
    "{kind: sobol, points: 64}            # 64 x (factors + 2) points: shares of the variance",
    "{kind: morris, trajectories: 10}     # 10 x (factors + 1) points: ranks many factors cheaply",
    "{kind: grid, levels: 5}              # every combination: maps of two or three factors",
    "{kind: one_at_a_time, levels: 3}     # each factor alone, the others as the policy has them",
    "{kind: csv, file: my_points.csv}     # points of your own, one column per factor",
)


def write_experiment(name: str) -> Path:
    """Write `NAME.yaml`; refuses to replace a file."""
    path = file_to_write(name)
    write_new_file(path, experiment_template(path))
    return path


def experiment_template(path: Path) -> str:
    """The text of a new experiment file: valid as it is, with all that can vary in comments."""
    varied, context = CONTEXT[:2], [name for name in CONTEXT[2:] if name not in LEVERS]
    lines = [
        schema_line(path, experiments_folder() / SCHEMA_FILE),
        f"name: {written_name(path.stem)}",
        "question: What moves the outcomes, and under which conditions?",
        "policies:",
        *(f"  - {name}" for name in FIGURE.paradigm_ids),
        "#   - my_plan.yaml   # a file beside this one",
        "#   - {name: my idea, extends: gov2, governance: {goal: gov3}}   # keys of a scenario",
        "base:   # keys of a scenario that hold for every policy",
        "  years: 20",
        "  society: {citizens: 2000}",
        "",
        *comment(
            "What varies. A bare name varies over its declared range, which stands beside it. For "
            "something else write {low: 0, high: 1}, {values: [0, 1]}, {distribution: triangular, "
            "mode: 0.3} or {distribution: normal, mean: 0.5, sd: 0.1} after it. Remove the # and "
            "the space after it from the lines that you need."
        ),
        "# levers:   # what governments choose",
        *_factors(LEVERS, "# "),
        *_factors([ROWS + row for row in FIGURE.row_ids], "# "),
        "uncertainties:   # what the world decides",
        *_factors(varied, ""),
        *_factors(context, "# "),
        "",
        f"design: {_DESIGNS[0]}",
        *(f"# design: {design}" for design in _DESIGNS[1:]),
        "replicates: 4   # of each point and policy, each with luck of its own",
        "seed: 1",
        f"# outcomes: [{', '.join(outcome.name for outcome in OUTCOMES)}]",
        "# months: [60, 120, 240]   # whose outcomes are kept; the last one unless given",
        "# horizon: 10   # the year at whose end outcomes are read; the last unless given",
    ]
    return "\n".join(lines) + "\n"


def _factors(names: Sequence[str], mark: str) -> list[str]:
    lines = []
    for name in names:
        declared = declaration(name)
        if declared is not None:
            about = f"{declared.low:g} to {declared.high:g} {declared.unit}: {declared.meaning}"
            lines.append(f"{mark}  {name}:   # {about}")
    return lines

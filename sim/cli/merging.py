"""`merge`: the shards of a job array put together."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from sim.cli.screen import say
from sim.cli.sweeping import show_sweep
from sim.cli.work import show_outcomes
from sim.experiments.sweep import Sweep
from sim.questions.comparison.study import Runs
from sim.report.merging import merge
from sim.runs.runner import Where


def merge_shards(out: Path, shards: Sequence[Path]) -> None:
    """Put shards together, and show what the whole command would have shown."""
    where = Where(1, warn=lambda text: say(text, err=True))
    found = merge(out, shards, where, shlex.join(["govshift", *sys.argv[1:]]))
    if isinstance(found, Sweep):
        show_sweep(found)
    elif isinstance(found, Runs):
        show_outcomes(found)
    else:
        for line in found.sentences:
            say(line)
    count = f"{len(shards)} shard{'' if len(shards) == 1 else 's'}"
    say(f"\n{count} put together; results are in {out}")

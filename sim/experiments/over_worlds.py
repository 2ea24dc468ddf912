"""An experiment over plausible worlds: how many, and how many replicates in each."""

from __future__ import annotations

from sim.arguments import whole
from sim.errors import UserMistake
from sim.experiments.experiment import Experiment, per_world
from sim.worlds.draws import MOST_WORLDS

EXPERIMENT_WORLDS = 20
"""Worlds of each point unless told otherwise: as few as say how sure.

The shipped map has 432 points and policies: 6 minutes of one processor with ten replicates each,
72 with 60 worlds of two, 24 with 20."""
_MOST_RUNS = 100_000


def over_worlds(
    experiment: Experiment,
    *,
    worlds: int | None = None,
    replicates: int | None = None,
    luck_only: bool = False,
) -> Experiment:
    """The experiment in so many worlds with so many replicates in each, or in none.

    Worlds are those of the experiment's own `worlds`, or `EXPERIMENT_WORLDS`, unless given;
    replicates are those that stand beside its `worlds`, or 2. With `luck_only` no world is drawn,
    and replicates are the experiment's own unless given. Raises `UserMistake` where both are asked.
    """
    if luck_only and worlds is not None:
        raise UserMistake("worlds: luck alone is asked for, which draws no worlds; leave one out")
    if luck_only:
        each = experiment.replicates if replicates is None else replicates
        each = whole("replicates", each, 1, _MOST_RUNS)
        return experiment.model_copy(update={"worlds": None, "replicates": each})
    count = experiment.worlds if worlds is None else whole("worlds", worlds, 1, MOST_WORLDS)
    each = per_world(experiment) if replicates is None else replicates
    count = EXPERIMENT_WORLDS if count is None else count
    each = whole("replicates", each, 1, _MOST_RUNS // count)
    return experiment.model_copy(update={"worlds": count, "replicates": each})


def unused_replicates(experiment: Experiment, asked: Experiment) -> str:
    """What to say of replicates that an experiment has for luck alone; empty where it has none."""
    own = "replicates" in experiment.model_fields_set and experiment.worlds is None
    if not own or asked.worlds is None:
        return ""
    told = f"counts with --luck-only alone; {asked.replicates} in each of {asked.worlds} worlds"
    return f"{experiment.named(('replicates',))} {told} (--replicates)"

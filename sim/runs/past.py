"""Histories are lived through once for each world and luck, and shared by all who begin there.

What a world has become when its history is over is kept as bytes, by the hash of all that decides
it: in memory, of which there is little, and for a study in its folder of checkpoints, so that other
processes find it. Whoever finds none lives through the history. Either gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.model import Engine, GovernanceModel
from sim.runs.checkpoint import Checkpoint, NotRead, NotWritten
from sim.runs.frozen import Unkeepable, freeze, thaw
from sim.scenario import Scenario

MOST_BYTES = 1 << 28
"""Of histories that one process keeps in memory: twenty of seventeen places."""

Frozen = tuple[bytes, list[NDArray[np.uint8]]]


class Pasts:
    """Histories that were lived through, the one asked for last at the end; bounded."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most = most
        self.lived = 0
        """How many histories were lived through, not found."""
        self._kept: OrderedDict[str, Frozen] = OrderedDict()

    def find(self, key: str, kind: type[GovernanceModel]) -> GovernanceModel | None:
        """A model at the end of a history, on memory of its own; None if it is not kept."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        structure, arrays = kept
        return thaw(structure, [array.copy() for array in arrays], kind)

    def keep(self, key: str, model: GovernanceModel) -> None:
        """Keep a model as it is now; one that is larger than all that may be kept is not."""
        with suppress(Unkeepable):
            structure, views = freeze(model)
            arrays = [np.frombuffer(bytearray(view), dtype=np.uint8) for view in views]
            self._kept[key] = structure, arrays
        while self._kept and self.size > self.most:
            self._kept.popitem(last=False)

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        frozen = self._kept.values()
        return sum(len(s) + sum(a.nbytes for a in arrays) for s, arrays in frozen)

    def forget(self) -> None:
        """Live through every history again from now on."""
        self._kept.clear()
        self.lived = 0


PASTS = Pasts()
"""Those of this process."""


def begin(
    scenario: Scenario,
    seed: int,
    *,
    engine: Engine = "compiled",
    threads: int = 1,
    resumed: GovernanceModel | None = None,
    after: Callable[[GovernanceModel], None] | None = None,
    folder: Path | None = None,
) -> GovernanceModel:
    """The model of a scenario at its start, with the history that the world has had.

    `resumed` is one that was stopped on its way there. `after` is called between months of a
    history that is lived through, and `folder` is where histories lie for other processes.
    """
    if scenario.history is None:
        return scenario.model(seed=seed, engine=engine, threads=threads, collect=False)
    own = scenario.own_model
    kind = GovernanceModel if own is None else own.load()
    if own is not None:  # a class's own state may know its scenario
        alone = resumed or _unbegun(kind, scenario, seed, engine, threads)
        alone.begin(after)
        return alone
    key = key_of(scenario, seed, engine)
    file = None if folder is None else Checkpoint(folder / f"{key[:32]}.history", key, engine)
    model = resumed or PASTS.find(key, kind) or _read(file, kind)
    if model is None:
        model = _unbegun(kind, scenario, seed, engine, threads)
        PASTS.lived += 1
    model.threads = threads
    if model.month < model.before:
        model.live_history(after)
        if file is not None:
            with suppress(NotWritten):
                file.write(model)
    PASTS.keep(key, model)
    model.turn_to(scenario)
    return model


def key_of(scenario: Scenario, seed: int, engine: Engine = "compiled") -> str:
    """A hash of all that decides what a world has become when a scenario with a history starts."""
    lived = scenario.lived
    said = None if lived is None else lived.resolved()
    ends = [(stage.first, stage.last) for stage in scenario.stages[:-1]]
    return hashlib.sha256(json.dumps([said, ends, seed, engine]).encode()).hexdigest()


def _read(file: Checkpoint | None, kind: type[GovernanceModel]) -> GovernanceModel | None:
    try:
        return None if file is None else file.read(kind)
    except NotRead:
        return None


def _unbegun(
    kind: type[GovernanceModel], scenario: Scenario, seed: int, engine: Engine, threads: int
) -> GovernanceModel:
    model: GovernanceModel = type.__call__(
        kind, scenario, rng=seed, engine=engine, threads=threads, collect=False
    )
    return model

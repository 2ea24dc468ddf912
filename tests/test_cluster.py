"""The cluster's driver against a scheduler that misbehaves, played by a few lines."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sim.cli.sweeping import cost
from sim.errors import ResultsError
from sim.experiments.estimate import Estimate
from sim.runs.chunk import Chunk, Done, Order
from sim.runs.cluster import Cluster

pytest.importorskip("distributed")
ADDRESS = "tcp://127.0.0.1:8786"


class Future:
    """A future that goes through states, one each time somebody waits for it."""

    def __init__(self, key: str, states: list[str], chunk: Chunk) -> None:
        self.key = key
        self._states = states
        self._chunk = chunk

    def add_done_callback(self, call: Callable[[Future], None]) -> None:
        self.status = self._states.pop(0)
        call(self)

    def result(self) -> Done:
        assert self.status == "finished"
        return Done(self._chunk.key, new=len(self._chunk.task.units))

    def exception(self) -> BaseException:
        raise AssertionError("only failed futures have one")


class Client:
    """Chunk 1 goes through the states that are given, the others end at once."""

    def __init__(self, states: list[str]) -> None:
        self.status = "running"
        self.states = states

    def submit(self, _: Any, chunk: Chunk, *, key: str, pure: bool) -> Future:
        return Future(key, self.states if chunk.key == "1" else ["finished"], chunk)

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        return {"workers": {"one": {"nthreads": 1}}}

    def cancel(self, *_: Any, **__: Any) -> None:
        """Nothing flies any more."""


def chunks() -> list[Chunk]:
    order: Any = type("Session", (Order,), {"__init__": lambda self: None})()
    object.__setattr__(order, "session", "session")
    task: Any = SimpleNamespace(units=range(5))
    return [Chunk(str(number), task, order) for number in range(3)]


@pytest.mark.parametrize("states", [["finished"], ["pending", "finished"], ["lost", "finished"]])
def test_a_result_that_died_with_its_worker_is_waited_for_again(states: list[str]) -> None:
    done = list(Cluster(Client(states), ADDRESS, None).run(chunks()))
    assert sorted(chunk.key for chunk in done) == ["0", "1", "2"]
    assert states == []


def test_a_cluster_without_workers_says_so_at_once() -> None:
    """Not after a minute of silence, and the estimate knows that nobody works."""

    class Empty(Client):
        def scheduler_info(self, n_workers: int) -> dict[str, Any]:
            return {"workers": {}}

    said: list[str] = []
    cluster = Cluster(Empty(["finished"]), ADDRESS, said.append)
    assert cluster.workers == 0
    first = cluster.run(chunks())
    next(first)
    assert said == [
        f"--cluster {ADDRESS}: has no workers; waiting for some "
        f"(dask worker {ADDRESS} --nthreads 1 starts one)"
    ]
    known = {"points": 2, "policies": 1, "replicates": 1, "runs": 2, "finished": 0, "disk": 9}
    told = cost(Estimate(**known, run_seconds=0.01, workers=0))
    assert "nobody works yet: the cluster has no workers" in told
    assert "about 1 second on 1 worker" in told
    assert "nobody" not in cost(Estimate(**known, run_seconds=0.01, workers=2))


def test_a_scheduler_that_is_gone_is_told() -> None:
    with pytest.raises(ResultsError, match="the scheduler went away"):
        list(Cluster(Client(["cancelled"]), ADDRESS, None).run(chunks()))

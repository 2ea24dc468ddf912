"""Small societies that many tests share."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from sim.first_start import compile_first
from sim.model import GovernanceModel
from sim.scenario import Scenario
from tests.fault_cases import CASES, Attacked
from tests.faults import Zygote, make_zygote

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Under `nohup` or in the background of a shell: children would be deaf to Ctrl-C as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionstart() -> None:
    """The model is compiled before any test: no screen shows it, no test waits for it."""
    compile_first()


@pytest.fixture
def society() -> Callable[..., GovernanceModel]:
    """A model of a shipped scenario, made small: `society("gov3", years=2, parameters={...})`.

    With `years=None` it keeps its years: what is dated late stays inside.
    """

    def make(
        name: str = "gov2",
        *,
        citizens: int = 500,
        years: int | None = 2,
        seed: int = 1,
        engine: str = "compiled",
        threads: int = 1,
        collect: bool = False,
        **changes: Any,
    ) -> GovernanceModel:
        changes["society"] = {"citizens": citizens} | changes.get("society", {})
        if years is not None:
            changes["years"] = years
        scenario = Scenario.load(name).but(**changes)
        return GovernanceModel(scenario, rng=seed, engine=engine, threads=threads, collect=collect)

    return make


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """The process that forks commands with planted faults."""
    made = make_zygote()
    yield made
    made.close()


@pytest.fixture(scope="session")
def attack(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Attacked]:
    """A command that keeps results, by name, ready to be attacked."""

    @cache
    def find(name: str) -> Attacked:
        return Attacked(CASES[name], zygote, tmp_path_factory.mktemp("attacked"))

    return find

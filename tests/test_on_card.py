"""The citizens' month on a graphics card gives the bits of the compiled engine.

Where there is no card, Numba plays one in plain Python, for societies of some dozens; how fast it
is on a real one is told in `docs/performance.md`.
"""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.card import _refuse_joined, missing_card
from sim.errors import UserMistake
from sim.model import GovernanceModel
from sim.processes.on_card import _MOVED
from sim.processes.state import Citizens
from sim.scenario import Scenario
from tests.fingerprint import contents

Make = Callable[..., GovernanceModel]
ROOT = Path(__file__).resolve().parents[1]
real_card = pytest.mark.skipif(bool(missing_card()), reason="no NVIDIA card")


def differing(name: str, citizens: int, months: int, **changes: Any) -> list[str]:
    """What of a society is not the same on the card, after some months."""
    models = []
    for engine in ("compiled", "cuda"):
        changes["society"] = {"citizens": citizens} | changes.get("society", {})
        model = GovernanceModel(
            Scenario.load(name).but(**changes), rng=3, engine=engine, collect=False
        )
        for _ in range(months):
            model.step()
        models.append(contents(model))
    here, there = models
    assert here.keys() == there.keys()
    return [
        name
        for name, value in here.items()
        if np.asarray(value).tobytes() != np.asarray(there[name]).tobytes()
    ]


SCENARIOS = ("gov1", "gov3", "endogenous", "privacy_scandal")


@real_card
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_card_gives_the_bits_of_the_compiled_engine(name: str) -> None:
    assert differing(name, 6_000, 40) == []


@real_card
def test_a_card_gives_the_same_where_citizens_are_trained() -> None:
    trained = {"society.digital_training": 0.5, "incidents.hazard": 0.03}
    assert differing("gov3", 20_000, 30, parameters=trained) == []


def simulated(text: str) -> str:
    """What a script prints where Numba plays a card."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    said = os.environ | {"NUMBA_ENABLE_CUDASIM": "1", "PYTHONPATH": path}
    ran = subprocess.run(
        [sys.executable, "-c", text], env=said, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


PLAYED = """
from tests.test_on_card import differing
place = {"place": "synthetic", "local_governments": 2}
changes = {"parameters": {"society.digital_training": 0.5, "incidents.hazard": 0.03}}
print(differing("gov3", 100, 13, society=place, **changes))
"""
WITH_A_PAST = """
from sim.model import GovernanceModel
from sim.scenario import Scenario
from tests.fingerprint import fingerprint
people = {"place": "synthetic", "local_governments": 2, "citizens": 100}
past = {"name": "past", "years": 1, "start": "1995-01", "society": people}
plan = Scenario.model_validate({"name": "plan", "years": 1, "start": "1995-05", "history": past})
engines = ("compiled", "cuda")
models = [GovernanceModel(plan, rng=3, engine=engine, collect=False) for engine in engines]
print(models[1].state._is_watched, models[1].month)
for model in models:
    model.step()
print(fingerprint(models[0]) == fingerprint(models[1]))
"""
LOOKED_AT = """
from sim.model import GovernanceModel
from sim.scenario import Scenario
from sim.state_on_card import StateOnCard
from tests.fingerprint import fingerprint
import copy
found = []
assert isinstance(GovernanceModel("gov2", citizens=140, engine="cuda").state, StateOnCard)
for engine in ("compiled", "cuda"):
    place = {"place": "synthetic", "local_governments": 2, "citizens": 100}
    plan = Scenario.load("gov2").but(society=place, years=1)
    model = GovernanceModel(plan, rng=1, engine=engine, collect=False)
    model.step()
    held = model.state.citizens
    model.step()
    held.trust_local[:] = 0.25
    model.follow(7)
    model.step()
    twin = copy.deepcopy(model)
    twin.step()
    found.append((held.trust_local.tobytes(), model._followed[0].life.to_csv(),
                  fingerprint(model), fingerprint(twin)))
print(found[0] == found[1])
"""


def test_a_played_card_gives_the_bits_of_the_compiled_engine() -> None:
    assert simulated(PLAYED) == "[]"


def test_a_history_is_lived_through_on_the_card() -> None:
    """Nobody looks at the citizens on the way to the start."""
    assert simulated(WITH_A_PAST).split() == ["False", "4", "True"]


def test_what_is_looked_at_and_written_is_what_the_card_has() -> None:
    """Columns that somebody holds stay right, and what is written into them counts."""
    assert simulated(LOOKED_AT) == "True"


def test_every_column_that_months_change_comes_back(society: Make) -> None:
    model = society("gov3", citizens=2_000, parameters={"society.digital_training": 0.5})
    before = copy.deepcopy(model.state.citizens)
    model.run()
    pairs = zip(Citizens._fields, before, model.state.citizens, strict=True)
    changed = {name for name, old, new in pairs if not np.array_equal(old, new)}
    assert changed == set(_MOVED)


@pytest.mark.skipif(not missing_card(), reason="there is a card")
def test_without_a_card_it_says_so(society: Make) -> None:
    with pytest.raises(UserMistake, match=r"engine cuda: .*; compiled, agents need no card$"):
        society(engine="cuda")


def test_own_rules_of_citizens_are_refused() -> None:
    text = """
from sim.errors import UserMistake
from sim.model import GovernanceModel
class Mine(GovernanceModel):
    own_rules = {"consent": lambda fit, p: fit}
try:
    Mine("gov1", citizens=140, engine="cuda")
except UserMistake as error:
    print(error)
"""
    assert simulated(text) == (
        "Mine.own_rules: consent: a graphics card runs the stock rules of citizens; "
        'use engine="compiled" or "agents"'
    )


def test_arithmetic_that_rounds_otherwise_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"'fma\.'"):
        _refuse_joined("add.rn.f32 %f1, %f2, %f3; fma.rn.f32 %f1, %f2, %f3, %f4;")
    with pytest.raises(RuntimeError, match=r"'mul\.f32'"):
        _refuse_joined("mul.f32 %f1, %f2, %f3;")
    _refuse_joined("mul.rn.f32 %f1, %f2, %f3; add.s64 %r1, %r2, %r3;")

"""The model in plain Python, with every draw written down: run it as a script of its own.

Compiled rules call each other inside machine code, where nobody can look. So here nothing is
compiled, and the words of the generator come from a function that notes what was asked of it.
Writes a JSON list: for each scenario what was drawn and what is wrong with it.

    python -m tests.traced compiled gov1 gov3 busy
"""

from __future__ import annotations

import json
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import numba
import numpy as np


def _plain(*given: Any, **_: Any) -> Any:
    """In place of `numba.njit`: the function itself."""

    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        plain: Any = function
        plain.overloads, plain.py_func = {}, function
        plain.compile = plain.disable_compile = lambda *_: None
        return function

    return keep(given[0]) if given and callable(given[0]) else keep


numba.njit = _plain
warnings.simplefilter("ignore")

from sim.engine import luck  # noqa: E402
from sim.engine.luck import KEYS, Luck, Seed  # noqa: E402
from sim.model import GovernanceModel  # noqa: E402
from sim.processes.month import COLUMNS, STEPS, Months, Workspace, chosen_steps  # noqa: E402
from sim.processes.network import Resilience  # noqa: E402
from sim.processes.shocks import SHOCKS, Strike  # noqa: E402
from sim.scenario import Scenario  # noqa: E402

_MASK = 0xFFFFFFFF
_LATER = (2, 12, 48)
_compiled = luck.words
drawn: list[tuple[int, int, int, int]] = []


def words(seed: Seed, purpose: int, month: int, agent: int, lane: int) -> tuple[np.uint32, ...]:
    """`luck.words` in Python's own integers, noting its key."""
    drawn.append((int(purpose), int(month), int(agent), int(lane)))
    c0, c1, c2, c3 = int(agent) & _MASK, int(month) & _MASK, int(purpose) & _MASK, int(lane) & _MASK
    k0, k1 = int(seed.low), int(seed.high)
    for _ in range(10):
        p0, p1 = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & _MASK, (p0 >> 32) ^ c3 ^ k1, p0 & _MASK
        k0, k1 = (k0 + 0x9E3779B9) & _MASK, (k1 + 0xBB67AE85) & _MASK
    return np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)


def _plain_months(
    self: Months, society: Workspace, first: int, last: int, steps: int, *_: int
) -> None:
    """In place of the compiled call by addresses, which no Python can look into: step by step."""
    for month in range(first, last + 1):
        for name in STEPS:
            if steps & chosen_steps(name):
                self.loops[name](*COLUMNS[name](society, month))


def _patch() -> None:
    Months.__call__ = _plain_months  # type: ignore[assignment,method-assign]
    for name, module in list(sys.modules.items()):
        if name.startswith("sim.") and getattr(module, "words", None) is _compiled:
            module.words = words  # type: ignore[attr-defined]
        if name == "sim.processes.network":
            module.measure = lambda *_: Resilience(0.0, 0.0, 0.0)  # type: ignore[attr-defined]
        if name == "sim.model":
            # These replace what draws on purpose, wherever it was imported.
            module.refuse_replaced_functions = lambda: None  # type: ignore[attr-defined]


def busy() -> Scenario:
    """Everything happens at once and twice, and the survey changes its pace."""
    twice = [
        {"kind": kind, "month": month, "who": who, "size": min(1.0, shock.high) / 2}
        for kind, shock in SHOCKS.items()
        for month, who in ((2, "all"), (2, "Local 01"), (2, "all"), (3, "Local 02"))
    ]
    return Scenario.load("endogenous").but(
        years=5,
        society={"place": "synthetic", "local_governments": 5, "citizens": 100},
        shocks=twice,
        policy=[
            {"month": 2, "set": {"society.digital_training": 0.5}},
            {"month": 13, "set": {"agenda.survey_interval": 24.0}},
            {"month": 25, "set": {"agenda.survey_interval": 12.0}},
        ],
        governance=dict.fromkeys(Scenario.load("gov1").governance, "gov3"),
    )


def _provoke(model: GovernanceModel) -> None:
    """Let pressures burst, trials end, projects start, services, hubs and ties be there."""
    s = model.state
    s.governments.pressure[:] = 5.0
    s.governments.trial[::2] = 1.0
    s.governments.score_before[::2] = 9.0
    s.governments.trust_at_election[:] = 1.0
    s.governments.input_load[:] = 1.0
    s.governments.service_firm[:, :20] = 0
    s.ledger.fund[:] = s.ledger.entitlement[:] = 1e9
    s.levers.yearly_rounds[:] = 12.0
    apart = np.add.outer(np.arange(len(s.network.age)), np.arange(len(s.network.age))) % 3 == 0
    np.fill_diagonal(apart, val=False)
    s.network.age[apart & (s.network.age < 0)] = 1


def trace(scenario: Scenario, engine: Any) -> dict[str, Any]:
    """Some months of one scenario: the purposes drawn for, and what shares a draw.

    A history is lived through when the model is made; its months are told from their keys.
    """
    drawn.clear()
    model = GovernanceModel(scenario, rng=1, engine=engine, collect=False)
    seen: dict[tuple[int, ...], set[int]] = defaultdict(set)
    wrong = _faults(0, 0, model, seen)
    strikes = tuple(shock for shock in model._shocks if shock.begin > model.before)
    for own in _months(scenario, strikes, model.before):
        month = model.before + own
        model.month = month - 1
        _provoke(model)
        model.step()
        wrong += _faults(month, int(model.state.surveys[0]), model, seen)
    purposes = sorted({Luck(key[0]).name for key in seen})
    first = {line.split()[0]: line for line in reversed(wrong)}
    return {"name": scenario.name, "purposes": purposes, "wrong": list(first.values())}


def _months(scenario: Scenario, strikes: tuple[Strike, ...], before: int) -> list[int]:
    """The first month, those in which something dated begins, and some to survey and vote in."""
    dated = {shock.begin - before for shock in strikes}
    dated |= {scenario.month_of(change.month, change.date) for change in scenario.policy}
    surveys = {12, 24, 36} if scenario.name == "busy" else set()
    return sorted(m for m in {1, *_LATER, *dated, *surveys} if 1 <= m <= scenario.months)


def _faults(
    month: int, survey: int, model: GovernanceModel, seen: dict[tuple[int, ...], set[int]]
) -> list[str]:
    """Keys drawn twice: within a month, or for what happened at another time; odd lanes."""
    wrong = []
    for key, count in Counter(drawn).items():
        purpose = Luck(key[0])
        happening = survey if KEYS[purpose].when == "survey" else month
        if month == 0:  # a history's months and surveys, or the start
            happening = key[1]
        seen[key].add(happening)
        repeats = count > 1 and not (month == 0 and KEYS[purpose].when == "survey")
        if repeats or len(seen[key]) > 1:
            wrong.append(f"{purpose.name} {key[1:]} drawn {count} times, at {sorted(seen[key])}")
        if KEYS[purpose].most and key[3] >= KEYS[purpose].most:
            wrong.append(f"{purpose.name} {key[1:]} has a lane that is not declared")
        if not KEYS[purpose].who.startswith("drawn") and key[2] >= _agents(purpose, model):
            wrong.append(f"{purpose.name} {key[1:]} is drawn for nobody")
    drawn.clear()
    return wrong


def _agents(purpose: Luck, model: GovernanceModel) -> int:
    places = len(model.local_governments)
    return {
        "society": 1,
        "citizen": len(model.state.shown),
        "local government": places,
        "government": places + 1,
        "entrepreneur": len(model.state.firms.capability),
        "institution": len(model.state.network.age),
    }[KEYS[purpose].who]


def main(engine: str, *names: str) -> None:
    """Trace scenarios by name; `busy` is made up here."""
    _patch()
    found = []
    for name in names:
        if name == "busy":
            scenario = busy().but(name=name)
        else:
            scenario = Scenario.load(name)
            scenario = scenario.but(society={"citizens": 8 * 17})
        found.append(trace(scenario, engine))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])

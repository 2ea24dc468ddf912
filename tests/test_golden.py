"""Frozen results of every shipped scenario: a change of results is made on purpose or not at all.

After a wanted change:
`GOVSHIFT_WRITE_GOLDEN=1 make test`, and a line in CHANGELOG.md (**Results**).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sim.model import GovernanceModel
from sim.outcomes import OUTCOMES
from sim.scenario import Scenario
from sim.scenario.files import shipped_names
from tests.fingerprint import fingerprint

GOLDEN = Path(__file__).with_name("golden.json")


def _result(name: str) -> dict[str, Any]:
    scenario = Scenario.load(name).but(society={"citizens": 500})
    model = GovernanceModel(scenario, rng=1, collect=False)
    model.run()
    last = model.record.national().iloc[-1]
    return {
        "digest": fingerprint(model),
        **{outcome.name: round(float(last[outcome.name]), 6) for outcome in OUTCOMES},
    }


@pytest.mark.parametrize("name", shipped_names())
def test_results_are_those_that_were_frozen(name: str) -> None:
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    found = _result(name)
    if os.environ.get("GOVSHIFT_WRITE_GOLDEN"):
        golden[name] = found
        GOLDEN.write_text(json.dumps(dict(sorted(golden.items())), indent=1) + "\n")
    assert found == golden.get(name)


def test_nothing_else_is_frozen() -> None:
    assert set(json.loads(GOLDEN.read_text())) == set(shipped_names())

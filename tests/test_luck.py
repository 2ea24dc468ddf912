"""The keyed generator: known answers, uniformity, independence, draws that are never shared."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import sim
from sim.engine.luck import KEYS, Luck, normal, normals, seed_key, uniforms, unit, words
from sim.model import GovernanceModel
from sim.processes.lives import draw_month, draw_rare, draw_services
from sim.processes.service import MOST_NEEDS, draw_need
from sim.scenario import Scenario
from sim.scenario.files import shipped_names
from sim.society.places import is_drawn, luck_agents, place_names

ROOT = Path(__file__).parents[1]
SPENT = {21, 22, 24, 26}
ANALYSES = {"NETWORK_LOSS", "ORDERS", "FOLDS", "RESAMPLES", "MAPS"}
"""Purposes that no month of the model draws for."""


def test_philox_known_answers() -> None:
    """Test vectors of Random123 for Philox4x32-10."""
    assert words(seed_key(0), 0, 0, 0, 0) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    ones = 0xFFFFFFFF
    assert words(seed_key((1 << 64) - 1), ones, ones, ones, ones) == (
        0x408F276D,
        0x41C83B0E,
        0xA20BC7C6,
        0x6D5451FD,
    )


def test_purposes_are_distinct() -> None:
    """Also those under another name: an enumeration hides a number that is used twice."""
    names = Luck.__members__
    assert len({int(purpose) for purpose in names.values()}) == len(names)
    assert not SPENT & {int(purpose) for purpose in names.values()}
    firsts = {words(seed_key(5), int(purpose), 1, 1, 0) for purpose in Luck}
    assert len(firsts) == len(names)


def test_a_purpose_has_one_place_in_the_code() -> None:
    """Two places that draw for one purpose would share their draws."""
    homes: dict[str, set[str]] = {name: set() for name in Luck.__members__}
    for path in sorted(Path(sim.__file__).parent.rglob("*.py")):
        if path.name != "luck.py":
            for name in re.findall(r"\bLuck\.([A-Z_]+)", path.read_text(encoding="utf-8")):
                homes[name].add(path.name)
    assert {name: len(found) for name, found in homes.items()} == dict.fromkeys(homes, 1)


def test_the_document_says_what_every_purpose_is_drawn_for() -> None:
    assert set(KEYS) == set(Luck)
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    for purpose, key in KEYS.items():
        most = key.most or "as many as there are"
        assert f"| `{purpose.name}` | {key.who} | {key.when} | {key.lanes} | {most} |" in text


def _traced(engine: str, *names: str) -> list[dict[str, Any]]:
    """What `tests/traced.py` finds, in a process in which nothing is compiled."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.traced", engine, *names],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("engine", ["compiled", "agents"])
def test_no_two_happenings_share_a_draw_where_all_happens_at_once(engine: str) -> None:
    """Every purpose is drawn for, every key once, with agents and lanes as declared."""
    (busy,) = _traced(engine, "busy")
    assert busy["wrong"] == []
    assert set(busy["purposes"]) == set(Luck.__members__) - ANALYSES


@pytest.mark.slow
def test_no_two_happenings_share_a_draw_in_any_shipped_scenario() -> None:
    """Of those with a history one is traced: all live through the same, for a minute and more."""
    past = [name for name in shipped_names() if Scenario.load(name).history is not None]
    names = [name for name in shipped_names() if name not in past[1:]]
    found = _traced("compiled", *names)
    assert {one["name"]: one["wrong"] for one in found} == {name: [] for name in names}


def test_draws_out_of_one_word_are_independent() -> None:
    """A citizen's luck of a month: fourteen draws and two rare ones, some half a word each."""
    seed, count = seed_key(7), 8_000
    table = np.array([
        [*draw_month(seed, 5, i), *draw_rare(seed, 5, i),
         *(draw_need(draw_services(seed, 5, i), need) for need in range(MOST_NEEDS))]
        for i in range(count)
    ])  # fmt: skip
    together = np.corrcoef(table, rowvar=False) - np.eye(table.shape[1])
    assert np.abs(together).max() < 6.0 / np.sqrt(count)


def test_two_jumps_of_one_month_are_two(society: Callable[..., GovernanceModel]) -> None:
    """The first is what it would be alone; where there is no other one, so is the second."""
    once = {"kind": "preference", "month": 3, "size": 1.0}
    here = {**once, "who": "Local 02"}
    drifts = []
    for shocks in ([], [once], [here], [once, here]):
        model = society("synthetic_small", citizens=200, years=1, shocks=shocks)
        for _ in range(3):
            model.step()
        drifts.append(model.state.governments.drift[:-1].copy())
    still, everywhere, one, both = drifts
    key, g = model.seed_key, 1
    drawn = [[normal(key, int(Luck.SHOCK), 3, g, lane + k) for k in range(4)] for lane in (0, 4)]
    np.testing.assert_allclose((everywhere - still)[g], drawn[0])
    np.testing.assert_allclose((one - still)[g], drawn[0])
    np.testing.assert_allclose((both - still)[g], np.sum(drawn, axis=0))
    assert np.array_equal(np.delete(both, g, axis=0), np.delete(everywhere, g, axis=0))


def test_a_new_survey_errs_anew(society: Callable[..., GovernanceModel]) -> None:
    """Surveys are counted: their number depends on no interval, which may change meanwhile."""
    changes = [{"month": 13, "set": {"agenda.survey_interval": 24.0}}]
    model = society("gov2", citizens=200, years=3, policy=changes)
    counts = []
    while model.month < model.months:
        model.step()
        counts.append(int(model.state.surveys[0]))
    assert counts == [0] * 11 + [1] * 12 + [2] * 13


def test_drawn_places_of_two_countries_share_nothing() -> None:
    agents = [luck_agents(name, 1)[0] for name in place_names() if is_drawn(name)]
    assert len({int(agent) for agent in agents}) == len(agents)


@pytest.mark.parametrize("seed", [0, 1, 2**40 + 7])
@pytest.mark.parametrize("purpose", [Luck.REVISION, Luck.EXPOSURE, Luck.PROJECT])
def test_uniform(seed: int, purpose: Luck) -> None:
    values = uniforms(seed_key(seed), purpose, 50_000, 1, month=3)[:, 0]
    assert stats.kstest(values, "uniform").pvalue > 1e-4
    counts = np.bincount((values * 256).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > 1e-4


def _draws(seed: int, purpose: int, month: int, first: int) -> np.ndarray:
    return np.array(
        [unit(words(seed_key(seed), purpose, month, first + i, 0)[0]) for i in range(4000)]
    )


@pytest.mark.parametrize(
    "other", [(2, 21, 1, 0), (1, 22, 1, 0), (1, 21, 2, 0), (1, 21, 1, 1)],
    ids=["seed", "purpose", "month", "agent"],
)  # fmt: skip
def test_neighbouring_keys_are_independent(other: tuple[int, int, int, int]) -> None:
    """Draws of keys that differ by one in one part are uncorrelated, also after ranking."""
    here, there = _draws(1, 21, 1, 0), _draws(*other)
    assert abs(stats.pearsonr(here, there).statistic) < 0.06
    table = np.histogram2d(here, there, bins=8)[0]
    assert stats.chi2_contingency(table).pvalue > 1e-4


def test_normals() -> None:
    values = normals(seed_key(9), Luck.SKILL, 50_000)[:, 0]
    assert stats.kstest(values, "norm").pvalue > 1e-4


def test_single_precision_uniforms_stay_below_one() -> None:
    assert unit(np.uint32(0xFFFFFFFF)) < 1.0
    assert unit(np.uint32(0)) == 0.0


def test_seed_range() -> None:
    with pytest.raises(ValueError, match="seed"):
        seed_key(-1)
    with pytest.raises(ValueError, match="seed"):
        seed_key(1 << 64)

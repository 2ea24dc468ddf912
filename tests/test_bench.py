"""The ordinary Mesa model that speed is measured against is the same model; the tables print."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.__main__ import _ratios, _shares, main
from benchmarks.comparison import compare
from benchmarks.months import PROCESSES, korea
from benchmarks.ordinary_mesa import OrdinaryModel
from benchmarks.phases import clocked_live, phases, time_phases
from sim.model import GovernanceModel
from sim.processes import tally

Make = Callable[..., GovernanceModel]
COUNTS = {
    "needs": tally.NEEDS,
    "met": tally.MET,
    "counter_asked": tally.COUNTER_ASKED,
    "counter_handled": tally.COUNTER_HANDLED,
    "digital_tried": tally.DIGITAL_TRIED,
    "digital_done": tally.DIGITAL_DONE,
    "invited": tally.INVITED,
    "inputs": tally.INPUTS,
    "answered": tally.ANSWERED,
    "exposed": tally.EXPOSED,
    "trained": tally.TRAINED,
    "users": tally.USERS,
    "heard": tally.HEARD,
}
ATTRIBUTES = ("skill", "digital", "trust_local", "trust_central", "expectation_local",
              "expectation_central", "efficacy", "fatigue", "quality", "waiting")  # fmt: skip


@pytest.fixture(params=["gov3", "gov2 with breaches and training"])
def copies(request: pytest.FixtureRequest, society: Make) -> tuple[GovernanceModel, OrdinaryModel]:
    """A compiled model whose governments stand still, and its ordinary copy, 24 months on."""
    name, _, trouble = request.param.partition(" with ")
    compiled = society(name, citizens=4_000, years=5)
    for _ in range(30):
        compiled.step()
    if trouble:
        compiled.state.offer.exposure[:] = 0.1
        compiled.state.offer.training[:] = 0.2
    ordinary = OrdinaryModel(compiled)
    sums = np.zeros((2, len(COUNTS)))
    for month in range(24):
        compiled.month += 1
        compiled.live()
        ordinary.step()
        if month >= 12:
            sums[0] += compiled.state.tallies[:, list(COUNTS.values())].sum(axis=0)
            sums[1] += [sum(getattr(place, name) for place in ordinary.places) for name in COUNTS]
    compiled.year, ordinary.year = sums
    return compiled, ordinary


def test_ordinary_citizens_follow_the_same_rules(
    copies: tuple[GovernanceModel, OrdinaryModel],
) -> None:
    """Means over citizens after 24 months, and counts of the last twelve, agree up to luck."""
    compiled, ordinary = copies
    people = list(ordinary.agents)
    for name in ATTRIBUTES:
        ours = getattr(compiled.state.citizens, name).astype(float)
        theirs = np.array([float(getattr(citizen, name)) for citizen in people])
        error = 5.0 * np.hypot(ours.std(), theirs.std()) / np.sqrt(len(people)) + 1e-3
        assert theirs.mean() == pytest.approx(ours.mean(), abs=error), name
    ours = (compiled.state.citizens.active != 0).mean()
    assert np.mean([citizen.active != 0 for citizen in people]) == pytest.approx(ours, abs=0.02)
    for name, ours, theirs in zip(COUNTS, compiled.year, ordinary.year, strict=True):
        assert theirs == pytest.approx(ours, rel=0.02, abs=6.0 * np.sqrt(ours + theirs)), name


def test_ordinary_governments_are_told_the_same(
    copies: tuple[GovernanceModel, OrdinaryModel],
) -> None:
    """What depends on no luck agrees exactly: fits and consent; wishes agree up to who spoke."""
    compiled, ordinary = copies
    counts = compiled.state.tallies
    fits = np.mean([citizen.fit for citizen in ordinary.agents])
    people = compiled.state.citizens.home.shape[0]
    assert fits == pytest.approx(counts[:, tally.FIT].sum() / 2**20 / people, abs=1e-5)
    accepted = sum(place.acceptance for place in ordinary.places)
    assert accepted == pytest.approx(counts[:, tally.ACCEPTANCE].sum() / 2**20, rel=1e-4)
    wanted = np.sum([place.wanted_users for place in ordinary.places], axis=0)
    ours = counts[:, tally.WANTED_USERS : tally.WANTED_USERS + 4].sum(axis=0)
    error = 0.5 / np.sqrt(wanted.sum())
    assert wanted / wanted.sum() == pytest.approx(ours / ours.sum(), abs=error)
    inputs = np.sum([place.wanted_inputs for place in ordinary.places])
    assert inputs == pytest.approx(sum(place.inputs for place in ordinary.places))


def test_the_phases_are_those_of_the_loop() -> None:
    assert phases()[:2] == ["draw_luck", "see_peers"]
    assert phases()[-1] == "be_counted"


def test_tables() -> None:
    found = compare(600, rounds=1)
    assert sum(found.processes.values()) == pytest.approx(found.month[1], rel=0.5)
    table = _ratios([found]).splitlines()
    assert len(table) == 2
    assert table[1].startswith("600")
    shares = _shares(PROCESSES, {600: found.processes}).splitlines()
    assert [line.split()[0] for line in shares[1:]] == [*PROCESSES, "sum"]


def test_help() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert "--quick" in result.output


@pytest.mark.slow
def test_reading_the_clock_changes_nothing() -> None:
    """The loop with a clock read after every phase gives the bits of the loop itself."""
    plain, clocked = korea(600), korea(600)
    spent = time_phases(clocked, clocked_live(), months=1)
    plain.live()
    assert (spent > 0).all()
    for ours, theirs in zip(plain.state.citizens, clocked.state.citizens, strict=True):
        assert np.array_equal(ours, theirs)
    assert np.array_equal(plain.state.shown, clocked.state.shown)

"""The same bits for either engine and any number of threads, and common luck across scenarios."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from sim import model as model_module
from sim.engine.team import share
from sim.model import GovernanceModel
from sim.processes.month import MONTH
from sim.questions.comparison.run import run
from sim.runs.runner import Where
from sim.scenario import Scenario
from sim.scenario.files import shipped_names
from tests.fingerprint import fingerprint

Make = Callable[..., GovernanceModel]


_BEGUN = [name for name in shipped_names() if Scenario.load(name).history is None]
"""Others live through thirty years first, agent by agent: the slow test does."""


def _both_engines(society: Make, name: str, *, citizens: int, months: int) -> tuple[str, str]:
    digests = []
    for engine in ("compiled", "agents"):
        model = society(name, citizens=citizens, years=None, engine=engine)
        while model.month < min(months, model.months):
            model.step()
        digests.append(fingerprint(model))
    return digests[0], digests[1]


@pytest.mark.parametrize("name", _BEGUN)
def test_both_engines_give_the_same_bits(society: Make, name: str) -> None:
    compiled, agents = _both_engines(society, name, citizens=200, months=40)
    assert compiled == agents


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_names())
def test_both_engines_give_the_same_bits_over_ten_years(society: Make, name: str) -> None:
    compiled, agents = _both_engines(society, name, citizens=200, months=120)
    assert compiled == agents


def test_engines_agree_where_citizens_are_trained_and_money_is_short(society: Make) -> None:
    digests = set()
    for engine in ("compiled", "agents"):
        model = society(
            "gov3", citizens=200, years=2, engine=engine,
            parameters={"society.digital_training": 0.5, "government.budget": 0.4},
        )  # fmt: skip
        model.run()
        digests.add(fingerprint(model))
    assert len(digests) == 1


def test_threads_change_nothing(society: Make) -> None:
    digests = set()
    for threads in (1, 2, 4):
        model = society("gov3", citizens=8_000, years=1, threads=threads)
        model.run()
        digests.add(fingerprint(model))
    assert len(digests) == 1


def test_seed_changes_everything(society: Make) -> None:
    first, second = society(seed=1), society(seed=2)
    assert not np.array_equal(first.state.citizens.skill, second.state.citizens.skill)


def test_scenarios_are_identical_until_their_first_difference(society: Make) -> None:
    """Leapfrog leaves gov1 in month 67; until then every count is the same."""
    held, leaping = society("gov1", years=10), society("leapfrog", years=10)
    held.run()
    leaping.run()
    assert np.array_equal(held.record.tallies[:66], leaping.record.tallies[:66])
    assert np.array_equal(held.record.money[:66], leaping.record.money[:66])
    assert not np.array_equal(held.record.tallies[66:], leaping.record.tallies[66:])


def test_untouched_citizens_stay_identical(society: Make) -> None:
    """A change in Seoul leaves everybody elsewhere as they were in the month that it happens."""
    moves = [{"month": 6, "to": "gov3", "who": "Seoul"}]
    held = society("gov1")
    changed = society("gov1", transition={"mode": "scheduled", "moves": moves})
    seoul = [local.name for local in held.place.local_governments].index("Seoul")
    for model in (held, changed):
        while model.month < 6:
            model.step()
    elsewhere = held.state.citizens.home != seoul
    for before, after in zip(held.state.citizens, changed.state.citizens, strict=True):
        assert np.array_equal(before[elsewhere], after[elsewhere])
    assert changed.state.offer.invitations[seoul] > held.state.offer.invitations[seoul]


def test_people_do_not_depend_on_the_paradigm(society: Make) -> None:
    first, third = society("gov1"), society("gov3")
    for before, after in zip(first.state.citizens, third.state.citizens, strict=True):
        assert np.array_equal(before, after)


def test_order_of_governments_changes_nothing(society: Make) -> None:
    """The agents engine may call the governments in any order."""
    digests = set()
    for reverse in (False, True):
        model = society("gov3", citizens=200, years=1, engine="agents")
        if reverse:
            model.local_governments.reverse()
            model.meet_citizens().reverse()
        model.run()
        digests.add(fingerprint(model))
    assert len(digests) == 1


class OneByOne(GovernanceModel):
    """Changes every phase of the month into itself, so that none is gone through with another."""


def _alone(phase: str) -> Callable[[GovernanceModel], None]:
    def go_through(self: GovernanceModel) -> None:
        getattr(super(OneByOne, self), phase)()

    return go_through


for _phase in MONTH:
    setattr(OneByOne, _phase, _alone(_phase))


@pytest.mark.parametrize("name", ["endogenous", "gradual", "privacy_scandal"])
def test_phases_months_and_years_are_the_same_society(name: str) -> None:
    """Each phase alone, whole months, years in one call, and months that turn into years."""
    plan = Scenario.load(name).but(society={"citizens": 400})
    kinds = (OneByOne, GovernanceModel, GovernanceModel, GovernanceModel)
    models = [kind(plan, rng=4, collect=False) for kind in kinds]
    assert [len(model._joined_phases()) for model in models] == [len(MONTH), 1, 1, 1]
    for model, steps in zip(models, (plan.months, plan.months, 0, 5), strict=True):
        for _ in range(steps):
            model.step()
        model.run()
    assert len({fingerprint(model) for model in models}) == 1


def test_threads_share_founding_and_months() -> None:
    """Enough people to be shared out: neither who they are nor what becomes of them changes."""
    plan = Scenario.load("gov3").but(years=1, society={"citizens": 60_000})
    models = [GovernanceModel(plan, rng=4, collect=False, threads=n) for n in (1, 2, 3)]
    assert len({fingerprint(model) for model in models}) == 1
    for model in models:
        model.run()
    assert len({fingerprint(model) for model in models}) == 1


def test_processors_without_a_replicate_share_citizens(monkeypatch: pytest.MonkeyPatch) -> None:
    """One large replicate on two processors gives what it gives on one; small ones take one."""
    met: list[int] = []

    def noted(work: Callable[[int, int], None], count: int, threads: int) -> None:
        met.append(threads)
        share(work, count, threads)

    monkeypatch.setattr(model_module, "share", noted)
    for citizens in (400, 60_000):
        plan = Scenario.load("gov2").but(years=1, society={"citizens": citizens})
        alone, shared = (
            run(plan, replicates=1, luck_only=True, jobs=jobs).timeseries for jobs in (1, 2)
        )
        pd.testing.assert_frame_equal(alone, shared, check_exact=True)
    assert met == [2] * 12


@pytest.mark.parametrize(
    ("jobs", "units", "workers", "threads"),
    [(1, 9, 1, 1), (4, 1, 1, 4), (4, 3, 3, 1), (8, 3, 3, 2), (2, 0, 1, 2)],
)
def test_processors_are_shared_out(jobs: int, units: int, workers: int, threads: int) -> None:
    with Where(jobs=jobs).executor(units) as executor:
        assert (executor.workers, executor.threads) == (workers, threads)

"""Cohorts: how many are replaced, what newcomers bring, and that none come at 0."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.agents.citizen import draw_turnover
from sim.engine.columns import columns_of
from sim.model import GovernanceModel
from sim.processes import cohorts
from sim.processes.state import Citizens

Make = Callable[..., GovernanceModel]
KEPT = (
    "home", "status", "rank", "civic", "elite_weight", "taste_welfare", "taste_economy",
    "taste_environment", "taste_safety", "access_rank", "predisposition", "near", "far",
)  # fmt: skip


def _year(society: Make, turnover: float, **values: float) -> GovernanceModel:
    parameters = {"society.turnover": turnover, "society.online_learning": 0.0} | values
    model = society("gov2", citizens=6_000, years=5, parameters=parameters)
    model.run()
    return model


def test_the_declared_share_is_replaced(society: Make) -> None:
    """Skill changes by turnover alone: five years of .04 replace 1 - .96 ** 5 of all."""
    start = society("gov2", citizens=6_000, years=5).state.citizens.skill.copy()
    end = _year(society, 0.04).state.citizens.skill
    replaced = float((start != end).mean())
    assert replaced == pytest.approx(1.0 - 0.96**5, abs=4.0 * (0.18 * 0.82 / 6_000) ** 0.5)


def test_newcomers_are_more_skilled_by_what_is_declared(society: Make) -> None:
    start = society("gov2", citizens=6_000, years=5).state.citizens.skill.copy()
    usual, more = (
        _year(society, 0.05, **{"society.newcomer_skill": gain}).state.citizens.skill
        for gain in (0.0, 1.0)
    )
    new = usual != start
    odds = [np.log(skill[new] / (1.0 - skill[new])) for skill in (usual, more)]
    assert odds[1] - odds[0] == pytest.approx(np.ones(new.sum()), abs=0.05)
    spread = np.log(start / (1.0 - start)).std() / np.sqrt(new.sum())
    assert odds[0].mean() == pytest.approx(np.log(start / (1.0 - start)).mean(), abs=4.0 * spread)
    assert more.mean() > usual.mean()


def test_newcomers_take_over_the_place_and_begin_anew(society: Make) -> None:
    """Home, ties, status, propensity, taste, predisposition and the order of access stay."""
    model = society("gov3", citizens=600, years=2, parameters={"society.turnover": 0.05})
    before = model.state.citizens
    kept = {name: getattr(before, name).copy() for name in KEPT}
    model.run()
    for name, column in kept.items():
        assert (getattr(model.state.citizens, name) == column).all(), name


def test_a_newcomer_begins_as_everybody_did(society: Make) -> None:
    """With nothing to halo and no spread every newcomer believes and expects what all did."""
    values = {
        "society.turnover": 0.05, "trust.halo": 0.0, "trust.efficacy_halo": 0.0,
        "trust.efficacy_spread": 0.0,
    }  # fmt: skip
    model = society("gov2", citizens=2_000, years=1, engine="agents", parameters=values)
    citizen = model.meet_citizens()[7]
    citizen.fatigue, citizen.inputs, citizen.digital = np.float32(0.5), 3, 1
    citizen.efficacy, citizen.heard = np.float32(0.9), 5
    citizen.turnover_draws = draw_turnover(model.seed_key, 7, 7)
    citizen.begin_anew()
    assert citizen.efficacy == pytest.approx(0.4, abs=1e-6)
    assert citizen.expectation_local == citizen.expectation_central == pytest.approx(0.6)
    offset = 0.5 * float(model.parameters.trust.local_advantage)
    assert citizen.trust_local == pytest.approx(min(1.0, citizen.predisposition + offset), abs=1e-6)
    assert citizen.fatigue == citizen.inputs == citizen.digital == citizen.heard == 0


def test_nobody_is_replaced_at_0(society: Make) -> None:
    """And how skilled newcomers would be moves nothing."""
    start = society("gov2", citizens=6_000).state.citizens.skill.copy()
    one = _year(society, 0.0)
    other = _year(society, 0.0, **{"society.newcomer_skill": 2.5})
    assert (one.state.citizens.skill == start).all()
    assert one.record.national().equals(other.record.national())


def test_a_year_online_teaches_the_declared_share_of_the_way(society: Make) -> None:
    """Five years of it for who is online from the start; nothing for others."""
    start = society("gov2", citizens=6_000, years=5).state.citizens.skill.copy()
    share = {"society.online_learning": 0.1, "society.infrastructure_midpoint": 240.0}
    nobody = _year(society, 0.0, **share, **{"society.infrastructure": 0.0}).state.citizens
    assert (nobody.skill == start).all()
    everybody = {"society.infrastructure": 1.0, "society.infrastructure_midpoint": 0.0,
                 "society.infrastructure_pace": 6.0}  # fmt: skip
    model = _year(society, 0.0, **{"society.online_learning": 0.1}, **everybody)
    first = model.state.citizens.access_rank < 0.5
    left = (1.0 - model.state.citizens.skill[first]) / (1.0 - start[first])
    assert left == pytest.approx(np.full(first.sum(), 0.9**5), abs=1e-4)


def test_engines_threads_and_blocks_agree(society: Make) -> None:
    values = {"society.turnover": 0.05}
    models = [
        society("gov3", citizens=400, years=2, parameters=values, engine=engine, threads=threads)
        for engine, threads in (("compiled", 1), ("compiled", 2), ("agents", 1))
    ]
    for model in models:
        model.run()
    for model in models[1:]:
        assert model.record.national().equals(models[0].record.national())
        for ours, theirs in zip(models[0].state.citizens, model.state.citizens, strict=True):
            assert (ours == theirs).all()


def test_reasons_of_a_followed_newcomer_add_up(society: Make) -> None:
    model = society("gov3", citizens=400, years=5, parameters={"society.turnover": 0.05})
    followed = [model.follow(row) for row in range(30)]
    for _ in range(60):
        model.step()
    lives = [one.life for one in followed]
    assert sum(int(life["newcomer"].sum()) for life in lives) > 0
    for life in lives:
        reasons = life[[name for name in life if str(name).startswith("by_")]].sum(axis=1)
        assert life["trust"].diff()[1:].to_numpy() == pytest.approx(
            reasons[1:].to_numpy(), abs=1e-5
        )


def test_newcomers_believe_around_what_everybody_began_with() -> None:
    start = columns_of(Citizens)["efficacy"].start
    assert np.float32(np.log(start / (1.0 - start))) == cohorts._BELIEF

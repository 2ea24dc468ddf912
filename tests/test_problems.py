"""Local problems: what sensing, deciding and taking part are for, and that nothing is built in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.declared import PARAMETERS
from sim.engine.numbers import FIXED_SCALE
from sim.history import LARGE_PROBLEM, events
from sim.model import GovernanceModel
from sim.paradigms import FIGURE
from sim.processes import tally
from sim.processes.keeping import MONEY
from sim.processes.problems import (
    chance_of_notice,
    chance_of_resistance,
    domain_of,
    grievance,
    how_many,
    is_affected,
    lived_quality,
    mean_reach,
    months_since,
    reach,
    report_chance,
)
from sim.processes.state import PROBLEM_SLOTS
from sim.questions.story.happenings import happened
from tests.fingerprint import fingerprint

Make = Callable[..., GovernanceModel]
F = np.float32
OWN = [name for name in PARAMETERS if name.startswith("problems.")]
READINGS = (
    "problems_solved", "problems_solved_concentration", "months_to_notice", "months_to_solve",
    "problem_backlog", "problem_concentration", "problems_resisted", "problems_beyond",
)  # fmt: skip
NOBODY = {"weight_elite": 0.0, "weight_professional": 0.0, "weight_citizen": 0.0}


def _cells(**values: float) -> dict[str, dict[str, float]]:
    """Cells of the figure that are the same in every paradigm."""
    return {name: dict.fromkeys(FIGURE.paradigm_ids, value) for name, value in values.items()}


def _problems(**values: float) -> dict[str, float]:
    return {f"problems.{name}": value for name, value in values.items()}


def _total(model: GovernanceModel, *entries: int) -> list[int]:
    return [int(model.record.tallies[: model.month, :, entry].sum()) for entry in entries]


def _share(model: GovernanceModel, part: int, whole: int) -> float:
    some, all_of_it = _total(model, part, whole)
    return some / all_of_it


def _inequality(model: GovernanceModel) -> float:
    """Concentration by status of having one's problems solved in time, over all months."""
    solved = _share(model, tally.IN_TIME_PEOPLE, tally.DUE_PEOPLE)
    return 1.0 - _share(model, tally.IN_TIME_RANKED, tally.DUE_RANKED) / solved


# No problems.


def test_without_problems_nothing_depends_on_them(society: Make) -> None:
    """Nothing is solved, paid or felt, whatever else is assumed of problems."""
    none = {"problems.rate": 0.0}
    usual = society("gov3", years=3, parameters=none).run()
    assert not usual.national()[list(READINGS)].to_numpy().any()
    assert not usual.tallies[:, :, tally.PROBLEMS : tally.ENTRIES].any()
    assert not usual.money[:, :, MONEY.index("problems")].any()
    for bound in ("low", "high"):
        changed = none | {n: getattr(PARAMETERS[n], bound) for n in OWN if n != "problems.rate"}
        other = society("gov3", years=3, parameters=changed).run()
        assert usual.national().equals(other.national())


def test_problems_are_felt(society: Make) -> None:
    """Where money does not bind: else what problems cost is not there for anything else."""
    rich = {"government.budget": 1.4}
    with_them = society(years=6, citizens=1500, parameters=rich).run().national().iloc[-36:].mean()
    none = rich | _problems(rate=0.0)
    without = society(years=6, citizens=1500, parameters=none).run().national()
    calm = without.iloc[-36:].mean()
    assert with_them["trust"] < calm["trust"]
    assert with_them["inclusion"] < calm["inclusion"]
    assert with_them["participation_breadth"] > calm["participation_breadth"]
    assert with_them["cost_per_citizen"] > calm["cost_per_citizen"]


# Rules.


def test_as_many_arise_as_expected() -> None:
    draws = (np.arange(4000) + 0.5) / 4000
    for expected in (0.0, 0.5, 6.0):
        found = [how_many(expected, float(draw)) for draw in draws]
        assert np.mean(found) == pytest.approx(expected, abs=0.01)
        assert np.var(found) == pytest.approx(expected, abs=0.05)


def test_sizes_have_a_heavy_tail_and_the_declared_mean(society: Make) -> None:
    p = society(citizens=200).parameters.problems._replace(widest=1e9)
    draws = (np.arange(200_000) + 0.5) / 200_000
    sizes = np.array([reach(float(draw), p) for draw in draws])
    assert sizes.mean() == pytest.approx(p.neighbourhood, rel=0.05)
    largest = np.sort(sizes)[::-1]
    assert largest[:2000].sum() / sizes.sum() > 0.15
    assert reach(1e-9, p._replace(widest=0.5)) == 0.5


@pytest.mark.parametrize(
    "values",
    [
        {}, {"tail": 1.1}, {"neighbourhood": 0.2, "widest": 0.1, "tail": 1.1},
        {"tail": 3.0, "widest": 1.0}, {"neighbourhood": 0.2, "widest": 0.1, "tail": 3.0},
    ],
)  # fmt: skip
def test_as_many_residents_are_reached_as_declared(society: Make, values: dict[str, float]) -> None:
    """However sizes are spread and cut: else tail and width would say how much trouble there is."""
    p = society(citizens=200).parameters.problems._replace(**values)
    draws = (np.arange(100_000) + 0.5) / 100_000
    sizes = [reach(float(draw), p) for draw in draws]
    assert mean_reach(p) == pytest.approx(np.mean(sizes), rel=0.01)


def test_an_invitation_to_something_else_is_no_report(society: Make) -> None:
    p = society(citizens=200).parameters.participation
    alone, rate = np.float32(0.01), np.float32(0.01) * (p.unprompted + p.uplift) / p.unprompted
    assert report_chance(rate, True, p) == pytest.approx(report_chance(alone, False, p), rel=1e-5)
    assert report_chance(rate, True, p._replace(unprompted=np.float32(0.0))) == 0.0


def test_who_wrote_before_a_problem_arose_did_not_report_it() -> None:
    """The newest flag is last month's; a problem solved at once was reported by nobody."""
    assert months_since(10, 10) == 0
    assert months_since(10, 11) == 0b1
    assert months_since(10, 13) == 0b111
    assert months_since(10, 200) == 0xFFF


def test_problems_arise_where_wishes_are(society: Make) -> None:
    offer = society(citizens=200).state.offer
    offer.preference[0] = (1.0, 2.0, 1.0, 4.0)
    found = [domain_of((n + 0.5) / 800, offer, 0) for n in range(800)]
    assert np.bincount(found).tolist() == [100, 200, 100, 400]


def test_neighbours_are_found_round_the_ends_of_the_place() -> None:
    found = [row for row in range(10, 20) if is_affected(row, 18, 4, 10)]
    assert found == [10, 11, 18, 19]


def test_problems_lower_quality_and_raise_the_voice_of_the_skilled(society: Make) -> None:
    p = society(citizens=200).parameters.problems
    levels = [float(lived_quality(F(0.6), np.int32(n), p)) for n in (0, 1, 2, 99)]
    assert levels == [F(0.6), pytest.approx(0.48), pytest.approx(0.36), 0.0]
    assert grievance(np.int32(0), F(0.9), p) == 0.0
    assert 0.0 < grievance(np.int32(1), F(0.2), p) < grievance(np.int32(3), F(0.9), p)


def test_every_channel_has_its_blind_spot(society: Make) -> None:
    """Elites and status, citizens and reports, traces and the online, professionals and months."""
    model = society(citizens=200)
    cells, p = model.state.cells, model.parameters.problems

    def chance(heard: dict[str, float], **changed: float) -> float:
        for name, value in (NOBODY | {"big_data_share": 0.0, "sensing_lag": 1.0} | heard).items():
            getattr(cells, name)[0] = value
        case: dict[str, Any] = {"standing": 1.0, "told": 0.05, "traced": 1.0, "is_inspected": False}
        standing, told, traced, is_inspected = (case | changed).values()
        return chance_of_notice(1.0, standing, told, traced, is_inspected, 12.0, 0, cells, p)

    elites, reports = {"weight_elite": 1.0}, {"weight_citizen": 1.0}
    traces, experts = reports | {"big_data_share": 1.0}, {"weight_professional": 1.0}
    alike = chance(elites)
    assert alike == pytest.approx(1.0 - np.exp(-1.0))
    assert chance(reports) == pytest.approx(alike)
    assert chance(traces) == pytest.approx(alike)
    assert chance(elites, standing=0.2) < alike < chance(elites, standing=2.0)
    assert chance(elites, told=0.0, traced=0.0) == alike
    assert chance(reports, told=0.0) == 0.0
    assert chance(traces, traced=0.0) == 0.0
    assert chance(traces, told=0.0) == pytest.approx(alike)
    assert chance(reports | {"sensing_lag": 12.0}) == pytest.approx(alike / 12.0)
    assert chance(experts) == 0.0
    assert chance(experts, is_inspected=True) == pytest.approx(1.0 - np.exp(-12.0))


def test_deliberation_spares_resistance(society: Make) -> None:
    p = society(citizens=200).parameters.problems
    chances = [chance_of_resistance(months, p) for months in (0.0, 2.0, 6.0)]
    assert chances == pytest.approx([0.3, 0.15, 0.075])


# What is and is not built in.


def test_what_everybody_notices_makes_the_sensing_rows_idle(society: Make) -> None:
    """Without talk or want of staff rows 5 and 6 move nothing, and row 11 only where money goes."""
    easy = _problems(obvious=1.0, deliberation=0.0, resistance=0.0, effort=400.0, worsening=0.0)
    shares = []
    for row in (None, "decision_initiative", "decision_method", "decision_maker"):
        profile = {row: 2.0} if row else {}
        model = society(years=10, citizens=1000, parameters=easy, governance={"all": 1.0} | profile)
        model.run()
        assert _total(model, tally.MONTHS_TO_NOTICE) == [0]
        shares.append(100.0 * _share(model, tally.IN_TIME, tally.DUE))
    usual, initiative, method, rhythm = shares
    assert usual == initiative == method
    assert rhythm > usual > 90.0


def test_to_sense_everything_is_worth_nothing_without_capacity(society: Make) -> None:
    idle = {"effort": 0.0}
    blind, seeing = (
        society("gov3", years=6, parameters=_problems(obvious=obvious, **idle))
        for obvious in (0.0, 1.0)
    )
    for model in (blind, seeing):
        model.run()
    assert _total(blind, tally.SOLVED) == _total(seeing, tally.SOLVED) == [0]
    assert _total(blind, tally.NOTICED)[0] < _total(seeing, tally.NOTICED)[0]
    backlogs = [model.record.tallies[:, :, tally.OPEN_PEOPLE] for model in (blind, seeing)]
    assert np.array_equal(backlogs[0], backlogs[1])
    assert blind.record.national()["trust"].equals(seeing.record.national()["trust"])


def _with_deliberation(society: Make, months: float, **values: float) -> GovernanceModel:
    model = society(
        years=8, citizens=1000, cells=_cells(deliberation=months),
        parameters=_problems(obvious=1.0, deliberation=1.0, **values),
    )  # fmt: skip
    model.run()
    return model


def test_deliberation_loses_where_problems_are_urgent_and_wins_where_resistance_is_costly(
    society: Make,
) -> None:
    urgent = [
        _with_deliberation(society, months, resistance=0.0, worsening=0.2) for months in (0.0, 6.0)
    ]
    quick, slow = (_total(model, tally.OPEN_PEOPLE)[0] for model in urgent)
    assert quick < 0.7 * slow
    costly = [
        _with_deliberation(society, months, resistance=0.95, settling=0.5, effort=60.0)
        for months in (0.0, 6.0)
    ]
    rash, thoughtful = (_total(model, tally.OPEN_PEOPLE)[0] for model in costly)
    assert thoughtful < 0.9 * rash
    solved = [
        model.record.money[:, :, MONEY.index("problems")].sum() / _total(model, tally.SOLVED)[0]
        for model in costly
    ]
    assert solved[1] < 0.5 * solved[0]


def _by_one_channel(society: Make, seeds: range, cells: dict[str, float], **values: Any) -> float:
    """Inequality of what is solved where one channel notices all, the mean of some societies."""
    found = []
    for seed in seeds:
        given = {"problems.obvious": 0.0, "problems.attention": 0.2, "problems.rate": 60.0}
        given |= {"society.homophily": 0.95} | values
        model = society(
            years=8, citizens=1500, seed=seed, parameters=given,
            cells=_cells(**NOBODY | {"sensing_lag": 1.0} | cells),
        )  # fmt: skip
        model.run()
        found.append(_inequality(model))
    return float(np.mean(found))


def test_big_data_alone_helps_the_online_only(society: Make) -> None:
    seeds = range(1, 4)
    traces = _by_one_channel(society, seeds, {"weight_citizen": 1.0, "big_data_share": 1.0})
    experts = _by_one_channel(society, seeds, {"weight_professional": 1.0, "big_data_share": 0.0})
    assert traces > 0.03
    assert abs(experts) < 0.5 * traces
    offline = society(
        years=4, parameters={"society.infrastructure": 0.3, **_problems(obvious=0.0)},
        cells=_cells(**NOBODY | {"weight_citizen": 1.0, "big_data_share": 1.0}),
    )  # fmt: skip
    offline.infrastructure[:] = 0.0
    offline.run()
    assert _total(offline, tally.NOTICED) == [0]


def test_equal_reporting_removes_most_of_the_inequality_of_what_is_solved(society: Make) -> None:
    reports = {"weight_citizen": 1.0, "big_data_share": 0.0}
    slopes = ("problems.reporting_skill", "participation.status_slope")
    unequal = _by_one_channel(society, range(1, 4), reports, **dict.fromkeys(slopes, 0.75))
    equal = _by_one_channel(society, range(1, 4), reports, **dict.fromkeys(slopes, 0.0))
    assert unequal > 0.03
    assert abs(equal) < 0.4 * unequal


def test_money_that_may_move_often_solves_more(society: Make) -> None:
    """Row 11 by its rhythm alone, analysis being as good."""
    shares = []
    for interval in (24.0, 1.0):
        model = society(
            years=10, citizens=1000, cells=_cells(revision_interval=interval, analytic_error=0.0),
            parameters=_problems(obvious=1.0, effort=60.0),
        )  # fmt: skip
        model.run()
        shares.append(_share(model, tally.IN_TIME, tally.DUE))
    assert shares[1] > shares[0] + 0.02


# Bookkeeping.


def test_every_problem_is_somewhere(society: Make) -> None:
    """Arisen = solved + faded + beyond + open; all that could be is due once."""
    for name, values in (("gov1", {}), ("gov3", _problems(rate=100.0, neighbourhood=0.02))):
        model = society(name, years=6, parameters=values)
        model.run()
        arisen, solved, faded, beyond, due = _total(
            model, tally.ARISEN, tally.SOLVED, tally.FADED, tally.BEYOND, tally.DUE
        )
        left = model.record.tallies[-1, :, tally.OPEN].sum()
        assert arisen == solved + faded + beyond + left
        young = model.state.problems
        recent = (young.length > 0) & (model.month - young.began <= 12) & (young.solved == 0)
        assert due == arisen - recent.sum()


def test_full_slots_are_counted(society: Make) -> None:
    many = _problems(rate=100.0, neighbourhood=0.02, effort=0.0, fading=0.0)
    model = society(years=4, parameters=many)
    model.run()
    (beyond,) = _total(model, tally.BEYOND)
    assert beyond > 0
    assert model.record.tallies[-1, :, tally.OPEN].max() == PROBLEM_SLOTS
    assert model.record.national()["problems_beyond"].iloc[-1] > 50.0


def test_the_ledger_closes_with_problems(society: Make) -> None:
    model = society("gov2", years=6, parameters=_problems(rate=100.0, cost=60.0))
    model.run()
    money = model.record.money
    part = {name: money[:, :, k] for k, name in enumerate(MONEY)}
    items = ("services", "participation", "breaches", "training", "coordination", "problems")
    assert part["problems"].sum() > 0.0
    np.testing.assert_allclose(part["running"], sum(part[item] for item in items), atol=1e-9)
    held = (part["reserve"] + part["fund"])[:, :-1]
    spent = part["running"] + part["projects"] + part["change"]
    flow = part["collected"] + part["granted"] + part["matched"] - spent
    flow = (flow - part["overhead"] - part["lapsed"])[:, :-1]
    np.testing.assert_allclose(np.diff(held, axis=0), flow[1:], atol=1e-6)


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {"government.budget": 0.0, **_problems(rate=100.0)}},
        {"society": {"place": "synthetic", "local_governments": 2}},
        {"parameters": _problems(rate=100.0, neighbourhood=0.2, widest=1.0, tail=1.1)},
        {"parameters": _problems(neighbourhood=0.02, attention=3.0, effort=400.0)},
        {"shocks": [{"kind": "crisis", "month": 3, "size": 1.0, "months": 6}]},
        {"shocks": [{"kind": "leader", "month": 3, "months": 12}]},
        {"cells": _cells(discretion=1.0)},
        {"cells": _cells(discretion=0.0)},
    ],
)
def test_extremes(society: Make, changes: dict[str, Any]) -> None:
    model = society("gov3", years=3, citizens=200, **changes)
    national = model.run().national()
    assert np.isfinite(national.to_numpy(dtype=float)).all()
    assert (national["problems_solved"].between(0.0, 100.0)).all()
    if "government.budget" in changes.get("parameters", {}):
        assert _total(model, tally.SOLVED)[0] <= _total(model, tally.ARISEN)[0] / 10


def test_both_engines_and_any_number_of_threads_agree(society: Make) -> None:
    busy: dict[str, Any] = {
        "parameters": _problems(rate=60.0), "years": 2,
        "shocks": [{"kind": "crisis", "month": 5, "size": 0.8}],
    }  # fmt: skip
    compiled, agents = (
        society("gov3", citizens=300, engine=engine, **busy) for engine in ("compiled", "agents")
    )
    for model in (compiled, agents):
        model.run()
    assert _total(compiled, tally.SOLVED)[0] > 0
    assert fingerprint(compiled) == fingerprint(agents)
    alone, shared = (society("gov3", citizens=9000, threads=n, **busy) for n in (1, 3))
    for model in (alone, shared):
        model.run()
    assert fingerprint(alone) == fingerprint(shared)


def test_what_is_heard_is_what_those_affected_do(society: Make) -> None:
    nobody_asked = {"invitations": dict.fromkeys(("gov1", "gov2", "gov3"), 0.0)}
    model = society(
        "gov3", citizens=10_000, parameters=_problems(rate=60.0), cells=nobody_asked
    )  # what is written on an invitation to something else is no report
    for _ in range(14):
        model.step()
    s = model.state
    starts = np.cumsum([0, *s.governments.residents[:-2].astype(int)])
    told, wrote = 0.0, 0
    for g, slot in np.argwhere((s.problems.length > 0) & (s.problems.solved == 0)):
        residents = int(s.governments.residents[g])
        rows = s.problems.first[g, slot] - starts[g] + np.arange(s.problems.length[g, slot])
        rows = starts[g] + rows % residents
        assert s.problems.traced[g, slot] == s.citizens.digital[rows].sum()
        told += s.problems.told[g, slot] / FIXED_SCALE
        wrote += int(s.citizens.waiting[rows].sum())
    assert wrote > 20
    assert told == pytest.approx(wrote, rel=0.3)


def test_a_crisis_is_many_at_once(society: Make) -> None:
    crisis = [{"kind": "crisis", "month": 13, "size": 0.5}]
    calm, struck = (
        society("gov2", citizens=1000, years=3, shocks=shocks) for shocks in ([], crisis)
    )
    for model in (calm, struck):
        model.run()
    usual, many = (model.record.tallies[:, :, tally.ARISEN].sum(axis=1) for model in (calm, struck))
    assert many[12] > 5 * usual.mean()
    assert np.array_equal(np.delete(usual, 12), np.delete(many, 12))
    backlog = struck.record.national()["problem_backlog"]
    assert backlog.iloc[12] > backlog.iloc[11] + 20.0
    assert struck.record.national()["trust"].iloc[18] < calm.record.national()["trust"].iloc[18]


def test_large_problems_are_events_and_told(society: Make) -> None:
    model = society("gov1", years=6, parameters=_problems(rate=60.0))
    model.run()
    found = events(model.record)
    arisen = found[found["event"] == "problem arises"]
    reached = model.record.journal["new_reach"][: model.month]
    assert len(arisen) == (reached >= LARGE_PROBLEM).sum() > 0
    assert set(arisen["cause"]) <= {"welfare", "economy", "environment", "safety"}
    kinds = {point.kind for point in happened(found)}
    assert {"problem arises", "problem solved"} <= kinds


def test_levels_do_not_depend_on_how_many_citizens_are_simulated(society: Make) -> None:
    backlogs = []
    for citizens in (2000, 20_000):
        national = society("gov2", years=10, citizens=citizens).run().national()
        backlogs.append(national["problem_backlog"].iloc[24:].mean())
    assert backlogs[0] == pytest.approx(backlogs[1], rel=0.2)

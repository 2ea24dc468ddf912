"""Single rules against known answers, limits and the evidence that they come from."""

from __future__ import annotations

import numpy as np
import pytest

from sim.declared import parameter_values
from sim.engine.luck import seed_key, words
from sim.processes import tally
from sim.processes.decision import decision_delay, revision_step
from sim.processes.incidents import breach_hazard
from sim.processes.lives import input_class, needs_table, remember
from sim.processes.network import decay_table
from sim.processes.participation import (
    ACTED_ON,
    IGNORED,
    input_rate,
    response_rate,
    updated_efficacy,
)
from sim.processes.projects import (
    FAILED,
    PARTIAL,
    SUCCEEDED,
    design_reality_gap,
    overrun,
    planned_cost,
    project_result,
)
from sim.processes.service import (
    Services,
    choose_channel,
    count_needs,
    counter_quality,
    draw_need,
    fates,
    handled_share,
    serve,
    use_services,
    waiting,
)
from sim.processes.trust import budget_fit
from sim.processes.visible import look, show, spread

P = parameter_values({})
ONLY_TRANSACTIONS = parameter_values({"service.information_share": 0.0}).service
F = np.float32


def test_project_lottery_matches_heeks_at_low_capacity() -> None:
    """35 % fail, 50 % partly fail, 15 % succeed where capacity is .3 (pattern 4, +-8 points)."""
    ambition = 0.15 + 0.3 * 0.5
    gap = design_reality_gap(ambition + 0.075, 0.2, 0.3, 0.5, P.projects)
    draws = (np.arange(10_000) + 0.5) / 10_000
    results = np.array([project_result(gap, draw, P.projects) for draw in draws])
    assert (results == FAILED).mean() == pytest.approx(0.35, abs=0.08)
    assert (results == PARTIAL).mean() == pytest.approx(0.50, abs=0.08)
    assert (results == SUCCEEDED).mean() == pytest.approx(0.15, abs=0.08)


def test_capacity_helps_projects() -> None:
    draws = (np.arange(2_000) + 0.5) / 2_000
    failures = []
    for capacity in (0.1, 0.3, 0.5, 0.7, 0.9):
        gap = design_reality_gap(0.4, 0.2, capacity, 0.5, P.projects)
        failures.append(np.mean([project_result(gap, d, P.projects) == FAILED for d in draws]))
    assert failures == sorted(failures, reverse=True)
    assert failures[0] > failures[-1]


def test_overruns_have_a_fat_tail() -> None:
    """18 % of projects overrun by more than half (pattern 5)."""
    draws = (np.arange(400) + 0.5) / 400
    overruns = np.array([[overrun(w, s, P.projects) for w in draws] for s in draws[::20]])
    assert (overruns > 0.5 - 1e-12).mean() == pytest.approx(0.18, abs=0.01)
    assert overruns.max() <= 5.0


def test_lock_in_marks_up_the_price() -> None:
    free = planned_cost(0.3, 0.0, 0.0, 100.0, P.projects)
    tied = planned_cost(0.3, 1.0, 0.0, 100.0, P.projects)
    assert tied / free == pytest.approx(1.5)


def test_bridges_decay_and_embedded_ties_last() -> None:
    """Nine in ten bridging ties are gone after a year (Burt 2001)."""
    survival = np.prod(1.0 - decay_table(P.network)[:12], axis=0)
    assert survival[0] == pytest.approx(0.09, abs=0.02)
    assert survival[1] == pytest.approx(0.28, abs=0.03)
    assert survival[4] == pytest.approx(0.82, abs=0.03)


def _inputs_a_month(efficacy: float) -> float:
    return float(
        input_rate(F(0.6), F(efficacy), F(0.42), F(0.0), F(0.0), np.uint8(1), np.uint8(0), False,
                   P.participation)
    )  # fmt: skip


def test_an_answer_raises_the_next_input() -> None:
    """Inputs of the next month, acted on against ignored: 1.4 to 1.75 times (pattern 8)."""
    answered = float(updated_efficacy(F(0.4), ACTED_ON, P.participation))
    ignored = float(updated_efficacy(F(0.4), IGNORED, P.participation))
    assert 1.4 < _inputs_a_month(answered) / _inputs_a_month(ignored) < 1.75


def test_answers_are_given_by_staff_for_them() -> None:
    """Nobody there, none; replies that the law asks for need no will, others do."""
    p = P.participation
    assert response_rate(0.01, 0.0, 0.0, 1.0, 0.6, 1.0, 0.0, p) == 0.0
    duty = response_rate(0.01, 0.0, 0.85, 0.5, 0.0, 1.0, 0.0, p)
    assert duty == pytest.approx(0.06 * 0.05 * 0.85 / 0.01)
    assert response_rate(0.01, 0.0, 0.85, 0.5, 0.6, 1.0, 0.0, p) == duty
    duty = 0.06 * 0.05 * 0.4 / 0.01
    unwilling = response_rate(0.01, 0.35, 0.4, 0.5, 0.0, 1.0, 0.0, p)
    assert unwilling == pytest.approx(duty + (1.0 - duty) * 0.3)
    assert response_rate(0.01, 0.35, 0.4, 0.5, 0.6, 1.0, 0.0, p) == pytest.approx(1.0)


def test_no_access_no_digital_use() -> None:
    for draw in (F(0.0), F(0.5)):
        chosen = choose_channel(np.uint8(1), False, F(1), F(1), F(1), F(1), draw, F(0),
                                P.service)  # fmt: skip
        assert chosen == 0


def test_habit_between_reconsiderations() -> None:
    for channel in (0, 1):
        kept = choose_channel(np.uint8(channel), True, F(0), F(0), F(0), F(0), F(0.99),
                              F(0.0), P.service)  # fmt: skip
        assert kept == channel


@pytest.mark.parametrize(
    ("digital", "supply", "handled", "draw", "fate"),
    [
        (0, 1.0, 1.0, 0.5, Services(tried=0, done=0, formed=0, served=1)),
        (0, 1.0, 0.0, 0.5, Services(tried=0, done=0, formed=0, served=0)),
        (1, 1.0, 1.0, 0.1, Services(tried=1, done=1, formed=1, served=0)),
        (1, 1.0, 1.0, 0.99, Services(tried=1, done=0, formed=0, served=1)),
        (1, 1.0, 0.0, 0.99, Services(tried=1, done=0, formed=0, served=0)),
        (1, 0.0, 1.0, 0.5, Services(tried=0, done=0, formed=0, served=1)),
    ],
)
def test_fate_of_a_need(
    digital: int, supply: float, handled: float, draw: float, fate: Services
) -> None:
    bounds = fates(np.uint8(digital), True, F(0.5), F(supply), F(0), F(handled), ONLY_TRANSACTIONS)
    assert serve(F(draw), bounds) == fate


@pytest.mark.parametrize("needs", [0, 3, 8])
def test_a_month_of_needs_is_the_sum_of_its_needs(needs: int) -> None:
    luck = words(seed_key(3), 0, 0, 0, 0)
    bounds = fates(np.uint8(1), True, F(0.5), F(0.6), F(1), F(0.7), P.service)
    each = [serve(draw_need(luck, need), bounds) for need in range(needs)]
    assert use_services(needs, bounds, luck) == tuple(np.sum([[0, 0, 0, 0], *each], axis=0))


def test_a_failed_attempt_returns_to_the_counter() -> None:
    """Failure demand: shares of fates over many draws."""
    bounds = fates(np.uint8(1), True, F(0.5), F(0.5), F(0), F(0.6), ONLY_TRANSACTIONS)
    draws = ((np.arange(10_000) + 0.5) / 10_000).astype(np.float32)
    tried, done, _, served = np.mean([serve(draw, bounds) for draw in draws], axis=0)
    assert tried == pytest.approx(0.5, abs=1e-3)
    assert done == pytest.approx(0.5 * 0.8, abs=1e-3)
    assert served == pytest.approx(0.6 * (1.0 - done), abs=1e-3)


def test_needs_follow_a_poisson_distribution() -> None:
    table = needs_table(0.5)
    draws = (np.arange(50_000) + 0.5).astype(np.float32) / F(50_000)
    needs = np.array([count_needs(draw, table) for draw in draws])
    assert needs.mean() == pytest.approx(0.5, abs=0.001)
    assert needs.var() == pytest.approx(0.5, abs=0.005)


def test_queues() -> None:
    assert waiting(0.5, 1.0) == 0.0
    assert waiting(1.5, 1.0) == pytest.approx(0.5)
    assert counter_quality(0.0, P.service) > counter_quality(1.0, P.service) >= 0.0
    assert handled_share(1.0, 1.0, 1.0, P.service) == 1.0
    assert handled_share(1.0, 1.0, 0.4, P.service) == pytest.approx(0.4)


def test_fit_of_budgets() -> None:
    quarter = [F(0.25)] * 4
    assert budget_fit(*quarter, *quarter) == 1.0
    assert budget_fit(F(1), F(0), F(0), F(0), F(0), F(1), F(0), F(0)) == 0.0


def test_consensus_costs_time_first_and_saves_it_later() -> None:
    p = P.decision
    assert decision_delay(5.0, 1.0, p) < decision_delay(0.0, 0.0, p)
    assert decision_delay(5.0, 1.0, p) > decision_delay(0.0, 1.0, p)
    assert revision_step(12.0, 6.0) == 1.0
    assert revision_step(3.0, 6.0) == 0.5


def test_personal_data_and_openness_raise_the_hazard_of_a_breach() -> None:
    low = breach_hazard(0.0, 0.9, 0.0, 0.85, 0.5, P.incidents)
    assert breach_hazard(0.8, 0.9, 0.0, 0.85, 0.5, P.incidents) > low
    assert breach_hazard(0.0, 0.9, 0.5, 0.85, 0.5, P.incidents) > low
    assert breach_hazard(0.0, 0.9, 0.0, 0.85, 0.9, P.incidents) < low


def test_what_tied_citizens_see() -> None:
    shown = np.array([show(np.uint8(1), np.uint16(1), F(1.0))] * 4 + [show(0, 0, F(0.0))] * 4)
    seen = look(np.uint32(sum(map(spread, shown.astype(np.uint16)))))
    assert (seen.digital, seen.active, seen.trust) == (0.5, 0.5, 0.5)


def test_twelve_months_are_remembered() -> None:
    bits = np.uint16(0)
    bits = np.uint16(remember(bits, True))
    for _ in range(11):
        bits = np.uint16(remember(bits, False))
    assert bits == 1 << 11
    assert remember(bits, False) == 0


def test_tally_entries_do_not_overlap() -> None:
    assert tally.WANTED_INPUTS + 4 == tally.WANTED_USERS
    assert tally.WANTED_USERS + 4 == tally.PEOPLE_BY_INPUTS
    assert tally.PEOPLE_BY_INPUTS + tally.INPUT_CLASSES == tally.INPUTS_BY_CLASS
    assert tally.INPUTS_BY_CLASS + tally.INPUT_CLASSES == tally.MONTHLY == tally.WANTED


def test_classes_of_inputs_begin_where_they_say() -> None:
    starts = tally.CLASS_STARTS
    assert [input_class(np.uint8(start)) for start in starts] == list(range(len(starts)))
    assert [input_class(np.uint8(start - 1)) for start in starts[1:]] == list(
        range(len(starts) - 1)
    )
    assert input_class(np.uint8(255)) == len(starts) - 1

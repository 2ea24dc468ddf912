"""P7: how many take part, how unequally, asked or not, and what being heard changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import exp, factorial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.declared import parameter_values
from sim.engine.compiling import loop
from sim.engine.numbers import exponential_single
from sim.model import GovernanceModel
from sim.monthly import last_counted, top_share
from sim.processes import tally
from sim.processes.lives import input_class
from sim.processes.participation import count_inputs, count_on, input_rate, some_chance
from sim.scenario import Scenario

Make = Callable[..., GovernanceModel]
F = np.float32
P = parameter_values({}).participation
PARADIGMS = ("gov1", "gov2", "gov3")


def everywhere(**cells: float) -> dict[str, dict[str, float]]:
    """Cells with the same value under every paradigm."""
    return {name: dict.fromkeys(PARADIGMS, value) for name, value in cells.items()}


NOBODY_ASKED = everywhere(invitations=0.0)
EQUAL_ANSWERS = everywhere(
    staff_operations=0.1, staff_integration=0.0, staff_engagement=0.9,
    weight_elite=0.2, weight_professional=0.2, weight_citizen=0.6,
)  # fmt: skip
RICH = {"finance.revenue_per_need": 30.0}
"""Money that is never short: a shortage cuts invitations and answers as well."""
ONLY_ANSWERS = RICH | {
    "participation.trust_slope": 0.0, "participation.online_bonus": 0.0,
    "participation.acknowledged": 0.2, "participation.acted_on": 0.2, "problems.rate": 0.0,
}  # fmt: skip
"""Services reach taking part by trust and by the channel, answers by efficacy alone; what is done
about inputs, which capacity bounds, counts no more than an answer. No problems, which governments
solve in ways of their own."""


@cache
def lived(
    name: str, asked: bool = True, years: int = 10, budget: float = 1.0, **parameters: float
) -> GovernanceModel:
    """Some years of 20,000 citizens."""
    money = {"government.budget": budget}
    scenario = Scenario.load(name).but(
        society={"citizens": 20_000}, years=years, cells={} if asked else NOBODY_ASKED,
        parameters=money | {f"participation.{key}": value for key, value in parameters.items()},
    )  # fmt: skip
    model = GovernanceModel(scenario, rng=1, collect=False)
    model.run()
    return model


def read(model: GovernanceModel, outcome: str) -> float:
    """Mean of an outcome over the last three years."""
    return float(model.record.national()[outcome].tail(36).mean())


def rates(model: GovernanceModel) -> NDArray[np.float64]:
    """Inputs a month that citizens may be expected to give unasked, as they are now."""
    c, p = model.state.citizens, model.parameters.participation
    trust = (c.trust_local + c.trust_central) * F(0.5)
    active = F((c.active != 0).mean())
    columns = (c.civic, c.efficacy, trust, c.fatigue, c.experience, c.digital)
    return np.array(
        [
            input_rate(
                F(civic), F(efficacy), F(t), active, F(fatigue), experience, digital, False, p
            )
            for civic, efficacy, t, fatigue, experience, digital in zip(*columns, strict=True)
        ]
    )


# The rules.


def test_exponential_in_single_precision() -> None:
    x = np.linspace(-32.0, 16.0, 4_001, dtype=F)
    ours = np.array([exponential_single(F(value)) for value in x])
    assert ours == pytest.approx(np.exp(x.astype(np.float64)), rel=3e-4)
    near = np.abs(x) < 16
    assert ours[near] == pytest.approx(np.exp(x[near].astype(np.float64)), rel=1e-5)
    assert exponential_single(F(1e9)) == exponential_single(F(16.0))
    assert 0.0 < exponential_single(F(-1e9)) < 1e-13


def test_small_chances_are_not_lost() -> None:
    for mean in (0.0, 1e-9, 1e-6, 1e-3, 0.1, 1.0):
        assert some_chance(F(mean)) == pytest.approx(-np.expm1(-mean), rel=5e-6)


@loop
def _give(rates: NDArray[np.float32], draws: NDArray[np.float32], out: NDArray[np.int32]) -> None:
    """Inputs of a year: one draw for each month and citizen, shape (citizens, months)."""
    for i in range(rates.shape[0]):
        for month in range(draws.shape[1]):
            out[i] += count_inputs(rates[i], draws[i, month])


@pytest.mark.parametrize("rate", [1e-4, 0.01, 0.3, 1.0, 1.5, 4.25, 60.0, 255.0])
def test_inputs_have_the_right_mean_and_up_to_one_are_poisson(rate: float) -> None:
    count = 1_000_000
    given = np.zeros(count, dtype=np.int32)
    draws = ((np.arange(count) + 0.5) / count).astype(F)
    _give(np.full(count, rate, dtype=F), draws[:, np.newaxis], given)
    assert given.mean() == pytest.approx(rate, rel=3e-4)
    if rate <= 1.0:
        for k in range(6):
            chance = exp(-rate) * rate**k / factorial(k)
            assert (given == k).mean() == pytest.approx(chance, abs=5e-6)
        assert given.max() <= 6


def test_more_eager_citizens_never_give_less_by_the_same_luck() -> None:
    steps = np.linspace(0.0, 6.0, 301)
    for draw in (0.0, 1e-7, 0.001, 0.2, 0.5, 0.63, 0.999):
        given = [count_inputs(F(rate), F(draw)) for rate in steps]
        assert given == sorted(given)


def test_counts_end_at_eight_bits() -> None:
    assert count_on(np.uint8(250), np.int32(5)) == 255
    assert count_on(np.uint8(250), np.int32(200)) == 255
    assert count_on(np.int32(0), np.int32(0)) == 0


def _rate(fatigue: float = 0.0, experience: int = 0, invited: bool = False) -> float:
    return float(
        input_rate(F(0.0), F(0.4), F(0.42), F(0.0), F(fatigue), np.uint8(experience), np.uint8(0),
                   invited, P)
    )  # fmt: skip


def test_fatigue_bites_newcomers_not_the_habitual() -> None:
    """What it takes off the log of the rate falls as one over the inputs so far."""
    loss = {k: np.log(_rate(0.0, k) / _rate(0.5, k)) for k in (0, 1, 2, 10, 200)}
    assert loss[0] == loss[1] == pytest.approx(0.5 * float(P.fatigue_slope), rel=1e-3)
    for k in (2, 10, 200):
        assert loss[k] == pytest.approx(loss[1] / k, rel=1e-3, abs=1e-5)


def test_an_invitation_lifts_and_nobody_needs_one() -> None:
    assert _rate() > 0.0
    assert _rate(invited=True) / _rate() == pytest.approx(1.0 + float(P.uplift), rel=1e-5)


# How unequally.


def _given_in_a_year(spread: float, breadth: float) -> NDArray[np.int32]:
    """Inputs of a year where civic propensity alone differs, at a given breadth."""
    luck = np.random.default_rng(3)
    civic = np.exp(spread * luck.standard_normal(400_000))
    low, high = 1e-8, 1.0
    for _ in range(60):
        level = (low * high) ** 0.5
        if (1.0 - np.exp(-12.0 * level * civic)).mean() < breadth:
            low = level
        else:
            high = level
    given = np.zeros(len(civic), dtype=np.int32)
    _give((low * civic).astype(F), luck.random((len(civic), 12), dtype=F), given)
    assert (given > 0).mean() == pytest.approx(breadth, abs=0.002)
    return given[given > 0]


def _held(given: NDArray[np.int32], top: float) -> float:
    most = np.sort(given)[::-1]
    return float(most[: round(top * len(most))].sum() / most.sum())


@pytest.mark.parametrize(("spread", "held"), [(1.6, 0.14), (2.0, 0.24), (2.4, 0.36), (2.8, 0.48)])
def test_breadth_and_skew_are_met_at_once(spread: float, held: float) -> None:
    """8.5 % take part in a year (Eurostat) and the top 3 % of them hold so much."""
    assert _held(_given_in_a_year(spread, 0.085), 0.03) == pytest.approx(held, abs=0.03)


@pytest.mark.parametrize("spread", [1.6, 2.0, 2.8])
def test_classes_tell_shares_as_counts_do(spread: float) -> None:
    given = np.minimum(_given_in_a_year(spread, 0.1), 255)
    people = np.zeros((1, tally.INPUT_CLASSES))
    inputs = np.zeros((1, tally.INPUT_CLASSES))
    for count, citizens in zip(*np.unique(given, return_counts=True), strict=True):
        people[0, input_class(count)] += citizens
        inputs[0, input_class(count)] += citizens * count
    for top in (0.01, 0.03, 0.1):
        assert top_share(people, inputs, top)[0] == pytest.approx(_held(given, top), abs=0.005)


def test_the_newest_count_is_the_last_year_s_end() -> None:
    assert last_counted(0, 26).tolist() == [*range(12), *[11] * 11, 23, 23, 23]
    assert last_counted(30, 8).tolist() == [0, 0, 0, 0, 0, 5, 5, 5]


def test_what_is_counted_by_inputs_is_what_was_given(society: Make) -> None:
    nobody_leaves = {"society.turnover": 0.0}  # newcomers have given nothing yet
    model = society("gov2", citizens=3_000, years=3, seed=2, parameters=nobody_leaves)
    model.run()
    counts = model.record.tallies.sum(axis=1)
    by_class = counts[:, tally.INPUTS_BY_CLASS : tally.MONTHLY].sum(axis=1)
    people = counts[:, tally.PEOPLE_BY_INPUTS : tally.INPUTS_BY_CLASS].sum(axis=1)
    given = counts[:, tally.INPUTS]
    assert (model.state.citizens.inputs < 255).all()
    assert by_class[:12].tolist() == np.cumsum(given[:12]).tolist()
    assert [by_class[23], by_class[35]] == [given[12:24].sum(), given[24:].sum()]
    assert not by_class[12:23].any()
    assert people[11] == counts[11, tally.ACTIVE_YEAR]
    assert (counts[:, tally.TAKING_PART] <= given).all()
    answers = counts[:, tally.ANSWERED] + counts[:, tally.IGNORED]
    assert answers[1:].tolist() == counts[:-1, tally.TAKING_PART].tolist(), "one for each and month"


# How many.


@pytest.mark.parametrize("name", PARADIGMS)
def test_people_contact_officials_under_every_paradigm(name: str) -> None:
    """8 to 12 % a year where nobody is asked, and flat; more where nearly all are answered."""
    model = lived(name, asked=False)
    most = 13.0 if name == "gov3" else 12.0
    assert 8.0 < read(model, "participation_breadth") < most
    assert read(model, "participation") > 0.0
    breadth = model.record.national()["participation_breadth"]
    if name != "gov3":
        # Surveys find it flat. Here silence wears out hopes that nothing restores (docs/model.md).
        assert abs(breadth.iloc[24:36].mean() - breadth.iloc[-12:].mean()) < 2.5


def test_invited_inputs_are_as_broad_as_surveys_find() -> None:
    """Gov2.0, whose invitations are the calibration's: 7.4 to 8.5 % consult or vote online."""
    model = lived("gov2")
    invited = model.state.cells.invitations[0]
    chance = invited * -np.expm1(-float(P.uplift) * rates(model))
    assert 7.0 < 100.0 * (1.0 - (1.0 - chance) ** 12).mean() < 8.9


def test_no_paradigm_has_more_than_a_third_take_part() -> None:
    """Estonia, which leads, has 27 % online; with letters and counters a third at most."""
    breadth = [read(lived(name), "participation_breadth") for name in PARADIGMS]
    assert breadth == sorted(breadth)
    assert breadth[-1] < 35.0


def test_the_few_give_most_of_the_inputs() -> None:
    model = lived("gov2")
    top = [read(model, name) for name in ("top1_share", "top3_share", "top10_share")]
    assert 0.2 < top[1] < 0.3, "about a quarter (Usenet)"
    assert top == sorted(top)
    assert 0.2 < read(model, "single_share") < 0.45


def test_the_poor_and_the_less_skilled_take_part_less() -> None:
    """Top against bottom third: 1.2 to 1.9 times."""
    c = lived("gov2").state.citizens
    active = c.active != 0
    third = np.argsort(np.argsort(c.skill)) * 3 // len(active)
    for order in (3 * c.rank.astype(int) // 256, third):
        assert 1.2 < active[order == 2].mean() / active[order == 0].mean() < 1.9


def test_who_stays_stops_less() -> None:
    """The chance of having stopped after k inputs falls about as one over k (Wilkinson 2008)."""
    model = lived("gov2")
    so_far = model.state.citizens.experience
    stopped = [k * (so_far == k).sum() / (so_far >= k).sum() for k in (2, 3, 5, 8, 12)]
    assert max(stopped) / min(stopped) < 2.5, "while k grows sixfold"


# What is asked, and what is answered.


def test_with_nobody_asked_paradigms_differ_by_answers_alone(society: Make) -> None:
    """The same people give the same inputs until answers tell; with equal answers, for ever."""
    counts = {}
    for name in PARADIGMS:
        for cells in (NOBODY_ASKED, NOBODY_ASKED | EQUAL_ANSWERS):
            parameters = ONLY_ANSWERS | {"participation.answer_capacity": 0.1}
            model = society(name, citizens=4_000, years=4, cells=cells, parameters=parameters)
            model.run()
            counts[name, len(cells)] = model.record.tallies[:, :, [tally.INPUTS, tally.ANSWERED]]
    for name in ("gov2", "gov3"):
        here, there = counts[name, 7], counts["gov1", 7]
        assert here[:, :, 1].sum() > 500
        assert np.array_equal(here, there)
        assert np.array_equal(counts[name, 1][:2, :, 0], counts["gov1", 1][:2, :, 0])
    assert counts["gov3", 1][:, :, 1].sum() > counts["gov1", 1][:, :, 1].sum()


def test_no_cell_of_nothing_decides_gov1(society: Make) -> None:
    """Without invitations, engagement staff and a say Gov1.0 still hears some, as a law asks."""
    nothing = NOBODY_ASKED | everywhere(
        weight_citizen=0.0, weight_elite=0.5, weight_professional=0.5
    )
    model = society("gov1", citizens=4_000, years=5, cells=nothing)
    model.run()
    assert read(model, "voice_heard") > 1.0


def test_replies_are_missing_at_counters(society: Make) -> None:
    """Being asked has a price under every paradigm."""
    for name in PARADIGMS:
        waits = []
        for staff in (0.0, 0.2):
            squeezed = {"participation.statutory_staff": staff, "service.queue_tolerance": 0.2,
                        "government.capacity": 0.2}  # fmt: skip
            model = society(name, years=1, parameters=squeezed, citizens=2_000)
            model.run()
            waits.append(float(model.record.national()["wait"].mean()))
        assert waits[0] < waits[1], name


def test_inviting_more_never_lowers_participation_while_staff_can_answer(society: Make) -> None:
    breadth, heard, rate = [], [], []
    for invitations in (0.0, 0.02, 0.05, 0.15, 0.4, 1.0):
        cells = EQUAL_ANSWERS | everywhere(invitations=invitations)
        able = RICH | {"participation.answer_capacity": 0.1}
        model = society("gov3", citizens=8_000, years=6, cells=cells, parameters=able)
        model.run()
        breadth.append(read(model, "participation_breadth"))
        heard.append(read(model, "participation"))
        rate.append(read(model, "answered_share"))
    assert breadth == sorted(breadth)
    lasts = [value for value, answered in zip(heard, rate, strict=True) if answered > 0.95]
    assert len(lasts) >= 3
    assert lasts == sorted(lasts)


@pytest.mark.slow
def test_an_answered_first_input_raises_the_chance_of_a_second(society: Make) -> None:
    """Within a year, by a fifth to three quarters, among people who happened to be answered or not.

    FixMyStreet's 57 % is of reports that were fixed, as the rule's `ACTED_ON` (test_rules.py); here
    most answers change nothing.

    Answers are drawn: those of one place and time are alike but for luck. The first two years are
    left out, when staff is not yet asked much and heavy participants give their first.
    """
    again = np.zeros((2, 2))
    for seed in (1, 2, 3):
        model = society("gov2", citizens=40_000, years=6, seed=seed)
        c = model.state.citizens
        joined = np.zeros((72, 40_000), dtype=bool)
        heard = np.zeros((72, 40_000), dtype=bool)
        for month in range(72):
            model.step()
            joined[month], heard[month] = c.waiting, c.heard & 1
        first = np.where(joined.any(axis=0), joined.argmax(axis=0), 0)
        who = np.flatnonzero((first >= 24) & (first < 59))
        when = first[who]
        sums = np.cumsum(joined, axis=0)
        second = sums[when + 12, who] > sums[when, who]
        for answered in (0, 1):
            these = second[heard[when + 1, who] == answered]
            again[answered] += these.sum(), len(these)
    ratio = (again[1, 0] / again[1, 1]) / (again[0, 0] / again[0, 1])
    assert 1.2 < ratio < 1.75


def test_participation_at_equal_invitations() -> None:
    """At the reference participation itself; elsewhere within a quarter of what a run gives.

    Only where there is money for all invitations: a shortage cuts them.
    """
    own = lived("gov2", budget=1.3)
    assert read(own, "participation_equal_invitations") == pytest.approx(
        read(own, "participation"), abs=0.1
    )
    alone = lived("gov1", asked=False)
    told = read(alone, "participation_equal_invitations") ** 2
    breadth = read(lived("gov2"), "participation_breadth") / read(alone, "participation_breadth")
    assert told / read(alone, "participation") ** 2 == pytest.approx(breadth, rel=0.25)


# Extremes.


@pytest.mark.parametrize("name", PARADIGMS)
@pytest.mark.parametrize("invitations", [0.0, 1.0])
@pytest.mark.parametrize("budget", [0.0, 1.0])
def test_extremes_are_sane(society: Make, name: str, invitations: float, budget: float) -> None:
    cells = everywhere(invitations=invitations)
    poor = {"government.budget": budget}
    frame = society(name, citizens=1_000, years=4, cells=cells, parameters=poor).run().national()
    assert np.isfinite(frame.to_numpy(dtype=np.float64)).all()
    for share in ("top1_share", "top3_share", "top10_share", "single_share", "answered_share"):
        assert frame[share].between(0.0, 1.0).all()
    assert frame["voice_heard"].between(0.0, 100.0).all()
    assert 4.0 < frame["participation_breadth"].iloc[-1] < 75.0


def test_everybody_weary_and_nobody_answered(society: Make) -> None:
    """Newcomers stay away until they have rested; in lasting silence people still write."""
    weary = society("gov2", citizens=8_000, years=8)
    weary.state.citizens.fatigue[:] = 20.0
    breadth = weary.run().national()["participation_breadth"]
    assert breadth.iloc[11] < 1.0
    assert breadth.iloc[-1] > 10.0
    silence: dict[str, Any] = {
        "cells": everywhere(staff_engagement=0.0, staff_operations=0.8, staff_integration=0.2),
        "parameters": {"participation.statutory_staff": 0.0},
    }
    silent = society("gov3", citizens=8_000, years=20, **silence).run().national()
    spoken = society("gov3", citizens=8_000, years=20).run().national()
    assert not silent["answered_share"].any()
    assert not silent["participation"].any()
    assert 5.0 < silent["participation_breadth"].iloc[-1] < spoken["participation_breadth"].iloc[-1]


def test_without_unprompted_contact_only_the_invited_take_part(society: Make) -> None:
    gated = {"participation.unprompted": 0.0}
    model = society("gov1", citizens=4_000, cells=NOBODY_ASKED, parameters=gated)
    model.run()
    assert not model.record.tallies[:, :, tally.INPUTS].any()
    frame = model.record.national()
    for outcome in ("participation", "participation_equal_invitations", "top3_share"):
        assert not frame[outcome].any()

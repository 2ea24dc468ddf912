"""P9 and the answers behind it: rules, controls against a built-in win, sizes of the evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.declared import PARAMETERS, parameter_values
from sim.model import GovernanceModel
from sim.outcomes import WINDOW
from sim.processes.declared import UNKNOWN
from sim.processes.participation import (
    ACKNOWLEDGED,
    ACTED_ON,
    IGNORED,
    NO_INPUT,
    acted_share,
    hear_back,
    is_answered,
    updated_efficacy,
)
from sim.processes.state import Citizens
from sim.processes.trust import performance, settled_trust, trust_rate, updated_trust
from sim.worlds.unknowns import parameter_value

Make = Callable[..., GovernanceModel]
PARADIGMS = ("gov1", "gov2", "gov3")
CALM = {"trust.climate_spread": 0.0}
P = parameter_values({})
F = np.float32
ZERO = F(0.0)


def _settled(seen: float = 0.7, expected: float = 0.7, efficacy: float = 0.4, *,
             share: float = 0.5, climate: float = 0.0, **changes: float) -> float:  # fmt: skip
    p = parameter_values({f"trust.{name}": value for name, value in changes.items()}).trust
    level = settled_trust(F(0.42), F(0.42), F(climate), F(seen), F(expected), F(efficacy),
                          F(share), p)  # fmt: skip
    return float(level)


def test_at_the_norm_trust_settles_at_the_predisposition() -> None:
    assert _settled() == pytest.approx(0.42)
    assert _settled(climate=0.1) == pytest.approx(0.42 + 0.8 * 0.1)


def test_a_norm_does_not_adapt_and_an_expectation_does() -> None:
    """What one is used to matters by what the norm leaves; at an anchor of 1 not at all."""
    used = [_settled(0.6, 0.6, anchor=anchor) for anchor in (0.0, 0.5, 1.0)]
    surprised = [_settled(0.6, 0.7, anchor=anchor) for anchor in (0.0, 0.5, 1.0)]
    assert used == pytest.approx([0.42, 0.42 - 0.5 * 0.075, 0.42 - 0.075])
    assert surprised == pytest.approx([0.42 - 0.075] * 3)


def test_a_say_counts_for_the_government_that_answers() -> None:
    assert _settled(efficacy=0.9, share=1.0) == pytest.approx(0.42 + 0.3 * 0.5)
    assert _settled(efficacy=0.9, share=0.0) == pytest.approx(0.42)
    assert _settled(efficacy=0.1, share=1.0) < 0.42
    assert _settled(efficacy=0.9, share=1.0, voice_slope=0.0) == pytest.approx(0.42)


def test_who_trusts_sees_the_same_in_a_better_light() -> None:
    seen = [float(performance(F(0.6), F(0.8), F(who), P.trust)) for who in (0.2, 0.5, 0.8)]
    assert np.diff(seen) == pytest.approx([0.09, 0.09])
    assert seen[1] == pytest.approx(0.6 * 0.6 + 0.4 * 0.8)


def _after(trust: float, settled: float, *, openness: float = 0.0, exposed: bool = False,
           share: float = 1.0, step: float = 0.0) -> float:  # fmt: skip
    return float(updated_trust(F(trust), F(settled), F(share), F(openness), F(step), exposed,
                               P.trust))  # fmt: skip


def test_trust_falls_faster_than_it_recovers() -> None:
    """Equal distances: a loss is 2 to 4 times as fast as a gain (pattern 9)."""
    up, down = _after(0.5, 0.6) - 0.5, 0.5 - _after(0.5, 0.4)
    assert 2.0 < down / up < 4.0


def test_openness_has_no_sign_of_its_own() -> None:
    for settled in (0.7, 0.5, 0.3):
        moved = _after(0.5, settled, openness=1.0) - _after(0.5, settled)
        assert np.sign(round(moved, 7)) == np.sign(settled - 0.5)


def test_openness_does_not_change_what_the_climate_does() -> None:
    """Where trust is at rest the climate moves it by its own step, open or not."""
    for step in (0.03, -0.03):
        moved = {_after(0.5, 0.5, openness=openness, step=step) for openness in (0.0, 1.0)}
        assert len(moved) == 1
        assert moved.pop() == pytest.approx(0.5 + step)


def test_a_breach_counts_for_the_government_that_is_responsible() -> None:
    assert _after(0.5, 0.5, exposed=True, share=0.0) == pytest.approx(0.5)
    assert _after(0.5, 0.5, exposed=True) == pytest.approx(0.5 - 0.15 * 0.5)


def test_trust_stays_a_share_at_the_ends_of_all_ranges() -> None:
    for end in ("low", "high"):
        values = {name: getattr(p, end) for name, p in PARAMETERS.items() if name[:6] == "trust."}
        p = parameter_values(values).trust
        for trust in (0.0, 1.0):
            for settled in (0.0, 1.0):
                assert 0.0 <= trust_rate(F(trust), F(settled), F(1.0), p) <= 1.0
                moved = updated_trust(F(trust), F(settled), F(1), F(1), F(-0.5), True, p)
                assert 0.0 <= moved <= 1.0


# Answers.


def test_an_answer_is_not_a_yes() -> None:
    """Action raises efficacy most, an acknowledgement a little, silence lowers it."""
    told = {answer: float(updated_efficacy(F(0.4), answer, P.participation))
            for answer in (NO_INPUT, ACKNOWLEDGED, IGNORED, ACTED_ON)}  # fmt: skip
    assert told[ACTED_ON] == pytest.approx(0.4 + 0.25 * 0.6)
    assert told[ACKNOWLEDGED] == pytest.approx(0.4 + 0.05 * 0.6)
    assert told[IGNORED] == pytest.approx(0.4 - 0.25 * 0.4)


@pytest.mark.parametrize("efficacy", [0.05, 0.4, 0.95])
def test_not_being_asked_changes_nothing(efficacy: float) -> None:
    assert updated_efficacy(F(efficacy), NO_INPUT, P.participation) == F(efficacy)


def test_an_input_is_acted_on_acknowledged_or_ignored() -> None:
    draws = (np.arange(1000, dtype=np.float32) + F(0.5)) / F(1000)
    heard = [int(hear_back(np.uint8(1), draw, F(0.7), F(0.3))) for draw in draws]
    assert [heard.count(code) for code in (ACTED_ON, ACKNOWLEDGED, IGNORED)] == [300, 400, 300]
    assert {int(hear_back(np.uint8(0), draw, F(0.7), F(0.3))) for draw in draws} == {NO_INPUT}
    assert [is_answered(code) for code in (NO_INPUT, ACKNOWLEDGED, IGNORED, ACTED_ON)] == [
        False, True, False, True,
    ]  # fmt: skip


def test_what_is_acted_on_is_bounded_by_capacity_and_money() -> None:
    """The declared bracket of .3 to .5 is that of capacities of .25 to .75."""
    shares = [acted_share(capacity, 1.0, P.participation) for capacity in (0.25, 0.5, 0.75)]
    assert shares == pytest.approx([0.3, 0.4, 0.5])
    assert acted_share(0.5, 0.5, P.participation) == pytest.approx(0.2)
    assert acted_share(0.98, 0.0, P.participation) == 0.0


def test_action_costs_money(society: Make) -> None:
    """What is acted on is counted among the answers, and paid for."""
    dear, free = (
        society("gov3", years=2, parameters={"participation.action_cost": cost})
        for cost in (36.0, 0.0)
    )
    spent = [model.run().national()["cost_per_need"].iloc[-1] for model in (dear, free)]
    assert spent[0] > spent[1]
    told = dear.record.national()
    assert (told["acted_on_share"] <= told["answered_share"]).all()
    assert told["acted_on_share"].iloc[-1] > 0.0


# Who people are at the start.


def test_predisposition_tilts_what_is_expected_and_the_belief_in_having_a_say(
    society: Make,
) -> None:
    people = society("gov2", citizens=20_000).state.citizens
    disposed = people.predisposition.astype(float)
    for expected in (people.expectation_local, people.expectation_central):
        assert expected == pytest.approx(0.6 + 0.3 * (disposed - 0.5), abs=1e-6)
    assert np.corrcoef(disposed, people.efficacy)[0, 1] == pytest.approx(0.6, abs=0.06)
    assert people.efficacy.mean() == pytest.approx(0.41, abs=0.02)


def test_without_halo_and_spread_everybody_believes_alike(society: Make) -> None:
    none = {"trust.efficacy_halo": 0.0, "trust.efficacy_spread": 0.0, "trust.halo": 0.0}
    people: Citizens = society("gov2", parameters=none).state.citizens
    assert people.efficacy == pytest.approx(0.4)
    assert people.expectation_local == pytest.approx(0.6)


# The climate.


def test_the_climate_is_the_same_in_every_scenario_and_place(society: Make) -> None:
    """And in a society of another size: it is keyed by the month alone."""
    told = [society(name, years=3, seed=5).run().national()["climate"].to_numpy()
            for name in PARADIGMS]  # fmt: skip
    told.append(
        society("gov1", citizens=900, years=3, seed=5).run().national()["climate"].to_numpy()
    )
    other = society("gov1", years=3, seed=6).run().national()["climate"].to_numpy()
    for climate in told[1:]:
        assert climate == pytest.approx(told[0], abs=1e-9)
    assert abs(other - told[0]).max() > 1.0
    model = society("gov3", seed=5)
    model.step()
    assert len({float(value) for value in model.state.governments.climate}) == 1


def test_trust_begins_where_it_is_set(society: Make) -> None:
    model = society("gov2", citizens=20_000)
    assert not model.state.governments.climate.any()
    people = model.state.citizens
    local = float(np.mean(people.trust_local - people.trust_central))
    assert local == pytest.approx(0.06, abs=0.002)


def test_the_climate_is_an_ar1_of_the_declared_size(society: Make) -> None:
    """Point samples a year apart: spread of 8 points and AR(1) near .5 (pattern 16)."""
    told = []
    for seed in range(1, 13):
        model = society("gov1", citizens=136, years=50, seed=seed)
        told.append(model.run().national()["climate"].to_numpy()[35::12])
    yearly = np.array(told)
    assert yearly.std() == pytest.approx(8.0, abs=1.0)
    pairs = np.corrcoef(yearly[:, :-1].ravel(), yearly[:, 1:].ravel())
    assert pairs[0, 1] == pytest.approx(0.5, abs=0.12)


# Controls against a built-in win, and sizes.


def _trust(society: Make, name: str, years: int = 15, **changes: Any) -> NDArray[np.float64]:
    """The headline, for six replicates without the climate, which no scenario changes."""
    given = CALM | changes.pop("parameters", {})
    return np.array([
        society(name, citizens=2000, years=years, seed=seed, parameters=given, **changes)
        .run().national()["trust"].tail(WINDOW).mean()
        for seed in range(1, 7)
    ])  # fmt: skip


@pytest.mark.slow
def test_without_norm_and_voice_trust_tells_no_paradigm_apart(society: Make) -> None:
    """Full adaptation, no voice, and money enough: less than half a point between any two.

    Where money is short Gov3.0 meets fewer needs, and .56 points lie between the paradigms.
    """
    off = {"trust.anchor": 0.0, "trust.voice_slope": 0.0, "finance.revenue_per_need": 30.0}
    told = [_trust(society, name, years=20, parameters=off).mean() for name in PARADIGMS]
    assert max(told) - min(told) < 0.5


@pytest.mark.slow
def test_asking_without_answering_costs_trust(society: Make) -> None:
    """gov3 without staff to answer is below gov2, wherever the staff goes; gov1 that asks falls."""
    gov1, gov2 = _trust(society, "gov1"), _trust(society, "gov2")
    for row, staff in (("staff_operations", 0.75), ("staff_integration", 0.60)):
        cells = {"staff_engagement": {"gov3": 0.0}, row: {"gov3": staff}}
        assert (_trust(society, "gov3", cells=cells) < gov2).all()
    asking = _trust(society, "gov1", cells={"invitations": {"gov1": 0.30}})
    assert (asking < gov1 - 0.5).all()


@pytest.mark.slow
def test_no_paradigm_wins_trust_everywhere(society: Make) -> None:
    """Over 40 worlds drawn from all declared ranges, no paradigm is first in more than 90 %."""
    luck = np.random.default_rng(1)
    wins = dict.fromkeys(PARADIGMS, 0)
    for _ in range(40):
        world = {p.name: parameter_value(p, float(luck.random())) for p in UNKNOWN}
        told = {
            name: society(name, citizens=1000, years=15, parameters=world)
            .run().national()["trust"].tail(WINDOW).mean()
            for name in PARADIGMS
        }  # fmt: skip
        wins[max(told, key=lambda name: told[name])] += 1
    assert max(wins.values()) <= 36


@pytest.mark.slow
@pytest.mark.parametrize("name", PARADIGMS)
def test_losing_services_costs_a_lot_of_trust(society: Make, name: str) -> None:
    """In order of the budget, and a total loss takes a quarter of trust or more.

    Of the last tenth of the money hardly anything is left to lose: .06 points either way.
    """
    told = [
        _trust(society, name, parameters={"government.budget": budget}).mean()
        for budget in (1.0, 0.6, 0.3, 0.1, 0.0)
    ]
    assert told[:4] == sorted(told[:4], reverse=True)
    assert told[4] < told[3] + 0.1
    assert told[-1] < 0.75 * told[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", PARADIGMS)
def test_a_say_goes_with_trust_mostly_by_predisposition(society: Make, name: str) -> None:
    """Some 30 points more of those with a say trust government, most of it without effect.

    Thirty was the aim; Gov3.0 has 29.8, since it answers many who do not trust it.
    Who thinks that they have a say: efficacy above .5; who trusts: trust above .5.
    """
    gaps = []
    for slope in (float(P.trust.voice_slope), 0.0):
        model = society(name, citizens=4000, years=15,
                        parameters=CALM | {"trust.voice_slope": slope})  # fmt: skip
        model.run()
        people = model.state.citizens
        trusts = people.trust_local + people.trust_central > 1.0
        say = people.efficacy > 0.5
        gaps.append(100.0 * (trusts[say].mean() - trusts[~say].mean()))
    assert gaps[0] > 29.0
    assert 0.5 * gaps[0] < gaps[1] < gaps[0]


@pytest.mark.slow
def test_citizens_differ_as_in_surveys_and_trust_the_local_more(society: Make) -> None:
    for name in PARADIGMS:
        told = society(name, citizens=4000, years=15, parameters=CALM).run().national()
        late = told.tail(WINDOW).mean()
        assert 18.0 < late["trust_sd"] < 25.0
        assert late["trust_local"] > late["trust_central"] + 2.0


class _Tried(GovernanceModel):
    """A society whose services are worse for some months, or better."""

    extra, first, last = 0.0, 1, 10**6

    def offer_services(self) -> None:
        super().offer_services()
        if self.first <= self.month <= self.last:
            self.state.offer.quality_digital[:] += F(self.extra)
            self.state.offer.quality_counter[:] += F(self.extra)


class _Better(_Tried):
    extra = 0.1


class _Slump(_Tried):
    extra, first, last = -0.3, 121, 132


@pytest.mark.slow
def test_a_lasting_difference_shows_by_the_anchor(small: Callable[..., Any]) -> None:
    """A quality .10 higher for good: nothing lasts at an anchor of 0, the more the higher it is."""
    gains = []
    for anchor in (0.0, 0.5, 1.0):
        plan = small(anchor)
        plain, better = (kind(plan, collect=False) for kind in (_Tried, _Better))
        ends = [model.run().national()["trust"].tail(WINDOW).mean() for model in (plain, better)]
        gains.append(ends[1] - ends[0])
    assert abs(gains[0]) < 0.5
    assert gains[0] + 1.0 < gains[1] < gains[2]


@pytest.mark.slow
def test_half_of_a_shock_is_gone_in_about_a_year(small: Callable[..., Any]) -> None:
    """Services worse for a year: half of the loss is made up 9 to 36 months after."""
    plan = small(float(P.trust.anchor))
    plain, slump = (kind(plan, collect=False) for kind in (_Tried, _Slump))
    gap = (slump.run().national()["trust"] - plain.run().national()["trust"]).to_numpy()
    worst = int(gap.argmin())
    half = int((gap[worst:] > gap[worst] / 2.0).argmax())
    assert gap[worst] < -4.0
    assert 9 <= half <= 36


@pytest.fixture
def small() -> Callable[..., Any]:
    """Gov2 with an anchor, without the climate."""
    from sim.scenario import Scenario

    def make(anchor: float) -> Scenario:
        return Scenario.load("gov2").but(
            society={"citizens": 3000}, years=25, seed=3,
            parameters=CALM | {"trust.anchor": anchor},
        )  # fmt: skip

    return make

"""Five processes written again from the ODD protocol alone, in plain NumPy, against the model.

Names, draws and equations are those of the protocol; nothing of `sim/processes` is called. What is
compared are the columns after one month of a living society, in single precision for citizens.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from sim import GovernanceModel, Scenario
from sim.engine.luck import Luck
from sim.processes import tally

MONTH = 26
GROUPS = ("citizens", "governments", "offer", "cells", "ledger", "levers", "problems")
SCALE = 2.0**20
Numbers = NDArray[Any]


def seen(model: GovernanceModel) -> SimpleNamespace:
    """A copy of the state, columns by group."""
    groups = {
        name: SimpleNamespace(
            **{one: np.array(v) for one, v in getattr(model.state, name)._asdict().items()}
        )
        for name in GROUPS
    }
    rest = {name: np.array(getattr(model.state, name)) for name in ("tallies", "shown", "surveys")}
    return SimpleNamespace(**groups, **rest, needs=np.array(model.state.needs_tables))


class Watched(GovernanceModel):
    """Remembers its state before each phase of one month, and at the end."""

    def watch(self, phase: str) -> None:
        if self.month == MONTH:
            self.__dict__.setdefault("looks", {})[phase] = seen(self)

    def sense(self) -> None:
        self.watch("sense")
        super().sense()

    def decide(self) -> None:
        self.watch("decide")
        super().decide()

    def build(self) -> None:
        self.watch("build")
        super().build()

    def offer_services(self) -> None:
        self.watch("offer_services")
        super().offer_services()

    def live(self) -> None:
        self.watch("live")
        super().live()

    def run_market(self) -> None:
        self.watch("run_market")
        super().run_market()

    def close_accounts(self) -> None:
        self.watch("close_accounts")
        super().close_accounts()

    def reform(self) -> None:
        self.watch("reform")
        super().reform()


@cache
def lived() -> Any:
    """A society of 600 citizens in a month with courses, newcomers, a breach and little money."""
    plan = Scenario.load(
        "gov3",
        sets=[
            "society.citizens=600",
            "years=3",
            "government.budget=0.9",
            "engagement.staff=1",
            "open_data.spend=1",
            "society.digital_training=0.3",
            "society.turnover=0.05",
        ],
    )
    shock = {"month": MONTH, "kind": "breach", "size": 0.4, "months": 1}
    model = Watched(plan.but(shocks=[shock]), seed=7)
    while model.month < MONTH:
        model.step()
    return model


@pytest.fixture
def society() -> Any:
    return lived()


def words(
    model: Any, purpose: str, agents: Numbers, lane: int = 0, month: int = MONTH
) -> list[Numbers]:
    """Philox4x32-10 as the protocol has it."""
    low = np.uint64(0xFFFFFFFF)
    seed = int(model.seed_key.low) | int(model.seed_key.high) << 32
    c = [agents.astype(np.uint64), *(np.full(len(agents), v, dtype=np.uint64)
         for v in (month, int(Luck[purpose]), lane))]  # fmt: skip
    k0, k1 = np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32)
    for _ in range(10):
        p0, p1 = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ k0, p1 & low, (p0 >> np.uint64(32)) ^ c[3] ^ k1,
             p0 & low]  # fmt: skip
        k0, k1 = (k0 + np.uint64(0x9E3779B9)) & low, (k1 + np.uint64(0xBB67AE85)) & low
    return c


def uniform(
    model: Any, purpose: str, agents: Numbers, lane: int = 0, month: int = MONTH
) -> Numbers:
    return (words(model, purpose, agents, lane, month)[0].astype(np.float64) + 0.5) / 2.0**32


def normal(model: Any, purpose: str, agents: Numbers, lane: int, month: int = MONTH) -> Numbers:
    found: Numbers = norm.ppf(uniform(model, purpose, agents, lane, month))
    return found


def whole(word: Numbers) -> Numbers:
    return (word >> np.uint64(8)).astype(np.float64) / 2.0**24


def halves(word: Numbers) -> tuple[Numbers, Numbers]:
    low = (word & np.uint64(0xFFFF)).astype(np.float64)
    return low / 2.0**16, (word >> np.uint64(16)).astype(np.float64) / 2.0**16


def logistic(x: Numbers) -> Numbers:
    return 1.0 / (1.0 + np.exp(-x))


def count(look: SimpleNamespace, name: str, width: int = 0) -> Numbers:
    first = getattr(tally, name.upper())
    columns: Numbers = look.tallies[:, first : first + width] if width else look.tallies[:, first]
    return columns.astype(np.float64)


def near(found: Numbers, expected: Numbers, *, single: bool = False) -> None:
    tolerance = {"rtol": 2e-4, "atol": 2e-6} if single else {"rtol": 1e-6, "atol": 1e-9}
    np.testing.assert_allclose(found, expected, **tolerance)


def test_citizens_words_and_the_target(society: Any) -> None:
    """*Citizens' words and traces*, *Target of the budget*."""
    before, after = society.looks["sense"], society.looks["decide"]
    p, g, cells = society.parameters.agenda, before.governments, before.cells
    residents = g.residents[:-1]
    taking_part, users = count(before, "taking_part"), count(before, "users")
    traces = np.where(users > 0, cells.big_data_share[:-1], 0.0)
    loud = np.minimum(1, 100 * taking_part / residents / p.inputs_needed + traces)
    pace = np.minimum(1, loud / np.maximum(1, cells.sensing_lag[:-1]))[:, None]
    spoken = count(before, "wanted_inputs", 4) / np.maximum(taking_part, 1)[:, None] / SCALE
    said = np.where(taking_part[:, None] > 0, spoken, g.citizen_signal[:-1])
    left = count(before, "wanted_users", 4) / np.maximum(users, 1)[:, None] / SCALE
    traced = np.where(users[:, None] > 0, left, said)
    mixed = (1 - traces)[:, None] * said + traces[:, None] * traced
    signal = g.citizen_signal[:-1] + pace * (mixed - g.citizen_signal[:-1])
    near(after.governments.citizen_signal[:-1], signal)

    rows = np.arange(len(residents))
    d = cells.discretion[:-1]
    aims = []
    for k in range(4):
        error = normal(society, "PROFESSIONALS", rows, k, month=int(before.surveys[0]))
        measured = g.survey[:-1, k] + p.professional_error * (
            p.careless - g.capacity[:-1]) * error  # fmt: skip
        local = (cells.weight_elite[:-1] * g.elite_signal[:-1, k]
                 + cells.weight_professional[:-1] * measured
                 + cells.weight_citizen[:-1] * signal[:, k])  # fmt: skip
        analysis = normal(society, "ANALYSIS", rows, k)
        aims.append(
            np.maximum(
                0,
                (1 - d) * g.target[-1, k]
                + d * local
                + cells.analytic_error[:-1] * (1 - g.capacity[:-1]) * analysis,
            )
        )
    aim = np.array(aims).T
    near(after.governments.target[:-1], aim / aim.sum(axis=1, keepdims=True))


def test_consent_delay_and_budget(society: Any) -> None:
    """*Consent, delay and budget*."""
    before, after = society.looks["decide"], society.looks["build"]
    p, g, cells = society.parameters.decision, before.governments, before.cells
    residents = g.residents[:-1]
    consent = count(before, "acceptance") / residents / SCALE + count(before, "heard") / residents
    acceptance = np.minimum(1, consent)
    near(after.governments.acceptance[:-1], acceptance)
    delay = p.base_delay + cells.deliberation[:-1] + p.resistance * (1 - acceptance)
    near(after.governments.delay[:-1], delay)
    interval = np.maximum(1, cells.revision_interval[:-1])
    way = np.minimum(1, interval / delay)
    revised = uniform(society, "REVISION", np.arange(len(residents))) * interval < 1
    assert revised.any()
    assert not revised.all()
    moved = g.allocation[:-1] + way[:, None] * (g.target[:-1] - g.allocation[:-1])
    near(after.governments.allocation[:-1], np.where(revised[:, None], moved, g.allocation[:-1]))


def test_what_is_offered(society: Any) -> None:
    """*What is offered*: services, queues, answers, breaches."""
    before, after = society.looks["offer_services"], society.looks["live"]
    p, v = society.parameters.service, society.parameters.participation
    i, e = society.parameters.incidents, society.parameters.engagement
    s, g, cells, levers = (
        society.parameters.society,
        before.governments,
        before.cells,
        before.levers,
    )
    o, now, rows = after.offer, after.governments, slice(0, -1)
    residents, capacity, funded = g.residents[rows], g.capacity[rows], g.funded[rows]
    access = s.infrastructure * logistic(
        (MONTH - s.infrastructure_midpoint) / s.infrastructure_pace
    )
    usable = np.minimum(g.online_supply[rows], cells.online_ceiling[rows])
    load = count(before, "counter_asked") / residents
    operations = cells.staff_operations[rows]
    able = (p.need_rate * (p.capacity_floor + p.capacity_gain * capacity)
            * (p.staff_floor + p.staff_gain * operations * (1 - v.statutory_staff))
            * (1 + p.smart_work * access))  # fmt: skip
    wait = np.maximum(0, funded * load / able - 1)
    near(now.wait[rows], wait)
    near(o.quality_digital, np.clip(
        p.digital_base + p.integration_gain * g.integration[rows]
        + p.ecosystem_gain * (1 - np.exp(-g.live_services[rows] / p.ecosystem_scale))
        + p.personal_gain * cells.personalisation[rows] * g.integration[rows], 0, 1,
    ), single=True)  # fmt: skip
    near(o.quality_counter, np.clip(p.counter_base - p.waiting_loss * wait, 0, 1), single=True)
    queue = (1 + p.queue_tolerance) * able / load
    near(o.handled_share, np.clip(np.minimum(funded, queue), 0, 1), single=True)
    near(o.transactions, funded * (1 - (1 - usable) ** p.online_first), single=True)
    near(o.invitations, funded * cells.invitations[rows], single=True)
    near(o.training, funded * levers.digital_training[rows], single=True)
    taking_part = count(before, "taking_part") / residents
    heavy = g.input_load[rows] + (taking_part - g.input_load[rows]) / 12
    near(now.input_load[rows], heavy)
    possible = (v.answer_capacity * (1 + p.smart_work * access)
                * np.maximum(0, 1 + v.answer_gain * (capacity - 0.5)) / heavy)  # fmt: skip
    duty = np.minimum(1, possible * v.statutory_staff * operations)
    engaged = cells.staff_engagement[rows] + levers.staff[rows] / 12 / (
        e.answer_price * v.answer_capacity)  # fmt: skip
    willing = v.willing_floor + (1 - v.willing_floor) * np.minimum(
        1, cells.weight_citizen[rows] / v.willing_weight)  # fmt: skip
    answered = duty + np.minimum(1 - duty, possible * engaged) * willing
    near(o.response_rate, funded * np.clip(answered, 0, 1), single=True)
    acted = np.clip(v.acted_share * (1 + v.acted_gain * (capacity - 0.5)) * funded, 0, 1)
    near(o.action_rate, o.response_rate * acted, single=True)
    hazard = (i.hazard * (i.base_attraction + i.personal_attraction * cells.personalisation[rows]
                          * funded * usable + i.open_attraction * g.openness[rows])
              * (i.carelessness - operations * capacity))  # fmt: skip
    struck = uniform(society, "INCIDENT", np.arange(len(residents))) < hazard
    exposure = np.maximum(np.where(struck, i.exposure, 0), g.breach_shock[rows])
    near(o.exposure, exposure, single=True)
    assert (exposure > 0).any()
    near(o.exposure_offline, i.offline_traces * exposure, single=True)


def test_the_citizens_month(society: Any) -> None:
    """*What peers show* to *Breaches and trust*, for citizens whom nobody has replaced."""
    before, after = society.looks["live"], society.looks["run_market"]
    a, c, o = society.parameters, before.citizens, before.offer
    b, people = after.citizens, np.arange(len(c.home))
    home = c.home.astype(int)
    turnover = whole(words(society, "TURNOVER", people)[0])
    asked = (MONTH - people) % 12 == 0
    new = asked & (turnover < a.society.turnover)
    assert new.any()
    old = ~new
    tied = society.state.tied_to(people)
    shown = before.shown[tied].astype(np.int64)
    peers = {"digital": (shown >> 15).mean(axis=1), "active": ((shown >> 14) & 1).mean(axis=1),
             "trust": ((shown & (1 << 14) - 1) / 2047).mean(axis=1)}  # fmt: skip
    trust_before = (c.trust_local + c.trust_central) / 2
    troubles, solved = _problems(before, people, home)

    life, rare = words(society, "LIFE", people), words(society, "EXPOSURE", people)
    channel, takes_part = whole(life[0]), whole(life[1])
    (reconsider, invite), (need, answered) = halves(life[2]), halves(life[3])

    p = a.service
    trained = whole(rare[3]) * 12 < o.training[home]
    learns = asked & ~new & (c.access_rank < o.infrastructure[home])
    assert learns.any()
    older = np.where(learns, c.skill + a.society.online_learning * (1 - c.skill), c.skill)
    skill = np.where(trained, older + p.course_gain * (1 - older), older)
    near(b.skill[old], skill[old], single=True)

    access = c.access_rank < o.infrastructure[home]
    appeal = (p.usefulness * (o.quality_digital - o.quality_counter)[home] / 0.15
              + p.ease * (skill - 0.5) / 0.25 + p.peers * (peers["digital"] - 0.5) / 0.25
              + p.trust_weight * (trust_before - 0.42) / 0.20)  # fmt: skip
    chosen = channel < logistic(p.choice_scale * appeal + p.choice_intercept)
    digital = np.where(access, np.where(reconsider >= p.reconsider, c.digital, chosen), 0)
    np.testing.assert_array_equal(b.digital[old], digital[old])

    needs = (need[:, None] >= before.needs[home]).sum(axis=1)
    success = np.minimum(1, p.success_floor + p.success_gain * skill)
    transacts = np.where(digital == 1, (1 - p.information_share) * o.transactions[home], 0)
    looks = np.where(access, p.information_share * o.information[home] * skill, 0)
    tried = transacts + looks
    served = words(society, "SERVICES", people)
    fates = np.array([halves(word)[half] for word in served for half in (0, 1)]).T
    has = np.arange(8)[None, :] < needs[:, None]
    done = has & (fates < (tried * success)[:, None])
    handled_online = tried * success + o.handled_share[home] * tried * (1 - success)
    at_counter = tried + o.handled_share[home] * (1 - tried)
    rescued = has & ~done & (fates < handled_online[:, None])
    handled = has & (fates >= tried[:, None]) & (fates < at_counter[:, None])
    total = (o.quality_digital[home] * done.sum(axis=1)
             + o.quality_counter[home] * (rescued | handled).sum(axis=1))  # fmt: skip
    quality = np.where(needs > 0, total / np.maximum(needs, 1), c.quality)
    near(b.quality[old], quality[old], single=True)

    v = a.participation
    efficacy = np.array(c.efficacy)
    for one in solved:
        efficacy = np.where(one, efficacy + v.acted_on * (1 - efficacy), efficacy)
    grievance = np.where(troubles > 0, a.problems.reporting
                         + a.problems.reporting_skill * (skill - 0.5) / 0.25, 0)  # fmt: skip
    invited = invite < o.invitations[home]
    eagerness = (v.intercept + c.civic + grievance + v.efficacy_slope * (efficacy - 0.4)
                 + v.trust_slope * (trust_before - 0.42) / 0.20 + v.peer_slope * peers["active"]
                 - v.fatigue_slope * c.fatigue / np.maximum(1, c.experience)
                 + v.online_bonus * digital)  # fmt: skip
    rate = np.minimum(255, (v.unprompted + v.uplift * invited) * np.exp(eagerness))
    given = _inputs(rate, takes_part)
    np.testing.assert_array_equal(b.waiting[old], (given > 0)[old])
    grown = np.minimum(255, c.experience.astype(int) + given)
    np.testing.assert_array_equal(b.experience[old], grown[old])

    hopes = efficacy + v.forgetting * (c.belief - efficacy)
    waits = c.waiting == 1
    is_acted, is_answered = answered < o.action_rate[home], answered < o.response_rate[home]
    hopes = np.where(waits & is_acted, hopes + v.acted_on * (1 - hopes),
             np.where(waits & is_answered, hopes + v.acknowledged * (1 - hopes),
              np.where(waits, hopes - v.silence * hopes, hopes)))  # fmt: skip
    near(b.efficacy[old], hopes[old], single=True)
    fatigue = ((1 - v.fatigue_fading) * c.fatigue + v.fatigue_invited * invited
               + v.fatigue_input * (given > 0))  # fmt: skip
    near(b.fatigue[old], fatigue[old], single=True)

    t = a.trust
    taste = np.stack([c.taste_welfare, c.taste_economy, c.taste_environment, c.taste_safety], 1)
    ideal = taste * o.preference[home]
    ideal = ideal / ideal.sum(axis=1, keepdims=True)
    fit = 1 - np.abs(o.allocation[home] - ideal).sum(axis=1) / 2
    national = 1 - np.abs(o.agenda[home] - ideal).sum(axis=1) / 2
    lived_quality = quality * (1 - np.minimum(1, a.problems.harm * troubles))
    exposed = (o.exposure[home] > 0) & (whole(rare[2]) < np.where(
        digital == 1, o.exposure[home], o.exposure_offline[home]))  # fmt: skip
    assert exposed.any()
    share = o.discretion[home]
    for name, sign, fits, part in (("local", 1, fit, share), ("central", -1, national, 1 - share)):
        trust, expected = (getattr(c, f"{what}_{name}") for what in ("trust", "expectation"))
        saw = (t.service_weight * lived_quality + (1 - t.service_weight) * fits
               + t.halo * (c.predisposition - 0.5))  # fmt: skip
        reference = t.anchor * t.norm + (1 - t.anchor) * expected
        level = np.clip(
            (1 - t.diffusion) * (c.predisposition + sign * t.local_advantage / 2 + o.climate[home])
            + t.diffusion * peers["trust"] + t.outcome_slope * (saw - reference)
            + t.voice_slope * part * (hopes - 0.4), 0, 1,
        )  # fmt: skip
        speed = t.reversion * (1 + t.openness_gain * o.openness[home])
        speed = np.where(level < trust, speed * t.negativity, speed)
        moved = trust + speed * (level - trust) + o.climate_step[home]
        moved = np.clip(moved - np.where(exposed, t.breach * part * trust, 0), 0, 1)
        near(getattr(b, f"trust_{name}")[old], moved[old], single=True)
        followed = expected + t.perception * (saw - expected)
        near(getattr(b, f"expectation_{name}")[old], followed[old], single=True)


def _problems(
    look: SimpleNamespace, people: Numbers, home: Numbers
) -> tuple[Numbers, list[Numbers]]:
    """Open problems around each citizen; of each solved one, who had written since it arose."""
    residents = look.governments.residents[:-1].astype(int)
    start = np.cumsum(residents) - residents
    troubles, solved = np.zeros(len(people)), []
    for g, s in zip(*np.nonzero(look.problems.length), strict=True):
        place = (people - look.problems.first[g, s]) % residents[g]
        touched = (home == g) & (place < look.problems.length[g, s])
        if look.problems.solved[g, s]:
            months = min(MONTH - look.problems.began[g, s], 12)
            wrote = (look.citizens.active.astype(int) & ((1 << months) - 1)) > 0
            solved.append(touched & wrote)
        else:
            troubles += touched
    assert len(start) == len(residents)
    return troubles, solved


def _inputs(rate: Numbers, draw: Numbers) -> Numbers:
    """Inputs by inversion: Poisson up to a rate of one, what is above as it comes."""
    from scipy.stats import poisson

    mean = np.minimum(1, rate)
    beyond = rate - mean
    luck = draw + 0.5**25
    above = np.floor(beyond) + (luck < beyond - np.floor(beyond))
    by_luck = sum((luck < poisson.sf(n - 1, mean)).astype(int) for n in range(1, 7))
    return np.where(draw < rate, above + by_luck, 0).astype(int)


def test_paying(society: Any) -> None:
    """*Revenue and grants* and *Paying, and what next month can afford*."""
    before, after = society.looks["close_accounts"], society.looks["reform"]
    a, g, cells, levers = society.parameters, before.governments, before.cells, before.levers
    f, s, v = a.finance, a.service, a.participation
    ledger, now, rows = before.ledger, after.ledger, slice(0, -1)
    residents, funded = g.residents[rows], g.funded[rows]
    n = {name: count(before, name) for name in (
        "counter_handled", "digital_tried", "met", "taking_part", "acted_on", "exposed", "trained",
        "digital_done", "counter_asked")}  # fmt: skip
    inflow = (levers.budget[rows] * levers.development[rows] / 12 * g.relative_revenue[rows]
              * residents)  # fmt: skip
    claim = levers.budget[rows] * levers.matching_budget[rows] / 12 * residents
    office = s.back_office_cost * (1 - s.bpr_saving * g.integration[rows])
    items = {
        "services": s.counter_cost * n["counter_handled"] + s.web_cost * n["digital_tried"]
        + office * n["met"],
        "participation": v.input_cost * n["taking_part"] + v.action_cost * n["acted_on"]
        + v.deliberation_cost / 12 * cells.deliberation[rows] * residents * funded,
        "breaches": a.incidents.cost * n["exposed"],
        "training": s.training_cost * n["trained"],
        "coordination": a.network.tie_cost * g.ties[rows] * residents,
        "problems": g.problem_cost[rows],
        "engagement": levers.staff[rows] * funded * residents / 12,
        "open_data": levers.spend[rows] * funded * residents / 12,
    }  # fmt: skip
    for name, value in items.items():
        near(getattr(now, name)[rows], value, single=True)
    running = sum(items.values())
    near(now.running[rows], running, single=True)
    paid = ledger.reserve[rows] - running
    revenue = ledger.collected[rows] + ledger.granted[rows] - ledger.overhead[rows] - inflow
    wanted = (
        running
        - items["breaches"]
        - office * n["met"]
        - s.counter_cost * n["counter_handled"]
        + office * n["digital_done"]
        + (s.counter_cost + office) * n["counter_asked"]
    )
    spare = revenue + paid / f.smoothing - items["breaches"]
    near(after.governments.funded[rows], np.clip(spare / wanted, 0, 1), single=True)
    excess = np.maximum(0, paid - f.reserve_ceiling * revenue)
    near(now.reserve[rows], paid - excess, single=True)
    idle = np.maximum(0, ledger.fund[rows] + f.reinvest * excess - f.fund_ceiling * inflow)
    near(now.fund[rows], ledger.fund[rows] + f.reinvest * excess - idle, single=True)
    near(now.lapsed[rows], (1 - f.reinvest) * excess + idle, single=True)
    late = np.maximum(0, ledger.entitlement[rows] - f.fund_ceiling * claim)
    near(now.entitlement[rows], ledger.entitlement[rows] - late, single=True)

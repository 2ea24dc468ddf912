"""Controls that must pass (`C1`, `C2`, `C5`, `C6`), limits, conservation, ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.declared import PARAMETERS
from sim.model import GovernanceModel
from sim.outcomes import OUTCOMES
from sim.paradigms import FIGURE
from sim.processes import tally
from sim.processes.keeping import MONEY
from sim.processes.projects import NOTHING
from sim.scenario import Scenario
from tests.fingerprint import fingerprint

Make = Callable[..., GovernanceModel]
PARADIGMS = ("gov1", "gov2", "gov3")


def _headline(model: GovernanceModel, outcome: str) -> float:
    return float(model.run().national()[outcome].tail(36).mean())


def _difference(society: Make, outcome: str, first: str, second: str, **changes: Any) -> float:
    """Mean paired difference over four replicates."""
    pairs = [
        _headline(society(second, citizens=2000, years=10, seed=seed, **changes), outcome)
        - _headline(society(first, citizens=2000, years=10, seed=seed, **changes), outcome)
        for seed in range(1, 5)
    ]
    return float(np.mean(pairs))


LABELS = ("record.profiles", "record.start_profiles", "state.profiles", "state.profiles_before",
          "state.model_profile")  # fmt: skip
"""Where governments stand on the figure, as numbers."""


def test_c1_without_differences_in_the_figure_paradigms_cannot_be_told_apart(
    society: Make,
) -> None:
    """C1: every cell at its Gov2 value; exactly the same society, but for the profile's label."""
    level = FIGURE.levelled("gov2")
    cells = {
        cell.name: dict(zip(level.paradigm_ids, cell.values, strict=True)) for cell in level.cells
    }
    digests = set()
    for name in PARADIGMS:
        model = society(name, years=5, cells=cells)
        model.run()
        digests.add(fingerprint(model, without=LABELS))
    assert len(digests) == 1


def test_c4_names_of_paradigms_mean_nothing(society: Make) -> None:
    """Gov1.0 with the anchors of Gov3.0 is Gov3.0, to the last bit, and the other way round."""
    swapped = {
        cell.name: dict(zip(FIGURE.paradigm_ids, reversed(cell.values), strict=True))
        for cell in FIGURE.cells
    }
    for name, other in (("gov1", "gov3"), ("gov3", "gov1")):
        here = society(name, citizens=600, years=3, cells=swapped).run().national()
        there = society(other, citizens=600, years=3).run().national()
        told = [column for column in here if not column.startswith("profile_")]
        pd.testing.assert_frame_equal(here[told], there[told], check_exact=True)


def test_c2_benefits_and_costs_work_in_their_direction(society: Make) -> None:
    """C2: E-Governance gains when its prices are off, and loses when its benefit is off."""
    as_is = _difference(society, "efficiency", "gov2", "gov3")
    no_price = _difference(
        society, "efficiency", "gov2", "gov3",
        parameters={"network.tie_cost": 0.0, "projects.duplication": 0.0,
                    "participation.input_cost": 4.31, "participation.deliberation_cost": 0.0,
                    "incidents.cost": 0.0},
    )  # fmt: skip
    no_benefit = _difference(
        society, "efficiency", "gov2", "gov3", parameters={"outcomes.fit_weight": 0.0}
    )
    assert no_benefit < as_is < no_price


def test_c5_participation_is_not_only_invitations(society: Make) -> None:
    """C5: at equal invitations E-Governance is still heard more, as it has staff to answer."""
    equal = {"invitations": {"gov1": 0.05, "gov2": 0.05, "gov3": 0.05}}
    assert _difference(society, "participation", "gov1", "gov2", cells=equal) > 0
    free = _difference(society, "participation", "gov2", "gov3")
    held = _difference(society, "participation", "gov2", "gov3", cells=equal)
    assert 0 < held < free


def test_c6_symmetric_trust(society: Make) -> None:
    """C6: without asymmetry, breaches and amplification no paradigm loses trust by them."""
    calm = {"trust.negativity": 1.0, "trust.breach": 0.0, "trust.openness_gain": 0.0}
    for name in PARADIGMS:
        plain = _headline(society(name, citizens=2000, years=10), "trust")
        symmetric = _headline(society(name, citizens=2000, years=10, parameters=calm), "trust")
        assert symmetric > plain


def test_no_access_means_no_digital_use(society: Make) -> None:
    model = society("gov3", years=5, parameters={"society.infrastructure": 0.0})
    frame = model.run().national()
    assert (frame["digital_use"] == 0).all()
    assert (frame["online_share"] == 0).all()


@pytest.mark.parametrize("name", PARADIGMS)
def test_no_money_starts_no_project(society: Make, name: str) -> None:
    model = society(name, years=5, parameters={"government.budget": 0.0})
    results = set()
    while model.month < model.months:
        model.step()
        results |= set(model.state.governments.project_result[:-1])
    assert results == {NOTHING}
    assert not model.record.money[:, :, MONEY.index("projects")].any()


def test_nobody_for_answers_no_answers(society: Make) -> None:
    """Gov1.0 has no engagement staff; without replies that the law asks for nobody is heard."""
    silent = {"participation.statutory_staff": 0.0}
    frame = society("gov1", years=5, parameters=silent).run().national()
    assert (frame["answered_share"] == 0).all()
    assert society("gov1", years=5).run().national()["answered_share"].iloc[-1] > 0


def _money(model: GovernanceModel, name: str) -> np.ndarray:
    return np.asarray(model.record.money[:, :, MONEY.index(name)])


@pytest.mark.parametrize("name", [*PARADIGMS, "leapfrog"])
@pytest.mark.parametrize("budget", [0.3, 1.0, 1.5])
def test_money_closes_every_month(society: Make, name: str, budget: float) -> None:
    """Reserves change by what comes in less what goes out, for each government and the centre."""
    model = society(name, citizens=1000, years=10, parameters={"government.budget": budget})
    before = model.state.ledger
    start = (before.reserve + before.fund).copy()
    model.run()
    held = _money(model, "reserve") + _money(model, "fund")
    change = np.diff(np.vstack([start, held]), axis=0)
    inflow = _money(model, "collected") + _money(model, "granted") + _money(model, "matched")
    outflow = _money(model, "running") + _money(model, "projects") + _money(model, "overhead")
    outflow = outflow + _money(model, "lapsed") + _money(model, "change")
    scale = np.abs(inflow).max()
    assert np.abs(change - (inflow - outflow)).max() < 1e-9 * scale
    grants = _money(model, "granted").sum(axis=1)
    assert np.abs(grants).max() < 1e-9 * scale
    claims = _money(model, "entitlement")[:, :-1].sum(axis=1)
    assert claims == pytest.approx(_money(model, "reserve")[:, -1], rel=1e-9, abs=1e-6 * scale)


def test_poor_governments_leave_grants_on_the_table(society: Make) -> None:
    """Under E-Governance, which matches least, own revenue decides who can claim."""
    unclaimed = np.zeros(17)
    for seed in range(1, 6):
        model = society("gov3", citizens=2000, years=20, seed=seed)
        model.run()
        claims = _money(model, "unclaimed").sum(axis=0)[:-1]
        unclaimed += claims / model.state.governments.residents[:-1]
    reliance = model.state.governments.self_reliance[:-1]
    assert np.corrcoef(reliance, unclaimed)[0, 1] < -0.4


def _all_parameters() -> st.SearchStrategy[dict[str, float]]:
    return st.fixed_dictionaries(
        {
            name: st.sampled_from([float(n) for n in range(len(parameter.choices))])
            if parameter.choices
            else st.floats(parameter.low, parameter.high)
            | st.sampled_from([parameter.low, parameter.high])
            for name, parameter in PARAMETERS.items()
        }
    )


@settings(
    max_examples=200, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(
    values=_all_parameters(),
    rows=st.lists(st.floats(0, 2), min_size=12, max_size=12),
    seed=st.integers(0, 2**63 - 1),
)
def test_ranges_hold_over_the_whole_parameter_space(
    values: dict[str, float], rows: list[float], seed: int
) -> None:
    """200 random parameter sets and mixed profiles: no NaN, shares and trust in range."""
    inside = {n: min(max(v, PARAMETERS[n].low), PARAMETERS[n].high) for n, v in values.items()}
    scenario = Scenario.load("gov2").but(
        society={"citizens": 150, "entrepreneurs": 6},
        years=2,
        governance=dict(zip(FIGURE.row_ids, rows, strict=True)),
        parameters=inside,
    )
    model = GovernanceModel(scenario, rng=seed, collect=False)
    frame = model.run().national()
    assert np.isfinite(frame.to_numpy()).all()
    for outcome in OUTCOMES:
        most = np.inf if outcome.name == "cost_per_citizen" else 100.0 + 1e-9
        assert frame[outcome.name].between(0.0, most).all(), outcome.name
    people, places = model.state.citizens, model.state.governments
    for column in (
        "skill",
        "trust_local",
        "trust_central",
        "efficacy",
        "quality",
    ):
        values_now = getattr(people, column)
        assert ((values_now >= 0) & (values_now <= 1)).all(), column
    tilt = float(model.parameters.trust.halo) / 2.0 + 1e-6
    for expected in (people.expectation_local, people.expectation_central):
        assert ((expected >= -tilt) & (expected <= 1.0 + tilt)).all(), "what is seen, in its light"
    for column in ("capacity", "online_supply", "integration", "openness", "lock_in", "funded"):
        now = getattr(places, column)[:-1]
        assert ((now >= 0) & (now <= 1)).all(), column
    truncated = 4 / 2**20  # four signals summed in fixed point
    assert places.allocation[:-1].sum(axis=1) == pytest.approx(np.ones(17), abs=truncated)
    counts = model.record.tallies
    assert (counts[:, :, tally.MET] <= counts[:, :, tally.NEEDS]).all()

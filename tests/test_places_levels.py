"""Places differ in status, skill, access, trust, capacity and needs, as data say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.declared import parameter_values
from sim.engine.luck import seed_key
from sim.errors import GovShiftError
from sim.model import GovernanceModel
from sim.scenario import Scenario
from sim.society.levels import Levels, levels_of, standardised
from sim.society.own_places import UnknownPlace, read_place
from sim.society.places import Place, country_levels, find_place

Make = Callable[..., GovernanceModel]
SPREADS = (
    "society.status_between", "society.skill_between", "society.access_between",
    "society.trust_between", "society.age_slope", "society.heterogeneity",
    "society.taste_heterogeneity", "government.capacity_spread",
)  # fmt: skip
ALIKE = dict.fromkeys(SPREADS, 0.0)


def levels(place: Place, seed: int = 1, **changed: float) -> Levels:
    p = parameter_values({f"society.{name}": value for name, value in changed.items()})
    return levels_of(place, p.society, p.government, seed_key(seed))


def of_seeds(place: Place, count: int = 300, **changed: float) -> tuple[np.ndarray, np.ndarray]:
    found = [levels(place, seed, **changed) for seed in range(count)]
    return np.array([f.people for f in found]), np.array([f.capacity[:-1] for f in found])


def means(model: GovernanceModel, column: str) -> np.ndarray:
    people = model.state.citizens
    values = getattr(people, column).astype(np.float64)
    return np.bincount(people.home, values) / np.bincount(people.home)


def test_places_differ_in_every_level() -> None:
    """Status, skill, who is online and predisposition: more than the luck of residents."""
    plan = Scenario.load("gov2").but(years=1, society={"citizens": 60_000})
    usual = GovernanceModel(plan, rng=2, collect=False)
    alike = GovernanceModel(plan.but(parameters=ALIKE), rng=2, collect=False)
    for column in ("status", "skill", "access_rank", "predisposition"):
        spread = means(usual, column).std() / means(alike, column).std()
        assert spread > 1.5, column
    assert usual.state.governments.capacity[:-1].std() > 0.05
    assert usual.state.offer.preference.std() > 0.2


def test_without_spreads_places_are_alike() -> None:
    """All levels are those of the parameters, and founding is as it was without levels."""
    place = find_place("korea")
    p = parameter_values(ALIKE)
    found = levels_of(place, p.society, p.government, seed_key(4))
    assert np.abs(found.people[:, [0, 1, 3]]).max() < 1e-12
    assert np.abs(found.people[:, 2] - 1.0).max() < 1e-12
    assert np.unique(found.capacity) == pytest.approx([0.5])
    plan = Scenario.load("gov2").but(years=1, society={"citizens": 4000}, parameters=ALIKE)
    model = GovernanceModel(plan, rng=3, collect=False)
    assert (model.state.offer.preference == 1.0).all()
    people = model.state.citizens
    order = np.argsort(people.access_rank)
    assert (np.diff(people.skill[order]) < 1e-6).all()


def test_means_stay_those_of_the_parameters() -> None:
    for name in ("korea", "korea:basic"):
        place = find_place(name)
        people = np.array([p.population for p in place.local_governments], dtype=float)
        found = levels(place).people
        found[:, 2] = np.log(found[:, 2])
        assert np.abs((found * people[:, None]).sum(axis=0) / people.sum()).max() < 1e-9


def test_korean_skill_goes_with_age() -> None:
    """Skill follows the share of youth by `society.age_slope`, beside luck of declared spread."""
    place = find_place("korea:basic")
    youth = np.array([p.youth_share for p in place.local_governments], dtype=float)
    assert (youth.min(), youth.max()) == (0.0841, 0.3303)
    people, _ = of_seeds(place, 60)
    slope, _ = np.polyfit(youth, people[:, :, 1].mean(axis=0), 1)
    assert slope == pytest.approx(4.0, abs=0.1)
    rest = people[:, :, 1] - people[:, :, 1].mean(axis=0)
    assert rest.std() == pytest.approx(0.15, abs=0.01)


def test_status_goes_with_revenue_and_capacity_with_informatisation() -> None:
    place = find_place("korea")
    people, capacity = of_seeds(place)
    money = standardised(np.log([p.self_reliance for p in place.local_governments]))
    spent = standardised(
        np.log(np.array([p.informatisation_budget for p in place.local_governments], dtype=float))
    )
    told = [np.corrcoef(row, money)[0, 1] for row in people[:, :, 0]]
    assert np.mean(told) == pytest.approx(0.6, abs=0.05)
    told = [np.corrcoef(row, spent)[0, 1] for row in capacity]
    assert np.mean(told) == pytest.approx(0.3, abs=0.06)


def test_drawn_places_are_as_young_as_koreas() -> None:
    """Youth, size and money of drawn places correlate as among the 226."""
    real = find_place("korea:basic")
    normals = np.random.Generator(np.random.Philox(9)).standard_normal((400, 2))
    drawn = find_place("synthetic", count=400, normals=normals)
    youth = np.array([p.youth_share for p in real.local_governments], dtype=float)
    size = np.log([p.population for p in real.local_governments])
    observed = np.corrcoef(youth, size)[0, 1]
    found = levels(drawn, skill_between=0.0).people[:, 1]
    sizes = np.log([p.population for p in drawn.local_governments])
    assert observed == pytest.approx(0.79, abs=0.01)
    assert np.corrcoef(found, sizes)[0, 1] == pytest.approx(observed, abs=0.06)
    assert found.std() / 4.0 == pytest.approx(youth.std(), abs=0.006)


def test_countries_have_their_own_trust_and_capacity() -> None:
    """From data up to 2011; a country of which nothing is known is as the parameters say."""
    plan = Scenario.load("gov2").but(years=1)
    found = {}
    for country in ("DNK", "ROU", "TUR"):
        society = {"citizens": 6000, "place": f"europe:{country}"}
        model = GovernanceModel(plan.but(society=society), rng=1, collect=False)
        found[country] = (
            float(np.median(model.state.citizens.predisposition)),
            float(model.state.governments.capacity[:-1].mean()),
        )
    denmark, romania = country_levels("europe:DNK"), country_levels("europe:ROU")
    assert denmark is not None
    assert romania is not None
    assert country_levels("europe:TUR") is country_levels("korea") is None

    def odds(share: float) -> float:
        return float(np.log(share / (1.0 - share)))

    apart = odds(found["DNK"][0]) - odds(found["ROU"][0])
    assert apart == pytest.approx(odds(denmark.trust) - odds(romania.trust), abs=0.2)
    assert found["TUR"][0] == pytest.approx(0.42, abs=0.03)
    assert found["DNK"][1] > found["ROU"][1] + 0.1


def test_needs_go_with_who_lives_there_and_tastes_with_nothing() -> None:
    """Old places need welfare; with `society.needs_from_people` at 0 they need what luck says."""
    place = find_place("korea:basic")
    youth = np.array([p.youth_share for p in place.local_governments], dtype=float)
    for told in (0.0, 0.5, 1.0):
        needs = levels(place, needs_from_people=told).needs
        assert np.corrcoef(needs[:, 0], youth)[0, 1] == pytest.approx(-told, abs=0.15)
        assert needs.std() == pytest.approx(1.0, abs=0.1)


def test_tastes_of_places_are_near_what_surveys_show() -> None:
    """With needs alike 1 to 6 % of the variance of log ideal budgets lies between places."""
    plan = Scenario.load("gov2").but(
        years=1, society={"place": "korea:basic", "citizens": 60_000},
        parameters={"society.heterogeneity": 0.0, "society.status_between": 0.0},
    )  # fmt: skip
    model = GovernanceModel(plan, rng=1, collect=False)
    people, wishes = model.state.citizens, model.state.offer.preference
    for domain, name in enumerate(("welfare", "economy", "environment", "safety")):
        tastes = np.log(getattr(people, f"taste_{name}").astype(np.float64))
        between = np.log(wishes[:, domain].astype(np.float64)).var()
        assert 0.01 < between / (between + tastes.var()) < 0.06


OWN = "name,population,self_reliance"
ROWS = ("A,500000,0.6", "B,120000,0.3", "C,80000,0.2")


def write(path: Path, columns: str, *rows: str) -> str:
    lines = [f"{OWN},{columns}", *(f"{r},{v}" for r, v in zip(ROWS, rows, strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_an_own_place_may_give_its_levels(tmp_path: Path) -> None:
    name = write(
        tmp_path / "own.csv", "skill,trust,access,status,capacity,youth_share,source",
        "0.7,0.6,0.9,0.5,0.7,0.2,us", "0.5,0.4,0.7,0,0.5,0.15,us", "0.3,0.2,0.5,-0.5,0.3,0.1,us",
    )  # fmt: skip
    place = find_place(name)
    found = levels(place)
    assert (np.diff(found.people, axis=0) < 0).all()
    odds = np.log(np.array([0.7, 0.5, 0.3]) / np.array([0.3, 0.5, 0.7]))
    assert np.diff(found.people[:, 1]) == pytest.approx(np.diff(odds))
    assert np.diff(found.capacity[:-1]) == pytest.approx([-0.2, -0.2])


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("skil", "0.5", r"own\.csv:1:D: column 'skil': did you mean 'skill'\?"),
        ("Trust", "0.5", r"own\.csv:1:D: column 'Trust': did you mean 'trust'\?"),
        (
            "youth_shares",
            "0.1",
            r"1:D: column 'youth_shares': did you mean 'youth_share'\?",
        ),
        (
            "trust",
            "42",
            r"own\.csv:2:D: baseline_trust: a number from 0\.01 to 0\.99 \(share\), not '42'",
        ),
        ("capacity", "high", r"own\.csv:2:D: capacity: a number from 0\.02 to 0\.98 .*not 'high'"),
        ("status", "4", r"own\.csv:2:D: status: a number from -3 to 3 \(z-score\), not '4'"),
    ],
)
def test_wrong_levels_are_told_in_one_line(
    column: str, value: str, told: str, tmp_path: Path
) -> None:
    usual = {"trust": "0.5", "capacity": "0.5", "status": "0"}.get(column, value)
    name = write(tmp_path / "own.csv", column, value, usual, usual)
    with pytest.raises(UnknownPlace, match=told) as caught:
        read_place(name)
    assert isinstance(caught.value, GovShiftError)
    assert "\n" not in str(caught.value)


def test_two_places_are_enough(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text(f"{OWN}\nA,500,0.6\nB,500,0.6\n")
    found = levels(find_place(str(path)))
    assert np.isfinite(found.people).all()
    assert np.isfinite(found.needs).all()


def test_more_places_leave_the_first_as_they_were() -> None:
    """Luck is keyed by place: it does not depend on how many threads or blocks found people."""
    plan = Scenario.load("gov2").but(years=1, society={"citizens": 60_000})
    one = GovernanceModel(plan, rng=5, threads=1, collect=False).state.citizens
    two = GovernanceModel(plan, rng=5, threads=2, collect=False).state.citizens
    for name, first, second in zip(one._fields, one, two, strict=True):
        assert np.array_equal(first, second), name

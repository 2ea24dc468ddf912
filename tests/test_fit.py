"""The fit: a known truth is found again, what ships is valid, and worlds draw from it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.cli.main import main
from sim.declared import PARAMETERS
from sim.evidence.observed import observed
from sim.evidence.posterior import (
    COUNTRY_PARAMETER,
    about,
    country_spread,
    discrepancy,
    draws,
    fitted_names,
)
from sim.paged import PAGE
from sim.questions.fit.asked import FITTED, Question, calibration_countries
from sim.questions.fit.calibration import Truth, calibration_table
from sim.questions.fit.emulator import Emulator
from sim.questions.fit.likelihood import Likelihood, grid, log_weights
from sim.questions.fit.posterior import COLUMNS, identifiability, posterior_table
from sim.questions.fit.results import publish_fit
from sim.questions.fit.sampling import sample
from sim.questions.fit.simulated import Simulator
from sim.questions.fit.target import INDICATORS, NOISE, NOISE_DERIVED, Target
from sim.questions.fit.waves import match
from sim.runs.executors import Here
from sim.runs.runner import Where, session
from sim.scenario import Scenario
from sim.worlds import draws as worlds
from sim.worlds.draws import in_world, shares_of, world
from sim.worlds.unknowns import unknown_names
from tests.test_page import Reader

SMALL = Question(("EST", "PRT"), citizens=300, points=48, waves=1, draws=100)


def test_a_known_truth_is_found_again(tmp_path: Path) -> None:
    observed_ones = Target.of(SMALL)
    truth = Truth.of(3, 0)
    with session(tmp_path, Here()) as running:
        simulate = Simulator(SMALL, observed_ones, running)
        figures = simulate(truth.points(2), 10_000)[:, 0]
        target = truth.figures(observed_ones, figures, 0.0)
        found = match(SMALL, target, simulate)
    likelihood = Likelihood.of(found.emulator, target)
    sampled = sample(likelihood, len(COLUMNS), "test", draws=400, steps=400, walkers=40)
    low, high = np.quantile(sampled.points, [0.025, 0.975], axis=0)
    assert ((low < truth.point) & (truth.point < high)).mean() > 0.8
    shared = FITTED.index("service.information_share")
    assert low[shared] < truth.point[shared] < high[shared]
    assert high[shared] - low[shared] < 0.8
    table = identifiability(posterior_table(sampled)).set_index("parameter")
    assert table.loc["service.information_share", "said"] != "nothing"
    assert table.loc["projects.obsolescence", "said"] == "nothing"


def test_a_stopped_fit_goes_on_and_gives_the_same_bytes(tmp_path: Path) -> None:
    question = Question(("EST", "PRT"), citizens=300, points=32, waves=1, draws=60, refine=1)
    new: list[int] = []
    for _ in range(2):
        found = publish_fit(
            question, tmp_path / "one", where=Where(jobs=1), truths=2, checked=3, steps=(60, 20),
            progress=lambda done: new.append(done.new),
        )  # fmt: skip
        first = (tmp_path / "one" / "posterior.csv").read_bytes()
        ran = sum(new)
    assert ran == 2 * (32 + 16 + 3 + 5) + 2 + 5
    assert (tmp_path / "one" / "posterior.csv").read_bytes() == first
    assert len(pd.read_csv(tmp_path / "one" / "posterior.csv")) == 60
    for name in ("identifiability.csv", "calibration.csv", "checked.csv", "waves.csv", "fit.txt"):
        assert (tmp_path / "one" / name).stat().st_size > 60
    assert "nothing later than 2011" in found.sentences[0]
    read = Reader((tmp_path / "one" / PAGE).read_text(encoding="utf-8"))
    assert {"found", "checks", "evidence", "not", "again"} <= set(read.ids())
    assert "What agrees with the data" in read.text
    assert "What do the data say of each parameter" in read.text
    assert "nothing later than 2011" in read.text
    for caption in ("Each parameter before and after the data", "Draws run on the model itself"):
        assert caption in read.text
    assert "Declared range Mean after Nine of ten draws The data say" in read.text


def _smooth(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    level = 80.0 / (1.0 + np.exp(-4.0 * (points[..., 0] - points[..., 1])))
    return np.stack([level, 0.6 * level], axis=-1) + 5.0


def test_the_emulator_is_near_what_it_has_not_seen_and_says_how_far() -> None:
    luck = np.random.default_rng(1)
    points = luck.random((2, 300, 4))
    emulator = Emulator.of(points, _smooth(points), 1)
    fresh = luck.random((2, 200, 4))
    off = np.sqrt(((emulator.at(fresh) - _smooth(fresh)) ** 2).mean())
    assert off < 3.0
    assert 0.3 * off < emulator.error.mean() < 3.0 * off
    own = np.array([0.25, 0.75])
    by_grid = emulator.on_grid(fresh[0, :5, 1:], own)
    for place, value in enumerate(own):
        there = np.concatenate([np.full((2, 5, 1), value), fresh[[0, 0], :5, 1:]], axis=2)
        assert np.allclose(by_grid[:, :, place], emulator.at(there).transpose(1, 0, 2), atol=0.2)


def test_the_likelihood_is_that_of_a_normal_distribution() -> None:
    from scipy.special import logsumexp
    from scipy.stats import multivariate_normal

    target = Target.of(Question(("DNK", "ROU")))
    size, entries = len(FITTED), len(target.year)
    luck = np.random.default_rng(2)
    points = luck.random((2, 60, size))
    values = 5.0 + 90.0 * luck.random((2, 60, entries))
    emulator = Emulator.of(points, values, 1)
    likelihood = Likelihood.of(emulator, target)
    point = luck.random((1, len(COLUMNS)))
    spread, *missed = posterior_table(_Draws(point)).iloc[0, size:]
    assert spread > 0
    expected = 0.0
    figures = emulator.on_grid(point[:, 1:size], grid())[0]
    for country in range(2):
        known = ~np.isnan(target.values[country])
        noise = target.noise[country] ** 2 + emulator.error[country] ** 2
        matrix = np.diag(np.where(known, noise, 1.0))
        matrix += sum(m**2 * target.alike(k) for k, m in enumerate(missed))
        normal = multivariate_normal(target.values[country][known], matrix[np.ix_(known, known)])
        logs = [normal.logpdf(row[known]) for row in figures[country]]
        expected += logsumexp(np.array(logs) + log_weights(point)[0])
    assert likelihood(point)[0] == pytest.approx(expected, abs=0.01)


class _Draws:
    """Draws as the sampler gives them."""

    def __init__(self, points: np.ndarray[Any, Any]) -> None:
        self.points = points


def test_nothing_later_than_the_cut_off_is_read() -> None:
    early = Target.of(Question(calibration_countries(), until=2009))
    late = Target.of(Question(calibration_countries()))
    assert early.year.max() == 2009
    assert late.year.max() == 2011
    same = [k for k, year in enumerate(late.year) if year <= 2009]
    assert np.array_equal(late.values[:, same], early.values, equal_nan=True)


def test_derived_figures_weigh_less() -> None:
    target = Target.of(Question(("DNK", "ROU")))
    use = target.indicator == 0
    assert (target.noise[0][use & (target.year >= 2008)] == NOISE).all()
    assert target.noise[0][use & (target.year == 2004)] == NOISE_DERIVED
    rows = observed("egov_use_12m").set_index(["country", "year"])["value"]
    assert target.values[0][use & (target.year == 2010)] == rows["DNK", 2010]


def test_ranks_that_are_not_uniform_are_noticed() -> None:
    luck = np.random.default_rng(3)
    right = luck.integers(0, 100, size=(200, len(COLUMNS)))
    wrong = luck.integers(40, 60, size=(200, len(COLUMNS)))
    assert (calibration_table(right.tolist())["ks_p"] > 1e-4).all()
    assert (calibration_table(wrong.tolist())["ks_p"] < 1e-4).all()


def test_what_ships_is_valid() -> None:
    assert fitted_names() == FITTED
    assert COUNTRY_PARAMETER in fitted_names()
    assert len(draws()) == about()["draws"] >= 200
    for name in fitted_names():
        values = [draw[name] for draw in draws()]
        assert PARAMETERS[name].role == "uncertainty"
        assert PARAMETERS[name].low <= min(values) < max(values) <= PARAMETERS[name].high
    for column in (country_spread(), *map(discrepancy, INDICATORS)):
        assert len(column) == len(draws())
        assert min(column) > 0
    assert about()["data_until"] <= 2011
    assert about()["countries"] == list(calibration_countries())
    with pytest.raises(KeyError):
        discrepancy("supply")


def test_worlds_take_what_was_fitted_from_one_draw() -> None:
    names = [name for name in fitted_names() if name != COUNTRY_PARAMETER]
    known = {tuple(round(draw[name], 6) for name in names) for draw in draws()}
    seen = set()
    for number in range(70):
        values = world(1, number).parameters
        row = tuple(round(values[name], 6) for name in names)
        assert row in known
        seen.add(row)
    assert len(seen) > 50
    plan = Scenario.load("gov2")
    for number in range(20):
        assert in_world(plan, world(9, number)).parameters["service.ease"] in (
            pytest.approx(draw["service.ease"], abs=1e-6) for draw in draws()
        )


def test_what_a_conclusion_rests_on_sees_the_values_drawn() -> None:
    column = unknown_names().index("service.need_rate")
    parameter = PARAMETERS["service.need_rate"]
    shares = shares_of(1, 40)[:, column]
    values = [world(1, number).parameters["service.need_rate"] for number in range(40)]
    assert np.allclose(parameter.low + shares * (parameter.high - parameter.low), values)


def test_countries_differ_in_worlds_as_far_as_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def spread() -> float:
        worlds._points.cache_clear()
        return float(np.std([world(4, k).parameters[COUNTRY_PARAMETER] for k in range(512)]))

    as_shipped = spread()
    monkeypatch.setattr(worlds, "country_spread", lambda: (1e-6,) * len(draws()))
    alike = spread()
    monkeypatch.undo()
    worlds._points.cache_clear()
    assert as_shipped > alike > 0


@pytest.mark.parametrize(
    ("country", "told"), [("EES", "did you mean 'EST'?"), ("KOR", "no country with calibration")]
)
def test_a_wrong_country_is_one_line(
    country: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["fit", "DNK", country])
    assert stopped.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert told in lines[0]


def test_one_country_is_too_few(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["fit", "DNK"])
    assert stopped.value.code == 2
    assert "at least two countries" in capsys.readouterr().err


def test_a_missing_library_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "sim.questions.analysis.find_spec", lambda name: None if name == "emcee" else found(name)
    )
    with pytest.raises(SystemExit) as stopped:
        main(["fit", "--out", str(tmp_path / "none")])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == "fit needs emcee: pip install 'govshift[fit]'\n"
    assert not (tmp_path / "none").exists()

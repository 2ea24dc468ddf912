"""Forecasts: known answers of scores and naive forecasters, weights, wrong files, results."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli import main
from sim.errors import UserMistake
from sim.questions.comparison.publish import publish
from sim.questions.evidence.courses import yearly_reading
from sim.questions.evidence.forecast_results import add_forecasts, publish_forecasts
from sim.questions.evidence.forecasts import Forecasts, foretell
from sim.questions.evidence.foretelling import Question, ask
from sim.questions.evidence.given import Given, Row, read_figures
from sim.questions.evidence.naive import NAIVE, Known, error_per_year, say
from sim.questions.evidence.scoring import crps, foretold, scored
from sim.questions.evidence.series import MEASURES, Figure, internet_users, shipped
from sim.questions.evidence.telling import OWN
from sim.questions.evidence.weighing import Courses, Learnt, Missed, Prior, learn, weigh
from sim.report.again import publish_again
from sim.runs.folder import read_manifest, verify
from sim.runs.means import means_keeper
from sim.runs.runner import Where
from tests.studies import small_study
from tests.test_page import Reader

BY_NAME = {naive.name: naive for naive in NAIVE}
NOBODY = Known({}, {})


def _figures(*pairs: tuple[int, float]) -> tuple[Figure, ...]:
    return tuple(Figure(year, value, 2.5) for year, value in pairs)


def test_crps_of_one_value_is_the_error() -> None:
    assert crps(np.array([40.0]), 43.0) == pytest.approx(3.0)


def test_crps_is_the_formula_pair_by_pair() -> None:
    values = np.array([3.0, 1.0, 7.5, 2.0])
    pairs = np.abs(values[:, None] - values).mean() / 2
    assert crps(values, 4.0) == pytest.approx(np.abs(values - 4.0).mean() - pairs)


def test_crps_of_a_normal_forecast_is_the_closed_form() -> None:
    """At its mean: sd (2 phi(0) - 1 / sqrt(pi)) (Gneiting and Raftery 2007)."""
    told = foretold(np.array([50.0]), 6.0)
    expected = 6.0 * (2.0 / math.sqrt(2.0 * math.pi) - 1.0 / math.sqrt(math.pi))
    assert crps(told.values, 50.0) == pytest.approx(expected, abs=0.03)
    assert (told.mean, told.low, told.high) == pytest.approx((50.0, 40.13, 59.87), abs=0.02)


def test_a_forecast_stays_within_the_possible() -> None:
    told = foretold(np.array([98.0, 2.0]), 10.0, np.array([0.5, 0.5]))
    assert told.low == 0.0
    assert told.high == 100.0
    assert told.mean == pytest.approx(50.0, abs=0.01)


def test_scores_of_known_errors() -> None:
    told = [foretold(np.array([m]), 1.0) for m in (10.0, 20.0)]
    rmse, _, coverage = scored(told, [13.0, 20.0])
    assert rmse == pytest.approx(3.0 / math.sqrt(2.0))
    assert coverage == 0.5


def test_naive_forecasters_on_series_that_they_know() -> None:
    history = _figures((2008, 30.0), (2009, 34.0), (2010, 38.0), (2011, 42.0))
    before, then = internet_users("EST", [2011, 2016])

    def told(name: str, known: Known = NOBODY) -> float:
        return say(BY_NAME[name], "EST", history, 2016, known)

    assert told("last_value") == 42.0
    assert told("linear_trend") == pytest.approx(62.0)
    assert told("constant_share") == pytest.approx(42.0 * then / before)
    assert told("two_line_regression") == pytest.approx(told("constant_share"))
    grown = Known({}, {"FIN": _figures((2011, 50.0), (2016, 60.0)),
                       "PRT": _figures((2010, 10.0), (2012, 14.0), (2018, 20.0))})  # fmt: skip
    assert told("mean_growth_of_others", grown) == pytest.approx(42.0 + (10.0 + 6.0) / 2)
    drifting = [Figure(y, 100.0 * s * internet_users("FIN", [y])[0], 2.5)
                for y, s in ((2009, 0.50), (2010, 0.52), (2011, 0.54))]  # fmt: skip
    assert told("two_line_regression", Known({"FIN": drifting}, {})) == pytest.approx(
        (42.0 / before + 100.0 * 0.02 * 5) * then
    )


def test_a_logistic_curve_is_foretold_by_the_logistic_one() -> None:
    def curve(year: int) -> float:
        return 100.0 / (1.0 + math.exp(-0.3 * (year - 2010)))

    history = _figures(*((year, curve(year)) for year in range(2004, 2012)))
    assert say(BY_NAME["own_logistic"], "EST", history, 2018, NOBODY) == pytest.approx(curve(2018))
    errors = {n: error_per_year(BY_NAME[n], {"EST": history}, NOBODY)
              for n in ("own_logistic", "last_value")}  # fmt: skip
    assert errors["own_logistic"] < errors["last_value"]


@pytest.mark.parametrize("name", BY_NAME)
def test_without_a_history_all_take_the_share_of_others(name: str) -> None:
    users = internet_users("FIN", [2011])[0]
    known = Known({"FIN": _figures((2011, 50.0 * users))}, {})
    found = say(BY_NAME[name], "NOR", (), 2018, known)
    assert found == pytest.approx(50.0 * internet_users("NOR", [2018])[0])


PRIOR = Prior(np.zeros(2), np.full(2, 2.0), np.linspace(-3.0, 3.0, 7), frozenset())


def _courses(levels: Sequence[float], slope: float) -> Courses:
    """Lines by draw that start at a level and rise by ten points for each step of habit."""
    years = np.arange(26.0)
    habits = 10.0 * PRIOR.habits[:, None] + slope * years
    values = np.array([level + habits for level in levels])
    return Courses(values, 1995).fine(PRIOR)


def _learnt(missed: Missed, drift: float = 0.0) -> Learnt:
    return Learnt(np.zeros(2), missed, drift)


def test_a_history_chooses_the_habit_that_made_it() -> None:
    courses = _courses([20.0, 20.0], 1.0)
    history = _figures(*((year, 20.0 + 15.0 + (year - 1995)) for year in range(2004, 2012)))
    weighed = weigh("EST", history, courses, PRIOR, _learnt(Missed(0.01, 0.001, 0.0)))
    assert float(weighed.weights.sum()) == pytest.approx(1.0)
    assert float(weighed.weights.sum(axis=0) @ PRIOR.fine) == pytest.approx(1.5, abs=0.15)
    told = weighed.forecast(Figure(2018, 0.0, 2.5))
    assert told.mean == pytest.approx(58.0, abs=2.0)
    assert weighed.weights[:, [0, -1]].sum() < 0.01


def test_what_is_missed_stays_and_makes_less_sure() -> None:
    """The history lies above every course: forecasts begin there, and widen."""
    courses = _courses([0.0, 0.0], 0.0)
    history = _figures(*((year, 60.0) for year in range(2006, 2012)))
    weighed = weigh("FIN", history, courses, PRIOR, _learnt(Missed(0.18, 0.03, 0.0)))
    near, far = (weighed.forecast(Figure(year, 0.0, 2.5)) for year in (2012, 2020))
    users = internet_users("FIN", [2012, 2020])
    assert near.mean == pytest.approx(60.0, abs=2.0)
    assert far.mean == pytest.approx(near.mean * users[1] / users[0], abs=2.0)
    assert near.high - near.low < far.high - far.low
    alone = weigh("FIN", (), courses, PRIOR, _learnt(Missed(0.18, 0.03, 0.0)))
    wide = alone.forecast(Figure(2012, 0.0, 2.5))
    assert wide.high - wide.low > near.high - near.low


def test_histories_that_are_left_out_tell_nothing_of_draws() -> None:
    """Of two draws one fits EST: it is found, unless EST is left out."""
    courses = {"EST": _courses([20.0, 60.0], 0.0), "FIN": _courses([40.0, 40.0], 0.0)}
    exact = Prior(np.zeros(2), np.full(2, 0.1), PRIOR.habits, frozenset())
    histories = {"EST": _figures(*((y, 60.0) for y in range(2004, 2012))),
                 "FIN": _figures(*((y, 40.0) for y in range(2004, 2012)))}  # fmt: skip
    assert np.exp(learn(histories, courses, exact, ()).log_draws)[1] > 0.99
    without = np.exp(learn(histories, courses, exact, ("EST",)).log_draws)
    assert without == pytest.approx([0.5, 0.5])


def test_draws_that_have_seen_a_country_are_made_to_forget_it() -> None:
    courses = {"EST": _courses([20.0, 25.0], 0.0), "FIN": _courses([40.0, 40.0], 0.0)}
    seen = Prior(np.zeros(2), np.full(2, 0.1), PRIOR.habits, frozenset({"EST", "FIN"}))
    histories = {"EST": _figures(*((y, 25.0) for y in range(2004, 2012))),
                 "FIN": _figures(*((y, 40.0) for y in range(2004, 2012)))}  # fmt: skip
    assert np.exp(learn(histories, courses, seen, ()).log_draws) == pytest.approx([0.5, 0.5])
    assert 1.0 / (np.exp(learn(histories, courses, seen, ("EST",)).log_draws) ** 2).sum() >= 1.0
    forgot = np.exp(learn(histories, courses, seen, ("EST",)).log_draws)
    assert forgot[0] > 0.5 > forgot[1]


def test_a_drift_that_all_have_in_common_is_found_and_shrunk() -> None:
    """Both rise by half a point for each hundred internet users and year beside the model."""
    courses = {code: _courses([20.0, 20.0], 0.0) for code in ("EST", "FIN")}
    exact = Prior(np.zeros(2), np.full(2, 0.1), PRIOR.habits, frozenset())
    years = range(2002, 2012)
    users = {code: internet_users(code, list(years)) for code in courses}
    histories = {
        code: _figures(*((y, 20.0 + 0.5 * (y - 2005) * u) for y, u in zip(years, us, strict=True)))
        for code, us in users.items()
    }
    found = learn(histories, courses, exact, ())
    assert 0.0 < found.drift < 0.005
    assert 0.0 < found.drift_spread < 0.005
    flat = {code: _figures(*((y, 20.0) for y in years)) for code in courses}
    assert abs(learn(flat, courses, exact, ()).drift) < found.drift / 5


HEAD = "country,year,indicator,value\n"
WRONG = {
    "": "is empty",
    HEAD: "has no figures",
    "country,year,value\nNOR,2016,80\n": ":1: column indicator is missing",
    "country,year,indicator,value,value\n": ":1: column value is there twice",
    f"{HEAD}Norway,2016,egov_use,80\n": ":2: country 'Norway'",
    f"{HEAD}nor,2016,egov_use,80\n": "did you mean 'NOR'",
    f"{HEAD}JPN,2016,egov_use,80\n": "internet users of JPN",
    f"{HEAD}NOR,2016.5,egov_use,80\n": ":2: year '2016.5'",
    f"{HEAD}NOR,1980,egov_use,80\n": ":2: year '1980'",
    f"{HEAD}NOR,2016,egov_usage,80\n": "did you mean 'egov_use'",
    f"{HEAD}NOR,2016,internet_users_3m,80\n": "is given to the model",
    f"{HEAD}NOR,2016,egov_use,many\n": ":2: value 'many': a number",
    f"{HEAD}NOR,2016,egov_use,nan\n": ":2: value 'nan': a number",
    f"{HEAD}NOR,2016,egov_use,\n": ":2: value '': is empty",
    f"{HEAD}NOR,2016,egov_use,101\n": "from 0 to 100",
    f'{HEAD}NOR,2016,egov_use,"80,5"\n': ":2: value '80,5'",
    f"{HEAD}NOR,2016,egov_use,80\nNOR,2016,egov_use,80\n": ":3: egov_use of NOR in 2016 is in line",
    f"{HEAD}NOR,2016,egov_use\n": ":2: has 3 cells, the first line 4",
    f"{HEAD}NOR,2016,egov_use,.8\nNOR,2017,egov_use,.9\n": "not shares",
    f'{HEAD}NOR,2016,egov_use,"80\n': ":2",
    f"{HEAD}NOR,2010,egov_use,80\n": "no figure is later than 2011",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_file_is_told_in_one_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["evidence", "--data", str(file), "--out", str(tmp_path / "out"), "--quiet"])
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert WRONG[text] in told
    assert str(file) in told
    assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="no such file"):
        read_figures(tmp_path / "none.csv")
    latin = tmp_path / "latin.csv"
    latin.write_bytes(
        "country,year,indicator,value,note\nNOR,2016,egov_use,80,\xe9\n".encode("cp1252")
    )
    with pytest.raises(UserMistake, match="UTF-8"):
        read_figures(latin)


def test_a_file_as_excel_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "excel.csv"
    text = "Country;Year;Indicator;Value;Source\r\nNOR;2016;egov_use;80,5;x\r\n;;;;\r\n"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    given = read_figures(file)
    assert given.rows == (Row("NOR", 2016, "egov_use", 80.5, 2),)
    assert "source" in given.notes[0].casefold()


def test_countries_without_internet_users_are_left_out_and_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(f"{HEAD}JPN,2016,egov_use,50\nNOR,2016,egov_use,80\n", encoding="utf-8")
    given = read_figures(file)
    assert [row.country for row in given.rows] == ["NOR"]
    assert "JPN (1)" in given.notes[0]


def test_values_of_the_file_come_before_the_shipped_ones() -> None:
    rows = (
        Row("EST", 2009, "egov_use", 12.0, 2),
        Row("EST", 2016, "egov_use", 70.0, 3),
        Row("FIN", 2016, "egov_use", 80.0, 4),
        Row("NOR", 2016, "egov_use", 85.0, 5),
    )
    question = Question(given=Given("mine.csv", rows, ()))
    est, fin, nor = question.cases["egov_use"]
    assert [f.value for f in est.history] == [12.0]
    assert fin.history == tuple(f for f in shipped(MEASURES[0])["FIN"] if f.year <= 2011)
    assert nor.history == ()
    assert {"EST", "FIN", "NOR"} < set(question.codes)
    assert "EST" in question.group("EST")
    assert len(question.group("EST")) == 6
    assert question.group("NOR") == ()


def test_nothing_later_than_the_cut_off_is_history() -> None:
    question = ask(None, 2008)
    for country in question.cases["egov_use"]:
        assert max(f.year for f in country.history) <= 2008
        assert min(f.year for fs in country.later.values() for f in fs) > 2008
    with pytest.raises(UserMistake, match="until"):
        ask(None, 1990)


SMALL = Question(trained=("EST", "PRT", "FIN"), draws=2, citizens=300)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Forecasts]:
    path = tmp_path_factory.mktemp("forecasts") / "out"
    return path, publish_forecasts(SMALL, path, command="test", where=Where(1))


def test_the_results_folder(published: tuple[Path, Forecasts]) -> None:
    path, found = published
    scores = pd.read_csv(path / "scores.csv")
    assert list(scores) == ["indicator", "forecaster", "countries", "n", "rmse", "crps", "coverage"]
    assert scores["forecaster"].tolist() == [OWN, *BY_NAME]
    assert set(scores["countries"]) == {3}
    assert set(scores["n"]) == {15}
    told = pd.read_csv(path / "predictions.csv")
    assert list(told) == ["indicator", "country", "year", "observed", "mean", "low", "high"]
    assert (told["low"] < told["mean"]).all()
    assert (told["mean"] < told["high"]).all()
    error = float(np.sqrt(((told["mean"] - told["observed"]) ** 2).mean()))
    assert scores["rmse"][0] == pytest.approx(error)
    nulls = pd.read_csv(path / "nulls.csv")
    assert set(nulls["null"]) == {"other_history", "other_inputs", "wrong_year"}
    assert nulls.set_index("null").loc["other_history", "worse"] > 0
    assert (path / "figures" / "forecasts.png").is_file()
    assert "observed" in (path / "figures" / "captions.md").read_text("utf-8")
    assert verify(path) == []
    assert any("egov_use_spliced was foretold" in line for line in found.sentences)
    text = (path / "report.html").read_text(encoding="utf-8")
    read = Reader(text)
    assert {"forecasts", "evidence", "not", "again"} <= set(read.ids())
    assert "Forecasts against what was observed" in read.text
    assert "How near were forecasts" in read.text
    assert "foretold with an error of" in read.text
    assert "15 figures of 3 countries" in read.text
    assert "Error of the whole forecast" in read.text
    assert "Orange diamonds: observed." in read.text
    below = re.findall(r'<p class="note">(.*?)</p>', text)
    assert not any("Orange diamonds" in note for note in below), "the figure says it"


def test_the_same_bytes_whoever_runs_it_and_nothing_is_run_twice(
    published: tuple[Path, Forecasts], tmp_path: Path
) -> None:
    path, found = published
    publish_forecasts(SMALL, tmp_path / "two", command="test", where=Where(2))
    for name in ("scores.csv", "predictions.csv", "nulls.csv"):
        assert (tmp_path / "two" / name).read_bytes() == (path / name).read_bytes()
    missing: list[int] = []
    again = publish_forecasts(SMALL, path, command="test", where=Where(1), announce=missing.append)
    assert missing == [0]
    assert again.scores.equals(found.scores)
    with pytest.raises(UserMistake, match="another question"):
        publish_forecasts(
            Question(trained=("EST", "PRT", "FIN"), draws=1, citizens=300), path, command="test"
        )


def test_a_country_that_was_never_seen_one_row(tmp_path: Path) -> None:
    given = Given("mine.csv", (Row("NOR", 2019, "egov_use_12m", 84.0, 2),), ())
    question = Question(given=given, trained=("EST", "FIN"), draws=1, citizens=300)
    reading = yearly_reading(question.years)
    with means_keeper(None, Where(1), reading=reading) as kept:
        found = foretell(question, kept)
    assert found.predictions[["indicator", "country", "year"]].to_numpy().tolist() == [
        ["egov_use_12m", "NOR", 2019]
    ]
    row = found.predictions.iloc[0]
    assert row["high"] - row["low"] > 15.0
    assert set(found.scores["n"]) == {1}
    assert any("NOR" in note for note in found.notes)
    assert found.sentences


def test_the_command_tells_scores_and_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (Row("NOR", 2010, "egov_use", 70.0, 2), Row("NOR", 2012, "egov_use", 78.0, 3))
    given = Given("mine.csv", rows, ())
    small = Question(given=given, trained=("EST",), draws=1, citizens=300)
    monkeypatch.setattr("sim.cli.evidence.ask", lambda *_: small)
    out = tmp_path / "out"
    with pytest.raises(SystemExit) as ended:
        main(["evidence", "--data", "mine.csv", "--out", str(out), "--jobs", "1", "--quiet"])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert "govshift" in told
    assert f"Results are in {out}" in told
    with pytest.raises(SystemExit) as ended:
        main(["report", str(out)])
    assert ended.value.code == 0
    with pytest.raises(SystemExit) as ended:
        main(["evidence", "--data", "mine.csv", "--replicates", "2", "--out", str(out)])
    assert ended.value.code == 2


def test_forecasts_are_added_to_the_results_of_patterns(tmp_path: Path) -> None:
    study = small_study("gov1")
    publish(study, tmp_path / "out", command="test", where=Where(1), draws=False)
    question = Question(trained=("EST",), draws=1, citizens=300)
    add_forecasts(question, study, tmp_path / "out", where=Where(1))
    assert verify(tmp_path / "out") == []
    files = read_manifest(tmp_path / "out")["files"]
    assert {"scores.csv", "predictions.csv", "nulls.csv", "summary.csv"} < set(files)
    before = (tmp_path / "out" / "report.html").read_bytes()
    assert b"Forecasts against what came" in before
    publish_again(tmp_path / "out")
    assert (tmp_path / "out" / "report.html").read_bytes() == before

"""Stories: twins start alike, reasons add up, what is told is what happened, mistakes are told."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import Story, story
from sim.agents.followed import REASONS
from sim.cli import main
from sim.errors import UserMistake
from sim.history import events
from sim.model import GovernanceModel
from sim.processes.keeping import SNAPSHOT
from sim.questions.story.figure import draw_story
from sim.questions.story.points import TOLD, Point, Track, choose, swings
from sim.questions.story.telling import width_of, wrapped
from sim.questions.story.who import KINDS, find_who
from sim.runs.replicate import replicate_seed
from sim.scenario import Scenario
from tests.fingerprint import fingerprint
from tests.studies import small

SCREENS = Path(__file__).parent / "screens"
Make = Callable[..., GovernanceModel]
EVENTFUL = ("gov1", "gov3", "privacy_scandal", "austerity")


def eventful(name: str) -> Scenario:
    return Scenario.load(name).but(society={"citizens": 300})


@cache
def lives() -> Story:
    return story("active", small("gov1", years=8), small("gov3", years=8), seed=2)


def squeezed() -> Scenario:
    return Scenario.load("squeeze_and_relief").but(society={"citizens": 300})


@cache
def years_of_seoul() -> Story:
    return story("Seoul", squeezed(), seed=1)


# The followed citizen.


@pytest.mark.parametrize("engine", ["compiled", "agents"])
def test_notes_are_what_the_model_says(society: Make, engine: str) -> None:
    model = society("gov3", citizens=300, years=3, engine=engine)
    followed = model.follow(17)
    columns = model.state.citizens
    while model.month < model.months:
        model.step()
        last = followed.life.iloc[-1]
        assert last["month"] == model.month
        for name in ("trust_local", "trust_central", "quality", "skill", "efficacy", "digital"):
            assert last[name] == getattr(columns, name)[17]
        assert last["took_part"] == columns.waiting[17]
        assert bool(last["tried_online"]) == bool(columns.used[17] & 1)
        assert bool(last["done_online"]) == bool(columns.forms[17] & 1)


@pytest.mark.parametrize("engine", ["compiled", "agents"])
def test_following_changes_nothing(society: Make, engine: str) -> None:
    digests = set()
    for followed in ([], [0], [5, 150, 299]):
        model = society("privacy_scandal", citizens=300, years=None, engine=engine)
        for citizen in followed:
            model.follow(citizen)
        while model.month < 30:
            model.step()
        digests.add(fingerprint(model))
    assert len(digests) == 1


@pytest.mark.parametrize("name", EVENTFUL)
def test_reasons_add_up_to_every_month_of_trust(name: str) -> None:
    model = eventful(name).model(seed=4, collect=False)
    followed = [model.follow(row) for row in (3, 77, 140, 222)]
    model.run()
    for citizen in followed:
        life = citizen.life
        told = life[[f"by_{reason}" for reason in REASONS]].sum(axis=1)[1:]
        np.testing.assert_allclose(told, life["trust"].diff()[1:], atol=3e-7)


def test_each_reason_moves_trust_only_when_it_is_there() -> None:
    model = eventful("privacy_scandal").model(seed=4, collect=False)
    followed = [model.follow(row) for row in range(40)]
    model.run()
    life = pd.concat([citizen.life.assign(row=citizen.row) for citizen in followed])
    assert (life["exposed"] > 0).any()
    times = life.groupby("row")["exposed"].cumsum()
    assert (life.loc[(life["exposed"] > 0) & (times == 1), "by_breach"] < 0).all()
    assert (life.groupby("row")["by_breach"].cumsum() <= 1e-6).all()
    assert (life.loc[times == 0, "by_breach"] == 0).all()


def test_a_say_moves_trust_by_the_belief_in_it() -> None:
    """Without its slope it moves nothing; with it, mean trust gains where efficacy does."""
    for slope, moved in ((0.0, False), (0.86, True)):
        scenario = eventful("gov3").but(parameters={"trust.voice_slope": slope})
        model = scenario.model(seed=4, collect=False)
        followed = [model.follow(row) for row in range(20)]
        model.run()
        by_voice = pd.concat([citizen.life["by_voice"] for citizen in followed])
        assert (by_voice != 0).any() == moved


def test_notes_of_everybody_add_up_to_the_tallies(society: Make) -> None:
    from sim.processes import tally

    model = society("gov3", citizens=150, years=2)
    followed = [model.follow(row) for row in range(150)]
    model.run()
    life = pd.concat([citizen.life for citizen in followed])
    counted = model.record.tallies.sum(axis=(0, 1))
    for name, entry in (
        ("needs", tally.NEEDS), ("met", tally.MET), ("counter", tally.COUNTER_HANDLED),
        ("tried_online", tally.DIGITAL_TRIED), ("invited", tally.INVITED),
        ("took_part", tally.TAKING_PART), ("inputs", tally.INPUTS), ("answered", tally.ANSWERED),
        ("ignored", tally.IGNORED), ("acted_on", tally.ACTED_ON), ("exposed", tally.EXPOSED),
    ):  # fmt: skip
        assert life[name].sum() == counted[entry], name


# Twins.


def test_twins_start_alike_and_part() -> None:
    told = lives()
    months = [track.trace for track in told.tracks]
    first = [trace.iloc[0].drop("fit").dropna() for trace in months]
    pd.testing.assert_series_equal(*first)
    assert not months[0]["trust"].equals(months[1]["trust"])
    assert "Not quite twins" not in told.text()


def test_unlike_twins_are_owned_up_to() -> None:
    told = story(5, small("gov2"), small("gov2", parameters={"society.baseline_trust": 0.2}))
    assert "Not quite twins" in told.text()
    assert "another disposition to trust, trust in the local government" in " ".join(told.about)


def test_the_same_scenario_twice_never_parts() -> None:
    told = story(5, small("gov2"), small("gov2"))
    (apart,) = told.apart
    assert "does and meets the same throughout" in apart
    assert "Their trust never differs by a point" in apart
    assert "trusts government as much" in told.closing[0]


def test_where_lives_part_is_the_first_month_that_differs() -> None:
    told = lives()
    one, two = (track.trace for track in told.tracks)
    deeds = ["digital", "tried_online", "done_online", "met", "invited", "took_part", "answered",
             "ignored", "exposed", "trained"]  # fmt: skip
    first = int((one[deeds] != two[deeds]).any(axis=1).to_numpy().argmax())
    assert first > 0
    assert f"first part in {told.tracks[0].date(first)}" in told.apart[0]


def test_a_story_is_a_replicate_of_a_study() -> None:
    """The luck is that of `compare` and `run` with the same seed and replicate."""
    scenario = small("gov3")
    told = story(7, scenario, seed=9, replicate=2)
    model = scenario.model(seed=replicate_seed(9, 2), collect=False)
    model.run()
    last = told.trace.iloc[-1]
    assert last["trust_local"] == pytest.approx(100 * model.state.citizens.trust_local[7])


# What is told.


def test_first_times_are_the_first_months() -> None:
    told = lives()
    points = told.points
    for track in told.tracks:
        own = points[points["scenario"] == track.name].set_index("kind")
        for kind, column in (("online", "tried_online"), ("invited", "invited"),
                             ("took_part", "took_part"), ("answered", "answered")):  # fmt: skip
            happened = track.trace.loc[track.trace[column] > 0, "month"]
            assert (kind in own.index) == (len(happened) > 0)
            if len(happened):
                assert own.loc[kind, "month"] == happened.iloc[0]


def test_the_text_tells_a_dozen_months_and_all_on_request() -> None:
    told = years_of_seoul()
    short, full = told.text(), told.text(everything=True)
    assert len({p.month for p in choose(told.tracks)[0]}) <= TOLD
    assert len(full.splitlines()) > len(short.splitlines()) + 20
    left = len(told.points) - len(choose(told.tracks)[0])
    assert f"(the weightiest; {left} more with --all)" in short
    assert "--all" not in full


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_lines_keep_to_the_width(width: int) -> None:
    for told in (lives(), years_of_seoul()):
        assert max(map(width_of, told.text(width=width).splitlines())) <= width


def test_columns_stand_side_by_side_where_they_fit() -> None:
    wide = lives().text(width=120)
    narrow = lives().text(width=60)
    heads = ["gov1", "gov3"]
    assert any(line.split() == heads for line in wide.splitlines())
    assert not any(line.split() == heads for line in narrow.split("At the end")[0].splitlines())


def test_a_government_tells_its_reforms_policies_and_squeeze() -> None:
    told = years_of_seoul()
    model = squeezed().model(seed=replicate_seed(1, 0), collect=False)
    model.run()
    table = events(model.record)
    counts = table[table["local_government"] == "Seoul"]["event"].value_counts()
    points = told.points["kind"].value_counts()
    for kind in ("reform", "reversal", "election", "data breach", "contract signed"):
        assert points.get(kind, 0) == counts.get(kind, 0)
    assert points["policy change"] == 2
    assert points["squeeze"] >= 1
    assert told.tracks[0].ending["reforms"].startswith(f"{counts.get('reform', 0)}, ")


def test_straits_are_told_as_the_record_has_them() -> None:
    model = squeezed().model(seed=replicate_seed(1, 0), collect=False)
    model.run()
    row = model.record.names.index("Seoul")
    funded = model.record.state[:, row, SNAPSHOT.index("funded")]
    (track,) = years_of_seoul().tracks
    squeezes = [point for point in track.points if point.kind == "squeeze"]
    deepest = max(squeezes, key=lambda point: point.weight)
    assert f"covers only {100 * funded.min():.0f} %" in deepest.text
    assert funded[deepest.month - 1] < 0.97 <= funded[deepest.month - 2]


def test_a_person_hears_of_policies_and_shocks() -> None:
    kinds = story(5, squeezed()).points["kind"].value_counts()
    assert kinds["policy change"] == 2
    shaken = story(5, Scenario.load("emergency").but(society={"citizens": 300}))
    assert shaken.points["kind"].value_counts()["shock begins"] == 1


def test_the_centre_tells_what_happens_in_many_places() -> None:
    told = story("central", squeezed())
    text = told.text(everything=True)
    assert "is the first to reform" in text
    assert "elections:" in text
    assert "follows the local governments that do best" in text


def test_choosing_keeps_what_happens_once_for_every_scenario() -> None:
    scenario = small()
    empty = pd.DataFrame({"month": [1], "trust": [50.0]})
    often = [Point(month, "breach", "x", 9.0) for month in range(1, 7)]
    tracks = [
        Track("a", scenario, empty, [*often, Point(9, "first", "x", 9.5, once=True)]),
        Track("b", scenario, empty, [Point(30, "first", "x", 1.0, once=True)]),
    ]
    one, two = choose(tracks)
    assert [point.kind for point in two] == ["first"]
    assert len(one) == 7


@given(st.lists(st.floats(0, 100), min_size=1, max_size=60))
def test_swings_are_real_and_follow_each_other(values: list[float]) -> None:
    found = swings(np.array(values))
    for swing in found:
        assert 0 <= swing.begin < swing.end < len(values)
        assert swing.start == values[swing.begin]
        assert swing.stop == values[swing.end]
        assert abs(swing.size) >= 0.75 * 3.0 - 1e-9
    for one, two in pairwise(found):
        assert one.end <= two.begin
        assert one.size * two.size < 0


def test_swings_of_a_known_line() -> None:
    line = np.concatenate([np.full(10, 50.0), np.linspace(50, 60, 5), np.full(10, 60.0),
                           np.linspace(60, 40, 5)])  # fmt: skip
    up, down = swings(line)
    assert (up.start, up.stop) == (50.0, 57.5)
    assert (down.start, down.stop) == (60.0, 45.0)


@given(st.text(max_size=80), st.integers(1, 40))
def test_wrapped_text_fits_and_loses_no_letter(text: str, room: int) -> None:
    lines = wrapped(text, room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width_of(line) <= max(room, 2) for line in lines)


# Whose story.


def test_kinds_of_citizens_are_like_that(society: Make) -> None:
    model = society("gov2", citizens=1000)
    citizens = model.state.citizens
    for kind, (trait, place) in KINDS.items():
        values = getattr(citizens, trait)
        row = find_who(kind, model).row
        assert abs(float((values < values[row]).mean()) - place) < 0.1, kind


@pytest.mark.parametrize("name", ["Seoul", "seoul", " SEOUL ", "서울특별시", "서울"])
def test_governments_answer_to_both_scripts(society: Make, name: str) -> None:
    assert find_who(name, society("gov2")) == find_who("Seoul", society("gov2"))


def test_short_korean_names(society: Make) -> None:
    model = society("gov2")
    for short, name in (("충북", "Chungbuk"), ("경남", "Gyeongnam"), ("전남", "Jeonnam")):
        assert find_who(short, model) == find_who(name, model)


def test_drawn_places_have_names_too() -> None:
    told = story("Local 02", small("synthetic_small"))
    assert told.title == "Local 02 under synthetic_small"


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("Soul", "did you mean 'Seoul'?"),
        ("tipical", "did you mean 'typical'?"),
        ("300", "citizens are numbered 0 to 299"),
        ("-1", "citizens are numbered 0 to 299"),
        ("", "is neither a citizen's number"),
        ("남", "is neither a citizen's number"),
    ],
)
def test_nobody_of_that_name(who: str, words: str) -> None:
    with pytest.raises(UserMistake) as mistake:
        story(who, small("gov2"))
    assert words in str(mistake.value)
    assert "\n" not in str(mistake.value)


def test_scenarios_must_share_society_and_period() -> None:
    with pytest.raises(UserMistake, match="share one period"):
        story(1, small("gov1"), small("gov2", years=4))
    with pytest.raises(UserMistake, match="share one society"):
        story(1, small("gov1"), small("gov2", citizens=400))
    with pytest.raises(UserMistake, match="at least one scenario"):
        story(1)


# Figure and command.


def test_the_figure_marks_what_the_text_tells() -> None:
    told = lives()
    before = dict(mpl.rcParams)
    drawing = draw_story(told)
    assert dict(mpl.rcParams) == before
    axes = drawing.page.canvas.axes[1]
    marks = {text.get_text() for text in axes.texts}
    months = [len({point.month for point in points}) for points in choose(told.tracks)]
    assert marks == {str(number + 1) for number in range(sum(months))}
    assert [line.get_color() for line in axes.lines[:2]] == ["#0072B2", "#D55E00"]
    end = told.tracks[1].trace["trust"].iloc[-1]
    assert f"{end:.1f}" in drawing.figure.alt_text


@pytest.mark.parametrize("count", [1, 4])
def test_the_figure_holds_any_number_of_scenarios(count: int) -> None:
    scenarios = [small().but(name=f"전자정부 {n} " + "long " * 9) for n in range(count)]
    drawing = draw_story(story("typical", *scenarios))
    drawing.page.canvas.draw_without_rendering()
    for text in drawing.page.sheet.texts:
        left, right = (float(x) for x in text.get_window_extent().intervalx)
        assert left >= 0
        assert right <= drawing.page.canvas.bbox.width


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["story", *arguments])
    written = capsys.readouterr()
    return int(str(ended.value.code)), written.out, written.err


SMALL = ("--citizens", "300", "--years", "6")


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "--help")
    assert code == 0
    _check_screen("help_story", out)


def test_the_command_tells_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, "active", "gov1", "gov3", *SMALL, "--seed", "2")
    assert (code, err) == (0, "")
    _check_screen("story", out)


def _check_screen(name: str, text: str) -> None:
    path = SCREENS / f"{name}.txt"
    if os.environ.get("GOVSHIFT_WRITE_SCREENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_out_writes_trace_and_figure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "new" / "life.csv"
    code, _, _ = _run(capsys, "7", "gov1", "gov2", *SMALL, "--out", str(out))
    assert code == 0
    assert sorted(p.name for p in out.parent.iterdir()) == ["life.csv", "life.png", "life.svg"]
    trace = pd.read_csv(out)
    assert list(trace.columns[:4]) == ["scenario", "month", "date", "trust"]
    assert trace.groupby("scenario").size().to_dict() == {"gov1": 73, "gov2": 73}
    again = _run(capsys, "7", "gov1", "gov2", *SMALL, "--out", str(out))
    assert again[0] == 0
    out.write_text("my own notes", encoding="utf-8")
    other = _run(capsys, "7", "gov1", "gov2", *SMALL, "--out", str(out))
    assert other[0] == 2
    assert "holds something else and is left as it is" in other[2]
    assert out.read_text(encoding="utf-8") == "my own notes"
    assert sorted(p.name for p in out.parent.iterdir()) == ["life.csv", "life.png", "life.svg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Soul", "gov1"), "did you mean 'Seoul'?"),
        (("9999", "gov1", "--citizens", "300"), "numbered 0 to 299"),
        (("typical",), "Missing argument 'FILES...'"),
        (("typical", "gov9"), "gov9"),
        (("typical", "gov1", "--set", "society.citizen=9"), "did you mean 'citizens'"),
        (("typical", "gov1", "--out", "story.png"), "must end in .csv"),
        (("typical", "gov1", "--replicate", "-1"), "--replicate"),
        (("typical", "gov1", "austerity", "--years", "300"), "--years"),
        (("typical", "gov1", "synthetic_small"), "share one society"),
    ],
)
def test_mistakes_are_told_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = _run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert words in err
    assert err.count("\n") == 1
    assert "Traceback" not in err

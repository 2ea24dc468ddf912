"""Lessons: files, runs and edits on the way, predictions, keys that hold, and the terminal."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import yaml

import sim
from sim.batch import replicate_seed
from sim.cli import giving, main
from sim.errors import ScenarioError, UserMistake, WrongArgument
from sim.lessons import Edit, Lesson, Playing, find_lesson, lesson_names, load_lesson
from sim.lessons.checks import scenarios_of
from sim.lessons.edits import edited
from sim.lessons.lesson import Event, Predict, Run, Vote
from sim.lessons.measuring import differences, holds, measure, measured, played
from sim.lessons.predictions import choices, read_choice, read_number, shown, verdict
from sim.lessons.sheets import guide, worksheet
from sim.lessons.words import DATA, LANGUAGES, measure_title, unit_of
from sim.pages.lessons import table, with_table
from sim.paradigms import FIGURE
from sim.questions import how_sure
from sim.scenario import Scenario
from tests.documented import blocks_of

NAMES = ("agenda", "digital_divide", "efficiency_and_democracy", "leapfrog", "matching_funds",
         "trust")  # fmt: skip
DOCS = Path(__file__).resolve().parents[1] / "docs"
HANGUL = re.compile("[가-힣]")
Run_ = tuple[int, str, str]
Govshift = Callable[..., Run_]


def small(name: str = "gov2", **changes: Any) -> Scenario:
    plan = Scenario.load(name).but(society={"citizens": 300}, years=3)
    return plan.but(**changes) if changes else plan


def staff(money: float, **more: Any) -> Edit:
    return Edit.model_validate({"policy": [{"set": {"engagement.staff": money}, **more}]})


def nothing() -> dict[str, Any]:
    """A lesson that is as small as one can be, as plain data."""
    (block,) = [b for b in blocks_of(DOCS / "how_to" / "own_lesson.md") if b.file]
    data: dict[str, Any] = yaml.safe_load(block.text)
    data["society"]["citizens"] = 200
    return data


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a lesson file: the small one, changed by a function."""

    def write(change: Callable[[dict[str, Any]], object] = lambda data: None) -> Path:
        data = nothing()
        change(data)
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
        return path

    return write


# Data.


def test_six_lessons_ship() -> None:
    assert lesson_names() == NAMES


def texts_in(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every block of languages in plain data."""
    if isinstance(data, dict) and {"en", "ko"} & set(data):
        yield path, data
    elif isinstance(data, dict | list):
        inner = data.items() if isinstance(data, dict) else enumerate(data)
        for key, value in inner:
            yield from texts_in(value, (*path, key))


@pytest.mark.parametrize("name", [*NAMES, "words"])
def test_all_is_said_in_both_languages(name: str) -> None:
    read = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    said = [*texts_in(read)]
    assert len(said) > 40
    for path, text in said:
        assert set(text) == {"en", "ko"}, path
        assert not HANGUL.search(text["en"]), path
        places = re.findall(r"{(\w+)}", text["en"])
        assert sorted(places) == sorted(re.findall(r"{(\w+)}", text["ko"])), path
        if name != "words":
            assert HANGUL.search(text["ko"]), path


@pytest.mark.parametrize("name", NAMES)
def test_lessons_have_all_that_a_teacher_needs(name: str) -> None:
    lesson = load_lesson(name)
    assert lesson.id == name
    assert lesson.minutes == sum(part.minutes for part in lesson.script) == 20
    assert {part.role for part in lesson.roles} == {"mayor", "cio", "citizen", "firm", "treasurer"}
    assert len(lesson.goals) >= 3
    assert len(lesson.predictions) >= 4
    assert lesson.discussion
    assert len(lesson.worksheet) >= 2
    assert len(lesson.misconceptions) >= 2
    assert lesson.society.citizens == 2000


def test_one_lesson_has_three_budget_rounds_and_a_cut_before_the_third() -> None:
    lesson = load_lesson("efficiency_and_democracy")
    assert [vote.round for vote in lesson.rounds] == [1, 2, 3]
    third = lesson.steps.index(lesson.rounds[2])
    (cut,) = [at for at, step in enumerate(lesson.steps) if isinstance(step, Event)]
    assert lesson.steps.index(lesson.rounds[1]) < cut < third


@pytest.mark.parametrize("name", NAMES)
def test_measures_of_lessons_have_names_and_units_in_korean(name: str) -> None:
    lesson = load_lesson(name)
    asked = {c.measure for c in lesson.answer_key.claims} | {p.measure for p in lesson.predictions}
    asked |= {m for s in lesson.steps if isinstance(s, Run) for m in s.charts}
    for measure_ in asked:
        assert HANGUL.search(measure_title(measure_, "ko")), measure_
        assert not HANGUL.search(measure_title(measure_, "en") + unit_of(measure_, "en"))
        assert unit_of(measure_, "ko") not in ("points", "months"), measure_


# Keys.


@cache
def seen(name: str, seed: int) -> dict[str, float]:
    lesson = load_lesson(name)
    return differences(lesson, scenarios_of(lesson, find_lesson(name).parent), seed)


@pytest.mark.parametrize("name", NAMES)
def test_keys_hold_in_the_run_that_the_class_sees(name: str) -> None:
    lesson = load_lesson(name)
    found = seen(name, lesson.seed)
    for claim in lesson.answer_key.claims:
        if claim.how_sure != "open":
            assert holds(claim, found[claim.id]), (claim.id, found[claim.id])


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_nearly_certain_holds_with_other_luck(name: str, seed: int) -> None:
    for claim in load_lesson(name).answer_key.claims:
        if claim.how_sure == "nearly certain":
            found = seen(name, seed)[claim.id]
            assert holds(claim, found), (claim.id, found)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_claims_hold_in_as_many_worlds_as_is_told(name: str) -> None:
    """`make lessons` measures it again."""
    assert measure(name) == {
        claim: found for (lesson, claim), found in measured().items() if lesson == name
    }


@pytest.mark.parametrize("name", NAMES)
def test_keys_say_how_sure_they_are_as_was_measured(name: str) -> None:
    for claim in load_lesson(name).answer_key.claims:
        found = measured()[name, claim.id]
        assert found.worlds == 30
        assert found.how_sure == claim.how_sure, claim.id


def test_nothing_else_was_measured_and_words_are_those_of_all_questions() -> None:
    asked = {(name, c.id) for name in NAMES for c in load_lesson(name).answer_key.claims}
    assert set(measured()) == asked
    assert all(
        one.how_sure == how_sure.sure_word(one.holds, one.worlds) for one in measured().values()
    )


def test_a_claim_that_does_not_hold_is_noticed() -> None:
    claim = load_lesson("trust").answer_key.claims[0]
    assert holds(claim, -1.0)
    assert not holds(claim, 1.0)
    assert not holds(claim, 0.0)
    level = claim.model_copy(update={"direction": "level"})
    assert holds(level, 0.99)
    assert not holds(level, -1.0)


def test_trust_returns_as_slowly_where_good_news_weigh_as_much_as_bad() -> None:
    """What the lesson says of `trust.negativity`."""
    lesson = load_lesson("trust")
    plans = scenarios_of(lesson, DATA)
    back = {}
    for ratio in (1.0, 2.5):
        changed = {n: p.but(parameters={"trust.negativity": ratio}) for n, p in plans.items()}
        playing = Playing(changed, lesson.seed)
        playing.advance_to(84)
        lost = playing.series("trust", "calm") - playing.series("trust", "scandal")
        back[ratio] = lost[59] / lost[41]
        assert lost[41] > 3.0
        playing.close()
    assert back[1.0] == pytest.approx(back[2.5], abs=0.15)
    assert 0.1 < back[2.5] < 0.5


# Playing.


def test_numbers_are_those_of_the_model() -> None:
    plan = small()
    model = plan.model(seed=replicate_seed(5, 0))
    model.run()
    playing = Playing({"a": plan}, seed=5)
    for month in (7, 12, 30, 36):
        playing.advance_to(month)
    every = model.record.national()
    for name in ("trust", "needs_met", "profile_goal"):
        assert np.array_equal(playing.series(name, "a"), every[name].to_numpy()), name
    assert playing.reading("trust", "a", 7) == every["trust"][6]


def test_numbers_are_those_of_run(tmp_path: Path) -> None:
    """Also with an edit: the scenario as it stands, written as a file."""
    playing = Playing({"mine": small().but(name="mine")}, seed=7)
    playing.advance_to(12)
    playing.apply(staff(2.0))
    playing.advance_to(36)
    file = tmp_path / "mine.yaml"
    plan = playing.scenario("mine").model_dump(exclude_unset=True, exclude={"history"})
    file.write_text(yaml.safe_dump(plan, sort_keys=False), encoding="utf-8")
    ran = sim.run(file, luck_only=True, replicates=1, seed=7, jobs=1, progress=False).timeseries
    for name in ("participation", "trust", "cost_per_citizen"):
        assert np.array_equal(ran[name].to_numpy(), playing.series(name, "mine")), name


def test_an_edit_holds_from_the_next_month_and_changes_nothing_before() -> None:
    playing = Playing({"a": small(), "b": small()}, seed=1)
    playing.advance_to(12)
    before = playing.series("participation", "b").copy()
    playing.apply(staff(3.0), "b")
    assert playing.scenario("b").policy[-1].month == 13
    assert playing.scenario("a").policy == []
    assert np.array_equal(playing.series("participation", "b"), before)
    playing.advance_to(24)
    assert np.array_equal(playing.series("participation", "b")[:12], before)
    assert playing.reading("participation", "b") > playing.reading("participation", "a")
    assert [(m.month, m.governments) for m in playing.made] == [(12, ("b",))]


def test_an_edited_government_is_one_that_had_it_from_the_start() -> None:
    planned = small(policy=[{"month": 13, "set": {"engagement.staff": 3.0}}])
    late, early = Playing({"a": small()}, seed=3), Playing({"a": planned}, seed=3)
    late.advance_to(12)
    late.apply(staff(3.0))
    for playing in (late, early):
        playing.advance_to(36)
    assert late.scenario("a") == early.scenario("a")
    for name in ("participation", "trust", "needs_met"):
        assert np.array_equal(late.series(name, "a"), early.series(name, "a"))


def test_edits_of_one_month_are_joined_and_the_last_one_counts() -> None:
    playing = Playing({"a": small()})
    playing.apply(staff(1.0))
    playing.apply(Edit.model_validate({"policy": [{"set": {"open_data.spend": 1.0}}]}))
    playing.apply(staff(2.0))
    (change,) = playing.scenario("a").policy
    assert change.set == {"engagement.staff": 2.0, "open_data.spend": 1.0}
    assert change.month == 1


def test_what_is_edited_twice_in_a_month_is_as_it_was_edited_last() -> None:
    plan = small()
    for entry in (
        {"policy": [{"set": {"open_data.spend": 1.0, "engagement.staff": 1.0}, "over": 6}]},
        {"policy": [{"set": {"open_data.spend": 2.0}}]},
        {"policy": [{"set": {"open_data.spend": 3.0}, "who": "Jeju"}]},
        {"moves": [{"to": "gov3"}]},
        {"moves": [{"to": "gov1", "rows": ["goal"], "over": 6}]},
    ):
        plan = edited(plan, Edit.model_validate(entry), 7)
    told = [(change.who, change.over, change.set) for change in plan.policy]
    assert told == [
        ("all", 6, {"engagement.staff": 1.0}),
        ("all", 0, {"open_data.spend": 2.0}),
        ("Jeju", 0, {"open_data.spend": 3.0}),
    ]
    first, second = plan.transition.moves
    assert second.rows == ["goal"]
    assert set(first.rows) == set(FIGURE.row_ids) - {"goal"}
    later = edited(plan, Edit.model_validate({"moves": [{"to": 1.0}]}), 8)
    assert later.transition.moves[:2] == [first, second]


def test_moves_and_shocks_are_edits_too() -> None:
    edit = Edit.model_validate(
        {"moves": [{"to": "gov3", "rows": ["goal"]}], "shocks": [{"kind": "fiscal", "months": 6}]}
    )
    playing = Playing({"a": small()})
    playing.advance_to(6)
    playing.apply(edit)
    playing.apply(Edit.model_validate({"moves": [{"to": "gov1", "rows": ["services"]}]}))
    plan = playing.scenario("a")
    assert plan.transition.mode == "scheduled"
    assert [move.month for move in plan.transition.moves] == [7, 7]
    assert [shock.month for shock in plan.shocks] == [7]
    playing.advance_to(12)
    assert playing.reading("profile_goal", "a") == pytest.approx(2.0)
    assert playing.reading("profile_goal", "a", 6) == pytest.approx(1.0)
    assert playing.reading("profile_services", "a") == 0.0


def test_an_edit_without_anything_changes_nothing() -> None:
    playing = Playing({"a": small()})
    playing.apply(Edit())
    assert playing.scenario("a") == small()


def test_an_edit_that_is_refused_edits_nobody() -> None:
    playing = Playing({"a": small(), "b": small(transition={"mode": "endogenous"})})
    with pytest.raises(UserMistake, match="moves need mode: scheduled"):
        playing.apply(Edit.model_validate({"moves": [{"to": "gov3"}]}))
    assert playing.scenario("a") == small()
    assert playing.made == []


def test_what_cannot_be_played_is_refused() -> None:
    playing = Playing({"a": small()})
    with pytest.raises(WrongArgument, match="1 to 0"):
        playing.reading("trust", "a")
    playing.advance_to(12)
    for month in (11, 37):
        with pytest.raises(WrongArgument, match="outside 12 to 36"):
            playing.advance_to(month)
    with pytest.raises(WrongArgument, match="outside 1 to 12"):
        playing.reading("trust", "a", 13)
    with pytest.raises(UserMistake, match="did you mean 'trust'"):
        playing.reading("trsut", "a")
    with pytest.raises(UserMistake, match="did you mean 'poor'"):
        playing.reading("trust/por", "a")
    with pytest.raises(UserMistake, match="'b' plays no part"):
        playing.reading("trust", "b")
    with pytest.raises(WrongArgument, match="at least one"):
        Playing({})
    playing.advance_to(36)
    with pytest.raises(UserMistake, match="no month is left"):
        playing.apply(Edit())


def test_poor_and_rich_are_thirds_of_places_by_own_revenue() -> None:
    playing = Playing({"a": small()})
    playing.advance_to(12)
    model = small().model(seed=replicate_seed(1, 0))
    model.run(until=12)
    own = {place.name: place.self_reliance for place in model.place.local_governments}
    order = sorted(own, key=lambda name: own[name])
    for group, names in (("poor", order[:5]), ("rich", order[-5:])):
        rows = [k for k, name in enumerate(model.record.names) if name in names]
        mine = model.record.readings(rows)["needs_met"]
        assert np.array_equal(playing.series(f"needs_met/{group}", "a"), mine)
    gap = playing.reading("needs_met/rich", "a") - playing.reading("needs_met/poor", "a")
    assert playing.reading("needs_met/gap", "a") == gap


def test_what_was_closed_is_run_again() -> None:
    playing = Playing({"a": small()})
    playing.advance_to(6)
    before = playing.reading("trust", "a")
    playing.close()
    assert playing.reading("trust", "a") == before


# Predictions.


class Shows(Playing):
    """A playing whose readings are given."""

    def __init__(self, values: dict[tuple[str, int], float]) -> None:
        self.values = values

    def reading(self, measure: str, government: str, month: int | None = None) -> float:
        return self.values[government, month or 0]


def lesson_of(**step: Any) -> tuple[Lesson, Predict]:
    data = nothing()
    asked = {"kind": "predict", "id": "x", "question": "?", "measure": "trust", "month": 24, **step}
    data["steps"][1] = asked
    lesson = Lesson.model_validate(data)
    return lesson, lesson.predictions[0]


@pytest.mark.parametrize(
    ("step", "usual", "cut", "key"),
    [
        ({"form": "highest"}, 40.0, 44.0, "cut"),
        ({"form": "highest"}, 44.0, 40.0, "usual"),
        ({"form": "lowest"}, 40.0, 44.0, "usual"),
        ({"form": "highest"}, 40.0, 40.9, "level"),
        ({"form": "highest", "margin": 0.5}, 40.0, 40.9, "cut"),
        ({"form": "compare"}, 40.0, 44.0, "lower"),
        ({"form": "compare", "governments": ["cut", "usual"]}, 40.0, 44.0, "higher"),
        ({"form": "compare"}, 40.0, 39.5, "level"),
    ],
)
def test_the_right_answer_is_computed(
    step: dict[str, Any], usual: float, cut: float, key: str
) -> None:
    lesson, asked = lesson_of(**step)
    found = shown(lesson, asked, Shows({("usual", 24): usual, ("cut", 24): cut}), "en")
    assert found.key == key
    told = verdict(lesson, asked, key, found, "en")
    assert told.endswith("The prediction holds.")
    wrong = next(c.key for c in choices(lesson, asked, "en") if c.key != key)
    assert verdict(lesson, asked, wrong, found, "en").endswith("The prediction does not hold.")
    assert "예측이 빗나갔습니다" in verdict(lesson, asked, wrong, found, "ko")


@pytest.mark.parametrize(
    ("after", "key"), [(44.0, "rises"), (36.0, "falls"), (40.5, "level"), (39.5, "level")]
)
def test_a_change_is_between_two_months(after: float, key: str) -> None:
    lesson, asked = lesson_of(form="change", governments=["cut"], since=12)
    found = shown(lesson, asked, Shows({("cut", 12): 40.0, ("cut", 24): after}), "en")
    assert found.key == key
    assert f"40.0 → {after}" in found.sentence


def test_a_number_is_told_with_its_distance() -> None:
    lesson, asked = lesson_of(form="value", governments=["cut"])
    assert choices(lesson, asked, "en") == []
    found = shown(lesson, asked, Shows({("cut", 24): 41.25}), "en")
    told = verdict(lesson, asked, 30.0, found, "en")
    assert told == "You said: 30.0. The run shows: With a cut 41.2 (points). You are 11.2 apart."


@pytest.mark.parametrize("given", ["2", " cut ", "CUT", "with a cut"])
def test_answers_are_read_by_number_key_or_label(given: str) -> None:
    lesson, asked = lesson_of(form="highest")
    assert read_choice(given, choices(lesson, asked, "en")) == "cut"


@pytest.mark.parametrize("given", ["0", "4", "", "cute", "²", "1.0"])
def test_other_answers_are_none(given: str) -> None:
    lesson, asked = lesson_of(form="highest")
    with pytest.raises(UserMistake, match="is no answer"):
        read_choice(given, choices(lesson, asked, "en"))


@pytest.mark.parametrize(("given", "value"), [("12.5", 12.5), (" 30 % ", 30.0), ("-1e3", -1000.0)])
def test_numbers_are_read(given: str, value: float) -> None:
    assert read_number(given) == value


@pytest.mark.parametrize("given", ["", "many", "nan", "inf", "1e99", "1,5"])
def test_what_is_no_number_is_none(given: str) -> None:
    with pytest.raises(UserMistake, match="write a number"):
        read_number(given)


# Files.


def drop(*path: Any) -> Callable[[dict[str, Any]], object]:
    return lambda data: at(data, path[:-1]).pop(path[-1])


def put(value: Any, *path: Any) -> Callable[[dict[str, Any]], object]:
    return lambda data: at(data, path[:-1]).__setitem__(path[-1], value)


def at(data: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        data = data[part]
    return data


PREDICT, RUN, VOTE = ("steps", 1), ("steps", 2), ("steps", 3)
CLAIM = ("answer_key", "claims", 0)
BROKEN = [
    (drop("title"), "title: is missing"),
    (put("x", "titel"), "titel: unknown key .*did you mean 'title'"),
    (put(3, "title"), "title: expected text, or a block of en: and ko:"),
    (put({"en": "x", "de": "y"}, "title"), "title.de: unknown key"),
    (put("No Name", "id"), "id: 'No Name': a letter"),
    (put(0, "years"), "years: 0 is outside 1 to 40"),
    (put("2", "years"), "years: expected a whole number"),
    (put([], "steps"), "steps: is empty"),
    (put("gues", *PREDICT, "kind"), r"steps.1: kind: 'gues' is not allowed"),
    (drop(*PREDICT, "kind"), r"steps.1: kind: is missing \(tell, predict"),
    (put("x", *PREDICT, "qestion"), "steps.1.qestion: unknown key .*did you mean 'question'"),
    (drop(*PREDICT, "measure"), "steps.1.measure: is missing"),
    (put("biggest", *PREDICT, "form"), "steps.1.form: 'biggest' is not allowed"),
    (put("trsut", *PREDICT, "measure"), "steps.1.measure: 'trsut' .*did you mean 'trust'"),
    (put("trust/north", *PREDICT, "measure"), "'north' is no group of places"),
    (put(["cut"], *PREDICT, "governments"), "the form compare takes two governments"),
    (put(["cut", "usal"], *PREDICT, "governments"), "'usal' plays no part.*did you mean 'usual'"),
    (put(49, *PREDICT, "month"), "steps.1.month: 49 is outside 1 to 48"),
    (put(12, *PREDICT, "since"), "the form compare takes no since"),
    (put("change", *PREDICT, "form"), "the form change needs since"),
    (put("wait", *PREDICT, "measure"), "margin: is missing: wait is not on a scale of 100"),
    (put(48, *RUN, "month"), "steps.4.month: 48 is outside 49 to 48"),
    (put(["trust", "x"], *RUN, "charts"), r"steps.2.charts.1: 'x' is no outcome"),
    (put("needs", *VOTE, "id"), "steps.3.id: 'needs' is given twice"),
    (put("nothing", *VOTE, "options", 1, "id"), "'nothing' is given twice"),
    (lambda d: d["steps"].pop(4), "steps.3: nothing runs after this"),
    (lambda d: d["steps"][3]["options"].pop(), "steps.3.options: "),
    (put({"policy": [{"set": {"engagement.stff": 1.0}}]}, *VOTE, "options", 1, "edit"),
     "steps.3.options.1.edit: cut: .*engagement.stff.*did you mean 'engagement.staff'"),
    (put({"policy": [{"month": 3, "set": {"engagement.staff": 1.0}}]}, *VOTE, "options", 1, "edit"),
     "edit.policy.0.month: an edit has no date"),
    (put({"shocks": [{"kind": "flood"}]}, *VOTE, "options", 1, "edit"),
     "kind: 'flood' is not allowed"),
    (put("gov9", "governments", 0, "scenario"), "governments.0: 'gov9' is no file beside"),
    (put("../x.yaml", "governments", 0, "scenario"), "governments.0: "),
    (put({"society.citizen": 3}, "governments", 0, "set"), "governments.0: .*citizen"),
    (put("cut", "governments", 0, "name"), "governments.1.name: 'cut' is given twice"),
    (put({"years": 9}, "governments", 0, "set"), "set.years: the lesson says this for all"),
    (put({"start": "2001-01"}, "governments", 0, "set"), "start in different months"),
    (put(49, *CLAIM, "month"), "claims.0.month: 49 is outside 1 to 48"),
    (put("keep", *CLAIM, "vote"), "names the vote and two of its options"),
    (lambda d: d["answer_key"]["claims"][0].update(
        vote="kep", options=["training", "nothing"], governments=["cut"]),
     "'kep' is no vote"),
    (lambda d: d["answer_key"]["claims"][0].update(
        vote="keep", options=["trainin", "nothing"], governments=["cut"]),
     "'trainin' is no option"),
    (put("sure", *CLAIM, "how_sure"), "how_sure: 'sure' is not allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "told"), BROKEN)
def test_mistakes_are_told_at_their_line(
    write: Callable[..., Path], change: Callable[[dict[str, Any]], object], told: str
) -> None:
    path = write(change)
    with pytest.raises(ScenarioError, match=told) as found:
        load_lesson(path)
    for line in str(found.value).splitlines():
        assert re.match(rf"{re.escape(str(path))}:\d+:\d+: ", line), line
        assert "pydantic" not in line.casefold()


def test_all_mistakes_are_told_at_once(write: Callable[..., Path]) -> None:
    def change(data: dict[str, Any]) -> None:
        data["steps"][1]["measure"] = "x"
        data["steps"][2]["charts"] = ["y"]
        data["answer_key"]["claims"][0]["month"] = 49

    with pytest.raises(ScenarioError) as found:
        load_lesson(write(change))
    assert len(str(found.value).splitlines()) == 3


def test_a_lesson_of_ones_own_is_found_with_a_scenario_beside_it(
    write: Callable[..., Path],
) -> None:
    path = write(put("beside.yaml", "governments", 0, "scenario"))
    (path.parent / "beside.yaml").write_text("extends: gov2.yaml\nyears: 9\n")
    lesson = load_lesson(path)
    plans = scenarios_of(lesson, path.parent)
    assert {name: plan.years for name, plan in plans.items()} == {"usual": 4, "cut": 4}
    assert plans["cut"].policy[0].month == 13
    assert plans["usual"].society.citizens == 200


def test_names_that_are_no_lessons_are_refused() -> None:
    with pytest.raises(ScenarioError, match="did you mean 'trust'"):
        load_lesson("trsut")
    with pytest.raises(ScenarioError, match="no such file or shipped lesson") as found:
        load_lesson("words")
    assert "words" not in str(found.value).partition(":")[2]


# Sheets.


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_have_everything_and_the_students_one_no_answers(name: str, language: Any) -> None:
    lesson = load_lesson(name)
    found = {c: m for (n, c), m in measured().items() if n == name}
    full, sheet = guide(lesson, language, found), worksheet(lesson, language)
    key = lesson.answer_key
    hidden = [key.text, key.silent, *lesson.discussion, *(p.text for p in lesson.script)]
    hidden += [*(c.text for c in key.claims), *(m.instead for m in lesson.misconceptions)]
    for text in hidden:
        assert text.said(language) in full
        assert text.said(language) not in sheet
    for step in lesson.steps:
        if isinstance(step, Predict | Vote):
            assert step.question.said(language) in sheet
    assert "None" not in full + sheet
    assert "{" not in full + sheet


def test_what_nobody_measured_is_told_as_such(write: Callable[..., Path]) -> None:
    assert "not measured" in guide(load_lesson(write()), "en", {})


# The terminal.


@pytest.fixture
def govshift(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Run_]:
    """Run `lesson` with lines on standard input."""

    def run(*arguments: str, lines: str = "") -> Run_:
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        with pytest.raises(SystemExit) as ended:
            main(["lesson", *arguments])
        written = capsys.readouterr()
        return int(str(ended.value.code)), written.out, written.err

    return run


@pytest.mark.parametrize("language", LANGUAGES)
def test_lessons_are_listed(govshift: Govshift, language: str) -> None:
    code, out, err = govshift("--lang", language)
    assert (code, err) == (0, "")
    assert all(name in out for name in NAMES)
    assert bool(HANGUL.search(out)) == (language == "ko")


ANSWERS = {
    "trust": "30,lower,2,lower,3", "digital_divide": "2,1,2,2",
    "efficiency_and_democracy": "3,3,2,3,4,2,3,2", "agenda": "3,3,1,2,2", "leapfrog": "3,1,3,2,1,3",
    "matching_funds": "3,2,4,3,1",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_lessons_are_given_to_their_end(govshift: Govshift, name: str) -> None:
    lesson = load_lesson(name)
    code, out, err = govshift(name, "--answers", ANSWERS[name], "--citizens", "500")
    assert (code, err) == (0, "")
    assert out.count("You said: ") == len(lesson.predictions)
    assert out.count("Decided: ") == len(lesson.votes)
    assert out.count("== Run to month ") == len([s for s in lesson.steps if isinstance(s, Run)])
    assert out.count(" worlds)") == len(lesson.answer_key.claims)
    assert out.index("== Debrief") < out.index("== Misconceptions") < out.index("== How sure")
    assert "forecast" in out


def test_what_is_told_is_what_the_run_shows(govshift: Govshift) -> None:
    _, out, _ = govshift("trust", "--answers", "30,lower,answer_more,lower,3")
    lesson = load_lesson("trust")
    playing = played(lesson, scenarios_of(lesson, DATA), lesson.seed, {"answer": "answer_more"})
    reading = playing.reading("trust", "scandal", 42)
    assert f"You said: 30.0. The run shows: With a scandal {reading:.1f} (points)." in out
    later = {name: playing.reading("trust", name, 120) for name in ("scandal", "calm")}
    text = " ".join(out.split())
    assert f"[With a scandal {later['scandal']:.1f}, Without a scandal {later['calm']:.1f}" in text


def test_votes_change_what_follows(govshift: Govshift) -> None:
    ends = [govshift("trust", "--answers", f"30,2,{vote},2,3", "--citizens", "500")[1]
            for vote in (1, 2)]  # fmt: skip
    before = [text.split("== Vote")[0] for text in ends]
    assert before[0] == before[1]
    assert ends[0].split("== Run to month 120")[1] != ends[1].split("== Run to month 120")[1]


def test_luck_and_language_can_be_chosen(govshift: Govshift) -> None:
    _, one, _ = govshift("trust", "--answers", "30,2,1,2,3", "--citizens", "500", "--lang", "ko")
    _, two, _ = govshift("trust", "--answers", "30,2,1,2,3", "--citizens", "500", "--lang", "ko",
                         "--seed", "9")  # fmt: skip
    assert one != two
    assert "--seed 10" in two
    assert "예측이" in one
    assert max(giving.padded({"a": "가나"}).values(), key=len) == "가나"


def test_answers_come_from_lines_or_a_file(govshift: Govshift, tmp_path: Path) -> None:
    file = tmp_path / "answers.txt"
    file.write_text("\ufeff30\nlower\n\n1\nlower\nabout the same\n", encoding="utf-8")
    given = govshift("trust", "--citizens", "500", "--answers", str(file))
    lines = govshift("trust", "--citizens", "500", lines="30\nlower\n1\nlower\nabout the same\n")
    assert given == lines
    assert given[0] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["trust"], r"lesson trust: asks 5 questions, and 0 answers were given; --answers"),
        (["trust", "--answers", "1,2"], "asks 5 questions, and 2 answers"),
        (["trust", "--answers", "1,2,3,4,5,6"], "asks 5 questions, and 6 answers"),
        (["trust", "--answers", "much,2,1,2,3"], "fall: 'much' is no answer: write a number"),
        (["trust", "--answers", "30,2,4,2,3"], "answer: '4' is no answer: 1 to 3"),
        (["trust", "--answers", "gone.txt"], "--answers gone.txt: no such file"),
        (["trsut"], "trsut: no such file or shipped lesson.*did you mean 'trust'"),
        (["--teacher"], "--teacher: name a lesson"),
        (["--answers", "1"], "--answers: name a lesson"),
        (["trust", "--teacher", "--worksheet"], "one of them at a time"),
        (["trust", "--teacher", "--seed", "3"], "--seed counts for nothing with --teacher"),
        (["trust", "--lang", "de"], "'de' is not one of 'en', 'ko'"),
        (["trust", "--citizens", "1_0"], "plain digits"),
    ],
)
def test_mistakes_are_one_line_before_anything_runs(
    govshift: Govshift, arguments: list[str], told: str
) -> None:
    code, out, err = govshift(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert re.search(told, err), err


class Terminal(io.StringIO):
    """Standard input of a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_asks_again_and_stops_cleanly(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    typed = iter(["much", "30", "9", "lower"])

    def prompt(text: str, **_: Any) -> str:
        asked.append(text)
        try:
            return next(typed)
        except StopIteration:
            raise click.Abort from None

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(click, "prompt", prompt)
    with pytest.raises(SystemExit) as ended:
        main(["lesson", "trust", "--citizens", "300"])
    written = capsys.readouterr()
    assert (ended.value.code, written.err) == (130, "Stopped.\n")
    assert [text.split(",")[0][:15] for text in asked] == ["Your prediction"] * 4 + [
        "Your decision ("
    ]
    assert "'much' is no answer" in written.out
    assert "'9' is no answer: 1 to 3" in written.out


def test_sheets_are_printed(govshift: Govshift) -> None:
    code, out, _ = govshift("trust", "--teacher", "--lang", "ko")
    assert code == 0
    assert "## 수업 진행 (20분)" in out
    code, out, _ = govshift("trust", "--worksheet")
    assert code == 0
    assert "- [ ] about the same" in out


def test_a_lesson_of_ones_own_is_given(govshift: Govshift, write: Callable[..., Path]) -> None:
    path = write()
    code, out, err = govshift(str(path), "--answers", "2,1")
    assert (code, err) == (0, "")
    assert "The run shows: lower" in out
    assert "worlds)" not in out
    assert sorted(p.name for p in path.parent.iterdir()) == ["mine.yaml"]


def test_lesson_files_are_checked(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    for change, code in ((lambda data: None, 0), (drop("title"), 2)):
        path = write(change)
        with pytest.raises(SystemExit) as ended:
            main(["check", str(path)])
        written = capsys.readouterr()
        assert ended.value.code == code
        assert written.out == ("" if code else f"{path}: ok\n")
        assert ("title: is missing" in written.err) == bool(code)


def test_charts_have_digits_where_blocks_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(giving, "_takes", lambda text: False)
    assert giving._drawn(np.array([0.0, np.nan, 9.0]), 0.0, 9.0) == "0 9"
    monkeypatch.setattr(giving, "_takes", lambda text: True)
    assert giving._drawn(np.array([5.0, 5.0]), 5.0, 5.0) == "▁▁"


# The page.


def test_the_table_of_lessons_is_up_to_date() -> None:
    """`make pages` writes it again."""
    page = (DOCS / "lessons.md").read_text(encoding="utf-8")
    assert with_table(page) == page
    assert table().count("\n") == 2 + len(NAMES)

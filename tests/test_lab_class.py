"""A class: a teacher and thirty phones, from opening to debrief, and what each may not do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra lab is not installed")

from sim.errors import UserMistake
from sim.lab.class_views import student_view, teacher_view
from sim.lab.classes import open_classroom
from sim.lessons import load_lesson
from sim.lessons.files import find_lesson, lesson_names
from sim.lessons.lesson import Event, Run, Vote
from tests.labs import Client, a_lab

ROUNDS = "efficiency_and_democracy"
"""The lesson with three budget rounds, a cut before the third."""


@pytest.fixture
def teacher(tmp_path: Path) -> Iterator[Client]:
    with a_lab(tmp_path / "outputs", jobs=1) as client:
        client.get("/class")
        yield client


def teach(client: Client, action: str, **asked: Any) -> dict[str, Any]:
    return client.told(f"/class/do/{action}", **asked)


def phone(teacher: Client) -> Client:
    return Client(teacher.port, teacher.app)


def study(client: Client, action: str, **asked: Any) -> dict[str, Any]:
    return client.told(f"/class/student/{action}", **asked)


def refused(client: Client, path: str, **asked: Any) -> str:
    return client.refused(path, **asked)


def run_out(teacher: Client, view: dict[str, Any]) -> dict[str, Any]:
    while view.get("running"):
        view = teach(teacher, "run", months=6)
    return view


def forward(teacher: Client, view: dict[str, Any], kind: str) -> dict[str, Any]:
    """On to the next step of a kind."""
    while view["kind"] != kind:
        view = run_out(teacher, view)
        view = teach(teacher, "next")
    return view


def test_thirty_students_from_opening_to_debrief(teacher: Client) -> None:
    lesson = load_lesson(ROUNDS)
    view = teach(teacher, "open", lesson=ROUNDS, lang="en")
    code = view["code"]
    phones = [phone(teacher) for _ in range(30)]
    views = [study(one, "look", code=code) for one in phones]
    assert [one["number"] for one in views] == list(range(1, 31))
    assert len({one["role"]["title"] for one in views}) == 5
    assert teach(teacher, "look")["students"] == 30
    kinds, decided = [], []
    for _ in lesson.steps:
        kinds.append(view["kind"])
        if view["kind"] in ("predict", "vote"):
            for number, one in enumerate(phones):
                asked = study(one, "look", code=code)
                choices = asked["choices"] or [[str(number), ""]]
                study(one, "answer", code=code, step=asked["step"],
                      answer=choices[number % len(choices) if number > 9 else 0][0])  # fmt: skip
            view = teach(teacher, "look")
            assert view["answered"] == 30
        view = run_out(teacher, view)
        if view["last"]:
            break
        view = teach(teacher, "next")
    assert kinds == [step.kind for step in lesson.steps]
    decided = [one["decided"] for one in view["results"] if "decided" in one]
    assert len(decided) == 3
    cut = next(at for at, step in enumerate(lesson.steps) if isinstance(step, Event))
    third = [at for at, step in enumerate(lesson.steps) if isinstance(step, Vote)][2]
    assert cut < third
    shown = [one for one in view["results"] if "bars" in one]
    assert len(shown) == len(lesson.predictions)
    assert all(sum(bar["count"] for bar in one["bars"]) == 30 for one in shown)
    last = study(phones[0], "look", code=code)
    assert len(last["last"]) == len(lesson.predictions)
    assert last["last"][0].startswith("You said: ")
    answers = teacher.get("/class/answers.csv").text.splitlines()
    assert len(answers) == 1 + 30 * (len(lesson.predictions) + 3)


def test_the_class_sees_the_numbers_of_the_terminal(teacher: Client) -> None:
    from sim.lessons.checks import scenarios_of
    from sim.lessons.files import find_lesson
    from sim.lessons.playing import Playing
    from sim.lessons.predictions import shown

    lesson = load_lesson("trust")
    view = teach(teacher, "open", lesson="trust", lang="en")
    playing = Playing(scenarios_of(lesson, find_lesson("trust").parent), lesson.seed)
    for step in lesson.steps:
        if isinstance(step, Run):
            view = run_out(teacher, view)
            playing.advance_to(step.month)
        elif isinstance(step, Vote):
            view = teach(teacher, "next", choice=step.options[0].id)
            for name in lesson.of(step):
                playing.apply(step.options[0].edit, name)
            continue
        if not view["last"]:
            view = teach(teacher, "next")
        if isinstance(step, Event):
            for name in lesson.of(step):
                playing.apply(step.edit, name)
    told = {one["question"]: one["shown"] for one in view["results"] if "shown" in one}
    reached = [step for step in lesson.predictions if step.month <= playing.month]
    assert len(reached) == len(lesson.predictions)
    for step in reached:
        assert told[step.question.en] == shown(lesson, step, playing, "en").sentence


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", lesson_names())
def test_every_lesson_opens_in_both_languages(teacher: Client, name: str, lang: str) -> None:
    view = teach(teacher, "open", lesson=name, lang=lang)
    assert view["title"] == load_lesson(name).title.said("ko" if lang == "ko" else "en")
    assert re.fullmatch("[a-z0-9]{6}", view["code"])
    assert view["join"].endswith(f"/join/{view['code']}")
    assert b"<svg" in teacher.get("/class/qr.svg").content
    for sheet in ("guide", "worksheet"):
        text = teacher.get(f"/class/sheet/{name}/{sheet}?lang={lang}").text
        assert view["title"] in text


def test_a_tie_is_the_teachers_to_break(teacher: Client) -> None:
    view = teach(teacher, "open", lesson=ROUNDS, lang="en")
    view = forward(teacher, view, "vote")
    assert "nobody has voted" in refused(teacher, "/class/do/next")
    one, two = phone(teacher), phone(teacher)
    for number, student in enumerate((one, two)):
        asked = study(student, "look", code=view["code"])
        study(student, "answer", code=view["code"], step=asked["step"],
              answer=asked["choices"][number][0])  # fmt: skip
    assert "even" in refused(teacher, "/class/do/next")
    chosen = asked["choices"][1]
    assert "no such option" in refused(teacher, "/class/do/next", choice="flying")
    view = teach(teacher, "next", choice=chosen[0])
    assert view["results"][0]["decided"] == chosen[1]


def test_a_run_is_not_skipped_and_the_end_is_the_end(teacher: Client) -> None:
    view = teach(teacher, "open", lesson="leapfrog", lang="en")
    assert "nothing runs" in refused(teacher, "/class/do/run", months=6)
    for _ in range(60):
        if view.get("running"):
            assert "not over" in refused(teacher, "/class/do/next")
            view = run_out(teacher, view)
        if view["last"]:
            break
        choice = view["options"][0]["key"] if view["kind"] == "vote" else None
        view = teach(teacher, "next", **({"choice": choice} if choice else {}))
    assert "over" in refused(teacher, "/class/do/next")


def test_students_do_no_more_than_answer(teacher: Client) -> None:
    code = teach(teacher, "open", lesson="trust", lang="en")["code"]
    student = phone(teacher)
    study(student, "look", code=code)
    assert "forgotten" in refused(student, "/class/do/next")
    assert "forgotten" in refused(student, "/do/advance", months=12)
    assert "no class of this code" in refused(student, "/class/student/look", code="zzzzzz")
    assert "closed" in refused(student, "/class/student/answer", code=code, step="x", answer="1")
    for hostile in ({"code": code, "answer": ["a"]}, {"code": 7}, {}):
        assert student.post("/class/student/answer", json=hostile).status_code == 400


@pytest.mark.parametrize(
    "answer", ["", "9", "nan", "-inf", "1e999", None, [], {}, True, "<script>", "x" * 10_000]
)
def test_wrong_answers_are_refused_in_one_line(teacher: Client, answer: Any) -> None:
    view = teach(teacher, "open", lesson=ROUNDS, lang="en")
    view = forward(teacher, view, "predict")
    student = phone(teacher)
    asked = study(student, "look", code=view["code"])
    text = refused(student, "/class/student/answer", code=view["code"], step=asked["step"],
                   answer=answer)  # fmt: skip
    assert "Traceback" not in text
    assert len(text.splitlines()) == 1
    assert len(text) < 300
    assert teach(teacher, "look")["answered"] == 0


def test_an_answer_may_be_changed_until_the_class_goes_on(teacher: Client) -> None:
    view = teach(teacher, "open", lesson="trust", lang="en")
    view = forward(teacher, view, "predict")
    student = phone(teacher)
    asked = study(student, "look", code=view["code"])
    values = [one[0] for one in asked["choices"]] or ["1", "2"]
    for value in values[:2]:
        told = study(student, "answer", code=view["code"], step=asked["step"], answer=value)
    assert str(told["answer"]).startswith(values[1])
    assert teach(teacher, "look")["answered"] == 1
    teach(teacher, "next")
    assert "closed" in refused(student, "/class/student/answer", code=view["code"],
                               step=asked["step"], answer=values[0])  # fmt: skip


def test_a_phone_that_loads_again_is_the_same_student(teacher: Client) -> None:
    code = teach(teacher, "open", lesson="trust", lang="ko")["code"]
    student = phone(teacher)
    assert study(student, "look", code=code)["number"] == 1
    assert study(student, "look", code=code.upper())["number"] == 1
    assert teach(teacher, "look")["students"] == 1


def test_a_phone_that_keeps_no_cookies_is_one_student(teacher: Client) -> None:
    code = teach(teacher, "open", lesson="trust", lang="en")["code"]
    student = phone(teacher)
    me = ""
    for _ in range(3):
        student.cookies.clear()
        told = study(student, "look", code=code, me=me)
        me = told["me"]
        assert told["number"] == 1
    assert study(phone(teacher), "look", code=code, me="somebody")["number"] == 2


def test_students_who_wait_for_a_run_keep_nobody_else_waiting(teacher: Client) -> None:
    code = teach(teacher, "open", lesson="trust", lang="en")["code"]
    with ThreadPoolExecutor(1) as pool, teacher.app.state.lab.classes.find(code).lock:
        waiting = pool.submit(study, phone(teacher), "look", code=code)
        time.sleep(0.3)
        assert teacher.get("/static/class.css").status_code == 200
        assert not waiting.done()


def test_an_ended_class_is_not_run_again_by_those_who_are_late() -> None:
    room = open_classroom("trust", "en")
    _, student = room.join()
    room.end()
    late: list[Callable[[], object]] = [
        lambda: teacher_view(room), lambda: student_view(room, student), room.join, room.go_on,
        lambda: room.run(1),
    ]  # fmt: skip
    for action in late:
        with pytest.raises(UserMistake, match="no class of this code"):
            action()


@pytest.mark.parametrize("name", ["trsut", "/etc/passwd", "words", "", "x" * 5000])
def test_a_lesson_that_is_none_leaves_the_class_that_is_open(teacher: Client, name: str) -> None:
    code = teach(teacher, "open", lesson="trust", lang="en")["code"]
    told = refused(teacher, "/class/do/open", lesson=name)
    assert "is no lesson" in told
    assert len(told) < 300
    assert teach(teacher, "look")["code"] == code


def test_a_file_of_this_machine_is_no_lesson_of_a_page(teacher: Client) -> None:
    file = find_lesson("trust")
    assert load_lesson(file).id == "trust"
    assert "is no lesson" in refused(teacher, "/class/do/open", lesson=str(file))


def test_an_event_at_the_first_step_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = load_lesson(ROUNDS)
    event = next(step for step in lesson.steps if isinstance(step, Event))
    first = lesson.model_copy(update={"steps": [event, *lesson.steps]})
    monkeypatch.setattr("sim.lab.classes.load_lesson", lambda name: first)
    room = open_classroom(ROUNDS, "en")
    assert {one for made in room.playing.made for one in made.governments} == set(first.of(event))


def test_only_sheets_that_there_are(teacher: Client) -> None:
    for sheet in ("trust/guide", "trust/worksheet"):
        assert teacher.get(f"/class/sheet/{sheet}?lang=ko").status_code == 200
    for sheet in ("trust/key", "trsut/guide"):
        assert teacher.get(f"/class/sheet/{sheet}").status_code == 400


def test_a_full_class_says_so(teacher: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.lab.classes.MOST_STUDENTS", 2)
    code = teach(teacher, "open", lesson="trust", lang="en")["code"]
    for _ in range(2):
        study(phone(teacher), "look", code=code)
    assert "full" in refused(phone(teacher), "/class/student/look", code=code)


def test_an_ended_class_is_forgotten(teacher: Client) -> None:
    code = teach(teacher, "open", lesson="trust", lang="en")["code"]
    student = phone(teacher)
    study(student, "look", code=code)
    assert teach(teacher, "end")["code"] == ""
    assert "no class of this code" in refused(student, "/class/student/look", code=code)
    assert teach(teacher, "look")["code"] == ""


def test_the_lab_goes_on_from_the_class(teacher: Client) -> None:
    view = teach(teacher, "open", lesson="digital_divide", lang="en")
    while not view.get("running"):
        view = teach(teacher, "next")
    view = run_out(teacher, view)
    teach(teacher, "bring")
    frame = teacher.post("/do/look", json={}).json()
    assert frame["month"] == view["month"]
    assert len(frame["names"]) == len(view["legend"])


def test_other_machines_students_need_the_code_alone(tmp_path: Path) -> None:
    options: dict[str, Any] = {"host": "0.0.0.0", "token": "t0", "address": "http://10.0.0.5:80/"}
    with a_lab(tmp_path / "outputs", **options) as client:
        client.host = "10.0.0.5"
        client.get("/class?token=t0")
        view = teach(client, "open", lesson="trust", lang="en")
        assert view["join"] == f"http://10.0.0.5:80/join/{view['code']}"
        student = phone(client)
        student.host = "10.0.0.5"
        assert student.get("/join/x").status_code == 200
        assert student.get("/class").status_code == 403
        assert study(student, "look", code=view["code"])["number"] == 1

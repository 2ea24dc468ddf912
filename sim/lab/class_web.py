"""The web of a class: the teacher's page behind the lab's own door, students' behind a code."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import segno
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sim.errors import UserMistake
from sim.lab.actions import begin
from sim.lab.asked import Asked, a_text, a_whole, language
from sim.lab.class_views import student_view, teacher_view
from sim.lab.classes import Classroom, Student
from sim.lab.served import Lab, body_of, page, visitor_of
from sim.lab.session import Session
from sim.lab.setup import setup_of
from sim.lab.visitors import Visitor
from sim.lab.words import words
from sim.lessons.files import lesson_names, load_lesson
from sim.lessons.measuring import measured
from sim.lessons.sheets import guide, worksheet
from sim.lessons.words import Language
from sim.runs.csv_files import csv_text

STUDENT = "govshift-student"


def lessons_offered(lang: Language) -> list[dict[str, Any]]:
    """The lessons that ship: name, title, minutes, question."""
    found = []
    for name in lesson_names():
        lesson = load_lesson(name)
        found.append({
            "name": name, "title": lesson.title.said(lang), "minutes": lesson.minutes,
            "question": lesson.question.said(lang),
        })  # fmt: skip
    return found


async def _teacher_page(request: Request) -> Response:
    return await page(request, "class.html")


async def _class_words(request: Request) -> Response:
    lang = language({"lang": request.path_params["lang"]})
    lab: Lab = request.app.state.lab
    lessons = await lab.beside(lessons_offered, lang)
    return JSONResponse({"words": words("class", lang), "lessons": lessons})


async def _teach(request: Request) -> Response:
    lab: Lab = request.app.state.lab
    visitor, asked = visitor_of(request), await body_of(request)
    action = request.path_params["action"]
    if action not in _TEACHING:
        raise UserMistake(f"expected {', '.join(_TEACHING)}")
    told = await lab.beside(_TEACHING[action], lab, visitor, asked)
    join = lab.join_address(request.headers["host"], told["code"])
    return JSONResponse(told | {"join": join})


def _room(lab: Lab, visitor: Visitor) -> Classroom:
    if visitor.classroom is None:
        raise UserMistake("no class is open")
    return lab.classes.find(visitor.classroom)


def _look(lab: Lab, visitor: Visitor, asked: Asked) -> dict[str, Any]:
    if visitor.classroom is None:
        return {"code": ""}
    try:
        return teacher_view(_room(lab, visitor))
    except UserMistake:
        visitor.classroom = None
        raise


def _open(lab: Lab, visitor: Visitor, asked: Asked) -> dict[str, Any]:
    before = visitor.classroom
    room = lab.classes.open(a_text(asked, "lesson"), language(asked))
    visitor.classroom = room.code
    if before is not None:
        lab.classes.end(before)
    return teacher_view(room)


def _next(lab: Lab, visitor: Visitor, asked: Asked) -> dict[str, Any]:
    room = _room(lab, visitor)
    choice = asked.get("choice")
    room.go_on(a_text(asked, "choice") if choice is not None else None)
    return teacher_view(room)


def _run(lab: Lab, visitor: Visitor, asked: Asked) -> dict[str, Any]:
    room = _room(lab, visitor)
    room.run(a_whole(asked, "months", 1, 600))
    return teacher_view(room)


def _end(lab: Lab, visitor: Visitor, asked: Asked) -> dict[str, Any]:
    if visitor.classroom is not None:
        lab.classes.end(visitor.classroom)
        visitor.classroom = None
    return {"code": ""}


def _bring(lab: Lab, visitor: Visitor, asked: Asked) -> dict[str, Any]:
    """Take the governments of the class into the teacher's lab, in the month that it is at."""
    room = _room(lab, visitor)
    with room.held():
        plans = [room.playing.scenario(name) for name in room.lesson.names]
        labels = [room.lesson.label(name).said(room.lang) for name in room.lesson.names]
        named = [one.but(name=label) for one, label in zip(plans, labels, strict=True)]
        setup = setup_of(named, room.playing.seed, lab.room.limits)
        month = room.playing.month
    with visitor.lock:
        lab.visitors.make_room(visitor, setup.people)
        begin(visitor, Session(setup, month=month))
    return teacher_view(room)


_TEACHING = {
    "look": _look, "open": _open, "next": _next, "run": _run, "end": _end, "bring": _bring,
}  # fmt: skip


async def _qr(request: Request) -> Response:
    """The link of the class as a QR code."""
    lab: Lab = request.app.state.lab
    room = _room(lab, visitor_of(request))
    held = io.BytesIO()
    segno.make(lab.join_address(request.headers["host"], room.code)).save(
        held, kind="svg", scale=8, border=2, xmldecl=False, light="#fff", title=room.code
    )
    return Response(held.getvalue(), media_type="image/svg+xml")


async def _sheet(request: Request) -> Response:
    """The worksheet, or the teacher's guide, of a lesson."""
    lab: Lab = request.app.state.lab
    name, what = request.path_params["lesson"], request.path_params["what"]
    if name not in lesson_names():
        raise UserMistake(f"expected {', '.join(lesson_names())}")
    if what not in _SHEETS:
        raise UserMistake(f"expected {', '.join(_SHEETS)}")
    lang = language({"lang": request.query_params.get("lang", "en")})
    text = await lab.beside(_SHEETS[what], name, lang)
    headers = {"content-disposition": f'attachment; filename="{name}_{what}.md"'}
    return Response(text, media_type="text/markdown", headers=headers)


def _guide(name: str, lang: Language) -> str:
    lesson = load_lesson(name)
    found = {claim: one for (of, claim), one in measured().items() if of == lesson.id}
    return guide(lesson, lang, found)


def _worksheet(name: str, lang: Language) -> str:
    return worksheet(load_lesson(name), lang)


_SHEETS = {"guide": _guide, "worksheet": _worksheet}


async def _answers(request: Request) -> Response:
    """What students sent, without names."""
    lab: Lab = request.app.state.lab
    room = _room(lab, visitor_of(request))
    headers = {"content-disposition": 'attachment; filename="answers.csv"'}
    text = await lab.beside(_answers_of, room)
    return Response(text, media_type="text/csv", headers=headers)


def _answers_of(room: Classroom) -> str:
    with room.held():
        rows = [
            (student.number, student.role, step, answer)
            for student in room.students.values()
            for step, answer in student.answers.items()
        ]
    return csv_text(pd.DataFrame(rows, columns=["student", "role", "question", "answer"]))


# Students, who have no token and no session of the lab.


async def _join_page(request: Request) -> Response:
    return await page(request, "join.html", welcome=False)


async def _student(request: Request) -> Response:
    lab: Lab = request.app.state.lab
    asked = await body_of(request)
    room = lab.classes.find(a_text(asked, "code"), language(asked))
    action = request.path_params["action"]
    if action not in _STUDYING:
        raise UserMistake(f"expected {', '.join(_STUDYING)}")
    # A phone that keeps no cookie says who it is; else each of its looks would be a new student.
    name = request.cookies.get(f"{STUDENT}-{room.code}") or a_text(asked, "me", "")
    # The class is locked while a run goes on: whoever waits for it waits in a thread.
    name, told = await lab.beside(_studied, room, name, action, asked)
    answer = JSONResponse(told | {"me": name})
    answer.set_cookie(f"{STUDENT}-{room.code}", name, httponly=True, samesite="strict",
                      path="/class/student")  # fmt: skip
    return answer


_STUDYING = ("look", "answer")


def _studied(room: Classroom, name: str, action: str, asked: Asked) -> tuple[str, dict[str, Any]]:
    """What a student does, and what they see then; a stranger joins."""
    with room.held():
        student: Student | None = room.students.get(name)
        if student is None:
            name, student = room.join()
        elif action == "answer":
            room.answer(student, a_text(asked, "step"), asked.get("answer"))
        return name, student_view(room, student)


async def _student_words(request: Request) -> Response:
    lang = language({"lang": request.path_params["lang"]})
    return JSONResponse({"words": words("class", lang)})


def routes() -> list[Route]:
    """All addresses of classes."""
    return [
        Route("/class", _teacher_page),
        Route("/class/words/{lang}", _class_words),
        Route("/class/do/{action}", _teach, methods=["POST"]),
        Route("/class/qr.svg", _qr),
        Route("/class/answers.csv", _answers),
        Route("/class/sheet/{lesson}/{what}", _sheet),
        Route("/join", _join_page),
        Route("/join/{code}", _join_page),
        Route("/class/student/words/{lang}", _student_words),
        Route("/class/student/{action}", _student, methods=["POST"]),
    ]

"""What the teacher's screen and the phones of a class show of the step that it is at."""

from __future__ import annotations

from collections import Counter
from time import monotonic
from typing import Any

import numpy as np

from sim.drawing.svg.marks import pen
from sim.drawing.svg.months import Line, Span, month_chart
from sim.drawing.svg.strips import key
from sim.lab.classes import Classroom, Student
from sim.lessons.lesson import Predict, Run, Vote
from sim.lessons.predictions import amount, choices, option_of, shown, verdict, vote_choices
from sim.lessons.words import measure_title, unit_of, word
from sim.outcomes import KNOWN
from sim.statistics import range_of

_NONE = np.empty(0)


def teacher_view(room: Classroom) -> dict[str, Any]:
    """The step on the large screen: its text, how many have answered, charts, what came of it."""
    with room.held():
        lesson, lang = room.lesson, room.lang
        found = {
            "code": room.code, "lesson": lesson.id, "title": lesson.title.said(lang),
            "question": lesson.question.said(lang), "at": room.at + 1,
            "steps": len(lesson.steps), "students": len(room.students), "month": room.playing.month,
            "legend": _legend(room), "charts": _charts(room), "results": _results(room),
            "roles": [_role(room, part.role) for part in lesson.roles],
            "last": room.at == len(lesson.steps) - 1,
        }  # fmt: skip
        return found | _step(room) | _asked(room)


def _step(room: Classroom) -> dict[str, Any]:
    step, lang = room.step, room.lang
    found: dict[str, Any] = {"kind": step.kind}
    for name in ("text", "look", "question"):
        text = getattr(step, name, None)
        if text is not None:
            found["asks" if name == "question" else name] = text.said(lang)
    if isinstance(step, Vote):
        found["round"] = step.round
    if isinstance(step, Run):
        found |= {"until": step.month, "running": room.playing.month < step.month}
    return found


def _asked(room: Classroom) -> dict[str, Any]:
    """Choices and how many have answered; how they voted is seen at once, predictions later."""
    asked = room.asks
    if asked is None:
        return {}
    counts = room.counts(asked.id)
    answered = sum(counts.values())
    if isinstance(asked, Predict):
        return {"answered": answered, "choices": [c.label for c in _predictable(room, asked)],
                "unit": unit_of(asked.measure, room.lang)}  # fmt: skip
    options = vote_choices(asked, room.lang)
    by_role = {
        choice.key: Counter(
            s.role for s in room.students.values() if s.answers.get(asked.id) == choice.key
        )
        for choice in options
    }
    return {
        "answered": answered,
        "options": [
            {"key": c.key, "label": c.label, "count": counts[c.key],
             "roles": [[word(role, room.lang), n] for role, n in by_role[c.key].items() if role]}
            for c in options
        ],
    }  # fmt: skip


def _predictable(room: Classroom, asked: Predict) -> list[Any]:
    return choices(room.lesson, asked, room.lang)


def _results(room: Classroom) -> list[dict[str, Any]]:
    """Predictions whose month was reached, the newest first: how many said what, what came."""
    found = []
    for step in room.lesson.steps[: room.at + 1]:
        if isinstance(step, Predict) and room.playing.month >= step.month:
            found.append(_result(room, step))
        elif isinstance(step, Vote) and step.id in room.decided:
            option = option_of(step, room.decided[step.id])
            found.append({"question": step.question.said(room.lang),
                          "decided": option.label.said(room.lang)})  # fmt: skip
    return found[::-1]


def _result(room: Classroom, step: Predict) -> dict[str, Any]:
    came = shown(room.lesson, step, room.playing, room.lang)
    counts = room.counts(step.id)
    allowed = choices(room.lesson, step, room.lang)
    if allowed:
        bars = [{"label": c.label, "count": counts[c.key], "right": c.key == came.key}
                for c in allowed]  # fmt: skip
    else:
        bars = [{"label": amount(float(v)), "count": n, "right": False}
                for v, n in sorted(counts.items(), key=lambda pair: float(pair[0]))]  # fmt: skip
    return {"question": step.question.said(room.lang), "bars": bars, "shown": came.sentence}


def _legend(room: Classroom) -> list[dict[str, str]]:
    return [
        {"name": room.lesson.label(name).said(room.lang), "key": key(pen(place))}
        for place, name in enumerate(room.lesson.names)
    ]


def _charts(room: Classroom) -> list[dict[str, str]]:
    """The charts of the newest run."""
    runs = [step for step in room.lesson.steps[: room.at + 1] if isinstance(step, Run)]
    if not runs or room.playing.month == 0:
        return []
    return [_chart(room, measure) for measure in runs[-1].charts]


def _chart(room: Classroom, measure: str) -> dict[str, str]:
    lesson, lang = room.lesson, room.lang
    lines = [
        Line(lesson.label(name).said(lang), pen(place), room.playing.series(measure, name), _NONE)
        for place, name in enumerate(lesson.names)
    ]
    title, unit = measure_title(measure, lang), unit_of(measure, lang)
    outcome, _, group = measure.partition("/")
    within = range_of(outcome) if outcome in KNOWN and group != "gap" else (-np.inf, np.inf)
    year, month = map(int, room.playing.scenario(lesson.names[0]).start.split("-"))
    told = "; ".join(f"{one.name} {amount(float(one.values[-1]))}" for one in lines)
    svg = month_chart(
        lines, Span(12 * lesson.years, year, month), title=f"{title}, {unit}", description=told,
        within=within, least=4.0 if within[1] == 100.0 else 0.02,
    )  # fmt: skip
    return {"title": title, "unit": unit, "svg": svg, "now": told}


def _role(room: Classroom, role: str) -> dict[str, Any]:
    part = next((part for part in room.lesson.roles if part.role == role), None)
    if part is None:
        return {"title": "", "briefing": ""}
    return {
        "title": word(role, room.lang), "briefing": part.briefing.said(room.lang),
        "measure": part.cares_about, "cares": measure_title(part.cares_about, room.lang),
    }  # fmt: skip


def student_view(room: Classroom, student: Student) -> dict[str, Any]:
    """The step on a phone: what is asked, what was answered, what it says to this role."""
    with room.held():
        student.seen = monotonic()
        asked = room.asks
        found: dict[str, Any] = {
            "lang": room.lang, "title": room.lesson.title.said(room.lang), "number": student.number,
            "role": _role(room, student.role), "at": room.at + 1,
            "steps": len(room.lesson.steps), "step": asked.id if asked else "",
            "answer": student.answers.get(asked.id) if asked else None,
            "last": _told_back(room, student), "now": _role_now(room, student),
        }  # fmt: skip
        if isinstance(asked, Vote):
            found["choices"] = [list(c) for c in vote_choices(asked, room.lang)]
        elif asked is not None:
            found["choices"] = [list(c) for c in choices(room.lesson, asked, room.lang)]
            found["unit"] = unit_of(asked.measure, room.lang)
        return found | _step(room)


def _told_back(room: Classroom, student: Student) -> list[str]:
    """What came of a student's own predictions, the newest first."""
    told = []
    for step in room.lesson.steps[: room.at + 1]:
        if isinstance(step, Predict) and room.playing.month >= step.month:
            given = student.answers.get(step.id)
            came = shown(room.lesson, step, room.playing, room.lang)
            told.append(
                came.sentence if given is None
                else verdict(room.lesson, step, given, came, room.lang)
            )  # fmt: skip
    return told[::-1]


def _role_now(room: Classroom, student: Student) -> str:
    """What the role looks at, under each government as it stands."""
    part = next((part for part in room.lesson.roles if part.role == student.role), None)
    if part is None or room.playing.month == 0:
        return ""
    return "; ".join(
        f"{room.lesson.label(name).said(room.lang)} "
        f"{amount(room.playing.reading(part.cares_about, name))}"
        for name in room.lesson.names
    )

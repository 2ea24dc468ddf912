"""`lesson`: class exercises, listed, printed as sheets, or given in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.cli.answering import asking
from sim.cli.giving import Given
from sim.cli.lines import wrapped
from sim.cli.screen import say
from sim.cli.starting import compile_model
from sim.errors import UserMistake
from sim.lessons.checks import scenarios_of
from sim.lessons.files import find_lesson, lesson_names, load_lesson
from sim.lessons.lesson import Lesson
from sim.lessons.measuring import measured
from sim.lessons.playing import Playing
from sim.lessons.sheets import Found, guide, worksheet
from sim.lessons.words import DATA, Language


def show_lesson(name: str | None, options: dict[str, Any]) -> None:
    """List the lessons, print a sheet of one, or give it."""
    language: Language = options["lang"]
    _refuse_idle(name, options)
    if name is None:
        say("\n".join(_listed(language)))
        return
    path = find_lesson(name)
    lesson = load_lesson(path)
    found = _measured(lesson, path)
    if options["teacher"]:
        say(guide(lesson, language, found))
    elif options["worksheet"]:
        say(worksheet(lesson, language))
    else:
        _give(_changed(lesson, options), path, language, found, options)


def _refuse_idle(name: str | None, options: dict[str, Any]) -> None:
    """Options that would count for nothing."""
    sheets = [key for key in ("teacher", "worksheet") if options[key]]
    running = [key for key in ("seed", "citizens", "answers") if options[key] is not None]
    if name is None and (sheets or running):
        raise UserMistake(f"--{(sheets + running)[0]}: name a lesson ({', '.join(lesson_names())})")
    if len(sheets) > 1:
        raise UserMistake("--teacher, --worksheet: one of them at a time")
    if sheets and running:
        raise UserMistake(f"--{running[0]} counts for nothing with --{sheets[0]}: nothing is run")


def _listed(language: Language) -> list[str]:
    rows = [(name, load_lesson(name)) for name in lesson_names()]
    wide = max(len(name) for name, _ in rows)
    lines = []
    for name, lesson in rows:
        lines.append(f"{name:<{wide}}  {lesson.title.said(language)} ({lesson.minutes} min)")
        lines += wrapped(lesson.question.said(language), indent=wide + 2)
    return lines


def _changed(lesson: Lesson, options: dict[str, Any]) -> Lesson:
    """The lesson with another seed or number of citizens, if asked for."""
    changes: dict[str, Any] = {}
    if options["seed"] is not None:
        changes["seed"] = options["seed"]
    if options["citizens"] is not None:
        changes["society"] = lesson.society.model_copy(update={"citizens": options["citizens"]})
    return lesson.model_copy(update=changes)


def _measured(lesson: Lesson, path: Path) -> Found:
    if path.resolve().parent != DATA.resolve():
        return {}
    return {claim: seen for (name, claim), seen in measured().items() if name == lesson.id}


def _give(
    lesson: Lesson, path: Path, language: Language, found: Found, options: dict[str, Any]
) -> None:
    asked = asking(lesson, language, options["answers"])
    compile_model(options)
    playing = Playing(scenarios_of(lesson, path.parent), lesson.seed)
    try:
        Given(lesson, language, playing, asked).go(found)
    finally:
        playing.close()

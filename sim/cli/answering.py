"""Answers to the questions of a lesson: asked for, or given beforehand and read at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sim.cli.giving import Answer, Ask
from sim.cli.screen import say
from sim.errors import UserMistake
from sim.lessons.lesson import Lesson, Predict, Vote
from sim.lessons.predictions import Choice, amount, choices, read_choice, read_number, vote_choices
from sim.lessons.words import Language, unit_of, word
from sim.text import short

_LARGEST_ANSWERS = 10_000


def asking(lesson: Lesson, language: Language, given: str | None) -> Ask:
    """Where answers come from: an option, a terminal, or lines of standard input."""
    if given is None and sys.stdin.isatty():
        return lambda step: _prompted(lesson, step, language)
    told = _given(given) if given is not None else sys.stdin.read(_LARGEST_ANSWERS).splitlines()
    asked = [step for step in lesson.steps if isinstance(step, Predict | Vote)]
    lines = [line.strip() for line in told if line.strip()]
    if len(lines) != len(asked):
        raise UserMistake(
            f"lesson {lesson.id}: asks {len(asked)} questions, and {len(lines)} answers were given;"
            f' --answers "1,2,..." or --answers FILE has one for each, or write them in a terminal'
        )
    read = {step.id: _read(lesson, step, language, line)
            for step, line in zip(asked, lines, strict=True)}  # fmt: skip
    return lambda step: _repeated(lesson, step, language, read[step.id])


def _given(text: str) -> list[str]:
    """Answers of a file, one in each line, or of the text itself, with commas between."""
    path = Path(text)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file:
        if "/" in text or path.suffix in (".txt", ".csv"):
            raise UserMistake(f"--answers {short(text)}: no such file")
        return text.split(",")
    try:
        if path.stat().st_size > _LARGEST_ANSWERS:
            raise UserMistake(f"--answers {path}: is larger than {_LARGEST_ANSWERS:,} bytes")
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UserMistake(f"--answers {path}: is not UTF-8 text") from None


def _read(lesson: Lesson, step: Predict | Vote, language: Language, text: str) -> Answer:
    try:
        offered = _offered(lesson, step, language)
        return read_choice(text, offered) if offered else read_number(text)
    except UserMistake as error:
        raise UserMistake(f"{step.id}: {error}") from None


def _repeated(lesson: Lesson, step: Predict | Vote, language: Language, answer: Answer) -> Answer:
    """An answer that was given before, shown where it would have been written."""
    told = amount(answer) if isinstance(answer, float) else _labels(lesson, step, language)[answer]
    say(word("given", language, answer=told))
    return answer


def _prompted(lesson: Lesson, step: Predict | Vote, language: Language) -> Answer:
    """Ask until an answer can be read."""
    while True:
        try:
            given = click.prompt(_prompt(lesson, step, language), type=str)
            return _read(lesson, step, language, given)
        except UserMistake as error:
            say(str(error))


def _prompt(lesson: Lesson, step: Predict | Vote, language: Language) -> str:
    offered = _offered(lesson, step, language)
    if isinstance(step, Vote):
        return word("answer_vote", language, last=len(offered))
    if offered:
        return word("answer_choice", language, last=len(offered))
    return word("answer_number", language, unit=unit_of(step.measure, language))


def _offered(lesson: Lesson, step: Predict | Vote, language: Language) -> list[Choice]:
    if isinstance(step, Vote):
        return vote_choices(step, language)
    return choices(lesson, step, language)


def _labels(lesson: Lesson, step: Predict | Vote, language: Language) -> dict[str, str]:
    return dict(_offered(lesson, step, language))

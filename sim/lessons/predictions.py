"""Predictions: what can be answered, how answers are read, and what the run shows."""

from __future__ import annotations

from typing import NamedTuple

from sim.errors import UserMistake
from sim.lessons.checks import margin_of
from sim.lessons.lesson import Lesson, Option, Predict, Vote
from sim.lessons.playing import Playing
from sim.lessons.words import Language, unit_of, word
from sim.text import grouped, near, significant

LEVEL = "level"
_FORMS = {"compare": ("higher", "lower", LEVEL), "change": ("rises", "falls", LEVEL)}
_LARGEST = 1e9


class Choice(NamedTuple):
    """An answer that can be given: what it is called in data, and what people read."""

    key: str
    label: str


class Shown(NamedTuple):
    """What the run shows of a prediction.

    `key` is the right choice (empty for a number), `readings` are those that it was computed from,
    by government or by month, in words.
    """

    key: str
    readings: dict[str, float]
    sentence: str


def choices(lesson: Lesson, step: Predict, language: Language) -> list[Choice]:
    """The answers to a prediction, in order; none where a number is asked for."""
    if step.form == "value":
        return []
    if step.form in _FORMS:
        return [Choice(key, word(key, language)) for key in _FORMS[step.form]]
    named = [Choice(name, lesson.label(name).said(language)) for name in lesson.of(step)]
    return [*named, Choice(LEVEL, word(LEVEL, language))]


def vote_choices(vote: Vote, language: Language) -> list[Choice]:
    """The options of a vote, in order."""
    return [Choice(option.id, option.label.said(language)) for option in vote.options]


def read_choice(given: str, allowed: list[Choice]) -> str:
    """The key of an answer given by its number from 1, its key or its label.

    Raises `UserMistake` for another one.
    """
    text = given.strip()
    numbered = {str(at): choice.key for at, choice in enumerate(allowed, start=1)}
    by_word = {name.casefold(): c.key for c in reversed(allowed) for name in (c.label, c.key)}
    found = numbered.get(text) or by_word.get(text.casefold())
    if found is None:
        keys = [choice.key for choice in allowed]
        raise UserMistake(f"'{text[:40]}' is no answer: 1 to {len(allowed)}, or{near(text, keys)}")
    return found


def read_number(given: str) -> float:
    """A number as an answer; raises `UserMistake` for anything else."""
    try:
        value = float(given.strip().removesuffix("%").strip())
    except ValueError:
        value = float("nan")
    if not -_LARGEST < value < _LARGEST:
        raise UserMistake(f"'{given.strip()[:40]}' is no answer: write a number, as 12.5")
    return value


def shown(lesson: Lesson, step: Predict, playing: Playing, language: Language) -> Shown:
    """What the run shows, once the month of the prediction was reached."""
    names = lesson.of(step)
    if step.form in ("change", "value"):
        return _of_one(lesson, step, playing, language)
    readings = {name: playing.reading(step.measure, name, step.month) for name in names}
    key = _winner(step, names, readings)
    unit = unit_of(step.measure, language)
    told = ", ".join(
        f"{lesson.label(name).said(language)} {amount(value)}" for name, value in readings.items()
    )
    return Shown(key, readings, f"{told} ({unit})")


def _winner(step: Predict, names: list[str], readings: dict[str, float]) -> str:
    margin = margin_of(step)
    if step.form == "compare":
        apart = readings[names[0]] - readings[names[1]]
        return LEVEL if abs(apart) < margin else "higher" if apart > 0 else "lower"
    sign = 1.0 if step.form == "highest" else -1.0
    order = sorted(names, key=lambda name: -sign * readings[name])
    if len(order) > 1 and abs(readings[order[0]] - readings[order[1]]) < margin:
        return LEVEL
    return order[0]


def _of_one(lesson: Lesson, step: Predict, playing: Playing, language: Language) -> Shown:
    name = lesson.of(step)[0]
    unit = unit_of(step.measure, language)
    after = playing.reading(step.measure, name, step.month)
    label = lesson.label(name).said(language)
    if step.since is None:
        return Shown("", {name: after}, f"{label} {amount(after)} ({unit})")
    before = playing.reading(step.measure, name, step.since)
    key = LEVEL if abs(after - before) < margin_of(step) else "rises" if after > before else "falls"
    readings = {str(step.since): before, str(step.month): after}
    return Shown(key, readings, f"{label} {amount(before)} → {amount(after)} ({unit})")


def verdict(
    lesson: Lesson, step: Predict, answer: str | float, found: Shown, language: Language
) -> str:
    """One sentence: what was said, what the run shows, and whether they agree."""
    if isinstance(answer, str):
        labels = dict(choices(lesson, step, language))
        agree = word("right" if answer == found.key else "wrong", language)
        said, right = labels[answer], labels[found.key]
        return word(
            "verdict", language, said=said, shown=right, readings=found.sentence, agree=agree
        )
    (value,) = found.readings.values()
    return word(
        "verdict_number", language, said=amount(answer), readings=found.sentence,
        apart=amount(abs(answer - value)),
    )  # fmt: skip


def amount(value: float) -> str:
    """A reading as people write it: two digits behind the point below 1, else one."""
    return significant(value, 2) if abs(value) < 1 else grouped(value)


def option_of(vote: Vote, key: str) -> Option:
    """The option of a vote by its name."""
    return next(option for option in vote.options if option.id == key)

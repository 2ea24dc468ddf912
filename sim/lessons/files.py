"""Lesson files: found, read, and refused with every mistake at its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import ScenarioError
from sim.lessons.checks import check_lesson
from sim.lessons.lesson import KINDS, Lesson
from sim.lessons.words import DATA
from sim.scenario.files import is_file, names_in
from sim.scenario.source import Mistake, Path_, hindrance, lines, read_source
from sim.scenario.wording import explained, findings_by_path
from sim.text import near, one_line, short

_NOT_A_LESSON = ("words",)


def lesson_names() -> tuple[str, ...]:
    """Names of the shipped lessons."""
    return tuple(name for name in names_in(DATA) if name not in _NOT_A_LESSON)


def find_lesson(lesson: str | Path) -> Path:
    """The file of a lesson given by path or by shipped name."""
    path, names = Path(lesson), lesson_names()
    if is_file(path):
        return path
    if str(lesson) in names:
        return DATA / f"{lesson}.yaml"
    shown = short(one_line(str(lesson)))
    if (why := hindrance(path)) is not None:
        raise ScenarioError(f"{shown}: this {why}")
    raise ScenarioError(f"{shown}: no such file or shipped lesson{near(path.stem, names)}")


def is_lesson(file: str) -> bool:
    """Whether a file is a lesson's: it has steps and governments."""
    if not is_file(Path(file)):
        return False
    try:
        keys = read_source(Path(file)).data
    except ScenarioError:
        return False
    return "steps" in keys and "governments" in keys


def load_lesson(lesson: str | Path) -> Lesson:
    """The lesson of a file, or of a shipped name such as `trust`.

    Raises `ScenarioError`, one line per mistake.
    """
    path = find_lesson(lesson)
    source = read_source(path, "a lesson")
    found, mistakes = _examined(source.data)
    if found is not None and not source.mistakes:
        mistakes = [*check_lesson(found, path.parent)]
    told = source.told(mistakes)
    if found is None or told:
        raise ScenarioError("\n".join(lines(told)))
    return found


def _examined(data: dict[str, Any]) -> tuple[Lesson | None, list[Mistake]]:
    try:
        return Lesson.model_validate(data), []
    except ValidationError as error:
        return None, [*_worded(findings_by_path(error))]


def _worded(findings: dict[Path_, Any]) -> Iterator[Mistake]:
    """Each finding in words; those of a step are told against its own kind."""
    for path, finding in findings.items():
        if path[0] == "steps" and len(path) > 2 and path[2] in KINDS:
            kind = KINDS[str(path[2])]
            if len(path) == 3:
                yield path[:2], "expected a block of `key: value` lines"
            for inner, text in explained({path[3:]: finding} if path[3:] else {}, kind, _hint):
                yield (*path[:2], *inner), text
        else:
            yield from explained({path: finding}, Lesson, _hint)


def _hint(path: Path_, finding: Any, _: object) -> str:
    """What the usual words do not say well."""
    kind = finding["type"]
    if kind == "union_tag_not_found":
        return f"kind: is missing{near('', list(KINDS))}"
    if kind == "union_tag_invalid":
        given = str(finding["ctx"]["tag"])
        return f"kind: '{given}' is not allowed{near(given, list(KINDS))}"
    if kind == "string_pattern_mismatch":
        given = str(finding["input"])
        return f"'{given[:40]}': a letter, then small letters, digits and _, at most 40 in all"
    if kind == "model_type" and path and str(path[-1]) in _TEXTS:
        return "expected text, or a block of en: and ko:"
    return ""


_TEXTS = ("text", "question", "title", "label", "look", "briefing", "belief", "instead", "silent")

"""The teacher's guide and the students' sheet of a lesson, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.lessons.lesson import Lesson, Predict, Vote
from sim.lessons.measuring import Measured
from sim.lessons.predictions import Choice, choices, vote_choices
from sim.lessons.words import Language, Text, measure_title, unit_of, word
from sim.text import interval_texts

Found = Mapping[str, Measured]
"""What was measured of a lesson's claims, by claim; empty where nothing was."""


def guide(lesson: Lesson, language: Language, found: Found) -> str:
    """The teacher's guide: script, steps, discussion, worksheet, key and misconceptions."""
    parts = [
        _head(lesson, language),
        _bullets("goals", lesson.goals, language),
        _governments(lesson, language),
        _roles(lesson, language),
        _script(lesson, language),
        _bullets("discussion", lesson.discussion, language),
        _bullets("worksheet", lesson.worksheet, language),
        _key(lesson, language, found),
        _misconceptions(lesson, language),
    ]
    return "\n\n".join(part for part in parts if part)


def worksheet(lesson: Lesson, language: Language) -> str:
    """The students' sheet: questions, room for predictions and reasons, tasks; no answers."""
    asked = [_asked(lesson, step, language) for step in lesson.steps
             if isinstance(step, Predict | Vote)]  # fmt: skip
    parts = [
        _head(lesson, language),
        word("name_line", language),
        _governments(lesson, language),
        _roles(lesson, language),
        *(f"### {at}. {text}" for at, text in enumerate(asked, start=1)),
        _bullets("worksheet", lesson.worksheet, language),
    ]
    return "\n\n".join(part for part in parts if part)


def claims(lesson: Lesson, language: Language, found: Found) -> Iterator[tuple[str, str, str]]:
    """Each claim of the key: what it says, how sure it is, and the difference over worlds."""
    for claim in lesson.answer_key.claims:
        seen = found.get(claim.id)
        sure = word(claim.how_sure.replace(" ", "_"), language)
        if seen is None:
            yield claim.text.said(language), sure, word("not_measured", language)
            continue
        worlds = word("in_worlds", language, holds=seen.holds, worlds=seen.worlds)
        mean, low, high = interval_texts(seen.mean, seen.low, seen.high)
        unit = unit_of(claim.measure, language)
        yield claim.text.said(language), f"{sure} ({worlds})", f"{mean} [{low}, {high}] ({unit})"


def _head(lesson: Lesson, language: Language) -> str:
    question = f"**{word('question', language)}**: {lesson.question.said(language)}"
    note = word("disclaimer", language)
    return f"# {lesson.title.said(language)}\n\n{question}\n\n*{note}*"


def _bullets(name: str, texts: list[Text], language: Language) -> str:
    if not texts:
        return ""
    lines = "\n".join(f"- {text.said(language)}" for text in texts)
    return f"## {word(name, language)}\n\n{lines}"


def _governments(lesson: Lesson, language: Language) -> str:
    return _bullets("governments", [one.label for one in lesson.governments], language)


def _roles(lesson: Lesson, language: Language) -> str:
    if not lesson.roles:
        return ""
    lines = [f"- {line}" for line in role_lines(lesson, language)]
    return f"## {word('roles', language)}\n\n" + "\n".join(lines)


def role_lines(lesson: Lesson, language: Language) -> list[str]:
    """A line for each role: who, what they want, which measure they look at."""
    return [
        f"{word(part.role, language)}: {part.briefing.said(language)} "
        f"({word('cares_about', language)}: {measure_title(part.cares_about, language)})"
        for part in lesson.roles
    ]


def _script(lesson: Lesson, language: Language) -> str:
    lines, begun = [], 0
    for part in lesson.script:
        when = word("minutes", language, first=begun, last=begun + part.minutes)
        lines.append(f"- **{when}**: {part.text.said(language)}")
        begun += part.minutes
    return f"## {word('script', language, minutes=begun)}\n\n" + "\n".join(lines)


def _key(lesson: Lesson, language: Language, found: Found) -> str:
    key = lesson.answer_key
    names = (word(name, language) for name in ("claim", "how_sure", "difference"))
    rows = [" | ".join(row) for row in claims(lesson, language, found)]
    table = "\n".join(f"| {row} |" for row in (" | ".join(names), "---|---|---", *rows))
    table = table.replace("| ---|---|--- |", "|---|---|---|")
    return (
        f"## {word('answer_key', language)}\n\n{key.text.said(language)}\n\n{table}\n\n"
        f"**{word('silent', language)}**: {key.silent.said(language)}"
    )


def _misconceptions(lesson: Lesson, language: Language) -> str:
    if not lesson.misconceptions:
        return ""
    lines = [f"- *{one.belief.said(language)}* {one.instead.said(language)}"
             for one in lesson.misconceptions]  # fmt: skip
    return f"## {word('misconceptions', language)}\n\n" + "\n".join(lines)


def _asked(lesson: Lesson, step: Predict | Vote, language: Language) -> str:
    """A question with its choices and room for an answer and a reason."""
    mine = word("my_decision" if isinstance(step, Vote) else "my_prediction", language)
    offered = _offered(lesson, step, language)
    boxes = "\n".join(f"- [ ] {choice.label}" for choice in offered)
    line = "" if offered else f"{mine}: ____________"
    showed = [] if isinstance(step, Vote) else [word("run_showed", language)]
    head = f"{step.question.said(language)}\n\n{mine}" if offered else step.question.said(language)
    rest = [boxes or line, word("because", language), *showed]
    return "\n\n".join([head, *rest])


def _offered(lesson: Lesson, step: Predict | Vote, language: Language) -> list[Choice]:
    if isinstance(step, Vote):
        return vote_choices(step, language)
    return choices(lesson, step, language)

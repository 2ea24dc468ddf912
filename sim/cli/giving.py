"""A lesson as it is given in a terminal: its steps in order, charts, and what comes of answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import numpy as np

from sim.cli.lines import padded, wrapped
from sim.cli.screen import say
from sim.lessons.edits import Edit
from sim.lessons.lesson import Debrief, Event, Explain, Lesson, Predict, Run, Tell, Vote
from sim.lessons.playing import Playing, Series
from sim.lessons.predictions import (
    amount,
    choices,
    option_of,
    shown,
    verdict,
    vote_choices,
)
from sim.lessons.sheets import Found, claims, role_lines
from sim.lessons.words import Language, measure_title, unit_of, word

_BLOCKS, _PLAIN = "▁▂▃▄▅▆▇█", "0123456789"
_POINTS = 40
Answer = str | float
Ask = Callable[[Predict | Vote], Answer]


class Given:
    """One lesson as it is given: its steps in order, on one run."""

    def __init__(self, lesson: Lesson, language: Language, playing: Playing, ask: Ask) -> None:
        self.lesson = lesson
        self.language = language
        self.playing = playing
        self.ask = ask
        self.waiting: list[tuple[Predict, Answer]] = []
        self.roles_told = False

    def go(self, found: Found) -> None:
        """All steps, then what people often believe, and how sure all of it is."""
        self._open()
        for step in self.lesson.steps:
            if isinstance(step, Tell):
                self._tell(step.text.said(self.language))
            elif isinstance(step, Predict):
                self._predict(step)
            elif isinstance(step, Run):
                self._run(step)
            elif isinstance(step, Explain):
                self._explain(step)
            elif isinstance(step, Vote):
                self._vote(step)
            elif isinstance(step, Event):
                self._head("event")
                self._tell(step.text.said(self.language))
                self._apply(step.edit, self.lesson.of(step))
            elif isinstance(step, Debrief):
                self._head("debrief")
                self._tell(step.text.said(self.language))
        self._close(found)

    def _word(self, name: str, **values: object) -> str:
        return word(name, self.language, **values)

    def _head(self, name: str, **values: object) -> None:
        say(f"\n== {self._word(name, **values)}")

    def _tell(self, text: str, indent: int = 0) -> None:
        say("\n".join(wrapped(text, indent=indent)))

    def _open(self) -> None:
        lesson, language = self.lesson, self.language
        say(f"# {lesson.title.said(language)}")
        self._tell(f"{self._word('question')}: {lesson.question.said(language)}")
        self._head("goals")
        for goal in lesson.goals:
            self._tell(f"- {goal.said(language)}")
        self._head("governments")
        for government in lesson.governments:
            self._tell(f"- {government.label.said(language)}")
        say("")

    def _predict(self, step: Predict) -> None:
        self._head("predict")
        self._tell(step.question.said(self.language))
        for at, choice in enumerate(choices(self.lesson, step, self.language), start=1):
            self._tell(f"{at}. {choice.label}", indent=2)
        self.waiting.append((step, self.ask(step)))

    def _run(self, step: Run) -> None:
        self._head("run", month=step.month, year=_years(step.month))
        self.playing.advance_to(step.month)
        for measure in step.charts:
            for line in self._chart(measure):
                say(line)
        if step.look is not None:
            self._tell(step.look.said(self.language))
        reached = [pair for pair in self.waiting if pair[0].month <= step.month]
        self.waiting = [pair for pair in self.waiting if pair[0].month > step.month]
        if reached:
            self._head("results")
        for prediction, answer in reached:
            self._tell(prediction.question.said(self.language))
            seen = shown(self.lesson, prediction, self.playing, self.language)
            told = verdict(self.lesson, prediction, answer, seen, self.language)
            self._tell(told, indent=2)

    def _chart(self, measure: str) -> list[str]:
        """A line of blocks for each government, on one scale, and its newest value."""
        series = {n: self.playing.series(measure, n) for n in self.playing.governments}
        ends = [value for values in series.values() for value in (values.min(), values.max())]
        labels = {n: self.lesson.label(n).said(self.language) for n in series}
        lines = [f"{measure_title(measure, self.language)} ({unit_of(measure, self.language)})"]
        for name, label in padded(labels).items():
            drawn = _drawn(series[name], float(np.nanmin(ends)), float(np.nanmax(ends)))
            lines.append(f"  {label}  {drawn}  {amount(float(series[name][-1]))}")
        return lines

    def _explain(self, step: Explain) -> None:
        self._head("explain")
        self._tell(step.text.said(self.language))
        if step.look_at:
            titles = "; ".join(measure_title(name, self.language) for name in step.look_at)
            self._tell(f"{self._word('look_at')}: {titles}")
        if step.question is not None:
            self._tell(f"{self._word('discuss')}: {step.question.said(self.language)}")

    def _vote(self, step: Vote) -> None:
        if not self.roles_told and self.lesson.roles:
            self._head("roles")
            for line in role_lines(self.lesson, self.language):
                self._tell(f"- {line}")
            self.roles_told = True
        if step.round is None:
            self._head("vote")
        else:
            self._head("round", number=step.round)
        self._tell(step.question.said(self.language))
        for at, choice in enumerate(vote_choices(step, self.language), start=1):
            self._tell(f"{at}. {choice.label}", indent=2)
        option = option_of(step, str(self.ask(step)))
        self._apply(option.edit, self.lesson.of(step))
        label = option.label.said(self.language)
        self._tell(self._word("decided", option=label, month=self.playing.month + 1))

    def _apply(self, edit: Edit, governments: Sequence[str]) -> None:
        for name in governments:
            self.playing.apply(edit, name)

    def _close(self, found: Found) -> None:
        if self.lesson.misconceptions:
            self._head("misconceptions")
        for one in self.lesson.misconceptions:
            self._tell(f"{self._word('believed')}: {one.belief.said(self.language)}")
            self._tell(f"{self._word('instead')}: {one.instead.said(self.language)}", indent=2)
        self._head("how_sure")
        for text, sure, _ in claims(self.lesson, self.language, found):
            self._tell(f"- {text} {sure}")
        self._tell(f"{self._word('silent')}: {self.lesson.answer_key.silent.said(self.language)}")
        say("")
        self._tell(self._word("disclaimer"))
        self._tell(self._word("repeat", seed=self.lesson.seed + 1))


def _years(month: int) -> str:
    """Years of so many months, as 3.5 or 10."""
    return f"{month / 12:.1f}".removesuffix(".0")


def _drawn(values: Series, low: float, high: float) -> str:
    """A series as blocks between two values, or as digits where there are none."""
    marks = _BLOCKS if _takes(_BLOCKS) else _PLAIN
    every = values[np.linspace(0, len(values) - 1, min(_POINTS, len(values))).astype(int)]
    wide = (high - low) or 1.0
    return "".join(
        " " if not np.isfinite(v) else marks[int((v - low) / wide * (len(marks) - 1) + 0.5)]
        for v in every.tolist()
    )


def _takes(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

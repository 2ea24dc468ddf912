"""A class: a teacher leads a lesson on one screen, students answer on phones and play roles.

Nobody gives a name: a student is a number and a role. What students send is counted, and seen
against what the run shows, which is computed.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from sim.errors import UserMistake
from sim.lab.words import filled
from sim.lessons.checks import scenarios_of
from sim.lessons.files import find_lesson, lesson_names, load_lesson
from sim.lessons.lesson import Event, Lesson, Predict, Run, Step, Vote
from sim.lessons.playing import Playing
from sim.lessons.predictions import choices, option_of, read_choice, read_number, vote_choices
from sim.lessons.words import Language
from sim.text import near, short

MOST_STUDENTS = 200
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 6


@dataclass
class Student:
    """One phone: its number, the role that it plays, its answers by step."""

    number: int
    role: str
    answers: dict[str, str | float] = field(default_factory=dict)
    seen: float = field(default_factory=monotonic)


@dataclass
class Classroom:
    """A lesson under way: the step that it has come to, the students, the run."""

    lesson: Lesson
    playing: Playing
    lang: Language
    code: str
    at: int = 0
    students: dict[str, Student] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    """What was decided in each vote that is over."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    seen: float = field(default_factory=monotonic)
    is_over: bool = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """The class for oneself; raises `UserMistake` where it was ended in the meantime."""
        with self.lock:
            if self.is_over:
                raise UserMistake(filled("class", "no_class", self.lang, code=self.code))
            yield

    def end(self) -> None:
        """Let go of the run, when all that is under way is done."""
        with self.lock:
            self.is_over = True
            self.playing.close()

    @property
    def step(self) -> Step:
        """The step that the class is at."""
        return self.lesson.steps[self.at]

    @property
    def asks(self) -> Predict | Vote | None:
        """What students are asked now, if anything."""
        return self.step if isinstance(self.step, Predict | Vote) else None

    def join(self) -> tuple[str, Student]:
        """A new student with a secret name and the next role; raises `UserMistake` when full."""
        with self.held():
            if len(self.students) >= MOST_STUDENTS:
                raise UserMistake(filled("class", "is_full", self.lang, n=MOST_STUDENTS))
            roles = [part.role for part in self.lesson.roles]
            number = len(self.students) + 1
            role = roles[(number - 1) % len(roles)] if roles else ""
            name = secrets.token_urlsafe(18)
            self.students[name] = Student(number, role)
            return name, self.students[name]

    def answer(self, student: Student, step: str, given: Any) -> None:
        """Take an answer to what is asked now; it may be changed until the class goes on."""
        with self.held():
            asked = self.asks
            if asked is None or asked.id != step:
                raise UserMistake(filled("class", "is_closed", self.lang))
            student.answers[step] = self._read(asked, given)

    def _read(self, asked: Predict | Vote, given: Any) -> str | float:
        if isinstance(asked, Vote):
            return read_choice(str(given), vote_choices(asked, self.lang))
        allowed = choices(self.lesson, asked, self.lang)
        return read_choice(str(given), allowed) if allowed else read_number(str(given))

    def counts(self, step: str) -> Counter[str | float]:
        """Answers to a step and how many gave them."""
        answers = (student.answers.get(step) for student in self.students.values())
        return Counter(answer for answer in answers if answer is not None)

    def go_on(self, choice: str | None = None) -> None:
        """The next step. A vote is carried out on the way: what most want, or the `choice`.

        Raises `UserMistake` at the end, before a run that is not over, where nobody has voted, or
        where votes are even and the teacher does not choose.
        """
        with self.held():
            step = self.step
            if self.at == len(self.lesson.steps) - 1:
                raise UserMistake(filled("class", "is_over", self.lang))
            if isinstance(step, Run) and self.playing.month < step.month:
                raise UserMistake(filled("class", "still_runs", self.lang))
            if isinstance(step, Vote):
                self._decide(step, choice)
            self.at += 1
            self.begin()

    def begin(self) -> None:
        """Come to a step: an event happens as soon as the class is there."""
        if isinstance(self.step, Event):
            for name in self.lesson.of(self.step):
                self.playing.apply(self.step.edit, name)

    def _decide(self, vote: Vote, choice: str | None) -> None:
        if choice is not None and choice not in {option.id for option in vote.options}:
            raise UserMistake(f"{short(choice)}: no such option")
        option = option_of(vote, self._most(vote) if choice is None else choice)
        for name in self.lesson.of(vote):
            self.playing.apply(option.edit, name)
        self.decided[vote.id] = option.id

    def _most(self, vote: Vote) -> str:
        counted = self.counts(vote.id).most_common()
        if not counted:
            raise UserMistake(filled("class", "no_votes", self.lang))
        if len(counted) > 1 and counted[0][1] == counted[1][1]:
            raise UserMistake(filled("class", "even_votes", self.lang))
        return str(counted[0][0])

    def run(self, months: int) -> None:
        """Some months of the run that the class is at."""
        with self.held():
            if not isinstance(self.step, Run):
                raise UserMistake(filled("class", "nothing_runs", self.lang))
            self.playing.advance_to(min(self.step.month, self.playing.month + max(1, months)))


def open_classroom(name: str, lang: Language) -> Classroom:
    """A class at the first step of a lesson, which has happened if it is an event."""
    lesson = load_lesson(name)
    plans = scenarios_of(lesson, find_lesson(name).parent)
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    room = Classroom(lesson, Playing(plans, lesson.seed), lang, code)
    room.begin()
    return room


_FORGOTTEN = 6 * 3600.0


class Classrooms:
    """All classes that are open, by code."""

    def __init__(self, most: int = 16) -> None:
        self.most = most
        self._by_code: dict[str, Classroom] = {}

    def open(self, name: str, lang: Language) -> Classroom:
        """Open a class of a shipped lesson, for a page may not name files of this machine.

        Raises `UserMistake` for others, and when too many are open.
        """
        if name not in lesson_names():
            raise UserMistake(f"{short(name)}: is no lesson{near(name, lesson_names())}")
        self.sweep()
        if len(self._by_code) >= self.most:
            raise UserMistake(f"{self.most} classes are open; end one first")
        room = open_classroom(name, lang)
        self._by_code[room.code] = room
        return room

    def find(self, code: str, lang: Language = "en") -> Classroom:
        """The class of a code; raises `UserMistake` for an unknown one."""
        room = self._by_code.get(code.strip().casefold())
        if room is None:
            raise UserMistake(filled("class", "no_class", lang, code=short(code)))
        room.seen = monotonic()
        return room

    def end(self, code: str) -> None:
        """End a class; what its students sent is forgotten."""
        room = self._by_code.pop(code, None)
        if room is not None:
            room.end()

    def close(self) -> None:
        """End all classes."""
        for code in list(self._by_code):
            self.end(code)

    def sweep(self) -> None:
        """End classes that nobody has looked at for hours."""
        for code, room in list(self._by_code.items()):
            if monotonic() - room.seen > _FORGOTTEN:
                self.end(code)

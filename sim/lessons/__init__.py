"""Lessons for classes: predict, run, explain; as data, and how they are played. Knows no web."""

from sim.lessons.edits import Edit
from sim.lessons.files import find_lesson, lesson_names, load_lesson
from sim.lessons.lesson import Lesson
from sim.lessons.playing import Playing

__all__ = ["Edit", "Lesson", "Playing", "find_lesson", "lesson_names", "load_lesson"]

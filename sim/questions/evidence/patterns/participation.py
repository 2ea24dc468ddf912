"""Patterns of taking part: 6, 7, 8, and contact unasked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sim.questions.evidence.asked import KOREA, MIXED, PARADIGMS, UNASKED
from sim.questions.evidence.patterns.pattern import Pattern
from sim.questions.evidence.patterns.seen import Seen

_BREADTH = "participation_breadth"


def participation_patterns() -> Iterator[Pattern]:
    """All of them, in the order of their numbers."""
    yield Pattern(
        "contact", "who contacts an official unasked, in a year (Gov1.0)",
        "%", 10.0, 8.0, 12.0, "European Social Survey",
        partial(Seen.recent, scenario="gov1", outcome=_BREADTH), 0, "mean of the last three years",
    )  # fmt: skip
    yield Pattern(
        "breadth", "who takes part in a year, the widest of the three paradigms",
        "%", 8.5, 2.0, 35.0, "participatory budgets and online consultations",
        lambda seen: max(seen.recent(name, _BREADTH) for name in PARADIGMS), 6,
        "mean of the last three years; Gov3.0 invites as often as leads to Estonia's 26.6 % asked online",
    )  # fmt: skip
    yield Pattern(
        "breadth_mixtures", "the same, the widest of two mixtures: Korea, and half way to Gov3.0",
        "%", 8.5, 2.0, 27.0, "Eurostat 2023: 2.2 (Cyprus) to 26.6 (Estonia)",
        lambda seen: max(seen.recent(name, _BREADTH) for name in (KOREA, MIXED)), 6,
    )  # fmt: skip
    yield Pattern(
        "top3", "inputs of a year by the top 3 % of participants, mean of ten years (Gov2.0)",
        "0-1", 0.25, 0.20, 0.45, "Usenet; FixMyStreet (mySociety)",
        partial(Seen.decade, scenario="gov2", outcome="top3_share"), 7,
    )  # fmt: skip
    yield Pattern(
        "second_report", "chance of a second input within a year: first one acted on, or not",
        "ratio", 1.57, 1.4, 1.75, "Sjoberg, Mellon and Peixoto 2017, FixMyStreet (mySociety)",
        partial(Seen.last, scenario=UNASKED, outcome="second_report"), 8,
        "Gov2.0 where nobody is invited, as reporters there are not; with its invitations about 1.3",
    )  # fmt: skip

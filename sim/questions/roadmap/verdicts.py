"""Each chosen schedule against simple rules and lots, in sentences: better, worse, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.drawing.words import listed
from sim.questions.how_sure import FEWEST_WORLDS
from sim.questions.roadmap.against import BETTER, WORSE, Against, against
from sim.questions.roadmap.chosen import ALL_ROWS
from sim.questions.roadmap.rules import STAY
from sim.text import interval_texts

if TYPE_CHECKING:
    from sim.questions.roadmap.analysis import Roadmap

_BOTH = "both"


def verdict(found: Roadmap) -> Iterator[str]:
    """The balanced schedule, and that of all rows, against rules and lots; then the others."""
    names = list(found.chosen)
    for name in names:
        yield ""
        if name in (names[0], ALL_ROWS):
            yield from _against_all(found, name)
        else:
            own = against(name, found.values[name], names[0], found.values[names[0]])
            yield f"{name} against {names[0]}: {_pair(own)}."
            yield f"Against the rules: {_conclusion(found, _pairs_of(found, name))}"
    if names:
        yield ""


def _pairs_of(found: Roadmap, name: str) -> dict[str, list[Against]]:
    """What a schedule is against each rule and lots."""
    pairs: dict[str, list[Against]] = {}
    for one in found.against_rules:
        if one.schedule == name:
            pairs.setdefault(one.other, []).append(one)
    return pairs


def _against_all(found: Roadmap, name: str) -> Iterator[str]:
    pairs = _pairs_of(found, name)
    yield f"{name} against simple rules and random orders, differences that matter and are likely:"
    for other, own in pairs.items():
        yield f"  {other.replace('_', ' ')}: {_pair(own)}."
    yield f"So {_conclusion(found, pairs)}"


def _pair(own: Sequence[Against]) -> str:
    clauses = []
    for word in (BETTER, WORSE):
        told = [_clause(one) for one in own if one.verdict == word]
        if told:
            clauses.append(f"{word} in {'; '.join(told)}")
    if clauses:
        return ", ".join(clauses)
    largest = max(own, key=lambda one: abs(one.mean) / one.objective.margin)
    if len(largest.gains) < FEWEST_WORLDS:
        return f"the largest difference is {_clause(largest)}"
    matters = abs(largest.mean) >= largest.objective.margin
    word = "likely" if matters else "that matters"
    return f"no difference {word}; the largest is {_clause(largest)}"


def _clause(one: Against) -> str:
    mean, low, high = interval_texts(one.difference, *one.confidence, least=2)
    between = f" ({low} to {high})" if low else ""
    most = one.better if one.mean >= 0 else one.worse
    return f"{one.objective.words} {mean}{between}, {most} of {len(one.gains)} worlds"


def _conclusion(found: Roadmap, pairs: dict[str, list[Against]]) -> str:
    """Whether a schedule beats rules and lots, or when rows move hardly matters."""
    if found.question.size.held_out < FEWEST_WORLDS:
        return "this few worlds cannot say whether it is better than any of them."
    kinds = {name: _kind(own) for name, own in pairs.items()}
    moving = [one for name, own in pairs.items() if name != STAY for one in own]
    if set(kinds.values()) == {BETTER}:
        return "it is better than every simple rule and than random orders, and worse in nothing."
    if not any(kinds[name] for name in kinds if name != STAY):
        if any(abs(one.mean) >= one.objective.margin for one in moving):
            return (
                "it is open against the rules and random orders that move rows: differences that "
                "would matter go one way in some worlds and the other way in others."
            )
        return (
            "it is no better than the rules and random orders that move rows: in which order they "
            f"move does not matter beyond the margins, and makes at most {_most(moving)}."
        )
    told = {
        BETTER: "better than", "": "not clearly different from", WORSE: "worse than",
        _BOTH: "a trade-off against",
    }  # fmt: skip
    parts = [
        f"{words} {listed([n.replace('_', ' ') for n, own in kinds.items() if own == kind])}"
        for kind, words in told.items() if kind in kinds.values()
    ]  # fmt: skip
    return f"it is {'; '.join(parts)}."


def _kind(own: Sequence[Against]) -> str:
    """Better, worse, both or nothing, of what matters and is likely."""
    found = {one.verdict for one in own} & {BETTER, WORSE}
    return _BOTH if len(found) > 1 else next(iter(found), "")


def _most(pairs: Sequence[Against]) -> str:
    """The largest differences, by outcome."""
    largest: dict[str, Against] = {}
    for one in pairs:
        before = largest.get(one.objective.name)
        if before is None or abs(one.mean) > abs(before.mean):
            largest[one.objective.name] = one
    return listed([
        f"{abs(one.mean):.2f} {one.objective.difference_unit} ({one.objective.words})"
        for one in largest.values()
    ])  # fmt: skip

"""From plain data to a model of Pydantic's, with every mistake found in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.scenario.remaining import Remaining, StandIns
from sim.scenario.source import MOST_TOLD, Mistake, Path_, Source, Told
from sim.scenario.wording import Hint, explained, findings_by_path, scenario_hint

Model = TypeVar("Model", bound=BaseModel)
PIECEWISE = "the loader looks at the whole by itself, to tell all mistakes at once"
"""The validation context in which a model must not look at its whole."""


def examine(
    top: type[Model],
    source: Source,
    check: Callable[[Model, Set[Path_]], Iterator[Mistake]],
    *,
    stand_ins: StandIns,
    unknown: Set[Path_] = frozenset(),
    hint: Hint = scenario_hint,
) -> tuple[Model | None, list[Told]]:
    """The model of plain data, and every mistake with its place.

    `check` finds what only the whole can show, without what is wrong by itself or `unknown`. The
    model holds only what is right; it is None where there are too many mistakes to go on.
    """
    remaining = Remaining(source.data, stand_ins)
    model, findings = _built(top, remaining)

    def all_mistakes() -> Iterator[Mistake]:
        """One by one: worded only as long as somebody listens."""
        yield from explained(findings, top, hint)
        if model is not None:
            yield from check(model, remaining.dropped | unknown)

    return model, source.told(islice(all_mistakes(), MOST_TOLD + 1))


def _built(top: type[Model], remaining: Remaining) -> tuple[Model | None, dict[Path_, Any]]:
    """A model of what is right by itself, and what Pydantic finds wrong with the rest.

    Pydantic looks at each field alone. What it refuses is taken out, so that what only the whole
    can show is found in the same go; unless there are more mistakes already than are told.
    """
    findings: dict[Path_, Any] = {}
    while True:
        try:
            return top.model_validate(remaining.data, context=PIECEWISE), findings
        except ValidationError as error:
            found = findings_by_path(error)
            findings |= {p: f for p, f in found.items() if not remaining.is_consequence(p)}
            if len(findings) > MOST_TOLD:
                return None, findings
            remaining.drop(found)

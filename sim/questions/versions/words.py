"""What a version changed, in sentences: defaults first, then outcomes, then conclusions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from sim.outcome_words import headed
from sim.outcomes import OUTCOMES
from sim.questions.versions.against import AGAINST, Against
from sim.questions.versions.stored import as_stored
from sim.runs.version import model_version
from sim.text import interval_texts

_MOST = 8
_HEADLINES = tuple(outcome.name for outcome in OUTCOMES)


def sentences(found: Against) -> list[str]:
    """Lines for people: what differs in the model's defaults, values and comparisons."""
    stored = found.stored
    if stored.is_of_this_version:
        return [_of_this_version(found)]
    lines = [
        f"Against {stored.path}, results of model {stored.version} (this is {model_version()}):"
    ]
    lines += [f"  {line}" for line in _defaults(found)]
    lines += [f"  {line}" for line in _told(found, "value")]
    if found.runs.study.baseline is not None:
        lines += [f"  {line}" for line in _told(found, "difference")]
    if not found.paired:
        lines.append(
            "  The seeds or the worlds are others, so no replicate can be held against its like: "
            "luck is in these changes."
        )
    return [*lines, f"  All outcomes and components are in {AGAINST}."]


def _of_this_version(found: Against) -> str:
    stored = found.stored
    same = (
        f"{stored.path} holds results of this very version ({stored.version}): the same scenarios, "
        "seed and replicates give the same numbers, so nothing can differ."
    )
    moved = found.rows[~found.rows["verdict"].isin(["same"])]
    if moved.empty:
        return f"{same} Nothing does."
    if not found.paired:
        return f"{same} The seeds or the worlds are others here, and what differs is luck."
    libraries = _libraries(stored.versions)
    why = f"; libraries differ: {libraries}" if libraries else ""
    return f"{same} Yet {len(moved)} readings do differ, which is a fault{why}."


def _libraries(before: Mapping[str, str]) -> str:
    from sim.runs.manifest import origin

    now = origin("")["versions"]
    return ", ".join(
        f"{name} {old} then, {now[name]} now"
        for name, old in before.items()
        if name in now and now[name] != old
    )


def _defaults(found: Against) -> Iterator[str]:
    """Defaults of parameters that have changed, have come or have gone."""
    _, here = as_stored(found.runs.study)
    name = next(iter(found.runs.study.scenarios))
    now, before = _parameters(here[name]), _parameters(found.stored.resolved[name])
    changed = [
        f"{key} {before[key]:g} to {now[key]:g}"
        for key in now
        if before.get(key, now[key]) != now[key]
    ]
    kinds = (
        ("Defaults changed", changed),
        ("New parameters", [key for key in now if key not in before]),
        ("Parameters gone", [key for key in before if key not in now]),
    )
    for what, names in kinds:
        if names:
            yield f"{what}: {_listed(names)}."


def _parameters(resolved: Mapping[str, Any]) -> dict[str, float]:
    found = resolved.get("parameters", {})
    return {str(k): float(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _listed(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _MOST} more"] if len(names) > _MOST else []
    return ", ".join([*names[:_MOST], *more])


def _told(found: Against, of: str) -> Iterator[str]:
    rows = found.rows[(found.rows["of"] == of) & found.rows["outcome"].isin(_HEADLINES)]
    what = "outcomes" if of == "value" else f"differences to {found.runs.study.baseline}"
    count = len(rows)
    moved = rows[rows["verdict"] == "changed"]
    if moved.empty:
        yield f"None of {count} headline {what} is shown to have changed{_open_ones(rows)}."
        return
    yield f"{len(moved)} of {count} headline {what} changed{_open_ones(rows)}:"
    for row in moved.to_dict("records"):
        yield f"  {_sentence(row)}"


def _open_ones(rows: pd.DataFrame) -> str:
    counted = {
        "too small to matter": "move by less than matters",
        "open": "are open",
        "too few": "rest on too few replicates to say",
        "same": "are exactly the same",
        "new": "are new",
        "gone": "are gone",
    }
    told = [
        f"{number} {words}"
        for verdict, words in counted.items()
        if (number := int((rows["verdict"] == verdict).sum()))
    ]
    return f" ({', '.join(told)})" if told else ""


def _sentence(row: Mapping[Any, Any]) -> str:
    change, low, high = interval_texts(row["change"], row["change_low"], row["change_high"])
    before, now = _number(row["before"]), _number(row["now"])
    return (
        f"{headed(row['outcome'])} of {row['scenario']}: {before} then, {now} now, "
        f"{change} [{low}, {high}]"
    )


def _number(value: float) -> str:
    return "nothing" if math.isnan(value) else f"{value:.4g}"

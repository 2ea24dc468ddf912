"""Where the lives of twins first part, in which month and why."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.questions.story.points import Track, first
from sim.questions.story.reasons import in_words, reasons_between

Why = Callable[[pd.Series, pd.Series, str, str], str]
_DEEDS = (
    "trained", "digital", "tried_online", "done_online", "met", "invited", "took_part", "answered",
    "ignored", "exposed",
)  # fmt: skip
_POINT = 1.0


def partings(tracks: list[Track]) -> list[str]:
    """For each scenario after the first: the first deed that differs, and when trust does."""
    base, *others = tracks
    return [_parting(base, other) for other in others]


def _parting(base: Track, other: Track) -> str:
    one, two = base.trace, other.trace
    differ = np.zeros(len(one), dtype=bool)
    for deed in _DEEDS:
        differ |= one[deed].to_numpy() != two[deed].to_numpy()
    at = first(differ)
    if at is None:
        same = f"Under {base.name} and {other.name} the person does and meets the same throughout. "
        return same + _trust(base, other)
    deed = next(deed for deed in _DEEDS if one[deed].iloc[at] != two[deed].iloc[at])
    why = _WHY[deed](one.iloc[at], two.iloc[at], base.name, other.name)
    head = f"The lives under {base.name} and {other.name} first part in {base.date(at)}: "
    return f"{head}{why}. {_trust(base, other)}"


def _trust(base: Track, other: Track) -> str:
    gap = (other.trace["trust"] - base.trace["trust"]).to_numpy()
    at = first(np.abs(gap) >= _POINT)
    if at is None:
        return "Their trust never differs by a point."
    mine, theirs = (reasons_between(track.trace, 0, at) for track in (base, other))
    because = in_words({name: theirs[name] - mine[name] for name in mine}, most=2)
    way = "more" if gap[at] > 0 else "less"
    return (
        f"In {base.date(at)} trust differs by a point for the first time: {way} of it under "
        f"{other.name} ({because})."
    )


def _percent(one: pd.Series, two: pd.Series, column: str) -> tuple[str, str]:
    return f"{100 * one[column]:.0f} %", f"{100 * two[column]:.0f} %"


def _only(one: pd.Series, two: pd.Series, deed: str, mine: str, theirs: str) -> tuple[str, str]:
    """Under which scenario it happened (more), and under which not."""
    return (theirs, mine) if two[deed] > one[deed] else (mine, theirs)


def _trained(one: pd.Series, two: pd.Series, mine: str, theirs: str) -> str:
    who, _ = _only(one, two, "trained", mine, theirs)
    return f"only under {who} a digital-skills course comes their way"


def _digital(one: pd.Series, two: pd.Series, mine: str, theirs: str) -> str:
    who, other = _only(one, two, "digital", mine, theirs)
    conditions = zip(_conditions(one), _conditions(two), strict=True)
    told = [f"{what} {a} and {b}" for (what, a), (_, b) in conditions if a != b]
    return (
        f"the person takes the digital channel under {who} but the counter under {other} "
        f"({'; '.join(told) or 'by a hair'}, under {mine} and {theirs})"
    )


def _conditions(row: pd.Series) -> list[tuple[str, str]]:
    """What the choice of a channel looks at, in words."""
    advantage = float(row["quality_digital"] - row["quality_counter"])
    return [
        ("access to the internet", "yes" if row["has_access"] else "no"),
        ("digital skill", f"{row['skill']:.2f}"),
        ("portal against counter", f"{advantage:+.2f}"),
        ("neighbours on the digital channel", f"{100 * row['peers_digital']:.0f} %"),
        ("people with access", f"{100 * row['infrastructure']:.0f} %"),
        ("trust", f"{row['trust']:.1f}"),
    ]


def _tried(one: pd.Series, two: pd.Series, mine: str, theirs: str) -> str:
    who, other = _only(one, two, "tried_online", mine, theirs)
    a, b = _percent(one, two, "online_supply")
    return (
        f"a need goes online under {who} and to the counter under {other}: the portal offered "
        f"{a} of services under {mine}, {b} under {theirs}"
    )


def _done(one: pd.Series, two: pd.Series, mine: str, theirs: str) -> str:
    who, other = _only(one, two, "done_online", mine, theirs)
    return f"an attempt online succeeds under {who} and fails under {other}"


def _met(one: pd.Series, two: pd.Series, mine: str, theirs: str) -> str:
    who, other = _only(one, two, "met", mine, theirs)
    a, b = _percent(one, two, "handled_share")
    return (
        f"a need is met under {who} and turned away under {other}: counters handled {a} of "
        f"contacts under {mine}, {b} under {theirs}"
    )


def _invited(one: pd.Series, two: pd.Series, mine: str, theirs: str) -> str:
    who, other = _only(one, two, "invited", mine, theirs)
    a, b = _percent(one, two, "invitations")
    return (
        f"the person is invited to take part under {who} and not under {other}: in a month "
        f"{a} of citizens were invited under {mine}, {b} under {theirs}"
    )


def _took_part(one: pd.Series, two: pd.Series, mine: str, theirs: str) -> str:
    who, other = _only(one, two, "took_part", mine, theirs)
    asked = "invited by both" if one["invited"] else "invited by neither"
    return (
        f"{asked}, the person takes part under {who} and not under {other} (trust "
        f"{one['trust']:.0f} and {two['trust']:.0f}, belief in being heard {one['efficacy']:.2f} "
        f"and {two['efficacy']:.2f})"
    )


def _answered(one: pd.Series, two: pd.Series, mine: str, theirs: str) -> str:
    who, other = _only(one, two, "answered", mine, theirs)
    a, b = _percent(one, two, "response_rate")
    return (
        f"the person's input is answered under {who} and not under {other}: the chance was {a} "
        f"under {mine}, {b} under {theirs}"
    )


def _exposed(one: pd.Series, two: pd.Series, mine: str, theirs: str) -> str:
    who, other = _only(one, two, "exposed", mine, theirs)
    return f"a data breach exposes the person under {who} and not under {other}"


_WHY: dict[str, Why] = {
    "trained": _trained,
    "digital": _digital,
    "tried_online": _tried,
    "done_online": _done,
    "met": _met,
    "invited": _invited,
    "took_part": _took_part,
    "answered": _answered,
    "ignored": _answered,
    "exposed": _exposed,
}

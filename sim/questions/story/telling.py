"""A story as lines of text: side by side where columns fit, else one scenario after another."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

from sim.questions.story.points import Point, Track, choose

_DATE = 9
_NARROWEST = 28
_LONGEST_NAME = 24
_GAP = "  "
_WIDE = "WF"


def tell(
    title: str,
    about: Sequence[str],
    tracks: Sequence[Track],
    after: Sequence[str],
    *,
    width: int,
    everything: bool,
) -> str:
    """Header, turning points, the end compared, and what follows."""
    lines = wrapped(title, width)
    lines.append("=" * max(map(width_of, lines)))
    for paragraph in about:
        lines += wrapped(paragraph, width)
    lines += ["", *_turning_points(tracks, width, everything)]
    lines += ["", *_endings(tracks, width)]
    for paragraph in after:
        lines += ["", *wrapped(paragraph, width)]
    return "\n".join(line.rstrip() for line in lines)


def width_of(text: str) -> int:
    """Columns that a text takes in a terminal; Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in _WIDE else 1 for letter in text)


def wrapped(text: str, room: int) -> list[str]:
    """Lines of at most `room` columns; a word that is wider than that is broken."""
    lines, rest = [""], [w for word in text.split() for w in _pieces(word, room)]
    for word in rest:
        together = f"{lines[-1]} {word}".lstrip()
        if width_of(together) <= room:
            lines[-1] = together
        else:
            lines.append(word)
    return lines


def _pieces(word: str, room: int) -> list[str]:
    return [word] if width_of(word) <= room else textwrap.wrap(word, max(1, room // 2))


def _turning_points(tracks: Sequence[Track], width: int, everything: bool) -> list[str]:
    told = choose(tracks, everything=everything)
    left = sum(len(track.points) - len(points) for track, points in zip(tracks, told, strict=True))
    head = "Turning points" + (f" (the weightiest; {left} more with --all)" if left else "")
    room = (width - _DATE) // len(tracks) - len(_GAP)
    if room >= _NARROWEST:
        return [head, *_side_by_side(tracks, told, room)]
    lines = [head]
    for track, points in zip(tracks, told, strict=True):
        lines += _side_by_side([track], [points], width - _DATE - len(_GAP))
    return lines


def _side_by_side(tracks: Sequence[Track], told: Sequence[Sequence[Point]], room: int) -> list[str]:
    names = [_short(track.name, room) for track in tracks]
    lines = ["", _row("", names, room), "-" * (_DATE + len(tracks) * (room + len(_GAP)))]
    months = sorted({point.month for points in told for point in points})
    for month in months:
        cells = [
            wrapped("; ".join(p.text for p in points if p.month == month), room) for points in told
        ]
        for number in range(max(map(len, cells))):
            date = tracks[0].date(month) if number == 0 else ""
            lines.append(_row(date, [c[number] if number < len(c) else "" for c in cells], room))
    return lines if months else [*lines, "nothing turned"]


def _endings(tracks: Sequence[Track], width: int) -> list[str]:
    """What is compared at the end: a line each, a column per scenario."""
    labels = list(tracks[0].ending)
    first = max(map(width_of, labels)) + 2
    names = [_short(track.name, _LONGEST_NAME) for track in tracks]
    columns = [
        max(map(width_of, [name, *track.ending.values()])) + 3
        for name, track in zip(names, tracks, strict=True)
    ]
    if first + sum(columns) > width:
        return [line for track in tracks for line in _ending(track, labels, first)]
    rows = [("At the end", names)]
    rows += [(label, [track.ending[label] for track in tracks]) for label in labels]
    return [
        _padded(label, first)
        + "".join(
            " " * (room - width_of(cell)) + cell for cell, room in zip(cells, columns, strict=True)
        )
        for label, cells in rows
    ]


def _ending(track: Track, labels: Sequence[str], first: int) -> list[str]:
    head = f"At the end, {track.name}"
    return [head, *(f"  {_padded(label, first)}{track.ending[label]}" for label in labels)]


def _row(date: str, cells: Sequence[str], room: int) -> str:
    return date.ljust(_DATE) + "".join(_GAP + _padded(cell, room) for cell in cells)


def _padded(text: str, room: int) -> str:
    return text + " " * (room - width_of(text))


def _short(name: str, room: int) -> str:
    while width_of(name) > room:
        name = f"{name.rstrip('…')[:-1]}…"
    return name

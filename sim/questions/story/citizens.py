"""A citizen's life under one scenario: the turning points, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.questions.story.points import Point, Swing, Track, first, signed, swings
from sim.questions.story.reasons import REASONS, in_words, reasons_between
from sim.scenario import Scenario

YEAR = 12
LEGEND = (
    "Trust runs from 0 to 100, and the reasons beside it are points of trust that add up to the "
    "change. Services: better (+) or worse (-) than the person was used to. Budget: nearer to "
    "their wishes, or further from them, than they were used to. Answers: heard or not after "
    "taking part. Neighbours: they trust more or less than the person does. Own disposition: the "
    "way back to the trust that is in the person's nature."
)
_MUCH = 1.0
_EQUAL = 0.05
_MOSTLY = 0.6
_LEAST_FIT_MOVE = 0.05


def citizen_track(
    name: str, scenario: Scenario, life: pd.DataFrame, context: Iterable[Point] = ()
) -> Track:
    """Turning points and ending of a followed citizen's months; `context` is what else happened."""
    trace = life.copy()
    shares = [c for c in trace.columns if c.startswith(("trust", "by_"))]
    trace[[*shares, "predisposition"]] *= 100.0
    track = Track(name, scenario, trace, list(context), _ending(trace, scenario))
    finders = (_online, _channel, _voice, _misfortunes, _budget, _trust)
    track.points.extend(point for find in finders for point in find(trace, track))
    return track


def _column(trace: pd.DataFrame, name: str) -> NDArray[Any]:
    return trace[name].to_numpy()


def _online(trace: pd.DataFrame, track: Track) -> Iterator[Point]:
    access = _access(trace, track.scenario)
    if access is not None and access >= 0:
        share = 100.0 * float(trace["infrastructure"].iloc[access + 1])
        text = f"gets access to the internet ({share:.0f} % of people have it)"
        yield Point(access + 1, "access", text, 5.0, once=True)
    trained = first(_column(trace, "trained") > 0)
    if trained is not None:
        before, after = trace["skill"].iloc[trained - 1], trace["skill"].iloc[trained]
        text = f"takes a digital-skills course: skill {before:.2f} to {after:.2f}"
        yield Point(trained, "course", text, 6.0, once=True)


def _channel(trace: pd.DataFrame, track: Track) -> Iterator[Point]:
    tried, done = _column(trace, "tried_online"), _column(trace, "done_online")
    failed = tried - done
    begin = first(tried > 0)
    if begin is not None:
        how = "it works" if done[begin] else "it fails"
        if not done[begin] and trace["counter"].iloc[begin]:
            how += ", and the counter has to help"
        text = f"first tries a service online{_since(track.scenario)}: {how}"
        yield Point(begin, "online", text, 7.0, once=True)
    works = first(done > 0)
    if works is not None and works != begin:
        text = f"first completes a service online{_since(track.scenario)}"
        yield Point(works, "online works", text, 4.5, once=True)
    digital = _column(trace, "digital")
    returned = False
    for month in np.flatnonzero(np.diff(digital) < 0) + 1:
        recent = int(failed[max(0, month - YEAR) : month].sum())
        if recent and not returned:
            tries = "a failed attempt" if recent == 1 else f"{recent} failed attempts"
            text = f"goes back to the counter after {tries} online within a year"
            yield Point(int(month), "counter", text, 6.0)
            returned = True
        else:
            yield Point(int(month), "counter", "goes back to the counter", 1.0)


def _voice(trace: pd.DataFrame, track: Track) -> Iterator[Point]:
    for column, what, weight in (
        ("invited", "is invited to take part for the first time", 4.0),
        ("took_part", "takes part for the first time", 8.0),
        ("answered", "is answered for the first time", 8.0),
        ("ignored", "took part and is not answered, for the first time", 7.5),
    ):
        happened = _column(trace, column) > 0
        begin = first(happened)
        if begin is None:
            continue
        text = what + _since(track.scenario)
        if column in ("answered", "ignored"):
            before, after = trace["efficacy"].iloc[[max(0, begin - 1), begin]]
            text += f" (belief in being heard {before:.2f} to {after:.2f})"
        yield Point(begin, column, text, weight, once=True)


def _misfortunes(trace: pd.DataFrame, track: Track) -> Iterator[Point]:
    for month in np.flatnonzero(_column(trace, "exposed") > 0):
        cost = signed(float(trace["by_breach"].iloc[month]))
        text = f"a data breach exposes their data (trust {cost})"
        yield Point(int(month), "breach", text, 9.0)
    unmet = _column(trace, "needs") - _column(trace, "met")
    begin = first(unmet > 0)
    if begin is None:
        return
    text = f"is turned away at the counter for the first time{_since(track.scenario)}"
    yield Point(begin, "turned away", text, 5.5, once=True)
    yearly = np.convolve(unmet, np.ones(YEAR), "valid")
    worst = int(np.argmax(yearly))
    if yearly[worst] >= 3:
        needs = int(_column(trace, "needs")[worst : worst + YEAR].sum())
        text = f"worst year: {int(yearly[worst])} of {needs} needs turned away"
        yield Point(worst + int(np.argmax(unmet[worst:] > 0)), "worst year", text, 6.0)


def _budget(trace: pd.DataFrame, track: Track) -> Iterator[Point]:
    fit = _column(trace, "fit")[1:]
    moves = fit[YEAR:] - fit[:-YEAR]
    if not len(moves):
        return
    at = int(np.argmax(np.abs(moves)))
    if abs(moves[at]) >= _LEAST_FIT_MOVE:
        way = "nearer to" if moves[at] > 0 else "further from"
        text = (
            f"the local budget moves {way} their wishes: fit {fit[at]:.2f} to "
            f"{fit[at + YEAR]:.2f} within a year"
        )
        yield Point(at + 1, "budget", text, 3.0 + 20.0 * abs(float(moves[at])))


def _trust(trace: pd.DataFrame, track: Track) -> Iterator[Point]:
    """Lasting rises and falls; those that are mostly a breach are told as that breach."""
    for swing in swings(_column(trace, "trust").astype(np.float64)):
        by_breach = reasons_between(trace, swing.begin, swing.end)["breach"]
        if abs(by_breach) < _MOSTLY * abs(swing.size):
            weight = 5.0 + abs(swing.size) / 2
            yield Point(swing.begin + 1, "trust", _told(swing, trace, track), weight)


def _told(swing: Swing, trace: pd.DataFrame, track: Track) -> str:
    way = "rises" if swing.size > 0 else "falls"
    reasons = reasons_between(trace, swing.begin, swing.end)
    because = in_words(reasons)
    text = f"trust {way} from {swing.start:.0f} to {swing.stop:.0f} until {track.date(swing.end)}"
    text += f": {because}" if because else ""
    by_service = REASONS["service"] in because and abs(reasons["service"]) >= _MUCH
    return text + (_needs(trace, swing) if by_service else "")


def _needs(trace: pd.DataFrame, swing: Swing) -> str:
    """How the needs of these months were met, where services moved trust."""
    total = trace.iloc[swing.begin + 1 : swing.end + 1].sum(numeric_only=True)
    needs, away = int(total["needs"]), int(total["needs"] - total["met"])
    turned = f", {away} turned away" if away else ""
    return (
        f" (of {needs} needs {total['done_online']:.0f} met online, {total['counter']:.0f} at the "
        f"counter{turned})"
    )


def _ending(trace: pd.DataFrame, scenario: Scenario) -> dict[str, str]:
    """What is compared at the end, in words."""
    total = trace.sum(numeric_only=True)
    needs, met = int(total["needs"]), int(total["met"])
    online = int(total["done_online"])
    begin = first(_column(trace, "tried_online") > 0)
    access = _access(trace, scenario)
    dates = {None: "never", -1: f"before {scenario.start}"}
    return {
        "trust, start to end": f"{trace['trust'].iloc[0]:.0f} to {trace['trust'].iloc[-1]:.0f}",
        "  in the local government": f"{trace['trust_local'].iloc[-1]:.0f}",
        "  in the central government": f"{trace['trust_central'].iloc[-1]:.0f}",
        "needs met": f"{met} of {needs}",
        "  of these online": f"{online}",
        "access to the internet": dates.get(access) or scenario.date_of((access or 0) + 1),
        f"first service tried online{_since(scenario)}": scenario.date_of(begin)
        if begin
        else "never",
        "hours spent on services": f"{total['hours']:.0f}",
        "times invited to take part": f"{int(total['invited'])}",
        "times taken part": f"{int(total['took_part'])}",
        "  answered": f"{int(total['answered'])}",
        "  not answered": f"{int(total['ignored'])}",
        "times exposed by a data breach": f"{int(total['exposed'])}",
        "budget fits wishes, last year": f"{trace['fit'].tail(YEAR).mean():.2f} of 1",
    }


def _access(trace: pd.DataFrame, scenario: Scenario) -> int | None:
    """The first month, from 0, with access; -1 if that was in the history, None if it never is."""
    has = _column(trace, "has_access") > 0
    return -1 if scenario.history is not None and has[0] else first(has[1:])


def _since(scenario: Scenario) -> str:
    """What `first` means where a person has a history."""
    return "" if scenario.history is None else " since the start"


def closing(tracks: list[Track]) -> list[str]:
    """The difference at the end, in a sentence for each scenario after the first."""
    base, *others = tracks
    lines = []
    for other in others:
        one, two = base.trace, other.trace
        trust = float(two["trust"].iloc[-1] - one["trust"].iloc[-1])
        hours = float(two["hours"].sum() - one["hours"].sum())
        met = int(two["met"].sum() - one["met"].sum())
        parts = int(two["took_part"].sum() - one["took_part"].sum())
        last = len(one) - 1
        apart = {
            name: size - reasons_between(one, 0, last)[name]
            for name, size in reasons_between(two, 0, last).items()
        }
        because = in_words(apart)
        how = f"{_more(trust)} under {other.name} {'as' if abs(trust) < _EQUAL else 'than'}"
        lines.append(
            f"In the end the same person trusts government {how} under {base.name}"
            f"{f' ({because})' if because else ''}; {_spent(hours)}, had {_count(met, 'need')} "
            f"met and took part {_count(parts, 'time')}."
        )
    return lines


def _more(points: float) -> str:
    if abs(points) < _EQUAL:
        return "as much"
    return f"{abs(points):.1f} points {'more' if points > 0 else 'less'}"


def _spent(hours: float) -> str:
    if abs(hours) < 0.5:
        return "spent as much time on services"
    unit = "hour" if round(abs(hours)) == 1 else "hours"
    return f"spent {abs(hours):.0f} {unit} {'more' if hours > 0 else 'less'} on services"


def _count(difference: int, thing: str) -> str:
    if difference == 0:
        return "as many needs" if thing == "need" else "as often"
    many = "" if abs(difference) == 1 else "s"
    return f"{abs(difference)} {'more' if difference > 0 else 'fewer'} {thing}{many}"

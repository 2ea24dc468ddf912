"""Each outcome of each scenario over the years, as numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.drawing.looks import Look, looks, written_otherwise
from sim.drawing.words import listed, number, when, year_end
from sim.outcome_words import lower_told, unit_of
from sim.outcomes import OUTCOMES, PRICES_OF_TIME, title_of
from sim.questions.comparison.counted import counted, units
from sim.questions.comparison.study import Runs
from sim.statistics import range_of

Numbers = NDArray[np.float64]

_CONFIDENCE = ("conf_low", "conf_high")
_NARROWEST = 10.0
_NARROWEST_SHARE = 0.1
_MOST_BANDS = 2


@dataclass(frozen=True)
class Line:
    """One outcome of one scenario at the end of each year; confidence is nan for too few."""

    look: Look
    years: Numbers
    mean: Numbers
    spread: tuple[Numbers, Numbers]
    confidence: tuple[Numbers, Numbers]
    end: str

    @property
    def has_bands(self) -> bool:
        """Whether there are replicates, or worlds, enough to tell them apart."""
        return bool(np.isfinite(self.confidence[0]).all())

    @property
    def is_single_year(self) -> bool:
        """Whether there is just one point."""
        return len(self.years) == 1


def find_courses(runs: Runs) -> dict[str, list[Line]]:
    """For each headline outcome the scenarios that have a finished replicate, in order."""
    known = set(runs.summary["outcome"])
    names = [outcome.name for outcome in OUTCOMES if outcome.name in known]
    return {name: courses_of(runs, runs.summary, name) for name in names}


def courses_of(runs: Runs, summary: pd.DataFrame, outcome: str) -> list[Line]:
    """The course of one column of a summary under each scenario that has it."""
    found = looks(list(runs.study.scenarios))
    rows = summary[summary["outcome"] == outcome]
    ends_of = "worlds" if runs.study.per_world else "spread"
    columns = ("mean", f"{ends_of}_low", f"{ends_of}_high", *_CONFIDENCE)
    courses = []
    for name, scenario in runs.study.scenarios.items():
        own = rows[rows["scenario"] == name].sort_values("month")
        if len(own):
            months = [int(month) for month in own["month"]]
            years = np.array([year_end(scenario, month) for month in months])
            mean, *ends = (own[column].to_numpy(dtype=np.float64) for column in columns)
            spread, confidence = (ends[0], ends[1]), (ends[2], ends[3])
            end = when(scenario, months[-1])
            courses.append(Line(found[name], years, mean, spread, confidence, end))
    return courses


def shown_range(outcome: str, courses: Sequence[Line]) -> tuple[float, float]:
    """The part of an outcome's range to show: all means and bands, and not too little.

    Of a bounded one at least ten points, of others at least a tenth of the largest value.
    """
    lowest, highest = range_of(outcome)
    parts = [course.mean for course in courses]
    for course in courses:
        if course.has_bands:
            parts += [*course.spread, *course.confidence]
    values = np.clip(np.concatenate(parts), lowest, highest)
    low, high = float(values.min()), float(values.max())
    bounded = np.isfinite(highest - lowest)
    narrowest = _NARROWEST if bounded else _NARROWEST_SHARE * max(abs(low), abs(high), 1.0)
    pad = max(0.06 * (high - low), (narrowest - (high - low)) / 2)
    low, high = low - pad, high + pad
    shift = min(0.0, highest - high) + max(0.0, lowest - low)
    return max(lowest, low + shift), min(highest, high + shift)


def has_bars(courses: Sequence[Line]) -> bool:
    """Whether a panel has too many scenarios for bands, which would cover each other."""
    return len(courses) > _MOST_BANDS


def confidence_is_wider(courses: Mapping[str, Sequence[Line]]) -> bool:
    """Whether so few replicates ran that confidence is mostly wider than spread."""
    wider = [
        float(course.confidence[1][-1] - course.confidence[0][-1])
        > float(course.spread[1][-1] - course.spread[0][-1])
        for own in courses.values()
        for course in own
        if course.has_bands
    ]
    return sum(wider) > len(wider) / 2


def outcomes_caption(runs: Runs, courses: Mapping[str, Sequence[Line]]) -> str:
    """What the outcomes' figure shows and how to read it."""
    shown = [course.look for course in next(iter(courses.values()))]
    lost = [look.name for look in looks(list(runs.study.scenarios)).values() if look not in shown]
    missing = f" No replicate of {listed(lost)} was finished." if lost else ""
    return (
        "The headline outcomes at the end of each year, one line per scenario. Each point is "
        "the mean of the 36 months up to it (of the months there are in the first two years). "
        f"{_bands(courses, units(runs.study))} Under each title is the unit: points of an index "
        "from 0 to 100 (not per cent), per cent, or money per citizen and year. Higher is better "
        f"unless it says otherwise.{lower_told(courses)} Each panel shows its own part of its "
        "scale, at least ten points or per cent of it, or a tenth of the largest value in money."
        f"{_taking_part(runs)}{_at_prices(runs)} Means of {counted(runs, runs.timeseries)}."
        f"{missing}{written_otherwise(shown)}"
    )


def _taking_part(runs: Runs) -> str:
    """The per cent of citizens behind the index of participation, at the end."""
    last = runs.summary[runs.summary["month"] == runs.study.months]
    shares = last[last["outcome"] == "participation_breadth"]
    names = {name: look.name for name, look in looks(list(runs.study.scenarios)).items()}
    told = [
        f"{number(row['mean'])} % ({names[row['scenario']]})" for row in shares.to_dict("records")
    ]
    if not told:
        return ""
    return f" Behind the index of participation, {listed(told)} of citizens take part in a year."


def _at_prices(runs: Runs) -> str:
    """Efficiency at the end at each price of citizens' time, which it rests on."""
    last = runs.summary[runs.summary["month"] == runs.study.months]
    means = last.set_index(["outcome", "scenario"])["mean"]
    names = [f"efficiency_time_{price}" for price in PRICES_OF_TIME]
    told = [
        f"{' / '.join(number(means[name, scenario]) for name in names)} ({look.name})"
        for scenario, look in looks(list(runs.study.scenarios)).items()
        if all((name, scenario) in means for name in names)
    ]
    if not told:
        return ""
    prices = " / ".join(map(str, PRICES_OF_TIME))
    return (
        f" Efficiency rests on the price of citizens' time: with an hour at {prices} money it is "
        f"{listed(told)} points."
    )


def _bands(courses: Mapping[str, Sequence[Line]], counts: str) -> str:
    if not any(course.has_bands for own in courses.values() for course in own):
        return f"Too few {counts} tell neither spread nor confidence, so there are no bands."
    light, dark = (
        ("thin bar at the right", "thick bar")
        if any(map(has_bars, courses.values()))
        else ("light band", "dark band")
    )
    of_what = (
        "how different what nobody knows, and luck, may make it"
        if counts == "worlds"
        else "how different one possible history is from another"
    )
    text = (
        f"The {light} is the spread, the central 90 % of the {counts}: {of_what}. The {dark} is "
        "the 95 % confidence of the mean: how sure the average is; where it leaves the panel it "
        "goes beyond what is possible."
    )
    if confidence_is_wider(courses):
        text += f" With so few {counts}, confidence is wider than spread: run more."
    return text


def outcomes_alt_text(courses: Mapping[str, Sequence[Line]]) -> str:
    """The last values of all outcomes and scenarios, in words."""
    everything = [course for own in courses.values() for course in own]
    ends = list(dict.fromkeys(course.end for course in everything))
    same_end = len(ends) == 1
    at = ends[0] if same_end else "the end of each scenario"
    known = any(course.has_bands for course in everything)
    brackets = " (in brackets the 95 % confidence of the mean)" if known else ""
    parts = [
        f"{title_of(name)} ({unit_of(name)}): "
        f"{', '.join(_said(course, same_end) for course in own)}."
        for name, own in courses.items()
    ]
    return (
        f"Line charts of {len(courses)} outcomes, each in its unit. Higher is better unless said "
        f"otherwise.{lower_told(courses)} Means at {at}{brackets}. {' '.join(parts)}"
    )


def _said(course: Line, same_end: bool) -> str:
    """`gov1 41.2 (40.9 to 41.5)`, and when, if scenarios end at different times."""
    text = f"{course.look.name} {number(course.mean[-1])}"
    if course.has_bands:
        low, high = (number(ends[-1]) for ends in course.confidence)
        text += f" ({low} to {high})"
    return text if same_end else f"{text} at {course.end}"

"""The ledger of assumptions: which of them a result rests on.

Each assumed parameter, and each assumed level of a cell of the figure, goes to both ends of its
range, one at a time, for every scenario of a study and with the same luck; the outcomes, or their
differences from the baseline, move by so much. A conclusion that changes its direction at one end
rests on that assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import pandas as pd

from sim import frames
from sim.declared import PARAMETERS, own_groups
from sim.errors import ScenarioError, UserMistake
from sim.experiments.plan import with_values
from sim.frames import flags, numbers, words
from sim.outcomes import OUTCOMES
from sim.questions.comparison.study import Study
from sim.runs.chunk import Done
from sim.runs.means import Means, MeansKeeper, means_keeper
from sim.runs.replicate import Job
from sim.runs.runner import Where
from sim.scenario import Scenario
from sim.statistics import FEWEST, difference_interval, without_noise
from sim.worlds.anchors import anchors, level_names

ASSUMED = ("A", "R", "C")
"""Tags of parameters that no source gives: assumed, recalled, free to calibrate."""
COLUMNS = (
    words("parameter", "tag")
    | numbers("default", "low", "high")
    | words("scenario", "outcome")
    | numbers("at_default", "at_low", "at_high", "swing")
    | flags("rests")
)
_DEFAULT = "default"


@dataclass(frozen=True)
class _Point:
    """One scenario with one parameter at one end of its range (or none moved)."""

    parameter: str
    end: str
    scenario: str


def assumptions(
    study: Study,
    *,
    citizens: int = 2_000,
    replicates: int = 4,
    kept: MeansKeeper | None = None,
    names: Sequence[str] | None = None,
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Done], None] | None = None,
) -> pd.DataFrame:
    """The ledger of a study, largest swing first.

    A row per parameter, scenario and headline outcome (`COLUMNS`). With a baseline, `at_default`,
    `at_low` and `at_high` are paired differences from it, else outcomes; `swing` is the largest
    distance from the default of what is tried (the ends, and every alternative rule), and `rests`
    is true where the 95 % confidence interval at one of them leads to another conclusion than at
    the default. Smaller societies are simulated than in the study, so that the answer comes soon.
    Replicates that `kept` has are not run again.
    Raises `UserMistake` where a comparison has too few replicates for an interval.
    """
    if study.baseline is not None and replicates < FEWEST:
        raise UserMistake(
            f"replicates: at least {FEWEST}, not {replicates}; what a comparison rests on is told "
            "by its confidence"
        )
    chosen = list(names) if names is not None else assumed_names()
    points = dict(_points(study, chosen, citizens))
    jobs = [
        Job(scenario, _label(point), replicate, study.seed)
        for replicate in range(replicates)
        for point, scenario in points.items()
    ]
    with nullcontext(kept) if kept is not None else means_keeper(None, Where(1)) as keeper:
        if announce is not None:
            announce(keeper.missing(jobs))
        values = _values(keeper.outcomes(jobs, progress=progress))
    rows = [row for name in chosen for row in _rows(study, name, values)]
    table = frames.table(COLUMNS, rows)
    return table.sort_values(
        ["swing", "parameter", "outcome"], ascending=[False, True, True], ignore_index=True
    )


def assumed_names() -> list[str]:
    """The parameters whose default no source gives, and the levels of such cells."""
    parameters = [name for name, parameter in PARAMETERS.items() if parameter.tag in ASSUMED]
    levels = [name for name in level_names() if anchors()[name].cell.tag in ASSUMED]
    return [*parameters, *levels]


def _points(study: Study, names: Sequence[str], citizens: int) -> Iterator[tuple[_Point, Scenario]]:
    for label, scenario in study.scenarios.items():
        few = min(citizens, scenario.society.citizens)
        small = scenario.but(society={"citizens": few})
        yield _Point("", _DEFAULT, label), small
        for name in names:
            if own_groups([name]) - scenario.own_groups:
                continue
            for end, value in _tried(name).items():
                try:
                    moved = with_values(small, {name: value})
                except ScenarioError:
                    continue
                yield _Point(name, end, label), moved


def _tried(name: str) -> dict[str, float]:
    """What is tried instead of a default: both ends of its range, and all rules between."""
    if name in anchors():
        return {"low": anchors()[name].low, "high": anchors()[name].high}
    p = PARAMETERS[name]
    between = {p.choices[n]: float(n) for n in range(1, len(p.choices) - 1)}
    return {"low": p.low, "high": p.high, **between}


def _label(point: _Point) -> str:
    return f"{point.parameter}\n{point.end}\n{point.scenario}"


def _values(means: Mapping[Job, Means]) -> pd.DataFrame:
    """Headline outcomes by label and replicate."""
    names = [outcome.name for outcome in OUTCOMES]
    rows = {(job.name, job.replicate): values for job, values in means.items()}
    if not rows:
        return pd.DataFrame(columns=names)
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).pipe(_by_label).sort_index()


def _by_label(values: pd.DataFrame) -> pd.DataFrame:
    return values.set_axis(pd.MultiIndex.from_tuples(values.index), axis="index")


def _rows(study: Study, name: str, values: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    tried = _tried(name)
    for scenario in study.others:
        samples = {
            _DEFAULT: _sample(study, _Point("", _DEFAULT, scenario), values),
            **{end: _sample(study, _Point(name, end, scenario), values) for end in tried},
        }
        if any(sample is None or sample.empty for sample in samples.values()):
            continue
        for outcome in OUTCOMES:
            found = {
                end: _estimate(sample[outcome.name], outcome.name)
                for end, sample in samples.items()
                if sample is not None
            }
            start = found[_DEFAULT][0]
            swing = max(abs(_moved(found[end][0], start, outcome.name)) for end in tried)
            rests = study.baseline is not None and any(
                _verdict(found[end]) != _verdict(found[_DEFAULT]) for end in tried
            )
            ends = (start, found["low"][0], found["high"][0])
            yield (*_described(name), scenario, outcome.name, *ends, swing, rests)


def _described(name: str) -> tuple[object, ...]:
    if name in anchors():
        one = anchors()[name]
        return name, one.cell.tag, one.default, one.low, one.high
    p = PARAMETERS[name]
    return name, p.tag, p.default, p.low, p.high


def _sample(study: Study, point: _Point, values: pd.DataFrame) -> pd.DataFrame | None:
    """Outcomes of a point by replicate, less the baseline's at the same point."""
    own = _at(point, values)
    if study.baseline is None or own is None:
        return own
    other = _at(_Point(point.parameter, point.end, study.baseline), values)
    if other is None:
        return None
    paired = (own - other).dropna()
    return paired.apply(
        lambda column: without_noise(
            column, own[column.name], other[column.name], outcome=str(column.name)
        )
    )


def _at(point: _Point, values: pd.DataFrame) -> pd.DataFrame | None:
    label = _label(point)
    if label not in values.index.get_level_values(0):
        return None
    return pd.DataFrame(values.xs(label, level=0))


def _estimate(sample: pd.Series, outcome: str) -> tuple[float, float, float]:
    """Mean and interval of differences or levels."""
    return difference_interval(sample.to_numpy(dtype=float), outcome)


def _moved(end: float, start: float, outcome: str) -> float:
    """How far the end is from the default; nothing where rounding explains it."""
    return float(without_noise(end - start, end, start, outcome=outcome))


def _verdict(found: tuple[float, float, float]) -> int:
    """1 higher, -1 lower, 0 open."""
    _, low, high = found
    return int(low > 0) - int(high < 0)

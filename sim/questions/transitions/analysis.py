"""All that can be said about the transitions in a study, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.arguments import CHECKPOINT_MINUTES
from sim.bar import Asked
from sim.frames import Columns, joined, words
from sim.paradigms import FIGURE
from sim.questions.comparison.run import carry_out_in_sight, where_from_python
from sim.questions.comparison.study import Runs, plan_study, worlds_asked
from sim.questions.transitions.hysteresis import LOOP, Hysteresis, find_hysteresis
from sim.questions.transitions.moves import (
    REFORMS,
    annual_changes,
    excess_kurtosis,
    leaping,
    random_timing_kurtosis,
    reforms,
    skipping,
)
from sim.questions.transitions.order import (
    ORDER,
    agreement,
    crossings,
    national_rows,
    order_of_rows,
    services_lead,
)
from sim.questions.transitions.paths import (
    ESTIMATE,
    SHARE,
    Numbers,
    Paths,
    find_paths,
    table,
)
from sim.questions.transitions.spread import (
    EARLY,
    FITS,
    RANKS,
    SPREAD,
    THRESHOLDS,
    early_movers,
    locked_in,
    ranks,
    spread,
    spread_fits,
    stuck,
)
from sim.questions.transitions.stages import TIME, ever_in, monotone, time_in_stages
from sim.questions.transitions.twins import TransitionStudy, budgets, find_squeeze, with_twins
from sim.questions.transitions.verdicts import (
    Verdict,
    verdict_table,
    verdicts_of_hysteresis,
    verdicts_of_paths,
)
from sim.questions.transitions.warning import WARNINGS, series_of, warnings_of
from sim.scenario import Scenario
from sim.shown import lines_as_html

MEASURES = words("scenario", "measure") | ESTIMATE
AGREEMENT = "Kendall's tau of the order of rows between replicates"
"""In plausible worlds it is between worlds."""


@dataclass(frozen=True, repr=False)
class Transitions:
    """What a study says about transitions: paths and loops for figures, and a table per question.

    Only what was asked for has paths and tables; twins are read where they are needed.
    """

    runs: Runs
    paths: dict[str, Paths]
    loops: dict[str, Hysteresis]
    tables: dict[str, pd.DataFrame]

    def __repr__(self) -> str:
        from sim.questions.transitions.told import lines

        return "\n".join(lines(self))

    def _repr_html_(self) -> str:
        return lines_as_html(repr(self).splitlines())

    @property
    def moving(self) -> dict[str, Paths]:
        """The scenarios whose local governments move."""
        return {name: paths for name, paths in self.paths.items() if paths.moves}


def transitions(
    *scenarios: Scenario | str | Path,
    replicates: int | None = None,
    seed: int | None = None,
    worlds: int | None = None,
    luck_only: bool = False,
    jobs: int | None = None,
    cluster: str | None = None,
    out: str | Path | None = None,
    progress: Asked = None,
    checkpoint: float = CHECKPOINT_MINUTES,
) -> Transitions:
    """Runs scenarios whose governments move, and their twins, and analyses their transitions.

    Scenarios and twins live in the same plausible `worlds` (60 unless given) with so many
    `replicates` in each (2); with `luck_only` in the world as it is, with the replicates of the
    first scenario. `seed` is the first scenario's unless given; `jobs`, `cluster`, `progress` and
    `checkpoint` are as in `run`. With `out`, everything is kept in that folder as
    the command `transitions` keeps it. Raises `GovShiftError` if all replicates failed.
    """
    loaded = [s if isinstance(s, Scenario) else Scenario.load(s) for s in scenarios]
    count = worlds_asked(worlds, luck_only)
    asked = with_twins(plan_study(loaded, replicates=replicates, seed=seed, worlds=count))
    where = where_from_python(jobs, cluster, checkpoint)
    if out is None:
        return analyse(asked, carry_out_in_sight(asked.study, where, None, progress))
    from sim.questions.transitions.results import publish_transitions

    found: list[Transitions] = []
    more = publish_transitions(asked, found)
    carry_out_in_sight(asked.study, where, out, progress, more=more)
    return found[0]


def analyse(asked: TransitionStudy, runs: Runs) -> Transitions:
    """Tables about every scenario that was asked for and has a finished replicate."""
    runs = whole_worlds_of(runs)
    everything = find_paths(runs)
    paths = {name: everything[name] for name in asked.asked if name in everything}
    loops = dict(_loops(asked, everything))
    tables = {
        "time_in_stages": _each(TIME, paths, time_in_stages),
        "order_of_rows": _each(
            ORDER, paths, lambda p: order_of_rows(p.scenario, *_national(runs, p), p.worlds)
        ),
        "reforms": _each(REFORMS, paths, lambda p: reforms(runs.events, p)),
        "spread": _each(SPREAD, paths, spread),
        "spread_fits": _each(FITS, paths, spread_fits),
        "early_movers": _each(EARLY, paths, early_movers),
        "ranks": _each(RANKS, paths, lambda p: pd.concat([ranks(p, t) for t in THRESHOLDS])),
        "measures": _each(MEASURES, paths, lambda p: _measures(runs, p)),
        "hysteresis": joined(LOOP, [loop.loop for loop in loops.values()]),
        "warnings": joined(WARNINGS, _warnings(asked, runs, paths)),
        "patterns": verdict_table(list(_verdicts(asked, runs, paths, loops))),
    }
    return Transitions(runs, paths, loops, tables)


def whole_worlds_of(runs: Runs) -> Runs:
    """Runs without the worlds of a scenario of which a replicate failed; all under luck alone."""
    each = runs.study.per_world
    if not each or not len(runs.failures):
        return runs
    failed = runs.failures
    lost = {*zip(failed["scenario"], failed["replicate"] // each, strict=True)}

    def kept(frame: pd.DataFrame) -> pd.DataFrame:
        if frame.empty:
            return frame
        worlds = zip(frame["scenario"], frame["replicate"] // each, strict=True)
        return frame[[world not in lost for world in worlds]].reset_index(drop=True)

    return replace(
        runs, timeseries=kept(runs.timeseries), local=kept(runs.local), events=kept(runs.events)
    )


def _each(
    columns: Columns, paths: dict[str, Paths], tell: Callable[[Paths], pd.DataFrame]
) -> pd.DataFrame:
    return joined(columns, [tell(own) for own in paths.values()])


def _national(runs: Runs, paths: Paths) -> tuple[Numbers, Numbers]:
    start = np.array(runs.study.scenarios[paths.scenario].profile)
    return national_rows(runs.timeseries, paths.scenario), start


def _measures(runs: Runs, paths: Paths) -> pd.DataFrame:
    rows, start = _national(runs, paths)
    last, of = FIGURE.paradigm_ids, paths.estimate
    alone = 0 if paths.worlds is None else len(np.unique(paths.worlds)), np.nan, np.nan
    replicates, unknown = len(paths.replicates), (np.nan, np.nan, *alone)
    found = [
        ("mean position at the end", *of(paths.means[:, :, -1].mean(axis=1))),
        *((f"share ever near {p}", *of(ever_in(paths, p), SHARE)) for p in last),
        ("share that never steps back", *of(monotone(paths), SHARE)),
        ("share that leaps within a year", *of(leaping(paths), SHARE)),
        ("share that skips the second paradigm", *of(skipping(paths), SHARE)),
        ("share unchanged in the last ten years", *of(stuck(paths).mean(axis=1), SHARE)),
        ("share locked in", *of(locked_in(paths), SHARE)),
        ("share of months with service rows ahead", *of(services_lead(rows, start), SHARE)),
        (AGREEMENT, replicates, agreement(crossings(rows, start), paths.worlds), *unknown),
        ("excess kurtosis of yearly changes", replicates,
         *excess_kurtosis(annual_changes(paths), paths.worlds), *alone),
        ("excess kurtosis if the same moves fell into years by lot", replicates,
         random_timing_kurtosis(runs.events, paths), *unknown),
    ]  # fmt: skip
    return table(MEASURES, [(paths.scenario, *row) for row in found])


def _loops(asked: TransitionStudy, paths: dict[str, Paths]) -> Iterator[tuple[str, Hysteresis]]:
    for name, twin in asked.steady.items():
        scenario = asked.study.scenarios[name]
        squeeze = find_squeeze(scenario)
        if squeeze is not None and name in paths and twin in paths:
            yield name, find_hysteresis(paths[name], paths[twin], budgets(scenario), squeeze)


def _warnings(
    asked: TransitionStudy, runs: Runs, paths: dict[str, Paths]
) -> Iterator[pd.DataFrame]:
    for name, twin in asked.held.items():
        if name in paths and (runs.timeseries["scenario"] == twin).any():
            held = series_of(runs.timeseries, twin)
            shifting = series_of(runs.timeseries, name)
            yield warnings_of(name, shifting, held, runs.study.per_world)


def _verdicts(
    asked: TransitionStudy,
    runs: Runs,
    paths: dict[str, Paths],
    loops: dict[str, Hysteresis],
) -> Iterator[Verdict]:
    for name, own in paths.items():
        if asked.study.scenarios[name].transition.mode == "endogenous":
            by_lot = random_timing_kurtosis(runs.events, own)
            yield from verdicts_of_paths(own, *_national(runs, own), by_lot)
    for loop in loops.values():
        yield from verdicts_of_hysteresis(loop)

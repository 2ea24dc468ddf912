"""One replicate of a scenario.

Replicate r of seed S draws its luck from `replicate_seed(S, r)`, whatever the scenario. Scenarios
that are compared therefore meet the same citizens and the same luck (common random numbers).
A replicate that fails is data: it says where and why, and the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from sim.batch import replicate_seed

if TYPE_CHECKING:
    import pandas as pd

    from sim.model import Engine, GovernanceModel
    from sim.record import Record
    from sim.runs.watch import Watch
    from sim.scenario import Scenario
    from sim.scenario.own import OwnModel


_FEWEST_TO_SHARE = 50_000
"""Fewer citizens take two threads as long as one, or longer."""


@dataclass(frozen=True)
class Job:
    """One replicate to run: which scenario, by name, with which luck.

    `networks` asks for the measures of the network, which take as long as the months themselves.
    `world` has the place of plausible worlds, of which there is one so far: 0, as the scenario has
    it.
    """

    scenario: Scenario
    name: str
    replicate: int
    seed: int
    engine: Engine = "compiled"
    networks: bool = False
    world: int = 0
    shares: bool = False
    """Whether others wait for the history that it lives through."""

    @property
    def title(self) -> str:
        """Which one it is, for people."""
        return f"{self.name}, replicate {self.replicate}"


def _no_table() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame()


@dataclass(frozen=True)
class Finished:
    """A replicate that reached its last month; `networks` and `ties` are empty unless asked for.

    `before` is what `national` is of the history, `costs` money by item and year, `groups` sums of
    the last year over groups of citizens.
    """

    job: Job
    national: pd.DataFrame
    local: pd.DataFrame
    events: pd.DataFrame
    seconds: float
    networks: pd.DataFrame = field(default_factory=_no_table)
    ties: pd.DataFrame = field(default_factory=_no_table)
    before: pd.DataFrame = field(default_factory=_no_table)
    costs: pd.DataFrame = field(default_factory=_no_table)
    groups: pd.DataFrame = field(default_factory=_no_table)


@dataclass(frozen=True)
class Failed:
    """A replicate that did not: `stage` is `setup`, `run`, `record` or `crash`."""

    job: Job
    stage: str
    message: str


Result = Finished | Failed


def run_replicate(job: Job, watch: Watch | None = None) -> Result:
    """Runs one replicate to its end; whatever goes wrong comes back as `Failed`.

    With `watch`, it is saved now and then, and goes on from where it was saved last.
    """
    from sim.history import events

    started = time.perf_counter()
    stage = "setup"
    try:
        threads = _threads(job, watch)
        model = _begin(job, threads, watch)
        stage = "run"
        record, groups = _run(model, watch)
        stage = "record"
        national, local, happened = record.national(), record.local(), events(record)
        before, costs = record.before(), record.costs()
        networks, ties = _networks(model) if job.networks else (_no_table(), _no_table())
        model.forget()
        _refuse_gaps(national)
    except Exception as error:
        return Failed(job, stage, one_line(error))
    seconds = time.perf_counter() - started
    return Finished(
        job, national, local, happened, seconds, networks, ties, before, costs, groups
    )  # fmt: skip


def _threads(job: Job, watch: Watch | None) -> int:
    society = job.scenario.society
    is_large = society.citizens + sum(society.citizens_in.values()) >= _FEWEST_TO_SHARE
    return watch.threads if watch is not None and is_large else 1


def _begin(job: Job, threads: int, watch: Watch | None) -> GovernanceModel:
    """The model where it was saved, or at its start; what lies before that is lived through."""
    from sim.groups import seats
    from sim.runs.past import begin

    model = None if watch is None else watch.resume(job)
    if model is not None and model.has_begun:
        model.threads = threads
        return model
    seed = replicate_seed(job.seed, job.replicate)
    watched = watch is not None and job.scenario.own_model is None
    model = begin(
        job.scenario, seed, engine=job.engine, threads=threads, resumed=model,
        after=watch.look if watched and watch is not None else None,
        folder=watch.histories if job.shares and watch is not None else None,
    )  # fmt: skip
    model.seats = seats(model)
    return model


def _run(model: GovernanceModel, watch: Watch | None) -> tuple[Record, pd.DataFrame]:
    """All months that are left, and who had what in the last twelve.

    Nobody looks at those of a class that runs them in its own way.
    """
    from sim.groups import live_last_year, no_groups
    from sim.model import GovernanceModel

    if type(model).run is not GovernanceModel.run or model.seats is None:
        return model.run(), no_groups()
    model.run(after=None if watch is None else watch.look, until=model.months - 12)
    groups = live_last_year(model, model.seats)
    return model.record, groups


def warm_up() -> None:
    """Compiles the model, or reads the compiled code from disk, once before workers need it."""
    _small()


def warm_up_rules(scenarios: Iterable[Scenario]) -> None:
    """The same for own rules of the models of scenarios. What fails, fails in the replicate."""
    for scenario in scenarios:
        if scenario.own_model is not None:
            with suppress(Exception):
                _prepare(scenario.own_model)


@cache
def _prepare(own: OwnModel) -> None:
    if own.kind is not None:
        own.kind._months.prepare(_small().workspace)


@cache
def _small() -> GovernanceModel:
    from sim.first_start import first_month

    return first_month()


def _networks(model: GovernanceModel) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The network of each year: its measures and its ties."""
    from sim.networks.recorded import tie_table
    from sim.networks.yearly import measure_years

    record, first = model.record, model.before
    begin = next((k for k, year in enumerate(record.networks) if year.month > first), None)
    years = [] if begin is None else record.networks[begin:]
    before = record.networks[begin - 1 : begin] if begin else []
    measured = measure_years([*before, *years], len(record.names), model.seed_key)[len(before) :]
    own = measured.assign(month=measured["month"] - first).reset_index(drop=True)
    since = [year._replace(month=year.month - first) for year in years]
    return own, tie_table(since, record.names)


def _refuse_gaps(national: pd.DataFrame) -> None:
    gaps = national.columns[national.isna().any()]
    if len(gaps):
        raise ValueError(f"no number for {', '.join(gaps)}")


def one_line(error: BaseException) -> str:
    """What went wrong, in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())

"""Which policy is never far from the best, whatever the future brings: regret and satisficing.

In each future a policy's regret is how much better the best policy of the experiment would have
been (Savage 1951); satisficing is the share of futures in which targets are met (Starr 1962). All
policies meet the same luck in a replicate, so regret compares like with like. Intervals are
bootstrapped over whole futures, so that policies stay paired, and over whole replicates, the same
ones in all futures: luck that favours a policy favours it in every future at once. In plausible
worlds whole worlds are drawn anew in place of replicates, and a future counts by the mean over its
worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import frames
from sim.errors import UserMistake
from sim.experiments.plan import Plan
from sim.frames import numbers, whole, words
from sim.outcomes import DIRECTIONS
from sim.questions.analysis import Analysis, Studied, in_worlds, swept
from sim.questions.condition import Condition
from sim.questions.futures import Futures, Numbers, signed, usable_futures
from sim.questions.how_sure import few_worlds
from sim.questions.robustness.over_worlds import ORDER, order_over_worlds
from sim.questions.settling import COLUMNS as NEEDED
from sim.questions.settling import replicates_needed
from sim.statistics import CONFIDENCE, few_replicates, noise_floor, without_noise

if TYPE_CHECKING:
    from sim.drawing.page import Drawing

REGRETS = ("regret_mean", "regret_p90", "regret_max", "best_share")
LEVELS = ("mean", "worst")
MEASURES = (*REGRETS, *LEVELS)
COLUMNS = (
    words("outcome", "policy") | whole("rank", "futures", "replicates")
    | numbers(*(f"{name}{end}" for name in MEASURES for end in ("", "_low", "_high")))
    | numbers("first_share")
)  # fmt: skip
OVER_WORLDS = {
    new: kind
    for name, kind in COLUMNS.items()
    for new in (("worlds", name) if name == "replicates" else (name,))
}
"""Columns of the table in plausible worlds."""
TARGETS = words("target", "policy") | whole("futures") | numbers("share", "share_low", "share_high")
_RESAMPLES = 2_000
_BATCH = 200
_HIGH = 0.9
_FEWEST = 2
TIE = 0.0
"""The regret of the best policy, and of those that only rounding keeps from it."""
_FEW_SAY = "all futures share it, so intervals of regret and shares are too narrow"


@dataclass(frozen=True, repr=False)
class Robustness(Analysis):
    """How policies do across futures.

    `table` has a row per outcome and policy (`COLUMNS`), the one with the smallest largest regret
    first. `targets` has the share of futures that meet each target (`TARGETS`). `needed` says how
    many replicates would settle which policy is ahead (`settling.COLUMNS`); in plausible worlds
    `order` says instead how sure it is over worlds (`over_worlds.ORDER`). `regrets` has, by
    outcome, each future's regret, shape (futures, policies). `undirected` are outcomes of which
    neither more nor less is better; they have no regret.
    """

    plan: Plan
    table: pd.DataFrame
    targets: pd.DataFrame
    needed: pd.DataFrame
    regrets: dict[str, Numbers]
    undirected: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    order: pd.DataFrame = field(default_factory=partial(frames.table, ORDER))

    @property
    def sentences(self) -> list[str]:
        """A sentence per outcome and target, and what it rests on."""
        from sim.questions.robustness.words import told

        return told(self)

    def drawing(self) -> Drawing:
        """The figure, with its title, caption and alternative text."""
        from sim.drawing.page import in_our_style
        from sim.questions.robustness.figure import draw_robustness

        with in_our_style():
            return draw_robustness(self)


def robust(
    experiment: Studied,
    *,
    targets: Sequence[str] = (),
    worlds: int | None = None,
    replicates: int | None = None,
    luck_only: bool = False,
    **options: Any,
) -> Robustness:
    """Runs what an experiment lacks and says how robust its policies are.

    `targets` are as `trust >= 45`. Every future and policy is run in the same `worlds` (the
    experiment's own, or 20), with so many `replicates` in each (2); with `luck_only`, with the
    experiment's replicates in the world as it is. `options` are those of `sweep`. Raises
    `UserMistake` with fewer than two policies, or where a target is wrong.
    """
    asked = in_worlds(experiment, worlds=worlds, replicates=replicates, luck_only=luck_only)
    done = swept(asked, options, check=lambda plan: refuse(plan, targets))
    return analyse_robustness(done.plan, done.runs, targets=targets)


def analyse_robustness(
    plan: Plan, runs: pd.DataFrame, *, targets: Sequence[str] = ()
) -> Robustness:
    """How robust the policies are, from the runs of a plan."""
    refuse(plan, targets)
    conditions = _targets(plan, targets)
    futures = usable_futures(plan, runs)
    if len(futures.points) < _FEWEST:
        raise UserMistake(f"{plan.name}: has one complete future; regret needs at least {_FEWEST}")
    directed = [name for name in plan.outcomes if DIRECTIONS.get(name) in ("higher", "lower")]
    regrets = {name: regret(signed(name, futures.means(name)), name) for name in directed}
    rows = [_rows(futures, name) for name in directed]
    worlds = next(iter(futures.values.values())).shape[2] if plan.worlds else 0
    few = few_worlds(worlds) if worlds else few_replicates(plan.replicates, _FEW_SAY)
    return Robustness(
        plan,
        frames.joined(_columns(plan), rows),
        _met(futures, conditions),
        frames.table(NEEDED) if worlds else replicates_needed(futures, directed),
        regrets,
        tuple(name for name in plan.outcomes if name not in directed),
        (*futures.warnings, *few),
        order_over_worlds(futures, directed) if worlds else frames.table(ORDER),
    )


def _columns(plan: Plan) -> frames.Columns:
    return OVER_WORLDS if plan.worlds else COLUMNS


def regret(values: Numbers, outcome: str = "") -> Numbers:
    """How much better the best policy is; policies on the last axis, more is better.

    What rounding explains is no regret.
    """
    return without_noise(values.max(axis=-1, keepdims=True) - values, values, outcome=outcome)


def regrets_of(values: Numbers, outcome: str = "") -> Numbers:
    """`REGRETS` of each policy, shape (measures, policies), from values (futures, policies).

    More is better. `best_share` counts ties for all that tie.
    """
    far = regret(values, outcome)
    parts = far.mean(axis=0), np.quantile(far, _HIGH, axis=0), far.max(axis=0)
    return np.stack([*parts, (far <= TIE).mean(axis=0)])


def levels_of(values: Numbers) -> Numbers:
    """`LEVELS` of each policy: its mean over the futures and its worst future."""
    return np.stack([values.mean(axis=0), values.min(axis=0)])


def refuse(plan: Plan, targets: Sequence[str]) -> None:
    """Raises `UserMistake` with fewer than two policies, or where a target is wrong."""
    if len(plan.policies) < 2:
        raise UserMistake(f"{plan.name}: has one policy; regret compares at least two")
    _targets(plan, targets)


def _targets(plan: Plan, targets: Sequence[str]) -> list[Condition]:
    return [Condition.parse(text, plan.outcomes) for text in targets]


def _rows(futures: Futures, outcome: str) -> pd.DataFrame:
    """The measures of one outcome with their intervals, a row per policy."""
    values = signed(outcome, futures.values[outcome])
    seed = futures.plan.seed
    least = noise_floor(values, outcome=outcome)
    far = _resampled(values, partial(regrets_of, outcome=outcome), seed)
    high = _resampled(values, levels_of, seed)
    levels = np.stack([signed(outcome, part) for part in high[:3]])
    levels[1:].sort(axis=0)
    numbers = np.concatenate([np.stack(far[:3]), levels], axis=1)
    largest = far[3][REGRETS.index("regret_max")]
    first = (largest <= largest.min(axis=0) + least).mean(axis=-1)
    plan = futures.plan
    count = (values.shape[2], plan.per_world) if plan.worlds else (plan.replicates,)
    head = len(futures.points), *count
    rows = [
        (outcome, policy, 0, *head, *numbers[:, :, place].T.ravel(), first[place])
        for place, policy in enumerate(futures.policies)
    ]
    table = frames.table(_columns(plan), rows)
    table = table.sort_values(
        ["regret_max", "regret_p90"], kind="stable", ignore_index=True,
        key=lambda column: np.round(column / (least or 1.0)),
    )  # fmt: skip
    return table.assign(rank=range(1, len(table) + 1))


def _met(futures: Futures, conditions: Sequence[Condition]) -> pd.DataFrame:
    """Share of futures in which each policy meets each target, and all of them together."""
    together = Condition(tuple(clause for c in conditions for clause in c.clauses))
    names = list(futures.values)
    stacked = np.stack([futures.values[name] for name in names], axis=-1)
    rows = []
    for condition in [*conditions, together] if len(conditions) > 1 else conditions:
        found = _resampled(stacked, partial(_share_met, condition, names), futures.plan.seed)
        for policy, share, low, high in zip(futures.policies, *found[:3], strict=True):
            rows.append((str(condition), policy, len(futures.points), share, low, high))
    return frames.table(TARGETS, rows)


def _share_met(condition: Condition, names: Sequence[str], values: Numbers) -> Numbers:
    """By policy, from values of shape (futures, policies, outcomes)."""
    held = condition.holds({name: values[..., k] for k, name in enumerate(names)})
    found: Numbers = held.mean(axis=0)
    return found


def _resampled(
    values: Numbers, statistic: Callable[[Numbers], Numbers], seed: int
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """A statistic of replicates' means, its bootstrap interval, and its value in each resample.

    `values` has shape (futures, policies, replicates, ...). Futures and, where there are several,
    replicates are drawn anew, each whole.
    """
    from scipy.stats import bootstrap

    several = values.shape[2] > 1

    def of_drawn(*drawn: Any, axis: int) -> Numbers:
        futures, *replicates = (np.atleast_2d(part) for part in drawn)
        rows = zip(futures, replicates[0], strict=True) if several else ((f, [0]) for f in futures)
        found = [statistic(values[f][:, :, r].mean(axis=2)) for f, r in rows]
        return np.stack(found, axis=-1) if drawn[0].ndim > 1 else found[0]

    data = [np.arange(count) for count in (len(values), values.shape[2])]
    found = bootstrap(
        data if several else data[:1], of_drawn, n_resamples=_RESAMPLES, batch=_BATCH,
        vectorized=True, confidence_level=CONFIDENCE, method="percentile", rng=seed,
    )  # fmt: skip
    low, high = (np.asarray(end) for end in found.confidence_interval)
    drawn = np.asarray(found.bootstrap_distribution)
    seen = statistic(values.mean(axis=2))
    return seen, np.minimum(low, seen), np.maximum(high, seen), drawn

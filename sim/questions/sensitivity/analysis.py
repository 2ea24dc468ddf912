"""Which factors move an outcome, and how far: Sobol' indices and Morris screening.

SALib reckons Sobol' indices (Herman and Usher 2017; Saltelli et al. 2010) and draws the points of
both; elementary effects are after Morris (1991) and Campolongo et al. (2007). The method is that of
the design.

Luck is kept out. All points meet the same luck (common random numbers), outcomes are means over
replicates, and what luck still adds to a total index is estimated from the replicates and taken
off: a factor that moves nothing but luck has a total index of about zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from sim import frames
from sim.declared import PARAMETERS
from sim.errors import UserMistake
from sim.experiments.experiment import Experiment
from sim.experiments.plan import Plan
from sim.frames import flags, numbers, whole, words
from sim.questions.analysis import (
    Analysis,
    Studied,
    only_policies,
    quietly,
    refuse_worlds,
    require,
    swept,
)
from sim.questions.futures import Futures, Numbers, chosen_policies, complete_futures
from sim.questions.sensitivity.effects import effects
from sim.statistics import CONFIDENCE, noise_floor
from sim.worlds.anchors import anchors

if TYPE_CHECKING:
    from sim.drawing.page import Drawing

Method = Literal["sobol", "morris"]
METHODS: tuple[Method, ...] = ("sobol", "morris")
_FACTORS = (
    words("policy", "outcome") | whole("rank") | words("factor", "role", "tag") | flags("assumed")
)
SOBOL = (
    _FACTORS | numbers("total", "total_low", "total_high", "first", "first_low", "first_high")
    | numbers("luck", "luck_share") | whole("points", "replicates")
)  # fmt: skip
MORRIS = (
    _FACTORS | numbers("effect", "effect_low", "effect_high", "mean_effect", "sd_effect")
    | numbers("luck", "luck_share") | whole("points", "replicates")
)  # fmt: skip
PAIRS = words("policy", "outcome", "factor", "other") | numbers("share", "share_low", "share_high")
_RESAMPLES = 1_000
_DESIGNS: dict[Method, tuple[str, int]] = {"sobol": ("points", 64), "morris": ("trajectories", 10)}
_ON_PURPOSE = "experimental factor"
_NORMAL = 1.96
"""Half a 95 % interval of a normal variable, in standard deviations."""


@dataclass(frozen=True, repr=False)
class Sensitivity(Analysis):
    """Ranked factors for each policy and outcome.

    `table` has the columns `SOBOL` or `MORRIS`: a row per policy, outcome and factor, strongest
    first. `pairs` has the interactions of two factors (`PAIRS`), if the design tells them.
    `constant` are outcomes that are the same at every point, with their value.
    """

    plan: Plan
    method: Method
    table: pd.DataFrame
    pairs: pd.DataFrame
    constant: dict[tuple[str, str], float]

    @property
    def sentences(self) -> list[str]:
        """What was found, a sentence per policy and outcome, and what it rests on."""
        from sim.questions.sensitivity.words import told

        return told(self)

    def drawing(self) -> Drawing:
        """The figure, with its title, caption and alternative text."""
        from sim.drawing.page import in_our_style
        from sim.questions.sensitivity.figure import draw_sensitivity

        with in_our_style():
            return draw_sensitivity(self)


def sensitivity(
    experiment: Studied,
    *,
    method: Method | None = None,
    points: int | None = None,
    policies: Sequence[str] = (),
    **options: Any,
) -> Sensitivity:
    """Runs what an experiment lacks and ranks its factors.

    `method` changes the experiment's design to `sobol` or `morris`, with so many base points or
    trajectories. Only the named `policies` run. `options` are those of `sweep`. Raises
    `UserMistake` if the design is neither, `GovShiftError` if a run failed.
    """
    require("SALib", "sensitivity", "analysis")
    asked = only_policies(designed(experiment, method, points), policies, options.get("out"))
    done = swept(asked, options, check=refuse_design)
    return analyse_sensitivity(done.plan, done.runs, policies=policies)


def analyse_sensitivity(
    plan: Plan, runs: pd.DataFrame, *, policies: Sequence[str] = ()
) -> Sensitivity:
    """Ranks the factors from the runs of a plan; all of them must be there."""
    refuse_design(plan)
    futures = complete_futures(plan, runs)
    parts: list[pd.DataFrame] = []
    pairs: list[pd.DataFrame] = []
    constant: dict[tuple[str, str], float] = {}
    for policy, outcome, values in _cases(futures, policies):
        means = values.mean(axis=1)
        least = noise_floor(values, outcome=outcome)
        if np.ptp(means) <= least:
            constant[policy, outcome] = float(means[0])
            continue
        if plan.design.kind == "sobol":
            part, two = _sobol(plan, values)
        else:
            part, two = _morris(plan, outcome, values)
        parts.append(_described(part, plan, policy, outcome, luck_share(values, least)))
        two.insert(0, "outcome", outcome)
        two.insert(0, "policy", policy)
        pairs.append(two)
    method: Method = "sobol" if plan.design.kind == "sobol" else "morris"
    return Sensitivity(
        plan,
        method,
        frames.joined(SOBOL if method == "sobol" else MORRIS, parts),
        frames.joined(PAIRS, pairs),
        constant,
    )


def luck_share(values: Numbers, least: float = 0.0) -> float:
    """How much of the variance of replicates' means is luck, 0 to 1; nan for one replicate.

    `values` has shape (points, replicates). What a replicate does at every point is no luck of a
    point, since all points share it; what is left of it, by point, is. nan too where the means
    differ by no more than `least`.
    """
    means = values.mean(axis=1)
    if np.ptp(means) <= least:
        return float("nan")
    share = luck_variance(values) / values.shape[1] / float(means.var(ddof=1))
    return min(1.0, share) if np.isfinite(share) else float("nan")


def luck_variance(values: Numbers) -> float:
    """Variance of luck in one replicate at one point, without what replicates share."""
    points, replicates = values.shape
    if replicates < 2:
        return float("nan")
    left = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    return float((left**2).sum() / ((points - 1) * (replicates - 1)))


def is_assumption(name: str) -> bool:
    """Whether a factor is an assumption about the world.

    It is tagged [A], and neither a lever nor a context that experiments vary on purpose.
    """
    if name in anchors():
        return tag_of(name) == "A"
    p = PARAMETERS.get(name)
    return (
        p is not None
        and p.tag == "A"
        and p.role != "lever"
        and not p.source.startswith(_ON_PURPOSE)
    )


def tag_of(name: str) -> str:
    """What a parameter or anchor rests on, in a letter; empty for a row."""
    if name in anchors():
        return anchors()[name].cell.tag
    return PARAMETERS[name].tag if name in PARAMETERS else ""


def designed(experiment: Studied, method: Method | None, points: int | None) -> Studied:
    """The experiment with another design, if one is asked for; its own is kept where it fits."""
    if method is None:
        if points is not None:
            raise UserMistake("points: needs a method, sobol or morris, whose design it changes")
        return experiment
    if isinstance(experiment, str | Path):
        if Path(experiment).is_dir():
            raise UserMistake(f"method: {experiment} holds results, whose design is fixed")
        experiment = Experiment.load(experiment)
    if not isinstance(experiment, Experiment):
        raise UserMistake("method: the design of finished runs is fixed")
    key, default = _DESIGNS[method]
    same = experiment.design.model_dump(exclude_none=True)
    others = {name: None for name in same if name != "kind"}
    keep = same if same["kind"] == method else {**others, "kind": method, key: default}
    return experiment.but(design=keep | ({key: points} if points is not None else {}))


def refuse_design(plan: Plan) -> None:
    """Raises `UserMistake`, with what to write, where the design has no such analysis."""
    refuse_worlds(plan, "sensitivity")
    if plan.design.kind not in METHODS:
        raise UserMistake(
            f"{plan.name}: its design is {plan.design.kind}; sensitivity needs another one: write "
            "'design: {kind: sobol, points: 64}' or 'design: {kind: morris, trajectories: 10}', "
            "or add --method sobol or --method morris"
        )


def _cases(futures: Futures, policies: Sequence[str]) -> Iterator[tuple[str, str, Numbers]]:
    """Every policy and outcome, with values by point and replicate."""
    chosen = chosen_policies(futures.plan, policies)
    for place, policy in enumerate(futures.policies):
        if policy in chosen:
            for outcome, values in futures.values.items():
                yield policy, outcome, values[:, place]


def _problem(plan: Plan) -> dict[str, Any]:
    from sim.questions.adapters import as_salib_problem

    return as_salib_problem(plan)


def _sobol(plan: Plan, values: Numbers) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indices with intervals, less what luck adds; and the interactions of pairs."""
    with quietly():
        from SALib.analyze import sobol

        found = sobol.analyze(
            _problem(plan),
            values.mean(axis=1),
            calc_second_order=bool(plan.design.second_order),
            num_resamples=_RESAMPLES,
            conf_level=CONFIDENCE,
            seed=plan.seed + 1,
        )
    luck, luck_half = _luck_in_total(plan, values) if plan.replicates > 1 else (np.nan, 0.0)
    total = found["ST"] - np.nan_to_num(luck)
    half = np.hypot(found["ST_conf"], luck_half)
    part = pd.DataFrame(
        {
            "factor": plan.names,
            "total": total,
            "total_low": total - half,
            "total_high": total + half,
            "first": found["S1"],
            "first_low": found["S1"] - found["S1_conf"],
            "first_high": found["S1"] + found["S1_conf"],
            "luck": luck,
        }
    ).sort_values("total", ascending=False, kind="stable")
    return part, _pairs(plan, found) if plan.design.second_order else pd.DataFrame()


def _luck_in_total(plan: Plan, values: Numbers) -> tuple[Numbers, Numbers]:
    """What luck alone adds to the total index of each factor, and half its 95 % interval.

    A total index is half the mean square of what an outcome moves by when one factor does, over
    the variance. That square holds the variance of luck in the move, which replicates tell.
    """
    replicates = values.shape[1]
    blocks = values.reshape(_base_points(plan), -1, replicates)
    first, last = blocks[:, 0], blocks[:, -1]
    variance = np.var(np.concatenate([first, last]).mean(axis=1))
    moves = blocks[:, 1 : len(plan.factors) + 1] - first[:, None]
    luck = 0.5 * moves.var(axis=2, ddof=1) / replicates / variance
    return luck.mean(axis=0), _NORMAL * luck.std(axis=0, ddof=1) / np.sqrt(len(luck))


def _base_points(plan: Plan) -> int:
    size = len(plan.factors)
    return len(plan.points) // (2 * size + 2 if plan.design.second_order else size + 2)


def _pairs(plan: Plan, found: Any) -> pd.DataFrame:
    """Shares that two factors have only together."""
    rows = []
    for one, name in enumerate(plan.names):
        for two in range(one + 1, len(plan.names)):
            share, half = found["S2"][one, two], found["S2_conf"][one, two]
            rows.append((name, plan.names[two], share, share - half, share + half))
    table = pd.DataFrame(rows, columns=list(PAIRS)[2:])
    return table.sort_values("share", ascending=False, kind="stable")


def _morris(plan: Plan, outcome: str, values: Numbers) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Elementary effects over the whole range of each factor, with intervals."""
    part = effects(plan, outcome, values)
    return part.sort_values("effect", ascending=False, kind="stable"), pd.DataFrame()


def _described(
    part: pd.DataFrame, plan: Plan, policy: str, outcome: str, share: float
) -> pd.DataFrame:
    """The rows with what they are about."""
    roles = {factor.name: factor.role for factor in plan.factors}
    return part.assign(
        policy=policy,
        outcome=outcome,
        rank=range(1, len(part) + 1),
        role=[roles[name] for name in part["factor"]],
        tag=[tag_of(name) for name in part["factor"]],
        assumed=[is_assumption(name) for name in part["factor"]],
        luck_share=share,
        points=len(plan.points),
        replicates=plan.replicates,
    )

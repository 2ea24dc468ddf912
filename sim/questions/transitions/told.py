"""What an analysis of transitions found, in sentences and small tables for a terminal."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from sim.questions.how_sure import few_worlds
from sim.questions.transitions.analysis import AGREEMENT, Transitions
from sim.questions.transitions.hysteresis import Hysteresis
from sim.questions.transitions.paths import estimate
from sim.questions.transitions.stages import stage_names
from sim.questions.transitions.warning import BEFORE, SHIFT_BY, SHIFT_OVER
from sim.statistics import central

_HALF = "half a step (half of the way from one paradigm to the next)"
_TAU = "Kendall's tau: 1 the same order, 0 no relation, -1 the reverse"
_KURTOSIS = (
    "Excess kurtosis is 0 for a bell curve; above it, long quiet times and rare large changes "
    "are more common."
)
_NAME = 28
_CELL = 10
_SPREAD_AT = 0.5
_MOST_ROWS = 12


def stage_table(found: Transitions) -> str:
    """Years that a local government spends in each stage, one line per scenario."""
    heads = [name.replace("mixed ", "") for name in stage_names()]
    over = (
        [
            "Years in each stage, mean of local governments and plausible worlds (draws of all",
            "that nobody knows); a-b: mixed between them:",
        ]
        if found.runs.study.per_world
        else [
            "Years in each stage, mean of local governments and replicates (repetitions with other",
            "luck); a-b: mixed between them:",
        ]
    )
    lines = [
        *over,
        "",
        " " * _NAME + "".join(head.rjust(_CELL + 1) for head in heads),
    ]
    table = found.tables["time_in_stages"]
    for name, rows in table.groupby("scenario", sort=False):
        cells = "".join(f"{value:.1f}".rjust(_CELL + 1) for value in rows["mean"])
        lines.append(_clipped(str(name)).ljust(_NAME) + cells)
    return "\n".join(lines)


def sentences(found: Transitions) -> list[str]:
    """What can be said about each scenario, its name on a line of its own."""
    lines = few_worlds(found.runs.study.worlds) if found.runs.study.per_world else []
    for name, paths in found.paths.items():
        lines.append(f"{name}:")
        if not paths.moves:
            lines.append("  No local government moves.")
            continue
        parts = [
            _order(found, name), _reforms(found, name), _leaps(found, name),
            _spread(found, name), _early(found, name), _lock_in(found, name),
            _warnings(found, name),
        ]  # fmt: skip
        if name in found.loops:
            parts.append(hysteresis_sentence(found.loops[name]))
        lines += [f"  {part[0].upper()}{part[1:]}" for part in parts if part]
    return lines


def hysteresis_sentence(loop: Hysteresis) -> str:
    """How many participatory rows the squeeze costs, and whether they come back."""
    before = float(loop.before.mean())
    if before == 0.0:
        return "no participatory row stands at Gov3.0 when the squeeze begins, so none can retreat."
    many = loop.unit == "world"
    lost, still, regained = (
        _interval(sample, many=many) for sample in (loop.lost, loop.still_lost, loop.regained)
    )
    late = float(np.median(loop.years_late))
    back = (
        f"half of the loss is not back within {loop.years_after} years in the median {loop.unit}"
        if math.isinf(late)
        else f"half of the loss is back {late:.0f} years after relief in the median {loop.unit}"
    )
    return (
        f"{100 * before:.0f} % of participatory rows are at Gov3.0 before the squeeze. Against its "
        f"twin (the same scenario, citizens and luck, but no squeeze) that is {lost} points in the "
        f"last lean year and {still} at the end; after relief the share itself moves by "
        f"{regained}; {back}. "
        f"Area of the loop {_interval(loop.area, 1.0, 3, many=many)} (share times budget; 0 is no "
        f"hysteresis).{_in_brackets(loop)}"
    )


def _in_brackets(loop: Hysteresis) -> str:
    if loop.unit != "world" or len(loop.lost) < 2:
        return ""
    return f" In brackets: the central 90 % of {len(loop.lost)} worlds."


def pattern_table(found: Transitions) -> str:
    """Patterns and falsifiers: observed, band and verdict, one line each."""
    table = found.tables["patterns"]
    if table.empty:
        return (
            "No pattern can be judged: they need a scenario with transition: {mode: endogenous} in "
            "which governments move."
        )
    worlds = found.runs.study.worlds
    over = f" of means over {worlds} worlds, n of which count," if worlds else ""
    lines = [f"Patterns and falsifiers (95 % confidence{over} in brackets):"]
    for name, rows in table.groupby("scenario", sort=False):
        lines.append(f"{name}:")
        lines += [f"  {_verdict(row)}" for row in rows.to_dict("records")]
    if table["measure"].str.contains("kurtosis").any():
        lines.append(_KURTOSIS)
    return "\n".join(lines)


def _verdict(row: dict[Hashable, Any]) -> str:
    note = f"; {row['note']}" if row["note"] else ""
    interval = "" if math.isnan(row["low"]) else f" ({row['low']:.2f} to {row['high']:.2f})"
    return (
        f"{row['pattern']:<4}{row['verdict']}: {row['measure']} {row['observed']:.2f}{interval}, "
        f"held against: {row['band']}; n = {row['n']}{note}"
    )


def _order(found: Transitions, name: str) -> str:
    rows = _of(found, "order_of_rows", name)
    moved = rows[rows["crossed"] > 0]
    if moved.empty:
        return f"no row moves by {_HALF} in the mean of all local governments."
    told = ", ".join(
        f"{row['row']} {row['direction']} {row['mean']:.0f}"
        for row in moved.head(_MOST_ROWS).to_dict("records")
    )
    never = list(rows.loc[rows["crossed"] == 0, "row"])
    rest = f"; never: {', '.join(never)}" if never else ""
    tau = _measure(found, name, AGREEMENT)
    unit = "worlds" if found.runs.study.per_world else "replicates"
    agree = (
        ""
        if math.isnan(tau)
        else f" How far the order is the same in two {unit}: {tau:.2f} ({_TAU})."
    )
    return f"rows move by {_HALF} in this order (mean month): {told}{rest}.{agree}"


def _reforms(found: Transitions, name: str) -> str:
    rows = _of(found, "reforms", name)
    if rows.empty:
        return ""
    told = []
    for event, own in rows.groupby("event", sort=False):
        count = own["per_government_decade"].sum()
        largest = own.sort_values("count")["cause"].iloc[-1]
        cause = f" (most by {largest})" if largest else ""
        told.append(f"{event} {count:.2f}{cause}")
    return f"events per local government in ten years: {', '.join(told)}."


def _leaps(found: Transitions, name: str) -> str:
    shares = [
        _percent(_measure(found, name, measure))
        for measure in (
            "share that leaps within a year", "share that skips the second paradigm",
            "share that never steps back",
        )
    ]  # fmt: skip
    return (
        f"{shares[0]} of local governments leap (a row rises by a whole step within a year), "
        f"{shares[1]} skip Gov2.0 in some row, {shares[2]} never step back."
    )


def _spread(found: Transitions, name: str) -> str:
    fits = _of(found, "spread_fits", name)
    row = fits[fits["threshold"] == _SPREAD_AT].iloc[0]
    passed = f"{_percent(row['passed'])} of local governments come to be half a step from the start"
    if math.isnan(row["r2"]):
        return f"{passed}; no curve can be fitted."
    return (
        f"{passed}; logistic curve with rate {row['rate']:.2f} a year, midpoint in year "
        f"{row['midpoint']:.1f}, which explains {100 * row['r2']:.1f} % of the course (R2)."
    )


def _early(found: Transitions, name: str) -> str:
    rows = _of(found, "early_movers", name)
    rows = rows[(rows["threshold"] == _SPREAD_AT) & rows["conf_low"].notna()]
    ends = ("worlds_low", "worlds_high") if _in_worlds(found) else ("conf_low", "conf_high")
    told = [
        f"{row['what']} {row['mean']:+.2f} ({row[ends[0]]:+.2f} to {row[ends[1]]:+.2f})"
        for row in rows.to_dict("records")
    ]
    over = "; in brackets: the central 90 % of worlds" if _in_worlds(found) else ""
    return f"being early goes with: {', '.join(told)} ({_TAU}{over})." if told else ""


def _lock_in(found: Transitions, name: str) -> str:
    still = _measure(found, name, "share unchanged in the last ten years")
    locked = _measure(found, name, "share locked in")
    return (
        f"{_percent(still)} of local governments stay unchanged in the last ten years, "
        f"{_percent(locked)} although a peer of like capacity does better another way."
    )


def _warnings(found: Transitions, name: str) -> str:
    if found.runs.study.scenarios[name].transition.mode != "endogenous":
        return ""
    rows = _of(found, "warnings", name)
    if rows.empty:
        return (
            f"early warnings cannot be judged: they need {_counted(found)}s of even and of odd "
            "number with "
            f"a shift of the mean by {SHIFT_BY:g} within {SHIFT_OVER} months, {BEFORE} months or "
            "more after the start."
        )
    warns = rows[rows["true_low"] > rows["false_high"]]
    names = ", ".join(f"{w.indicator} of {w.outcome}" for w in warns.itertuples(index=False))
    verdict = f"these warn beyond doubt: {names}" if names else "none warns beyond doubt"
    n = int(rows["n_shift"].max())
    return (
        f"early warnings before shifts, {len(rows)} indicators over at most {n} "
        f"{_counted(found)}{'' if n == 1 else 's'}: alarms in "
        f"{_percent(rows['alarms'].sum() / rows['n_shift'].sum())}, false alarms in "
        f"{_percent(rows['false_alarms'].sum() / rows['n_null'].sum())} where positions are held; "
        f"{verdict}."
    )


def _in_worlds(found: Transitions) -> bool:
    return bool(found.runs.study.per_world)


def _counted(found: Transitions) -> str:
    return "world" if _in_worlds(found) else "replicate"


def _of(found: Transitions, table: str, name: str) -> pd.DataFrame:
    frame = found.tables[table]
    return frame[frame["scenario"] == name] if len(frame) else frame


def _measure(found: Transitions, name: str, measure: str) -> float:
    rows = _of(found, "measures", name)
    return float(rows.loc[rows["measure"] == measure, "mean"].iloc[0])


def _interval(
    sample: np.ndarray, factor: float = 100.0, decimals: int = 0, *, many: bool = False
) -> str:
    """The mean, and its confidence; of `many` worlds, between what nine tenths of them lie."""
    _, mean, low, high, *_ = estimate(sample)
    if many:
        low, high = central(sample) if len(sample) > 1 else (math.nan, math.nan)
    text = f"{factor * mean:.{decimals}f}"
    if math.isnan(low):
        return text
    return f"{text} ({factor * low:.{decimals}f} to {factor * high:.{decimals}f})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _clipped(name: str) -> str:
    return name if len(name) < _NAME else f"{name[: _NAME - 2]}…"


def lines(found: Transitions) -> Iterator[str]:
    """Everything, in the order in which a terminal shows it."""
    yield stage_table(found)
    yield ""
    yield from sentences(found)
    yield ""
    yield pattern_table(found)

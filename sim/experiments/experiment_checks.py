"""What is wrong with an experiment as a whole: each mistake with its path and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from sim.declared import PARAMETERS, own_groups
from sim.errors import ScenarioError, UserMistake
from sim.experiments.designs import TAKES, Design, count_points
from sim.experiments.experiment_files import FACTORS, NOT_IN_BASE, Policies, may_name, outside
from sim.experiments.factor_checks import BLOCKS, check_factors, unknown_factor
from sim.experiments.factor_layers import reach
from sim.experiments.factors import ROWS, Factor, declaration
from sim.experiments.point_files import MOST_POINTS, check_points
from sim.outcomes import KNOWN, OUTCOMES, OWN_COLUMNS
from sim.paradigms import FIGURE
from sim.scenario import Scenario
from sim.scenario.checks import check_name, check_text
from sim.scenario.given import instead
from sim.scenario.likeness import unlike
from sim.scenario.remaining import is_lost
from sim.scenario.source import Mistake, Path_, Source, Spot
from sim.scenario.wording import expected_number
from sim.text import near, number, short
from sim.worlds.anchors import anchored, anchors, is_reordered

if TYPE_CHECKING:
    from sim.experiments.experiment import Experiment

Mistakes = Iterator[Mistake]
_TABLES = (".csv", ".txt", ".tsv")
_OUTER = ("seed", "replicates")
_MOST_REPLICATES = 100_000
_THERE = " with a class that declares it, for every policy"
_NUMBERS = ("low", "high", "mode", "mean")


def experiment_hint(path: Path_, finding: Any, top: type[BaseModel]) -> str | None:
    """What an experiment says of a wrong key or factor; nothing where the usual words will do."""
    if path[0] in FACTORS and len(path) > 1 and declaration(str(path[1])) is None:
        return unknown_factor(str(path[1])) if len(path) == 2 else None
    if finding["type"] == "extra_forbidden":
        home = _home(path, top)
        return f"unknown key here; {home}" if home else ""
    declared = declaration(str(path[1])) if path[0] in FACTORS and len(path) > 1 else None
    if declared is None or finding["input"] is None:
        return ""
    if declared.choices:
        listed = ", ".join(declared.choices)
        return f"expected rules by name, as {{values: [{listed}]}}{instead(finding['input'])}"
    if len(path) == 2:
        example = f"{{low: {declared.low:g}, high: {declared.high:g}}}"
        return f"expected a range as {example}, or nothing{instead(finding['input'])}"
    if path[2] in _NUMBERS or (path[2:3] == ("values",) and len(path) > 3):
        return expected_number(finding["input"], declared.low, declared.high, declared.unit)
    return ""


def _home(path: Path_, top: type[BaseModel]) -> str:
    """Where a key belongs that is known elsewhere."""
    key = str(path[-1])
    if path == ("extends",):
        return "an experiment extends no file; the scenarios under policies may"
    if len(path) > 1:
        return f"'{key}' belongs at the left edge" if key in top.model_fields else ""
    if declaration(key) is not None:
        return f"what varies belongs under {' or '.join(FACTORS)}; what is held, under base"
    if key in FIGURE.row_ids:
        return f"a row that varies is written as governance.{key} under levers"
    if key in Scenario.model_fields:
        return f"'{key}' belongs under base"
    return f"'{key}' belongs under design" if key in Design.model_fields else ""


def check(
    experiment: Experiment, policies: Policies, dropped: Set[Path_], source: Source, folder: Path
) -> Mistakes:
    """What one field cannot see, one by one. `dropped` are paths that were wrong by themselves.

    `source` knows where each key is written, `folder` is the one of the file.
    """
    if not is_lost(("name",), dropped):
        yield from check_name(experiment.name)
    for key in ("question", "description"):
        yield from check_text(getattr(experiment, key), (key,))
    blocks = {block: getattr(experiment, block) for block in FACTORS}
    whole = not any(lost[0] in FACTORS for lost in dropped)
    for mistake in check_factors(blocks, dropped):
        whole = False
        yield mistake
    yield from _check_base(experiment)
    yield from _check_worlds(experiment, dropped)
    yield from _check_alike(policies)
    yield from _check_outcomes(experiment.outcomes, dropped)
    yield from _check_months(experiment.months, policies, dropped)
    yield from _check_horizon(experiment.horizon, policies, dropped)
    factors = experiment.factors if whole else None
    strange = isinstance(source.place(("design", "file")), Spot)
    yield from _check_design(experiment.design, factors, dropped, folder, strange=strange)
    if factors is not None:
        yield from _check_reach(policies, factors)


def _check_base(experiment: Experiment) -> Mistakes:
    for key in NOT_IN_BASE:
        if key in experiment.base:
            own = f"every policy has its own {key}; leave this out"
            yield ("base", key), f"'{key}' belongs at the left edge" if key in _OUTER else own


def _check_worlds(experiment: Experiment, dropped: Set[Path_]) -> Mistakes:
    count, each = experiment.worlds, experiment.replicates
    lost = is_lost(("worlds",), dropped) or is_lost(("replicates",), dropped)
    if count is not None and not lost and count * each > _MOST_REPLICATES:
        text = f"{count:,} worlds of {each:,} replicates are more than {_MOST_REPLICATES:,} runs"
        yield ("worlds",), text


def _check_alike(policies: Policies) -> Mistakes:
    if policies.complete and policies.scenarios:
        for name, text in unlike(policies.scenarios):
            yield policies.paths[name], f"{text} (base gives all of them the same)"


def _check_outcomes(outcomes: Sequence[str], dropped: Set[Path_]) -> Mistakes:
    headline = [outcome.name for outcome in OUTCOMES]
    known = list(KNOWN)
    for index, name in enumerate(outcomes):
        path: Path_ = ("outcomes", index)
        if is_lost(path, dropped):
            continue
        if name not in known:
            yield path, f"'{short(name)}' is not an outcome{_nearest(name, headline, known)}"
        elif name in outcomes[:index]:
            yield path, f"'{name}' is listed twice"


def refuse_unknown_to_classes(
    policies: Mapping[str, Scenario], factors: Sequence[str], outcomes: Sequence[str]
) -> None:
    """Raises `UserMistake` where a policy's model class knows no such parameter or outcome.

    Both are declared by model classes of one's own, and each policy is run under one class.
    """
    for name, policy in policies.items():
        for factor in factors:
            if own_groups([factor]) - policy.own_groups:
                raise UserMistake(f"{name}: would ignore {factor}; use scenario.under{_THERE}")
        for outcome in outcomes:
            if outcome in OWN_COLUMNS and outcome not in policy.own_outcomes:
                raise UserMistake(f"{name}: does not read {outcome}; use scenario.under{_THERE}")


def _nearest(name: str, headline: Sequence[str], known: Sequence[str]) -> str:
    """The headline outcomes, and among all of them what was probably meant."""
    _, _, meant = near(name, known).partition("; ")
    listed = f" ({', '.join(headline)}, or one of their components)"
    return f"{listed}; {meant}" if meant else listed


def _check_months(
    months: Sequence[int] | None, policies: Policies, dropped: Set[Path_]
) -> Mistakes:
    lengths = {policy.months for policy in policies.scenarios.values()}
    for index, month in enumerate(months or ()):
        path: Path_ = ("months", index)
        if is_lost(path, dropped):
            continue
        if month < 1 or (lengths and policies.complete and month > min(lengths)):
            last = f" to {min(lengths)}" if lengths else " and later"
            yield path, f"{number(month)} is outside 1{last} (months simulated)"
        elif month in (months or ())[:index]:
            yield path, f"{number(month)} is listed twice"


def _check_horizon(horizon: int | None, policies: Policies, dropped: Set[Path_]) -> Mistakes:
    years = min((policy.years for policy in policies.scenarios.values()), default=None)
    if horizon is None or years is None or not policies.complete or is_lost(("horizon",), dropped):
        return
    if horizon > years:
        yield ("horizon",), f"{horizon} is outside 1 to {years} (years simulated)"


def _check_design(
    design: Design,
    factors: Sequence[Factor] | None,
    dropped: Set[Path_],
    folder: Path,
    *,
    strange: bool,
) -> Mistakes:
    """What is wrong with the design; a `strange` one was not typed by who runs it."""
    if is_lost(("design", "kind"), dropped):
        return
    wrong = list(_check_keys(design, factors, dropped))
    yield from wrong
    if wrong or factors is None or any(lost[0] == "design" for lost in dropped):
        return
    if design.kind == "csv" and strange and not may_name(str(design.file), folder, _TABLES):
        yield ("design", "file"), outside(str(design.file))
    elif design.kind == "csv":
        for text in check_points(folder / str(design.file), factors):
            yield ("design", "file"), text
    elif (count := count_points(design, factors)) > MOST_POINTS:
        yield ("design",), f"these are {count:,} points; at most {MOST_POINTS:,} can be run"


def _check_keys(design: Design, factors: Sequence[Factor] | None, dropped: Set[Path_]) -> Mistakes:
    """Keys that a kind of design needs, and those that it does not take."""
    needed, taken = TAKES[design.kind]
    for key in Design.model_fields:
        path: Path_ = ("design", key)
        if key == "kind" or is_lost(path, dropped):
            continue
        value = getattr(design, key)
        if value is None and key in needed and not _is_given_otherwise(design, key, factors):
            yield path, f"is missing; {design.kind} needs {' and '.join(needed)}"
        elif value is not None and key not in (*needed, *taken):
            keys = ", ".join((*needed, *taken))
            yield path, f"{design.kind} takes {keys}; leave this out"
        elif value is not None:
            yield from _check_size(design, key, value)


def _is_given_otherwise(design: Design, key: str, factors: Sequence[Factor] | None) -> bool:
    """Whether a grid needs no levels, as every factor lists its values."""
    return key == "levels" and (factors is None or all(factor.values for factor in factors))


def _check_size(design: Design, key: str, value: Any) -> Mistakes:
    if design.kind == "sobol" and key == "points" and value & (value - 1):
        below = 1 << (value.bit_length() - 1)
        text = f"{value} is no power of two, which sobol needs; write {below} or {2 * below}"
        yield ("design", key), text
    if design.kind == "morris" and key == "levels" and value % 2:
        yield ("design", key), f"{value} is odd; morris needs an even number of levels"


def _check_reach(policies: Policies, factors: Sequence[Factor]) -> Mistakes:
    """Whether every policy can take every factor."""
    if not policies.complete:
        return
    for name, policy in policies.scenarios.items():
        values = {factor.name: factor.low for factor in factors if factor.name in PARAMETERS}
        rows = {f.name.removeprefix(ROWS): f.low for f in factors if f.name.startswith(ROWS)}
        if rows and policy.history is not None:
            text = f"begins where {policy.history.name} leaves its rows; factors are no rows then"
            yield policies.paths[name], text
            continue
        try:
            policy.but(parameters=values)
        except ScenarioError as error:
            for line in str(error).splitlines():
                yield policies.paths[name], f"with these factors, {line}"
        yield from _check_order(name, policy, factors)
        for factor, (month, ended) in reach(policy, factors):
            if month < 1:
                text = (
                    f"no point changes anything under {name}: {ended} replaces it from month 1 on"
                )
                yield (BLOCKS[factor.role], factor.name), text


def _check_order(name: str, policy: Scenario, factors: Sequence[Factor]) -> Mistakes:
    """Anchors that pass others which a policy, or the base, has moved."""
    for factor in factors:
        if factor.name not in anchors():
            continue
        cell = anchors()[factor.name].cell.name
        for value in (factor.low, factor.high):
            moved = _with_anchor(policy, factor.name, value)
            if is_reordered(factor.name, moved):
                here = ", ".join(f"{p} {v:g}" for p, v in moved[cell].items())
                text = (
                    f"{number(value)} would put {cell} into another order than the figure has it "
                    f"under {name} ({here})"
                )
                yield (BLOCKS[factor.role], factor.name), text
                break


def _with_anchor(policy: Scenario, name: str, value: float) -> dict[str, dict[str, float]]:
    """The anchors of a policy's cells with one of them at another value."""
    cells = {cell: dict(own) for cell, own in policy.cells.items()}
    for cell, own in anchored({name: value}).items():
        cells[cell] = cells.get(cell, {}) | own
    return cells

"""What a scenario changes against another one: each value, old and new, with unit and source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.declared import PARAMETERS, SHOCKS, TAGS
from sim.paradigms import FIGURE
from sim.scenario import Scenario
from sim.scenario.files import find_file, parent_file, shipped_names
from sim.scenario.past import STAY
from sim.scenario.positions import row_positions
from sim.scenario.starting import facts_told

_SETTINGS = ("start", "years", "seed", "replicates")


@dataclass(frozen=True)
class Change:
    """One value that differs. `when` is the month and date of a dated change, else empty."""

    path: str
    old: str
    new: str
    unit: str = ""
    source: str = ""
    when: str = ""

    def __str__(self) -> str:
        text = f"{self.path}: {self.old} -> {self.new}" if self.old else f"{self.path}: {self.new}"
        text += f" ({self.unit})" if self.unit else ""
        text += f", {self.when}" if self.when else ""
        return f"{text} - {self.source}" if self.source else text


def explain_scenario(name: str, baseline: str) -> str:
    """What a scenario asks and what it changes against its parent and against the baseline."""
    scenario = Scenario.load(name)
    lines = [f"{scenario.name}: {scenario.question or 'no question is written'}"]
    lines += ["", *facts_told(scenario)]
    parent = parent_of(name)
    if parent is not None:
        shown = Path(parent).stem if Path(parent).stem in shipped_names() else parent
        lines += ["", f"Against {shown}, which it extends:", *_told(parent, scenario)]
    if Path(baseline).stem not in (Path(parent or "").stem, Path(name).stem):
        lines += ["", f"Against the baseline {baseline}:", *_told(baseline, scenario)]
    return "\n".join(lines)


def parent_of(name: str) -> str | None:
    """The file that a scenario extends, or the shipped name; None if it stands alone."""
    parent = parent_file(find_file(name))
    return None if parent is None else str(parent)


def changes(old: Scenario, new: Scenario) -> list[Change]:
    """All values of `new` that differ from `old`, settings first, dated changes last."""
    return [*_settings(old, new), *_rows(old, new), *_values(old, new), *_cells(old, new),
            *_dated(old, new)]  # fmt: skip


def _told(other: str, scenario: Scenario) -> list[str]:
    found = changes(Scenario.load(other), scenario)
    return [f"  {change}" for change in found] or ["  nothing differs"]


def _settings(old: Scenario, new: Scenario) -> Iterator[Change]:
    for name in _SETTINGS:
        yield from _differ(name, getattr(old, name), getattr(new, name))
    yield from _differ("history", _past(old), _past(new))
    yield from _differ("transition.mode", old.transition.mode, new.transition.mode)
    for name in type(old.society).model_fields:
        before, after = getattr(old.society, name), getattr(new.society, name)
        yield from _differ(f"society.{name}", before, after)
    yield from _differ("worlds.hold", _held(old), _held(new))


def _rows(old: Scenario, new: Scenario) -> Iterator[Change]:
    if new.history is not None:
        if old.history is None or old.history != new.history or old.start != new.start:
            yield Change("governance", "", f"{STAY}, as {new.history.name} leaves it")
        return
    for block, before, after in (
        ("governance", old.profile, new.profile),
        ("central", old.central_profile, new.central_profile),
    ):
        if block == "central" and (before, after) == (old.profile, new.profile):
            continue
        differing = [k for k in range(len(before)) if before[k] != after[k]]
        whole = len(differing) == len(before) and len({*before}) == len({*after}) == 1
        if whole:
            yield Change(f"{block}.all", position(before[0]), position(after[0]))
            continue
        for k in differing:
            row = FIGURE.rows[k]
            yield Change(f"{block}.{row.id}", position(before[k]), position(after[k]))


def position(value: float) -> str:
    """A position in words: the paradigm where it is one."""
    if value == int(value):
        return FIGURE.paradigm_ids[int(value)]
    return f"{value:g}"


def _values(old: Scenario, new: Scenario) -> Iterator[Change]:
    before, after = _at_start(old), _at_start(new)
    for name, parameter in PARAMETERS.items():
        if before[name] != after[name]:
            rests = f"default rests on: {TAGS[parameter.tag]} - {parameter.source}"
            told = parameter.told(before[name]), parameter.told(after[name])
            yield Change(name, *told, parameter.unit, rests)


def _at_start(scenario: Scenario) -> dict[str, float]:
    return scenario.parameter_values(0)


def _held(scenario: Scenario) -> str:
    return ", ".join(scenario.worlds.hold) or "nothing"


def _past(scenario: Scenario) -> str:
    return "none" if scenario.history is None else str(scenario.history.name)


def _cells(old: Scenario, new: Scenario) -> Iterator[Change]:
    before, after = FIGURE.override(old.cells), FIGURE.override(new.cells)
    for one, two in zip(before.cells, after.cells, strict=True):
        if one.values != two.values:
            before_text, after_text = (
                "/".join(f"{value:g}" for value in cell.values) for cell in (one, two)
            )
            yield Change(f"cells.{one.name}", before_text, after_text, one.unit)


def _dated(old: Scenario, new: Scenario) -> Iterator[Change]:
    before, after = _events(old), _events(new)
    for change in after:
        if change not in before:
            yield change
    for change in before:
        if change not in after:
            yield Change(f"no longer {change.path}", "", change.new, change.unit, "", change.when)


def _events(scenario: Scenario) -> list[Change]:
    events = []
    for move in scenario.transition.moves:
        rows = "all" if move.rows == "all" else ", ".join(move.rows)
        target = position(row_positions(move.to)[0][0])
        events.append(
            Change(f"move {rows}", "", target, _who(move.who), move.why, _when(scenario, move))
        )
    for policy in scenario.policy:
        for name, value in policy.set.items():
            unit = f"{PARAMETERS[name].unit}; {_who(policy.who)}"
            when = _when(scenario, policy)
            events.append(Change(f"policy {name}", "", f"{value:g}", unit, policy.why, when))
    for shock in scenario.shocks:
        kind = SHOCKS[shock.kind]
        size = kind.size if shock.size is None else shock.size
        unit = f"{kind.size_meaning}; {_who(shock.who)}"
        when = _when(scenario, shock)
        events.append(Change(f"shock {shock.kind}", "", f"{size:g}", unit, shock.why, when))
    return events


def _who(who: str) -> str:
    return {"all": "all governments", "local": "local governments", "central": "the centre"}.get(
        who, who
    )


def _when(scenario: Scenario, item: Any) -> str:
    month = scenario.month_of(item.month, item.date)
    over = getattr(item, "over", 0)
    ramp = f" over {over} months" if over else ""
    return f"month {month} ({scenario.date_of(month)}){ramp}"


def _differ(path: str, old: Any, new: Any) -> Iterator[Change]:
    if old != new:
        yield Change(path, str(old), str(new))

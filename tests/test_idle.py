"""Changes that change nothing are allowed, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from sim.processes.declared import PARAMETERS
from sim.scenario import Scenario
from sim.scenario.files import shipped_names
from sim.scenario.late import PAID_AFTERWARDS

IDLE = """\
extends: gov2
policy:
  - {month: 10, set: {government.budget: 1.0}}
  - {month: 12, set: {government.budget: 0.8}}
  - {month: 20, set: {government.budget: 0.8, trust.negativity: 2.5}}
  - {month: 30, set: {government.budget: 0.8}, who: Seoul}
  - {month: 40, set: {government.budget: 0.7}, who: Seoul}
transition:
  mode: scheduled
  moves:
    - {month: 5, to: gov2}
    - {month: 6, over: 12, to: gov3, rows: [goal]}
    - {month: 60, to: gov3, rows: [goal]}
shocks:
  - {kind: fiscal, month: 3, size: 0}
  - {kind: leader, month: 3, size: 0}
"""


def test_each_idle_change_is_told_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "idle.yaml"
    file.write_text(IDLE)
    with pytest.raises(SystemExit) as ended:
        main(["check", str(file)])
    written = capsys.readouterr()
    assert ended.value.code == 0
    assert written.out == f"{file}: ok\n"
    lines = [line.removeprefix(f"warning: {file}:") for line in written.err.splitlines()]
    assert [line.split(":")[0] for line in lines] == ["3", "5", "5", "6", "11", "13", "15"]
    assert all("changes nothing" in line for line in lines)


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_scenarios_change_something(name: str) -> None:
    assert Scenario.load(name).warnings == []


def told(text: str, tmp_path: Path) -> list[str]:
    file = tmp_path / "it.yaml"
    file.write_text(text)
    return [line.removeprefix(f"{file}:") for line in Scenario.load(file).warnings]


LATE = {
    "a move": ("transition: {mode: scheduled, moves: [{month: 20, over: 12, to: gov3}]}", "over"),
    "a policy": ("policy: [{month: 20, over: 12, set: {trust.negativity: 2}}]", "over"),
    "a shock": ("shocks: [{month: 20, months: 12, kind: emergency}]", "months"),
}


@pytest.mark.parametrize("name", LATE)
def test_what_goes_on_after_the_end_is_told(name: str, tmp_path: Path) -> None:
    text, key = LATE[name]
    (line,) = told(f"years: 2\n{text}\n", tmp_path)
    assert f".{key}: of these 12 months only 5 lie before the end (month 24)" in line
    assert told(f"years: 2\n{text.replace('12', '5')}\n", tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "policy: [{month: 24, set: {government.budget: 0.5}}]",
        "policy: [{month: 24, set: {finance.revenue_per_need: 12}}]",
        "shocks: [{month: 24, kind: fiscal, months: 1}]",
    ],
)
def test_money_of_the_last_month_comes_too_late(text: str, tmp_path: Path) -> None:
    (line,) = told(f"years: 2\n{text}\n", tmp_path)
    assert "comes too late" in line
    assert told(f"years: 2\n{text.replace('24', '23')}\n", tmp_path) == []


def test_money_of_the_last_month_changes_no_outcome() -> None:
    """What the warning says of each name, in the model itself; grants are claimed at once."""
    society = {"place": "synthetic", "citizens": 200, "entrepreneurs": 8, "local_governments": 3}
    plain = Scenario(name="plain", years=1, society=society, governance="gov2")
    shock = {"month": 12, "kind": "fiscal", "size": 1.0}
    changed = [plain.but(shocks=[shock])]
    for name in sorted(PAID_AFTERWARDS):
        change = {"month": 12, "set": {name: PARAMETERS[name].low}}
        changed.append(plain.but(policy=[change]))
    before, *after = (
        s.model(seed=1).run().national().drop(columns="unclaimed_share") for s in (plain, *changed)
    )
    assert all(table.equals(before) for table in after)


def test_a_schedule_without_moves_is_told(tmp_path: Path) -> None:
    (line,) = told("transition: {mode: scheduled, moves: []}\n", tmp_path)
    assert line.endswith("transition.moves: an empty list moves nothing")


def test_of_very_many_warnings_the_first_are_told(tmp_path: Path) -> None:
    lines = told("policy:\n" + "- {month: 3, set: {government.budget: 1}}\n" * 150, tmp_path)
    assert lines[-1] == "There are more warnings; these are the first 100."

"""Changes that change nothing are allowed, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from sim.scenario import Scenario
from sim.scenario.files import shipped_names

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

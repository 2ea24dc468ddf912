"""The figure as data: complete, consistent, and open to a fourth paradigm."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import sim.paradigms
from sim.paradigms import FIGURE, Figure, read_figure
from sim.processes.blending import blend_cells
from sim.processes.state import Cells

TEXT = Path(sim.paradigms.__file__).with_name("paradigms.yaml").read_text(encoding="utf-8")


def test_twelve_rows_by_three_paradigms() -> None:
    assert FIGURE.paradigm_ids == ("gov1", "gov2", "gov3")
    assert [row.number for row in FIGURE.rows] == list(range(1, 13))
    for row in FIGURE.rows:
        assert set(row.wording) == set(FIGURE.paradigm_ids)
        assert all(row.wording.values())
        assert row.cells


def test_every_cell_is_a_column_and_in_range() -> None:
    assert tuple(cell.name for cell in FIGURE.cells) == Cells._fields
    for cell in FIGURE.cells:
        assert all(cell.low <= value <= cell.high for value in cell.values), cell.name
        assert cell.tag in "SDRAC"
        assert cell.meaning
        assert cell.source


def test_simplexes_hold_under_every_paradigm() -> None:
    assert FIGURE.broken_simplexes() == ()
    assert FIGURE.override({"staff_operations": {"gov1": 0.5}}).broken_simplexes() == (
        "staff_time",
    )


def test_equal_wording_gives_equal_numbers() -> None:
    """Neutrality rule: identical cells of the figure get identical numbers."""
    for row in FIGURE.rows:
        for a, first in enumerate(FIGURE.paradigm_ids):
            for b, second in enumerate(FIGURE.paradigm_ids):
                if row.wording[first] == row.wording[second]:
                    for cell in row.cells:
                        assert cell.values[a] == cell.values[b], cell.name


def _blended(figure: Figure, profiles: np.ndarray) -> dict[str, np.ndarray]:
    cells = Cells(*(np.zeros(len(profiles)) for _ in Cells._fields))
    blend_cells(figure, profiles, cells)
    return cells._asdict()


def test_blend_is_piecewise_linear() -> None:
    profiles = np.array([[0.0] * 12, [0.5] * 12, [1.0] * 12, [1.25] * 12, [2.0] * 12])
    matching = _blended(FIGURE, profiles)["matching_share"]
    assert matching == pytest.approx([0.90, 0.78, 0.66, 0.595, 0.40])


@given(hnp.arrays(float, (3, 12), elements=st.floats(0, 2)))
def test_any_profile_stays_on_the_simplexes(profiles: np.ndarray) -> None:
    blended = _blended(FIGURE, profiles)
    for simplex in {cell.simplex for cell in FIGURE.cells if cell.simplex}:
        names = [cell.name for cell in FIGURE.cells if cell.simplex == simplex]
        assert sum(blended[name] for name in names) == pytest.approx(np.ones(3))


def _with_a_fourth() -> Any:
    """The file with one more column, to which lost legitimacy leads."""
    data = yaml.safe_load(TEXT)
    data["paradigms"].append({"id": "gov4", "label": "Gov4.0", "name": "Platform state"})
    for row in data["rows"]:
        row["wording"].append("to be imagined")
        row["leads"]["legitimacy"] = 3
        for cell in row["cells"].values():
            cell["values"].append(cell["values"][0])
    return data


def test_a_fourth_paradigm_is_data_only() -> None:
    """One more column in the file is blended like the others."""
    figure = read_figure(yaml.safe_dump(_with_a_fourth()))
    assert figure.last_position == 3.0
    assert figure.broken_simplexes() == ()
    cells = _blended(figure, np.array([[3.0] * 12, [2.5] * 12]))
    assert cells["invitations"] == pytest.approx([0.01, 0.105])


def test_levelled_figure_has_no_differences() -> None:
    for cell in FIGURE.levelled("gov2").cells:
        assert len(set(cell.values)) == 1
        assert cell.values[0] == FIGURE.cell(cell.name).values[1]


def test_unknown_cell() -> None:
    with pytest.raises(KeyError, match="no such cell"):
        FIGURE.override({"charisma": {"gov1": 1.0}})


THIRTEENTH = """\
  - id: law
    title: Law
    wording: [by decree, by statute, by covenant]
"""
RUN_THIRTEEN = """
import sys
sys.path.insert(0, sys.argv[1])
import sim
assert sim.__file__.startswith(sys.argv[1]), sim.__file__
from sim.paradigms import FIGURE
from sim.processes import blending, frontier, pushes, reform
from sim.questions.transitions import paths
assert len(FIGURE.rows) == reform._ROWS == reform._TARGETS.shape[1] == 13
assert reform._TARGETS[2].tolist() == [2] * 13
assert frontier._FOLLOWS.tolist() == [0, 0, 0, 0, -1, 1, -1, -1, 0, 1, -1, -1, 1]
assert pushes._PARTICIPATORY.tolist() == [0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1]
assert paths.PARTICIPATORY_ROWS == (4, 5, 9, 12)
print("works")
"""
RUN_FOUR = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np
import sim
assert sim.__file__.startswith(sys.argv[1]), sim.__file__
from sim.engine.luck import seed_key
from sim.paradigms import FIGURE
from sim.processes import frontier, pushes, reform
from sim.processes.declared import parameter_values
from sim.processes.pressure import LEGITIMACY, OVERLOAD
assert FIGURE.last_position == reform._TARGETS.max() == pushes._LAST == frontier._LAST == 3
reforms, profiles = parameter_values({}).reform, np.full((1, 12), 2.0)
for month in range(1, 40):
    reform.move_rows.py_func(0, LEGITIMACY, profiles, 0.5, reforms, seed_key(1), month)
assert profiles[0].tolist() == reform._TARGETS[LEGITIMACY].tolist() == [3.0] * 12
assert not reform.can_move.py_func(0, LEGITIMACY, profiles)
assert reform.can_move.py_func(0, OVERLOAD, profiles)
print("works")
"""


def _with_row(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """What a copy of the package says that has one more row."""
    return _with_figure(folder, TEXT + text, RUN_THIRTEEN)


def _with_figure(folder: Path, text: str, code: str) -> subprocess.CompletedProcess[str]:
    """What some code says in a copy of the package that has another figure."""
    shutil.copytree(Path(sim.paradigms.__file__).parent, folder / "sim")
    (folder / "sim" / "paradigms.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", code, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_a_thirteenth_row_works(tmp_path: Path) -> None:
    row = THIRTEENTH + "    leads: {legitimacy: 2}\n    groups: [participation]\n"
    done = _with_row(tmp_path, row + "    abroad: e_participation\n    cells: {}\n")
    assert done.stdout == "works\n", done.stderr


def test_reforms_lead_to_a_fourth_paradigm(tmp_path: Path) -> None:
    """Where its file says so; elections, coercion and the frontier end at its position."""
    done = _with_figure(tmp_path, yaml.safe_dump(_with_a_fourth()), RUN_FOUR)
    assert done.stdout == "works\n", done.stderr


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("    groups: []\n    cells: {}\n", "ValueError: row law: add leads, which may name "),
        ("    leads: {}\n    cells: {}\n", "ValueError: row law: add groups, which may name "),
        (
            "    leads: {}\n    groups: []\n    cells:\n      rigour: {values: [0, 1, 2], low: 0, "
            "high: 2, unit: share, process: reform, tag: A, meaning: m}\n",
            "ValueError: row law: rigour: add a column of that name to Cells in ",
        ),
        (
            "    leads: {ambition: 1}\n    groups: []\n    cells: {}\n",
            "ValueError: row law: leads: ambition is none of infrastructure, ",
        ),
        (
            "    leads: {}\n    groups: []\n    abroad: happiness\n    cells: {}\n",
            "ValueError: row law: abroad: happiness is none of online_service, e_participation",
        ),
        (
            "    leads: {overload: 3}\n    groups: []\n    cells: {}\n",
            "ValueError: row law: leads: overload: 3 is not -1 to 2",
        ),
    ],
)
def test_a_thirteenth_row_that_lacks_something_is_refused_in_a_line(
    tmp_path: Path, more: str, message: str
) -> None:
    done = _with_row(tmp_path, THIRTEENTH + more)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(message)

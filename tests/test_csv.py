"""CSV files are harmless in a spreadsheet, and read back as they were."""

from __future__ import annotations

import ast
import codecs
import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.runs.csv_files import read_csv, safe, unsafe, write_csv

NAMES = (
    "gov1", "NA", "nan", "None", "", "007", "1e3", "true", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1",
    "\r=1", "\n=1", "'=1", "''=1", "'plain", "it's", "=cmd|' /C calc'!A0", "＝1", " =1", "a,b",  # noqa: RUF001
    'say "so"', "two\nlines", "a\rb", "세종", "é", "a;=1",
)  # fmt: skip


def frame_of(names: tuple[str, ...]) -> pd.DataFrame:
    numbers = np.random.default_rng(1).normal(size=len(names))
    return pd.DataFrame(
        {"scenario": list(names), "month": range(len(names)), "trust": numbers, "=x": "words"}
    )


def test_names_and_numbers_come_back_as_they_were(tmp_path: Path) -> None:
    frame = frame_of(NAMES)
    frame.loc[0, "trust"] = np.nan
    write_csv(frame, tmp_path / "a.csv")
    pd.testing.assert_frame_equal(read_csv(tmp_path / "a.csv", text=("scenario", "=x")), frame)


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    write_csv(frame_of(NAMES), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.DictReader(file) for cell in (row["scenario"], *row)]
    assert len(cells) > len(NAMES)
    assert not [cell for cell in cells if cell.lstrip(" '").startswith(("=", "+", "-", "@", "\t"))
                and not cell.startswith("'")]  # fmt: skip


@given(st.text())
def test_marks_can_be_taken_away(text: str) -> None:
    assert unsafe(safe(text)) == text


def test_numbers_keep_their_signs(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"a": [-0.5, 1.0], "b": [-1, 2]}), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == b"a,b\n-0.5,-1\n1.0,2\n"


def test_ordinary_files_are_as_pandas_writes_them(tmp_path: Path) -> None:
    frame = frame_of(("gov1", "gov2", "squeeze_and_relief")).rename(columns={"=x": "x"})
    write_csv(frame, tmp_path / "ours.csv")
    frame.to_csv(tmp_path / "theirs.csv", index=False, lineterminator="\n")
    assert (tmp_path / "ours.csv").read_bytes() == (tmp_path / "theirs.csv").read_bytes()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cut", [0, 1, 2])
def test_rows_may_be_written_in_parts(tmp_path: Path, name: str, cut: int) -> None:
    frame = frame_of(("gov1", name, "gov2"))
    write_csv(frame, tmp_path / "whole.csv")
    write_csv(frame[:cut], tmp_path / "parts.csv")
    write_csv(frame[cut:], tmp_path / "parts.csv", append=True)
    write_csv(frame[:0], tmp_path / "parts.csv", append=True)
    parts, whole = (read_csv(tmp_path / f"{n}.csv", text=["scenario"]) for n in ("parts", "whole"))
    pd.testing.assert_frame_equal(parts, whole)
    if "\r" not in name:
        assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["parts.csv", "whole.csv"]


@pytest.mark.parametrize(("name", "marked"), [("gov1", False), ("세종", True), ("é", True)])
def test_only_what_is_not_ascii_has_a_byte_order_mark(
    tmp_path: Path, name: str, marked: bool
) -> None:
    write_csv(frame_of((name,)), tmp_path / "a.csv")
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(codecs.BOM_UTF8) == marked
    assert raw.count(codecs.BOM_UTF8) == marked
    assert pd.read_csv(tmp_path / "a.csv").columns[0] == "scenario"


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    write_csv(pd.DataFrame(columns=["scenario", "month"]), tmp_path / "a.csv")
    assert list(read_csv(tmp_path / "a.csv").columns) == ["scenario", "month"]


def test_every_csv_goes_through_one_writer() -> None:
    root = Path(sim.__file__).parent
    alone = root / "runs" / "csv_files.py"
    for path in sorted(root.rglob("*.py")):
        if path != alone:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute):
                    assert node.attr not in ("to_csv", "writer", "DictWriter"), path
                    is_frames = isinstance(node.value, ast.Name) and node.value.id == "pd"
                    assert not (node.attr == "read_csv" and is_frames), path

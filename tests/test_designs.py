"""Designs have their known properties, and the same seed gives the same points."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from SALib.sample import sobol as salib_sobol
from scipy import stats

from sim.experiments.designs import Design, count_points, points
from sim.experiments.factors import Factor
from sim.experiments.point_files import check_points

UNIT = [Factor(name, "uncertainty", 0.0, 1.0) for name in ("a", "b", "c")]
NOWHERE = Path()
DESIGNS = {
    "grid": Design(kind="grid", levels=4),
    "lhs": Design(kind="lhs", points=10),
    "sobol": Design(kind="sobol", points=8),
    "sobol twice": Design(kind="sobol", points=8, second_order=True),
    "morris": Design(kind="morris", trajectories=6),
    "one at a time": Design(kind="one_at_a_time", levels=3),
}
SIZES = {
    "grid": 64, "lhs": 10, "sobol": 8 * (3 + 2), "sobol twice": 8 * (2 * 3 + 2),
    "morris": 6 * (3 + 1), "one at a time": 1 + 3 * 3,
}  # fmt: skip


def drawn(design: Design, factors: list[Factor] = UNIT, seed: int = 5) -> Any:
    return points(design, factors, seed=seed, folder=NOWHERE)


@pytest.mark.parametrize("name", DESIGNS)
def test_sizes(name: str) -> None:
    assert drawn(DESIGNS[name]).shape == (SIZES[name], 3)
    assert count_points(DESIGNS[name], UNIT) == SIZES[name]


@pytest.mark.parametrize("name", DESIGNS)
def test_the_same_seed_gives_the_same_points(name: str) -> None:
    first = drawn(DESIGNS[name])
    np.testing.assert_array_equal(drawn(DESIGNS[name]), first)
    differs = not np.array_equal(drawn(DESIGNS[name], seed=6), first, equal_nan=True)
    assert differs == (name not in ("grid", "one at a time"))


@pytest.mark.parametrize("name", DESIGNS)
def test_points_stay_inside(name: str) -> None:
    factors = [
        Factor("a", "lever", -1.0, 3.0),
        Factor("b", "lever", 0.2, 0.8, "triangular", mode=0.2),
        Factor("c", "lever", 0.0, 1.0, "normal", mean=0.9, sd=3.0),
    ]
    found = drawn(DESIGNS[name], factors)
    for column, factor in enumerate(factors):
        assert np.nanmin(found[:, column]) >= factor.low
        assert np.nanmax(found[:, column]) <= factor.high


@pytest.mark.parametrize("name", DESIGNS)
def test_the_order_of_factors_changes_no_point(name: str) -> None:
    """Column by column the same set of points, however the factors are written."""
    factors = [
        Factor("z", "lever", 0.0, 1.0),
        Factor("a", "lever", -1.0, 3.0),
        Factor("m", "lever", 0.0, 1.0, "triangular", mode=0.2),
    ]
    first = drawn(DESIGNS[name], factors)
    for order in ([2, 0, 1], [1, 0, 2], [2, 1, 0]):
        other = drawn(DESIGNS[name], [factors[at] for at in order])[:, np.argsort(order)]
        assert sorted(map(repr, other.tolist())) == sorted(map(repr, first.tolist()))
        if name in ("lhs", "morris"):
            np.testing.assert_array_equal(other, first)


def test_another_factor_leaves_the_columns_of_a_hypercube_alone() -> None:
    design = Design(kind="lhs", points=7)
    np.testing.assert_array_equal(drawn(design, UNIT)[:, [0, 2]], drawn(design, UNIT[::2]))


def test_latin_hypercube_has_one_point_in_each_stratum() -> None:
    found = drawn(Design(kind="lhs", points=40))
    for column in found.T:
        assert sorted((column * 40).astype(int)) == list(range(40))


@pytest.mark.parametrize("second_order", [False, True])
def test_sobol_is_what_salib_analyses(second_order: bool) -> None:
    names = [factor.name for factor in UNIT]
    problem = {"num_vars": 3, "names": names, "bounds": [[0.0, 1.0]] * 3}
    theirs = salib_sobol.sample(problem, 16, calc_second_order=second_order, seed=5)
    ours = drawn(Design(kind="sobol", points=16, second_order=second_order))
    np.testing.assert_array_equal(ours, theirs)


def test_morris_moves_one_factor_at_a_time_by_the_same_step() -> None:
    found = drawn(Design(kind="morris", trajectories=20, levels=4))
    for path in found.reshape(20, 4, 3):
        steps = np.diff(path, axis=0)
        assert (np.count_nonzero(np.abs(steps) > 1e-9, axis=1) == 1).all()
        assert (np.count_nonzero(np.abs(steps) > 1e-9, axis=0) == 1).all()
        np.testing.assert_allclose(np.abs(steps).sum(axis=1), 2 / 3)
    assert {*np.round(found.ravel() * 3, 9)} == {0.0, 1.0, 2.0, 3.0}


def test_a_grid_has_every_combination_once() -> None:
    factors = [
        Factor("a", "lever", 0.0, 1.0),
        Factor("b", "lever", 1.0, 4.0, "values", values=(4.0, 1.0)),
    ]
    found = drawn(Design(kind="grid", levels=3), factors)
    assert found.tolist() == [[0, 4], [0, 1], [0.5, 4], [0.5, 1], [1, 4], [1, 1]]


def test_one_at_a_time_starts_with_the_policies_as_they_are() -> None:
    found = drawn(Design(kind="one_at_a_time"))
    assert np.isnan(found[0]).all()
    assert (np.count_nonzero(~np.isnan(found[1:]), axis=1) == 1).all()
    assert np.nanmin(found, axis=0).tolist() == [0, 0, 0]
    assert np.nanmax(found, axis=0).tolist() == [1, 1, 1]


def test_points_go_through_csv_to_the_last_bit(tmp_path: Path) -> None:
    for name in ("lhs", "one at a time"):
        before = drawn(DESIGNS[name])
        table = pd.DataFrame(before, columns=[factor.name for factor in UNIT])
        table.to_csv(tmp_path / "points.csv", index=False)
        assert list(check_points(tmp_path / "points.csv", UNIT)) == []
        design = Design(kind="csv", file="points.csv")
        after = points(design, UNIT, seed=1, folder=tmp_path)
        np.testing.assert_array_equal(after, before)


def test_columns_of_a_csv_may_come_in_any_order(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("c,a,b\n3e-1,0.1,\n")
    found = points(Design(kind="csv", file="points.csv"), UNIT, seed=1, folder=tmp_path)
    np.testing.assert_array_equal(found, [[0.1, np.nan, 0.3]])


def test_what_a_spreadsheet_leaves_behind_is_no_point(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbfa,b,c,,\r\n,,,,\r\n 0.5 ,0,1,,\r\n,,,,\r\n\r\n,,,,\r\n"
    (tmp_path / "points.csv").write_bytes(raw)
    assert list(check_points(tmp_path / "points.csv", UNIT)) == []
    found = points(Design(kind="csv", file="points.csv"), UNIT, seed=1, folder=tmp_path)
    np.testing.assert_array_equal(found, [[np.nan] * 3, [0.5, 0, 1]])


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "points.csv")
    (line,) = check_points(tmp_path / "points.csv", UNIT)
    assert line.startswith("'points.csv' is a pipe or a device")


ODD = {
    "latin-1": ("a,b,c\n0,0,é\n".encode("latin-1"), "points.csv:2: is not UTF-8; save it"),
    "cp949": ("인구,b,c\n0,0,0\n".encode("cp949"), "points.csv:1: is not UTF-8; save it"),
    "utf-16": ("a,b,c\n0,0,0\n".encode("utf-16"), "points.csv:1: is not UTF-8; save it"),
    "empty": (b"", "'points.csv' cannot be read: the file is empty"),
    "blank": (b"\n,,\n\n", "'points.csv' cannot be read: the file is empty"),
    "short": (b"a,b,c\n1,1,1\n\n1,1\n", "points.csv:4: has 2 cells for 3 columns"),
    "long": (b"a,b,c\n1,1,1,1,1\n", "points.csv:2: has 5 cells for 3 columns"),
    "decimal commas": (b"a,b,c\n0,5,0,5,0,5\n", "points.csv:2: has 6 cells for 3 columns"),
    "semicolons": (b"a;b;c\n0;0;0\n", "points.csv:1: semicolons stand between the columns; save"),
    "tabs": (b"a\tb\tc\n0\t0\t0\n", "points.csv:1: tabs stand between the columns"),
    "sep": (b"sep=;\na;b;c\n", "points.csv:1: semicolons stand between the columns"),
    "a row emptied": (b"a,b,c\n1,1,1\n,,\n1,1,1\n", "points.csv:3: the row is empty; delete it"),
    "only empty rows": (b"a,b,c\n,,\n,,\n", "points.csv: has no points"),
    "underscore": (b"a,b,c\n0,0,0_1\n", "points.csv:2: c: expected a number, 0 to 1"),
    "hexadecimal": (b"a,b,c\n0,0,0x1\n", "points.csv:2: c: expected a number, 0 to 1"),
    "truth": (b"a,b,c\n0,0,true\n", "points.csv:2: c: expected a number, 0 to 1"),
    "full width": ("a,b,c\n0,0,１\n".encode(), "points.csv:2: c: expected a number, 0 to 1"),  # noqa: RUF001
    "escape": (b"a,b,c\n0,0,\x1b[31m\n", "points.csv:2: c: expected a number, 0 to 1"),
    "after a quoted break": (b'a,b,c\n0,0,"\n1"\n0,0,2\n', "points.csv:4: c: 2 is outside 0 to 1"),
    "infinite": (b"a,b,c\n0,0,inf\n", "points.csv:2: c: inf is outside 0 to 1"),
    "not a number": (b"a,b,c\n0,0,nan\n", "points.csv:2: c: nan is outside 0 to 1"),
    "text": (b"a,b,c\n\n0,0,0\n0,,many\n", "points.csv:4: c: expected a number, 0 to 1"),
    "dates": (b"a,b,c\n0,0,2001-01-01\n", "points.csv:2: c: expected a number, 0 to 1"),
    "twice": (b"a,b,c,a\n0,0,0,0\n", "points.csv:1: there are two columns for a"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_csv_is_told_in_a_line(tmp_path: Path, name: str) -> None:
    raw, words = ODD[name]
    (tmp_path / "points.csv").write_bytes(raw)
    (line,) = check_points(tmp_path / "points.csv", UNIT)
    assert line.startswith(words)
    assert line.isprintable()


SHARES = np.linspace(0.0, 1.0, 101)


def test_quantiles_of_a_uniform_factor() -> None:
    factor = Factor("a", "lever", -2.0, 6.0)
    np.testing.assert_allclose(factor.quantile(SHARES), stats.uniform(-2.0, 8.0).ppf(SHARES))


def test_quantiles_of_a_triangular_factor() -> None:
    factor = Factor("a", "lever", 1.0, 5.0, "triangular", mode=2.0)
    found = factor.quantile(SHARES)
    expected = np.where(
        SHARES <= 0.25, 1 + np.sqrt(4 * SHARES), 5 - np.sqrt(12 * (1 - SHARES))
    )  # from the areas of the two triangles
    np.testing.assert_allclose(found, expected)


def test_quantiles_of_a_normal_factor_cut_at_both_ends() -> None:
    factor = Factor("a", "lever", 0.0, 1.0, "normal", mean=0.8, sd=0.3)
    whole = stats.norm(0.8, 0.3)
    below, above = whole.cdf([0.0, 1.0])
    expected = whole.ppf(below + SHARES * (above - below))
    np.testing.assert_allclose(factor.quantile(SHARES), expected, atol=1e-12)


def test_values_are_equally_likely() -> None:
    factor = Factor("a", "lever", 1.0, 9.0, "values", values=(1.0, 9.0, 3.0))
    shares = (np.arange(300) + 0.5) / 300
    values, counts = np.unique(factor.quantile(shares), return_counts=True)
    assert (values.tolist(), counts.tolist()) == ([1, 3, 9], [100, 100, 100])
    assert factor.levels(7).tolist() == [1, 9, 3]


def test_whole_numbers_are_equally_likely() -> None:
    factor = Factor("a", "lever", 1.0, 4.0, whole=True)
    shares = (np.arange(400) + 0.5) / 400
    values, counts = np.unique(factor.quantile(shares), return_counts=True)
    assert (values.tolist(), counts.tolist()) == ([1, 2, 3, 4], [100] * 4)
    assert factor.levels(10).tolist() == [1, 2, 3, 4]
    bent = Factor("a", "lever", 0.0, 9.0, "triangular", mode=3.0, whole=True)
    assert (bent.quantile(SHARES) % 1 == 0).all()


def test_the_ends_of_the_unit_interval_are_the_ends_of_the_range() -> None:
    for kind in ("uniform", "triangular", "normal"):
        factor = Factor("a", "lever", 2.0, 3.0, kind, mode=2.5, mean=2.5, sd=0.1)  # type: ignore[arg-type]
        assert factor.quantile(np.array([0.0, 1.0])).tolist() == [2.0, 3.0]

"""The two tables of a sweep, as Arrow and Parquet: a row per run, and a row per run and month.

The same columns in every part and in the finished files. There floating-point numbers are split by
byte and compressed without a dictionary, which is smaller and quicker than Parquet's defaults, and
every page has a checksum, so that a damaged file is never read as if it were whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from sim.experiments.measured import Measured

if TYPE_CHECKING:
    from sim.experiments.plan import Plan

WORDS = ("run_id", "point", "policy", "replicate", "status", "stage", "message")


def runs_schema(plan: Plan) -> pa.Schema:
    """Columns of the runs: where each stands in the plan, how it ended, factors, outcomes."""
    kinds = (pa.int64(), pa.int32(), pa.string(), pa.int32(), *[pa.string()] * 3)
    words = list(zip(WORDS, kinds, strict=True))
    numbers = [(name, pa.float64()) for name in (*plan.names, *plan.outcomes)]
    return pa.schema(words + numbers)


def series_schema(plan: Plan) -> pa.Schema:
    """Columns of the series: run, month, outcomes."""
    keys = [("run_id", pa.int64()), ("month", pa.int32())]
    return pa.schema(keys + [(name, pa.float64()) for name in plan.outcomes])


def runs_table(plan: Plan, measured: Sequence[Measured]) -> pa.Table:
    """A row per run; outcomes of a failed one are missing."""
    missing = (None,) * len(plan.outcomes)
    rows = [
        (m.run_id, *m.place, m.status, m.stage, m.message,
         *m.factors, *(m.outcomes or missing))
        for m in measured
    ]  # fmt: skip
    return _table(rows, runs_schema(plan))


def series_table(plan: Plan, measured: Sequence[Measured]) -> pa.Table:
    """A row per run and month; a failed run has none."""
    rows = [
        (m.run_id, month, *values)
        for m in measured
        for month, values in zip(plan.months, m.series, strict=False)
    ]
    return _table(rows, series_schema(plan))


def measured_of(plan: Plan, runs: pa.Table, series: pa.Table) -> list[Measured]:
    """Runs read back from the two tables."""
    series_of: dict[int, list[tuple[float, ...]]] = {}
    for row in series.to_pylist():
        series_of.setdefault(row["run_id"], []).append(_pick(row, plan.outcomes))
    return [
        Measured(
            row["run_id"],
            (row["point"], row["policy"], row["replicate"]),
            _pick(row, plan.names),
            () if row["stage"] else _pick(row, plan.outcomes),
            tuple(series_of.get(row["run_id"], ())),
            row["stage"],
            row["message"],
        )
        for row in runs.to_pylist()
    ]


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet file to write row groups to."""
    numbers = [field.name for field in schema if pa.types.is_floating(field.type)]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=False,
        use_byte_stream_split=numbers,
        write_page_checksum=True,
    )


def write(path: Path, table: pa.Table) -> None:
    """A Parquet file of one row group."""
    with open_writer(path, table.schema) as writer:
        writer.write_table(table, row_group_size=max(1, table.num_rows))


def read(path: Path, schema: pa.Schema) -> pa.Table:
    """A Parquet file, its checksums verified; raises if it is damaged or has other columns."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        table = file.read()
    return table.cast(schema)


class GroupWriter:
    """A Parquet file whose row groups do not depend on how its rows came in."""

    def __init__(self, path: Path, schema: pa.Schema, rows: int = 1 << 16) -> None:
        self._writer = open_writer(path, schema)
        self._rows = rows
        self._waiting = [schema.empty_table()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if error == (None, None, None):
            self._write_groups(least=1)
        self._writer.close()

    def add(self, table: pa.Table) -> None:
        """Write so many rows more."""
        self._waiting.append(table)
        self._write_groups(least=self._rows)

    def _write_groups(self, *, least: int) -> None:
        if sum(table.num_rows for table in self._waiting) < least:
            return
        ready = pa.concat_tables(self._waiting).combine_chunks()
        while ready.num_rows >= least:
            self._writer.write_table(ready.slice(0, self._rows), row_group_size=self._rows)
            ready = ready.slice(self._rows)
        self._waiting = [ready]


def _table(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [
        pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _pick(row: dict[str, Any], names: Iterable[str]) -> tuple[float, ...]:
    return tuple(float("nan") if row[name] is None else row[name] for name in names)

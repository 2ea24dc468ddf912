"""Tasks of which each unit gives some numbers, or says why it has none."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sim.errors import GovShiftError
from sim.runs.chunk import CRASHED, Done, Journaled, Lines
from sim.runs.replicate import one_line
from sim.runs.runner import Session
from sim.scenario import Scenario

_TABLE = "readings"
_SCHEMA = pa.schema(
    [("unit", pa.int32()), ("readings", pa.list_(pa.float64())), ("message", pa.string())]
)


@dataclass(frozen=True)
class Record:
    """The numbers of a unit; or why there are none."""

    unit: int
    readings: tuple[float, ...] = ()
    message: str = ""


class Numbered(Journaled):
    """A task whose units give numbers."""

    @property
    @abstractmethod
    def key(self) -> str:
        """A hash of all that decides what comes of it."""

    @abstractmethod
    def numbers(self, unit: int) -> tuple[float, ...]:
        """The numbers of a unit; whatever it raises is its failure."""

    @property
    def scenarios(self) -> Iterable[Scenario]:
        """Whose own rules are to be compiled before workers begin."""
        return ()

    def run(self, unit: int) -> Record:
        """The record of a unit."""
        try:
            return Record(unit, self.numbers(unit))
        except Exception as error:
            return Record(unit, message=one_line(error))

    def lost(self, unit: int) -> Record:
        """The record of a unit that ends its process."""
        return Record(unit, message=CRASHED)

    def has_failed(self, record: Record) -> bool:
        """Whether a unit failed."""
        return bool(record.message)

    def packed(self, records: Sequence[Record]) -> Mapping[str, pa.Table]:
        """The tables of a part."""
        rows = [(r.unit, list(r.readings), r.message) for r in records]
        columns = [
            pa.array(column, type=field.type)
            for column, field in zip(zip(*rows, strict=True), _SCHEMA, strict=True)
        ]
        return {_TABLE: pa.Table.from_arrays(columns, schema=_SCHEMA)}

    def lines_without_failures(self, tables: Mapping[str, pa.Table]) -> Lines | None:
        """Lines of the units that did not fail, if others did."""
        records = [Record(**row) for row in tables[_TABLE].to_pylist()]
        if not any(record.message for record in records):
            return None
        return {r.unit: self.line(r) for r in records if not r.message}

    def line(self, record: Record) -> dict[str, Any]:
        """A record as a line."""
        return vars(record)

    def of_line(self, told: dict[str, Any]) -> Record:
        """The record of a line."""
        return Record(told["unit"], tuple(told["readings"]), told["message"])


def numbers_of(
    tasks: Sequence[Numbered], running: Session, progress: Callable[[Done], None] | None = None
) -> list[list[float]]:
    """The numbers of all units, in order; what is kept is not run again.

    Raises `GovShiftError` if one has failed.
    """
    found = dict(running.kept((task.key, task) for task in tasks))
    missing = [(task.key, task) for task in tasks if task.key not in found]
    for done in running.run(missing):
        found[done.key] = running.read(done)
        if progress is not None:
            progress(done)
    rows = [row for task in tasks for row in found[task.key][_TABLE].to_pylist()]
    for row in rows:
        if row["message"]:
            raise GovShiftError(f"a run failed: {row['message']}")
    return [row["readings"] for row in rows]

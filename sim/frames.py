"""Tables with declared columns: the same names, order and types whatever happened, or did not.

    SHARES = words("outcome", "row") | whole("orders") | numbers("share")
    table(SHARES, rows)

A table is declared once; rows, no rows and several tables joined go through the same declaration.
So what is written to a file never depends on whether anything was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Columns = Mapping[str, str]
"""Names of columns in their order, each with its type: `str`, `bool`, or a number's."""
TableRow = dict[Any, Any]
"""A row of a table, by names of columns."""
_OWN = "own"


def words(*names: str) -> dict[str, str]:
    """Columns of text; an empty text is what there is where nothing is to be said."""
    return dict.fromkeys(names, "str")


def whole(*names: str) -> dict[str, str]:
    """Columns of whole numbers, none of which can be missing."""
    return dict.fromkeys(names, "int64")


def numbers(*names: str) -> dict[str, str]:
    """Columns of numbers; nan is what is not known."""
    return dict.fromkeys(names, "float64")


def own_numbers(*names: str) -> dict[str, str]:
    """Columns of numbers that only some replicates have: outcomes of a model class of one's own."""
    return dict.fromkeys(names, _OWN)


def flags(*names: str) -> dict[str, str]:
    """Columns of yes or no."""
    return dict.fromkeys(names, "bool")


def table(
    columns: Columns, rows: Iterable[Sequence[Any]] | Iterable[Mapping[str, Any]] = ()
) -> pd.DataFrame:
    """A table of rows. Rows that are mappings may lack numbers, which are nan then."""
    import pandas as pd

    return typed(pd.DataFrame(list(rows), columns=list(columns)), columns)


def typed(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """A frame with its columns in the declared order and types.

    Raises `ValueError` if it has other columns than are declared, or a whole number is missing.
    """
    lacking = [name for name, kind in columns.items() if kind == _OWN and name not in frame]
    frame = frame.assign(**dict.fromkeys(lacking, float("nan"))) if lacking else frame
    other = set(frame.columns) ^ set(columns)
    if other:
        raise ValueError(f"not the columns that are declared: {', '.join(map(str, sorted(other)))}")
    special = {"str": _text_type(), _OWN: "float64"}
    kinds = {name: special.get(kind, kind) for name, kind in columns.items()}
    has = dict(zip(frame.columns, frame.dtypes, strict=True))
    ordered = frame if list(frame.columns) == list(columns) else frame[list(columns)]
    other_kinds = {name: kind for name, kind in kinds.items() if has[name] != kind}
    return ordered.astype(other_kinds) if other_kinds else ordered


def joined(columns: Columns, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The rows of several tables of the same declaration, one after another."""
    import pandas as pd

    filled = [frame for frame in frames if len(frame)]
    return typed(pd.concat(filled, ignore_index=True), columns) if filled else table(columns)


def arrow_schema(columns: Columns) -> pa.Schema:
    """The declaration for Parquet: pandas 2 writes text that nobody wrote as no type at all."""
    import pyarrow as pa

    plain = {"str": pa.string(), "bool": pa.bool_(), _OWN: pa.float64()}
    return pa.schema(
        [(name, plain.get(kind) or pa.type_for_alias(kind)) for name, kind in columns.items()]
    )


@cache
def _text_type() -> Any:
    """What this pandas makes of text: its own type since 3.0, objects before."""
    import pandas as pd

    return pd.Series([""]).dtype

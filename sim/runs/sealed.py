"""Seals: SHA-256 that travels with the data, so that nothing damaged is read as if it were whole.

A sealed file begins with a line that names its format and gives the SHA-256 of all that follows. A
part is a sealed file of tables under a key, the hash of all that decides them: a part that is
damaged, or was made for another question, is not there. A manifest carries its seal as a field.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.errors import ResultsError
from sim.runs.files import MOVE_AWAY, read_json, write_json

SEAL = "seal"
FORMAT = "format"
_FORMAT = 2
"""Manifests of release 0.1.0 have neither format nor seal."""
_HEAD = b"govshift part "
_COMPRESSED = pa.ipc.IpcWriteOptions(compression="zstd")


class DamagedPart(Exception):
    """A part that is not what was written, or not what was asked for."""


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def part_bytes(key: str, tables: Mapping[str, pa.Table]) -> bytes:
    """Tables as one sealed part; data types and the order of rows are kept."""
    packed = {name: _packed(table) for name, table in tables.items()}
    about = {"key": key, "tables": {name: len(data) for name, data in packed.items()}}
    body = json.dumps(about).encode() + b"\n" + b"".join(packed.values())
    return _HEAD + sha256(body).encode() + b"\n" + body


def read_part(path: Path, key: str) -> dict[str, pa.Table]:
    """The tables of a part; raises `DamagedPart` unless it is whole and has this key.

    The first digits of a key, which are the part's name, do as well.
    """
    return sound_part(path, key)[1]


def sound_part(path: Path, key: str) -> tuple[bytes, dict[str, pa.Table]]:
    """The bytes of a part and its tables; raises as `read_part` does."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DamagedPart(f"{path}: {error.strerror or error}") from None
    head, _, body = content.partition(b"\n")
    if head != _HEAD + sha256(body).encode():
        raise DamagedPart(f"{path}: is not what was written")
    line, _, data = body.partition(b"\n")
    about = json.loads(line)
    if not about["key"].startswith(key):
        raise DamagedPart(f"{path}: was made for another question")
    tables, start = {}, 0
    for name, length in about["tables"].items():
        tables[name] = _unpacked(data[start : start + length])
        start += length
    return content, tables


def write_sealed_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write a JSON file that carries its own seal."""
    content = {k: v for k, v in data.items() if k != SEAL} | {FORMAT: _FORMAT}
    write_json(path, content | {SEAL: _seal(content)})


def read_sealed_json(path: Path) -> dict[str, Any]:
    """A JSON file that carries its seal; empty if there is none.

    Raises `ResultsError` if it is not what was written, or of a release that this one cannot read.
    """
    data = read_json(path)
    if not data or (FORMAT not in data and SEAL not in data and "model_version" in data):
        return data
    if data.get(SEAL) != _seal({k: v for k, v in data.items() if k != SEAL}):
        raise ResultsError(f"{path}: is not what was written (its seal is broken); {MOVE_AWAY}")
    if data.get(FORMAT) != _FORMAT:
        raise ResultsError(
            f"{path}: was written by another release (format {data.get(FORMAT)}, this one reads "
            f"{_FORMAT}); use the release that it names under model_version"
        )
    return data


def _seal(data: Mapping[str, Any]) -> str:
    """SHA-256 of what a JSON file says, however it is written."""
    plain = json.loads(json.dumps(data))
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode())


def _packed(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=_COMPRESSED) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _unpacked(data: bytes) -> pa.Table:
    with pa.ipc.open_stream(io.BytesIO(data)) as reader:
        return reader.read_all()

"""A zip file whose bytes depend on what is in it alone: names in order, no times, no owners."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from sim.runs.sealed import sha256

CHECKSUMS = "SHA256SUMS"
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644


def checksums(files: Mapping[str, bytes]) -> bytes:
    """A line per file, as `sha256sum --check` reads them."""
    lines = (f"{sha256(data)}  {name}\n" for name, data in sorted(files.items()))
    return "".join(lines).encode()


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """Files under one folder as a zip file, with their checksums beside them."""
    everything = {**files, CHECKSUMS: checksums(files)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in sorted(everything.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _MODE << 16
            entry.create_system = 3
            archive.writestr(entry, data, compresslevel=9)
    return packed.getvalue()

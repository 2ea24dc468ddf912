"""The text of a file that a spreadsheet saved, or in one line why it cannot be read."""

from __future__ import annotations

import codecs
import re

from sim.errors import UserMistake

LARGEST = 4_000_000
_SAVE_AS = "save it as 'CSV UTF-8 (comma delimited)'"
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HANGUL = re.compile("[\uac00-\ud7a3]{2}")
_KINDS = (
    (b"PK\x03\x04", "is a workbook (.xlsx or .ods), not CSV, whatever its name says"),
    (b"\xd0\xcf\x11\xe0", "is an old workbook (.xls), not CSV, whatever its name says"),
    (b"%PDF", "is a PDF document, not CSV"),
    (b"PAR1", "is a Parquet file, not CSV"),
    (b"\x1f\x8b", "is a compressed file, not CSV"),
)
"""First bytes of files that are something else."""


def text_of(name: str, data: bytes, kind: type[UserMistake]) -> str:
    """The text of a file in UTF-8; raises `kind` in one line for any other."""
    for first, what in _KINDS:
        if data.startswith(first):
            raise kind(f"{name}: {what}; open it and {_SAVE_AS}")
    if data.startswith(_WIDE) or b"\0" in data[:1000]:
        raise kind(f"{name}: is UTF-16 ('Unicode text'), not UTF-8; {_SAVE_AS}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\n|\r", data[: error.start])) + 1
        raise kind(
            f"{name}:{line}: is not UTF-8 (it looks like {_probably(data)}); {_SAVE_AS}"
        ) from None
    if text.lstrip()[:1] == "<" and re.match(r"<(!doctype|html|\?xml|table)", text.lstrip(), re.I):
        raise kind(f"{name}: is a web page, not CSV; {_SAVE_AS}")
    if text.lstrip()[:1] == "{":
        raise kind(f"{name}: is JSON, not CSV; {_SAVE_AS}")
    return text


def _probably(data: bytes) -> str:
    """The encoding of older systems that it may have."""
    try:
        korean = data.decode("cp949")
    except UnicodeDecodeError:
        return "cp1252, of older Windows"
    return "cp949, of Korean Windows" if _HANGUL.search(korean) else "cp1252, of older Windows"

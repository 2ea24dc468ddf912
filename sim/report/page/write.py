"""From a page to the bytes of `report.html`, and into a folder of results."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.paged import CODEBOOK, PAGE
from sim.report.page.blocks import Page
from sim.report.page.closing import NOT_A_FORECAST
from sim.runs.folder import Folder, verify

MADE_OF = "page"
"""What the manifest calls the hash of all that the page was made of."""
_HERE = Path(__file__).parent


def page_text(page: Page) -> str:
    """The page as one HTML text. The same page gives the same text."""
    text = _template().render(
        page=page,
        style=_shipped("page.css"),
        script=_shipped("page.js"),
        data=_as_json(page.data),
        not_a_forecast=NOT_A_FORECAST,
    )
    # A name that is not UTF-8 must not keep the page from being written.
    return str(text).encode("utf-8", "backslashreplace").decode("utf-8")


def keep_page(folder: Folder, make: Callable[[], Page], *, anew: bool = False) -> None:
    """Write the page of finished results unless it is there, whole, and made of what there is."""
    manifest = folder.manifest
    made_of = _digest(manifest)
    is_there = PAGE in manifest.get("files", {}) and not verify(folder.path, (PAGE,))
    if is_there and manifest.get(MADE_OF) == made_of and not anew:
        return
    text = page_text(make())
    folder.let_go(PAGE)
    folder.write_text(PAGE, text)
    folder.attach({}, {MADE_OF: made_of})


def _digest(manifest: Mapping[str, Any]) -> str:
    # The codebook follows from the others, and is let go whenever one is added.
    follows = (PAGE, CODEBOOK)
    files = {n: said for n, said in manifest.get("files", {}).items() if n not in follows}
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def _as_json(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(_known(data), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _known(data: Any) -> Any:
    """The same data with nothing in place of what is not a number."""
    if isinstance(data, Mapping):
        return {key: _known(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_known(value) for value in data]
    return None if isinstance(data, float) and math.isnan(data) else data


@cache
def _shipped(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("page.html.j2")

"""Figures of a folder taken into the page: their shapes and texts alone, with names of its own."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from sim.report.page.blocks import Block, Chart, Charts, Words

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_TAGS = frozenset(
    ("svg", "g", "path", "rect", "defs", "use", "clipPath", "text", "tspan", "line", "circle",
     "polyline", "polygon", "ellipse", "title", "desc")
)  # fmt: skip
"""All else (scripts, styles, pictures in dots, foreign elements) is left out."""
_LARGEST = 300_000
"""Bytes of a figure that a page takes in; larger ones stay files."""
_SENTENCE = re.compile(r"(?<=\.) (?=[A-Z])")
_INSIDE = re.compile(r"url\(#([^)]+)\)")
_OUTSIDE = re.compile(r"url\((?!#)|javascript:|expression\(|@import", re.IGNORECASE)


def figure_blocks(file: Path, title: str, caption: str, prefix: str) -> list[Block]:
    """A figure of a folder with its caption, or where it is if a page cannot take it in."""
    is_small = file.is_file() and file.stat().st_size <= _LARGEST
    svg = inlined(file, title, caption, prefix) if is_small else None
    if svg is None:
        return [Words([f"{title}: see {file.parent.name}/{file.stem}.png."])]
    return [Charts([Chart("", svg, caption=_not_in(svg, caption))], large=True)]


def _not_in(svg: str, caption: str) -> str:
    """The sentences of a caption that the figure does not show itself."""
    texts = (node.text or "" for node in ET.fromstring(svg).iter() if node.tag.endswith("text"))
    shown = " ".join(" ".join(texts).split())
    return " ".join(one for one in _SENTENCE.split(caption) if one.rstrip(".") not in shown)


def inlined(path: Path, title: str, description: str, prefix: str) -> str | None:
    """An SVG file as part of a page; None if it is missing, damaged, or has pictures in dots."""
    try:
        root = ET.fromstring(path.read_bytes())
    except (OSError, ET.ParseError):
        return None
    if root.tag != f"{_SVG}svg" or any(node.tag == f"{_SVG}image" for node in root.iter()):
        return None
    _clean(root, prefix)
    for name in ("width", "height", "id"):
        root.attrib.pop(name, None)
    root.attrib |= {"role": "img", "class": "figure", "stroke-linejoin": "round"}
    for place, (name, text) in enumerate((("title", title), ("desc", description))):
        told = ET.Element(f"{_SVG}{name}")
        told.text = text
        root.insert(place, told)
    text = ET.tostring(root, encoding="unicode")
    return re.sub(r"(</?)ns\d+:", r"\1", re.sub(r' xmlns:?(\w*)="[^"]*"', "", text))


def _clean(node: ET.Element, prefix: str) -> None:
    for child in list(node):
        known = isinstance(child.tag, str) and child.tag.removeprefix(_SVG) in _TAGS
        if known:
            _clean(child, prefix)
        else:
            node.remove(child)
    for name, value in list(node.attrib.items()):
        if name == _LINK or name == "href":
            del node.attrib[name]
            if value.startswith("#"):
                node.set("href", f"#{prefix}{value[1:]}")
        elif name.startswith(("on", "{")) or _OUTSIDE.search(value):
            del node.attrib[name]
        elif name == "id":
            node.set(name, prefix + value)
        else:
            node.set(name, _INSIDE.sub(rf"url(#{prefix}\1)", value))

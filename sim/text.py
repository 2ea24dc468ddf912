"""Words for people: what is allowed, what was probably meant, values and lines that stay short."""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

WHOLE_FROM = 999.95
"""Values from here on are shown without decimals, with marks between thousands."""
_MOST_LISTED = 30
_LONGEST_WORD = 60
_UNITS_SHOWN = 2.0
"""Units of the last decimal that the ends of an interval are apart at least."""
_MARKUP = re.compile(r"[\\`*]|<(?=[A-Za-z/!?])|\](?=[\[(:])|(?<![^\W_])_|_(?![^\W_])")
"""Escapes, code, emphasis, HTML, links; `_` only where it does not stand within a word."""


def near(word: str, allowed: Sequence[str]) -> str:
    """` (what is allowed); did you mean 'this'?` for a word that is not allowed."""
    shown = ", ".join(allowed) if len(allowed) <= _MOST_LISTED else f"{len(allowed)} names"
    names = {name.casefold(): name for name in reversed(allowed)}
    match = get_close_matches(word[:_LONGEST_WORD].casefold(), names, n=1, cutoff=0.6)
    return f" ({shown})" + (f"; did you mean '{names[match[0]]}'?" if match else "")


def one_line(text: str) -> str:
    """The text with line breaks and other characters that cannot be seen written out."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def printable(text: str) -> str:
    """The text line by line, with what would act on a terminal written out.

    Whatever is shown goes through this once, at the edge: names come from files that others wrote.
    """
    return text if text.isprintable() else "\n".join(map(one_line, text.split("\n")))


def markdown(text: str) -> str:
    """Text in which a name cannot be read as Markdown or HTML; ordinary text stays as it is."""
    return _MARKUP.sub(r"\\\g<0>", one_line(text))


def file_words(name: str) -> str:
    """The letters and digits of a name, as part of the name of a file on this system."""
    system = sys.getfilesystemencoding()
    return re.sub(r"\W+", "_", name.encode(system, "replace").decode(system)).strip("_")


def cut_bytes(name: str, longest: int) -> str:
    """The beginning of a name that takes so many bytes; a file system counts these, not letters."""
    return name.encode("utf-8", "ignore")[:longest].decode("utf-8", "ignore")


def stem_of(path: Path) -> str:
    """The name of a file without its ending; bytes that are not UTF-8 are written out."""
    return os.fsencode(path.stem).decode("utf-8", "backslashreplace")


def short(word: str) -> str:
    """A word, or its beginning where it is long."""
    return word if len(word) <= _LONGEST_WORD else f"{word[:_LONGEST_WORD]}..."


def number(value: float) -> str:
    """A number as people write it, whole ones with all their digits."""
    return str(value) if isinstance(value, int) else f"{value:.12g}"


def grouped(value: float, decimals: int = 1, *, sign: bool = False) -> str:
    """A value with so many decimals; a large one whole, with marks between thousands."""
    decimals = 0 if abs(value) >= WHOLE_FROM else decimals
    return f"{value:+,.{decimals}f}" if sign else f"{value:,.{decimals}f}"


def significant(value: float, digits: int = 6) -> str:
    """A value with so many digits, never in powers; whole, with marks, from 1,000 on."""
    if abs(value) >= WHOLE_FROM:
        return grouped(value)
    text = f"{float(f'{value:.{digits}g}'):.15f}"
    return text.rstrip("0").rstrip(".")


def decimals_for(mean: float, low: float, high: float, *, least: int = 1, most: int = 6) -> int:
    """How many decimals an interval takes: its width shows, and a settled one not as zero.

    Without an interval (nan), as many as keep the mean from showing as zero.
    """
    known = math.isfinite(low) and math.isfinite(high)
    settled = known and (low > 0 or high < 0)
    shown = [value for value in ((low, high) if settled else () if known else (mean,)) if value]
    width = high - low if known else 0.0
    for decimals in range(least, most):
        wide = not width or width >= _UNITS_SHOWN * 10.0**-decimals
        if wide and all(round(value, decimals) for value in shown):
            return decimals
    return most if shown or width else least


def interval_texts(
    mean: float, low: float, high: float, *, least: int = 1, most: int = 6
) -> tuple[str, str, str]:
    """A mean difference and the ends of its interval, with signs and just enough decimals.

    Ends that are not known are empty. `-0.12`, `-0.14`, `-0.10`; nothing has no sign, and values
    from 1,000 on have no decimals.
    """
    decimals = decimals_for(mean, low, high, least=least, most=most)
    one, two, three = (_signed(value, decimals) for value in (mean, low, high))
    return one, two, three


def _signed(value: float, decimals: int) -> str:
    if not math.isfinite(value):
        return ""
    decimals = 0 if abs(value) >= WHOLE_FROM else decimals
    rounded = round(value, decimals) + 0.0
    return f"{rounded:+,.{decimals}f}" if rounded else f"{rounded:.{decimals}f}"

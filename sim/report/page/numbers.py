"""Numbers as the page writes them, and tables as the files that its links hold."""

from __future__ import annotations

import math
from urllib.parse import quote

import pandas as pd

from sim.report.page.blocks import Download
from sim.runs.csv_files import csv_text
from sim.text import WHOLE_FROM

_MINUS = "\N{MINUS SIGN}"


def _decimals(value: float, decimals: int) -> int:
    """So many decimals, and none of what is large."""
    return 0 if abs(value) >= WHOLE_FROM else decimals


def plain(value: float, decimals: int = 1) -> str:
    """A value, whole from 1,000 on; nothing where it is not known, and never minus zero."""
    if not math.isfinite(value):
        return ""
    decimals = _decimals(value, decimals)
    return f"{round(value, decimals) + 0.0:,.{decimals}f}".replace("-", _MINUS)


def signed(value: float, decimals: int = 1) -> str:
    """A difference with its sign, and enough decimals (at most three) that it is not shown as 0.

    From 1,000 on it is whole.
    """
    if not math.isfinite(value):
        return ""
    decimals = _decimals(value, decimals)
    while decimals < 3 and value and not round(value, decimals):
        decimals += 1
    rounded = round(value, decimals) + 0.0
    text = f"{rounded:+,.{decimals}f}" if rounded else "0.0"
    return text.replace("-", _MINUS)


def interval(low: float, high: float, *, sign: bool = False) -> str:
    """`12.0 to 15.3`, or nothing where it is not known."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    told = _end if sign else plain
    return f"{told(low)} to {told(high)}"


def _end(value: float) -> str:
    """An end of a difference: one decimal, a sign unless it is nothing."""
    return signed(value, 1) if round(value, 1) else "0.0"


def per_cent(share: float) -> str:
    """A share from 0 to 1 in per cent."""
    return f"{100 * share:.0f} %" if math.isfinite(share) else ""


def download(name: str, frame: pd.DataFrame, text: str) -> Download:
    """A table as a link that holds it, safe to open in a spreadsheet."""
    body = quote(csv_text(frame), safe=",;:/.()-_+*=[]", errors="replace")
    return Download(name, text, f"data:text/csv;charset=utf-8,{body}")

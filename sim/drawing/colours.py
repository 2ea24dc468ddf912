"""Colours that people with colour-blindness tell apart, for every picture of ours."""

from __future__ import annotations

from collections.abc import Sequence

SCENARIOS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
"""Okabe and Ito (2008), without yellow, which is hard to see on white."""
LOW_TO_HIGH = (
    "#440154", "#472c7a", "#3b518b", "#2c718e", "#21908d", "#27ad81", "#5cc863", "#aadc32",
    "#fde725",
)  # fmt: skip
"""Viridis, dark to light: it reads as well in grey print."""
WORSE_TO_BETTER = (
    "#542788", "#8073ac", "#b2abd2", "#d8daeb", "#f7f7f7", "#fee0b6", "#fdb863", "#e08214",
    "#b35806",
)  # fmt: skip
"""Purple over white to orange."""


def shade(stops: Sequence[str], part: float) -> str:
    """The colour at a part, 0 to 1, of the way along a row of colours."""
    place = min(max(part, 0.0), 1.0) * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    one, two = _parts(stops[first]), _parts(stops[first + 1])
    mixed = (round(a + (b - a) * (place - first)) for a, b in zip(one, two, strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def ink_on(colour: str) -> str:
    """Black or white, whichever has more contrast by the rules for web pages."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255.0 for value in _parts(colour))
    ]
    luminance = sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#000" if luminance > 0.179 else "#fff"


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

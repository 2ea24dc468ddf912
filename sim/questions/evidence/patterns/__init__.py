"""Patterns: what was observed, the band around it, and how the same is read off the model.

All of it is calibration data. A band was declared before its pattern was measured on the model, or
says otherwise. No pattern is fitted here.
"""

from sim.questions.evidence.patterns.pattern import Pattern
from sim.questions.evidence.patterns.seen import Seen
from sim.questions.evidence.patterns.table import (
    DESIGNED,
    inside_of_designed,
    null_table,
    pattern_table,
    patterns,
)

__all__ = [
    "DESIGNED", "Pattern", "Seen", "inside_of_designed", "null_table", "pattern_table", "patterns",
]  # fmt: skip

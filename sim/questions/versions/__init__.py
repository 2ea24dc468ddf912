"""What a new version of the model changed: the same scenarios, stored results and present ones."""

from __future__ import annotations

from sim.questions.versions.against import AGAINST, Against, against
from sim.questions.versions.stored import Stored, as_stored, read_stored, refuse_other
from sim.questions.versions.words import sentences

__all__ = [
    "AGAINST", "Against", "Stored", "against", "as_stored", "read_stored", "refuse_other",
    "sentences",
]  # fmt: skip

"""The results folder of `attribute`: replicates as they end, then walks, shares and figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.drawing.files import FIGURES, draw_aside
from sim.questions.attribution.analysis import Attribution, Question, walk_on
from sim.runs.folder import Folder, held, verify
from sim.runs.kept import Kept
from sim.runs.manifest import origin
from sim.runs.replicate import Outcome

if TYPE_CHECKING:
    from sim.drawing.page import Figure

WALKS = "walks.parquet"


def attribution_folder(question: Question, root: Path = Path("outputs")) -> Path:
    """`outputs/rows-FROM-TO/<hash>`: one folder for each different question."""
    return root / question.slug / question.digest[:12]


def publish_attribution(
    question: Question,
    path: Path,
    *,
    most_orders: int,
    precision: float,
    command: str,
    processes: int,
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Outcome], None] | None = None,
    waiting: Callable[[], None] | None = None,
    warn: Callable[[str], None] | None = None,
) -> Attribution:
    """Walk the orders that a results folder lacks, then write everything.

    Raises `UserMistake` if the folder holds something else, `ResultsError` if it cannot be written.
    """
    with held(path, question.digest, waiting):
        folder = Folder(path)
        manifest = origin(command) | {
            "study": question.digest,
            "seed": question.seed,
            "scenarios": {s.name: s.resolved() for s in (question.start, question.end)},
            "asked": {"most_orders": most_orders, "precision": precision},
        }
        before = folder.manifest
        asked_before = before.get("complete") and before.get("asked") == manifest["asked"]
        sound = asked_before and not verify(path)
        if not sound:
            folder.begin(manifest)
            folder.forget(FIGURES)
        kept = Kept(folder.parts_folder, warn=warn)
        found = walk_on(
            question, kept, most_orders=most_orders, precision=precision, processes=processes,
            announce=announce, progress=progress,
        )  # fmt: skip
        if sound:
            return found
        folder.write_parquet(WALKS, found.walks)
        folder.write_csv("shares.csv", found.shares)
        folder.write_csv("interactions.csv", found.interactions)
        figures = draw_aside(folder, partial(_draw, found))
        width = {name: w if math.isfinite(w) else None for name, w in found.width.items()}
        told = {"orders": found.orders, "width": width, "explained": found.explained}
        folder.seal(manifest | told | {"figures": figures})
        return found


def _draw(found: Attribution, aside: Path) -> list[Figure]:
    from sim.drawing.files import write_drawings
    from sim.questions.attribution.figure import draw_interactions, draw_shares

    return write_drawings([partial(draw_shares, found), partial(draw_interactions, found)], aside)

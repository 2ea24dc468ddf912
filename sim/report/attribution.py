"""The results folder of `attribute`: walks as they end, then shares, interactions and figures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim.errors import ResultsError
from sim.experiments.attribution import Attribution, Question, walk_on
from sim.experiments.files import alone
from sim.experiments.replicate import Outcome
from sim.experiments.store import Folder, refuse_strangers, verify
from sim.report.manifest import origin
from sim.report.publish import draw_aside

if TYPE_CHECKING:
    from sim.report.figures import Figure

WALKS = "walks.parquet"
_PARTS = "parts"


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
) -> Attribution:
    """Walk the orders that a results folder lacks, then write everything.

    Raises `UserMistake` if the folder holds something else, `ResultsError` if it cannot be written
    or its walks are damaged.
    """
    refuse_strangers(path, question.digest)
    with alone(path, waiting):
        folder = Folder(path)
        for problem in verify(path, (WALKS,)):
            raise ResultsError(problem)
        before = _walks(path)
        manifest = origin(command) | {
            "study": question.digest,
            "seed": question.seed,
            "scenarios": {s.name: s.resolved() for s in (question.start, question.end)},
        }
        if before is None:
            folder.begin(manifest)
        found = walk_on(
            question, before, most_orders=most_orders, precision=precision, processes=processes,
            keep=lambda first, block: folder.write_parquet(f"{_PARTS}/{first:06d}.parquet", block),
            announce=announce, progress=progress,
        )  # fmt: skip
        folder.write_parquet(WALKS, found.walks)
        folder.write_csv("shares.csv", found.shares)
        folder.write_csv("interactions.csv", found.interactions)
        figures = draw_aside(path, partial(_draw, found))
        told = {"orders": found.orders, "width": found.width, "explained": found.explained}
        folder.seal(manifest | told | {"figures": figures})
        return found


def _walks(path: Path) -> pd.DataFrame | None:
    """The walks that are there, block after block; what follows a block that is lost runs again."""
    table = pd.read_parquet(path / WALKS) if (path / WALKS).is_file() else None
    blocks = [] if table is None else [table]
    done = 0 if table is None else table["order"].nunique()
    for part in sorted((path / _PARTS).glob("*.parquet")):
        if int(part.stem) != done:
            continue
        try:
            blocks.append(pd.read_parquet(part))
        except Exception:
            part.unlink()
            break
        done += blocks[-1]["order"].nunique()
    return pd.concat(blocks, ignore_index=True) if blocks else None


def _draw(found: Attribution, aside: Path) -> list[Figure]:
    from sim.report.figures import write_drawings
    from sim.report.figures.attribution import draw_interactions, draw_shares

    return write_drawings([partial(draw_shares, found), partial(draw_interactions, found)], aside)

"""The results folder of `attribute`: replicates as they end, then walks, shares and figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.drawing.files import FIGURES, draw_aside
from sim.errors import ResultsError
from sim.paged import page_of_results
from sim.questions.attribution.analysis import Attribution, Question, steps_of, walk_on
from sim.runs.chunk import Done
from sim.runs.folder import MANIFEST, PARTS, Folder, held, refuse_strangers, verify
from sim.runs.manifest import origin
from sim.runs.means import means_keeper
from sim.runs.parts import Parts
from sim.runs.runner import Where
from sim.scenario.written import scenarios_of, under_of

if TYPE_CHECKING:
    from sim.drawing.page import Caption

WALKS = "walks.parquet"
_ENDS = ("start", "end")


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
    where: Where | None = None,
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Done], None] | None = None,
    waiting: Callable[[], None] | None = None,
) -> Attribution:
    """Walk the orders that a results folder lacks, then write everything.

    Raises `UserMistake` if the folder holds something else, `ResultsError` if it cannot be written,
    `ShardFinished` when the replicates of a shard are in.
    """
    where = where or Where()
    how: dict[str, Any] = {"most_orders": most_orders, "precision": precision}
    refuse_strangers(path, question.digest)
    with means_keeper(
        path / PARTS, where, things=(question.start, question.end),
        holding=held(path, question.digest, waiting),
    ) as kept:  # fmt: skip
        folder = Folder(path)
        manifest = _opening(question, command, where) | {"asked": how}
        before = folder.manifest
        asked_before = before.get("complete") and before.get("asked") == how
        sound = asked_before and not verify(path)
        if not sound:
            folder.begin(manifest)
            folder.forget(FIGURES)
        if where.shard is not None:
            kept.outcomes(steps_of(question, most_orders), progress=progress)
        found = walk_on(question, kept, **how, announce=announce, progress=progress)
        if sound:
            page_of_results(folder)
            return found
        Parts(folder.parts_folder).tidy()
        folder.write_parquet(WALKS, found.walks)
        folder.write_csv("shares.csv", found.shares)
        folder.write_csv("interactions.csv", found.interactions)
        figures = draw_aside(folder, partial(_draw, found))
        width = {name: w if math.isfinite(w) else None for name, w in found.width.items()}
        told = {"orders": found.orders, "width": width, "explained": found.explained}
        folder.seal(manifest | told | {"figures": figures})
        page_of_results(folder)
        return found


def _opening(question: Question, command: str, where: Where) -> dict[str, Any]:
    """What is known before the first walk."""
    ends = (question.start, question.end)
    return origin(command) | {
        "kind": "walks",
        "digest": question.digest,
        "seed": question.seed,
        "scenarios": {end.name: end.resolved() for end in ends},
        "written": {
            place: end.model_dump(mode="json", exclude_unset=True)
            for place, end in zip(_ENDS, ends, strict=True)
        },
        "under": under_of(dict(zip(_ENDS, ends, strict=True))),
        **({} if where.shard is None else {"shard": str(where.shard)}),
    }


def question_of(path: Path, manifest: Mapping[str, Any]) -> Question:
    """The question that a manifest describes."""
    try:
        ends = scenarios_of(manifest["written"], manifest["under"])
        return Question.of(*(ends[place] for place in _ENDS), seed=manifest["seed"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ResultsError(
            f"{path / MANIFEST}: describes scenarios that this release does not know (model "
            f"{manifest.get('model_version')}); use that release to tell these results again"
        ) from None


def _draw(found: Attribution, aside: Path) -> list[Caption]:
    from sim.drawing.files import write_drawings
    from sim.questions.attribution.figure import draw_interactions, draw_shares

    return write_drawings([partial(draw_shares, found), partial(draw_interactions, found)], aside)

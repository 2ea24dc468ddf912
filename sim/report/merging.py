"""Shards of one command put together: their parts in one folder, and what follows from them.

A shard's folder is that of an unfinished command. Parts are named by what decides them, so that
putting shards together is copying; whatever is asked of the whole is then done as ever, and finds
nothing missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import UserMistake
from sim.experiments.sweep import sweep_plan
from sim.experiments.sweep_folder import SweepFolder, read_plan
from sim.questions.attribution.analysis import steps_of
from sim.questions.attribution.results import publish_attribution, question_of
from sim.questions.comparison.publish import publish
from sim.questions.comparison.reopen import study_of
from sim.questions.comparison.replicates import chunks_of
from sim.runs.folder import MANIFEST, Folder, held, read_manifest, refuse_strangers
from sim.runs.manifest import origin
from sim.runs.means import chunks_of_means
from sim.runs.parts import Parts
from sim.runs.runner import Where
from sim.runs.sealed import DamagedPart
from sim.runs.version import model_version

_SAME = ("kind", "digest", "replicates", "asked")
"""What the manifests of all shards have to share."""


@dataclass(frozen=True)
class _Question:
    """What was asked: the keys of its chunks, and two ways to go on with it in a folder."""

    chunks: Callable[[], Iterable[str]]
    begin: Callable[[Path], None]
    finish: Callable[[Path], Any]


def merge(out: Path, shards: Sequence[Path], where: Where, command: str) -> Any:
    """Put shards together in `out`, finish it there, and give what the command would have given.

    Raises `UserMistake` if a folder holds no shard or one of another question, or if runs are in
    none of them; what there is has been taken then.
    """
    manifests = [_manifest(path) for path in shards]
    _refuse_unlike(out, shards, manifests)
    asked = _question(shards[0], manifests[0], where, command)
    try:
        refuse_strangers(out, manifests[0]["digest"])
    except UserMistake as error:
        raise UserMistake(str(error).removeprefix("--out ")) from None
    with held(out, manifests[0]["digest"]):
        asked.begin(out)
        _take(Parts(Folder(out).parts_folder), shards, where)
        there = Parts(Folder(out).parts_folder).there()
        is_whole = bool(read_manifest(out).get("complete"))
        missing = 0 if is_whole else sum(key not in there for key in asked.chunks())
    if missing:
        raise UserMistake(_incomplete(missing, manifests))
    return asked.finish(out)


def _manifest(path: Path) -> dict[str, Any]:
    if not path.is_dir():
        raise UserMistake(f"{path}: no such results folder")
    manifest = read_manifest(path)
    if not manifest:
        raise UserMistake(f"{path}: holds no results (there is no {MANIFEST})")
    if manifest.get("model_version") != model_version():
        raise UserMistake(
            f"{path}: holds results of another version of the model "
            f"({manifest.get('model_version')}, this one is {model_version()})"
        )
    return manifest


def _refuse_unlike(
    out: Path, shards: Sequence[Path], manifests: Sequence[Mapping[str, Any]]
) -> None:
    for path, manifest in zip(shards, manifests, strict=True):
        if path.resolve() == out.resolve():
            raise UserMistake(f"{out}: is also given as a shard; name a folder of its own")
        for name in _SAME:
            if manifest.get(name) != manifests[0].get(name):
                raise UserMistake(
                    f"{path}: holds a shard of another question than {shards[0]} "
                    f"({name} is {manifest.get(name)}, not {manifests[0].get(name)})"
                )


def _question(path: Path, manifest: Mapping[str, Any], where: Where, command: str) -> _Question:
    kind = manifest.get("kind")
    if kind == "sweep":
        return _of_sweep(path, manifest, where, command)
    if kind == "walks":
        return _of_walks(path, manifest, where, command)
    if kind == "study":
        return _of_study(path, dict(manifest), where, command)
    raise UserMistake(f"{path}: holds results of a kind that has no shards")


def _of_study(path: Path, manifest: dict[str, Any], where: Where, command: str) -> _Question:
    study = study_of(path, manifest)

    def begin(out: Path) -> None:
        if not read_manifest(out):
            Folder(out).begin(_without_shard(manifest) | origin(command))

    return _Question(
        chunks=lambda: (key for key, _ in chunks_of(study)),
        begin=begin,
        finish=lambda out: publish(study, out, command=command, where=where),
    )


def _of_sweep(path: Path, manifest: Mapping[str, Any], where: Where, command: str) -> _Question:
    plan = read_plan(path)

    def begin(out: Path) -> None:
        folder = SweepFolder(out, plan)
        if not folder.is_started:
            times = {name: manifest[name] for name in ("seconds_per_run", "limit")}
            folder.start(origin(command) | times)

    return _Question(
        chunks=lambda: (plan.key(plan.run_ids(number)) for number in range(plan.chunks)),
        begin=begin,
        finish=lambda out: sweep_plan(plan, out, where, command=command),
    )


def _of_walks(path: Path, manifest: Mapping[str, Any], where: Where, command: str) -> _Question:
    question, how = question_of(path, manifest), manifest["asked"]

    def begin(out: Path) -> None:
        if not read_manifest(out):
            Folder(out).begin(_without_shard(manifest) | origin(command))

    return _Question(
        chunks=lambda: (key for key, _ in chunks_of_means(steps_of(question, how["most_orders"]))),
        begin=begin,
        finish=lambda out: publish_attribution(question, out, **how, command=command, where=where),
    )


def _without_shard(manifest: Mapping[str, Any]) -> dict[str, Any]:
    left_out = ("shard", "files", "complete")
    return {name: value for name, value in manifest.items() if name not in left_out}


def _take(parts: Parts, shards: Sequence[Path], where: Where) -> None:
    """Copy whole parts that are not there yet; say which are damaged."""
    parts.make()
    for path in shards:
        source = Parts(Folder(path).parts_folder)
        for name in sorted(source.there() - parts.there()):
            try:
                parts.put(name, source.sound(name)[0])
            except DamagedPart as damage:
                if where.warn is not None:
                    where.warn(f"{damage}; it is left out")


def _incomplete(missing: int, manifests: Sequence[Mapping[str, Any]]) -> str:
    told = [str(m["shard"]) for m in manifests if "shard" in m]
    given = {int(text.split("/")[0]) for text in told}
    of = int(told[0].split("/")[1]) if told else 0
    absent = [f"{number}/{of}" for number in range(1, of + 1) if number not in given]
    who = f"not given: shard {', '.join(absent)}" if absent else "not all shards are finished"
    return (
        f"merge: {missing} chunks of runs are in none of these folders ({who}); what there is has "
        "been taken; run the others and merge again"
    )

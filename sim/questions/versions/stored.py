"""Results of another version, read back without asking this version what they mean.

Their scenarios may not load any more, so they are compared as plain data: what was written, not
what was the default then. A default that has changed is what a new version changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import ResultsError, UserMistake
from sim.questions.comparison.reopen import read_finished
from sim.questions.comparison.study import Study
from sim.runs.csv_files import read_csv
from sim.runs.files import damaged
from sim.runs.folder import MANIFEST, verify
from sim.runs.version import model_version
from sim.summaries import windowed
from sim.text import short

TIMESERIES = "timeseries.parquet"
SUMMARY = "summary.csv"
_WORDS_ONLY = ("name", "question", "description")
_SHOWN = 4
"""Differences between scenarios that a refusal names."""
_MISSING = object()


@dataclass(frozen=True)
class Stored:
    """Finished results of a study: `values` as `summaries.windowed` gives them, `summary` as told.

    `written` are the scenarios as somebody wrote them, `resolved` with every default filled in.
    """

    path: Path
    version: str
    seed: int
    replicates: int
    per_world: int
    baseline: str | None
    versions: Mapping[str, str]
    written: Mapping[str, Any]
    resolved: Mapping[str, Any]
    values: pd.DataFrame
    summary: pd.DataFrame

    @property
    def is_of_this_version(self) -> bool:
        """Whether the model that made them is the one that runs now."""
        return self.version == model_version()

    def asked_again(
        self, replicates: int | None, worlds: int | None, *, luck_only: bool
    ) -> tuple[int | None, int | None, bool]:
        """Replicates, worlds and whether luck alone is drawn: as then, where none are given."""
        if luck_only or (not self.per_world and worlds is None):
            return replicates or (None if self.per_world else self.replicates), worlds, True
        if not self.per_world:
            return replicates, worlds, False
        return replicates or self.per_world, worlds or self.replicates // self.per_world, False


def read_stored(path: Path) -> Stored:
    """The results of a folder, verified.

    Raises `UserMistake` if there are none of a study, `ResultsError` if they are damaged.
    """
    manifest = read_finished(path)
    problems = verify(path, (TIMESERIES, SUMMARY))
    if problems:
        raise ResultsError("\n".join(problems))
    try:
        return Stored(
            path,
            str(manifest["model_version"]),
            int(manifest["seed"]),
            int(manifest["replicates"]),
            int(manifest.get("per_world", 0)),
            manifest["baseline"],
            dict(manifest["versions"]),
            dict(manifest["written"]),
            dict(manifest["scenarios"]),
            windowed(pd.read_parquet(path / TIMESERIES)),
            read_csv(path / SUMMARY, text=("scenario", "outcome")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ResultsError(
            f"{path / MANIFEST}: is not as `run` and `compare` write it; they cannot be compared"
        ) from None
    except OSError:
        raise damaged(path) from None


def as_stored(study: Study) -> tuple[dict[str, Any], dict[str, Any]]:
    """The scenarios of a present study as `written` and as `resolved`, in plain data."""
    plans = study.scenarios.items()
    written = {name: plan.model_dump(mode="json", exclude_unset=True) for name, plan in plans}
    return written, {name: plan.resolved() for name, plan in plans}


def refuse_other(stored: Stored, study: Study) -> None:
    """Raises `UserMistake`, in a line, unless every scenario of a study is one of the results."""
    written, resolved = as_stored(study)
    for name in written:
        if name not in stored.written:
            has = ", ".join(short(known) for known in stored.written)
            raise UserMistake(f"--against {stored.path}: has no scenario {name} (it has {has})")
        here = _asked(written[name], resolved[name])
        there = _asked(stored.written[name], stored.resolved.get(name, {}))
        found = [*_unlike(here, there)]
        if found:
            more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise UserMistake(
                f"--against {stored.path}: {name} is another scenario there: "
                f"{'; '.join(found[:_SHOWN])}{more}"
            )
    if study.baseline is not None and stored.baseline not in (None, study.baseline):
        raise UserMistake(
            f"--against {stored.path}: its baseline is {stored.baseline}, here it is "
            f"{study.baseline}"
        )


def _asked(written: Mapping[str, Any], resolved: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody asked for: words, seeds and numbers of replicates aside, places by content."""
    asked = {k: v for k, v in written.items() if k not in (*_WORDS_ONLY, "seed", "replicates")}
    place = resolved.get("society", {}).get("place") if isinstance(resolved, dict) else None
    if isinstance(asked.get("society"), dict) and "place" in asked["society"] and place:
        asked["society"] = asked["society"] | {"place": place}
    return asked


def _unlike(here: Any, there: Any, where: str = "") -> Iterator[str]:
    """What differs between two pieces of plain data, a few words each, by path."""
    if isinstance(here, dict) and isinstance(there, dict):
        for key in dict.fromkeys((*here, *there)):
            inside = f"{where}.{key}" if where else str(key)
            yield from _unlike(here.get(key, _MISSING), there.get(key, _MISSING), inside)
    elif here != there:
        yield f"{where} is {_told(here)} here, {_told(there)} there"


def _told(value: Any) -> str:
    return "not written" if value is _MISSING else short(str(value))

"""Results on disk: one folder per question. Nothing is lost, mixed, or read when it is damaged.

A folder says in `manifest.json` what it is for. Each finished replicate is one sealed file in
`parts/`, under the hash of all that decides it. Tables and figures are what the parts of the
question that was asked last give; the manifest, written last, has the SHA-256 of each of them, and
a seal of its own. Parts stay: asking for more replicates runs those that are missing, asking for
fewer runs none, and either gives the bytes that a new folder would have. Every file is written
under a temporary name, forced to the disk and renamed, so that whatever moment a process is killed
at, the same command goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import ResultsError, UserMistake
from sim.frames import Columns, arrow_schema
from sim.runs.csv_files import write_csv
from sim.runs.files import MOVE_AWAY, alone, digest, forget, forget_temporary, whole
from sim.runs.sealed import read_sealed_json, write_sealed_json
from sim.runs.version import model_version

MANIFEST = "manifest.json"
PARTS = "parts"


class Folder:
    """A folder of results and the manifest that vouches for them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.vouched: dict[str, dict[str, Any]] = {}
        """SHA-256 and size of what the manifest will vouch for."""

    @property
    def manifest(self) -> dict[str, Any]:
        """What the folder says about itself; empty if it is new."""
        return read_manifest(self.path)

    @property
    def parts_folder(self) -> Path:
        """Where finished replicates are kept."""
        return self.path / PARTS

    def begin(self, manifest: dict[str, Any], *, keep: tuple[str, ...] = ()) -> None:
        """Say what the folder is for, before the first part is in or a table changes.

        Files to `keep` hold for any number of replicates, so they stay vouched for.
        """
        forget_temporary(self.path)
        self.vouched = {name: said for name, said in self.vouched.items() if name in keep}
        self.keep_sealed(*keep)
        about = manifest | {"complete": False, "files": self.vouched}
        write_sealed_json(self.path / MANIFEST, about)

    def seal(self, manifest: dict[str, Any]) -> None:
        """Write the manifest with the SHA-256 of every file that was written."""
        forget_temporary(self.path)
        write_sealed_json(
            self.path / MANIFEST,
            manifest | {"complete": True, "files": dict(sorted(self.vouched.items()))},
        )

    def keep_sealed(self, *names: str) -> None:
        """Go on vouching for files of the manifest that are as it says."""
        files = self.manifest.get("files", {})
        for name in names:
            if name in files and _problem(self.path, name, files[name]) is None:
                self.vouched.setdefault(name, files[name])

    def write_parquet(self, name: str, frame: pd.DataFrame, columns: Columns | None = None) -> None:
        """Write one Parquet file whole, with the types that `columns` declare."""
        schema = None if columns is None else arrow_schema(columns)
        with self.writing(name) as path:
            frame.to_parquet(path, compression="zstd", index=False, schema=schema)

    def write_csv(self, name: str, frame: pd.DataFrame) -> None:
        """Write one CSV file whole."""
        with self.writing(name) as path:
            write_csv(frame, path)

    def write_text(self, name: str, text: str) -> None:
        """Write one text file whole."""
        with self.writing(name) as path:
            path.write_text(text, encoding="utf-8", newline="\n")

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """A path to write a file of the folder to; what is in it on the way out is vouched for."""
        target = self.path / name
        for parent in target.relative_to(self.path).parents:
            if (self.path / parent).is_symlink() and parent.name:
                raise ResultsError(
                    f"{self.path / parent}: is a link to another place, where nothing is written; "
                    "remove the link"
                )
        with whole(target) as path:
            yield path
            said = _said_of(path)
        self.vouched[name] = said

    def let_go(self, *names: str) -> None:
        """Vouch no more for files that are about to change.

        Stopped between a file and the manifest that vouches for it anew, the folder lacks the
        file, and holds none that is not what it says.
        """
        manifest = self.manifest
        files = manifest.get("files", {})
        kept = {name: said for name, said in files.items() if name not in names}
        for name in names:
            self.vouched.pop(name, None)
        if kept != files:
            write_sealed_json(self.path / MANIFEST, manifest | {"files": kept})

    def vouch_for(self, name: str) -> None:
        """Take in a file that was written before."""
        self.vouched[name] = _said_of(self.path / name)

    def take(self, name: str, file: Path) -> None:
        """Move a file that was drawn aside into the folder."""
        with self.writing(name) as path:
            path.write_bytes(file.read_bytes())

    def attach(
        self, frames: Mapping[str, pd.DataFrame], about: Mapping[str, Any] | None = None
    ) -> None:
        """Add tables to finished results, and what the manifest says of them.

        Files that were taken in or written before are vouched for as well. Raises `ResultsError` if
        the results are not finished any more, since another command adds to them.
        """
        manifest = self.manifest
        self.refuse_unfinished()
        self.let_go(*frames)
        for name, frame in frames.items():
            self.write_csv(name, frame)
        self.keep_sealed(*manifest.get("files", {}))
        self.seal(manifest | dict(about or {}))

    def refuse_unfinished(self) -> None:
        """Raises `ResultsError` if the results are not finished any more."""
        if not self.manifest.get("complete"):
            raise ResultsError(
                f"{self.path}: is not finished any more, since a command that was stopped adds to "
                "it; go on with that command, then with this one"
            )

    def forget(self, *names: str) -> None:
        """Delete files and folders that told of something else."""
        for name in names:
            if (self.path / name).is_dir():
                forget(self.path / name)
            else:
                (self.path / name).unlink(missing_ok=True)


@contextmanager
def held(
    path: Path, asked: str | None, waiting: Callable[[], None] | None = None
) -> Iterator[None]:
    """A folder for this process alone; raises `UserMistake` if it holds another question.

    Looks before it makes the folder, so as to leave none behind, and again once nobody else writes.
    """
    if asked is not None:
        refuse_strangers(path, asked)
    with alone(path, waiting):
        if asked is not None:
            refuse_strangers(path, asked)
        yield


def _said_of(path: Path) -> dict[str, Any]:
    return {"sha256": digest(path), "bytes": path.stat().st_size}


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a results folder; empty if there is none.

    Raises `ResultsError` if it is not what was written.
    """
    return read_sealed_json(path / MANIFEST)


def kind_of(path: Path) -> str:
    """What kind of results a folder holds, `study`, `sweep` or `walks`; empty if it cannot be told.

    Raises `UserMistake` for a sweep of release 0.1.0, which said in another file what it was for.
    """
    manifest = read_manifest(path)
    if manifest and "kind" not in manifest and (path / "experiment.json").is_file():
        raise UserMistake(
            f"{path}: holds a sweep of release 0.1.0 ({manifest.get('model_version')}); use that "
            "release to tell it again"
        )
    return str(manifest.get("kind", "study" if "written" in manifest else ""))


def verify(path: Path, names: tuple[str, ...] | None = None) -> list[str]:
    """What differs from the manifest: a line per file that is missing or changed.

    `names` are those to look at, which the manifest must know; all of the manifest's if not given.
    """
    manifest = read_manifest(path)
    if not manifest.get("complete"):
        return []
    files = manifest.get("files", {})
    found = (_problem(path, name, files.get(name)) for name in names or files)
    return [problem for problem in found if problem is not None]


def _problem(path: Path, name: str, expected: Mapping[str, Any] | None) -> str | None:
    """What is wrong with a file, in one line; None if it is what the manifest says."""
    file = path / name
    if expected is None:
        return f"{file}: is not in manifest.json; {MOVE_AWAY}"
    try:
        if digest(file) == expected["sha256"]:
            return None
    except (FileNotFoundError, NotADirectoryError):
        return f"{file}: is missing; {MOVE_AWAY}"
    except OSError as error:
        return f"{file}: cannot be read: {error.strerror or error}; {MOVE_AWAY}"
    return f"{file}: is not what manifest.json says (SHA-256); {MOVE_AWAY}"


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write one CSV file whole, outside a results folder."""
    with whole(path) as temporary:
        write_csv(frame, temporary)


def refuse_strangers(path: Path, asked: str) -> None:
    """Raises `UserMistake` if a folder holds anything but results of the question `asked`."""
    if not path.exists():
        return
    if not path.is_dir():
        raise UserMistake(f"--out {path}: is a file; results need a folder")
    manifest = read_manifest(path)
    if not manifest:
        # A command that was killed before it could say what for may have made the folder of parts.
        parts = {PARTS} if not (path / PARTS).is_symlink() else set()
        if any(not p.name.startswith(".") and p.name not in parts for p in path.iterdir()):
            raise UserMistake(f"--out {path}: holds files but no results; name a new folder")
        return
    if manifest.get("digest") != asked and manifest.get("model_version") != model_version():
        raise UserMistake(
            f"--out {path}: holds results of another version of the model "
            f"({manifest.get('model_version')}, this one is {model_version()}); "
            "results are never mixed, name a new folder"
        )
    if manifest.get("digest") != asked:
        names = manifest.get("experiment") or ", ".join(manifest.get("scenarios", {}))
        raise UserMistake(
            f"--out {path}: holds results of another question or of other values ({names}, seed "
            f"{manifest.get('seed')}); results are never mixed, name a new folder"
        )

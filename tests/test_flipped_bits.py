"""Damaged files: what is told in the end is what it would be undisturbed, or a refusal in one line.

A command is stopped when much is done and nothing told, its folder is damaged, and the same command
goes on. Damage in several parts at once costs one command: each part has to be noticed by itself,
since a single one that is not changes the tables. Finished folders are damaged file by file.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest

from tests.fault_cases import OUT, QUIET, Attacked, Case, complaints, thinned, told
from tests.faults import Zygote

Damage = Callable[[Sequence[Path]], list[str]]
_COMPARE = ("compare", "{one}", "{two}", "--luck-only", *QUIET, *OUT, "--replicates", "6")
COMMANDS = {
    "study": _COMPARE,
    "sweep": ("sweep", "{lab}", *QUIET, *OUT),
    "walks": ("attribute", "{one}", "{rows}", "--orders", "20", *QUIET, *OUT),
}
_SEED = ("--seed", "2")
_OTHER = {"study": _SEED, "sweep": ("--set", "seed=2"), "walks": _SEED}


@dataclass
class Stopped:
    """A command that was killed when its parts were there and its tables were not."""

    name: str
    zygote: Zygote
    folder: Path
    number: int = 0

    @cached_property
    def attacked(self) -> Attacked:
        """The command."""
        return Attacked(Case(self.name, COMMANDS[self.name]), self.zygote, self.folder / "mine")

    @cached_property
    def stopped(self) -> Path:
        """Its folder with all parts and no tables."""
        return _stop(self.attacked, 1.0)

    @cached_property
    def midway(self) -> Path:
        """Its folder with about half of the parts, and whatever else is there then."""
        return _stop(self.attacked, 0.5)

    @cached_property
    def other(self) -> Path:
        """The same, of another seed."""
        command = (*COMMANDS[self.name], *_OTHER[self.name])
        return _stop(Attacked(Case("other", command), self.zygote, self.folder / "other"), 1.0)

    def parts(self, folder: Path) -> list[Path]:
        """What resuming reads of a folder's parts."""
        paths = sorted((folder / "parts").rglob("*"))
        return [path for path in paths if path.is_file() and ".tmp-" not in path.name]

    def copy(self, folder: Path) -> Path:
        """A copy to damage."""
        self.number += 1
        out = self.folder / str(self.number)
        shutil.copytree(folder, out)
        return out

    def resumed(self, out: Path, what: str, *, always: bool = False) -> list[str]:
        """What is wrong when the command goes on in a damaged folder.

        It may refuse in one line, unless it has to go on `always`.
        """
        ended = self.attacked.run(out)
        if "Traceback" in ended.err:
            found = [f"it says {ended.err.strip()[-400:]!r}"]
        elif ended.code == 0:
            folder, whole = self.attacked.undisturbed
            found = [text for text in complaints(out, folder) if not _is_planted(text)]
            if told(ended.out, out) != told(whole.out, folder):
                found.append("it tells something else")
        elif always or ended.code not in (1, 2) or len(ended.err.strip().splitlines()) != 1:
            found = [f"it refuses ({ended.code}): {ended.err.strip()[-300:]!r}"]
        else:
            found = []
        shutil.rmtree(out)
        return [f"{self.name}, {what}: {text}" for text in found]


def _is_planted(text: str) -> bool:
    """Damaged files that were set aside, and parts of others or of another name: never read."""
    return text.startswith(("damaged/", "parts/")) and text.endswith("should not be there")


def _stop(attacked: Attacked, share: float) -> Path:
    """A copy of the folder of a command that is killed after some of its parts."""
    moments = attacked.undisturbed[1].moments
    places = [k for k, moment in enumerate(moments) if " replace parts/" in moment]
    out = attacked.fresh()
    at = places[max(0, round(share * len(places)) - 1)]
    ended = attacked.run(out, fault={"at": at, "when": "after", "signal": "SIGKILL"})
    assert ended.code == -9
    return out


def flip(path: Path, position: int) -> None:
    """Flip one bit of a file, counted from its beginning."""
    content = bytearray(path.read_bytes())
    content[position // 8] ^= 1 << position % 8
    path.write_bytes(bytes(content))


def flips(stopped: Stopped, rounds: int, seed: int) -> Iterator[tuple[str, Path, int]]:
    """Folders in which each part has one flipped bit, and how many that were.

    The first rounds walk along the first and the last bytes, the others go anywhere.
    """
    luck = np.random.Generator(np.random.Philox(seed))
    for number in range(rounds):
        folder = stopped.stopped if number % 4 else stopped.midway
        out = stopped.copy(folder)
        said = []
        for place, path in enumerate(stopped.parts(out)):
            bits = 8 * path.stat().st_size
            if not bits:
                continue
            walk = (number // 4) * 64 + 8 * place + number % 8
            position = [walk, bits - 1 - walk, -1, -1][number % 4]
            if not 0 <= position < bits:
                position = int(luck.integers(bits))
            flip(path, position)
            said.append(f"{path.name}:{position}")
        yield "bits " + " ".join(said), out, len(said)


def _swap(paths: Sequence[Path]) -> list[str]:
    """Neighbours of the same kind change places."""
    said = []
    for one, two in zip(paths[::2], paths[1::2], strict=False):
        first, second = one.read_bytes(), two.read_bytes()
        one.write_bytes(second)
        two.write_bytes(first)
        said.append(f"{one.name} and {two.name}")
    return said


def _halve(paths: Sequence[Path]) -> list[str]:
    for path in paths:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return [path.name for path in paths]


def _empty(paths: Sequence[Path]) -> list[str]:
    for path in paths:
        path.write_bytes(b"")
    return [path.name for path in paths]


def _lengthen(paths: Sequence[Path]) -> list[str]:
    for path in paths:
        path.write_bytes(path.read_bytes() + b"\n")
    return [path.name for path in paths]


def _lose(paths: Sequence[Path]) -> list[str]:
    for path in paths[::2]:
        path.unlink()
    return [path.name for path in paths[::2]]


def _rename(paths: Sequence[Path]) -> list[str]:
    """Only a copy under another name is left."""
    for path in paths[::2]:
        path.rename(path.with_name(f"{path.stem} copy{path.suffix}"))
    return [path.name for path in paths[::2]]


def _copy_beside(paths: Sequence[Path]) -> list[str]:
    """As file managers and synchronising programs do."""
    for path in paths:
        shutil.copy(path, path.with_name(f"{path.stem} copy{path.suffix}"))
    return [path.name for path in paths]


DAMAGES: dict[str, Damage] = {
    "swapped": _swap, "halved": _halve, "emptied": _empty, "lengthened": _lengthen,
    "lost": _lose, "renamed": _rename,
}  # fmt: skip


def ill_treated(stopped: Stopped) -> Iterator[tuple[str, Path]]:
    """Folders whose parts are swapped, halved and so on, and with parts of another seed."""
    for name, damage in DAMAGES.items():
        for folder in (stopped.stopped, stopped.midway):
            out = stopped.copy(folder)
            kinds: dict[str, list[Path]] = {}
            for path in stopped.parts(out):
                kinds.setdefault(path.name.partition(".")[2], []).append(path)
            said = [text for paths in kinds.values() for text in damage(paths)]
            yield f"{name} {', '.join(said)}", out
    theirs = stopped.parts(stopped.other)
    out = stopped.copy(stopped.stopped)
    for mine, other in zip(stopped.parts(out), theirs, strict=False):
        mine.write_bytes(other.read_bytes())
    yield "parts of another seed under our names", out
    out = stopped.copy(stopped.stopped)
    for path in stopped.parts(out)[::2]:
        path.unlink()
    for other in theirs:
        target = out / other.relative_to(stopped.other)
        if not target.exists():
            shutil.copy(other, target)
    yield "parts of another seed under their own names", out


def finished_flips(stopped: Stopped, count: int) -> Iterator[tuple[str, Path, Path]]:
    """A finished folder with one flipped bit: which, the folder, and the file's own name."""
    whole = stopped.attacked.undisturbed[0]
    files = sorted(path for path in whole.rglob("*") if path.is_file() and path.name != ".lock")
    for place, file in enumerate(files):
        bits = 8 * file.stat().st_size
        for number in range(count if bits else 0):
            position = (bits * (2 * number + 1) // (2 * count) + 3 * place + number) % bits
            out = stopped.copy(whole)
            name = file.relative_to(whole)
            flip(out / name, position)
            yield f"bit {position} of {name}", out, name


def told_again(stopped: Stopped, out: Path, what: str) -> list[str]:
    """What is wrong when a damaged finished folder is told again with `report`."""
    ended = stopped.zygote.run("report", out, *QUIET, below=out)
    folder, _ = stopped.attacked.undisturbed
    found = []
    if "Traceback" in ended.err:
        found = [f"report says {ended.err.strip()[-400:]!r}"]
    elif ended.code == 0:
        found = [f"report, {text}" for text in complaints(out, folder)]
    elif ended.code not in (1, 2) or len(ended.err.strip().splitlines()) != 1:
        found = [f"report refuses ({ended.code}): {ended.err.strip()[-300:]!r}"]
    shutil.rmtree(out)
    return [f"{stopped.name}, {what}: {text}" for text in found]


@pytest.fixture
def stop(zygote: Zygote, tmp_path: Path) -> Callable[[str], Stopped]:
    """A stopped command by name."""
    return lambda name: Stopped(name, zygote, tmp_path / name)


Stop = Callable[[str], Stopped]


def test_a_few_flipped_bits(stop: Stop) -> None:
    stopped = stop("study")
    wrong = []
    for what, out, _ in flips(stopped, 5, seed=3):
        wrong += stopped.resumed(out, what)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_flipped_bits(name: str, stop: Stop) -> None:
    """Some hundred bits: first and last bytes of parts one after another, others anywhere."""
    stopped = stop(name)
    wrong = []
    for what, out, _ in flips(stopped, len(thinned(range(60), name, 6)), seed=5):
        wrong += stopped.resumed(out, what)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_ill_treated_parts(name: str, stop: Stop) -> None:
    stopped = stop(name)
    wrong = []
    for what, out in ill_treated(stopped):
        wrong += stopped.resumed(out, what)
    out = stopped.copy(stopped.stopped)
    _copy_beside(stopped.parts(out))
    wrong += stopped.resumed(out, "copies beside the parts", always=True)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_what_says_what_the_folder_is_for(name: str, stop: Stop) -> None:
    """Bits of the files beside the parts, of a stopped command."""
    stopped = stop(name)
    wrong = []
    for file in sorted(path for path in stopped.midway.glob("*") if path.is_file()):
        bits = 8 * file.stat().st_size
        for number in thinned(range(40 if bits else 0), name, 10):
            position = (bits * number // 40 + 7 * number) % bits
            out = stopped.copy(stopped.midway)
            flip(out / file.name, position)
            wrong += stopped.resumed(out, f"bit {position} of {file.name}")
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_finished_folder(name: str, stop: Stop) -> None:
    """Some bits of each file: told again by `report`, and by the same command.

    A damaged part of finished results stays as it is until it is needed, and is not read then.
    """
    stopped = stop(name)
    wrong = []
    for what, out, damaged in finished_flips(stopped, len(thinned(range(4), name, 2))):
        again = stopped.copy(out)
        found = told_again(stopped, out, what) + stopped.resumed(again, what)
        own = f"{damaged.as_posix()} differs"
        wrong += [text for text in found if damaged.parts[0] != "parts" or own not in text]
    assert wrong == []

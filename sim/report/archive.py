"""A finished study packed for a repository: all that somebody needs to trust and to repeat it.

Results are verified first, file by file as they are read, so that nothing damaged is packed. The
same results, packed in the same environment, give the same bytes.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from sim.errors import ResultsError, UserMistake
from sim.report.about import citation, codemeta, environment
from sim.report.packed import CHECKSUMS, zipped
from sim.runs.files import whole
from sim.runs.folder import MANIFEST, kind_of, read_manifest
from sim.runs.sealed import sha256
from sim.scenario.as_files import scenario_files
from sim.text import file_words

_RESULTS = "results"
_SCENARIOS = "scenarios"
_SHOWN = 2


def archive(results: str | Path, out: str | Path | None = None) -> Path:
    """Pack finished results of any kind into a zip file; returns its path.

    Beside `results/` there are the scenarios as files, versions and environment (environment.json),
    codemeta.json, CITATION.cff, checksums of every file and a README that says how to run it again.
    Raises `UserMistake` for a folder without finished results or a file that is there already,
    `ResultsError` for results that are not what their manifest says.
    """
    folder = Path(results)
    target = Path(out) if out is not None else _beside(folder)
    refuse_target(target)
    manifest = read_whole(folder)
    packed = zipped(files_of(folder, manifest), _name(folder, manifest))
    if target.exists():
        if target.read_bytes() != packed:
            raise UserMistake(f"{target}: exists already and is left as it is; name another file")
        return target
    with whole(target) as written:
        written.write_bytes(packed)
    return target


def _beside(folder: Path) -> Path:
    """Where the archive of a folder goes unless told otherwise: never into the folder itself."""
    parent = folder.resolve().parent if folder.name in ("", "..") else folder.parent
    return parent / f"{folder.resolve().name}.zip"


def refuse_target(target: Path) -> None:
    """Raises `UserMistake` where no file can be written under that name."""
    if target.is_dir():
        raise UserMistake(f"{target}: is a folder; name a file, as {target / 'study.zip'}")
    if not target.parent.is_dir():
        raise UserMistake(f"{target}: there is no folder {target.parent}")


def read_whole(folder: Path) -> dict[str, Any]:
    """The manifest of finished results."""
    if not folder.is_dir():
        raise UserMistake(f"{folder}: no such results folder")
    manifest = read_manifest(folder)
    if not manifest or not kind_of(folder):
        raise UserMistake(f"{folder}: holds no results (there is no {MANIFEST} of any)")
    if not manifest.get("complete"):
        raise UserMistake(
            f"{folder}: is not finished; the command that began it goes on from there"
        )
    if not isinstance(manifest.get("files"), dict) or not manifest["files"]:
        raise ResultsError(f"{folder / MANIFEST}: vouches for no file, so nothing can be verified")
    return manifest


def files_of(folder: Path, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Everything that is packed, by name."""
    files = {f"{_RESULTS}/{name}": data for name, data in _verified(folder, manifest).items()}
    files[f"{_RESULTS}/{MANIFEST}"] = (folder / MANIFEST).read_bytes()
    written, resolved = manifest.get("written", {}), manifest.get("scenarios", {})
    scenarios, called = scenario_files(written, resolved, folder)
    files |= {f"{_SCENARIOS}/{name}": data for name, data in scenarios.items()}
    texts = {
        "environment.json": environment(manifest),
        "codemeta.json": codemeta(manifest),
        "CITATION.cff": citation(manifest),
        "README.md": readme(manifest, sorted(scenarios), again(manifest, called)),
    }
    return files | {name: text.encode() for name, text in texts.items()}


def _verified(folder: Path, manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """The bytes of every file that the manifest vouches for, each held against its SHA-256."""
    found: dict[str, bytes] = {}
    wrong: list[str] = []
    for name, said in manifest["files"].items():
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name:
            raise ResultsError(f"{folder / MANIFEST}: names a file outside the folder, {name}")
        try:
            data = (folder / name).read_bytes()
        except FileNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        except OSError as error:
            wrong.append(f"{name} cannot be read ({error.strerror})")
            continue
        if not isinstance(said, dict) or sha256(data) != said.get("sha256"):
            wrong.append(f"{name} is not what {MANIFEST} says")
        found[name] = data
    if wrong:
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise ResultsError(
            f"{folder}: is damaged, nothing was packed: {'; '.join(wrong[:_SHOWN])}{more}; "
            "`govshift report` makes again what can be made again"
        )
    return found


def _name(folder: Path, manifest: Mapping[str, Any]) -> str:
    """The folder inside the archive: what the study is of, and the beginning of its hash."""
    names = manifest.get("experiment") or "-".join(manifest.get("scenarios", {})) or folder.name
    words = file_words(str(names))[:60].strip("-_") or "study"
    return f"{words}-{str(manifest.get('digest', ''))[:8]}".strip("-")


def again(manifest: Mapping[str, Any], called: Mapping[str, str]) -> str:
    """The command that makes the results again, from the archive's own folder."""
    if manifest.get("kind", "study") != "study" or not manifest.get("written"):
        return str(manifest.get("command", ""))
    baseline = manifest.get("baseline")
    names = [*manifest["written"]]
    words = ["govshift", "compare" if baseline else "run"]
    words += [f"{_SCENARIOS}/{called[name]}" for name in names]
    if baseline and baseline != names[0]:
        words += ["--baseline", baseline]
    each = manifest.get("per_world", 0)
    count = manifest["replicates"]
    words += ["--worlds", str(count // each), "--replicates", str(each)] if each else [
        "--luck-only", "--replicates", str(count),
    ]  # fmt: skip
    words += ["--seed", str(manifest["seed"]), "--out", "again"]
    return shlex.join(words)


def readme(manifest: Mapping[str, Any], scenarios: list[str], command: str) -> str:
    """What is in the archive, and how to run it again."""
    version = str(manifest.get("model_version"))
    commit = manifest.get("commit") or "not known"
    questions = [f"- {name}: {q}" for name, q in manifest.get("questions", {}).items() if q]
    asked = ["## Questions", "", *questions, ""] if questions else []
    listed = [f"- `{_SCENARIOS}/{name}`" for name in scenarios]
    return "\n".join(
        [
            "# A study with GovShift",
            "",
            f"Made by GovShift {version} (commit {commit}) with:",
            "",
            f"    {manifest.get('command', '')}",
            "",
            *asked,
            "## What is here",
            "",
            f"- `{_RESULTS}/`: tables, figures and `{MANIFEST}`, which has the SHA-256 of each",
            *listed,
            "- `environment.json`: the versions that made the results, and all that was installed "
            "where they were packed",
            "- `codemeta.json`, `CITATION.cff`: what the code is, and how to cite it",
            f"- `{CHECKSUMS}`: check all files with `sha256sum --check {CHECKSUMS}`",
            "",
            "## Run it again",
            "",
            f"Install GovShift {version.partition('+')[0]} (`govshift --version` tells the "
            f"release; the manifest of new results must say {version}). Then, in this folder:",
            "",
            f"    {command}",
            "",
            *_other_names(command, scenarios),
            "The same version with the same versions of its libraries gives the same tables, to "
            "the last bit. Another version says what it changed:",
            "",
            f"    {_against(command)}",
            "",
            *_under(manifest),
            "The model compares governments under stated assumptions. It does not forecast.",
            "",
        ]
    )


def _against(command: str) -> str:
    if not command.startswith("govshift compare"):
        return "govshift compare ... --against RESULTS (of comparisons only)"
    return f"{command} --against {_RESULTS}"


def _other_names(command: str, scenarios: list[str]) -> list[str]:
    """What to say where the command is the one that was typed, which named other files."""
    if not scenarios or f"{_SCENARIOS}/" in command:
        return []
    return [f"Put the files of `{_SCENARIOS}/` in place of the scenarios that it names.", ""]


def _under(manifest: Mapping[str, Any]) -> list[str]:
    """What to say of scenarios that are run under model classes of one's own."""
    under = manifest.get("under") or {}
    if not under:
        return []
    named = ", ".join(f"{name} under {said}" for name, said in under.items())
    return [
        f"Not packed: the code of model classes of one's own ({named}). Add it, and run from "
        "Python.",
        "",
    ]

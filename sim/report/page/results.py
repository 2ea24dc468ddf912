"""The page of results that are no study: which rows carry a difference, sweeps, analyses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.paged import CODEBOOK
from sim.report.page.attribution import shares_section
from sim.report.page.blocks import Block, Page, Section, Table, Unfolded, Words
from sim.report.page.closing import again_section, evidence_section, warning_section
from sim.report.page.files import table_of_file
from sim.report.page.fitted import fit_sections
from sim.report.page.observed import forecast_sections
from sim.report.page.pictures import figure_blocks
from sim.report.page.wording import reworded
from sim.runs.folder import Folder
from sim.text import one_line

_MOST = 40
_POINTS = ("- ", "  - ")
"""What points of a list begin with."""
_QUESTIONS = {
    "forecasts": "How near were forecasts, made with nothing later than the cut-off, to what came?",
    "fit": "What do the data say of each parameter, and how far can that be trusted?",
    "roadmap": "In which order should the rows move within the budget?",
}
"""What is asked where nobody wrote a question."""
_TITLES = {
    "walks": "Which rows of the figure carry the difference",
    "sweep": "An experiment and what was found in it",
    "forecasts": "Forecasts against what was observed",
    "fit": "What agrees with the data",
    "roadmap": "In which order the rows should move",
}
_LEFT_OUT = (CODEBOOK, "runs.csv", "failures.csv", "timeseries.csv")


def results_page(folder: Folder) -> Page:
    """All that a folder tells, from its manifest and files."""
    manifest = folder.manifest
    kind = str(manifest.get("kind", ""))
    sections: list[Section] = []
    if kind == "walks":
        sections += list(shares_section(folder.path, manifest))
    elif kind == "sweep":
        sections.append(_asked(manifest))
        sections += [_analysis(folder.path, manifest, name) for name in _analyses(manifest)]
    elif kind == "forecasts":
        sections += forecast_sections(folder.path, manifest)
    elif kind == "fit":
        sections += fit_sections(folder.path)
    else:
        sections.append(_tables(folder.path, manifest))
    return Page(
        title=_title(kind, manifest),
        question=_question(kind, manifest),
        facts=list(_facts(manifest)),
        sections=[*sections, evidence_section(), warning_section(None), again_section(manifest)],
    )


def _question(kind: str, manifest: Mapping[str, Any]) -> str:
    asked = " ".join(one_line(str(manifest.get("plan", {}).get("question", ""))).split())
    return asked or _QUESTIONS.get(kind, "")


def _title(kind: str, manifest: Mapping[str, Any]) -> str:
    title = _TITLES.get(kind, "Results")
    names = manifest.get("experiment") or " and ".join(manifest.get("scenarios", {}))
    return f"{title}: {one_line(str(names))}" if names else title


def _facts(manifest: Mapping[str, Any]) -> Iterator[str]:
    for key, text in (("points", "points"), ("runs", "runs"), ("orders", "orders of the rows")):
        if isinstance(manifest.get(key), int):
            yield f"{manifest[key]:,} {text}"
    yield f"seed {manifest.get('seed')}"


def _asked(manifest: Mapping[str, Any]) -> Section:
    """What an experiment varies, as its plan says."""
    plan = manifest.get("plan", {})
    factors = [str(one.get("name", one)) for one in plan.get("factors", []) if one]
    policies = [str(name) for name in plan.get("policies", {})]
    lines = [
        f"Policies: {', '.join(map(one_line, policies))}." if policies else "",
        f"What varies: {_named(factors)}." if factors else "",
        f"Plausible worlds of each: {plan['worlds']}." if plan.get("worlds") else "",
    ]
    kept = [line for line in lines if line]
    if not _analyses(manifest):
        kept.append("Nothing was analysed yet: `govshift sensitivity`, `discover`, `robust` and "
                    "`regimes` take this folder.")  # fmt: skip
    return Section("asked", "What was asked", [Words(kept)])


def _named(names: list[str]) -> str:
    return "; ".join(reworded(one_line(name)) for name in names)


def _analyses(manifest: Mapping[str, Any]) -> list[str]:
    return sorted(manifest.get("analyses", {}))


def _analysis(path: Path, manifest: Mapping[str, Any], name: str) -> Section:
    """Sentences, figure and tables of one analysis."""
    folder = path / "analysis"
    title, sentences, caption = _read(folder / f"{name}.md")
    blocks: list[Block] = [Words(sentences, listed=True)]
    ident = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
    place = _analyses(manifest).index(name)
    blocks += figure_blocks(folder / f"{name}.svg", title, caption, f"a{place}-")
    blocks += _folded(path, manifest, f"analysis/{name}", _analyses(manifest))
    return Section(f"a{place}-{ident.lower()}", title, blocks)


def _folded(
    path: Path, manifest: Mapping[str, Any], stem: str, names: list[str]
) -> Iterator[Unfolded]:
    """Tables whose files begin with a stem and with no longer one of another analysis."""
    longer = [f"analysis/{name}" for name in names if f"analysis/{name}".startswith(f"{stem}_")]
    for name in manifest.get("files", {}):
        own = name.startswith(stem) and name.endswith(".csv")
        if own and not any(name.startswith(other) for other in longer):
            table = table_of_file(path / name, most=_MOST)
            if table is not None:
                yield Unfolded(f"{table.caption} (table)", [table], printed=False)


def _read(file: Path) -> tuple[str, list[str], str]:
    """Title, sentences and caption of what an analysis wrote for a paper."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return file.stem.replace("_", " "), ["Its sentences are missing: run it again."], ""
    told = [line.replace("\\", "") for line in lines if line.strip()]
    title = next((line[2:] for line in told if line.startswith("# ")), file.stem)
    caption = " ".join(line for line in told if not line.startswith(("# ", *_POINTS)))
    return title, list(_sentences_of(told)), caption


def _sentences_of(lines: Sequence[str]) -> Iterator[str]:
    """The points of a list, each with those that stand below it and speak of the same outcome."""
    points: list[list[str]] = []
    for line in (line for line in lines if line.startswith(_POINTS)):
        point, nested = line.lstrip(" -"), line.startswith(" ")
        if nested and points:
            points[-1].append(point)
        else:
            points.append([point])
    yield from (reworded(" ".join(point)) for point in points)


def _tables(path: Path, manifest: Mapping[str, Any]) -> Section:
    """Figures and tables of results of any other kind."""
    blocks: list[Block] = _sentences(path / f"{manifest.get('kind')}.txt")
    for place, figure in enumerate(manifest.get("figures", [])):
        name, title = str(figure.get("name", "")), str(figure.get("title", ""))
        file = path / "figures" / f"{name}.svg"
        blocks += figure_blocks(file, title, str(figure.get("caption", "")), f"f{place}-")
    tables: list[Table | None] = [
        table_of_file(path / name, most=_MOST)
        for name in manifest.get("files", {})
        if name.endswith(".csv") and name not in _LEFT_OUT
    ]
    blocks += [
        Unfolded(f"{table.caption} (table)", [table], printed=False)
        for table in tables
        if table is not None
    ]
    return Section("found", "What was found", blocks)


def _sentences(file: Path) -> list[Block]:
    """What the terminal told, without its tables: the lines that are sentences."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    said = [_plain(one_line(line)) for line in lines if line.rstrip().endswith((".", ":"))]
    return [Words(said, listed=True)] if said else []


def _plain(line: str) -> str:
    """A sentence whose names are read as words."""
    return " ".join(reworded(line, shown=False).replace("_", " ").split())

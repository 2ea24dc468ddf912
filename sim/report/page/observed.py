"""The page of `evidence`: each pattern with its band, then forecasts beside naive ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.questions.comparison.store import EVIDENCE, FORECASTS
from sim.questions.evidence.naive import NAIVE
from sim.questions.evidence.series import measure_of
from sim.questions.evidence.telling import OWN
from sim.report.page.blocks import Block, Cell, Page, Section, Table, Unfolded, Words, cells
from sim.report.page.closing import again_section, evidence_section, warning_section
from sim.report.page.files import table_of_file
from sim.report.page.numbers import per_cent, plain
from sim.report.page.pictures import figure_blocks
from sim.runs.csv_files import read_csv
from sim.runs.folder import Folder
from sim.text import number, one_line

PATTERNS, NULLS = f"{EVIDENCE}/patterns.csv", f"{EVIDENCE}/nulls.csv"
_SCORES, _PREDICTIONS, _FORECAST_NULLS = FORECASTS
_TEXT = ("pattern", "what", "unit", "verdict", "source", "fitted_verdict", "world_verdict", "note",
         "indicator", "forecaster", "null")  # fmt: skip
_FORECASTERS = {OWN: "this model", **{naive.name: naive.what.split(":")[0] for naive in NAIVE}}
_PEEKS = {naive.name for naive in NAIVE if naive.peeks}
_FIGURE = "forecasts"
_MOST = 400


def holds_patterns(manifest: Mapping[str, Any]) -> bool:
    """Whether a study was run to hold the model against what was observed."""
    return PATTERNS in manifest.get("files", {})


def observed_page(folder: Folder) -> Page:
    """Patterns, forecasts, and what not to conclude from them."""
    manifest = folder.manifest
    patterns = read_csv(folder.path / PATTERNS, text=_TEXT)
    citizens = {
        f"{one['society']['citizens']:,}"
        for one in manifest.get("scenarios", {}).values()
        if "citizens" in one.get("society", {})
    }
    sections = [
        _patterns_section(folder.path, patterns), *forecast_sections(folder.path, manifest)
    ]  # fmt: skip
    return Page(
        title="The model against what was observed",
        question="Which patterns of the world does the model bring forth, and how well does it "
        "forecast?",
        facts=[
            f"{len(patterns)} readings of {len(manifest.get('scenarios', {}))} scenarios",
            f"{' or '.join(sorted(citizens))} simulated citizens",
            f"{manifest.get('replicates')} replicates (other luck, everything else held)",
        ],
        sections=[*sections, evidence_section(), warning_section(None), again_section(manifest)],
    )


def _patterns_section(path: Path, table: pd.DataFrame) -> Section:
    rows = [_pattern(row) for row in table.to_dict("records")]
    passed = {
        where: f"{(table[column] == 'pass').sum()} of {len(table)} {where}"
        for column, where in (("verdict", "at the declared parameters"),
                              ("fitted_verdict", "with one fitted set"),
                              ("world_verdict", "as the mean of plausible worlds"))
        if column in table and (table[column] != "").any()
    }  # fmt: skip
    heads = ("Pattern", "Observed", "Band", "Declared", "Fitted set", "Plausible worlds")
    blocks: list[Block] = [
        Words([f"Readings inside their bands: {'; '.join(passed.values())}."]),
        Table("What was observed, and what the model does", cells(*heads), rows,
              note="A reading passes if the mean lies in the band. Declared: parameters as they "
              "are shipped. Fitted set: the means of what `fit` found. All of it is calibration "
              "data: nothing of it was kept back from who built this."),
    ]  # fmt: skip
    shuffled = table_of_file(path / NULLS, most=_MOST)
    if shuffled is not None:
        blocks.append(Unfolded("The same readings, where what they tell apart is shuffled",
                               [shuffled]))  # fmt: skip
    return Section("patterns", "Against what was observed", blocks)


def _pattern(row: Mapping[Any, Any]) -> list[Cell]:
    values = [float(row[key]) for key in row if str(key).startswith("replicate_")]
    mean = sum(values) / len(values) if values else math.nan
    missed = str(row["verdict"]) not in ("pass", "")
    note = "\n".join(filter(None, [
        f"{one_line(str(row['unit']))}; {one_line(str(row['source']))}",
        one_line(str(row["note"])) if missed else "",
    ]))  # fmt: skip
    what = one_line(str(row["what"]))
    return [
        Cell(what[:1].upper() + what[1:], note=note, hint=str(row["pattern"])),
        Cell(_short(row["observed"]), kind="number"),
        Cell(f"{_short(row['low'])} to {_short(row['high'])}", kind="number"),
        Cell(_short(mean), note=str(row["verdict"]), kind="number"),
        Cell(_short(row.get("fitted_mean")), note=str(row.get("fitted_verdict", "")),
             kind="number"),
        Cell(_short(row.get("world_mean")), note=_worlds(row), kind="number"),
    ]  # fmt: skip


def _worlds(row: Mapping[Any, Any]) -> str:
    ends = _short(row.get("world_low")), _short(row.get("world_high"))
    told = str(row.get("world_verdict", ""))
    return "\n".join(filter(None, [" to ".join(ends) if all(ends) else "", told]))


def _short(value: Any) -> str:
    given = math.nan if value in (None, "") else float(value)
    return number(float(f"{given:.3g}")) if math.isfinite(given) else ""


def forecast_sections(path: Path, manifest: Mapping[str, Any]) -> Iterator[Section]:
    """Scores of the model and of naive forecasters, the figure, and each forecast folded."""
    files = manifest.get("files", {})
    if _SCORES not in files:
        return
    scores = read_csv(path / _SCORES, text=_TEXT)
    blocks: list[Block] = [Words(list(_verdicts(scores)), listed=True)] if len(scores) else []
    for figure in manifest.get("figures", []):
        if figure.get("name") == _FIGURE:
            file, title = path / "figures" / f"{_FIGURE}.svg", str(figure.get("title", ""))
            blocks += figure_blocks(file, title, str(figure.get("caption", "")), "forecasts-")
    blocks += [_score_table(str(name), own) for name, own in scores.groupby("indicator",
                                                                           sort=False)]  # fmt: skip
    for name, summary in ((_FORECAST_NULLS, "Where something was made wrong on purpose"),
                          (_PREDICTIONS, "Each forecast beside what came")):  # fmt: skip
        table = table_of_file(path / name, most=_MOST) if name in files else None
        if table is not None:
            blocks.append(Unfolded(summary, [table], printed=False))
    if not blocks:
        blocks = [Words(["Nothing that was given lies after the cut-off: there is nothing to "
                         "score."])]  # fmt: skip
    yield Section("forecasts", "Forecasts against what came", blocks)


def _verdicts(scores: pd.DataFrame) -> Iterator[str]:
    """Of each indicator, whether the model was nearer than naive forecasters."""
    for indicator, rows in scores.groupby("indicator", sort=False):
        error = {row["forecaster"]: float(row["rmse"]) for row in rows.to_dict("records")}
        fair = {name: e for name, e in error.items() if name not in {OWN, *_PEEKS}}
        own = rows[rows["forecaster"] == OWN]
        if own.empty or not fair:
            continue
        best = min(fair, key=fair.__getitem__)
        how = "less than" if error[OWN] < fair[best] else "not less than"
        told = (f"{_indicator(str(indicator))}: foretold with an error of {plain(error[OWN])} "
                f"points, {how} the best naive forecaster ({_FORECASTERS.get(best, best)}, "
                f"{plain(fair[best])})")  # fmt: skip
        yield f"{told}; its 90 % intervals held {per_cent(float(own['coverage'].iloc[0]))}."


def _score_table(indicator: str, rows: pd.DataFrame) -> Table:
    body = []
    for row in sorted(rows.to_dict("records"), key=lambda row: float(row["rmse"])):
        name = str(row["forecaster"])
        note = "looks at what came later elsewhere, which nobody can" if name in _PEEKS else ""
        said = _FORECASTERS.get(name, name)
        body.append([
            Cell(said[:1].upper() + said[1:], note=note, hint=name),
            Cell(plain(float(row["rmse"])), kind="number"),
            Cell(plain(float(row["crps"])), kind="number"),
            Cell(per_cent(float(row["coverage"])), kind="number"),
        ])  # fmt: skip
    first = rows.iloc[0]
    return Table(
        f"{_indicator(indicator)}: {first['n']} figures of {first['countries']} countries",
        [Cell("Forecaster"), Cell("Error", note="root mean square, points"),
         Cell("Error of the whole forecast", note="CRPS, points"),
         Cell("Held by 90 % intervals")],
        body,
        note="The best is first; of errors less is better.",
    )  # fmt: skip


def _indicator(name: str) -> str:
    measure = measure_of(name)
    return one_line(name) if measure is None else f"{measure.title} ({name})"

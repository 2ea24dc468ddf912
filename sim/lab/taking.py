"""What a person takes away: scenario files, data, a figure, and the command that gives the same."""

from __future__ import annotations

import io
import shlex
import tempfile
import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from sim.drawing.svg.marks import number, tag
from sim.lab.drawn import charts
from sim.lab.plain import plain_of
from sim.lab.session import Session
from sim.runs.csv_files import write_csv
from sim.scenario import Scenario
from sim.scenario.as_files import scenario_files
from sim.scenario.files import shipped_names
from sim.text import file_words

_EPOCH = (1980, 1, 1, 0, 0, 0)
_GAP = 12.0


def scenario_file(session: Session, place: int) -> tuple[str, bytes]:
    """The scenario of one government as a file: YAML, or a ZIP where it needs files beside it."""
    return _one_or_zip(_files(session, [place]), session.setup.names[place])


def all_scenario_files(session: Session) -> tuple[str, bytes]:
    """The scenarios of all governments, in a ZIP if they are several files."""
    return _one_or_zip(_files(session, range(len(session.setup.scenarios))), "scenarios")


def _files(session: Session, places: Sequence[int]) -> dict[str, bytes]:
    scenarios = [session.setup.scenarios[place] for place in places]
    written = {one.name: _written(one, session.setup.seed) for one in scenarios}
    resolved = {one.name: one.resolved() for one in scenarios}
    return scenario_files(written, resolved, Path("lab"))[0]


def _written(scenario: Scenario, seed: int) -> dict[str, Any]:
    data = plain_of(scenario) | {"seed": seed}
    past = scenario.history
    if past is not None and past.name in shipped_names() and Scenario.load(past.name) == past:
        data["history"] = past.name
    return data


def _one_or_zip(files: dict[str, bytes], name: str) -> tuple[str, bytes]:
    if len(files) == 1:
        return next(iter(files.items()))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for file, content in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(file, _EPOCH), content)
    return f"{file_words(name) or 'scenarios'}.zip", held.getvalue()


def data_file(session: Session) -> tuple[str, bytes]:
    """Every outcome of every month so far, as `timeseries.csv` of a results folder has it."""
    frames = []
    for model, scenario in zip(session.models, session.setup.scenarios, strict=True):
        frame = model.record.national()
        frame.insert(0, "scenario", scenario.name)
        frame.insert(1, "replicate", 0)
        frames.append(frame)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "timeseries.csv"
        write_csv(pd.concat(frames, ignore_index=True), path)
        return path.name, path.read_bytes()


def figure_file(session: Session, names: Sequence[str], lang: str) -> tuple[str, bytes]:
    """The large charts as one vector picture."""
    wide, high = 420.0, 200.0
    drawn = charts(session, names, lang, bands={}, small=(wide, high))
    step = high + 26.0 + _GAP
    parts = []
    for place, chart in enumerate(drawn):
        title = tag("text", _text(f"{chart['title']}, {chart['unit']}"), x=6.0, y=18.0,
                    font_size=15.0, font_weight="bold")  # fmt: skip
        inner = chart["svg"].replace("<svg ", f'<svg y="26" width="{number(wide)}" '
                                     f'height="{number(high)}" ', 1)  # fmt: skip
        parts.append(tag("g", title, inner, transform=f"translate(0 {number(place * step)})"))
    names_told = ", ".join(session.setup.names)
    foot = tag("text", _text(names_told), x=6.0, y=len(drawn) * step + 14.0, font_size=12.0)
    size = f"0 0 {number(wide)} {number(len(drawn) * step + 22.0)}"
    svg = tag("svg", *parts, foot, xmlns="http://www.w3.org/2000/svg", viewBox=size,
              font_family="sans-serif")  # fmt: skip
    return "lab.svg", svg.encode("utf-8")


def command_of(session: Session) -> str:
    """The command that gives the numbers of the page from the files that are taken away."""
    called = [f"{file_words(name) or 'scenario'}.yaml" for name in session.setup.names]
    files = " ".join(shlex.quote(one) for one in called)
    return f"govshift run {files} --luck-only --replicates 1 --seed {session.setup.seed}"


def _text(text: str) -> str:
    return escape(text, quote=False)

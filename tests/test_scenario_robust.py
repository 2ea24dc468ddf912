"""Whatever is written into a scenario file, it is a scenario or its mistakes are told."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Scenario
from sim.declared import PARAMETERS, SHOCKS
from sim.errors import ScenarioError
from sim.paradigms import FIGURE
from sim.scenario.files import shipped_folder, shipped_names
from sim.scenario.source import parse

SHIPPED = {name: (shipped_folder() / f"{name}.yaml").read_text("utf-8") for name in shipped_names()}
MARKS = [*"{}[],:-#&*!|>'\"%@`?~\t\n\r\x00\x85\u2028\ufeffé", "  ", "\n  ", "\n- ", ": ", "---\n"]
WORDS = [
    *Scenario.model_fields, "extends", "place", "citizens", "local_governments", "mode", "moves",
    "month", "date", "over", "to", "rows", "who", "why", "set", "kind", "months", "size",
    *FIGURE.row_ids, *FIGURE.paradigm_ids, *list(PARAMETERS)[:20], *SHOCKS, "all", "local",
    "Seoul", "budget_internal", "invitations", "korea", "europe:EST", "scheduled", "1995-01",
    "2003-13", "<<",
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(WORDS),
    st.none(),
    st.booleans(),
    st.integers(-3, 300),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
)
KEYS = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
DATA = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
PIECES = st.lists(st.sampled_from([*MARKS, *WORDS]), max_size=40)
FEW = settings(max_examples=400, derandomize=True, deadline=1_000)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def told(read: Callable[[], object]) -> list[str]:
    """The lines that tell what is wrong; none if nothing is. All else that is raised is a bug."""
    try:
        read()
    except ScenarioError as error:
        lines = str(error).split("\n")
    else:
        return []
    assert all(line and line.isprintable() for line in lines)
    return lines


def check(file: Path) -> None:
    """A file is right, or each of its mistakes has a place."""
    for line in told(lambda: Scenario.load(file)):
        assert re.match(r".+:[0-9]+:[0-9]+: |There are more mistakes", line), line


@FEW
@given(
    st.text(max_size=300) | st.lists(st.sampled_from([*MARKS, *WORDS]), max_size=40).map("".join)
)
def test_any_text(text: str) -> None:
    lines = told(lambda: parse(text, "a.yaml"))
    assert len(lines) <= 1
    assert all(line.startswith("a.yaml:") for line in lines)


@FEW
@given(st.binary(max_size=200))
def test_any_bytes(folder: Path, raw: bytes) -> None:
    file = folder / "bytes.yaml"
    file.write_bytes(raw)
    check(file)


@FEW
@given(st.dictionaries(KEYS, DATA, max_size=6))
def test_any_data(folder: Path, data: dict[str, Any]) -> None:
    file = folder / "data.yaml"
    file.write_text(yaml.dump(data, allow_unicode=True), encoding="utf-8", newline="")
    check(file)


@FEW
@given(st.dictionaries(st.sampled_from(list(Scenario.model_fields)), DATA, max_size=4))
def test_any_change(changes: dict[str, Any]) -> None:
    gradual = Scenario.load("gradual")
    if not told(lambda: gradual.but(**changes)):
        full = gradual.but(**changes).resolved()
        assert Scenario.model_validate(full).resolved() == full


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """A shipped scenario with some pieces taken out, put elsewhere or put in."""
    text = SHIPPED[draw(st.sampled_from(list(SHIPPED)))]
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        end = min(len(text), begin + draw(st.integers(0, 12)))
        put = draw(
            st.sampled_from(["", *MARKS, *WORDS, "-1", "1e999", "0x1f", "yes", "[", "9" * 50])
            | st.just(text[end : end + 20])
        )
        text = text[:begin] + put + text[end:]
    return text


@FEW
@given(mutations())
def test_any_mutation(folder: Path, text: str) -> None:
    file = folder / "mutated.yaml"
    file.write_text(text, encoding="utf-8", newline="")
    check(file)


@FEW
@given(st.text(max_size=40) | st.sampled_from(WORDS).map(lambda word: f"{word}={word}"))
def test_any_set(text: str) -> None:
    for line in told(lambda: Scenario.load("gov1", sets=[text])):
        assert line.startswith("--set ")

"""The documents name what exists: parameters, cells, outcomes, files and options."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.declared import GROUPS, PARAMETERS
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_parameter_that_is_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for name in re.findall(r"`([a-z]+\.[a-z_0-9]+)[`=]", text):
        if name.partition(".")[0] in GROUPS and not name.endswith((".py", ".md", ".yaml", ".csv")):
            assert name in PARAMETERS, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_set_option_is_valid(document: Path) -> None:
    for change in re.findall(r"--set ([a-z_.]+=[^\s`|]+)", document.read_text(encoding="utf-8")):
        if change != "path.to.key=value":
            Scenario.load("gov2", sets=[change])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(document: Path) -> None:
    for name in re.findall(r"`((?:docs|sim|scenarios|tests)/[\w./]+)`",
                           document.read_text(encoding="utf-8")):  # fmt: skip
        assert (ROOT / name).exists(), name


def test_every_parameter_is_in_the_model_document() -> None:
    """What a rule reads stands in its equation."""
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    missing = [name for name in PARAMETERS if f"`{name}`" not in text]
    assert missing == []

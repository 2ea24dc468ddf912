"""The documents: pages that are generated are up to date, links lead somewhere, blocks run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlparse

import pytest

from sim.cli import main
from sim.cli.main import govshift
from sim.explain.rows import EQUITY, moved_by_row
from sim.odd import odd_text
from sim.outcomes import OUTCOMES
from sim.pages.figure_rows import pages
from sim.pages.row_words import WORDS
from sim.paradigms import FIGURE
from sim.questions.assumptions.ledger import assumed_names
from sim.questions.evidence.foretelling import ask
from tests.documented import (
    Block,
    blocks_of,
    commands_of,
    is_elsewhere,
    is_long,
    is_quick,
    smaller,
)
from tests.test_docs import DOCUMENTS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
WALKED = [page for page in DOCUMENTS if page.parent.name in ("start", "how_to")]
"""Pages that are walked through as a reader would, block by block, in one folder."""
LISTED = [page for page in DOCUMENTS if page not in WALKED and page.name != "README.md"]
_IN_README = ("govshift evidence", "govshift evidence --data my_figures.csv")
"""Minutes each; `test_readme` runs them, and looks at what they write."""
COMMANDS = [
    (page, command)
    for page, command in commands_of(LISTED)
    if command.partition(" --out")[0] not in _IN_README
]
LANGUAGES = {"", "sh", "bash", "python", "yaml", "csv", "sql", "bibtex", "{toctree}"}
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def code_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(str(ended.value.code or 0))


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


# What is generated.


@pytest.mark.parametrize("name", sorted(pages()))
def test_pages_of_the_figure_are_up_to_date(name: str) -> None:
    """`make pages` writes them again."""
    assert (DOCS / "figure" / name).read_text(encoding="utf-8") == pages()[name]


def test_the_figure_has_a_page_for_each_row_and_no_more() -> None:
    assert {path.name for path in (DOCS / "figure").iterdir()} == set(pages())
    assert set(WORDS) == set(FIGURE.row_ids)


def test_every_row_was_measured_both_ways_on_every_outcome() -> None:
    told = {*(outcome.name for outcome in OUTCOMES), *EQUITY}
    for row in FIGURE.row_ids:
        for to in ("gov1", "gov3"):
            assert {moved.outcome for moved in moved_by_row(row, to)} == told, (row, to)


def test_pages_of_rows_have_one_shape() -> None:
    """What it says, sets and moves, where to look, side effects, equity, doubt, a try."""
    shapes = {tuple(re.findall(r"^## (.*)$", pages()[f"{row}.md"], flags=re.MULTILINE))
              for row in FIGURE.row_ids}  # fmt: skip
    assert shapes == {(
        "What it says", "What it sets", "What it moves", "Which line to look at, and why",
        "Side effects", "Equity", "Evidence and doubt", "Try it",
    )}  # fmt: skip


@pytest.mark.skipif(find_spec("sphinx") is None, reason="the group docs is not installed")
def test_the_documents_build_without_a_warning(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-b", "html", "-W", "-q", str(DOCS), str(tmp_path / "o"),
         "-d", str(tmp_path / "d")],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "o" / "odd.html").stat().st_size > 100_000


# Links.


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub and MyST make it."""
    plain = re.sub(r"[`*]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors_of(page: Path) -> set[str]:
    is_protocol = page == DOCS / "odd.md"
    text = odd_text() if is_protocol else page.read_text(encoding="utf-8")
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", outside, flags=re.MULTILINE)}


def dead_links(page: Path, text: str) -> Iterator[str]:
    """Links of a page that lead nowhere; those to other sites are held to their form."""
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    for link in LINK.findall(outside):
        if "://" in link or link.startswith("mailto:"):
            parts = urlparse(link)
            if parts.scheme != "https" or "." not in parts.netloc:
                yield link
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if (target != DOCS / "odd.md" and not target.exists()) or (
            anchor and anchor not in anchors_of(target)
        ):
            yield link


@pytest.mark.parametrize("page", DOCUMENTS, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    assert [*dead_links(page, page.read_text(encoding="utf-8"))] == []


def test_dead_links_are_found() -> None:
    """The test above can fail."""
    page = DOCS / "index.md"
    text = (
        "[a](gone.md) [b](worlds.md#nothing) [c](http://x.org) [d](https://x) [e](#what) "
        "[f](model.md#alternative-rules) [g](https://mesa.readthedocs.io) [h](odd.md#6-input-data)"
    )
    assert [*dead_links(page, text)] == [
        "gone.md", "worlds.md#nothing", "http://x.org", "https://x", "#what",
    ]  # fmt: skip


# Blocks.


@pytest.mark.parametrize("page", DOCUMENTS, ids=named)
def test_blocks_are_of_known_kinds(page: Path) -> None:
    assert {block.language for block in blocks_of(page)} <= LANGUAGES


def shell_lines(block: Block) -> list[str]:
    lines = (line.split(" #")[0].strip() for line in block.text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("page", DOCUMENTS, ids=named)
def test_shell_blocks_have_commands_that_are_held_to_something(page: Path) -> None:
    """Commands of the tool, which are run; of make, whose targets exist; and setting up."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for block in blocks_of(page):
        for line in shell_lines(block) if block.language == "sh" else ():
            if line.startswith("make "):
                assert re.search(rf"^{line.split()[1]}:", makefile, flags=re.MULTILINE), line
            else:
                assert re.match(
                    r"govshift( |$)|pip install '?govshift\[|export GOVSHIFT_COMPILED="
                    r"|python3 -m venv \.venv$|\.venv/bin/python ", line,
                ), line  # fmt: skip


def prepare(folder: Path, monkeypatch: pytest.MonkeyPatch, *, with_plan: bool = True) -> None:
    """What readers of a page are taken to have: a plan, figures, the shipped scenarios."""
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    if with_plan:
        (folder / "my_plan.yaml").write_text(
            "extends: gov2.yaml\nparameters: {engagement.staff: 1.0}\n"
            "transition: {mode: scheduled, moves: [{month: 13, to: gov3, rows: [goal]}]}\n"
        )
    (folder / "my_experiment.yaml").write_text((ROOT / "scenarios/experiments/levers.yaml")
                                               .read_text(encoding="utf-8"))  # fmt: skip
    (folder / "regions.csv").write_text("name,population\nCoast,90000\nHills,40000\n")
    levers = {"training": "society.digital_training: 0.02", "staff": "engagement.staff: 1.0",
              "open_data": "open_data.spend: 1.0"}  # fmt: skip
    for name, lever in levers.items():
        text = f"name: {name}\nextends: gov2.yaml\nparameters: {{{lever}}}\n"
        (folder / f"{name}.yaml").write_text(text)
    (folder / "my_figures.csv").write_text(
        "country,year,indicator,value\nNOR,2009,egov_use_12m,66\nNOR,2018,egov_use_12m,84\n"
    )
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sim.cli.evidence.ask", lambda *asked: replace(ask(*asked), draws=2))
    few = assumed_names()[:3]
    monkeypatch.setattr("sim.questions.assumptions.ledger.assumed_names", lambda: few)


def run_small(command: str) -> None:
    arguments = smaller(command)
    if arguments[:2] == ["place", "new"]:
        Path(arguments[2]).unlink(missing_ok=True)
    if is_elsewhere(command):
        with govshift.make_context("govshift", list(arguments)) as context:
            name, found, rest = govshift.resolve_command(context, list(arguments))
            assert found is not None
            found.make_context(str(name), rest, parent=context)
        return
    if arguments[:1] == ["evidence"]:
        arguments += ["--citizens", "500", "--quiet"]
        arguments += [] if "--out" in arguments else ["--out", "r"]
        arguments += [] if "--data" in arguments or "--until" in arguments else ["--worlds", "2"]
    assert code_of(*arguments) == 0, command


def is_slow(page: Path, command: str) -> bool:
    """Whether a command is left to the slow tests; of rows of the figure all but one are."""
    of_a_row = page.parent.name == "figure" and page.stem != "role_of_cio"
    return is_long(command) or (of_a_row and not is_quick(command))


@pytest.mark.parametrize(
    ("page", "command"),
    [pytest.param(page, command, marks=[pytest.mark.slow] if is_slow(page, command) else [],
                  id=f"{page.stem}: {command}")
     for page, command in COMMANDS],
)  # fmt: skip
def test_commands_of_pages_run(
    page: Path, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As written, on small societies; what needs other machines or hours is parsed only."""
    prepare(tmp_path, monkeypatch)
    if "merge" in command:
        for task in ("1", "2"):
            run_small(f"govshift sweep my_experiment.yaml --shard {task}/2 --out shards/{task}")
    run_small(command.replace("$SLURM_ARRAY_TASK_ID", "1"))


def test_there_are_commands() -> None:
    assert len(COMMANDS) > 20
    assert len(WALKED) == 14


@pytest.mark.slow
@pytest.mark.parametrize("page", WALKED, ids=named)
def test_pages_can_be_walked_through(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every block in order, in one folder: files are written, commands and scripts are run."""
    prepare(tmp_path, monkeypatch, with_plan=False)
    for block in blocks_of(page):
        walk(block, tmp_path)


@pytest.mark.parametrize("page", WALKED, ids=named)
def test_pages_are_walked_through_as_far_as_is_quick(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are written, what runs no replicate runs, Python is compiled."""
    prepare(tmp_path, monkeypatch, with_plan=False)
    for block in blocks_of(page):
        walk(block, tmp_path, quick=True)


def walk(block: Block, folder: Path, *, quick: bool = False) -> None:
    if block.file:
        (folder / block.file).write_text(block.text, encoding="utf-8")
    if block.language == "bash" and not quick:
        run_array(block.text)
    elif block.language == "sh":
        for command in block.commands:
            if is_quick(command) or not quick:
                run_small(command)
    elif block.language == "python" and not block.file and not quick:
        run_python(smaller_python(block.text), folder)
    elif block.language == "python":
        compile(block.text, block.page.name, "exec")


def run_array(script: str) -> None:
    """Each task of a job array, as its scheduler would, of ten as two."""
    (line,) = [line for line in script.splitlines() if line.startswith("govshift ")]
    for task in ("1", "2"):
        run_small(line.replace("$SLURM_ARRAY_TASK_ID", task).replace(f"{task}/10", f"{task}/2"))


def smaller_python(code: str) -> str:
    small = re.sub(r"(worlds|replicates)=\d+", r"\1=2, jobs=1", code)
    return small.replace('"citizens": 2000}', '"citizens": 300}, years=2')


def run_python(code: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=folder, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


IN_PYTHON = {
    "analysis.md": {
        '"levers", jobs=8': "small('levers', 'design.trajectories=2'), jobs=1",
        '"outputs/deep_uncertainty/HASH"': "small('deep_uncertainty', 'design.points=24')",
        '"deep_uncertainty"': "small('deep_uncertainty', 'design.points=4')",
        'Scenario.load("gov3")': ("Scenario.load('gov3').but(years=1, society={'citizens': 200})"),
    },
    "lessons.md": {},
    "roadmap.md": {"citizens=200))": "citizens=200, orders=1), jobs=1)"},
    "stories.md": {
        '"gov2", "gov3"': (
            "*[Scenario.load(name, sets=['years=2', 'society.citizens=400'])"
            " for name in ('gov2', 'gov3')]"
        ),
    },
    "sweeps.md": {
        '"my_experiment.yaml", jobs=8': (
            "small('levers', 'design.trajectories=2'), jobs=1, out='swept'"
        ),
        '"outputs/Levers_of_Gov3_0/1f3a9c27d04e"': "'swept'",
    },
}
"""What is put in for long work and for folders that readers have, by page."""
SMALL = (
    "from sim import Experiment, Scenario\n"
    "def small(name, *more):\n"
    "    return Experiment.load(name, sets=['base.years=1', 'base.society.citizens=200',"
    " 'replicates=2', *more])\n"
)
OTHER_PACKAGES = ("dask_jobqueue", "dask_kubernetes")
"""Of other projects, which need a cluster: code that uses them is compiled and not run."""


@pytest.mark.slow
@pytest.mark.parametrize("page", [DOCS / name for name in IN_PYTHON], ids=named)
def test_python_of_pages_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Block after block, with small sizes and folders of this test put in."""
    prepare(tmp_path, monkeypatch)
    for block in blocks_of(page):
        if block.language == "python":
            code = block.text
            for written, small in IN_PYTHON[page.name].items():
                code = code.replace(written, small)
            compile(block.text, page.name, "exec")
            if not any(package in code for package in OTHER_PACKAGES):
                run_python(SMALL + code, tmp_path)


def test_python_of_every_page_is_run_by_some_test() -> None:
    """Here, in `test_extending.py` or in `test_readme.py`."""
    with_python = {
        page.name for page in DOCUMENTS for block in blocks_of(page) if block.language == "python"
    }
    here = {*IN_PYTHON, *(page.name for page in WALKED)}
    assert with_python - here == {"README.md", "extending.md"}


# Words.


def rows_of(page: Path, head: str) -> list[list[str]]:
    text = page.read_text(encoding="utf-8")
    table = text[text.index(f"| {head} |") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def test_the_glossary_is_in_english_and_korean() -> None:
    rows = rows_of(DOCS / "glossary.md", "English")
    assert len(rows) > 30
    assert len({row[0] for row in rows}) == len(rows)
    for english, korean, romanised, meaning in rows:
        assert re.search("[\uac00-\ud7a3]", korean), english
        assert re.fullmatch(r"[a-z ,()-]+", romanised), english
        assert meaning, english


def test_limits_say_what_the_evidence_page_says() -> None:
    evidence = (DOCS / "evidence.md").read_text(encoding="utf-8").partition("## Where not to")[2]
    limits = " ".join((DOCS / "limits.md").read_text(encoding="utf-8").split())
    bullets = re.findall(r"^- (.*?)(?=^- |\Z)", evidence, flags=re.DOTALL | re.MULTILINE)
    assert len(bullets) == 4
    for bullet in bullets:
        said = " ".join(bullet.split()).removeprefix("For what is missed above: ")
        assert said in limits, said

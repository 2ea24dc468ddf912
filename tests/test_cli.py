"""Every command's screen and exit code; stored screens are in `tests/screens`.

After a wanted change: `GOVSHIFT_WRITE_SCREENS=1 make test`, and read the difference in git.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from sim import __version__, paradigms
from sim.cli import main
from sim.engine.card import missing_card
from sim.model import GovernanceModel
from sim.runs.folder import read_manifest
from sim.scenario import source

SCREENS = Path(__file__).parent / "screens"
SMALL = ("--citizens", "200", "--years", "2", "--replicates", "2", "--jobs", "1", "--luck-only")


class Screen:
    """What a command wrote, and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    def text(self, *private: Path) -> str:
        """All of it, with what differs between machines and moments replaced."""
        text = f"{self.out}--- stderr\n{self.err}--- exit {self.code}\n"
        for path in private:
            text = text.replace(str(path), "DIR")
        return re.sub(r"in \d+ s;", "in N s;", text)


Command = Callable[..., Screen]


@pytest.fixture
def govshift(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process."""

    def run(*arguments: str) -> Screen:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        written = capsys.readouterr()
        return Screen(int(str(ended.value.code)), written.out, written.err)

    return run


def check_screen(name: str, text: str) -> None:
    path = SCREENS / f"{name}.txt"
    if os.environ.get("GOVSHIFT_WRITE_SCREENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command", ["", "run", "compare", "check", "new", "explain", "report", "attribute", "lab"]
)
def test_help(govshift: Command, command: str) -> None:
    screen = govshift(*([command] if command else []), "--help")
    assert screen.code == 0
    check_screen(f"help_{command}".rstrip("_"), screen.text())


def test_version(govshift: Command) -> None:
    assert govshift("--version").text() == f"govshift {__version__}\n--- stderr\n--- exit 0\n"


def test_compare(govshift: Command, tmp_path: Path) -> None:
    screen = govshift("compare", "gov1", "gov2", "gov3", "--out", str(tmp_path / "r"), *SMALL)
    check_screen("compare", screen.text(tmp_path))
    again = govshift("compare", "gov1", "gov2", "gov3", "--out", str(tmp_path / "r"), *SMALL)
    assert again.code == 0
    assert "Nothing was missing" in again.out
    assert again.out.splitlines()[:8] == screen.out.splitlines()[:8]


def test_compare_over_worlds(govshift: Command, tmp_path: Path) -> None:
    """What the default says, of three worlds; asking again runs nothing."""
    asked = [word for word in SMALL if word != "--luck-only"]
    command = ("compare", "gov1", "gov2", "gov3", "--worlds", "3", *asked)
    screen = govshift(*command, "--out", str(tmp_path / "r"))
    check_screen("compare_worlds", screen.text(tmp_path))
    again = govshift(*command, "--out", str(tmp_path / "r"))
    assert "Nothing was missing" in again.text(tmp_path)


def test_baseline_comes_first(govshift: Command, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    screen = govshift("compare", "gov1", "gov3", "--baseline", "gov3", "--out", str(folder), *SMALL)
    assert screen.code == 0
    assert "Efficiency (points) against gov3: gov1" in screen.out
    assert read_manifest(folder)["baseline"] == "gov3"


def test_run(govshift: Command, tmp_path: Path) -> None:
    screen = govshift("run", "synthetic_small", "--out", str(tmp_path / "r"), *SMALL)
    check_screen("run", screen.text(tmp_path))
    assert not (tmp_path / "r" / "differences.csv").exists()


def test_results_go_to_outputs(
    govshift: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert govshift("run", "synthetic_small", *SMALL).code == 0
    assert govshift("run", "synthetic_small", "--seed", "2", *SMALL).code == 0
    assert len(list((tmp_path / "outputs" / "synthetic_small").iterdir())) == 2


def test_check(govshift: Command) -> None:
    screen = govshift("check", "gov1", "scenarios/leapfrog.yaml")
    assert screen.text() == "gov1: ok\nscenarios/leapfrog.yaml: ok\n--- stderr\n--- exit 0\n"


@pytest.mark.parametrize(
    "name",
    ["trust.negativity", "trust", "role_of_citizen", "P9", "Gov3.0", "fiscal", "leapfrog"],
)
def test_explain(govshift: Command, name: str) -> None:
    check_screen(f"explain_{name}", govshift("explain", name).text())


def test_new(govshift: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert govshift("new", "my_plan", "--from", "gov3").text() == (
        "my_plan.yaml is written. Edit it, then: govshift compare gov3 my_plan.yaml\n"
        "--- stderr\n--- exit 0\n"
    )
    text = Path("my_plan.yaml").read_text().split("\n", 1)[1]  # the schema's place differs
    check_screen("new_my_plan", text)


def test_report(govshift: Command, tmp_path: Path) -> None:
    folder = str(tmp_path / "r")
    first = govshift("compare", "gov1", "gov3", "--out", folder, *SMALL)
    again = govshift("report", folder)
    assert again.code == 0
    shown = len(first.out.splitlines()) - 2
    assert again.out.splitlines()[:shown] == first.out.splitlines()[:shown]
    assert again.out.endswith(f"All files are as manifest.json says; results are in {folder}\n")


WRONG = {
    "no_such_command": ("comapre", "gov1", "gov2"),
    "no_such_option": ("compare", "gov1", "gov2", "--replicats", "3"),
    "no_such_scenario": ("run", "gov4"),
    "no_files": ("compare",),
    "only_one": ("compare", "gov1"),
    "no_such_baseline": ("compare", "gov1", "gov2", "--baseline", "gov22"),
    "no_such_key": ("run", "gov1", "--set", "society.citizen=100"),
    "no_such_parameter": ("run", "gov1", "--set", "parameters.trust.negativty=2"),
    "set_without_value": ("run", "gov1", "--set", "trust.negativity"),
    "negative_population": ("run", "gov1", "--citizens", "-5"),
    "no_such_place": ("run", "gov1", "--set", "society.place=corea"),
    "no_replicates": ("run", "gov1", "--replicates", "0"),
    "no_such_engine": ("run", "gov1", "--engine", "gpu"),
    "explain_nothing": ("explain", "trust.negativty"),
    "new_from_nothing": ("new", "plan", "--from", "gov33"),
    "report_nowhere": ("report", "no/such/folder"),
    "attribute_unlike": ("attribute", "gov1", "low_trust"),
    "unlike_societies": ("compare", "gov1", "synthetic_small", "--years", "2"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_one_line(govshift: Command, name: str, tmp_path: Path) -> None:
    takes_out = WRONG[name][0] in ("run", "compare") and name != "no_files"
    out = ("--out", str(tmp_path / "r")) if takes_out else ()
    screen = govshift(*WRONG[name], *out)
    assert screen.code == 2
    assert screen.out == ""
    assert len(screen.err.splitlines()) == 1
    assert not (tmp_path / "r").exists()
    check_screen(f"wrong_{name}", screen.text(tmp_path))


@pytest.mark.skipif(not missing_card(), reason="there is a card")
@pytest.mark.parametrize("command", [("run", "gov1"), ("compare", "gov1", "gov3")])
def test_without_a_card_its_engine_is_refused_in_one_line(
    govshift: Command, command: tuple[str, ...], tmp_path: Path
) -> None:
    screen = govshift(*command, "--engine", "cuda", "--out", str(tmp_path / "r"))
    assert (screen.code, screen.out) == (2, "")
    assert screen.err == (f"engine cuda: {missing_card()}; compiled, agents need no card\n")
    assert not (tmp_path / "r").exists()


BROKEN = """\
question: What is wrong here?
society:
  citizens: -20
  place: atlantis
governance:
  goal: gov4
  rol_of_cio: gov1
parameters:
  trust.negativity: 9
colour: blue
"""


def test_mistakes_of_a_file_are_told_at_their_lines(
    govshift: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text(BROKEN)
    screen = govshift("check", "broken.yaml")
    check_screen("broken", screen.text())


def test_a_failed_replicate_ends_with_one(
    govshift: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(self: GovernanceModel) -> None:
        raise ArithmeticError("a planted fault")

    monkeypatch.setattr(GovernanceModel, "sense", stumble)
    screen = govshift("run", "gov1", "--out", str(tmp_path / "r"), *SMALL)
    check_screen("failed", screen.text(tmp_path))
    assert (tmp_path / "r" / "failures.csv").read_text().count("planted") == 2
    monkeypatch.undo()
    assert govshift("run", "gov1", "--out", str(tmp_path / "r"), *SMALL).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_stopping_keeps_what_is_finished(sent: signal.Signals, jobs: str, tmp_path: Path) -> None:
    """Stops at once; the same command then adds what is missing."""
    folder = tmp_path / "r"
    command = [
        sys.executable, "run_sim.py", "run", "gov2", "--citizens", "20000", "--years", "10",
        "--replicates", "200", "--luck-only", "--jobs", jobs, "--out", str(folder),
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while len(list((folder / "parts").glob("*"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "finished replicates are kept" in err
    assert len(err.splitlines()) == 1
    assert not read_manifest(folder)["complete"]


HEAVY = (
    "numba",
    "llvmlite",
    "scipy",
    "pandas",
    "pyarrow",
    "mesa",
    "matplotlib",
    "networkx",
    "tqdm",
)
LIGHT = (
    ["--help"], ["--version"], ["compare", "--help"], ["check", "gov1"],
    ["check", "deep_uncertainty"], ["explain", "trust.negativity"], ["explain", "gov2"],
)  # fmt: skip


@pytest.mark.parametrize("given", LIGHT, ids=" ".join)
def test_light_commands_load_nothing_that_only_running_needs(given: list[str]) -> None:
    """Screens of help need even less: neither arrays nor files are read for them."""
    screens = ("numpy", "pydantic", "yaml", "sim.scenario") if given[-1].startswith("--") else ()
    code = (
        f"import sys\nfrom sim.cli import main\ntry: main({given})\n"
        "except SystemExit as done: print('code', done.code)\n"
        f"print([m for m in {(*HEAVY, *screens)} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("code 0\n[]\n")


def test_shipped_files_are_read_by_the_fast_parser() -> None:
    """The one in C, where PyYAML has it: the other takes a tenth of a second for the figure."""
    assert paradigms._Loader is source._Loader is getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
@pytest.mark.parametrize("begun", [False, True])
def test_every_stop_says_where_what_was_found_is(
    quiet: list[str],
    begun: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Also one that comes while what an earlier start kept is read."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "r"
    if begun:
        folder.mkdir()
    for room in ("work", "equal_cost"):
        monkeypatch.setattr(f"sim.cli.{room}.compile_model", lambda options: None)
    for place in ("work.publish", "equal_cost.equalise"):
        monkeypatch.setattr(f"sim.cli.{place}", stopped)
    training = "society.digital_training"
    for more in ([], ["--equal-cost", training, "--set", f"{training}=0.2"]):
        with pytest.raises(SystemExit) as ended:
            main(
                [
                    "compare",
                    "gov1",
                    "gov2",
                    "--citizens",
                    "200",
                    "--out",
                    str(folder),
                    *quiet,
                    *more,
                ]
            )
        assert ended.value.code == 130
        said = capsys.readouterr().err.splitlines()[-1]
        kept = f" What was found is kept in {folder}; the same command goes on from there."
        assert said == ("Stopped." + (kept if begun else ""))

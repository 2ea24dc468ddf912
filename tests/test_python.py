"""From Python: scripts without a guard, failures that are told, results that show themselves."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.arguments import one_of, whole
from sim.bar import can_be_seen, shown_progress
from sim.drawing.fonts import LATIN
from sim.errors import GovShiftError, UserMistake, WrongArgument
from sim.experiments.experiment import Experiment
from sim.experiments.measure import Measured
from sim.experiments.sweep import sweep
from sim.outcomes import COMPONENTS, OUTCOMES
from sim.questions.analysis import Analysis
from sim.questions.comparison.compare import Comparison, compare
from sim.questions.comparison.run import run
from sim.questions.comparison.study import Runs
from sim.questions.story import Story
from sim.questions.transitions.analysis import transitions
from sim.runs import replicate as replicates
from sim.runs.failing import refuse_all_failed
from sim.runs.workers import needs_script
from sim.scenario import Scenario
from sim.shown import Sentences, Shown, lines_as_html
from tests.studies import small, small_runs

ROOT = Path(__file__).resolve().parents[1]
TINY = {
    "name": "tiny", "policies": ["gov1"], "levers": {"society.digital_training": None},
    "base": {"years": 1, "society": {"citizens": 200, "place": "synthetic"}},
    "outcomes": ["trust"], "design": {"kind": "lhs", "points": 2}, "replicates": 1,
}  # fmt: skip


def script(path: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A file run by Python, from the folder that it lies in."""
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return subprocess.run(
        [sys.executable, path.name, *arguments], check=False, cwd=path.parent, text=True,
        capture_output=True, timeout=1200,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"},
    )  # fmt: skip


def test_a_worker_does_not_run_the_script_again(tmp_path: Path) -> None:
    done = script(tmp_path / "mine.py", """
        import os
        from sim.runs.workers import WorkerProcess
        print("script", __name__)
        workers = [WorkerProcess() for _ in range(2)]
        pids = {worker.do(eval, "__import__('os').getpid()") for worker in workers}
        print(os.getpid() not in pids, __file__.endswith("mine.py"), __spec__)
    """)  # fmt: skip
    assert done.stdout.splitlines() == ["script __main__", "True True None"], done.stderr
    assert not done.stderr


def test_what_the_script_defines_can_be_sent_to_workers(tmp_path: Path) -> None:
    done = script(tmp_path / "mine.py", """
        from sim.runs.workers import WorkerProcess, needs_script
        class Mine:
            pass
        def named(thing):
            return type(thing).__name__
        if __name__ == "__main__":
            worker = WorkerProcess(script=needs_script(Mine()))
            print(worker.do(named, Mine()))
    """)  # fmt: skip
    assert done.stdout.strip() == "Mine", done.stderr


def test_a_script_that_is_run_again_is_told_of_the_guard(tmp_path: Path) -> None:
    """By a tool of its own that starts Python's usual processes: neither a hang nor silence."""
    done = script(tmp_path / "mine.py", """
        import multiprocessing
        from sim.runs.workers import refuse_in_import
        refuse_in_import()
        multiprocessing.get_context("spawn").Process(target=print).start()
    """)  # fmt: skip
    assert "put what the script does under `if __name__ == '__main__':`" in done.stderr


def test_only_what_is_defined_in_the_script_needs_it() -> None:
    assert not needs_script(small(), Experiment.model_validate(TINY).plan())


@pytest.mark.slow
@pytest.mark.parametrize("guard", ["", "if __name__ == '__main__':\n    "])
def test_everything_runs_from_a_script(tmp_path: Path, guard: str) -> None:
    body = f"""
    from sim import Experiment, Scenario, compare, run, sweep
    gov2 = Scenario.load("gov2").but(years=1, society={{"citizens": 200}})
    open_data = gov2.but(name="open-data", governance={{"goal": "gov3"}})
    def work():
        print(run(gov2, replicates=2, luck_only=True, jobs=2))
        print(len(compare(gov2, open_data, replicates=2, luck_only=True, jobs=2).findings))
        print(sweep(Experiment.model_validate({TINY}), jobs=2, out="swept"))
    """
    done = script(tmp_path / "mine.py", textwrap.dedent(body) + f"\n{guard}work()\n")
    assert done.stdout.splitlines() == [
        "Runs(gov2: 2 replicates)", "8", "Sweep(tiny: 2 runs)"
    ], done.stderr  # fmt: skip
    assert not done.stderr


MAKE = Scenario.model


def _fail(scenario: Scenario, seed: int | None = None, **how: Any) -> Any:
    raise RuntimeError("no luck")


def test_all_failed_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Scenario, "model", _fail)
    words = "failed, the first at setup: RuntimeError: no luck"
    none = "no replicate was finished"
    gov2 = small(years=1)
    with pytest.raises(GovShiftError, match=f"gov2: {none}: 2 {words}"):
        run(gov2, replicates=2, luck_only=True, jobs=1)
    with pytest.raises(GovShiftError, match=f"gov2, gov3: {none}: 4 {words}") as found:
        compare(gov2, small("gov3", years=1), replicates=2, luck_only=True, jobs=1)
    assert found.value.exit_code == 1
    with pytest.raises(GovShiftError, match=words):
        transitions(small("endogenous", years=1), replicates=1, luck_only=True, jobs=1)
    for _ in range(2):
        with pytest.raises(GovShiftError, match=f"tiny: no run .*: 2 {words}; all are in .*swept"):
            sweep(Experiment.model_validate(TINY), jobs=1, out=tmp_path / "swept")


def test_a_comparison_without_a_pair_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Scenario, "model",
        lambda self, **how: (_fail if self.name == "gov3" else MAKE)(self, **how),
    )  # fmt: skip
    with pytest.raises(GovShiftError, match="no pair of replicates was finished: 1 failed"):
        compare(small(years=1), small("gov3", years=1), replicates=1, luck_only=True, jobs=1)


def test_some_failed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = replicates.replicate_seed(1, 1)
    monkeypatch.setattr(
        Scenario, "model",
        lambda self, seed, **how: (_fail if seed == lost else MAKE)(self, seed, **how),
    )  # fmt: skip
    runs = run(small(years=1), replicates=2, luck_only=True, jobs=1)
    assert repr(runs) == "Runs(gov2: 1 replicates, 1 failed)"
    assert list(runs.failures["message"]) == ["RuntimeError: no luck"]
    found = compare(small(years=1), small("gov3", years=1), replicates=2, luck_only=True, jobs=1)
    assert found.sentences[-1] == (
        "2 of 4 replicates failed and are left out, the first (gov2, replicate 1) at setup: "
        "RuntimeError: no luck"
    )


def test_failures_beside_results_are_no_error() -> None:
    failures = pd.DataFrame([("run", "x")], columns=["stage", "message"])
    refuse_all_failed(failures, "mine", finished=1)
    refuse_all_failed(failures.iloc[:0], "mine", finished=0)
    with pytest.raises(GovShiftError, match="mine was finished: 1 failed"):
        refuse_all_failed(failures, "mine", finished=0)
    assert Measured(1, (0, "gov1", 0), ()).status == "ok"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"engine": "agent"}, "engine: one of compiled, agents, cuda, not 'agent'"),
        ({"replicates": 0}, "replicates: a whole number from 1"),
        ({"replicates": 2.5}, "replicates: a whole number"),
        ({"replicates": True}, "replicates: a whole number"),
        ({"seed": 1.5}, "seed: a whole number"),
        ({"seed": -1}, "seed: a whole number"),
        ({"jobs": 0}, "jobs: a whole number from 1"),
        ({"jobs": -2}, "jobs: a whole number from 1"),
        ({"jobs": 1.5}, "jobs: a whole number from 1"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_runs(
    options: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(WrongArgument, match=words):
        run(small(years=1), **options)
    with pytest.raises(WrongArgument, match=words):
        compare(small(years=1), small("gov3", years=1), **options)
    if "jobs" in options:
        with pytest.raises(WrongArgument, match=words):
            sweep(Experiment.model_validate(TINY), out=tmp_path / "swept", **options)


def test_arguments() -> None:
    assert whole("n", np.int32(3), 0, 3) == whole("n", 3.0, 0, 3) == 3
    assert one_of("word", "a", ["a", "b"]) == "a"
    for value in ("3", None, [3], float("nan"), float("inf"), 4, -1):
        with pytest.raises(WrongArgument):
            whole("n", value, 0, 3)
    assert issubclass(WrongArgument, ValueError)
    assert issubclass(WrongArgument, UserMistake)


def test_compare_needs_two() -> None:
    with pytest.raises(UserMistake, match="at least two scenarios"):
        compare(small())


# How results show themselves.


def test_there_is_one_way_to_plot() -> None:
    for kind in (Analysis, Comparison, Runs, Story):
        assert issubclass(kind, Shown)
        assert "plot" not in vars(kind)


@pytest.mark.parametrize("kind", [Comparison, lambda runs: runs])
def test_a_plot_is_in_our_style(kind: Any, tmp_path: Path) -> None:
    """Whatever the user's settings are, and with the fonts that names may need."""
    with mpl.rc_context({"font.family": "serif", "axes.spines.top": True}):
        figure = kind(small_runs()).plot()
        assert isinstance(figure, Figure)
        texts = [text for axes in figure.axes for text in axes.texts]
        assert texts
        assert all(text.get_fontfamily()[0] == LATIN for text in texts)
        assert not any(axes.spines["top"].get_visible() for axes in figure.axes[1:])
        assert figure._repr_png_().startswith(b"\x89PNG")
    written = kind(small_runs()).plot(tmp_path / "figures" / "mine.png")
    assert [path.name for path in written] == ["mine.png", "mine.svg"]
    assert all(path.is_file() for path in written)


def test_sentences_are_a_property_and_can_still_be_called() -> None:
    found = Comparison(small_runs())
    assert isinstance(found.sentences, Sentences)
    assert found.sentences == found.sentences()
    assert repr(found) == "\n".join(found.sentences)


def test_what_notebooks_show_is_no_html_of_names() -> None:
    assert lines_as_html(["<script>", "b"]) == "<div><p>&lt;script&gt;</p><p>b</p></div>"
    assert "<table" in small_runs()._repr_html_()
    assert "Efficiency (points) against gov1" in Comparison(small_runs())._repr_html_()


def test_every_outcome_has_a_unit() -> None:
    units = small_runs().units.set_index("column")
    assert list(units.index) == [outcome.name for outcome in (*OUTCOMES, *COMPONENTS)]
    assert units.loc["trust", "unit"] == "points"
    known = {"scenario", "replicate", "month", *units.index}
    others = [name for name in small_runs().timeseries.columns if name not in known]
    assert all(name.startswith("profile_") for name in others)


def test_a_bar_shows_only_where_it_can_be_seen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[object] = []
    with shown_progress(told.append, "runs") as (advance, begin):
        begin(2)
        assert advance is not None
        advance("one")
    assert told == ["one"]
    for asked in (None, True, False):
        with shown_progress(asked, "runs") as (advance, _):
            assert advance is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert can_be_seen()
    assert not capsys.readouterr().err
    with shown_progress(None, "runs") as (advance, begin):
        begin(2, 1)
        assert advance is not None
        advance("two")
    assert "1/2" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stderr", None)
    assert not can_be_seen()


# One package under two names.


def test_the_other_name_is_the_same_package(tmp_path: Path) -> None:
    """Also beside a file `sim.py`, in workers too, and whichever name came first."""
    (tmp_path / "sim.py").write_text("raise RuntimeError('not this one')", encoding="utf-8")
    done = script(tmp_path / "mine.py", """
        import govshift, sys
        import govshift.runs.workers as workers
        from govshift.errors import UserMistake
        import sim, sim.errors
        print(govshift is sim, sys.modules["sim.runs.workers"] is workers)
        print(sim.errors.UserMistake is UserMistake, sim.errors.__spec__.name, workers.__name__)
        from govshift.runs.failing import refuse_all_failed
        print(workers.WorkerProcess().do(workers.needs_script, 1))
        try:
            import govshift.nothing
        except ModuleNotFoundError as error:
            print(error)
    """)  # fmt: skip
    assert done.stdout.splitlines() == [
        "True True", "True sim.errors sim.runs.workers", "False",
        "No module named 'sim.nothing'",
    ], done.stderr  # fmt: skip


def test_the_other_name_after_a_sim_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "sim.py").write_text("", encoding="utf-8")
    done = script(tmp_path / "mine.py", "import sim\nimport govshift\n")
    assert "ImportError: govshift: another module named sim is loaded" in done.stderr
    done = script(tmp_path / "mine.py", "import govshift\nprint(govshift.__all__)")
    assert "compare" in done.stdout, done.stderr


@pytest.mark.parametrize("name", ["sim", "govshift"])
def test_the_package_is_a_command(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", name, "--version"],
        check=False,
        cwd=ROOT,
        text=True,
        capture_output=True,
    )
    assert done.stdout.startswith("govshift"), done.stderr
    assert not done.stderr


def test_the_wheel_has_both_names() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {"sim", "govshift"} <= set(wheel["only-include"])
    assert project["project"]["scripts"]["govshift"] == "govshift.cli:main"


def test_threads_of_a_model_are_looked_at() -> None:
    model = small(years=1).model(seed=1)
    model.threads = 2
    assert model.threads == 2
    for wrong in (0, 1.5, "two", 5000):
        with pytest.raises(WrongArgument, match="threads: a whole number from 1 to 1024"):
            model.threads = wrong

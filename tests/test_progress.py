"""The bar moves by months, from all processes, and only where it can be seen."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cli import progress as bars
from sim.cli.main import main
from sim.cli.progress import Progress
from sim.questions.comparison.publish import publish
from sim.questions.comparison.study import plan_study
from sim.runs import watch
from sim.runs.executors import Processes
from sim.runs.heard import Going, Warned, heard_by, tell
from sim.runs.replicate import Failed, Finished, Job
from sim.runs.runner import Where
from tests.studies import small


class Terminal(io.StringIO):
    """A screen that people look at."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that the bar sees."""
    now = [100.0]
    monkeypatch.setattr(bars.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def screen() -> Terminal:
    """What a bar is shown on."""
    return Terminal()


@contextmanager
def shown(terminal: io.StringIO, *, quiet: bool = False) -> Iterator[Progress]:
    """A progress bar with some screen in place of standard error."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", terminal)
        patch.setenv("COLUMNS", "100")
        with Progress(quiet=quiet) as progress:
            yield progress


def _going(month: int, *, replicate: int = 0, resumed: bool = False) -> Going:
    return Going(str(replicate), f"a, replicate {replicate}", month, 240 if month else 0, resumed)


def _failed(replicate: int) -> Failed:
    return Failed(Job(small(), "a", replicate, 1), "run", "planted")


def _last(screen: Terminal) -> str:
    """What the bar shows, without the bar itself."""
    return re.sub(r"\|.*\|", "|", screen.getvalue().split("\r")[-1])


def test_one_long_replicate_shows_its_month_and_the_time_left(
    clock: list[float], screen: Terminal
) -> None:
    with shown(screen) as progress:
        progress.begin(1)
        assert _last(screen).startswith("Founding:   0%")
        clock[0] += 20
        progress.hear(_going(0))
        clock[0] += 10
        progress.hear(_going(24))
        assert _last(screen).startswith("Running, month 24 of 240:  10%")
        assert _last(screen).rstrip().endswith("<?]")
        clock[0] += 10
        progress.hear(_going(48))
        assert _last(screen).startswith("Running, month 48 of 240:  20%")
        assert _last(screen).rstrip().endswith("<01:20]")
    assert screen.getvalue().endswith("\r")


def test_months_of_an_earlier_command_do_not_make_this_one_faster(
    clock: list[float], screen: Terminal
) -> None:
    with shown(screen) as progress:
        progress.begin(1)
        progress.hear(_going(120, resumed=True))
        assert "a, replicate 0: goes on from month 120 of 240\n" in screen.getvalue()
        clock[0] += 10
        progress.hear(_going(144))
        assert _last(screen).startswith("Running, month 144 of 240:  60%")
        assert _last(screen).rstrip().endswith("<00:40]")


def test_replicates_of_all_processes_count(clock: list[float], screen: Terminal) -> None:
    with shown(screen) as progress:
        progress.begin(4)
        progress.hear(_going(120, replicate=0))
        clock[0] += 1
        progress.hear(_going(60, replicate=1))
        assert _last(screen).startswith("Running, 0 of 4 replicates done:  19%")
        clock[0] += 1
        progress.advance(_failed(0))
        assert _last(screen).startswith("Running, 1 of 4 replicates done:  31%")


@given(
    words=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 240), st.booleans()), max_size=30)
)
def test_whatever_is_said_the_bar_stays_whole(words: list[tuple[int, int, bool]]) -> None:
    """Also of workers that died and begin again."""
    with pytest.MonkeyPatch.context() as patch:
        terminal, now = Terminal(), [0.0]
        patch.setattr(bars.time, "monotonic", lambda: now[0])
        with shown(terminal) as progress:
            progress.begin(4)
            for replicate, month, resumed in words:
                now[0] += 1
                progress.hear(_going(month, replicate=replicate, resumed=resumed))
                assert progress._bar is not None
                assert 0 <= progress._bar.n <= 4
            for replicate in range(4):
                now[0] += 1
                progress.advance(_failed(replicate))
            assert progress._bar is not None
            assert progress._bar.n == 4
        assert "-" not in re.sub(r"\|.*?\|", "", terminal.getvalue())


@pytest.mark.parametrize("quiet", [True, False])
def test_nothing_is_shown_where_nobody_looks(quiet: bool) -> None:
    screen = Terminal() if quiet else io.StringIO()
    with shown(screen, quiet=quiet) as progress:
        progress.begin(1)
        progress.hear(_going(24))
        progress.hear(_going(36, resumed=True))
        progress.advance(_failed(0))
    resumed = "a, replicate 0: goes on from month 36 of 240\n"
    assert screen.getvalue() == ("" if quiet else resumed)


def test_no_bar_where_nothing_is_missing(screen: Terminal) -> None:
    with shown(screen) as progress:
        progress.begin(0)
    assert screen.getvalue() == ""


@pytest.mark.parametrize("jobs", [1, 2])
def test_workers_are_heard(jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By way of the pipe from other processes; there a second passes before the next word."""
    monkeypatch.setattr(watch, "_TELL_SECONDS", 0.0)
    study = plan_study([small(years=3)], replicates=2)
    said: list[Going] = []
    runs = publish(study, tmp_path / "out", command="test", where=Where(jobs, hear=said.append))
    assert runs.replicates == 2
    assert {(word.month, word.months) for word in said} >= {(0, 0)}
    assert {word.name for word in said} <= {"gov2, replicate 0", "gov2, replicate 1"}
    if jobs == 1:
        assert [word.month for word in said] == [0, 12, 24, 0, 12, 24]


def test_a_second_passes_between_two_words(tmp_path: Path) -> None:
    watch.Watch._told = -1.0
    said: list[object] = []
    with heard_by(said.append):
        for replicate in range(20):
            looked = watch.Watch(tmp_path / "k", "key", 0.0)
            looked.resume(Job(small(), "a", replicate, 1))
    assert len(said) == 1


def test_a_listener_that_has_left_is_no_mistake() -> None:
    def left(_: object) -> None:
        raise BrokenPipeError

    with heard_by(left):
        tell(Warned("lost"))
    tell(Warned("nobody listens"))


def _speak(words: list[str]) -> str:
    for word in words:
        tell(Warned(word))
    return "done"


def test_what_a_worker_says_comes_before_its_answer() -> None:
    from sim.runs.workers import WorkerProcess

    worker = WorkerProcess()
    try:
        worker.give(_speak, ["one", "two"])
        assert [worker.answer() for _ in range(3)] == [Warned("one"), Warned("two"), "done"]
    finally:
        worker.kill()
    assert Processes(2).workers == 2


@pytest.mark.parametrize("wrong", ["-1", "nan", "often", "", "10001"])
@pytest.mark.parametrize("command", ["run", "compare", "transitions"])
def test_a_wrong_number_of_minutes_is_one_line(
    command: str, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "gov1", "endogenous", "--checkpoint", wrong])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert "--checkpoint" in said


def test_a_finished_replicate_is_none_that_goes_on(clock: list[float], screen: Terminal) -> None:
    with shown(screen) as progress:
        progress.begin(1)
        progress.hear(_going(228))
        clock[0] += 1
        progress.advance(Finished(Job(small(), "a", 0, 1), *[None] * 3, 1.0))  # type: ignore[arg-type]
        assert progress.new == 1
        assert _last(screen).startswith("Running, 1 of 1 replicates done: 100%")

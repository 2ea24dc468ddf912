"""A long replicate that was killed goes on from its checkpoint, with the same bytes to the end."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import time
import types
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import WrongArgument
from sim.model import GovernanceModel
from sim.questions.comparison.run import run
from sim.runs import watch
from sim.runs.checkpoint import Checkpoint, NotRead, NotWritten
from sim.runs.frozen import Unkeepable, freeze, thaw
from sim.runs.heard import Going, Said, Warned, heard_by
from sim.runs.replicate import Finished, Job, run_replicate
from sim.runs.watch import Watch
from sim.scenario import Scenario
from tests.fault_cases import complaints
from tests.studies import small

ROOT = Path(__file__).resolve().parents[1]
Society = Callable[..., GovernanceModel]
Arrays = dict[str, np.ndarray]


class Patient(GovernanceModel):
    """Keeps a view, a copy and a count of its own, and changes what is shared through the view."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.few = self.state.citizens.trust_local[10:200:3]
        self.told: dict[str, list[Any]] = {"means": [], "kinds": [np.zeros(0), np.float32(0.5)]}

    def observe(self) -> None:
        """A month's end: trust of a few goes up a little, which others see."""
        super().observe()
        self.few += (self.few.dtype.type(1) - self.few) / self.few.dtype.type(64)
        self.told["means"].append(self.few.mean())


def arrays_of(thing: object, path: str = "", seen: dict[int, object] | None = None) -> Arrays:
    """Every array that hangs on something, by the way to it."""
    seen = {} if seen is None else seen
    if id(thing) in seen:
        return {}
    seen[id(thing)] = thing
    if isinstance(thing, np.ndarray):
        return {path: thing}
    if isinstance(thing, dict):
        inside = ((f"{path}.{name}", value) for name, value in thing.items())
    elif isinstance(thing, list | tuple):
        inside = ((f"{path}[{place}]", value) for place, value in enumerate(thing))
    elif isinstance(thing, type | types.MethodType | types.FunctionType):
        return {}
    else:
        inside = ((f"{path}.{name}", v) for name, v in getattr(thing, "__dict__", {}).items())
    return {
        key: found for way, value in inside for key, found in arrays_of(value, way, seen).items()
    }


def bounds_of(array: np.ndarray) -> tuple[int, int]:
    """Where the first and the last byte of an array are, whatever its strides."""
    ends = [(size - 1) * step for size, step in zip(array.shape, array.strides, strict=True)]
    low, high = sum(end for end in ends if end < 0), sum(end for end in ends if end > 0)
    return array.ctypes.data + low, array.ctypes.data + high + array.itemsize


def sharing(arrays: Arrays) -> set[tuple[str, str]]:
    """Pairs that share memory."""
    bounds = {name: bounds_of(array) for name, array in arrays.items() if array.size}
    ordered = sorted(bounds, key=lambda name: bounds[name])
    found = set()
    for place, one in enumerate(ordered):
        for two in ordered[place + 1 :]:
            if bounds[two][0] >= bounds[one][1]:
                break
            found.add((min(one, two), max(one, two)))
    return found


def told_of(array: np.ndarray) -> tuple[object, ...]:
    """Whatever compiled code asks of an array but its values."""
    flags = array.flags
    strides = array.strides if array.size else ()
    asked = flags.c_contiguous, flags.f_contiguous, flags.writeable, flags.aligned
    return array.dtype, array.shape, strides, asked


def differences(one: GovernanceModel, two: GovernanceModel) -> list[str]:
    """What of two models is not the same to the last bit; positions are made again."""
    mine, theirs = (
        {way: a for way, a in arrays_of(vars(m)).items() if not way.endswith("._positions")}
        for m in (one, two)
    )
    found = [f"{way}: only in one" for way in mine.keys() ^ theirs.keys()]
    for way in mine.keys() & theirs.keys():
        if told_of(mine[way]) != told_of(theirs[way]):
            found.append(f"{way}: {told_of(mine[way])}, {told_of(theirs[way])}")
        if mine[way].tobytes() != theirs[way].tobytes():
            found.append(f"{way}: other bits")
    if sharing(mine) != sharing(theirs):
        found.append(f"shared otherwise: {sharing(mine) ^ sharing(theirs)}")
    return found


def again(model: GovernanceModel) -> GovernanceModel:
    """A model from its bytes, on memory of its own."""
    structure, buffers = freeze(model)
    memory = [np.frombuffer(bytearray(buffer), dtype=np.uint8) for buffer in buffers]
    return thaw(structure, memory, type(model))


CASES: dict[str, dict[str, Any]] = {
    "fixed": {"name": "gov2"},
    "endogenous": {"name": "endogenous"},
    "scheduled": {"name": "gradual", "years": None},
    "shocks": {"name": "squeeze_and_relief", "years": None},
    "policy": {"name": "austerity", "years": None},
    "threads": {"name": "gov3", "citizens": 6000, "threads": 2},
    "agents": {"name": "endogenous", "citizens": 150, "engine": "agents", "years": 1},
}


@pytest.mark.parametrize("case", CASES)
def test_a_model_goes_on_as_if_nothing_had_been(case: str, society: Society) -> None:
    """Frozen and thawed once or twice on the way, at years' ends and inside years."""
    whole, model = society(**CASES[case]), society(**CASES[case])
    whole.run()
    for month in (5, 12):
        while model.month < min(month, model.months):
            model.step()
        thawed = again(model)
        assert differences(model, thawed) == []
        model = thawed
    model.run()
    assert differences(whole, model) == []
    assert whole.record.national().equals(model.record.national())


def test_views_of_a_class_of_ones_own_stay_views() -> None:
    plan = small("gov2", years=2).under(Patient)
    whole, model = (plan.model(seed=1, collect=False) for _ in range(2))
    whole.run()
    for _ in range(7):
        model.step()
    model = again(again(model))
    assert isinstance(model, Patient)
    assert np.shares_memory(model.few, model.state.citizens.trust_local)
    model.run()
    assert differences(whole, model) == []
    assert isinstance(whole, Patient)
    assert whole.told["means"] == model.told["means"]


def test_threads_may_be_others_afterwards(society: Society) -> None:
    """More or fewer threads give the same bits, from the middle on as well."""
    whole = society("gov3", citizens=6000, threads=1)
    model = society("gov3", citizens=6000, threads=2)
    whole.run()
    for _ in range(12):
        model.step()
    model = again(model)
    model.threads = 1
    model.run()
    model.threads = whole.threads
    assert differences(whole, model) == []


# --- Files ---


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkpoint, bytes, GovernanceModel]:
    """A checkpoint, its bytes, and the model in it."""
    model = small("gov1", years=2, citizens=150).model(seed=1, collect=False)
    model.step()
    checkpoint = Checkpoint(
        tmp_path_factory.mktemp("kept") / "a" / "b.checkpoint", "key", "compiled"
    )
    checkpoint.write(model)
    return checkpoint, checkpoint.path.read_bytes(), model


def test_what_is_read_is_what_was_written(kept: tuple[Checkpoint, bytes, GovernanceModel]) -> None:
    checkpoint, content, model = kept
    found = checkpoint.read(GovernanceModel)
    assert found is not None
    assert differences(model, found) == []
    assert checkpoint.path.stat().st_mode & 0o077 == 0
    assert [path.name for path in checkpoint.path.parent.iterdir()] == ["b.checkpoint"]
    checkpoint.write(found)
    second = checkpoint.read(GovernanceModel)
    assert second is not None
    assert differences(found, second) == []
    assert abs(checkpoint.path.stat().st_size - len(content)) < 0.05 * len(content)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damaged_file_is_read(
    data: st.DataObject, kept: tuple[Checkpoint, bytes, GovernanceModel], tmp_path: Path
) -> None:
    """A bit is turned, an end is missing, something is behind it, or it is another file."""
    _, content, _ = kept
    place = data.draw(st.integers(0, len(content) - 1) | st.integers(0, 6000))
    kind = data.draw(st.sampled_from(["bit", "cut", "longer", "other", "hole"]))
    bit = 1 << data.draw(st.integers(0, 7))
    other = data.draw(st.binary(max_size=200))
    damaged = {
        "bit": content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :],
        "cut": content[:place],
        "longer": content + other + b"\0",
        "other": content[: data.draw(st.sampled_from([0, 22, 100]))] + other,
        "hole": content[:place] + content[place + 1 :],
    }[kind]
    checkpoint = Checkpoint(tmp_path / "c.checkpoint", "key", "compiled")
    checkpoint.path.write_bytes(damaged)
    checkpoint.path.chmod(0o600)
    with pytest.raises(NotRead):
        checkpoint.read(GovernanceModel)


@pytest.mark.parametrize(
    ("key", "engine", "why"),
    [("other", "compiled", "another replicate"), ("key", "agents", "another engine")],
)
def test_nothing_of_another_question_is_read(
    key: str, engine: str, why: str, kept: tuple[Checkpoint, bytes, GovernanceModel]
) -> None:
    with pytest.raises(NotRead, match=why):
        Checkpoint(kept[0].path, key, engine).read(GovernanceModel)


def test_nothing_of_other_libraries_or_classes_is_read(
    kept: tuple[Checkpoint, bytes, GovernanceModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotRead, match="not understood"):
        kept[0].read(Patient)
    monkeypatch.setattr("platform.python_version", lambda: "3.99.0")
    with pytest.raises(NotRead, match="other versions"):
        Checkpoint(kept[0].path, "key", "compiled").read(GovernanceModel)


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_nothing_that_others_may_have_written_is_read(
    kept: tuple[Checkpoint, bytes, GovernanceModel], tmp_path: Path
) -> None:
    checkpoint = Checkpoint(tmp_path / "c.checkpoint", "key", "compiled")
    checkpoint.path.symlink_to(kept[0].path)
    with pytest.raises(NotRead):
        checkpoint.read(GovernanceModel)
    checkpoint.path.unlink()
    shutil.copy(kept[0].path, checkpoint.path)
    checkpoint.path.chmod(0o666)
    with pytest.raises(NotRead, match="this user alone"):
        checkpoint.read(GovernanceModel)
    checkpoint.path.unlink()
    checkpoint.path.mkdir()
    with pytest.raises(NotRead):
        checkpoint.read(GovernanceModel)


class _Planted:
    """Pickles as a call of something."""

    def __init__(self, call: Any, *arguments: Any) -> None:
        self.call = call, arguments

    def __reduce__(self) -> Any:
        return self.call


def _dotted(module: str, name: str) -> bytes:
    """A call of a name with dots, as protocol 4 allows: `touch planted`."""
    out = io.BytesIO()
    out.write(b"\x80\x04")
    for text in (module, name):
        out.write(b"\x8c" + bytes([len(text)]) + text.encode())
    out.write(b"\x93\x8c\x0dtouch planted\x85R.")
    return out.getvalue()


@pytest.mark.parametrize(
    "planted",
    [
        pickle.dumps(_Planted(os.system, "touch planted")),
        pickle.dumps(_Planted(eval, "open('planted', 'w')")),
        pickle.dumps(_Planted(open, "planted", "w")),
        pickle.dumps(_Planted(getattr, Scenario, "load")),
        pickle.dumps(_Planted(np.memmap, "planted", "uint8", "w+", 0, 3)),
        pickle.dumps(_Planted(subprocess.Popen, ["touch", "planted"])),
        _dotted("sim.runs.manifest", "subprocess.getoutput"),
        _dotted("sim.model", "Path.touch"),
        _dotted("os", "system"),
        _dotted("numpy", "os.system"),
        _dotted("antigravity", "webbrowser.open"),
        b"cos\nsystem\n(S'touch planted'\ntR.",
        pickle.dumps({"a": 1}),
        b"",
    ],
)
def test_nothing_runs_that_a_stranger_planted(
    planted: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unkeepable):
        thaw(planted, [], GovernanceModel)
    with pytest.raises(Unkeepable):
        thaw(planted, [], Patient)
    assert list(tmp_path.iterdir()) == []


# --- Replicates ---


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may save does."""
    monkeypatch.setattr(watch, "_MOST_OF_THE_TIME", float("inf"))


def heard(job: Job, file: Path, seconds: float = 1e-9) -> tuple[Any, list[Said]]:
    """What comes of a watched replicate, and what is said of it."""
    said: list[Said] = []
    watch.Watch._told = -1.0
    with heard_by(said.append):
        return run_replicate(job, Watch(file, "key", seconds)), said


def killed(job: Job, file: Path, month: int) -> None:
    """A replicate that ends in the middle of its months."""

    class Killed(BaseException):
        pass

    class Stopping(Watch):
        def look(self, model: GovernanceModel) -> None:
            super().look(model)
            if model.month >= month:
                raise Killed

    with pytest.raises(Killed):
        run_replicate(job, Stopping(file, "key", 1e-9))


@pytest.mark.parametrize("name", ["gov2", "endogenous", "squeeze_and_relief"])
def test_a_replicate_goes_on_from_its_checkpoint(name: str, tmp_path: Path, often: None) -> None:
    plan = Scenario.load(name).but(society={"citizens": 200})
    job, file = Job(plan, name, 1, 7, networks=True), tmp_path / "k.checkpoint"
    whole = run_replicate(job)
    for month in (12, 36):
        killed(job, file, month)
    done, said = heard(job, file)
    assert isinstance(done, Finished)
    assert isinstance(whole, Finished)
    for table in ("national", "local", "events", "networks", "ties"):
        assert getattr(done, table).equals(getattr(whole, table)), table
    resumed = [word for word in said if isinstance(word, Going) and word.resumed]
    assert [(word.name, word.month, word.months) for word in resumed] == [
        (f"{name}, replicate 1", 36, plan.months)
    ]


def test_short_replicates_and_those_never_saved_leave_nothing(tmp_path: Path, often: None) -> None:
    job, file = Job(small(years=3), "small", 0, 1), tmp_path / "x" / "k.checkpoint"
    for seconds in (0.0, 120.0):
        assert isinstance(heard(job, file, seconds)[0], Finished)
        assert not file.parent.exists()


def test_a_damaged_checkpoint_is_told_of_and_the_replicate_begins_anew(
    tmp_path: Path, often: None
) -> None:
    job, file = Job(small(years=3), "small", 0, 1), tmp_path / "k.checkpoint"
    killed(job, file, 12)
    file.write_bytes(file.read_bytes()[:-5])
    done, said = heard(job, file)
    assert done.national.equals(run_replicate(job).national)
    (line,) = [word.text for word in said if isinstance(word, Warned)]
    assert line == f"{file}: is damaged; small, replicate 0 begins anew"


@pytest.mark.parametrize("where", ["no room", "a file in the way"])
def test_a_replicate_that_cannot_be_saved_goes_on(
    where: str, tmp_path: Path, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, file = Job(small(years=4), "small", 0, 1), tmp_path / "x" / "k.checkpoint"
    if where == "no room":
        usage = shutil.disk_usage(tmp_path)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    else:
        file.parent.write_text("")
    done, said = heard(job, file)
    assert done.national.equals(run_replicate(job).national)
    (line,) = [word.text for word in said if isinstance(word, Warned)]
    assert line.endswith("small, replicate 0 goes on without checkpoints")
    assert "\n" not in line


def test_a_class_that_holds_what_cannot_be_kept_goes_on(tmp_path: Path) -> None:
    model = small(years=1, citizens=150).model(seed=1, collect=False)
    model.strange = mesa.__loader__  # type: ignore[attr-defined]
    with pytest.raises(NotWritten, match="cannot be kept"):
        Checkpoint(tmp_path / "k.checkpoint", "key", "compiled").write(model)
    assert list(tmp_path.iterdir()) == []


def test_saving_takes_a_small_part_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is asked for."""
    clock = [0.0]
    written: list[float] = []

    def write(self: Checkpoint, model: GovernanceModel) -> None:
        written.append(clock[0])
        clock[0] += 10.0

    monkeypatch.setattr(watch, "time", types.SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(Checkpoint, "write", write)
    looked = Watch(tmp_path / "k", "key", 60.0)
    looked.resume(Job(small(years=1), "small", 0, 1))
    model = types.SimpleNamespace(month=1, months=240)
    for _ in range(200):
        clock[0] += 5.0
        looked.look(model)  # type: ignore[arg-type]
    assert written[0] == 60.0
    assert all(later - earlier >= 200.0 for earlier, later in pairwise(written))


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), "2", True, None, 10_001])
def test_a_wrong_number_of_minutes_is_refused(wrong: Any) -> None:
    with pytest.raises(WrongArgument, match=r"^checkpoint: a number from 0 to 10000, not "):
        run(small(years=1), replicates=1, luck_only=True, checkpoint=wrong)


# --- Commands ---


def _command(out: Path, jobs: str, minutes: str) -> list[str]:
    return [
        sys.executable, str(ROOT / "run_sim.py"), "run", "endogenous", "--citizens", "30000",
        "--years", "30", "--out", str(out), "--jobs", jobs, "--replicates", jobs, "--luck-only",
        "--checkpoint", minutes,
    ]  # fmt: skip


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=ROOT, env=_environment()
    )


def _kill_once_saved(command: list[str], out: Path) -> None:
    """Start a command, and kill it, its workers with it, when it has saved a model."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not list(out.glob("parts/checkpoints/*.checkpoint")):
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_killed_in_the_middle_the_same_command_gives_the_same_bytes(
    jobs: str, tmp_path: Path
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert _run(_command(whole, jobs, "0")).returncode == 0
    _kill_once_saved(_command(out, jobs, "0.00001"), out)
    ended = _run(_command(out, jobs, "0.00001"))
    assert ended.returncode == 0, ended.stderr
    assert "endogenous, replicate" in ended.stderr
    assert "goes on from month" in ended.stderr
    assert list(complaints(out, whole)) == []
    assert json.loads((out / "manifest.json").read_text())["complete"]

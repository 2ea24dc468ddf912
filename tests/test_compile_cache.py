"""Compiled code is kept where nobody else can plant any, and a damaged file is compiled again."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

import sim.model  # noqa: F401
from sim.engine import code_cache
from sim.engine.code_folder import CodeFolder
from sim.engine.compiling import Compiled, Loop, rule
from sim.engine.meaning import Unknown, meaning

VERSION = "0123456789abcdef"
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for caches."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("GOVSHIFT_COMPILED", raising=False)
    return tmp_path


@pytest.fixture
def started(caches: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], CodeFolder]:
    """As if a new process looked for its compiled code."""

    def start() -> CodeFolder:
        folder = CodeFolder(VERSION)
        monkeypatch.setattr(code_cache, "code_folder", lambda: folder)
        return folder

    start()
    return start


def _half(x: float) -> float:
    return x * 0.5


def _run(function: Callable[..., Any] = _half, value: float = 3.0) -> tuple[float, str]:
    """The value of a function, and whether its code was `kept` or `compiled`."""
    compiled: Any = rule(function)
    result = compiled(value)
    return result, "kept" if compiled.compiler.stats.cache_hits else "compiled"


def _files(caches: Path) -> list[Path]:
    return sorted(path for path in caches.rglob("*.code") if path.is_file())


def test_a_second_start_does_not_compile(started: Callable[[], CodeFolder]) -> None:
    assert _run() == (1.5, "compiled")
    started()
    assert _run() == (1.5, "kept")


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda old: b"",
    "half": lambda old: old[: len(old) // 2],
    "without its last byte": lambda old: old[:-1],
    "longer": lambda old: old + b"\0",
    "first byte": lambda old: bytes([old[0] ^ 1]) + old[1:],
    "byte of the seal": lambda old: old[:30] + bytes([old[30] ^ 128]) + old[31:],
    "byte of the code": lambda old: old[:-999] + bytes([old[-999] ^ 4]) + old[-998:],
    "last byte": lambda old: old[:-1] + bytes([old[-1] ^ 1]),
    "zeros": lambda old: bytes(len(old)),
    "garbage": lambda old: b"\x80\x04garbage" * 99,
    "a pickle": lambda old: b"cos\nsystem\n(S'touch planted'\ntR.",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_compiled_again(
    damage: Callable[[bytes], bytes], started: Callable[[], CodeFolder], caches: Path
) -> None:
    _run()
    (file,) = _files(caches)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    started()
    assert _run() == (1.5, "compiled")
    started()
    assert _run() == (1.5, "kept")
    assert _files(caches) == [file]


def test_every_byte_is_sealed(started: Callable[[], CodeFolder], caches: Path) -> None:
    folder = started()
    folder.write("a.code", b"some code")
    (file,) = _files(caches)
    whole = file.read_bytes()
    for place in range(len(whole)):
        for bit in range(8):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
            assert folder.read("a.code") is None
        file.write_bytes(whole[:place])
        assert folder.read("a.code") is None
    file.write_bytes(whole)
    assert folder.read("a.code") == b"some code"


def test_another_function_s_file_is_not_taken(
    started: Callable[[], CodeFolder], caches: Path
) -> None:
    def double(x: float) -> float:
        return x * 2.0

    _run()
    (half,) = _files(caches)
    _run(double)
    (other,) = [file for file in _files(caches) if file != half]
    half.write_bytes(other.read_bytes())
    started()
    assert _run() == (1.5, "compiled")


def test_a_file_that_cannot_be_read_is_written_again(
    started: Callable[[], CodeFolder], caches: Path
) -> None:
    """A pipe, a link, or a file that others may write: never opened for what it holds."""
    _run()
    (file,) = _files(caches)
    held = caches / "elsewhere"
    held.write_bytes(file.read_bytes())
    for spoil in (
        lambda: file.chmod(0o666),
        lambda: (file.unlink(), file.symlink_to(held)),
        lambda: (file.unlink(), os.mkfifo(file)),
    ):
        spoil()
        started()
        assert _run() == (1.5, "compiled")
        assert stat.S_ISREG(file.lstat().st_mode)
        started()
        assert _run() == (1.5, "kept")


@pytest.mark.parametrize("error", ["No space left on device", "Read-only file system"])
def test_a_full_or_closed_folder_costs_time_only(
    error: str, caches: Path, started: Callable[[], CodeFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    _run()
    (file,) = _files(caches)
    kept = file.read_bytes()
    whole = code_folder_module().write_whole

    def refuse(path: Path, content: bytes) -> None:
        if caches in path.parents:
            raise OSError(28, error)
        whole(path, content)

    monkeypatch.setattr("sim.engine.code_folder.write_whole", refuse)
    folder = started()
    assert _run() == (1.5, "kept")
    file.write_bytes(b"")
    with pytest.warns(RuntimeWarning, match=f"cannot keep compiled code.*{error}"):
        assert _run() == (1.5, "compiled")
    assert _run() == (1.5, "kept")
    assert folder.private is not None
    assert stat.S_IMODE(folder.private.lstat().st_mode) == 0o700
    file.write_bytes(kept)


def test_where_nothing_can_be_written_the_result_is_the_same(
    started: Callable[[], CodeFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.engine.code_folder.write_whole", refuse)
    started()
    with pytest.warns(RuntimeWarning, match="every start compiles"):
        assert _run() == (1.5, "compiled")
    assert _run() == (1.5, "compiled")


def code_folder_module() -> types.ModuleType:
    return sys.modules["sim.engine.code_folder"]


# Whose folder it is.


def _folder(caches: Path) -> Path:
    return caches / "govshift" / VERSION


def test_the_folder_is_closed_to_others(started: Callable[[], CodeFolder], caches: Path) -> None:
    assert started().folders == [_folder(caches)]
    assert stat.S_IMODE(_folder(caches).lstat().st_mode) == 0o700
    _run()
    assert not _files(caches)[0].stat().st_mode & 0o077


@pytest.mark.parametrize("name", ["govshift", f"govshift/{VERSION}"])
@pytest.mark.parametrize("kind", ["link", "file", "stranger"])
def test_a_folder_that_is_not_ours_is_not_used(
    name: str, kind: str, caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = caches / name
    planted.parent.mkdir(exist_ok=True)
    if kind == "link":
        (caches / "elsewhere").mkdir()
        planted.symlink_to(caches / "elsewhere")
    elif kind == "file":
        planted.write_text("")
    else:
        planted.mkdir()
        real = os.lstat

        def not_ours(path: Any, **options: Any) -> os.stat_result:
            about = real(path, **options)
            if Path(path) == planted:
                return os.stat_result([*about[:4], about.st_uid + 1, *about[5:10]])
            return about

        monkeypatch.setattr(Path, "lstat", not_ours)
    folder = CodeFolder(VERSION)
    assert folder.folders == []
    with pytest.warns(RuntimeWarning, match="no folder that this user alone may write"):
        folder.write("a.code", b"code")
    assert folder.read("a.code") == b"code"
    assert not list((caches / "elsewhere").glob("*"))


def test_a_folder_that_others_may_write_is_closed(caches: Path) -> None:
    _folder(caches).mkdir(parents=True)
    for path in (_folder(caches), _folder(caches).parent):
        path.chmod(0o777)
    assert CodeFolder(VERSION).folders == [_folder(caches)]
    for path in (_folder(caches), _folder(caches).parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_no_name_in_the_temporary_folder_can_be_foretold(
    caches: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shared = tmp_path_factory.mktemp("shared")
    monkeypatch.setattr("tempfile.tempdir", str(shared))
    monkeypatch.setenv("XDG_CACHE_HOME", str(caches / "file" / "below"))
    (caches / "file").write_text("")
    names = set()
    for _ in range(2):
        folder = CodeFolder(VERSION)
        assert folder.folders == []
        with pytest.warns(RuntimeWarning, match="cannot keep compiled code"):
            folder.write("a.code", b"code")
        names |= {path.name for path in shared.iterdir()}
    assert len(names) == 2


@pytest.mark.parametrize("home", [None, "relative", "/proc/none"])
def test_no_home_is_no_obstacle(
    home: str | None, caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.chdir(caches)
    if home is None:

        def homeless() -> Path:
            raise RuntimeError("Could not determine home directory.")

        monkeypatch.setattr(Path, "home", homeless)
    else:
        monkeypatch.setenv("HOME", home)
    folder = CodeFolder(VERSION)
    assert folder.folders == []
    with pytest.warns(RuntimeWarning, match="cannot keep compiled code"):
        folder.write("a.code", b"code")
    assert folder.read("a.code") == b"code"
    assert list(caches.iterdir()) == []


def test_a_folder_is_handed_on_to_workers_only_if_it_is_private(
    caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = caches / "handed"
    handed.mkdir(mode=0o700)
    monkeypatch.setenv("GOVSHIFT_COMPILED", str(handed))
    assert CodeFolder(VERSION).folders[0] == handed
    handed.chmod(0o777)
    assert handed not in CodeFolder(VERSION).folders


# What a name depends on, and what is swept away.


def test_a_replaced_rule_is_another_function(started: Callable[[], CodeFolder]) -> None:
    """The rule that is called is looked up at run time: no file of the old one may serve."""
    module = types.ModuleType("replaceable")
    text = "def serve(x):\n    return x + STEP\n\ndef live(x):\n    return serve(x)\n"
    vars(module)["STEP"] = 1.0
    exec(compile(text, "replaceable.py", "exec"), vars(module))
    before = module.serve
    module.serve = rule(before)
    first = _run(module.live)
    again = _run(module.live)
    module.serve = rule(lambda x: x + 100.0)
    other = _run(module.live)
    module.serve, module.STEP = rule(before), 7.0
    step = _run(module.live)
    assert (first, again) == ((4.0, "compiled"), (4.0, "kept"))
    assert (other, step) == ((103.0, "compiled"), (10.0, "compiled"))


def test_what_cannot_be_told_is_not_kept(started: Callable[[], CodeFolder], caches: Path) -> None:
    held = object()

    def function(x: float) -> float:
        return x if held is None else x * 0.5

    with pytest.raises(Unknown):
        meaning(function)


def test_kinds_with_other_fields_are_told_apart() -> None:
    from typing import NamedTuple

    def kinds() -> Iterator[str]:
        for fields in (("low", "high"), ("high", "low")):
            kind = NamedTuple("Seed", [(name, int) for name in fields])  # type: ignore[misc]
            yield code_cache._kind(numba.typeof(kind(1, 2)))

    assert len(set(kinds())) == 2


def test_versions_in_use_are_never_swept_away(caches: Path) -> None:
    long_ago = time.time() - 40 * 24 * 3600
    ages = {f"{number:016x}": time.time() - number * 3600 for number in range(30)}
    for name, used in ages.items() | {("f" * 16, long_ago), ("mine", long_ago)}:
        folder = caches / "govshift" / name
        folder.mkdir(parents=True)
        (folder / "a.code").write_bytes(b"")
        os.utime(folder, (used, used))
    CodeFolder(VERSION)
    left = {path.name for path in (caches / "govshift").iterdir()}
    assert left == {*ages, "mine", VERSION}


def test_the_text_of_all_that_is_compiled_names_the_folder(tmp_path: Path) -> None:
    package = ROOT / "sim"
    for name in ("engine", "processes", "society"):
        (tmp_path / name).mkdir()
        for path in (package / name).glob("*.py"):
            (tmp_path / name / path.name).write_bytes(path.read_bytes())
    before = code_cache.sources_digest(tmp_path)
    assert before == code_cache.sources_digest(package)
    for file in sorted(tmp_path.rglob("*.py")):
        text = file.read_bytes()
        file.write_bytes(text + b"\n")
        same = code_cache.sources_digest(tmp_path) == before
        assert same == (file.name in code_cache._NOT_COMPILED), file
        file.write_bytes(text)


# Numba itself.


MINE = """
import numba
from sim.model import GovernanceModel

@numba.njit(cache=True)
def mine(x):
    return x + 1

print(mine(1), mine.stats.cache_path)
"""


def test_a_user_s_own_cached_functions_keep_their_place(caches: Path) -> None:
    """Importing the model moves nobody else's cache."""
    script = caches / "mine.py"
    script.write_text(MINE)
    said = _said(_start(script, XDG_CACHE_HOME=os.environ.get("OUTER_CACHE", str(caches))))
    assert said.split() == ["2", str(caches / "__pycache__")]


SMALL = """
import numpy as np
from sim.engine.compiling import loop, rule, typed

@typed("f8(f8)")
def square(x):
    return x * x

@rule
def shift(x):
    return np.sqrt(x) + 1.0

@loop
def total(values):
    found = 0.0
    for i in range(values.shape[0]):
        found += square(values[i]) + shift(values[i])
    return found

print(total(np.arange(5.0)), total.__name__, total._compiled.compiler.stats.cache_hits.total())
"""


def _start(script: Path, **environment: str) -> subprocess.Popen[str]:
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-W", "error", str(script)]
    return subprocess.Popen(
        command, env=given, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _said(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    return out


def test_processes_share_what_they_keep(caches: Path) -> None:
    """Two at once, then one more, whatever Numba is told about threads and compiling."""
    script = caches / "small.py"
    script.write_text(SMALL)
    together = [_start(script), _start(script, NUMBA_DISABLE_JIT="1")]
    first, second = map(_said, together)
    third = _said(_start(script, NUMBA_NUM_THREADS="0", NUMBA_DISABLE_JIT="1"))
    fourth = _said(_start(script, NUMBA_NUM_THREADS="many"))
    values = {text.split()[0] for text in (first, second, third, fourth)}
    assert values == {repr(float(sum(x * x + np.sqrt(x) + 1.0 for x in range(5))))}
    assert (third.split()[2], fourth.split()[2]) == ("1", "1")
    assert {first.split()[2], second.split()[2]} == {"0", "1"}, "one compiles, the other waits"


def _compiled() -> dict[str, Any]:
    """Everything of the model that is compiled, by module and name."""
    found = {}
    for module in (m for name, m in sorted(sys.modules.items()) if name.startswith("sim.")):
        for name, thing in vars(module).items():
            if isinstance(thing, (Compiled, Loop)) and thing.__module__ == module.__name__:
                found[f"{module.__name__}.{name}"] = thing
    return found


def test_who_counts_no_references_makes_no_arrays_and_hands_none_out() -> None:
    """Numba would lose their memory, or free it twice, without a word."""
    found = _compiled()
    assert len(found) > 100
    counts = {id(thing): thing.options.get("_nrt", True) for thing in found.values()}
    assert {*counts.values()} == {True, False}
    for where, thing in found.items():
        if counts[id(thing)]:
            continue
        plain = thing.py_func
        for name in plain.__code__.co_names:
            called = plain.__globals__.get(name)
            if counts.get(id(called), False):
                assert not _hands_out_arrays(called.py_func), f"{where} calls {name}"
        assert not _hands_out_arrays(plain), f"{where} hands out arrays"


def _hands_out_arrays(function: Any) -> bool:
    hint = typing.get_type_hints(function).get("return", type(None))
    parts = [hint, *typing.get_args(hint), *getattr(hint, "__annotations__", {}).values()]
    return any("NDArray" in str(part) or "Array" in str(part) for part in parts)

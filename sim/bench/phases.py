"""Where the citizens' month goes: its loop with a clock read after every phase, and without peers.

The loop is `sim.processes.lives.live` itself; reads of the clock are written into its syntax tree,
so what is measured is what runs. Needs a system with `clock_gettime` (Linux, macOS).
"""

from __future__ import annotations

import ast
import copy
import ctypes
import inspect
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from sim.engine.compiling import inner, making_loop
from sim.engine.written import written
from sim.model import GovernanceModel
from sim.processes import lives
from sim.processes.lives import Scratch
from sim.processes.state import Citizens

_CLOCK = int(getattr(time, "CLOCK_MONOTONIC", 1))
_BILLION = 1_000_000_000
_HALF = np.float32(0.5)
_QUARTER = np.float32(0.25)
_LOOK = "see_peers(people, shown, start, blocks[block, 3], blocks[block, 4], scratch)"
_ALONE = "see_nobody(people, scratch)"


@inner
def see_nobody(people: Citizens, scratch: Scratch) -> None:
    """Instead of looking at tied citizens: all see the same."""
    for j in range(people.home.shape[0]):
        scratch.digital_peers[j] = _HALF
        scratch.active_peers[j] = _QUARTER
        scratch.trust_of_peers[j] = _HALF
        scratch.trust[j] = (people.trust_local[j] + people.trust_central[j]) * _HALF


@cache
def live_alone() -> Callable[..., None]:
    """`live` in which nobody looks at others: draws and rules alone."""
    text = _source()
    assert text.count(_LOOK) == 1
    text = text[text.index("def ") :].replace(_LOOK, _ALONE)
    names = {name: value for name, value in vars(lives).items() if not name.startswith("__")}
    return making_loop(written(__name__, text, names | {"see_nobody": see_nobody}))


def phases() -> list[str]:
    """The phases of a block, in the order of `live`."""
    return [_called(line) for line in _block(_syntax()).body if _called(line)]


def can_read_clock() -> bool:
    """Whether compiled code can read a clock on this system."""
    try:
        return hasattr(ctypes.CDLL(None), "clock_gettime")
    except (OSError, TypeError):
        return False


@cache
def clocked_live() -> Callable[..., None]:
    """`live` with two more arguments in front: nanoseconds by phase, and room for the clock."""
    tree = _syntax()
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.name = "clocked"
    function.decorator_list = []
    function.args.args[:0] = [ast.arg("spent"), ast.arg("clock")]
    block = _block(tree)
    body = ast.parse("then = read_clock(clock)").body
    for line in block.body:
        body.append(line)
        if _called(line):
            phase = phases().index(_called(line))
            body += ast.parse(
                f"now = read_clock(clock)\nspent[{phase}] += now - then\nthen = now"
            ).body
    block.body = body
    for argument in function.args.args:
        argument.annotation = None
    function.returns = None
    names = dict(vars(lives)) | {"read_clock": _clock_reader()}
    exec(compile(ast.fix_missing_locations(tree), "<live with a clock>", "exec"), names)
    compiled: Callable[..., None] = numba.njit(error_model="numpy", nogil=True)(names["clocked"])
    return compiled


def time_phases(
    model: GovernanceModel, clocked: Callable[..., None], months: int
) -> NDArray[np.float64]:
    """Seconds a month that each phase takes in a model's present month, the median of `months`."""
    s, p = model.state, model.parameters
    spent = np.zeros((months, len(phases())), dtype=np.int64)
    clock = np.zeros(2, dtype=np.int64)
    for month in range(months):
        clocked(
            spent[month], clock, s.blocks, s.citizens, s.offer, s.problems, s.shown, s.showing,
            s.block_tallies, s.block_reports, s.needs_tables, p.society, p.service,
            p.participation, p.trust, p.problems, model.seed_key, model.month + month, 0,
            len(s.blocks),
        )  # fmt: skip
        s.shown, s.showing = s.showing, s.shown
    seconds: NDArray[np.float64] = np.median(spent, axis=0) / 1e9
    return seconds


def _clock_reader() -> Callable[..., Any]:
    clock_gettime = ctypes.CDLL(None).clock_gettime
    clock_gettime.argtypes = [ctypes.c_int, ctypes.c_void_p]
    clock_gettime.restype = ctypes.c_int

    def read_clock(clock: NDArray[np.int64]) -> int:
        clock_gettime(_CLOCK, clock.ctypes.data)
        return int(clock[0]) * _BILLION + int(clock[1])

    compiled: Callable[..., Any] = numba.njit(nogil=True)(read_clock)
    return compiled


def _source() -> str:
    return inspect.getsource(lives.live.py_func)  # type: ignore[attr-defined]


def _syntax() -> ast.Module:
    """The loop, with what it shares with graphics cards written into it."""
    tree = ast.parse(_source())
    block = _block(tree)
    block.body = [line for one in block.body for line in _opened(one)]
    return tree


def _opened(line: ast.stmt) -> list[ast.stmt]:
    """What `live_on` does in place of a call of it, by the names of the call; else the line."""
    if _called(line) != lives.live_on.__name__:
        return [line]
    assert isinstance(line, ast.Expr)
    assert isinstance(line.value, ast.Call)
    source = inspect.getsource(lives.live_on.py_func)  # type: ignore[attr-defined]
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    names = [argument.arg for argument in function.args.args]
    given = _Given(dict(zip(names, line.value.args, strict=True)))
    return [given.visit(part) for part in function.body if _called(part)]


class _Given(ast.NodeTransformer):
    """What stands for each name."""

    def __init__(self, given: dict[str, ast.expr]) -> None:
        self._given = given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """An argument in the place of its name."""
        return copy.deepcopy(self._given.get(node.id, node))


def _block(tree: ast.Module) -> ast.For:
    return next(node for node in ast.walk(tree) if isinstance(node, ast.For))


def _called(line: ast.stmt) -> str:
    """The name of the function that a line calls, if it does nothing else."""
    if isinstance(line, ast.Expr) and isinstance(line.value, ast.Call):
        function = line.value.func
        return function.id if isinstance(function, ast.Name) else ""
    return ""

"""The order of the month, declared once: every engine and every path takes its steps from `MONTH`.

A step is a function over columns, or what each local government does. Its own signature says what
it takes: groups of columns, parameters of a process, single columns by the name that `Workspace`
gives them. From this follow the loop over governments, the compiled months (`Months`), the methods
of `LocalGovernment`, and what the model hands to a step that is taken alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import signature
from time import perf_counter
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray

from sim.engine.columns import Array
from sim.engine.compiling import Loop, kinds_of, loop
from sim.engine.linking import call_by_address
from sim.engine.luck import Seed
from sim.engine.written import written
from sim.processes.accounts import close_month, open_month
from sim.processes.agenda import form_target, hear_citizens, survey
from sim.processes.blending import Anchors, move_profiles
from sim.processes.change import pay_for_change
from sim.processes.climate import move_climate
from sim.processes.decision import revise_budget
from sim.processes.declared import GROUPS, Parameters
from sim.processes.environment import drift_preferences
from sim.processes.keeping import Kept, keep_month
from sim.processes.lives import add_blocks, live
from sim.processes.market import learn_by_delivering, renew_services
from sim.processes.network import change_ties, measure_yearly
from sim.processes.offering import offer_services
from sim.processes.problems import arise, notice, solve
from sim.processes.projects import age_systems, learn_from_peers, run_project
from sim.processes.reform import be_pushed, consider_reform, feel_pressure, follow_model
from sim.processes.state import (
    Cells,
    Citizens,
    Firms,
    Governments,
    Journal,
    Ledger,
    Levers,
    Network,
    Offer,
    Problems,
)


class Workspace(NamedTuple):
    """Everything that months work on, as compiled loops take it."""

    citizens: Citizens
    governments: Governments
    offer: Offer
    cells: Cells
    ledger: Ledger
    levers: Levers
    firms: Firms
    network: Network
    journal: Journal
    problems: Problems
    profiles: Array
    profiles_before: Array
    moved: Array
    schedule: Array
    anchors: Anchors
    shown: Array
    showing: Array
    tallies: Array
    blocks: Array
    block_tallies: Array
    block_reports: Array
    needs_tables: Array
    tie_hazards: Array
    ties_year_ago: Array
    resilience: Array
    model_profile: Array
    surveys: Array
    nearest: Array
    largest: int
    infrastructure: Array
    reference_cost: float
    kept: Kept
    seed: Seed
    parameters: Parameters

    @property
    def taken(self) -> tuple[Any, ...]:
        """All of it in the order in which months take it."""
        return *self[:-1], *self.parameters


class Step(NamedTuple):
    """One step of the month: what is done, what it is called, and which agents take it.

    Local governments take theirs one by one, by their own method of that name, and the centre by
    its own; what nobody takes is done over columns.
    """

    function: Callable[..., Any]
    name: str
    by: Literal["columns", "each", "centre"]


def over_columns(function: Callable[..., Any]) -> Step:
    """A step over columns."""
    return Step(function, function.__name__, "columns")


def by_each(function: Callable[..., Any], name: str = "") -> Step:
    """A step of every local government."""
    return Step(function, name or function.__name__, "each")


def by_centre(function: Callable[..., Any]) -> Step:
    """A step of the central government."""
    return Step(function, function.__name__, "centre")


MONTH: Mapping[str, tuple[Step, ...]] = {
    "change_environment": (
        over_columns(drift_preferences), over_columns(move_climate), over_columns(open_month),
        over_columns(arise),
    ),
    "follow_schedule": (over_columns(move_profiles), over_columns(pay_for_change)),
    "sense": (by_centre(survey), over_columns(hear_citizens), by_each(form_target),
              over_columns(notice)),
    "decide": (by_each(revise_budget), over_columns(solve)),
    "build": (by_each(run_project), over_columns(age_systems), over_columns(learn_from_peers)),
    "offer_services": (by_each(offer_services),),
    "live": (over_columns(live), over_columns(add_blocks)),
    "run_market": (over_columns(learn_by_delivering), by_each(renew_services, "host_services")),
    "change_network": (over_columns(change_ties), over_columns(measure_yearly)),
    "close_accounts": (over_columns(close_month),),
    "reform": (
        by_each(feel_pressure), by_each(consider_reform), by_centre(follow_model), by_each(be_pushed),
    ),
    "observe": (over_columns(keep_month),),
}  # fmt: skip
"""The phases of a month, in order, with their steps in order."""

STEPS = {step.name: step for steps in MONTH.values() for step in steps}
_BITS = {name: 1 << place for place, name in enumerate(STEPS)}
_KNOWN = ("month", "shown", "showing", "first_block", "last_block")
"""What months know by themselves: the month, who shows what to whom in it, which blocks to do."""
_NAMED = ", ".join((*Workspace._fields[:-1], *(f"{prefix}_parameters" for prefix in GROUPS)))
"""What months take, by name: columns and what is one value, then groups of parameters."""


def chosen(*phases: str) -> int:
    """Steps of some phases, for `Months`."""
    return chosen_steps(*(step.name for phase in phases for step in MONTH[phase]))


def chosen_steps(*names: str) -> int:
    """Some steps, for `Months`."""
    return sum(_BITS[name] for name in names)


def split_at_live(steps: int) -> tuple[int, int, int]:
    """Steps before the citizens' pass, the pass itself, which threads can share, and those after."""
    live_bit = _BITS["live"]
    return steps & (live_bit - 1), steps & live_bit, steps & ~(2 * live_bit - 1)


def parted_at(steps: int, *names: str) -> tuple[int, ...]:
    """Steps before the first of some, between these, and after the last: others do these."""
    parts = []
    for name in names:
        bit = _BITS[name]
        parts.append(steps & (bit - 1))
        steps &= ~(2 * bit - 1)
    return (*parts, steps)


def _taken_by(function: Callable[..., Any]) -> Iterator[str]:
    """What a step takes after the government's row, by the names that months have for it."""
    plain = getattr(function, "py_func", function)
    groups = {group: prefix for prefix, group in GROUPS.items()}
    hints = get_type_hints(plain)
    for name in signature(plain).parameters:
        if hints[name] in groups:
            yield f"{groups[hints[name]]}_parameters"
        elif name in _KNOWN or name in Workspace._fields:
            yield name
        elif name != "g":
            raise TypeError(f"{plain.__name__}: takes {name}, which no workspace has")


_TAKEN = {name: tuple(_taken_by(step.function)) for name, step in STEPS.items()}


def _columns_for(step: str) -> Callable[[Workspace, int], tuple[Any, ...]]:
    """Gives what a step takes that is taken alone, from a workspace and the month."""
    text = (
        "def columns(workspace, month):\n"
        f"    ({_NAMED}) = workspace.taken\n"
        "    first_block, last_block = 0, len(blocks)\n"
        f"    return ({', '.join(_TAKEN[step])},)\n"
    )
    return written(__name__, text)


COLUMNS = {name: _columns_for(name) for name in STEPS}


def _over_governments(step: str, action: Callable[..., Any]) -> Loop:
    """The loop of a step over all local governments, one by one."""
    taken = ", ".join(_TAKEN[step])
    text = (
        f"def {step}({taken}):\n"
        "    for g in range(governments.residents.shape[0] - 1):\n"
        f"        action(g, {taken})\n"
    )
    return cast(Loop, loop(written(__name__, text, {"action": action})))


def _text() -> str:
    lines = [
        f"def months(addresses, {_NAMED}, first, last, steps, first_block, last_block):",
        "    for month in range(first, last + 1):",
    ]
    for place, (name, taken) in enumerate(_TAKEN.items()):
        lines.append(f"        if steps & {_BITS[name]}:")
        lines.append(f"            call_{len(taken)}(addresses[{place}], {', '.join(taken)})")
    lines += [f"        if steps & {_BITS['live']}:", "            shown, showing = showing, shown"]
    return "\n".join([*lines, ""])


_CALLS = {f"call_{count}": call_by_address(count) for count in {*map(len, _TAKEN.values())}}
_months = cast(Loop, loop(written(__name__, _text(), _CALLS)))


class Months:
    """Compiled months: one call for as many as one likes, of which some steps may be done.

    `functions` take the place of shipped ones, by the names of the steps; `told` hears what it cost
    to compile them, in seconds, and whether they are kept.
    """

    def __init__(
        self,
        functions: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
        told: Callable[[float, bool], None] | None = None,
    ) -> None:
        self.loops: dict[str, Loop] = {}
        self._told = told
        for step in STEPS.values():
            function = functions.get(step.name, step.function)
            is_action = step.by == "each"
            self.loops[step.name] = cast(
                Loop, _over_governments(step.name, function) if is_action else function
            )
        self._known: dict[tuple[object, ...], NDArray[np.int64]] = {}

    def __call__(
        self,
        workspace: Workspace,
        first: int,
        last: int,
        steps: int,
        first_block: int,
        last_block: int,
    ) -> None:
        """Months `first` to `last`: the chosen steps, of citizens those in some blocks."""
        taken = workspace.taken
        kinds = kinds_of(taken)
        addresses = self._known.get(kinds)
        if addresses is None:
            self.prepare(workspace)
            addresses = self._known[kinds]
        asked = (addresses, *taken, first, last, steps, first_block, last_block)
        _months.run(kinds, asked)

    def prepare(self, workspace: Workspace) -> None:
        """Compile the loops for such columns, or read them."""
        self._known[kinds_of(workspace.taken)] = self._addresses(workspace)

    def forget(self) -> None:
        """Look the addresses of all loops up again."""
        self._known.clear()

    def _addresses(self, workspace: Workspace) -> NDArray[np.int64]:
        found, seconds, are_kept = [], 0.0, True
        for name, made in self.loops.items():
            started = perf_counter()
            found.append(made.address(COLUMNS[name](workspace, 0)))
            if made.was_compiled:
                seconds += perf_counter() - started
                are_kept = are_kept and made.is_kept
        if self._told is not None and seconds:
            self._told(seconds, are_kept)
        return np.array(found)


months = Months()

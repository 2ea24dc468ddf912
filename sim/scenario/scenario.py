"""A scenario: one society and the governments it lives under. Frozen and valid once made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.errors import ScenarioError
from sim.paradigms import FIGURE
from sim.processes.declared import PARAMETERS
from sim.scenario.positions import near, row_positions
from sim.scenario.source import Path_, Source, plain, read_source
from sim.society.places import UnknownPlace, check_place, is_drawn, local_government_names

if TYPE_CHECKING:
    from sim.model import GovernanceModel

Position = float | str | dict[str, float]
Rows = float | str | dict[str, Position]
_STRICT = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)
_DATE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_WHOLE = ("governance", "central", "transition", "policy")
_FEWEST_RESIDENTS = 8


class Society(BaseModel):
    """Who lives where."""

    model_config = _STRICT
    place: str = Field("korea", description="korea, korea:basic, synthetic, or europe:EST")
    citizens: int = Field(20_000, ge=100, le=60_000_000, description="citizens simulated")
    entrepreneurs: int = Field(40, ge=4, le=5_000, description="entrepreneurs simulated")
    local_governments: int = Field(
        17, ge=2, le=500, description="number of drawn local governments (synthetic, europe)"
    )


class Move(BaseModel):
    """A dated move of governments along rows of the figure."""

    model_config = _STRICT
    month: int | None = Field(None, ge=1, description="month in which the move starts, from 1")
    date: str | None = Field(None, description="or its calendar month, as 2003-01")
    over: int = Field(0, ge=0, le=1_200, description="months that the move takes; 0 is sudden")
    to: Position = Field(description="paradigm, position or mix")
    rows: Literal["all"] | list[str] = Field("all", description="rows of the figure")
    who: str = Field("all", description="all, local, central, or one local government's name")
    why: str = Field("", description="reason")


class Transition(BaseModel):
    """How governments' profiles change."""

    model_config = _STRICT
    mode: Literal["fixed", "scheduled"] = Field("fixed", description="fixed or scheduled")
    moves: list[Move] = Field(default_factory=list, description="dated moves")


class PolicyChange(BaseModel):
    """A dated change of parameters, with its reason."""

    model_config = _STRICT
    month: int | None = Field(None, ge=1, description="month of the change, from 1")
    date: str | None = Field(None, description="or its calendar month, as 2003-01")
    set: dict[str, float] = Field(description="parameters and their new values")
    why: str = Field("", description="reason")


class Scenario(BaseModel):
    """A scenario. Load one with `Scenario.load`, vary it with `but`."""

    model_config = _STRICT
    name: Annotated[str, Field(min_length=1, max_length=80)] = "scenario"
    question: str = ""
    description: str = ""
    start: str = Field("1995-01", description="calendar month of month 1")
    years: int = Field(20, ge=1, le=100, description="years simulated")
    seed: int = Field(1, ge=0, lt=1 << 63, description="seed of the replicates")
    replicates: int = Field(30, ge=1, le=100_000, description="replicates unless told otherwise")
    society: Society = Field(default_factory=Society)
    governance: Rows = "gov1"
    central: Rows | None = None
    transition: Transition = Field(default_factory=Transition)
    parameters: dict[str, float] = Field(default_factory=dict)
    cells: dict[str, dict[str, float]] = Field(default_factory=dict)
    policy: list[PolicyChange] = Field(default_factory=list)

    @classmethod
    def load(cls, scenario: str | Path, *, sets: Sequence[str] = ()) -> Scenario:
        """The scenario of a file, or of a shipped name such as `gov2`.

        `sets` are changes as `path.to.key=value`. Raises `ScenarioError`, one line per mistake.
        """
        path = find_file(scenario)
        source = _with_parent(path, ())
        for text in sets:
            _apply_set(source, text)
        source.data.setdefault("name", path.stem)
        return _validated(source)

    def but(self, **changes: Any) -> Scenario:
        """The same scenario with some changes, merged and validated again."""
        merged = _merge(self.model_dump(exclude_unset=True), changes)
        return _validated(Source(merged))

    def model(self, seed: int | None = None, *, threads: int = 1, **options: Any) -> GovernanceModel:
        """The Mesa model of this scenario."""
        from sim.model import GovernanceModel

        return GovernanceModel(self, rng=seed, threads=threads, **options)

    @property
    def months(self) -> int:
        """Months simulated."""
        return 12 * self.years

    def resolved(self) -> dict[str, Any]:
        """Everything that decides a result, defaults filled in, in plain data."""
        full = self.model_dump(mode="json", exclude={"description", "question", "replicates"})
        full["governance"] = dict(zip(FIGURE.row_ids, self.profile, strict=True))
        full["central"] = dict(zip(FIGURE.row_ids, self.central_profile, strict=True))
        full["parameters"] = dict(sorted(self.parameter_values(0).items()))
        return full

    @cached_property
    def profile(self) -> tuple[float, ...]:
        """Positions of the local governments at month 0, one per row."""
        return row_positions(self.governance)[0]

    @cached_property
    def central_profile(self) -> tuple[float, ...]:
        """Positions of the central government at month 0."""
        if self.central is None:
            return self.profile
        return row_positions(self.central, self.profile)[0]

    def parameter_values(self, month: int) -> dict[str, float]:
        """All parameters in force in a month, by full name."""
        values = {name: parameter.default for name, parameter in PARAMETERS.items()}
        values |= self.parameters
        for change in self.policy:
            if self.month_of(change.month, change.date) <= month:
                values |= change.set
        return values

    def profiles(self, names: Sequence[str]) -> Callable[[int], NDArray[np.float64]]:
        """Month to positions, shape (local governments + 1, rows); the last row is the centre.

        `names` are the local governments'. A ramp moves linearly from where earlier moves lead.
        """
        start = np.array([self.profile] * len(names) + [self.central_profile])
        moves = [self._compiled(move, list(names)) for move in self.transition.moves]
        moves.sort(key=lambda move: move[0])

        def positions(month: int) -> NDArray[np.float64]:
            now = start.copy()
            for begin, over, target, mask in moves:
                if month >= begin:
                    share = min(1.0, (month - begin + 1) / over) if over else 1.0
                    now[mask] += share * (target - now[mask])
            return now

        return positions

    def month_of(self, month: int | None, date: str | None) -> int:
        """The month, counted from 1, of a month number or a calendar month."""
        if date is None:
            return month or 1
        year, calendar_month = map(int, date.split("-"))
        first_year, first_month = map(int, self.start.split("-"))
        return 12 * (year - first_year) + calendar_month - first_month + 1

    def _compiled(
        self, move: Move, names: list[str]
    ) -> tuple[int, int, float, NDArray[np.bool_]]:
        target = row_positions(move.to)[0][0]
        rows = FIGURE.row_ids
        chosen = np.isin(rows, list(rows) if move.rows == "all" else move.rows)
        mask = np.zeros((len(names) + 1, len(rows)), dtype=bool)
        if move.who in ("all", "local"):
            mask[:-1] = chosen
        if move.who in ("all", "central"):
            mask[-1] = chosen
        if move.who in names:
            mask[names.index(move.who)] = chosen
        return self.month_of(move.month, move.date), move.over, target, mask


def shipped_folder() -> Path:
    """Where the shipped scenarios are: beside the package, or inside an installed one."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def shipped_names() -> tuple[str, ...]:
    """Names of the shipped scenarios."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.yaml")))


def find_file(scenario: str | Path) -> Path:
    """The file of a scenario given by path or by shipped name."""
    path = Path(scenario)
    if path.is_file():
        return path
    if str(scenario) in shipped_names():
        return shipped_folder() / f"{scenario}.yaml"
    match = near(path.stem, shipped_names())
    raise ScenarioError(f"{scenario}: no such file or shipped scenario{match}")


def _with_parent(path: Path, children: tuple[Path, ...]) -> Source:
    """A file's data over that of the file it extends."""
    here = path.resolve()
    if here in children:
        chain = " -> ".join(p.name for p in (*children, here))
        raise ScenarioError(f"{path}: extends itself: {chain}")
    source = read_source(path)
    parent_name = source.data.pop("extends", None)
    if parent_name is None:
        return source
    where = source.where(("extends",))
    if not isinstance(parent_name, str):
        raise ScenarioError(f"{where}extends: one file or shipped name")
    beside = path.parent / parent_name
    try:
        parent_path = beside if beside.is_file() else find_file(parent_name)
    except ScenarioError as error:
        raise ScenarioError(f"{where}extends: {error}") from None
    parent = _with_parent(parent_path, (*children, here))
    for name in ("name", "question", "description"):
        parent.data.pop(name, None)
    merged = Source(_merge(parent.data, source.data), {**parent.places, **source.places})
    return merged


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`: blocks are merged key by key, lists and transitions replaced."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if key in ("governance", "central") and old is not None:
            merged[key] = _merge_rows(old, value)
        elif isinstance(value, Mapping) and isinstance(old, Mapping) and key not in _WHOLE:
            merged[key] = _merge(old, value)
        else:
            merged[key] = value
    return merged


def _merge_rows(below: Any, above: Any) -> Any:
    """Rows over rows: what holds for all replaces everything below it."""
    paradigms = set(FIGURE.paradigm_ids)
    if not isinstance(above, Mapping) or set(above) <= paradigms or "all" in above:
        return above
    bare = not isinstance(below, Mapping) or set(below) <= paradigms
    return {**({"all": below} if bare else below), **above}


def _apply_set(source: Source, text: str) -> None:
    """One `--set path.to.key=value`; parameters and cells may be named without their block."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ScenarioError(f"--set {text}: write it as path.to.key=value")
    path = key.strip().split(".")
    if key.strip() in PARAMETERS:
        path = ["parameters", key.strip()]
    elif path[0] in ("parameters", "policy"):
        path = [path[0], ".".join(path[1:])]
    change: Any = plain(value.strip())
    for part in reversed(path):
        change = {part: change}
    source.data = _merge(source.data, change)


def _validated(source: Source) -> Scenario:
    """The scenario of plain data; raises `ScenarioError` with every mistake, each on its line."""
    mistakes: list[tuple[Path_, str]] = []
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(source.data)
    except ValidationError as error:
        mistakes = _explained(error)
    if scenario is not None:
        mistakes = _check(scenario)
    if scenario is None or mistakes:
        lines = [_line(source, path, message) for path, message in mistakes]
        raise ScenarioError("\n".join(dict.fromkeys(lines)))
    return scenario


def _line(source: Source, path: Path_, message: str) -> str:
    shown = ".".join(str(part) for part in path)
    return f"{source.where(path)}{shown + ': ' if shown else ''}{message}"


def _explained(error: ValidationError) -> list[tuple[Path_, str]]:
    """pydantic's findings in our words."""
    mistakes = []
    for finding in error.errors():
        path = tuple(part for part in finding["loc"] if not _is_branch(part))
        message = finding["msg"].removeprefix("Value error, ")
        kind = finding["type"]
        given = finding["input"]
        if kind == "extra_forbidden":
            message = f"unknown key{near(str(path[-1]), _keys_at(path[:-1]))}"
        elif kind == "missing":
            message = "is missing"
        elif kind.endswith("_type") or kind.endswith("_parsing"):
            message = f"{_expected(kind)}, not {_shown(given)}"
        elif "ctx" in finding:
            message = f"{message[0].lower()}{message[1:]}, not {_shown(given)}"
        mistakes.append((path, message))
    return mistakes


def _is_branch(part: str | int) -> bool:
    """Whether pydantic added this part of a path for a branch of a union."""
    return isinstance(part, str) and (
        part in ("float", "str", "int", "list[str]", "literal['all']") or part.startswith("dict[")
    )


def _expected(kind: str) -> str:
    names = {"int": "a whole number", "float": "a number", "string": "text", "bool": "true or false",
             "list": "a list", "dict": "a block of keys", "model": "a block of keys"}  # fmt: skip
    return f"expected {names.get(kind.split('_')[0], 'another kind of value')}"


def _shown(given: Any) -> str:
    if isinstance(given, str):
        return f"the text '{given}'"
    if isinstance(given, bool):
        return str(given).lower()
    return "nothing" if given is None else str(given)


def _keys_at(path: Path_) -> list[str]:
    """The keys allowed in a block of a scenario."""
    blocks: dict[str, type[BaseModel]] = {
        "society": Society, "transition": Transition, "moves": Move, "policy": PolicyChange,
    }  # fmt: skip
    names = [part for part in path if isinstance(part, str)]
    block = blocks.get(names[-1], Scenario) if names else Scenario
    return [*block.model_fields, "extends"] if block is Scenario else list(block.model_fields)


def _check(s: Scenario) -> list[tuple[Path_, str]]:
    """What one field cannot see."""
    mistakes: list[tuple[Path_, str]] = []
    if not _DATE.fullmatch(s.start):
        mistakes.append((("start",), f"a calendar month as 1995-01, not '{s.start}'"))
    for block in ("governance", "central"):
        written = getattr(s, block)
        if written is not None:
            mistakes += [((block, *path), text) for path, text in row_positions(written)[1]]
    mistakes += _check_society(s)
    mistakes += _check_values(s.parameters, ("parameters",), month_0=True)
    mistakes += _check_cells(s)
    mistakes += _check_moves(s) + _check_policy(s)
    return mistakes


def _check_society(s: Scenario) -> list[tuple[Path_, str]]:
    try:
        check_place(s.society.place)
    except UnknownPlace as error:
        return [(("society", "place"), str(error))]
    mistakes: list[tuple[Path_, str]] = []
    drawn = is_drawn(s.society.place)
    if not drawn and "local_governments" in s.society.model_fields_set:
        mistakes.append(
            (("society", "local_governments"), f"{s.society.place} has its own; leave this out")
        )
    count = len(local_government_names(s.society.place, count=s.society.local_governments))
    if s.society.citizens < _FEWEST_RESIDENTS * count:
        mistakes.append(
            (
                ("society", "citizens"),
                f"{s.society.citizens} is too few for {count} local governments: "
                f"at least {_FEWEST_RESIDENTS * count}",
            )
        )
    if s.society.place.startswith("europe:"):
        for name in s.parameters:
            if name.startswith("society.infrastructure"):
                message = f"infrastructure in {s.society.place} is observed; leave this out"
                mistakes.append((("parameters", name), message))
    return mistakes


def _check_values(
    values: Mapping[str, float], path: Path_, *, month_0: bool
) -> list[tuple[Path_, str]]:
    mistakes: list[tuple[Path_, str]] = []
    for name, value in values.items():
        parameter = PARAMETERS.get(name)
        if parameter is None:
            known = list(PARAMETERS)
            mistakes.append(((*path, name), f"unknown parameter{near(name, known)}"))
        elif not parameter.low <= value <= parameter.high:
            message = f"{value:g} is outside {parameter.low:g} to {parameter.high:g}"
            mistakes.append(((*path, name), f"{message} ({parameter.unit})"))
        elif parameter.at_start and not month_0:
            mistakes.append(((*path, name), "holds from month 0 and cannot change later"))
    return mistakes


def _check_cells(s: Scenario) -> list[tuple[Path_, str]]:
    mistakes: list[tuple[Path_, str]] = []
    known = {cell.name: cell for cell in FIGURE.cells}
    for name, anchors in s.cells.items():
        if name not in known:
            mistakes.append((("cells", name), f"unknown cell{near(name, list(known))}"))
            continue
        for paradigm, value in anchors.items():
            path = ("cells", name, paradigm)
            if paradigm not in FIGURE.paradigm_ids:
                text = f"'{paradigm}' is not a paradigm{near(paradigm, FIGURE.paradigm_ids)}"
                mistakes.append((path, text))
            elif not known[name].low <= value <= known[name].high:
                cell = known[name]
                text = f"{value:g} is outside {cell.low:g} to {cell.high:g} ({cell.unit})"
                mistakes.append((path, text))
    if not mistakes:
        for simplex in FIGURE.override(s.cells).broken_simplexes():
            names = [cell.name for cell in FIGURE.cells if cell.simplex == simplex]
            mistakes.append((("cells",), f"{', '.join(names)} must sum to one"))
    return mistakes


def _check_when(
    s: Scenario, item: Move | PolicyChange, path: Path_
) -> list[tuple[Path_, str]]:
    if (item.month is None) == (item.date is None):
        return [(path, "needs either month or date")]
    if item.date is not None and not _DATE.fullmatch(item.date):
        return [((*path, "date"), f"a calendar month as 2003-01, not '{item.date}'")]
    month = s.month_of(item.month, item.date)
    if not 1 <= month <= s.months:
        key = "month" if item.date is None else "date"
        return [((*path, key), f"month {month} is outside 1 to {s.months}")]
    return []


def _check_moves(s: Scenario) -> list[tuple[Path_, str]]:
    mistakes: list[tuple[Path_, str]] = []
    if s.transition.mode == "fixed" and s.transition.moves:
        mistakes.append((("transition", "moves"), "mode is fixed; moves need mode: scheduled"))
    if s.transition.mode == "scheduled" and not s.transition.moves:
        mistakes.append((("transition", "mode"), "scheduled needs moves"))
    for index, move in enumerate(s.transition.moves):
        path: Path_ = ("transition", "moves", index)
        mistakes += _check_when(s, move, path)
        mistakes += [((*path, "to"), text) for _, text in row_positions(move.to)[1]]
        for row in move.rows if move.rows != "all" else ():
            if row not in FIGURE.row_ids:
                text = f"'{row}' is not a row of the figure{near(row, FIGURE.row_ids)}"
                mistakes.append(((*path, "rows"), text))
        mistakes += _check_who(s, move.who, (*path, "who"))
    return mistakes


def _check_who(s: Scenario, who: str, path: Path_) -> list[tuple[Path_, str]]:
    try:
        names = local_government_names(s.society.place, count=s.society.local_governments)
    except UnknownPlace:
        return []
    allowed = ("all", "local", "central", *names)
    return [] if who in allowed else [(path, f"nobody is called '{who}'{near(who, allowed)}")]


def _check_policy(s: Scenario) -> list[tuple[Path_, str]]:
    mistakes: list[tuple[Path_, str]] = []
    for index, change in enumerate(s.policy):
        path: Path_ = ("policy", index)
        mistakes += _check_when(s, change, path)
        mistakes += _check_values(change.set, (*path, "set"), month_0=False)
    return mistakes

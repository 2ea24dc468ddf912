"""What a model class of one's own declares: parameters, outcomes and rules, looked at when made.

    class Weary(GovernanceModel):
        own_parameters = {"weary": WearyParameters}    # groups, as the shipped ones are declared
        own_outcomes = (Outcome("weariness", ...),)    # read each month by `read_outcomes`
        own_rules = {"updated_trust": stubborn_trust}  # in place of the shipped rule of that name

Rules take the place of those that the citizens' and governments' loops call. Both engines ask them:
the loops are compiled again around them, and the agents' methods look them up in place of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from inspect import signature
from types import FunctionType, ModuleType
from typing import Any

from sim.agents import Citizen, citizen, local_government
from sim.engine.compiling import Loop, action, inner, loop, readable, rule
from sim.errors import WrongArgument
from sim.outcomes import Outcome, declare_outcome
from sim.processes import governing, lives
from sim.processes.declared import GROUPS, declare_group
from sim.text import near

Rules = Mapping[str, Callable[..., Any]]
CITIZENS_RULES = (
    "train", "choose_channel", "fates", "use_services", "experience", "hear_back", "takes_part",
    "updated_efficacy", "updated_fatigue", "budget_fit", "performance", "updated_trust",
    "updated_expectation", "consent",
)  # fmt: skip
GOVERNMENTS_RULES = (
    "form_target", "revise_budget", "run_project", "offer_services", "renew_services",
    "feel_pressure", "consider_reform", "be_pushed",
)  # fmt: skip
RULES = (*CITIZENS_RULES, *GOVERNMENTS_RULES)
"""The rules that can be replaced, in the order of the month."""


def declare(owner: type) -> None:
    """Make known what a model class declares. Raises `WrongArgument` where it cannot be."""
    name = f"{owner.__module__}.{owner.__qualname__}"
    for prefix, group in vars(owner).get("own_parameters", {}).items():
        if prefix in GROUPS or not str(prefix).isidentifier():
            raise WrongArgument(
                f"{name}: own_parameters: a group needs a name of its own, not {prefix!r}"
            )
        declare_group(prefix, group, owner=name)
    for outcome in vars(owner).get("own_outcomes", ()):
        declare_outcome(outcome, owner=name)
    for rule_name, function in vars(owner).get("own_rules", {}).items():
        _check_rule(name, rule_name, function)


def _check_rule(owner: str, name: str, function: Any) -> None:
    if name not in RULES:
        raise WrongArgument(
            f"{owner}: own_rules: there is no rule {name!r}{near(str(name), RULES)}"
        )
    own = _plain(function)
    if own is None:
        raise WrongArgument(f"{owner}: own_rules: {name}: a function, not {function!r}")
    wanted, given = list(signature(_stock(name)).parameters), list(signature(own).parameters)
    if len(wanted) != len(given):
        raise WrongArgument(
            f"{owner}: own_rules: {name} takes {len(wanted)} arguments "
            f"({', '.join(wanted)}), not {len(given)}"
        )


def refuse_wrong_outcomes(declared: tuple[Outcome, ...], read: Mapping[str, float]) -> None:
    """Raises `ValueError` unless exactly the declared outcomes were read."""
    names = {outcome.name for outcome in declared}
    if set(read) != names:
        told = ", ".join(sorted(names)) or "nothing"
        raise ValueError(f"read_outcomes: gives {', '.join(sorted(read)) or 'nothing'}, not {told}")


def is_of_citizens(name: str) -> bool:
    """Whether a rule is one of the citizens' month."""
    return name in CITIZENS_RULES


def _is_home(thing: Any, module: ModuleType) -> bool:
    return getattr(thing, "__module__", None) == module.__name__


def _get(module: ModuleType, name: str) -> Any:
    return vars(module)[name]


def _stock(name: str) -> Any:
    home = lives if is_of_citizens(name) else governing
    return _get(home, name).py_func


def _plain(function: Any) -> FunctionType | None:
    function = getattr(function, "py_func", function)
    return function if isinstance(function, FunctionType) else None


def _functions(module: ModuleType) -> dict[str, FunctionType]:
    """Functions that a module compiles itself, as they are written."""
    found = {name: getattr(thing, "py_func", None) for name, thing in vars(module).items()}
    return {name: f for name, f in found.items() if f is not None and _is_home(f, module)}


def loops_of(rules: Rules) -> dict[str, Callable[..., Any]]:
    """The loops that own rules change, by name, each to be compiled around them."""
    found: dict[str, Callable[..., Any]] = {}
    for module, names in ((lives, CITIZENS_RULES), (governing, GOVERNMENTS_RULES)):
        own = {name: _compiled(f) for name, f in rules.items() if name in names}
        found |= _around(module, own)
    return found


@cache
def _rule_of(function: FunctionType) -> Callable[..., Any]:
    return rule(function)


def _compiled(function: Any) -> Callable[..., Any]:
    plain = _plain(function)
    assert plain is not None
    return _rule_of(plain)


def _around(module: ModuleType, own: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """A module's functions that call own rules, or call one that does, made again."""
    functions = _functions(module)
    changed = set(own)
    while more := {n for n, f in functions.items() if changed & {*f.__code__.co_names}} - changed:
        changed |= more
    names = vars(module) | dict(own)
    made: dict[str, Callable[..., Any]] = {}
    for name, function in functions.items():
        if name in changed and name not in own:
            again = FunctionType(function.__code__, names, name, function.__defaults__)
            is_loop = isinstance(_get(module, name), Loop)
            names[name] = loop(again) if is_loop else _part(module, name)(again)
            if is_loop:
                made[name] = names[name]
    return made


def _part(module: ModuleType, name: str) -> Callable[[Any], Any]:
    """How a part of a loop is compiled: as it was."""
    options = getattr(_get(module, name), "targetoptions", {})
    return inner if options.get("no_cpython_wrapper") else action


def citizens_under(rules: Rules, owner: type, name: str) -> type[Citizen]:
    """Citizens whose methods ask own rules; found as `name` of its owner, so it can be copied."""
    own = {n: readable(_compiled(f)) for n, f in rules.items() if is_of_citizens(n)}
    if not own:
        return Citizen
    members: dict[str, Any] = dict(_asking(vars(Citizen), vars(citizen) | own, own))
    place = {"__module__": owner.__module__, "__qualname__": f"{owner.__qualname__}.{name}"}
    return type(name, (Citizen,), members | place)


def actions_under(rules: Rules) -> dict[str, Callable[..., Any]]:
    """Methods of local governments that ask own rules, by name."""
    own = {n: _compiled(f) for n, f in rules.items() if not is_of_citizens(n)}
    kind = local_government.LocalGovernment
    return dict(_asking(vars(kind), vars(local_government) | own, own))


def _asking(
    members: Mapping[str, Any], names: dict[str, Any], own: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Methods and properties that call own rules, made again with them."""
    for name, member in members.items():
        function = getattr(member, "fget", member)
        if isinstance(function, FunctionType) and {*function.__code__.co_names} & {*own}:
            again = FunctionType(
                function.__code__, names, name, function.__defaults__, function.__closure__
            )
            again.__doc__ = function.__doc__
            yield name, property(again) if isinstance(member, property) else again

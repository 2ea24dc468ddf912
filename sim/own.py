"""What a model class of one's own declares: parameters, outcomes and rules, looked at when made.

    class Weary(GovernanceModel):
        own_parameters = {"weary": WearyParameters}    # groups, as the shipped ones are declared
        own_outcomes = (Outcome("weariness", ...),)    # read each month by `read_outcomes`
        own_rules = {"updated_trust": stubborn_trust}  # in place of the shipped rule of that name

Rules take the place of those that the citizens' and governments' loops call. Both engines ask them:
the loops are compiled again around them, and the agents' methods look them up in place of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from inspect import signature
from types import FunctionType
from typing import Any

from sim.agents import Citizen, citizen
from sim.agents.local_government import step_of
from sim.bar import note
from sim.engine.compiling import Compiled, Loop, looked_up, own_rule, readable
from sim.errors import WrongArgument
from sim.outcomes import Outcome, declare_outcome
from sim.processes import lives
from sim.processes.declared import GROUPS, declare_group
from sim.processes.month import STEPS, Months, months
from sim.text import near

Rules = Mapping[str, Callable[..., Any]]
CITIZENS_RULES = (
    "train", "choose_channel", "fates", "use_services", "experience", "hear_back", "input_rate",
    "count_inputs", "updated_efficacy", "updated_fatigue", "budget_fit", "performance",
    "settled_trust", "updated_trust", "updated_expectation", "consent",
)  # fmt: skip
_TAKEN_BY_EACH = {step.function.__name__: step for step in STEPS.values() if step.by == "each"}
RULES = (*CITIZENS_RULES, *_TAKEN_BY_EACH)
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


def _stock(name: str) -> Any:
    return vars(lives)[name] if is_of_citizens(name) else _TAKEN_BY_EACH[name].function


def _plain(function: Any) -> FunctionType | None:
    function = getattr(function, "py_func", function)
    return function if isinstance(function, FunctionType) else None


def months_under(rules: Rules) -> Months:
    """The months of the model with own rules in the place of ours, compiled around them."""
    if not rules:
        return months
    own = {id(_stock(name)): _compiled(function) for name, function in rules.items()}
    around = {step.name: _around(step.function, own) for step in STEPS.values()}
    return Months(around, told=partial(_tell_cost, tuple(rules)))


def _tell_cost(rules: Sequence[str], seconds: float, are_kept: bool) -> None:
    """Say what own rules took to compile."""
    listed = ", ".join(f"`{name}`" for name in rules)
    kept = "kept for next time" if are_kept else "and again at every start: it cannot be kept"
    note(f"compiled {listed} of yours into the month: {seconds:.0f} s, {kept}")


def _around(function: Any, own: dict[int, Any]) -> Any:
    """A compiled function that calls own rules, made again with them; else as it is.

    `own` has what takes the place of a function, by its identity, and grows by what was looked at.
    """
    if id(function) in own:
        return own[id(function)]
    plain = function.py_func
    called = {
        name: (thing, _around(thing, own))
        for name in looked_up(plain)
        if isinstance(thing := plain.__globals__.get(name), (Compiled, Loop))
    }
    changed = {name: new for name, (old, new) in called.items() if new is not old}
    made = function
    if changed:
        again = FunctionType(
            plain.__code__, plain.__globals__ | changed, plain.__name__, plain.__defaults__
        )
        made = type(function)(again, **function.options)
    own[id(function)] = made
    return made


@cache
def _rule_of(function: FunctionType) -> Callable[..., Any]:
    return own_rule(function)


def _compiled(function: Any) -> Callable[..., Any]:
    plain = _plain(function)
    assert plain is not None
    return _rule_of(plain)


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
    steps = {_TAKEN_BY_EACH[n].name: f for n, f in rules.items() if not is_of_citizens(n)}
    return {name: step_of(name, _compiled(function)) for name, function in steps.items()}


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

"""Alternative rules: chosen by name in a scenario, kept among its parameters by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.parameters import Parameter
from sim.processes.declared import PARAMETERS
from sim.scenario.given import instead
from sim.scenario.source import Mistake, Source
from sim.text import near, short

RULES = "rules"
_PARAMETERS = "parameters"


def choices() -> dict[str, Parameter]:
    """The choices between alternative rules, by the process that they belong to."""
    return {name.partition(".")[0]: p for name, p in PARAMETERS.items() if p.choices}


def spread_rules(source: Source) -> None:
    """Write rules that are chosen by name as the parameters that they are.

    What names no rule, or one that the parameters choose as well, stays and is a mistake.
    """
    written, values = source.data.get(RULES), source.data.get(_PARAMETERS, {})
    if not (isinstance(written, Mapping) and isinstance(values, Mapping)):
        return
    known = choices()
    left, chosen = dict(written), dict(values)
    for process, name in written.items():
        parameter = known.get(process)
        if parameter is None or name not in parameter.choices or parameter.name in values:
            continue
        chosen[parameter.name] = float(parameter.choices.index(left.pop(process)))
        place = source.place((RULES, process))
        source.places[_PARAMETERS, parameter.name] = place
        source.places.setdefault((_PARAMETERS,), place)
    if chosen:
        source.data[_PARAMETERS] = chosen
    source.data[RULES] = left
    if not left:
        del source.data[RULES]


def with_rules(data: Any) -> Any:
    """A scenario's plain data with its rules as parameters."""
    if not isinstance(data, Mapping) or RULES not in data:
        return data
    source = Source(dict(data))
    spread_rules(source)
    return source.data


def check_rules(left: Mapping[str, Any], values: Mapping[str, float]) -> Iterator[Mistake]:
    """What is wrong with rules that could not be taken for parameters."""
    known = choices()
    for process, name in left.items():
        path = (RULES, process)
        parameter = known.get(process)
        if parameter is None:
            text = f"there is no choice of rules for '{short(process)}'{near(process, [*known])}"
            yield path, text
        elif name not in parameter.choices:
            yield path, _not_a_rule(process, name, parameter.choices)
        elif parameter.name in values:
            yield path, f"parameters.{parameter.name} chooses it too; leave one of them out"


def _not_a_rule(process: str, given: Any, allowed: tuple[str, ...]) -> str:
    if isinstance(given, str):
        return f"'{short(given)}' is not a rule of {process}{near(given, allowed)}"
    return f"expected one of {', '.join(allowed)}{instead(given)}"


def check_choice(parameter: Parameter, value: float) -> str:
    """What is wrong with the number of a rule; an empty text if nothing is."""
    if not parameter.choices or (value in range(len(parameter.choices))):
        return ""
    process = parameter.name.partition(".")[0]
    return (
        f"{value:g} is no rule; choose one by name, as rules: {{{process}: "
        f"{parameter.choices[-1]}}} (of {', '.join(parameter.choices)})"
    )


def rules_in(values: Mapping[str, float]) -> dict[str, str]:
    """Which rule each process follows under the given values of parameters, by name."""
    return {
        process: parameter.told(values.get(parameter.name, parameter.default))
        for process, parameter in choices().items()
    }

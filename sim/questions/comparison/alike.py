"""Scenarios that are compared share society, period and luck: who follows whom, what is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import ScenarioError, UserMistake
from sim.scenario import Scenario
from sim.scenario.files import is_file, shipped_names

if TYPE_CHECKING:
    from sim.questions.comparison.study import Study


def is_shipped_name(given: object) -> bool:
    """Whether a scenario is given by its shipped name alone, as `gov2`."""
    return isinstance(given, str) and not is_file(Path(given)) and given in shipped_names()


def alike(
    scenarios: Sequence[Scenario], shipped: Sequence[bool]
) -> tuple[list[Scenario], list[str]]:
    """The scenarios, where shipped ones take society and period from those that are not.

    A plan of ten years is compared with ten years of `gov2`. What a shipped one takes is told in a
    line. Nothing is taken where there is no other scenario, or where the others are unlike; raises
    `UserMistake` if a shipped one cannot take it.
    """
    own = [s for s, is_shipped in zip(scenarios, shipped, strict=True) if not is_shipped]
    if not own or any(_shared(s) != _shared(own[0]) for s in own):
        return list(scenarios), []
    found, told = [], []
    for scenario, is_shipped in zip(scenarios, shipped, strict=True):
        if is_shipped and _shared(scenario) != _shared(own[0]):
            if scenario.history != own[0].history:
                _refuse_other_histories(scenario, own[0])
            told.append(f"{scenario.name} is run as {own[0].name} is: {_taken(scenario, own[0])}")
            found.append(_like(scenario, own[0]))
        else:
            found.append(scenario)
    return found, told


def unused(study: Study, scenarios: Sequence[Scenario], *, seed: bool, luck: bool) -> Iterator[str]:
    """Seeds and replicates that scenarios ask for and that the study does not take from them.

    `seed` and `luck` say whether its seed and its number of replicates were given otherwise, for
    all scenarios. Those in a world are not the scenario's to say.
    """
    if study.per_world and not luck:
        for scenario in scenarios:
            if "replicates" in scenario.model_fields_set:
                yield (
                    f"{scenario.named('replicates')} counts for luck alone (--luck-only); each "
                    f"world has {study.per_world}, and --replicates says otherwise"
                )
    for scenario in scenarios:
        for key, given in (("seed", seed), ("replicates", luck or bool(study.per_world))):
            held = getattr(study, key)
            if not given and key in scenario.model_fields_set and getattr(scenario, key) != held:
                first = next(iter(study.scenarios))
                yield (
                    f"{scenario.named(key)} counts for nothing: all share {key} {held} of {first}; "
                    f"--{key} says otherwise"
                )


def _refuse_other_histories(s: Scenario, other: Scenario) -> None:
    """Raises `UserMistake`: a scenario cannot take the history of another one."""
    with_, without = (s, other) if other.history is None else (other, s)
    raise UserMistake(
        f"{with_.name} lives through {with_.history.name} first and {without.name} through "
        f"{'nothing' if without.history is None else without.history.name}; compared scenarios "
        f"share one history: write a plan that extends {with_.name}"
    )


def _shared(s: Scenario) -> tuple[object, ...]:
    return s.start, s.years, s.society, s.history, s.worlds


def _taken(s: Scenario, other: Scenario) -> str:
    before, after = _shown(s), _shown(other)
    return ", ".join(f"{key} {after[key]}" for key in after if before[key] != after[key])


def _shown(s: Scenario) -> dict[str, object]:
    society = {f"society.{key}": value for key, value in s.society.model_dump().items()}
    held = f"[{', '.join(s.worlds.hold)}]"
    return {"start": s.start, "years": s.years, **society, "worlds.hold": held}


def _like(s: Scenario, other: Scenario) -> Scenario:
    data = s.model_dump(exclude_unset=True)
    given = {"start": other.start, "years": other.years}
    society = other.society.model_dump(exclude_unset=True)
    worlds = other.worlds.model_dump(exclude_unset=True)
    try:
        like = Scenario.model_validate(data | given | {"society": society, "worlds": worlds})
    except ScenarioError as error:
        first = str(error).splitlines()[0]
        raise UserMistake(
            f"{s.name}: cannot be run as {other.name} is ({_taken(s, other)}): {first}"
        ) from None
    return like.run_by(s.own_model)

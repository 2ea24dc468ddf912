"""What is compared on the page: two or three governments, their society, their luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.errors import UserMistake
from sim.model import GovernanceModel
from sim.runs.past import begin
from sim.scenario import Scenario
from sim.scenario.likeness import unlike

MOST_GOVERNMENTS = 3
CITIZENS = 2_000
"""Of a new page: enough to see what happens, few enough for thirty pages at once."""
HIGHEST_SEED = (1 << 53) - 1
"""A browser holds whole numbers up to here; from there on it would show another seed's digits."""


@dataclass(frozen=True)
class Limits:
    """What one page may ask for; a teacher may raise it when the lab is started."""

    citizens: int = 20_000
    years: int = 60


@dataclass(frozen=True)
class Setup:
    """Scenarios that share one society, one period and the luck of replicate 0 of a seed."""

    scenarios: tuple[Scenario, ...]
    seed: int = 1

    @property
    def names(self) -> list[str]:
        """Names of the governments, in order."""
        return [one.name for one in self.scenarios]

    @property
    def months(self) -> int:
        """Months that there are to play."""
        return self.scenarios[0].months

    @property
    def people(self) -> int:
        """Citizens simulated, of all governments."""
        return sum(one.society.citizens for one in self.scenarios)

    def with_scenario(self, place: int, scenario: Scenario) -> Setup:
        """The same with another scenario in one place."""
        scenarios = list(self.scenarios)
        scenarios[place] = scenario
        return replace(self, scenarios=tuple(scenarios))

    def models(self, luck: int) -> list[GovernanceModel]:
        """The models at their start. `luck` is the seed of the replicate."""
        size = self.scenarios[0].society.citizens
        return [begin(one, luck, threads=2 if size > _MANY else 1) for one in self.scenarios]


_MANY = 10_000


def setup_of(
    scenarios: Sequence[Scenario], seed: int, limits: Limits, *, society: Mapping[str, Any] = {}
) -> Setup:
    """A setup of scenarios, changed to share what is asked for.

    Raises `UserMistake` for too many, for two of one name, where they do not share society and
    period, or past the limits of this lab.
    """
    if not 1 <= len(scenarios) <= MOST_GOVERNMENTS:
        raise UserMistake(f"governments: {len(scenarios)} asked; one to {MOST_GOVERNMENTS} fit")
    if not 0 <= seed <= HIGHEST_SEED:
        raise UserMistake(f"seed: {seed}; expected 0 to {HIGHEST_SEED}")
    made = [_within(_but(one, society), limits) for one in scenarios]
    names = [one.name for one in made]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise UserMistake(f"{sorted(twice)[0]}: is named twice; every government needs its own")
    for name, why in unlike(dict(zip(names, made, strict=True))):
        raise UserMistake(f"{name}: {why}")
    return Setup(tuple(made), seed)


def _but(scenario: Scenario, society: Mapping[str, Any]) -> Scenario:
    """The scenario with the citizens and years asked for."""
    changes: dict[str, Any] = {}
    if "citizens" in society:
        changes["society"] = {"citizens": society["citizens"]}
    if "years" in society:
        changes["years"] = society["years"]
    try:
        return scenario.but(**changes) if changes else scenario
    except UserMistake as error:
        raise UserMistake(f"{scenario.name}: {error}") from None


def _within(scenario: Scenario, limits: Limits) -> Scenario:
    if scenario.society.citizens > limits.citizens:
        raise UserMistake(
            f"{scenario.name}: {scenario.society.citizens:,} citizens; this lab takes up to "
            f"{limits.citizens:,}"
        )
    before = scenario.months_before // 12
    if scenario.years + before > limits.years:
        told = f"{scenario.years + before} years, its history among them"
        raise UserMistake(f"{scenario.name}: {told}; this lab takes up to {limits.years}")
    if scenario.own_model is not None:
        raise UserMistake(f"{scenario.name}: runs under a model of its own; the lab takes ours")
    return scenario

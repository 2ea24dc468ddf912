"""In what money is told: in the place's currency where it has prices, else in the model's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.outcome_words import MODEL_MONEY, money_told
from sim.outcomes import KNOWN
from sim.society.prices import read_prices

if TYPE_CHECKING:
    from sim.scenario import Scenario


@dataclass(frozen=True)
class Price:
    """What a unit of the model's money is: an amount of a currency and its year."""

    amount: float = 1.0
    currency: str = ""

    @property
    def unit(self) -> str:
        """What money is called: `PLN 2020`, or that it is the model's own."""
        return self.currency or MODEL_MONEY

    @property
    def short_unit(self) -> str:
        """The same in a word, for columns."""
        return self.currency.rpartition(" ")[0] or "money"

    def of(self, outcome: str) -> float:
        """What values of an outcome are multiplied by: the amount where they are money."""
        is_money = outcome in KNOWN and KNOWN[outcome].unit.startswith("money ")
        return self.amount if is_money else 1.0

    def told(self, text: str) -> str:
        """A unit, or a text with one, with the name of the money."""
        return money_told(text, self.unit)


IN_MODEL_MONEY = Price()
"""Money as the model counts it."""


def price_of(scenario: Scenario) -> Price:
    """The price that tells money in the place's currency; the model's own money without one.

    It is of the parameters as they are before any world is drawn.
    """
    if scenario.society.prices is None:
        return IN_MODEL_MONEY
    prices = read_prices(scenario.society.prices)
    return Price(prices.per_money(scenario.parameter_values(0)), f"{prices.currency} {prices.year}")

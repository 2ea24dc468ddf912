"""Prices of a place: what turns the money of the model into a currency.

Money in the model is counted in units in which one contact at the counter or on the phone costs
`service.counter_cost`. One price of an item that the model knows, as it is paid in the place, says
what a unit is worth there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sim.society import cells
from sim.society.access import FIRST_YEAR, LAST_YEAR
from sim.society.sheets import read_sheet, sheet_bytes
from sim.text import near, short

COLUMNS = ("item", "amount", "currency", "year", "source")
NEEDED = ("item", "amount", "currency", "year")
ITEMS: Mapping[str, tuple[str, str]] = {
    "counters": ("service.counter_cost", "one contact at the counter or on the phone"),
    "back_office": ("service.back_office_cost", "the work behind one need"),
    "online": ("service.web_cost", "one digital contact"),
    "training": ("service.training_cost", "one digital-skills course"),
}
"""Items that may be priced, with the parameter that is their price in the model; the first one that
is given converts."""
_LONGEST_CURRENCY = 12


@dataclass(frozen=True)
class Prices:
    """Prices by item, all in one currency of one year."""

    currency: str
    year: int
    amounts: Mapping[str, float]
    source: str

    @property
    def item(self) -> str:
        """The item whose price converts: the first of `ITEMS` that is given."""
        return next(item for item in ITEMS if item in self.amounts)

    def per_money(self, values: Mapping[str, float]) -> float:
        """What one unit of the model's money is worth in the currency.

        `values` are parameters by full name: those of the scenario, before any world.
        """
        return self.amounts[self.item] / values[ITEMS[self.item][0]]

    def beside(self, values: Mapping[str, float]) -> dict[str, tuple[float, float]]:
        """Other items: the price given, and what the model's own price of it comes to."""
        rate = self.per_money(values)
        return {
            item: (amount, rate * values[ITEMS[item][0]])
            for item, amount in self.amounts.items()
            if item != self.item
        }


def read_prices(path: str) -> Prices:
    """The prices of a file; raises `WrongSheet` with every mistake, a line each."""
    return _parsed(path, sheet_bytes(path))


@lru_cache(maxsize=16)
def _parsed(name: str, data: bytes) -> Prices:
    sheet = read_sheet(name, data, COLUMNS, needed=NEEDED)
    amounts: dict[str, float] = {}
    firsts: dict[str, tuple[str, int]] = {}
    sources: list[str] = []
    for row in sheet.rows:
        item = cells.text(sheet, row, "item")
        amount = cells.number(sheet, row, "amount", 1e-9, 1e15)
        currency = cells.text(sheet, row, "currency", longest=_LONGEST_CURRENCY)
        year = cells.number(sheet, row, "year", FIRST_YEAR, LAST_YEAR, whole=True)
        sources.append(cells.text(sheet, row, "source", longest=500))
        for column in NEEDED:
            if column in sheet.columns and not row.cells.get(column):
                sheet.wrong(row.line, column, "is empty")
        if item and item not in ITEMS:
            text = f"'{short(item)}' is no item that the model prices{near(item, list(ITEMS))}"
            sheet.wrong(row.line, "item", text)
        elif item in amounts:
            sheet.wrong(row.line, "item", f"{item} is priced in an earlier line too")
        elif item and amount is not None:
            amounts[item] = amount
        shown = {"currency": currency, "year": f"{year:.0f}" if year is not None else ""}
        for column, value in shown.items():
            known, line = firsts.setdefault(column, (value, row.line)) if value else (value, 0)
            if known != value:
                sheet.wrong(row.line, column, f"{value}, but {known} in line {line}; use one")
    sheet.refuse()
    source = "; ".join(dict.fromkeys(source for source in sources if source))
    return Prices(firsts["currency"][0], int(firsts["year"][0]), amounts, source)

"""The columns that the file of a place may have: what each means, and what happens without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "whole", "number", "share"]


@dataclass(frozen=True, slots=True)
class PlaceColumn:
    """A column of a place's file: what may stand in it, what it moves, what is taken without it.

    `without` says whether that is `drawn` or a `default`, and how; `sets` is the parameter whose
    value is the mean of the column, where it has one.
    """

    name: str
    kind: Kind
    low: float
    high: float
    unit: str
    meaning: str
    moves: str
    without: tuple[Literal["drawn", "default", ""], str]
    sets: str = ""
    is_needed: bool = False


# fmt: off
COLUMNS: Mapping[str, PlaceColumn] = {column.name: column for column in (
    PlaceColumn("name", "text", 1, 80, "", "the local government's name, as moves, policies and --focus have it", "who is who", ("", ""), is_needed=True),
    PlaceColumn("population", "whole", 1, 2_000_000_000, "residents", "people who live there", "how many of the simulated citizens live there, weights of all means, ties between governments", ("", ""), is_needed=True),
    PlaceColumn("native_name", "text", 0, 80, "", "its name in its own script", "labels", ("default", "as name")),
    PlaceColumn("region", "text", 0, 80, "", "what it belongs to", "labels", ("default", "as name")),
    PlaceColumn("own_revenue_share", "share", 0.01, 1.0, "share", "own revenue as a share of all revenue", "own money for projects, grants, mean status (society.status_from_revenue)", ("drawn", "by size, as among Korea's 226 local governments")),
    PlaceColumn("revenue_per_citizen", "number", 1e-6, 1e12, "money per resident and year", "all revenue, in any one currency", "money of the place against the mean of all; the mean stays that of finance.revenue_per_need", ("default", "alike in all places")),
    PlaceColumn("internet_users", "share", 0.0, 1.0, "share", "people who use the internet, in the row's year, or at the start without one", "who has access in the place, then and later: its own logistic curve through this share", ("default", "the curve of society.infrastructure_midpoint; places differ by society.access_between, drawn")),
    PlaceColumn("youth_share", "share", 0.0, 1.0, "share", "residents of youth age", "mean skill by society.age_slope, and needs; against the mean of all", ("drawn", "by size and own revenue, as among Korea's 226 local governments")),
    PlaceColumn("capacity", "share", 0.02, 0.98, "share", "administrative capacity at the start", "capacity of the place; the mean is government.capacity", ("drawn", "around government.capacity, by government.capacity_spread"), sets="government.capacity"),
    PlaceColumn("online_supply", "share", 0.0, 1.0, "share", "services that can be completed online at the start", "supply of online services from month 0", ("default", "5 % in all places")),
    PlaceColumn("baseline_trust", "share", 0.01, 0.99, "share", "predisposition to trust government of the typical resident", "trust of residents from the start and what it returns to; the mean is society.baseline_trust", ("drawn", "around society.baseline_trust, by society.trust_between"), sets="society.baseline_trust"),
    PlaceColumn("informatisation_budget", "number", 1e-6, 1e12, "money per resident and year", "own budget for informatisation, in any one currency", "capacity by government.capacity_from_budget, against the mean of all; nothing where capacity is given", ("default", "says nothing about capacity")),
    PlaceColumn("status", "number", -3.0, 3.0, "z-score", "mean social status of residents", "status of residents, against the mean of all", ("drawn", "by own revenue and luck, society.status_between")),
    PlaceColumn("skill", "share", 0.01, 0.99, "share", "digital skill of the typical resident", "skill of residents, against the mean of all", ("drawn", "by youth and luck, society.skill_between")),
    PlaceColumn("column", "whole", 0, 999, "", "column of its tile on the map, from the left", "maps, and whom governments watch as neighbours", ("default", "a square in the order of the file")),
    PlaceColumn("row", "whole", 0, 999, "", "row of its tile on the map, from the top", "maps, and whom governments watch as neighbours", ("default", "a square in the order of the file")),
    PlaceColumn("year", "whole", 1900, 2199, "year", "year of the row's figures", "when internet_users holds; told beside the source", ("default", "the start of the scenario")),
    PlaceColumn("source", "text", 0, 500, "", "where the figures come from", "told with results", ("default", "the name of the file")),
)}
# fmt: on
"""All columns, in the order of the template. `status` and `skill` are no measured figures: they are
for what-ifs."""

ALIASES: Mapping[str, str] = {
    "self_reliance": "own_revenue_share",
    "trust": "baseline_trust",
    "access": "internet_users",
}
"""Other names of columns, which earlier files have."""

NEEDED = tuple(column.name for column in COLUMNS.values() if column.is_needed)
LEVELS = (
    "own_revenue_share", "revenue_per_citizen", "internet_users", "youth_share", "capacity",
    "online_supply", "baseline_trust", "informatisation_budget", "status", "skill",
)  # fmt: skip
"""Columns of figures that a cell may lack: the others of the column are taken all the same."""

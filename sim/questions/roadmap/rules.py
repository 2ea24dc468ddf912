"""What a found schedule is held against: rules that need no search, and orders drawn by lot."""

from __future__ import annotations

from collections.abc import Sequence

from sim.latin import generator
from sim.paradigms import FIGURE
from sim.questions.roadmap.schedule import Schedule, Space, Step

STAY, AT_ONCE = "stay", "all_at_once"


def simple_rules(space: Space, rows: Sequence[str]) -> dict[str, Schedule]:
    """The simple rules by name; all but `all_at_once` keep to the budget."""
    count = len(rows)
    figure = list(range(count))
    return {
        STAY: space.stay(),
        AT_ONCE: (Step(1, 0),) * count,
        "one_row_a_year": space.placed(figure, list(range(1, count + 1)), [1] * count),
        "figure_order": space.in_order(figure),
        "services_first": space.in_order(_group_first("services", rows)),
        "participation_first": space.in_order(_group_first("participation", rows)),
    }


RULE_WORDS = {
    STAY: "nothing moves",
    AT_ONCE: "all rows in the first month, whatever it costs",
    "one_row_a_year": "a row a year, in the figure's order",
    "figure_order": "in the figure's order, as fast as the budget allows",
    "services_first": "the rows on services first, as fast as the budget allows",
    "participation_first": "the rows on participation first, as fast as the budget allows",
}


def random_orders(space: Space, count: int, key: str) -> dict[str, Schedule]:
    """Orders drawn by lot, each as fast as the budget allows."""
    luck = generator(key)
    orders = [luck.permutation(len(space.costs)).tolist() for _ in range(count)]
    return {f"order_{k + 1:02d}": space.in_order(order) for k, order in enumerate(orders)}


def _group_first(group: str, rows: Sequence[str]) -> list[int]:
    own = {FIGURE.row_ids[place] for place in FIGURE.group(group)}
    return sorted(range(len(rows)), key=lambda row: (rows[row] not in own, row))

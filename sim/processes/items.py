"""What money goes for: the items that all spending is the sum of, by the ledger's columns."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["running", "one_off"]


class Item(NamedTuple):
    """An item of spending: the column of the ledger that has it, and whether it comes back."""

    name: str
    column: str
    kind: Kind
    meaning: str


ITEMS = (
    Item("counters", "counters", "running", "contacts at the counter and on the phone"),
    Item("online", "online", "running", "contacts online"),
    Item("back_office", "back_office", "running", "the work behind needs that are met"),
    Item("participation", "participation", "running", "inputs taken and acted on, deliberation"),
    Item("engagement", "engagement", "running", "engagement staff bought (engagement.staff)"),
    Item("open_data", "open_data", "running", "opening data (open_data.spend)"),
    Item("training", "training", "running", "digital-skills courses (society.digital_training)"),
    Item("ties", "coordination", "running", "ties between institutions kept up"),
    Item("problems", "problems", "running", "solving local problems"),
    Item("breaches", "breaches", "running", "what data breaches cost"),
    Item("projects", "projects", "one_off", "building and renewing systems"),
    Item("transition", "change", "one_off", "changes of the profile: moves, reforms"),
)
"""In the order in which they are told; together they are all that is spent."""
TOTAL = "total"

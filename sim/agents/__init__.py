"""The Mesa faces of the columns: what each agent is and what it can do."""

from sim.agents.central_government import CentralGovernment
from sim.agents.citizen import Citizen
from sim.agents.entrepreneur import Entrepreneur
from sim.agents.followed import FollowedCitizen
from sim.agents.local_government import LocalGovernment
from sim.agents.rules import (
    refuse_changed_rules,
    refuse_changed_stock,
    refuse_replaced_functions,
)

__all__ = [
    "CentralGovernment",
    "Citizen",
    "Entrepreneur",
    "FollowedCitizen",
    "LocalGovernment",
    "refuse_changed_rules",
    "refuse_changed_stock",
    "refuse_replaced_functions",
]

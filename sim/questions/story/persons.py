"""Who a citizen is at month 0, in words and numbers: what twins share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.model import GovernanceModel

_TRAITS = {
    "home": "home",
    "status": "status",
    "skill": "digital skill",
    "civic": "civic inclination",
    "predisposition": "disposition to trust",
    "access_rank": "place in the order in which people get online",
    "elite_weight": "weight among elites",
    "taste_welfare": "wish for welfare",
    "taste_economy": "wish for the economy",
    "taste_environment": "wish for the environment",
    "taste_safety": "wish for safety",
    "trust_local": "trust in the local government",
    "trust_central": "trust in the central government",
    "expectation_local": "expectation of the local government",
    "expectation_central": "expectation of the central government",
    "efficacy": "belief in being heard",
}
_THIRDS = ("bottom", "middle", "top")
_DOMAINS = ("welfare", "the economy", "the environment", "safety")


def start_of(model: GovernanceModel, row: int) -> dict[str, float]:
    """What a citizen is at month 0, in words and numbers; twins share it."""
    columns = model.state.citizens
    traits = {told: float(getattr(columns, name)[row]) for name, told in _TRAITS.items()}
    tied = model.state.tied_to([row])[0]
    return traits | {f"tie {k + 1}": float(tie) for k, tie in enumerate(tied)}


def describe(model: GovernanceModel, row: int, wanted: Sequence[float]) -> list[str]:
    """The person in words and numbers, at month 0; `wanted` is their ideal budget."""
    citizens = model.state.citizens
    skill, rank = float(citizens.skill[row]), float(citizens.access_rank[row])
    people = model.record.weights[citizens.home]
    below = float(np.average(citizens.skill < citizens.skill[row], weights=people))
    civic = float(np.average(citizens.civic < citizens.civic[row], weights=people))
    third = _THIRDS[3 * int(citizens.rank[row]) // 256]
    home = model.place.local_governments[int(citizens.home[row])]
    own = "" if home.native_name == home.name else f" ({home.native_name})"
    trust = 50.0 * float(citizens.trust_local[row] + citizens.trust_central[row])
    nature = 100.0 * float(citizens.predisposition[row])
    wishes = ", ".join(
        f"{100 * float(share):.0f} % {name}" for name, share in zip(_DOMAINS, wanted, strict=True)
    )
    return [
        f"Lives in {home.name}{own}, in the {third} third of society by status.",
        f"Digital skill {skill:.2f} of 1, higher than that of {100 * below:.0f} % of citizens. "
        f"Gets access to the internet when {100 * rank:.0f} % of people have it. More inclined to "
        f"take part in public affairs than {100 * civic:.0f} % of citizens.",
        f"Trust in government {trust:.0f} of 100 at the start; by nature inclined to {nature:.0f}.",
        f"Would spend the budget on: {wishes}.",
    ]

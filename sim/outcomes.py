"""What is read off a society, the headline outcomes first: formula, unit, direction.

How it is computed is in `sim/record.py`. A headline value is the mean of the readings of the last
`WINDOW` months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sim.errors import WrongArgument
from sim.frames import numbers, own_numbers, whole, words
from sim.monthly import WINDOW

__all__ = [
    "COMPONENTS", "DIRECTIONS", "KNOWN", "OUTCOMES", "OWN_COLUMNS", "PRICES_OF_TIME", "WINDOW",
    "Direction", "Outcome", "declare_outcome", "local_columns", "national_columns",
    "profile_columns", "title_of",
]  # fmt: skip

_KEYS = ("scenario", "replicate", "month", "local_government")
PRICES_OF_TIME = (0, 2, 5)
"""Money per hour: efficiency is told at each, since the price of time decides comparisons."""
Direction = Literal["higher", "lower", "none"]


@dataclass(frozen=True)
class Outcome:
    """Something that is read off the society.

    `direction` says which way is better; `none` means neither. `unit` is in words, as `points` (of
    an index from 0 to 100), `%` or `months`, or the range of what has none, as `0-1`. A mean
    difference below `margin` is too small to matter.
    """

    name: str
    direction: Direction
    unit: str
    formula: str
    meaning: str
    components: tuple[str, ...] = ()
    margin: float = 1.0

    @property
    def title(self) -> str:
        """The name in words, as headings have it: `Needs met`."""
        return title_of(self.name)


def title_of(name: str) -> str:
    """The name of an outcome or component in words."""
    return name.replace("_", " ").capitalize()


# fmt: off
OUTCOMES: tuple[Outcome, ...] = (
    Outcome("efficiency", "higher", "points", "100 E / (1 + E), E = (reference / cost_per_need) allocative_efficiency^w", "Needs met and budgets that fit, for money and citizens' time", ("cost_per_need", "technical_efficiency", "allocative_efficiency")),
    Outcome("participation", "higher", "points", "100 sqrt(voice_heard / 100)", "How many take part in a year and are heard", ("voice_heard", "participation_breadth", "answered_share", "participation_equal_invitations", "top1_share")),
    Outcome("trust", "higher", "points", "100 mean of trust in local and central government", "Trust in government", ("trust_local", "trust_central", "trust_sd", "low_trust_share")),
    Outcome("inclusion", "higher", "points", "100 sqrt(W_service W_fit), W = mean (1 - concentration index by status)", "How good services are and how well budgets fit, those of low status counting more; a need not met counts 0", ("service_concentration", "fit_concentration", "voice_heard")),
    Outcome("innovation", "higher", "%", "transactions done online through functions new within three years / all uses of services, 12 months", "How much of what people use is new: convergent services and what projects build or renew", ("live_services", "new_functions", "supplier_top4")),
    Outcome("resilience", "higher", "points", "100 / 3 (after_attack + tie_survival + connectivity)", "How the network of institutions holds: under attack on its best-tied 5 %, over a year, and as a whole", ("after_attack", "tie_survival", "connectivity", "ties_per_government")),
    Outcome("needs_met", "higher", "%", "needs met / needs, 12 months", "Needs of citizens that are met", ("wait", "online_share")),
    Outcome("cost_per_citizen", "lower", "money per citizen and year", "running costs, projects and changes / residents, 12 months, or at that rate", "What government costs a citizen in a year", ("spending_per_need",), margin=2.0),
)

COMPONENTS: tuple[Outcome, ...] = (
    Outcome("cost_per_need", "lower", "money per need", "(spending + value_of_time hours + unmet_value reference (needs - met)) / needs, 12 months", "What a need costs society: money, citizens' time, and what is not met"),
    Outcome("spending_per_need", "lower", "money per need", "all spending / needs, 12 months", "Money for a need that arises"),
    Outcome("fit", "higher", "0-1", "1 - half the summed difference of budget and ideal shares", "How well local budgets fit what residents want"),
    Outcome("technical_efficiency", "higher", "points", "efficiency at w = 0", "Efficiency regardless of what the budget is spent on"),
    Outcome("allocative_efficiency", "higher", "0-1", "fit / fit of the mean of residents' ideal budgets", "How well budgets fit, against the budget that everybody's mean would be"),
    Outcome("efficiency_time_0", "higher", "points", "efficiency with an hour of citizens' time at 0", "Efficiency if citizens' time costs nothing"),
    Outcome("efficiency_time_2", "higher", "points", "efficiency with an hour of citizens' time at 2", "Efficiency if citizens' time costs a little"),
    Outcome("efficiency_time_5", "higher", "points", "efficiency with an hour of citizens' time at 5", "Efficiency if citizens' time costs as in transport appraisals"),
    Outcome("citizen_hours", "lower", "hours per need", "(5.4 counter + 1.4 online) / needs, 12 months; who is turned away has come too", "A citizen's time for a need"),
    Outcome("participation_breadth", "higher", "%", "citizens active in the last 12 months", "How many take part"),
    Outcome("answered_share", "higher", "0-1", "answered / citizens with inputs in a month, 12 months", "Citizens with inputs who are answered; those of one month have one answer"),
    Outcome("acted_on_share", "higher", "0-1", "acted on / citizens with inputs in a month, 12 months", "Citizens with inputs about which something is done"),
    Outcome("participation_equal_invitations", "higher", "points", "100 sqrt(min(1, voice_heard / 100 (o(r) / o(invited))^e)), o(x) = unprompted + uplift x, r = .05 invitations a month, e the share of participants with one input", "Participation if every paradigm invited equally often, answers as they are"),
    Outcome("top1_share", "lower", "0-1", "inputs of a calendar year by the most active 1 % of its participants / all", "How concentrated taking part is"),
    Outcome("top3_share", "lower", "0-1", "the same for 3 %", "How concentrated taking part is"),
    Outcome("top10_share", "lower", "0-1", "the same for 10 %", "How concentrated taking part is"),
    Outcome("single_share", "none", "0-1", "inputs of a calendar year by participants with one / all", "Inputs of those who give one"),
    Outcome("trust_local", "higher", "points", "100 mean", "Trust in the local government"),
    Outcome("trust_central", "higher", "points", "100 mean", "Trust in the central government"),
    Outcome("trust_sd", "none", "points", "100 standard deviation over citizens", "How much citizens differ in trust"),
    Outcome("low_trust_share", "lower", "%", "citizens with trust below .3", "Citizens who distrust government"),
    Outcome("climate", "none", "points", "100 AR(1) by month alone, the same in every place and scenario", "Climate of trust, which no government makes"),
    Outcome("digital_use", "none", "%", "citizens who looked something up or tried a service online in the last 12 months", "Use of digital services"),
    Outcome("forms_share", "none", "%", "citizens who did a transaction online in the last 12 months", "Transactions online"),
    Outcome("online_share", "none", "%", "digital / all contacts, 12 months", "Contacts that are digital"),
    Outcome("online_supply", "none", "%", "services that can be completed online, by residents", "Supply of online services"),
    Outcome("service_gap", "lower", "0-1", "q_high - q_low, 36 months", "Service quality of the top less that of the bottom third by status"),
    Outcome("participation_gap", "lower", "percentage points", "b_high - b_low, 36 months", "Breadth of participation of the top less that of the bottom third by status"),
    Outcome("service_concentration", "lower", "-1 to 1", "1 - ranked mean / mean of service quality", "Concentration index of service quality by status: above 0 the better-off have more"),
    Outcome("fit_concentration", "lower", "-1 to 1", "1 - ranked mean / mean of fit", "Concentration index of the budget's fit by status"),
    Outcome("voice_heard", "higher", "%", "citizens answered in the last 12 months", "How many are heard"),
    Outcome("voice_concentration", "lower", "-1 to 1", "1 - ranked mean / mean of being heard; 0 where 1 % or fewer are", "Concentration index of being heard by status"),
    Outcome("problems_solved", "higher", "%", "local problems solved within a year / due (a year old, or settled before), 12 months", "Local problems that are solved within a year"),
    Outcome("problems_solved_concentration", "lower", "-1 to 1", "1 - share solved in time of those affected by status rank / of all affected", "Concentration index of having one's local problems solved by status: above 0 the better-off fare better"),
    Outcome("months_to_notice", "none", "months", "months from rise to notice / noticed, 12 months; 0 where none was; what is never noticed is left out", "Time until a local problem is noticed"),
    Outcome("months_to_solve", "none", "months", "months from rise to solution / solved, 12 months; 0 where none was; what is never solved is left out", "Time until a local problem is solved"),
    Outcome("problem_backlog", "lower", "%", "residents affected by open local problems, counted by problem / residents", "Backlog of local problems, by those who live with them"),
    Outcome("problem_concentration", "lower", "-1 to 1", "1 - ranked mean / mean of residents affected by open problems; below 0 the poor have more", "Concentration index of living with open local problems by status"),
    Outcome("problems_resisted", "lower", "%", "solutions that failed or met resistance / all tried, 12 months", "Solutions of local problems that begin anew"),
    Outcome("problems_beyond", "none", "%", "problems that found no slot / arisen, 12 months", "Local problems beyond the 32 that a place can have open: counted as unsolved, felt by nobody"),
    Outcome("spatial_gini", "lower", "0-1", "Gini of service quality over local governments", "Inequality of services between places"),
    Outcome("live_services", "higher", "services", "mean over local governments", "Convergent services alive"),
    Outcome("new_functions", "higher", "%", "new / all online functions (20 services, convergent ones beside), by residents", "Online functions that are new or renewed"),
    Outcome("supplier_top4", "lower", "0-1", "revenue of the four largest suppliers, so far", "Concentration of suppliers"),
    Outcome("after_attack", "higher", "0-1", "giant component left without the best-tied 5 %", "Network under attack (yearly)"),
    Outcome("tie_survival", "higher", "0-1", "ties of a year ago that are still there", "Survival of ties (yearly)"),
    Outcome("connectivity", "higher", "0-1", "lambda2 / (1 + lambda2)", "Algebraic connectivity of the network (yearly)"),
    Outcome("ties_per_government", "none", "ties", "mean over local governments", "Ties that are kept up and paid for"),
    Outcome("decision_delay", "lower", "months", "mean over residents", "Time a decision takes"),
    Outcome("acceptance", "higher", "0-1", "mean over residents", "Consent to the budget"),
    Outcome("science_art_balance", "higher", "0-1", "harmonic mean of acceptance and base delay / delay", "Consensus and effective implementation together"),
    Outcome("capacity", "none", "0-1", "mean over residents", "Administrative capacity"),
    Outcome("lock_in", "lower", "0-1", "mean over residents", "Dependence on suppliers"),
    Outcome("incidents", "lower", "breaches per place and year", "breaches, 12 months", "Data breaches"),
    Outcome("unclaimed_share", "lower", "0-1", "grants unclaimed / (claimed + unclaimed), so far", "Matching grants left on the table"),
    Outcome("wait", "lower", "ratio", "counter load above capacity, by residents", "Waiting at counters"),
    Outcome("infrastructure", "none", "%", "people with access", "Spread of access"),
    Outcome("profile_mean", "none", "0-2", "mean of the twelve rows, by residents", "Where governments stand between the paradigms"),
)
# fmt: on

KNOWN: dict[str, Outcome] = {outcome.name: outcome for outcome in (*OUTCOMES, *COMPONENTS)}
"""Outcomes and components by name; those of model classes of one's own come after ours."""
DIRECTIONS: dict[str, Direction] = {name: outcome.direction for name, outcome in KNOWN.items()}
"""Which way is better: `higher`, `lower`, or `none` where neither is."""
OWN_COLUMNS: dict[str, str] = {}
"""Columns of outcomes that model classes of one's own declare, with their type."""
_owners: dict[str, str] = {}


def declare_outcome(outcome: Outcome, *, owner: str) -> None:
    """Make an outcome of a model class of one's own known, beside the shipped ones.

    Raises `WrongArgument` for a name that is ours, or that another class gives to something else.
    """
    where = f"{owner}: own_outcomes"
    if not isinstance(outcome, Outcome):
        raise WrongArgument(f"{where}: an Outcome of sim.outcomes, not {outcome!r}")
    name = outcome.name
    before = KNOWN.get(name)
    if (before is not None and name not in _owners) or name.startswith("profile_"):
        raise WrongArgument(f"{where}: {name!r} is an outcome of the shipped model; rename yours")
    if name in _KEYS or not name.isidentifier():
        raise WrongArgument(f"{where}: {name!r} cannot be the name of a column")
    if before not in (None, outcome) and _owners[name] != owner:
        raise WrongArgument(f"{where}: {name!r} is declared otherwise by {_owners[name]}")
    KNOWN[name], DIRECTIONS[name], _owners[name] = outcome, outcome.direction, owner
    OWN_COLUMNS.update(own_numbers(name))


LOCAL_INDICATORS = (
    "efficiency", "participation", "trust", "inclusion", "innovation", "trust_local",
    "trust_central", "digital_use", "online_share", "online_supply", "participation_breadth",
    "answered_share", "fit", "needs_met", "cost_per_citizen", "cost_per_need", "live_services",
    "capacity", "lock_in", "acceptance", "decision_delay", "wait", "ties_per_government",
    "unclaimed_share", "problems_solved", "months_to_solve", "problem_backlog", "profile_mean",
)  # fmt: skip


LOCAL_MONEY = ("collected", "granted", "matched", "unclaimed")


def profile_columns(rows: Sequence[str]) -> dict[str, str]:
    """Columns of positions, with their types."""
    return numbers(*(f"profile_{row}" for row in rows))


def national_columns(rows: Sequence[str]) -> dict[str, str]:
    """Columns of the monthly readings of the whole society, with their types."""
    names = (outcome.name for outcome in (*OUTCOMES, *COMPONENTS))
    return whole("month") | numbers(*names) | profile_columns(rows)


def local_columns(rows: Sequence[str]) -> dict[str, str]:
    """Columns of the yearly readings of local governments, with their types."""
    money = numbers(*(f"{name}_per_citizen" for name in LOCAL_MONEY))
    known = whole("month") | words("local_government") | numbers(*LOCAL_INDICATORS)
    return known | profile_columns(rows) | money

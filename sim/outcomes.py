"""What is read off a society, the headline outcomes first: formula, unit, direction.

The record keeps each month's counts; outcomes are computed from them, as monthly readings over
the last twelve months where a year is what is meant. A headline value is the mean of the readings
of the last `WINDOW` months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.engine.columns import Column, columns_of
from sim.engine.numbers import FIXED_SCALE, powers
from sim.errors import WrongArgument
from sim.frames import numbers, own_numbers, table, typed, whole, words
from sim.processes import tally
from sim.processes.keeping import MONEY, REFORMS, SNAPSHOT, SPENDING, Kept
from sim.processes.state import SERVICE_SLOTS, Journal
from sim.processes.tally import OutcomeParameters

if TYPE_CHECKING:
    import pandas as pd

    from sim.networks.recorded import Snapshot

WINDOW = 36
_KEYS = ("scenario", "replicate", "month", "local_government")
_SHARES = {"top1_share": 0.01, "top3_share": 0.03, "top10_share": 0.1}
_FEW_HEARD = 0.01
PRICES_OF_TIME = (0, 2, 5)
"""Money per hour: efficiency is told at each, since the price of time decides comparisons."""
ONLINE_CATALOGUE = 20.0
"""Services that all online supply amounts to: the European Union's list of basic public services."""
Direction = Literal["higher", "lower", "none"]
Readings = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Outcome:
    """Something that is read off the society.

    `direction` says which way is better; `none` means neither. `unit` is in words, as `points` (of
    an index from 0 to 100), `%` or `months`, or the range of what has none, as `0-1`.
    """

    name: str
    direction: Direction
    unit: str
    formula: str
    meaning: str
    components: tuple[str, ...] = ()

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
    Outcome("innovation", "higher", "%", "uses of services through functions new within three years / all uses, 12 months", "How much of what people use is new: convergent services and what projects build or renew", ("live_services", "new_functions", "supplier_top4")),
    Outcome("resilience", "higher", "points", "100 / 3 (after_attack + tie_survival + connectivity)", "How the network of institutions holds: under attack on its best-tied 5 %, over a year, and as a whole", ("after_attack", "tie_survival", "connectivity", "ties_per_government")),
    Outcome("needs_met", "higher", "%", "needs met / needs, 12 months", "Needs of citizens that are met", ("wait", "online_share")),
    Outcome("cost_per_citizen", "lower", "money per citizen and year", "running costs, projects and changes / residents, 12 months, or at that rate", "What government costs a citizen in a year", ("spending_per_need",)),
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
    Outcome("digital_use", "none", "%", "citizens who tried a digital service in the last 12 months", "Use of digital services"),
    Outcome("forms_share", "none", "%", "citizens who completed a service online in the last 12 months", "Online completion"),
    Outcome("online_share", "none", "%", "digital / all contacts, 12 months", "Contacts that are digital"),
    Outcome("online_supply", "none", "%", "services that can be completed online, by residents", "Supply of online services"),
    Outcome("service_gap", "lower", "0-1", "q_high - q_low, 36 months", "Service quality of the top less that of the bottom third by status"),
    Outcome("participation_gap", "lower", "percentage points", "b_high - b_low, 36 months", "Breadth of participation of the top less that of the bottom third by status"),
    Outcome("service_concentration", "lower", "-1 to 1", "1 - ranked mean / mean of service quality", "Concentration index of service quality by status: above 0 the better-off have more"),
    Outcome("fit_concentration", "lower", "-1 to 1", "1 - ranked mean / mean of fit", "Concentration index of the budget's fit by status"),
    Outcome("voice_heard", "higher", "%", "citizens answered in the last 12 months", "How many are heard"),
    Outcome("voice_concentration", "lower", "-1 to 1", "1 - ranked mean / mean of being heard; 0 where 1 % or fewer are", "Concentration index of being heard by status"),
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


@dataclass(frozen=True)
class Occasions:
    """What makes for inputs beside a citizen's own eagerness, and the invitations of reference."""

    reference: float
    unprompted: float
    uplift: float

    def against(self, invited: NDArray[np.float64]) -> NDArray[np.float64]:
        """Occasions at the invitations of reference, in those at `invited` a citizen and month."""
        given = self.unprompted + self.uplift * invited
        return _ratio(np.full_like(given, self.unprompted + self.uplift * self.reference), given)


class Record:
    """Counts of every month, kept while the model runs; outcomes are read from it.

    Months are counted from the first one of a history, if there is one; `first` of them lie before
    `start`. What is read begins at `start`, and looks back from there.

    Arrays have the months first: `tallies` (months, places, entries), `state` (months, places,
    SNAPSHOT), `money` (months, places + 1, MONEY), `profiles` (months, places + 1, rows),
    `suppliers` (months, places), `journal` what `Journal` declares, by name. `dated` is what the
    scenario itself makes happen: month, who, event, cause, rows, what. `networks` holds the ties
    between institutions at the end of each year. `own` are outcomes of a model class of one's own,
    names with readings of shape (months,).
    """

    state_columns: ClassVar[tuple[str, ...]] = SNAPSHOT
    """Names of the last axis of `state`."""

    def __init__(
        self,
        months: int,
        names: Sequence[str],
        rows: Sequence[str],
        residents: NDArray[np.float64],
        parameters: OutcomeParameters,
        service_hours: tuple[float, float],
        occasions: Occasions,
        base_delay: float,
        firms: Sequence[str] = (),
        dated: Sequence[tuple[int, str, str, str, str, str]] = (),
        own: Sequence[str] = (),
    ) -> None:
        places = len(names)
        self.names = tuple(names)
        self.rows = tuple(rows)
        self.residents = residents
        self.month = 0
        self.first = 0
        self.tallies = np.zeros((months, places, tally.ENTRIES), dtype=np.int64)
        self.state = np.zeros((months, places, len(SNAPSHOT)))
        self.money = np.zeros((months, places + 1, len(MONEY)))
        self.profiles = np.zeros((months, places + 1, len(rows)))
        self.network = np.zeros((months, 3))
        self.networks: list[Snapshot] = []
        self.reforms = np.zeros((months, places, len(REFORMS)), dtype=np.uint8)
        self.journal = {
            name: np.zeros((months, places, *_shape(column, len(rows))), dtype=column.kind)
            for name, column in columns_of(Journal).items()
        }
        self.suppliers = np.full((months, places), -1, dtype=np.int32)
        self.breach_shocks = np.zeros((months, places), dtype=bool)
        self.breach_cost = np.zeros(months)
        self.start_profiles = np.zeros((places + 1, len(rows)))
        self.firms = tuple(firms)
        self.dated = tuple(dated)
        self.own = tuple((name, np.zeros(months)) for name in own)
        self.supplier_top4 = np.zeros(months)
        self.infrastructure = np.zeros(months)
        self._parameters = parameters
        self._hours = service_hours
        self._occasions = occasions
        self._base_delay = base_delay

    def begin(self, opened: Record, first: int) -> None:
        """Go on as another one that was just opened, after the `first` months of this one."""
        past = {name: getattr(self, name) for name in Kept._fields if name != "journal"}
        journal, own, networks = self.journal, self.own, self.networks
        month = self.month
        vars(self).update(vars(opened))
        self.month, self.first, self.networks = month, first, networks
        for name, values in past.items():
            getattr(self, name)[:first] = values[:first]
        for name, values in journal.items():
            self.journal[name][:first] = values[:first]
        for (_, mine), (_, values) in zip(self.own, own, strict=True):
            mine[:first] = values[:first]

    @property
    def kept(self) -> Kept:
        """What months write down themselves, as their loops take it."""
        arrays = {name: getattr(self, name) for name in Kept._fields}
        return Kept(**arrays | {"journal": Journal(**self.journal)})

    def national(self) -> pd.DataFrame:
        """Monthly readings of the whole society: `month`, then a column per outcome."""
        readings = self.readings(range(len(self.names)))
        return self._table(readings, np.arange(1, self.month - self.first + 1))

    def before(self) -> pd.DataFrame:
        """The same of the history: the month before `start` is month 0, earlier ones are below."""
        if not self.first:
            return table(self._columns)
        readings = self._readings(range(len(self.names)), slice(0, self.first))
        return self._table(readings, np.arange(1 - self.first, 1))

    def _table(self, readings: Readings, months: NDArray[np.int64]) -> pd.DataFrame:
        import pandas as pd

        return typed(pd.DataFrame({"month": months, **readings}), self._columns)

    @property
    def _columns(self) -> dict[str, str]:
        return national_columns(self.rows) | numbers(*(name for name, _ in self.own))

    def local(self) -> pd.DataFrame:
        """Yearly readings of each local government: `month`, `local_government`, indicators."""
        import pandas as pd

        when = np.arange(self.month - self.first)[11::12]
        order = sorted(range(len(self.names)), key=lambda place: self.names[place])
        columns = (*LOCAL_INDICATORS, *profile_columns(self.rows))
        found = {name: np.empty((len(when), len(order))) for name in columns}
        for at, place in enumerate(order):
            readings = self.readings([place])
            for name in columns:
                found[name][:, at] = readings[name][when]
        for column in LOCAL_MONEY:
            money = np.cumsum(
                self.money[self.first : self.month, order, MONEY.index(column)], axis=0
            )
            found[f"{column}_per_citizen"] = money[when] / self.residents[order]
        names = np.array([self.names[place] for place in order], dtype=object)
        table = {
            "month": np.repeat(when + 1, len(order)),
            "local_government": np.tile(names, len(when)),
            **{name: values.ravel() for name, values in found.items()},
        }
        return typed(pd.DataFrame(table), local_columns(self.rows))

    def latest(self, name: str) -> float:
        """The newest reading of one outcome or component."""
        if self.month == 0:
            return float("nan")
        return float(self.readings(range(len(self.names)), last_only=True)[name][-1])

    def readings(self, places: Sequence[int], *, last_only: bool = False) -> Readings:
        """All outcomes and components of some places taken together, one value per month."""
        begin = max(0, self.month - 2 * WINDOW) if last_only else 0
        readings = self._readings(places, slice(begin, self.month))
        if last_only and self.month == self.first:
            return readings
        cut = max(0, self.first - begin)
        return {name: values[cut:] for name, values in readings.items()}

    def _readings(self, places: Sequence[int], window: slice) -> Readings:
        """The same over a window of months, the history's among them."""
        chosen = list(places)
        counts = self.tallies[window, chosen].astype(np.float64)
        total = counts.sum(axis=1)
        people = self.residents[chosen]
        spent = self.money[window, chosen][:, :, SPENDING].sum(axis=(1, 2))
        readings = self._services(total, spent, people.sum())
        readings |= self._efficiencies(total, spent)
        readings |= self._voices(total, people.sum(), window.start)
        readings |= self._beliefs(total, people.sum())
        readings |= self._gaps(total, counts, people)
        readings |= self._achievements(total, people.sum())
        readings |= self._renewal(counts, window, chosen, people)
        readings |= self._institutions(window, chosen, people)
        return (
            {outcome.name: readings[outcome.name] for outcome in (*OUTCOMES, *COMPONENTS)}
            | {f"profile_{row}": readings[f"profile_{row}"] for row in self.rows}
            | {name: values[window] for name, values in self.own}
        )

    def _services(
        self, total: NDArray[np.float64], spent: NDArray[np.float64], people: float
    ) -> Readings:
        met, needs = _year(total[:, tally.MET]), _year(total[:, tally.NEEDS])
        digital = _year(total[:, tally.DIGITAL_TRIED])
        counter = _year(total[:, tally.COUNTER_ASKED])
        return {
            "spending_per_need": _ratio(_year(spent), needs),
            "cost_per_citizen": 12.0 * _year(spent) / _months_of(spent) / people,
            "needs_met": 100.0 * _ratio(met, needs),
            "citizen_hours": _ratio(self._hours_spent(total), needs),
            "online_share": 100.0 * _ratio(digital, digital + counter),
        }

    def _hours_spent(self, total: NDArray[np.float64]) -> NDArray[np.float64]:
        """Hours of citizens in twelve months; who is turned away has come as well."""
        counter, digital = self._hours
        hours: NDArray[np.float64] = counter * _year(total[:, tally.COUNTER_ASKED])
        return hours + digital * _year(total[:, tally.DIGITAL_TRIED])

    def _efficiencies(self, total: NDArray[np.float64], spent: NDArray[np.float64]) -> Readings:
        """Efficiency at the declared price of time, and at three others beside it."""
        p = self._parameters
        allocative = _ratio(total[:, tally.FIT], total[:, tally.FIT_REACHABLE])
        weighted = allocative ** float(p.fit_weight)
        cost, technical = self._technical(float(p.value_of_time), total, spent)
        return {
            "cost_per_need": cost,
            "allocative_efficiency": allocative,
            "technical_efficiency": _index(technical),
            "efficiency": _index(technical * weighted),
        } | {
            f"efficiency_time_{value}": _index(
                self._technical(float(value), total, spent)[1] * weighted
            )
            for value in PRICES_OF_TIME
        }

    def _technical(
        self, price: float, total: NDArray[np.float64], spent: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Cost of a need that arises, and that at the counter against it, at a price of time."""
        p = self._parameters
        needs = _year(total[:, tally.NEEDS])
        unmet = needs - _year(total[:, tally.MET])
        reference = float(p.reference_cost) + price * self._hours[0]
        cost = _ratio(
            _year(spent)
            + price * self._hours_spent(total)
            + float(p.unmet_value) * reference * unmet,
            needs,
        )
        return cost, _ratio(np.full(len(cost), reference), cost)

    def _voices(self, total: NDArray[np.float64], people: float, first: int) -> Readings:
        by_class = total[_last_counted(first, len(total))]
        participants = by_class[:, tally.PEOPLE_BY_INPUTS : tally.INPUTS_BY_CLASS]
        inputs = by_class[:, tally.INPUTS_BY_CLASS : tally.MONTHLY]
        heard = total[:, tally.HEARD] / people
        invited = _year(total[:, tally.INVITED]) / (people * _months_of(heard))
        single = _ratio(participants[:, 0], participants.sum(axis=1))
        equal = np.minimum(1.0, heard * powers(self._occasions.against(invited), single))
        judged = _year(total[:, tally.ANSWERED]) + _year(total[:, tally.IGNORED])
        return {
            "participation_breadth": 100.0 * total[:, tally.ACTIVE_YEAR] / people,
            "answered_share": _ratio(_year(total[:, tally.ANSWERED]), judged),
            "acted_on_share": _ratio(_year(total[:, tally.ACTED_ON]), judged),
            "voice_heard": 100.0 * heard,
            "participation": 100.0 * np.sqrt(heard),
            "participation_equal_invitations": 100.0 * np.sqrt(equal),
            "single_share": _ratio(inputs[:, 0], inputs.sum(axis=1)),
            **{name: _top_share(participants, inputs, top) for name, top in _SHARES.items()},
            "digital_use": 100.0 * total[:, tally.USED_YEAR] / people,
            "forms_share": 100.0 * total[:, tally.FORMS_YEAR] / people,
        }

    def _beliefs(self, total: NDArray[np.float64], people: float) -> Readings:
        local = total[:, tally.TRUST_LOCAL] / FIXED_SCALE / people
        central = total[:, tally.TRUST_CENTRAL] / FIXED_SCALE / people
        mean = (local + central) / 2.0
        square = total[:, tally.TRUST_SQUARE] / FIXED_SCALE / people
        return {
            "trust": 100.0 * mean,
            "trust_local": 100.0 * local,
            "trust_central": 100.0 * central,
            "trust_sd": 100.0 * np.sqrt(np.maximum(square - mean * mean, 0.0)),
            "low_trust_share": 100.0 * total[:, tally.LOW_TRUST] / people,
            "fit": total[:, tally.FIT] / FIXED_SCALE / people,
        }

    def _gaps(
        self,
        total: NDArray[np.float64],
        counts: NDArray[np.float64],
        people: NDArray[np.float64],
    ) -> Readings:
        low, high = total[:, tally.RESIDENTS_LOW], total[:, tally.RESIDENTS_HIGH]
        quality = _ratio(total[:, tally.QUALITY_HIGH], high) - _ratio(
            total[:, tally.QUALITY_LOW], low
        )
        active = _ratio(total[:, tally.ACTIVE_HIGH], high) - _ratio(total[:, tally.ACTIVE_LOW], low)
        places = counts[:, :, tally.EXPERIENCED] / FIXED_SCALE / people
        return {
            "service_gap": _recent(quality / FIXED_SCALE),
            "participation_gap": 100.0 * _recent(active),
            "spatial_gini": _gini(places),
        }

    def _achievements(self, total: NDArray[np.float64], people: float) -> Readings:
        """Levels with those of low status counting more, after Wagstaff's achievement index.

        The mean times one less the concentration index is the mean weighted by poverty of rank.
        """
        weights = total[:, tally.RANKED]
        service = total[:, tally.EXPERIENCED] / FIXED_SCALE / people
        fit = total[:, tally.FIT] / FIXED_SCALE / people
        heard = total[:, tally.HEARD] / people
        service_ranked = _ratio(total[:, tally.QUALITY_RANKED], weights)
        fit_ranked = _ratio(total[:, tally.FIT_RANKED], weights)
        heard_ranked = _ratio(total[:, tally.HEARD_RANKED], weights)
        voice = _concentration(heard_ranked, heard)
        return {
            "inclusion": 100.0 * np.sqrt(service_ranked * fit_ranked),
            "service_concentration": _concentration(service_ranked, service),
            "fit_concentration": _concentration(fit_ranked, fit),
            "voice_concentration": np.where(heard > _FEW_HEARD, voice, 0.0),
        }

    def _renewal(
        self,
        counts: NDArray[np.float64],
        window: slice,
        chosen: list[int],
        people: NDArray[np.float64],
    ) -> Readings:
        """How much of what people use is new: functions of a place are used alike."""
        state = {n: self.state[window, chosen, k] for k, n in enumerate(SNAPSHOT)}
        online = ONLINE_CATALOGUE * state["online_supply"]
        new = online * state["new_share"] + state["new_services"]
        share = np.divide(
            new, online + state["live_services"], out=np.zeros_like(new), where=new > 0
        )
        tried = counts[:, :, tally.DIGITAL_TRIED]
        contacts = tried.sum(axis=1) + counts[:, :, tally.COUNTER_ASKED].sum(axis=1)
        return {
            "innovation": 100.0 * _ratio(_year((tried * share).sum(axis=1)), _year(contacts)),
            "new_functions": 100.0 * _weighted(share, people / people.sum()),
        }

    def _institutions(
        self, window: slice, chosen: list[int], people: NDArray[np.float64]
    ) -> Readings:
        state = {n: self.state[window, chosen, k] for k, n in enumerate(SNAPSHOT)}
        share = people / people.sum()
        money = self.money[: self.month, chosen]
        unclaimed = np.cumsum(money[:, :, MONEY.index("unclaimed")].sum(axis=1))[window]
        claimed = np.cumsum(money[:, :, MONEY.index("matched")].sum(axis=1))[window]
        profiles = _weighted(self.profiles[window, chosen], share)
        delay = _weighted(state["delay"], share)
        acceptance = _weighted(state["acceptance"], share)
        speed = _ratio(np.full_like(delay, self._base_delay), delay)
        after_attack, survival, connectivity = self.network[window].T
        rows = {f"profile_{row}": profiles[:, k] for k, row in enumerate(self.rows)}
        return rows | {
            "online_supply": 100.0 * _weighted(state["online_supply"], share),
            "capacity": _weighted(state["capacity"], share),
            "lock_in": _weighted(state["lock_in"], share),
            "acceptance": acceptance,
            "decision_delay": delay,
            "science_art_balance": _ratio(2.0 * acceptance * speed, acceptance + speed),
            "wait": _weighted(state["wait"], share),
            "climate": 100.0 * _weighted(state["climate"], share),
            "incidents": _year(state["incident"].mean(axis=1)) * 12.0 / _months_of(delay),
            "live_services": state["live_services"].mean(axis=1),
            "ties_per_government": state["ties"].mean(axis=1),
            "unclaimed_share": _ratio(unclaimed, unclaimed + claimed),
            "supplier_top4": self.supplier_top4[window],
            "infrastructure": 100.0 * self.infrastructure[window],
            "after_attack": after_attack,
            "tie_survival": survival,
            "connectivity": connectivity,
            "resilience": 100.0 / 3.0 * (after_attack + survival + connectivity),
            "profile_mean": profiles.mean(axis=1),
        }


def _shape(column: Column, rows: int) -> tuple[int, ...]:
    """Entries per government of a column of the journal."""
    return {"": (), "slots": (SERVICE_SLOTS,), "rows": (rows,)}[column.width]


LOCAL_INDICATORS = (
    "efficiency", "participation", "trust", "inclusion", "innovation", "trust_local",
    "trust_central", "digital_use", "online_share", "online_supply", "participation_breadth",
    "answered_share", "fit", "needs_met", "cost_per_citizen", "cost_per_need", "live_services",
    "capacity", "lock_in", "acceptance", "decision_delay", "wait", "ties_per_government",
    "unclaimed_share", "profile_mean",
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


def _year(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over the last twelve months, or over those there are."""
    running = np.cumsum(values)
    result = running.copy()
    result[12:] -= running[:-12]
    return result


def _recent(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the last `WINDOW` months, or of those there are.

    A gap keeps its sign until it is averaged: the size of a noisy difference is not noise-free.
    """
    running = np.cumsum(values)
    total = running.copy()
    total[WINDOW:] -= running[:-WINDOW]
    return total / np.minimum(np.arange(1, len(values) + 1), WINDOW)


def _months_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.minimum(np.arange(1, len(values) + 1), 12).astype(np.float64)


def _ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """A quotient that is 0 where there is nothing to divide by."""
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def _weighted(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted sum over axis 1, one term after another: a matrix product may differ in last bits."""
    total = np.zeros_like(values[:, 0])
    for k, weight in enumerate(weights):
        total += weight * values[:, k]
    return total


def _index(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """A ratio of 0 and more as points from 0 to 100: 50 where it is 1."""
    points: NDArray[np.float64] = 100.0 * ratio / (1.0 + ratio)
    return points


def _concentration(ranked: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Concentration index by status: above 0 where those of high status have more."""
    return np.where(mean > 0, 1.0 - _ratio(ranked, mean), 0.0)


def _gini(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gini coefficient over the last axis; shape (months, places) to (months,)."""
    ordered = np.sort(values, axis=1)
    count = values.shape[1]
    weights = 2.0 * np.arange(1, count + 1) - count - 1.0
    return _ratio(_weighted(ordered, weights), count * ordered.sum(axis=1))


def _last_counted(first: int, count: int) -> NDArray[np.int64]:
    """Rows of the newest count by inputs at each of some months: the last year's, or the first's.

    Row 0 is month `first` + 1. Before the first year's end the year so far is counted each month.
    """
    months = np.arange(first + 1, first + count + 1)
    newest = np.where(months <= 12, months, months - months % 12)
    return np.asarray(np.maximum(newest - first - 1, 0))


def _top_share(
    participants: NDArray[np.float64], inputs: NDArray[np.float64], top: float
) -> NDArray[np.float64]:
    """Share of inputs by the most active part of participants, counted in classes.

    Both have shape (months, `tally.INPUT_CLASSES`). Those of one class are taken to give alike.
    """
    room = top * participants.sum(axis=1)
    each = _ratio(inputs, participants)
    held = np.zeros_like(room)
    for k in range(participants.shape[1] - 1, -1, -1):
        taken = np.minimum(participants[:, k], room)
        held += taken * each[:, k]
        room = room - taken
    return _ratio(held, inputs.sum(axis=1))

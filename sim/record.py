"""What is kept of a society month by month, and what is read off it: the formulas of outcomes.

The record keeps each month's counts; outcomes are computed from them, as monthly readings over the
last twelve months where a year is what is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.engine.columns import Column, columns_of
from sim.engine.numbers import FIXED_SCALE, powers
from sim.frames import numbers, table, typed, whole
from sim.monthly import (
    WINDOW,
    concentration,
    gini,
    index_points,
    last_counted,
    months_of,
    ratio,
    recent,
    top_share,
    weighted,
    yearly,
)
from sim.outcomes import (
    COMPONENTS,
    LOCAL_INDICATORS,
    LOCAL_MONEY,
    OUTCOMES,
    PRICES_OF_TIME,
    local_columns,
    national_columns,
    profile_columns,
)
from sim.processes import tally
from sim.processes.items import ITEMS, TOTAL
from sim.processes.keeping import MONEY, REFORMS, SNAPSHOT, SPENDING, Kept
from sim.processes.state import SERVICE_SLOTS, Journal
from sim.processes.tally import OutcomeParameters

if TYPE_CHECKING:
    import pandas as pd

    from sim.networks.recorded import Snapshot

_SHARES = {"top1_share": 0.01, "top3_share": 0.03, "top10_share": 0.1}
_FEW_HEARD = 0.01
ONLINE_CATALOGUE = 20.0
"""Services that all online supply amounts to, as in the European Union's list of basic ones."""
COSTS = whole("month") | numbers(*(item.name for item in ITEMS), TOTAL)
"""Columns of `Record.costs`."""
Readings = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Occasions:
    """What makes for inputs beside a citizen's own eagerness, and the invitations of reference."""

    reference: float
    unprompted: float
    uplift: float

    def against(self, invited: NDArray[np.float64]) -> NDArray[np.float64]:
        """Occasions at the invitations of reference, in those at `invited` a citizen and month."""
        given = self.unprompted + self.uplift * invited
        return ratio(np.full_like(given, self.unprompted + self.uplift * self.reference), given)


class Record:
    """Counts of every month, kept while the model runs; outcomes are read from it.

    Months are counted from the first one of a history, if there is one; `first` of them lie before
    `start`. What is read begins at `start`, and looks back from there.

    `residents` are citizens, `weights` the people that each of them stands for against the mean.

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
        weights: NDArray[np.float64],
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
        self.weights = weights
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

    @property
    def people(self) -> NDArray[np.float64]:
        """People for whom the citizens of each place stand, against the mean citizen."""
        found: NDArray[np.float64] = self.residents * self.weights
        return found

    @staticmethod
    def _of_all(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of shape (months, places, ...) of the people for whom citizens stand."""
        return values if (weights == 1.0).all() else values * weights[:, None]

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

    def costs(self) -> pd.DataFrame:
        """What was spent in each year: `month` of its end, money per citizen by item, the total."""
        import pandas as pd

        spent = self.money[self.first : self.month, :-1]
        money = self._of_all(spent, self.weights).sum(axis=1) / self.people.sum()
        years = len(money) // 12
        yearly = money[: 12 * years].reshape(years, 12, len(MONEY)).sum(axis=1)
        found = {item.name: yearly[:, MONEY.index(item.column)] for item in ITEMS}
        found[TOTAL] = yearly[:, SPENDING].sum(axis=1)
        months = 12 * np.arange(1, years + 1)
        return typed(pd.DataFrame({"month": months, **found}), COSTS)

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
        people, weights = self.people[chosen], self.weights[chosen]
        total = self._of_all(counts, weights).sum(axis=1)
        total[:, tally.BY_PROBLEM] = counts[:, :, tally.BY_PROBLEM].sum(axis=1)
        spent = self._of_all(self.money[window, chosen][:, :, SPENDING], weights).sum(axis=(1, 2))
        readings = self._services(total, spent, people.sum())
        readings |= self._efficiencies(total, spent)
        readings |= self._voices(total, people.sum(), window.start)
        readings |= self._beliefs(total, people.sum())
        readings |= self._gaps(total, counts, self.residents[chosen])
        readings |= self._achievements(total, people.sum())
        readings |= self._problems(total, people.sum())
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
        met, needs = yearly(total[:, tally.MET]), yearly(total[:, tally.NEEDS])
        digital = yearly(total[:, tally.DIGITAL_TRIED])
        counter = yearly(total[:, tally.COUNTER_ASKED])
        return {
            "spending_per_need": ratio(yearly(spent), needs),
            "cost_per_citizen": 12.0 * yearly(spent) / months_of(spent) / people,
            "needs_met": 100.0 * ratio(met, needs),
            "citizen_hours": ratio(self._hours_spent(total), needs),
            "online_share": 100.0 * ratio(digital, digital + counter),
        }

    def _hours_spent(self, total: NDArray[np.float64]) -> NDArray[np.float64]:
        """Hours of citizens in twelve months; who is turned away has come as well."""
        counter, digital = self._hours
        hours: NDArray[np.float64] = counter * yearly(total[:, tally.COUNTER_ASKED])
        return hours + digital * yearly(total[:, tally.DIGITAL_TRIED])

    def _efficiencies(self, total: NDArray[np.float64], spent: NDArray[np.float64]) -> Readings:
        """Efficiency at the declared price of time, and at three others beside it."""
        p = self._parameters
        allocative = ratio(total[:, tally.FIT], total[:, tally.FIT_REACHABLE])
        weighted = allocative ** float(p.fit_weight)
        cost, technical = self._technical(float(p.value_of_time), total, spent)
        return {
            "cost_per_need": cost,
            "allocative_efficiency": allocative,
            "technical_efficiency": index_points(technical),
            "efficiency": index_points(technical * weighted),
        } | {
            f"efficiency_time_{value}": index_points(
                self._technical(float(value), total, spent)[1] * weighted
            )
            for value in PRICES_OF_TIME
        }

    def _technical(
        self, price: float, total: NDArray[np.float64], spent: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Cost of a need that arises, and that at the counter against it, at a price of time."""
        p = self._parameters
        needs = yearly(total[:, tally.NEEDS])
        unmet = needs - yearly(total[:, tally.MET])
        reference = float(p.reference_cost) + price * self._hours[0]
        cost = ratio(
            yearly(spent)
            + price * self._hours_spent(total)
            + float(p.unmet_value) * reference * unmet,
            needs,
        )
        return cost, ratio(np.full(len(cost), reference), cost)

    def _voices(self, total: NDArray[np.float64], people: float, first: int) -> Readings:
        by_class = total[last_counted(first, len(total))]
        participants = by_class[:, tally.PEOPLE_BY_INPUTS : tally.INPUTS_BY_CLASS]
        inputs = by_class[:, tally.INPUTS_BY_CLASS : tally.MONTHLY]
        heard = total[:, tally.HEARD] / people
        invited = yearly(total[:, tally.INVITED]) / (people * months_of(heard))
        single = ratio(participants[:, 0], participants.sum(axis=1))
        equal = np.minimum(1.0, heard * powers(self._occasions.against(invited), single))
        judged = yearly(total[:, tally.ANSWERED]) + yearly(total[:, tally.IGNORED])
        return {
            "participation_breadth": 100.0 * total[:, tally.ACTIVE_YEAR] / people,
            "answered_share": ratio(yearly(total[:, tally.ANSWERED]), judged),
            "acted_on_share": ratio(yearly(total[:, tally.ACTED_ON]), judged),
            "voice_heard": 100.0 * heard,
            "participation": 100.0 * np.sqrt(heard),
            "participation_equal_invitations": 100.0 * np.sqrt(equal),
            "single_share": ratio(inputs[:, 0], inputs.sum(axis=1)),
            **{name: top_share(participants, inputs, top) for name, top in _SHARES.items()},
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
        quality = ratio(total[:, tally.QUALITY_HIGH], high) - ratio(
            total[:, tally.QUALITY_LOW], low
        )
        active = ratio(total[:, tally.ACTIVE_HIGH], high) - ratio(total[:, tally.ACTIVE_LOW], low)
        places = counts[:, :, tally.EXPERIENCED] / FIXED_SCALE / people
        return {
            "service_gap": recent(quality / FIXED_SCALE),
            "participation_gap": 100.0 * recent(active),
            "spatial_gini": gini(places),
        }

    def _achievements(self, total: NDArray[np.float64], people: float) -> Readings:
        """Levels with those of low status counting more, after Wagstaff's achievement index.

        The mean times one less the concentration index is the mean weighted by poverty of rank.
        """
        weights = total[:, tally.RANKED]
        service = total[:, tally.EXPERIENCED] / FIXED_SCALE / people
        fit = total[:, tally.FIT] / FIXED_SCALE / people
        heard = total[:, tally.HEARD] / people
        service_ranked = ratio(total[:, tally.QUALITY_RANKED], weights)
        fit_ranked = ratio(total[:, tally.FIT_RANKED], weights)
        heard_ranked = ratio(total[:, tally.HEARD_RANKED], weights)
        voice = concentration(heard_ranked, heard)
        return {
            "inclusion": 100.0 * np.sqrt(service_ranked * fit_ranked),
            "service_concentration": concentration(service_ranked, service),
            "fit_concentration": concentration(fit_ranked, fit),
            "voice_concentration": np.where(heard > _FEW_HEARD, voice, 0.0),
        }

    def _problems(self, total: NDArray[np.float64], people: float) -> Readings:
        """Local problems: what becomes of them, when, and whose are solved."""
        arisen, due = yearly(total[:, tally.ARISEN]), yearly(total[:, tally.DUE])
        noticed, solved = yearly(total[:, tally.NOTICED]), yearly(total[:, tally.SOLVED])
        open_people = total[:, tally.OPEN_PEOPLE]
        due_people, due_ranked = (
            yearly(total[:, tally.DUE_PEOPLE]),
            yearly(total[:, tally.DUE_RANKED]),
        )
        in_time = ratio(yearly(total[:, tally.IN_TIME_PEOPLE]), due_people)
        poor_in_time = ratio(yearly(total[:, tally.IN_TIME_RANKED]), due_ranked)
        open_ranked = ratio(total[:, tally.OPEN_RANKED], total[:, tally.RANKED])
        return {
            "problems_solved": 100.0 * ratio(yearly(total[:, tally.IN_TIME]), due),
            "problems_solved_concentration": concentration(poor_in_time, in_time),
            "months_to_notice": ratio(yearly(total[:, tally.MONTHS_TO_NOTICE]), noticed),
            "months_to_solve": ratio(yearly(total[:, tally.MONTHS_TO_SOLVE]), solved),
            "problem_backlog": 100.0 * open_people / people,
            "problem_concentration": concentration(open_ranked, open_people / people),
            "problems_resisted": 100.0
            * ratio(yearly(total[:, tally.RESISTED]), yearly(total[:, tally.RESISTED]) + solved),
            "problems_beyond": 100.0 * ratio(yearly(total[:, tally.BEYOND]), arisen),
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
        weights = self.weights[chosen]
        done = counts[:, :, tally.TRANSACTIONS_DONE] * weights
        tried = counts[:, :, tally.DIGITAL_TRIED]
        contacts = ((tried + counts[:, :, tally.COUNTER_ASKED]) * weights).sum(axis=1)
        return {
            "innovation": 100.0 * ratio(yearly((done * share).sum(axis=1)), yearly(contacts)),
            "new_functions": 100.0 * weighted(share, people / people.sum()),
        }

    def _institutions(
        self, window: slice, chosen: list[int], people: NDArray[np.float64]
    ) -> Readings:
        state = {n: self.state[window, chosen, k] for k, n in enumerate(SNAPSHOT)}
        share = people / people.sum()
        money = self._of_all(self.money[: self.month, chosen], self.weights[chosen])
        unclaimed = np.cumsum(money[:, :, MONEY.index("unclaimed")].sum(axis=1))[window]
        claimed = np.cumsum(money[:, :, MONEY.index("matched")].sum(axis=1))[window]
        profiles = weighted(self.profiles[window, chosen], share)
        delay = weighted(state["delay"], share)
        acceptance = weighted(state["acceptance"], share)
        speed = ratio(np.full_like(delay, self._base_delay), delay)
        after_attack, survival, connectivity = self.network[window].T
        rows = {f"profile_{row}": profiles[:, k] for k, row in enumerate(self.rows)}
        return rows | {
            "online_supply": 100.0 * weighted(state["online_supply"], share),
            "capacity": weighted(state["capacity"], share),
            "lock_in": weighted(state["lock_in"], share),
            "acceptance": acceptance,
            "decision_delay": delay,
            "science_art_balance": ratio(2.0 * acceptance * speed, acceptance + speed),
            "wait": weighted(state["wait"], share),
            "climate": 100.0 * weighted(state["climate"], share),
            "incidents": yearly(state["incident"].mean(axis=1)) * 12.0 / months_of(delay),
            "live_services": state["live_services"].mean(axis=1),
            "ties_per_government": state["ties"].mean(axis=1),
            "unclaimed_share": ratio(unclaimed, unclaimed + claimed),
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

"""The model: one society under its governments, month by month. The month's order is `step`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

from sim.agents import (
    CentralGovernment,
    Citizen,
    Entrepreneur,
    FollowedCitizen,
    LocalGovernment,
    refuse_changed_stock,
    refuse_replaced_functions,
)
from sim.arguments import HIGHEST_SEED, one_of, whole
from sim.batch import batch_iteration, replicate_seed
from sim.engine.card import missing_card
from sim.engine.luck import Luck, normals_of, seed_key
from sim.engine.team import share
from sim.errors import UserMistake, WrongArgument
from sim.extensible import Extensible
from sim.first_start import compile_first
from sim.networks.recorded import snapshot
from sim.outcomes import OUTCOMES
from sim.paradigms import FIGURE
from sim.processes import tally
from sim.processes.agenda import read_survey, survey_is_due
from sim.processes.blending import anchors_of, no_schedule
from sim.processes.declared import parameter_values
from sim.processes.environment import infrastructure_curve
from sim.processes.market import firm_names
from sim.processes.month import COLUMNS, MONTH, Workspace, chosen, parted_at, split_at_live
from sim.processes.shocks import needs_of_places, strike
from sim.record import Occasions, Record
from sim.scenario import Scenario
from sim.scenario.amended import unlike_before
from sim.scenario.dated import dated
from sim.scenario.own_files import access_of
from sim.society.abroad import path_abroad
from sim.society.access import LocalAccess, access_by_place, arrange_access
from sim.society.levels import revenue_factors
from sim.society.places import (
    Place,
    find_place,
    is_drawn,
    lacks_own_revenue,
    local_government_names,
    luck_agents,
    nearest_tiles,
)
from sim.state import State, found_society
from sim.state_on_card import StateOnCard

if TYPE_CHECKING:
    from collections.abc import Iterable

Engine = Literal["compiled", "agents", "cuda"]
ENGINES: tuple[Engine, ...] = ("compiled", "agents", "cuda")
_ON_CARD = ("survey", "live", "add_blocks")
"""Steps that a graphics card takes."""
_FEWEST_TO_SHARE = 5000
"""Fewer citizens are done before threads have begun."""
_MOST_THREADS = 1024
_IDLE = {
    "fixed": ("follow_schedule", "reform"),
    "scheduled": ("reform",),
    "endogenous": (),
}
"""Phases in which nothing happens, by how governments move."""


class _Begun(type):
    """Models live through the history of their scenario as soon as they are made, subclass and all.

    `type.__call__(kind, ...)` makes one that has not lived yet.
    """

    def __call__(cls, *given: Any, **options: Any) -> Any:
        model = super().__call__(*given, **options)
        model.begin()
        return model


class GovernanceModel(Extensible, metaclass=_Begun):
    """A society of citizens and entrepreneurs under local governments and a central one.

    `plan` is a scenario, its file, or the name of a shipped one; `citizens` and `years` replace
    what it says. `rng` or `seed`, a whole number, is the seed: the scenario's own if missing, in
    Mesa's `batch_run` that of replicate i for iteration i. With `engine="agents"` every citizen and
    government acts as a Mesa object, with the same results to the last bit; with `engine="cuda"`
    citizens live on an NVIDIA graphics card, with the same results again. `threads` share the
    citizens; their number changes nothing but the time. `collect=False` leaves Mesa's
    `DataCollector` out, which is faster. Raises `WrongArgument` for arguments that are wrong.

    Citizens with rules of their own are a subclass of `Citizen`: `Mine(model, row)` takes the place
    of the citizen in that row. The compiled engine runs stock rules only, and refuses others.

    Where the scenario has a history, the model is given with the world that this has led to. Months
    are then counted from the first one of the history: `before` of them lie before `start`.

    A subclass may change any step of the month, and declare what `docs/extending.md` shows; a
    scenario is run `under` it.
    """

    def __init__(
        self,
        plan: Scenario | str | Path = "gov2",
        *,
        rng: int | None = None,
        seed: int | None = None,
        citizens: int | None = None,
        years: int | None = None,
        engine: Engine = "compiled",
        threads: int = 1,
        collect: bool = True,
    ) -> None:
        one_of("engine", engine, ENGINES)
        refuse_replaced_functions()
        if engine != "agents":
            refuse_changed_stock(self.citizen_class)
        if engine == "cuda":
            refuse_without_card()
            self._refuse_rules_on_card()
        iteration = batch_iteration()
        plan = plan if isinstance(plan, Scenario) else Scenario.load(plan)
        self._refuse_another_s(plan)
        society = {"citizens": citizens} if citizens is not None else {}
        plan = plan.but(society=society) if society else plan
        plan = plan.but(years=years) if years is not None else plan
        if engine != "agents":
            compile_first()
        seed = _seed(plan, rng, seed, iteration)
        super().__init__(rng=seed)
        self.plan = plan
        self.engine = engine
        self._in_batch = iteration is not None
        self._only_counts_steps = False
        self.month = 0
        self._stages = plan.stages
        self._stage = 0
        self.before, self.months = self._stages[-1][1:]
        world = self._stages[0].scenario
        self.seed_key = seed_key(seed)
        self.threads = threads
        self.seats: NDArray[np.uint8] | None = None
        """Where citizens stood when the scenario started (`sim.groups`), if anybody asks."""
        self.figure = FIGURE.override(world.cells)
        self._values = dict(world.parameter_values(0))
        self.parameters = parameter_values(self._values)
        self.own = self._own_values()
        self.place = self._find_place()
        names = [local.name for local in self.place.local_governments]
        self._stood: NDArray[np.float64] = world.start_positions(len(names))
        self._profile_path = world.profiles(names, self._stood)
        self.state: State = found_society(
            self.place,
            plan.society.citizens,
            plan.society.entrepreneurs,
            self._profile_path(0),
            self.figure,
            self.parameters,
            self._levers(world, 0, names),
            self.seed_key,
            self.threads,
            more=plan.society.citizens_in,
        )
        local_access = self._access_by_place()
        if local_access is not None:
            residents = self.state.governments.residents[:-1].astype(np.int64)
            arrange_access(self.state.citizens.access_rank, residents, local_access)
        if engine == "cuda":
            self.state = StateOnCard(self.state)
        self._shocks = world.strikes(names)
        self.infrastructure = self._infrastructure()
        self.abroad = self._abroad()
        self.record = self._open_record(names)
        self._idle_phases = _IDLE[world.transition.mode]
        self._anchors = anchors_of(self.figure)
        self._positions: NDArray[np.float64] | None = None
        self.nearest = nearest_tiles(self.place)
        self.largest = int(np.argmax(self.people))
        self.local_governments = [LocalGovernment(self, row) for row in range(len(names))]
        self.central_government = CentralGovernment(self, len(names))
        self.entrepreneurs = [Entrepreneur(self, row) for row in range(plan.society.entrepreneurs)]
        self._people: list[Citizen] = []
        self._own_people: dict[int, Citizen] = {}
        self._followed: list[FollowedCitizen] = []
        own_names = tuple(outcome.name for outcome in self.own_outcomes)
        self.datacollector = Collector(own_names) if collect else None
        if self.datacollector is not None and not self.before:
            self.datacollector.collect(self)

    def begin(self, after: Callable[[GovernanceModel], None] | None = None) -> None:
        """Live through the history up to the month before `start`, unless that is done.

        `after` is called as in `run`. Mesa counts no steps here and its collector collects nothing.
        """
        if not self.has_begun:
            self.live_history(after)
            self.turn_to(self.plan)

    @property
    def has_begun(self) -> bool:
        """Whether the history is over and the scenario itself holds."""
        return self._stage == len(self._stages) - 1

    def live_history(self, after: Callable[[GovernanceModel], None] | None = None) -> None:
        """Live through what is left of the history; the scenario itself does not hold yet."""
        while True:
            self._live_to(self._stages[self._stage].last, after)
            if self.month == self.before:
                return
            self._enter(self._stage + 1)

    def turn_to(self, plan: Scenario) -> None:
        """Go on under a scenario, when its history is over: `plan` or one of the same history."""
        self.plan = plan
        self._stages = plan.stages
        self.before, self.months = self._stages[-1][1:]
        self._enter(len(self._stages) - 1)
        if self.datacollector is not None:
            self.datacollector.collect(self)

    def amend(self, plan: Scenario) -> None:
        """Go on under `plan`, which says of every month so far what the scenario has said.

        What is still to come may differ: policy, shocks, moves along rows. The model is then as if
        it had been made of `plan`. Raises `UserMistake` where the past would be another one.
        """
        past = unlike_before(self.plan, plan, self.month - self.before)
        if past is not None:
            raise UserMistake(
                f"{plan.name}: {past}: differs in months that are over; make the model anew"
            )
        self.plan = plan
        self._stages = plan.stages
        first = self._stages[-1].first
        names = list(self.record.names)
        self._profile_path = plan.profiles(names, self._stood)
        self._positions = None
        lasting = (shock for shock in self._shocks if shock.begin <= first)
        self._shocks = (*lasting, *(shock.later(first) for shock in plan.strikes(names)))
        self._idle_phases = _IDLE[plan.transition.mode]
        self.record.dated = tuple(dated(plan))

    def _enter(self, stage: int) -> None:
        """What a scenario that follows another one says holds from now on."""
        self._stage = stage
        scenario, first, _ = self._stages[stage]
        names = list(self.record.names)
        s = self.state
        self._values = dict(scenario.parameter_values(0))
        self.parameters = parameter_values(self._values)
        self.own = self._own_values()
        for name, column in self._levers(scenario, 0, names).items():
            getattr(s.levers, name)[:] = column
        strike((), s.governments, s.levers, 0.0, self.seed_key, self.month)
        rate = float(self.parameters.service.need_rate)
        s.needs_tables = needs_of_places((), len(names), rate, self.month)
        s.moved[:] = 0.0
        self._stood = s.profiles.copy()
        self._profile_path = scenario.profiles(names, self._stood)
        self._positions = None
        lasting = (shock for shock in self._shocks if shock.begin <= first)
        own = (shock.later(first) for shock in scenario.strikes(names))
        self._shocks = (*(shock for shock in lasting if shock.lasts_beyond(first)), *own)
        self._idle_phases = _IDLE[scenario.transition.mode]
        self.infrastructure = self._infrastructure()
        self.abroad = self._abroad()
        self.record.begin(self._open_record(names), first)

    def _live_to(self, last: int, after: Callable[[GovernanceModel], None] | None) -> None:
        """Months of the history; Mesa does not hear of them."""
        while self.month < last:
            if self._is_plain():
                year = min(last, self.month + 12 - self.month % 12)
                self._run_whole(year)
                self.month = year
                self._note()
            else:
                type(self).step(self)
            if after is not None:
                after(self)

    @property
    def acting(self) -> Scenario:
        """The scenario that is lived through now: a history, or the plan."""
        return self._stages[self._stage].scenario

    def _infrastructure(self) -> NDArray[np.float32]:
        local = self._access_by_place()
        if local is not None:
            return local.national[: self.months + 1].copy()
        return infrastructure_curve(
            self.months, self.parameters.society, self._first_month, self.place.internet_users
        )

    def _access_by_place(self) -> LocalAccess | None:
        """Who is online when, place by place, where files say it."""
        return access_by_place(
            self.place.local_governments,
            access_of(self.plan.society)[1],
            self.parameters.society,
            self._first_month,
            self.months,
        )

    @property
    def _first_month(self) -> tuple[int, int]:
        """Year and month of month 1."""
        year, month = map(int, self._stages[0].scenario.start.split("-"))
        return year, month

    def _abroad(self) -> NDArray[np.float64]:
        return path_abroad(self.months, self._first_month)

    def _levers(
        self, scenario: Scenario, month: int, names: Sequence[str]
    ) -> dict[str, NDArray[np.float64]]:
        """What each government sets, its budget against what its own place raises."""
        levers = scenario.lever_values(month, names)
        revenue = revenue_factors(self.place.local_governments)
        if revenue is not None:
            levers["budget"][:-1] *= revenue
        return levers

    def step(self) -> None:
        """One month: the phases of `sim.processes.month.MONTH`, in their order."""
        if self._only_counts_steps or self._closes_batch():
            return
        self.month += 1
        for phases in self._joined_phases():
            if len(phases) == 1:
                getattr(self, phases[0])()
            else:
                self._go_through(*phases)
        self.running = self.month < self.months or self._in_batch

    def run(
        self,
        after: Callable[[GovernanceModel], None] | None = None,
        *,
        until: int | None = None,
    ) -> Record:
        """All months that are left, or those up to the month `until`; returns the record.

        `after` is called now and then between two months, mostly at the end of a year, where the
        model can be looked at or pickled.
        """
        self.begin(after)
        last = self.months if until is None else min(until, self.months)
        while self.month < last:
            if self._is_plain():
                self._run_to(min(last, self.month + 12 - self.month % 12))
            else:
                self.step()
            if after is not None:
                after(self)
        return self.record

    def forget(self) -> None:
        """Let Mesa forget this model: Mesa 3.3 keeps every model that ever had agents."""
        ids = getattr(mesa.Agent, "_ids", None)
        if ids is not None:
            ids.pop(self, None)

    def _repr_html_(self) -> str:
        """For notebooks: which scenario, which month, and the newest reading of each outcome."""
        rows = "".join(
            f"<tr><td>{outcome.name}</td><td>{self.outcome(outcome.name):.1f}</td></tr>"
            for outcome in OUTCOMES
        )
        where = f"{self.plan.name}, month {self.month - self.before} of {self.months - self.before}"
        people = f"{self.size} citizens of {self.place.name}"
        return f"<div><p>{escape(where)}: {escape(people)}</p><table>{rows}</table></div>"

    def __getstate__(self) -> dict[str, Any]:
        """All but the path of positions, which is made again."""
        return self.__dict__ | {"_profile_path": None, "_positions": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._profile_path = self.acting.profiles(self.record.names, self._stood)

    def _closes_batch(self) -> bool:
        """Whether all months are done: Mesa's batch runner steps once more before it looks back.

        Up to version 3.4 it reads the last step but one.
        """
        closes = self._in_batch and self.month >= self.months
        self.running = self.running and not closes
        return closes

    # The month, in order.

    def change_environment(self) -> None:
        """P1: parameters in force, shocks, what places want, and the month's revenue."""
        self._go_through("change_environment")

    def follow_schedule(self) -> None:
        """P2: profiles move as scheduled or as reformed; cells are blended anew where they did."""
        self._go_through("follow_schedule")

    def sense(self) -> None:
        """P3: survey now and then, hear citizens, aim."""
        self._go_through("sense")

    def decide(self) -> None:
        """P4: judge consent and revise budgets."""
        self._go_through("decide")

    def build(self) -> None:
        """P5: projects; systems age, governments learn from each other."""
        self._go_through("build")

    def offer_services(self) -> None:
        """P6 and P8 on the governments' side: what citizens will meet."""
        self._go_through("offer_services")

    def live(self) -> None:
        """P6 to P9: citizens choose, are served, take part, judge."""
        self._go_through("live")

    def run_market(self) -> None:
        """P10: firms learn, convergent services end and start."""
        self._go_through("run_market")

    def change_network(self) -> None:
        """P10b: ties end and form; once a year the network is measured."""
        self._go_through("change_network")

    def close_accounts(self) -> None:
        """P11: pay, return what passes the ceilings, see what next month can afford."""
        self._go_through("close_accounts")

    def reform(self) -> None:
        """P11: pressures build up and are released; the centre pushes; voters judge."""
        self._go_through("reform")

    def observe(self) -> None:
        """P12: write the month down."""
        self._go_through("observe")

    # How phases are gone through.

    def _go_through(self, *phases: str) -> None:
        """Phases that follow each other, by the engine."""
        if "change_environment" in phases and (self.acting.policy or self._shocks):
            self._apply_policy_and_strike()
        if "live" in phases:
            for citizen in self._followed:
                citizen.live()
        asked = [phase for phase in phases if phase not in self._idle_phases]
        if self.engine == "agents":
            for phase in asked:
                self._act(phase)
        elif self.engine == "cuda":
            self._run_on_card(self.month, self.month, asked)
        else:
            self._run_compiled(self.month, self.month, asked)
        if "observe" in phases:
            self._note()

    def _run_to(self, last: int) -> None:
        """Months in which nothing is done from Python, to the last; Mesa counts them too."""
        self._run_whole(last)
        self._only_counts_steps = True
        for _ in range(self.month, last):
            self.step()
        self._only_counts_steps = False
        self.month = last
        self.running = self.month < self.months or self._in_batch
        self._note()

    def _run_whole(self, last: int) -> None:
        """Whole months up to one, by the engine."""
        phases = [phase for phase in MONTH if phase not in self._idle_phases]
        run = self._run_on_card if self.engine == "cuda" else self._run_compiled
        run(self.month + 1, last, phases)

    def _run_compiled(self, first: int, last: int, phases: Sequence[str]) -> None:
        refuse_changed_stock(type(self.central_government))
        s = self.state
        steps, blocks = chosen(*phases), len(s.blocks)
        if "live" not in phases or self.threads == 1 or len(s.shown) < _FEWEST_TO_SHARE:
            self._months(self.workspace, first, last, steps, 0, blocks)
            if "live" in phases and (last - first) % 2 == 0:
                self._turn()
            return
        before, lives, after = split_at_live(steps)
        for month in range(first, last + 1):
            workspace = self.workspace
            self._months(workspace, month, month, before, 0, 0)
            share(partial(self._months, workspace, month, month, lives), blocks, self.threads)
            self._turn()
            self._months(workspace, month, month, after, 0, 0)

    def _run_on_card(self, first: int, last: int, phases: Sequence[str]) -> None:
        """Governments' steps here, those of citizens on the card."""
        refuse_changed_stock(type(self.central_government))
        s, p = self.state, self.parameters
        assert isinstance(s, StateOnCard)
        parts = parted_at(chosen(*phases), *_ON_CARD)
        for month in range(first, last + 1):
            before, between, _, after = (partial(self._few, month, part) for part in parts)
            before()
            if "sense" in phases and survey_is_due(p.agenda, month):
                s.survey()
                read_survey(s.governments, s.tallies, s.surveys, p.agenda)
            between()
            if "live" in phases:
                s.live(p, self.seed_key, month)
            after()

    def _few(self, month: int, steps: int) -> None:
        """Some steps of a month that no citizens take part in."""
        if steps:
            self._months(self.workspace, month, month, steps, 0, 0)

    def _turn(self) -> None:
        """What was shown this month is what others see in the next."""
        self.state.shown, self.state.showing = self.state.showing, self.state.shown

    def _act(self, phase: str) -> None:
        """A phase that agents take, one after another."""
        if phase == "live":
            self.state.tallies[:, : tally.MONTHLY] = 0
            self.state.problems.told[:] = 0
            self.state.problems.traced[:] = 0
            for citizen in self.meet_citizens():
                citizen.live()
            self._turn()
            return
        for step in MONTH[phase]:
            if step.by == "each":
                own = self._actions.get(step.name)
                for government in self.local_governments:
                    if own is not None and type(government) is LocalGovernment:
                        own(government)
                    else:
                        getattr(government, step.name)()
            elif step.by == "centre":
                getattr(self.central_government, step.name)()
            else:
                step.function(*COLUMNS[step.name](self.workspace, self.month))

    def _is_plain(self) -> bool:
        """Whether whole years can be run without looking at each month.

        Mesa has a list of events since 3.5: the next step, and what others have asked for.
        """
        return (
            self.engine != "agents"
            and self.datacollector is None
            and not (self.acting.policy or self._shocks or self._followed or self.own_outcomes)
            and len(self._joined_phases()) == 1
            and type(self).step is GovernanceModel.step
            and len(getattr(self, "_event_list", ())) <= 1
        )

    def _joined_phases(self) -> list[list[str]]:
        """The phases of a month: those that nobody changed are gone through together."""
        joined: list[list[str]] = []
        together = False
        for phase in MONTH:
            changed = phase in vars(self) or getattr(type(self), phase) is not _PHASES[phase]
            looked_at = phase == "live" and self._followed
            if changed or looked_at or not together:
                joined.append([])
            joined[-1].append(phase)
            together = not changed
        return joined

    def _note(self) -> None:
        """What is kept of a month beside what months write down themselves."""
        record = self.record
        if self.month <= self.months:
            record.month = self.month
            if self.month % 12 == 0:
                network = self.state.network
                record.networks.append(snapshot(network, self.month, self._coordination_cost()))
            self._observe_own(self.month - 1)
        if self.datacollector is not None and self.has_begun:
            self.datacollector.collect(self)

    def _coordination_cost(self) -> float:
        """What ties of governments and their hubs cost this month, in money per citizen."""
        governments = self.state.governments
        share = float((governments.ties[:-1] * self.people).sum() / self.people.sum())
        return share * float(self.parameters.network.tie_cost)

    # What Mesa's tools and readers ask.

    @property
    def workspace(self) -> Workspace:
        """All that a month works on, as compiled loops take it."""
        return Workspace(
            **vars(self.state),
            schedule=self._schedule(),
            anchors=self._anchors,
            nearest=self.nearest,
            largest=self.largest,
            infrastructure=self.infrastructure,
            abroad=self.abroad,
            reference_cost=self.reference_cost,
            kept=self.record.kept,
            seed=self.seed_key,
            parameters=self.parameters,
        )

    @property
    def threads(self) -> int:
        """How many threads share the citizens, from 1 to 1024; others raise `WrongArgument`."""
        return self._threads

    @threads.setter
    def threads(self, threads: int) -> None:
        self._threads = whole("threads", threads, 1, _MOST_THREADS)

    @property
    def infrastructure_now(self) -> float:
        """Share of people with access this month."""
        return float(self.infrastructure[min(self.month, self.months)])

    @property
    def reference_cost(self) -> float:
        """Cost of a need against which governments judge theirs, as the scenario has it."""
        return self._values["outcomes.reference_cost"]

    def meet_citizens(self) -> list[Citizen]:
        """The citizens as Mesa agents, made when somebody asks for them first."""
        if not self._people:
            own = self._own_people
            rows = range(self.size)
            kind = self.citizen_kind
            self._people = [own[row] if row in own else kind(self, row) for row in rows]
        return self._people

    def take_in(self, citizen: Citizen) -> None:
        """Let a citizen of a class of one's own take the place of the one in its row."""
        row = citizen.row
        before = self._people[row] if self._people else self._own_people.get(row)
        self._own_people[row] = citizen
        if self._people:
            self._people[row] = citizen
        if before is not None:
            self.deregister_agent(before)

    def follow(self, citizen: int) -> FollowedCitizen:
        """Note what befalls one citizen from now on; changes nothing else.

        Raises `UserMistake` where the citizen lives by other rules than ours: a followed one has
        these.
        """
        own = self._own_people.get(citizen)
        kind = self.citizen_kind if own is None else type(own)
        if kind is not Citizen:
            raise UserMistake(
                f"{kind.__name__}: lives by rules of its own, and only citizens who live by ours "
                "can be followed"
            )
        self._followed.append(FollowedCitizen(self, citizen))
        return self._followed[-1]

    @property
    def followed(self) -> tuple[FollowedCitizen, ...]:
        """Those who are followed, in the order in which it was asked for."""
        return tuple(self._followed)

    @property
    def citizens(self) -> AgentSet:
        """All citizens; answers `select`, `groupby`, `agg`, `get`."""
        people = self.meet_citizens()
        if self._own_people:
            mine = super().agents.select(set(people).__contains__)
            return mine.sort("row", ascending=True)
        return super().agents_by_type[self.citizen_kind]

    @property
    def agents(self) -> AgentSet:
        """Every agent, citizens included."""
        self.meet_citizens()
        return super().agents

    @agents.setter
    def agents(self, agents: object) -> None:
        raise AttributeError("agents are made by the model and cannot be replaced")

    @property
    def agents_by_type(self) -> Mapping[type, AgentSet]:
        """Agents by class; citizens are made when they are looked up."""
        return _AgentsByType(super().agents_by_type, self.meet_citizens)

    @property
    def agent_types(self) -> list[type]:
        """The classes of agents."""
        usual: list[type] = [LocalGovernment, CentralGovernment, Entrepreneur, self.citizen_kind]
        return usual + [kind for kind in super().agents_by_type if kind not in usual]

    def outcome(self, name: str) -> float:
        """The newest reading of an outcome or component."""
        return self.record.latest(name)

    @property
    def size(self) -> int:
        """Citizens simulated."""
        return int(self.state.governments.residents[:-1].sum())

    @property
    def people(self) -> NDArray[np.float64]:
        """People of each local government for whom its citizens stand, against the mean citizen."""
        governments = self.state.governments
        found: NDArray[np.float64] = governments.residents[:-1] * governments.weight[:-1]
        return found

    def mean_of_residents(self, row: int, column: str) -> float:
        """Mean of a citizens' column in one place."""
        citizens = self.state.citizens
        return float(getattr(citizens, column)[citizens.home == row].mean(dtype=np.float64))

    def _apply_policy_and_strike(self) -> None:
        s = self.state
        month = self.month - self._stages[self._stage].first
        values = self.acting.parameter_values(month)
        if values != self._values:
            self._values = values
            self.parameters = parameter_values(values)
            self.own = self._own_values()
        for name, column in self._levers(self.acting, month, self.record.names).items():
            getattr(s.levers, name)[:] = column
        strike(
            self._shocks, s.governments, s.levers, float(self.parameters.reform.window),
            self.seed_key, self.month,
        )  # fmt: skip
        rate = float(self.parameters.service.need_rate)
        places = len(self.local_governments)
        s.needs_tables = needs_of_places(self._shocks, places, rate, self.month)

    def _schedule(self) -> NDArray[np.float64]:
        """Positions of all months, as scheduled; empty where none are."""
        scenario, first, end = self._stages[self._stage]
        if scenario.transition.mode != "scheduled":
            return no_schedule(len(self.figure.rows))
        last = max(self.month, end)
        if self._positions is None or len(self._positions) <= last:
            path = (self._profile_path(month - first) for month in range(last + 1))
            self._positions = np.array(list(path))
        return self._positions

    def _find_place(self) -> Place:
        society = self.plan.society
        count = society.local_governments
        luck = None
        if not is_drawn(society.place):
            count = len(local_government_names(society.place))
        if is_drawn(society.place) or lacks_own_revenue(society.place):
            agents = luck_agents(society.place, count)
            luck = normals_of(self.seed_key, Luck.PLACES, agents, 2)
        place = find_place(society.place, count=count, normals=luck)
        national, _ = access_of(society)
        return place if national is None else replace(place, internet_users=national)

    def _open_record(self, names: list[str]) -> Record:
        """An empty record for the months up to the last, which belong to who acts now."""
        p = self.parameters
        record = Record(
            self.months,
            names,
            self.figure.row_ids,
            self.state.governments.residents[:-1].copy(),
            self.state.governments.weight[:-1].copy(),
            p.outcomes,
            (float(p.service.counter_hours), float(p.service.digital_hours)),
            Occasions(
                float(p.participation.reference_invitations),
                float(p.participation.unprompted),
                float(p.participation.uplift),
            ),
            float(p.decision.base_delay),
            firm_names(self.state.firms),
            dated(self.acting),
            tuple(outcome.name for outcome in self.own_outcomes),
        )
        record.start_profiles[:] = self.state.profiles
        return record


_PHASES = {phase: getattr(GovernanceModel, phase) for phase in MONTH}
"""The phases as they are shipped."""


class _AgentsByType(Mapping[type, AgentSet]):
    """Mesa's agents by class, with citizens on demand."""

    def __init__(
        self, known: Mapping[type, AgentSet], meet: Callable[[], Iterable[Citizen]]
    ) -> None:
        self._known = known
        self._meet = meet

    def __getitem__(self, kind: type) -> AgentSet:
        if kind is Citizen:
            self._meet()
        return self._known[kind]

    def __iter__(self) -> Iterator[type]:
        self._meet()
        return iter(self._known)

    def __len__(self) -> int:
        self._meet()
        return len(self._known)


class Collector(mesa.DataCollector):  # type: ignore[misc]
    """Mesa's collector of the headline outcomes, and of what governments and entrepreneurs are.

    Names are told apart over model and agents, since `batch_run` writes them into one table. Copied
    or pickled, it keeps what it has collected; its functions are made anew.
    """

    def __init__(self, own_names: tuple[str, ...] = ()) -> None:
        names = (*(outcome.name for outcome in OUTCOMES), *own_names)
        self._own_names = own_names
        super().__init__(
            model_reporters={"month": _month_of_plan, "scenario_name": _name_of_plan}
            | {name: _reader(name) for name in names},
            agenttype_reporters={
                LocalGovernment: {
                    "name": "name",
                    "trust_local": "trust",
                    "online_supply": "online_supply",
                    "capacity": "capacity",
                    "profile_mean": "profile_mean",
                },
                Entrepreneur: {"capability": "capability", "revenue": "revenue"},
            },
        )

    def __getstate__(self) -> dict[str, Any]:
        own, kept = vars(Collector(self._own_names)), vars(self).copy()
        kept["model_reporters"] = _others(kept["model_reporters"], own["model_reporters"])
        kept["agenttype_reporters"] = {
            kind: _others(reporters, own["agenttype_reporters"].get(kind, {}))
            for kind, reporters in kept["agenttype_reporters"].items()
        }
        return kept

    def __setstate__(self, kept: dict[str, Any]) -> None:
        own = vars(Collector(kept["_own_names"]))
        self.__dict__.update(kept)
        self.model_reporters: dict[str, Any] = own["model_reporters"] | kept["model_reporters"]
        self.agenttype_reporters: dict[type, dict[str, Any]] = {
            kind: own["agenttype_reporters"].get(kind, {}) | reporters
            for kind, reporters in kept["agenttype_reporters"].items()
        }


def _others(reporters: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """What users added to the usual reporters."""
    return {name: reporter for name, reporter in reporters.items() if name not in usual}


def _reader(name: str) -> Callable[[GovernanceModel], float]:
    """A plain function, since Mesa 3.4 calls anything else without the model to try it."""

    def read(model: GovernanceModel) -> float:
        return model.outcome(name)

    return read


def refuse_without_card() -> None:
    """Raises `UserMistake` unless there is a graphics card to work on."""
    missing = missing_card()
    if missing:
        others = ", ".join(engine for engine in ENGINES if engine != "cuda")
        raise UserMistake(f"engine cuda: {missing}; {others} need no card")


def _name_of_plan(model: GovernanceModel) -> str:
    return model.plan.name


def _month_of_plan(model: GovernanceModel) -> int:
    return model.month - model.before


def _seed(plan: Scenario, rng: Any, seed: Any, iteration: int | None) -> int:
    """The seed that is given; else that of the scenario, or of a batch's iteration of it."""
    if rng is not None and seed is not None:
        raise WrongArgument("seed: is given twice, as rng and as seed")
    given = seed if rng is None else rng
    if given is not None:
        return whole("seed", given, 0, HIGHEST_SEED)
    return plan.seed if iteration is None else replicate_seed(plan.seed, iteration)

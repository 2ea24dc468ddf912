"""A citizen: chooses a channel, is served, takes part, asked or not, and judges governments."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.agents.row import ColumnView, RowAgent
from sim.engine import numbers
from sim.engine.compiling import readable
from sim.processes import (
    cohorts,
    incidents,
    lives,
    participation,
    problems,
    service,
    tally,
    trust,
    visible,
)
from sim.processes.agenda import ideal_budget

if TYPE_CHECKING:
    from sim.agents.local_government import LocalGovernment
    from sim.model import GovernanceModel

choose_channel = readable(service.choose_channel)
train = readable(service.train)
input_rate = readable(participation.input_rate)
count_inputs = readable(participation.count_inputs)
count_on = readable(participation.count_on)
is_answered = readable(participation.is_answered)
updated_efficacy = readable(participation.updated_efficacy)
forgotten = readable(participation.forgotten)
updated_fatigue = readable(participation.updated_fatigue)
budget_fit = readable(trust.budget_fit)
performance = readable(trust.performance)
settled_trust = readable(trust.settled_trust)
updated_trust = readable(trust.updated_trust)
updated_expectation = readable(trust.updated_expectation)
consent = readable(trust.consent)
logistic = readable(numbers.logistic)
draw_turnover = readable(cohorts.draw_turnover)
newcomer = readable(cohorts.newcomer)
learnt_online = readable(cohorts.learnt_online)
draw_month = readable(lives.draw_month)
poverty = readable(problems.poverty)
draw_rare = readable(lives.draw_rare)
fates = readable(service.fates)
hear_back = readable(participation.hear_back)
look = readable(visible.look)
spread = readable(visible.spread)
use_services = readable(service.use_services)
experience = readable(service.experience)
wants = readable(ideal_budget)
lived_quality = readable(problems.lived_quality)
grievance = readable(problems.grievance)
is_affected = readable(problems.is_affected)
months_since = readable(problems.months_since)
report_chance = readable(problems.report_chance)
HALF = np.float32(0.5)
ONE = np.float32(1.0)
ZERO = np.float32(0.0)


class Citizen(RowAgent):
    """One citizen. The methods are the month, in the order of `live`.

    A subclass may change them: `Mine(model, row)` takes the place of the citizen in that row, of a
    model with `engine="agents"`. Raises `UserMistake` where its rules would be ignored.
    """

    group: ClassVar[str] = "citizens"
    rules: ClassVar[frozenset[str]] = frozenset(
        ("live", "begin_anew", "look", "suffer", "learn", "choose_channel", "use_services",
         "hear_back", "take_part", "be_heard", "judge", "be_counted")
    )  # fmt: skip
    beside: ClassVar[bool] = False
    """Whether it stands beside the citizen of its row, not in its place."""
    home = ColumnView()
    status = ColumnView()
    rank = ColumnView()
    skill = ColumnView()
    civic = ColumnView()
    elite_weight = ColumnView()
    taste_welfare = ColumnView()
    taste_economy = ColumnView()
    taste_environment = ColumnView()
    taste_safety = ColumnView()
    access_rank = ColumnView()
    predisposition = ColumnView()
    ties = ColumnView()
    expectation_local = ColumnView()
    expectation_central = ColumnView()
    trust_local = ColumnView()
    trust_central = ColumnView()
    efficacy = ColumnView()
    belief = ColumnView()
    fatigue = ColumnView()
    quality = ColumnView()
    digital = ColumnView()
    waiting = ColumnView()
    inputs = ColumnView()
    experience = ColumnView()
    used = ColumnView()
    forms = ColumnView()
    active = ColumnView()
    heard = ColumnView()

    def __init__(self, model: GovernanceModel, row: int) -> None:
        takes_place = not self.beside and type(self) not in (Citizen, model.citizen_kind)
        if takes_place:
            row = model.admit(type(self), row)
        super().__init__(model, row)
        if takes_place:
            model.take_in(self)

    @property
    def trust(self) -> Any:
        """Mean of trust in the local and in the central government, 0 to 1."""
        return (self.trust_local + self.trust_central) * HALF

    @property
    def tercile(self) -> int:
        """Third of the order of status: 0 low, 1, 2 high."""
        return int(self.rank >= lives.LOW_THIRD) + int(self.rank >= lives.HIGH_THIRD)

    @property
    def local_government(self) -> LocalGovernment:
        """The government of the place where the citizen lives."""
        return self.model.local_governments[int(self.home)]

    @cached_property
    def tied(self) -> NDArray[np.int64]:
        """Rows of the eight citizens to whom this one is tied: six neighbours, two others."""
        found: NDArray[np.int64] = self.model.state.tied_to([self.row])[0]
        return found

    @property
    def has_access(self) -> bool:
        """Whether the citizen is online this month."""
        return bool(self.access_rank < self._offered("infrastructure"))

    @property
    def ideal_budget(self) -> tuple[Any, ...]:
        """The budget shares the citizen would choose."""
        tastes = (self.taste_welfare, self.taste_economy, self.taste_environment, self.taste_safety)
        return tuple(wants(*tastes, *self._offered("preference")))

    def live(self) -> None:
        """One month: learn, choose, be served, hear back, take part, judge."""
        self.grow_older()
        self.draws = draw_month(self.model.seed_key, self.model.month, self.row)
        self.rare_draws = draw_rare(self.model.seed_key, self.model.month, self.row)
        self.peers = self.look()
        self.trust_before = self.trust
        self.suffer()
        self.learn()
        self.choose_channel()
        self.use_services()
        self.hear_back()
        self.take_part()
        self.be_heard()
        self.judge()
        self.be_counted()

    def grow_older(self) -> None:
        """Once a year: replaced by a newcomer, or learning by being online."""
        society, month = self.model.parameters.society, self.model.month
        if cohorts.first_asked(month, self.row) != 0:
            return
        self.turnover_draws = draw_turnover(self.model.seed_key, month, self.row)
        if self.turnover_draws.replaced < np.float32(society.turnover):
            self.begin_anew()
        else:
            self.skill = learnt_online(self.skill, self.has_access, society)

    def begin_anew(self) -> None:
        """A newcomer takes the place: other skill, nothing experienced yet."""
        p, draws = self.model.parameters, self.turnover_draws
        new = newcomer(
            self.status,
            self.predisposition,
            self._offered("skill_level"),
            self._offered("trust_level"),
            draws.skill,
            draws.belief,
            p.society,
            p.trust,
        )
        self.skill, self.efficacy = new.skill, new.efficacy
        self.belief = new.efficacy
        self.expectation_local = self.expectation_central = new.expectation
        self.trust_local, self.trust_central = new.trust_local, new.trust_central
        self.fatigue = ZERO
        self.digital = self.waiting = self.inputs = self.experience = 0
        self.used = self.forms = self.active = self.heard = 0

    def look(self) -> visible.Peers:
        """What those show to whom the citizen is tied."""
        shown = self.model.state.shown[self.tied]
        peers: visible.Peers = look(np.uint32(sum(map(spread, shown))))
        return peers

    def suffer(self) -> None:
        """Meet open problems around; see one solved as acted on, having written since it arose."""
        held, open_ones = self.model.state.problems, []
        for slot in self._slots_around():
            if not held.solved[self.home, slot]:
                open_ones.append(slot)
            elif self.active & months_since(int(held.began[self.home, slot]), self.model.month):
                self.efficacy = updated_efficacy(
                    self.efficacy, participation.ACTED_ON, self.model.parameters.participation
                )
        self.problems = open_ones
        self.troubles = np.int32(len(open_ones))

    def _slots_around(self) -> list[int]:
        """Slots of the problems, open or just solved, that affect the citizen."""
        held = self.model.state.problems
        residents = int(self.model.state.governments.residents[self.home])
        first, length = held.first[self.home], held.length[self.home]
        return [
            int(slot)
            for slot in np.flatnonzero(length)
            if is_affected(self.row, int(first[slot]), int(length[slot]), residents)
        ]

    def learn(self) -> None:
        """Perhaps take a digital-skills course."""
        training = self._offered("training")
        if training > 0:
            skill = train(
                self.skill, training, self.rare_draws.trained, self.model.parameters.service
            )
            if skill != self.skill:
                self._count(tally.TRAINED, 1)
                self.skill = skill

    def choose_channel(self) -> None:
        """Now and then reconsider the counter and the digital channel."""
        advantage = self._offered("quality_digital") - self._offered("quality_counter")
        self.digital = choose_channel(
            self.digital,
            self.has_access,
            self.skill,
            advantage,
            self.peers.digital,
            self.trust_before,
            self.draws.reconsider,
            self.draws.choice,
            self.model.parameters.service,
        )

    def use_services(self) -> None:
        """Bring the month's needs to government; what fails online goes to the counter."""
        needs = service.count_needs(self.draws.needs, self.model.state.needs_tables[self.home])
        luck = lives.draw_services(self.model.seed_key, self.model.month, self.row)
        bounds = fates(
            self.digital, self.has_access, self.skill, self._offered("transactions"),
            self._offered("information"), self._offered("handled_share"),
            self.model.parameters.service,
        )  # fmt: skip
        services = use_services(needs, bounds, luck)
        if needs > 0:
            self.quality = experience(
                services, needs, self._offered("quality_digital"), self._offered("quality_counter")
            )
        self._count(tally.NEEDS, needs)
        self._count(tally.MET, services.done + services.served)
        self._count(tally.COUNTER_ASKED, needs - services.done)
        self._count(tally.COUNTER_HANDLED, services.served)
        self._count(tally.DIGITAL_TRIED, services.tried)
        self._count(tally.DIGITAL_DONE, services.done)
        self._count(tally.TRANSACTIONS_DONE, services.formed)
        self.used = lives.remember(self.used, services.tried > 0)
        self.forms = lives.remember(self.forms, services.formed > 0)

    def hear_back(self) -> None:
        """Learn whether last month's input was answered, and whether it was acted on."""
        self.answer = hear_back(
            self.waiting, self.draws.answered, self._offered("response_rate"),
            self._offered("action_rate"),
        )  # fmt: skip
        heard = is_answered(self.answer)
        self._count(tally.ANSWERED, int(heard))
        self._count(tally.IGNORED, int(self.answer == participation.IGNORED))
        self._count(tally.ACTED_ON, int(self.answer == participation.ACTED_ON))
        self.heard = lives.remember(self.heard, heard)

    def take_part(self) -> None:
        """Perhaps give inputs, invited or not; be encouraged, disappointed, tired."""
        invited = bool(self.draws.invited < self._offered("invitations"))
        self._count(tally.INVITED, int(invited))
        rate = input_rate(
            self.civic + grievance(self.troubles, self.skill, self.model.parameters.problems),
            self.efficacy,
            self.trust_before,
            self.peers.active,
            self.fatigue,
            self.experience,
            self.digital,
            invited,
            self.model.parameters.participation,
        )
        given = count_inputs(rate, self.draws.takes_part)
        joined = bool(given > 0)
        self.chance = report_chance(rate, invited, self.model.parameters.participation)
        self._count(tally.INPUTS, given)
        self._count(tally.TAKING_PART, int(joined))
        self.waiting = 1 if joined else 0
        before = 0 if lives.is_first_of_year(self.model.month) else self.inputs
        self.inputs = count_on(before, given)
        self.experience = count_on(self.experience, given)
        self.active = lives.remember(self.active, joined)
        hope = forgotten(self.efficacy, self.belief, self.model.parameters.participation)
        self.efficacy = updated_efficacy(hope, self.answer, self.model.parameters.participation)
        self.fatigue = updated_fatigue(
            self.fatigue, invited, joined, self.model.parameters.participation
        )

    def be_heard(self) -> None:
        """Let the government hear of the problems around: by reports, and by digital traces."""
        for slot in self.problems:
            self._tell(slot, int(numbers.fixed(self.chance)), int(self.digital))

    def judge(self) -> None:
        """Compare what government does with norm and expectation, and trust it more or less."""
        p = self.model.parameters.trust
        trouble = self.model.parameters.problems
        self.lived = lived_quality(self.quality, self.troubles, trouble)
        ideal = self.ideal_budget
        self.fit = budget_fit(*self._offered("allocation"), *ideal)
        national_fit = budget_fit(*self._offered("agenda"), *ideal)
        exposed = incidents.is_exposed(
            self._offered("exposure"),
            self._offered("exposure_offline"),
            self.digital,
            self.rare_draws.exposed,
        )
        self._count(tally.EXPOSED, int(exposed))
        share = self._offered("discretion")
        offset = p.local_advantage * HALF
        self.trust_local, self.expectation_local = self._judged(
            self.trust_local, self.expectation_local, self.fit, share, offset, exposed
        )
        self.trust_central, self.expectation_central = self._judged(
            self.trust_central,
            self.expectation_central,
            national_fit,
            ONE - share,
            -offset,
            exposed,
        )

    def _judged(
        self, trust: Any, expected: Any, fit: Any, share: Any, offset: Any, exposed: bool
    ) -> tuple[Any, Any]:
        """Trust in one government, and what is expected of it, after a month."""
        p = self.model.parameters.trust
        seen = performance(self.lived, fit, self.predisposition, p)
        settled = settled_trust(
            self.predisposition + offset, self.peers.trust, self._offered("climate"), seen,
            expected, self.efficacy, share, p,
        )  # fmt: skip
        openness = self._offered("openness")
        return (
            updated_trust(
                trust, settled, share, openness, self._offered("climate_step"), exposed, p
            ),
            updated_expectation(expected, seen, p),
        )

    def be_counted(self) -> None:
        """Show oneself to tied citizens and enter the month's counts."""
        self.model.state.showing[self.row] = visible.show(self.digital, self.active, self.trust)
        active = self.active != 0
        quality = numbers.fixed(self.lived)
        self._count(tally.USERS, int(self.digital))
        self._count(tally.HEARD, int(self.heard != 0))
        self._count(tally.USED_YEAR, int(self.used != 0))
        self._count(tally.FORMS_YEAR, int(self.forms != 0))
        self._count(tally.ACTIVE_YEAR, int(active))
        self._count(tally.LOW_TRUST, int(self.trust < np.float32(0.3)))
        self._count(tally.FIT, numbers.fixed(self.fit))
        self._count(
            tally.ACCEPTANCE,
            numbers.fixed(logistic(consent(self.fit, self.model.parameters.trust))),
        )
        self._count(tally.TRUST_LOCAL, numbers.fixed(self.trust_local))
        self._count(tally.TRUST_CENTRAL, numbers.fixed(self.trust_central))
        self._count(tally.TRUST_SQUARE, numbers.fixed(self.trust * self.trust))
        self._count(tally.EXPERIENCED, quality)
        weight = poverty(self.rank)
        self._count(tally.FIT_RANKED, numbers.fixed(self.fit * weight))
        reachable = budget_fit(*self._offered("wanted"), *self.ideal_budget)
        self._count(tally.FIT_REACHABLE, numbers.fixed(reachable))
        self._count(tally.QUALITY_RANKED, numbers.fixed(self.lived * weight))
        self._count(tally.HEARD_RANKED, numbers.fixed(weight) if self.heard != 0 else 0)
        if self.tercile == 0:
            self._count(tally.QUALITY_LOW, quality)
            self._count(tally.ACTIVE_LOW, int(active))
        elif self.tercile == 2:
            self._count(tally.QUALITY_HIGH, quality)
            self._count(tally.ACTIVE_HIGH, int(active))
        if self.inputs and lives.is_counted_by_inputs(self.model.month):
            found = lives.input_class(self.inputs)
            self._count(tally.PEOPLE_BY_INPUTS + found, 1)
            self._count(tally.INPUTS_BY_CLASS + found, int(self.inputs))
        for domain, share in enumerate(self.ideal_budget):
            self._count(tally.WANTED_ALL + domain, numbers.fixed(share))
            if self.waiting:
                self._count(tally.WANTED_INPUTS + domain, numbers.fixed(share))
            if self.digital:
                self._count(tally.WANTED_USERS + domain, numbers.fixed(share))

    def _offered(self, name: str) -> Any:
        return getattr(self.model.state.offer, name)[self.home]

    def _tell(self, slot: int, told: int, digital: int) -> None:
        held = self.model.state.problems
        held.told[self.home, slot] += told
        held.traced[self.home, slot] += digital

    def _count(self, entry: int, amount: numbers.Whole) -> None:
        self.model.state.tallies[self.home, entry] += amount

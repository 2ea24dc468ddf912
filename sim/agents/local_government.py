"""A local government: aims, decides, builds, offers services, and lives on its money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sim.agents.row import RowAgent, Shown
from sim.processes.agenda import form_target
from sim.processes.decision import revise_budget
from sim.processes.market import renew_services
from sim.processes.offering import offer_services
from sim.processes.projects import run_project
from sim.processes.reform import be_pushed, consider_reform, feel_pressure

if TYPE_CHECKING:
    from sim.model import GovernanceModel


class Government(RowAgent):
    """What every government has: a profile on the figure's rows and the cells it sets."""

    group: ClassVar[str] = "governments"
    residents = Shown()
    self_reliance = Shown()
    capacity = Shown()
    online_supply = Shown()
    integration = Shown()
    openness = Shown()
    lock_in = Shown()
    allocation = Shown()
    target = Shown()
    elite_signal = Shown()

    @property
    def profile(self) -> dict[str, float]:
        """Position on each row of the figure, 0 (first paradigm) to the last one's number."""
        rows = self.model.figure.row_ids
        return dict(zip(rows, map(float, self.model.state.profiles[self.row]), strict=True))

    @property
    def profile_mean(self) -> float:
        """Mean position over the twelve rows."""
        return float(self.model.state.profiles[self.row].mean())

    @property
    def reserve(self) -> float:
        """Money carried over."""
        return float(self.model.state.ledger.reserve[self.row])

    def cell(self, name: str) -> float:
        """The value that the figure gives this government for one cell, blended by its profile."""
        return float(getattr(self.model.state.cells, name)[self.row])


class LocalGovernment(Government):
    """One local government. Each method is a step of its month.

    A subclass may change them: `Mine(model, row)` takes the place of the government in that row, of
    a model with `engine="agents"`. Raises `UserMistake` where its rules would be ignored.
    """

    rules: ClassVar[frozenset[str]] = frozenset(
        ("form_target", "revise_budget", "run_project", "offer_services", "host_services",
         "feel_pressure", "consider_reform", "be_pushed")
    )  # fmt: skip
    relative_revenue = Shown()
    survey = Shown()
    citizen_signal = Shown()
    acceptance = Shown()
    delay = Shown()
    wait = Shown()
    funded = Shown()
    users = Shown()
    incident = Shown()
    live_services = Shown()
    supplier = Shown()
    contract_months = Shown()
    ties = Shown()
    project_result = Shown()
    pressure = Shown()
    score = Shown()
    trial = Shown()

    def __init__(self, model: GovernanceModel, row: int) -> None:
        takes_place = type(self) is not LocalGovernment
        if takes_place:
            row = model.admit_government(type(self), row)
        super().__init__(model, row)
        if takes_place:
            model.deregister_agent(model.local_governments[row])
            model.local_governments[row] = self

    @property
    def name(self) -> str:
        """Romanised name of the place."""
        return str(self.model.place.local_governments[self.row].name)

    @property
    def region(self) -> str:
        """First-level region in which the place lies."""
        return str(self.model.place.local_governments[self.row].region)

    @property
    def trust(self) -> float:
        """Mean trust of residents in this government, 0 to 1, at the last count."""
        return self.model.mean_of_residents(self.row, "trust_local")

    @property
    def fund(self) -> float:
        """Own-source money for projects."""
        return float(self.model.state.ledger.fund[self.row])

    def form_target(self) -> None:
        """Aim at a budget from what elites, professionals, citizens and the centre want."""
        m, s = self.model, self.model.state
        form_target(self.row, s.governments, s.cells, m.parameters.agenda, s.surveys,
                    m.seed_key, m.month)  # fmt: skip

    def revise_budget(self) -> None:
        """Judge consent and perhaps move the budget towards the target."""
        m, s = self.model, self.model.state
        revise_budget(self.row, s.governments, s.cells, s.tallies, m.parameters.decision,
                      m.seed_key, m.month)  # fmt: skip

    def run_project(self) -> None:
        """Perhaps start an ICT project, if own money and the matching grant allow."""
        m, s = self.model, self.model.state
        run_project(self.row, s.governments, s.cells, s.ledger, s.firms, s.network,
                    s.levers, s.journal, m.parameters.projects, m.parameters.market,
                    m.seed_key, m.month)  # fmt: skip

    def offer_services(self) -> None:
        """Open counters and portals for the month."""
        m, s = self.model, self.model.state
        offer_services(self.row, s.governments, s.cells, s.offer, s.tallies, s.levers,
                       m.infrastructure_now, m.parameters.service, m.parameters.participation,
                       m.parameters.incidents, m.seed_key, m.month)  # fmt: skip

    def host_services(self) -> None:
        """See entrepreneurs' services end and start."""
        m, s = self.model, self.model.state
        renew_services(self.row, s.governments, s.cells, s.firms, s.network, s.journal,
                       m.parameters.market, m.seed_key, m.month)  # fmt: skip

    def feel_pressure(self) -> None:
        """Feel what presses for reform, and judge oneself."""
        m, s = self.model, self.model.state
        feel_pressure(self.row, s.governments, s.cells, s.offer, s.levers, s.tallies,
                      m.infrastructure_now, m.reference_cost, m.parameters.reform,
                      m.seed_key, m.month)  # fmt: skip

    def consider_reform(self) -> None:
        """Judge the last reform when its trial ends, or perhaps start another."""
        m, s = self.model, self.model.state
        consider_reform(self.row, s.governments, s.cells, s.network, m.profiles_before, s.profiles,
                        m.nearest, m.largest, m.parameters.reform, m.parameters.projects,
                        m.seed_key, m.month)  # fmt: skip

    def be_pushed(self) -> None:
        """Give way, perhaps, to the centre and to voters."""
        m, s = self.model, self.model.state
        be_pushed(self.row, s.governments, s.cells, s.levers, s.tallies, s.journal,
                  s.model_profile, s.profiles, m.parameters.reform, m.seed_key,
                  m.month)  # fmt: skip

    def citizens(self) -> Any:
        """The residents, as an `AgentSet`."""
        return self.model.citizens.select(home=self.row)

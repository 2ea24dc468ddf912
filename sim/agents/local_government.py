"""A local government: aims, decides, builds, offers services, and lives on its money."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from sim.agents.row import ColumnView, RowAgent
from sim.processes.month import COLUMNS, STEPS

if TYPE_CHECKING:
    from sim.model import GovernanceModel


class Government(RowAgent):
    """What every government has: a profile on the figure's rows and the cells it sets."""

    group: ClassVar[str] = "governments"
    residents = ColumnView()
    self_reliance = ColumnView()
    capacity = ColumnView()
    online_supply = ColumnView()
    integration = ColumnView()
    openness = ColumnView()
    lock_in = ColumnView()
    allocation = ColumnView()
    target = ColumnView()
    elite_signal = ColumnView()

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


def step_of(name: str, function: Callable[..., Any]) -> Callable[[LocalGovernment], None]:
    """The method by which a local government takes a step of the month, as a function has it."""
    columns = COLUMNS[name]

    def take(self: LocalGovernment) -> None:
        function(self.row, *columns(self.model.workspace, self.model.month))

    take.__name__, take.__qualname__ = name, f"LocalGovernment.{name}"
    take.__doc__ = function.__doc__
    return take


def _step(name: str) -> Callable[[LocalGovernment], None]:
    return step_of(name, STEPS[name].function)


class LocalGovernment(Government):
    """One local government. Each method is a step of its month.

    A subclass may change them: `Mine(model, row)` takes the place of the government in that row, of
    a model with `engine="agents"`. Raises `UserMistake` where its rules would be ignored.
    """

    rules: ClassVar[frozenset[str]] = frozenset(
        name for name, step in STEPS.items() if step.by == "each"
    )
    relative_revenue = ColumnView()
    survey = ColumnView()
    citizen_signal = ColumnView()
    acceptance = ColumnView()
    delay = ColumnView()
    wait = ColumnView()
    funded = ColumnView()
    users = ColumnView()
    incident = ColumnView()
    live_services = ColumnView()
    supplier = ColumnView()
    contract_months = ColumnView()
    ties = ColumnView()
    project_result = ColumnView()
    pressure = ColumnView()
    score = ColumnView()
    trial = ColumnView()

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

    form_target = _step("form_target")
    revise_budget = _step("revise_budget")
    run_project = _step("run_project")
    offer_services = _step("offer_services")
    host_services = _step("host_services")
    feel_pressure = _step("feel_pressure")
    consider_reform = _step("consider_reform")
    be_pushed = _step("be_pushed")

    def citizens(self) -> Any:
        """The residents, as an `AgentSet`."""
        return self.model.citizens.select(home=self.row)

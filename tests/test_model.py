"""The model as a Mesa model: agents, sets, collector, batch runner; and the network's measures."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import mesa
import networkx as nx
import numpy as np
import pytest

from sim.agents import CentralGovernment, Citizen, Entrepreneur, LocalGovernment
from sim.model import GovernanceModel
from sim.outcomes import COMPONENTS, OUTCOMES, WINDOW
from sim.processes.network import algebraic_connectivity, giant_component
from sim.scenario import Scenario

Make = Callable[..., GovernanceModel]


def test_agents_are_mesa_agents(society: Make) -> None:
    model = society(citizens=300)
    kinds = model.agents_by_type
    assert {kind.__name__ for kind in kinds} == {
        "Citizen", "LocalGovernment", "CentralGovernment", "Entrepreneur",
    }  # fmt: skip
    assert len(kinds[Citizen]) == 300
    assert len(kinds[LocalGovernment]) == 17
    assert len(kinds[CentralGovernment]) == 1
    assert len(kinds[Entrepreneur]) == 40
    assert len(model.agents) == 300 + 17 + 1 + 40
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)


def test_citizens_are_made_only_when_somebody_asks(society: Make) -> None:
    model = society()
    model.step()
    assert len(model.agents_by_type[LocalGovernment]) == 17
    assert not model._people
    assert len(model.citizens) == 500


def test_agent_sets_answer(society: Make) -> None:
    model = society("gov3")
    model.run()
    citizens = model.citizens
    skilled = citizens.select(lambda citizen: citizen.skill > 0.5)
    assert 0 < len(skilled) < len(citizens)
    mean = citizens.agg("trust_local", np.mean)
    assert mean == pytest.approx(model.state.citizens.trust_local.mean())
    assert len(citizens.get("skill")) == 500
    groups = citizens.groupby("tercile")
    assert len(groups.groups) == 3
    assert model.central_government in model.agents


def test_attributes_are_views_of_columns(society: Make) -> None:
    model = society()
    citizen = model.citizens.to_list()[7] if hasattr(model.citizens, "to_list") else list(
        model.citizens
    )[7]  # fmt: skip
    citizen.trust_local = 0.25
    assert model.state.citizens.trust_local[7] == np.float32(0.25)
    assert citizen.local_government.row == citizen.home
    assert sum(citizen.ideal_budget) == pytest.approx(1.0)
    seoul = model.local_governments[[g.name for g in model.local_governments].index("Seoul")]
    assert seoul.profile["goal"] == 1.0
    assert seoul.cell("matching_share") == pytest.approx(0.66)
    assert model.central_government.row == 17


@pytest.mark.filterwarnings("ignore:The `iterations` keyword:DeprecationWarning")
def test_collector_and_batch_run() -> None:
    """Mesa's own tools run the model and read its outcomes, by the argument that all of them know.

    Mesa 3.5 wishes for `rng` instead.
    """
    small = Scenario.load("gov2").but(society={"citizens": 150, "entrepreneurs": 6})
    results = mesa.batch_run(
        GovernanceModel,
        parameters={"plan": [small, small.but(governance="gov3")], "years": 1, "rng": [1]},
        number_processes=1,
        iterations=1,
        max_steps=12,
        data_collection_period=-1,
        display_progress=False,
    )
    trusts = {row["trust"] for row in results}
    assert len(trusts) == 2
    model = GovernanceModel(small, years=1)
    model.run()
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame["month"]) == list(range(13))
    last = model.record.national().iloc[-1]
    for outcome in OUTCOMES:
        assert frame[outcome.name].iloc[-1] == pytest.approx(last[outcome.name])
    places = model.datacollector.get_agenttype_vars_dataframe(LocalGovernment)
    assert set(places["name"]) == {g.name for g in model.local_governments}


def test_model_stops_by_itself(society: Make) -> None:
    model = society(years=1)
    while model.running:
        model.step()
    assert model.month == 12


def test_unknown_engine() -> None:
    with pytest.raises(ValueError, match="compiled, agents"):
        GovernanceModel("gov1", engine="warp")  # type: ignore[arg-type]


def test_record_has_every_outcome_and_component(society: Make) -> None:
    model = society("gov3", years=3)
    frame = model.run().national()
    assert len(frame) == WINDOW
    for outcome in (*OUTCOMES, *COMPONENTS):
        assert outcome.name in frame
        assert outcome.meaning
        assert outcome.formula
    for outcome in OUTCOMES:
        assert set(outcome.components) <= set(frame.columns)
    local = model.record.local()
    assert len(local) == 3 * 17


@pytest.mark.parametrize("name", ["gov1", "gov3"])
def test_network_measures_agree_with_networkx(society: Make, name: str) -> None:
    model = society(name, years=4, citizens=1500)
    model.run()
    network = model.state.network
    graph = nx.Graph()
    graph.add_nodes_from(np.flatnonzero(network.alive))
    graph.add_edges_from(np.argwhere(np.triu(network.age >= 0)))
    giant = max(nx.connected_components(graph), key=len)
    member = giant_component(network, np.zeros(len(network.alive), dtype=np.uint8))
    assert set(np.flatnonzero(member)) == giant
    laplacian = nx.laplacian_matrix(graph.subgraph(sorted(giant))).toarray().astype(float)
    expected = np.sort(np.linalg.eigvalsh(laplacian))[1]
    assert algebraic_connectivity(network, member) == pytest.approx(expected, rel=0.03)


def test_ties_are_mutual(society: Make) -> None:
    model = society("gov3", years=3)
    model.run()
    assert np.array_equal(model.state.network.age, model.state.network.age.T)
    assert np.array_equal(model.state.network.kind, model.state.network.kind.T)


def test_population_follows_the_real_regions(society: Make) -> None:
    model = society(citizens=20_000)
    residents = model.state.governments.residents[:-1]
    people = np.array([local.population for local in model.place.local_governments])
    assert residents / residents.sum() == pytest.approx(people / people.sum(), abs=0.0015)
    citizens = model.state.citizens
    own = np.arange(20_000)[:, None]
    ties = model.state.tied_to(np.arange(20_000))
    near = ties[:, :6]
    assert (citizens.home[near] == citizens.home[own]).all()
    assert (ties != own).all()
    status = citizens.status
    assert np.corrcoef(status, status[ties[:, 0]])[0, 1] > 0.2


def test_places_of_other_kinds(society: Make) -> None:
    basic = society("gov2", citizens=2500, society={"place": "korea:basic"})
    basic.step()
    assert len(basic.local_governments) == 226
    estonia = society("gov2", society={"place": "europe:EST"})
    finland = society("gov2", society={"place": "europe:FIN"})
    assert estonia.infrastructure[-1] != finland.infrastructure[-1]
    names = [(g.row, float(g.self_reliance)) for g in estonia.local_governments]
    assert names != [(g.row, float(g.self_reliance)) for g in finland.local_governments]


def test_a_forgotten_model_is_freed() -> None:
    """Thousands of replicates in one process must not pile up."""
    small = Scenario.load("gov2").but(society={"citizens": 150}, years=1)
    model = GovernanceModel(small, rng=1)
    model.run()
    gone = weakref.ref(model)
    model.forget()
    del model
    gc.collect()
    assert gone() is None

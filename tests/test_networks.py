"""The network of institutions: measures on graphs that are known and on the model's own."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.drawing.page import in_our_style
from sim.engine.luck import seed_key
from sim.model import GovernanceModel
from sim.networks import measures as m
from sim.networks.declared import MEASURES
from sim.networks.recorded import (
    KINDS,
    Snapshot,
    may_end,
    node_kinds,
    node_names,
    snapshot,
    tie_table,
)
from sim.networks.yearly import measure_years
from sim.processes.network import Resilience
from sim.processes.network import algebraic_connectivity as compiled_connectivity
from sim.processes.network import measure as compiled_resilience
from sim.processes.state import Network
from sim.questions.comparison import study as running
from sim.questions.comparison.figures.network_measures import draw_network_measures
from sim.questions.comparison.figures.networks import draw_networks
from sim.questions.comparison.figures.webs import find_rows
from sim.questions.comparison.publish import publish
from sim.questions.comparison.study import Runs
from sim.report.again import publish_again
from sim.runs.replicate import Finished, Job, run_replicate
from sim.runs.runner import Where
from tests.studies import small, small_runs, small_study
from tests.test_figures import drawn_texts

Make = Callable[..., GovernanceModel]


def matrix(graph: nx.Graph) -> m.Ties:
    return nx.to_numpy_array(graph, nodelist=sorted(graph), weight=None).astype(np.bool_)


def bridged() -> nx.Graph:
    """Two cliques of five and a bridge between nodes 4 and 5."""
    return nx.barbell_graph(5, 0)


STAR, PATH, FULL = (matrix(g) for g in (nx.star_graph(9), nx.path_graph(4), nx.complete_graph(6)))
BRIDGE = matrix(bridged())
ALONE = np.zeros((5, 5), dtype=np.bool_)
NOBODY = np.zeros((0, 0), dtype=np.bool_)


def test_a_star_hangs_on_its_centre() -> None:
    assert m.density(STAR) == pytest.approx(0.2)
    assert m.giant_share(STAR) == 1.0
    assert m.betweenness_centralisation(STAR) == 1.0
    assert m.algebraic_connectivity(STAR) == pytest.approx(1.0)
    assert m.largest_core(STAR) == (1, 10)
    assert m.transitivity(STAR) == 0.0
    assert m.loss_of(STAR, np.array([0])) == pytest.approx(8 / 9)
    assert m.best_tied(STAR).tolist() == [0]


def test_a_path_is_as_connected_as_theory_says() -> None:
    assert m.algebraic_connectivity(PATH) == pytest.approx(2 - math.sqrt(2))
    assert m.betweenness(PATH).tolist() == [0.0, 2.0, 2.0, 0.0]
    assert m.loss_of(PATH, np.array([0])) == 0.0
    assert m.loss_of(PATH, np.array([1])) == pytest.approx(1 / 3)


def test_among_equals_nobody_is_central_and_nobody_is_missed() -> None:
    assert m.density(FULL) == 1.0
    assert m.algebraic_connectivity(FULL) == pytest.approx(6.0)
    assert m.betweenness_centralisation(FULL) == 0.0
    assert m.largest_core(FULL) == (5, 6)
    assert m.transitivity(FULL) == 1.0
    assert m.modularity(FULL) == pytest.approx(0.0)
    assert m.loss_of(FULL, m.best_tied(FULL)) == 0.0


def test_two_cliques_are_two_communities() -> None:
    communities = [set(range(5)), set(range(5, 10))]
    assert m.modularity(BRIDGE) == pytest.approx(nx.community.modularity(bridged(), communities))
    assert m.largest_core(BRIDGE) == (4, 10)
    assert m.loss_of(BRIDGE, np.array([4])) == pytest.approx(4 / 9)


@pytest.mark.parametrize("ties", [ALONE, NOBODY], ids=["alone", "nobody"])
def test_without_ties_measures_are_zero(ties: m.Ties) -> None:
    plain = (
        m.density, m.algebraic_connectivity, m.betweenness_centralisation, m.modularity,
        m.transitivity,
    )  # fmt: skip
    assert [measure(ties) for measure in plain] == [0.0] * len(plain)
    assert m.largest_core(ties) == (0, len(ties))


def test_random_loss_is_the_mean_over_all_removals() -> None:
    """Each of the star's ten nodes removed once: eight of nine are lost in one case of ten."""
    draws = np.ones((10, 10))
    np.fill_diagonal(draws, 0.0)
    assert m.loss_at_random(STAR, draws) == pytest.approx(8 / 90)


def test_nodes_without_ties_are_not_removed() -> None:
    ties = np.zeros((12, 12), dtype=np.bool_)
    ties[:10, :10] = STAR
    draws = np.zeros((12, 1))
    draws[:10] = 1.0
    draws[0] = 0.5
    assert m.loss_at_random(ties, draws) == pytest.approx(8 / 9)


@settings(max_examples=60, deadline=None)
@given(nodes=st.integers(2, 24), chance=st.floats(0.0, 0.9), seed=st.integers(0, 10_000))
def test_measures_are_those_of_networkx(nodes: int, chance: float, seed: int) -> None:
    graph = nx.gnp_random_graph(nodes, chance, seed=seed)
    ties = matrix(graph)
    giant = graph.subgraph(max(nx.connected_components(graph), key=len))
    assert m.density(ties) == pytest.approx(nx.density(graph))
    assert m.giant_share(ties) == pytest.approx(len(giant) / nodes)
    assert m.transitivity(ties) == pytest.approx(nx.transitivity(graph))
    expected = nx.betweenness_centrality(graph, normalized=False)
    assert m.betweenness(ties) == pytest.approx([expected[k] for k in range(nodes)])
    cores = nx.core_number(graph)
    k = max(cores.values())
    assert m.largest_core(ties) == (k, sum(core == k for core in cores.values()))
    sizes = [len(part) for part in nx.connected_components(graph)]
    found = m.components(ties, np.ones((1, nodes), dtype=np.bool_))[0]
    assert sorted(found) == sorted(size for size in sizes for _ in range(size))


@settings(max_examples=40, deadline=None)
@given(nodes=st.integers(3, 24), chance=st.floats(0.1, 0.9), seed=st.integers(0, 10_000))
def test_communities_are_as_good_as_those_of_networkx(nodes: int, chance: float, seed: int) -> None:
    """Both are greedy; equal gains are broken otherwise, so values may differ a little."""
    graph = nx.gnp_random_graph(nodes, chance, seed=seed)
    if graph.number_of_edges():
        greedy = nx.community.greedy_modularity_communities(graph)
        expected = nx.community.modularity(graph, greedy)
        assert m.modularity(matrix(graph)) == pytest.approx(expected, abs=0.1)


def test_survival_is_unbroken_and_follows_only_the_chosen() -> None:
    alive = np.ones(4, dtype=np.bool_)
    before = Snapshot(
        12, np.array([[0, 1, 30, 2, 0], [1, 2, 5, 0, 0], [2, 3, 5, 0, 9]]), alive, 0.0
    )
    after = Snapshot(
        24, np.array([[0, 1, 42, 2, 0], [1, 2, 3, 0, 0], [2, 3, 17, 0, 0]]), alive, 0.0
    )
    everything = np.ones(3, dtype=np.bool_)
    assert m.survival(before, after, everything) == pytest.approx(2 / 3)
    assert may_end(before.ties).tolist() == [False, True, False]
    assert m.survival(before, after, may_end(before.ties)) == 0.0
    assert math.isnan(m.survival(before, after, ~everything))
    assert m.persistence(before.adjacency, after.adjacency) == 1.0


@pytest.mark.parametrize("name", ["gov1", "gov3"])
def test_the_compiled_resilience_is_that_of_these_measures(society: Make, name: str) -> None:
    model = society(name, years=6, citizens=1500)
    model.run()
    now, before = model.record.networks[-1], model.record.networks[-2]
    ties = now.adjacency
    fast = Resilience(*model.state.resilience)
    left = nx.from_numpy_array(ties)
    left.remove_nodes_from(m.best_tied(ties).tolist())
    giant = max(map(len, nx.connected_components(left)))
    tied = int(ties.any(axis=0).sum())
    assert fast.after_attack == pytest.approx(giant / (tied - m.twentieth(ties)))
    assert fast.survival == m.survival(before, now, before.ties[:, 3] != 2)
    exact = m.algebraic_connectivity(ties)
    assert fast.connectivity == pytest.approx(exact / (1.0 + exact), abs=0.0005)
    nodes = np.flatnonzero(m.giant_component(ties)).tolist()
    laplacian = nx.laplacian_matrix(nx.from_numpy_array(ties).subgraph(nodes)).toarray()
    assert exact == pytest.approx(np.linalg.eigvalsh(laplacian.astype(float))[1])


@settings(max_examples=100, deadline=None)
@given(nodes=st.integers(2, 30), chance=st.floats(0.05, 0.9), seed=st.integers(0, 10_000))
@example(nodes=4, chance=0.75, seed=3734)  # a first start at right angles to the eigenvector
def test_the_compiled_connectivity_is_the_eigenvalue(nodes: int, chance: float, seed: int) -> None:
    ties = matrix(nx.gnp_random_graph(nodes, chance, seed=seed))
    nothing = np.zeros((nodes, nodes), dtype=np.int32)
    network = Network(
        np.where(ties, 1, -1).astype(np.int32), nothing.astype(np.uint8), nothing,
        np.ones(nodes, dtype=np.uint8),
    )  # fmt: skip
    found = compiled_connectivity(network, m.giant_component(ties).astype(np.uint8))
    assert found == pytest.approx(m.algebraic_connectivity(ties), rel=0.01, abs=1e-6)


def test_snapshots_are_the_model_s_network(society: Make) -> None:
    model = society("gov3", years=3)
    model.run()
    network, kept = model.state.network, model.record.networks
    assert [s.month for s in kept] == [12, 24, 36]
    assert np.array_equal(kept[-1].adjacency, network.age >= 0)
    assert np.array_equal(kept[-1].alive, network.alive > 0)
    again = compiled_resilience(network, model.state.ties_year_ago)
    assert again.after_attack == model.state.resilience[0]
    governments, p = model.state.governments, model.parameters.network
    paid = float(p.tie_cost) * governments.ties[:-1] * governments.residents[:-1]
    assert kept[-1].cost == pytest.approx(paid.sum() / governments.residents[:-1].sum())


def test_yearly_table(society: Make) -> None:
    model = society("gov3", years=4)
    model.run()
    table = measure_years(model.record.networks, 17, model.seed_key)
    assert list(table.columns) == ["month", *(measure.name for measure in MEASURES)]
    assert table["month"].tolist() == [12, 24, 36, 48]
    looking_back = {"bridging", "bridging_survival", "embedded", "embedded_survival", "persistence"}
    assert set(table.columns[table.iloc[0].isna()]) == looking_back
    shares = [measure.name for measure in MEASURES if measure.unit == "0-1"]
    assert table[shares].iloc[1:].stack().dropna().between(0.0, 1.0).all()
    assert table["ties_central"].min() >= 17
    last = model.record.networks[-1]
    assert table["ties"].iloc[-1] == last.adjacency.sum() / 2
    same = measure_years(model.record.networks, 17, model.seed_key)
    pd.testing.assert_frame_equal(table, same, check_exact=True)
    others = measure_years(model.record.networks, 17, seed_key(99))
    differs = [c for c in table if not table[c].equals(others[c])]
    assert set(differs) <= {"loss_random"}


def test_tie_table_is_read_by_networkx(society: Make) -> None:
    model = society("gov3", years=2)
    model.run()
    table = tie_table(model.record.networks, model.record.names)
    last = table[table["month"] == 24]
    graph = nx.from_pandas_edgelist(last, "one", "other", edge_attr=True)
    assert graph.degree("central government") >= 17
    shared = [len(list(nx.common_neighbors(graph, a, b))) for a, b in graph.edges]
    assert shared == [data["shared_partners"] for _, _, data in graph.edges(data=True)]
    assert graph.edges["central government", "Seoul"]["tie"] == "statutory"
    assert set(last["other_kind"]) <= set(KINDS)
    names, kinds = node_names(75, model.record.names), node_kinds(75, 17)
    assert (names[0], names[1], names[18], names[35]) == (
        "central government", "Seoul", "Seoul civic hub", "entrepreneur 1"
    )  # fmt: skip
    assert np.bincount(kinds).tolist() == [1, 17, 17, 40]


# Pattern 12: nine in ten bridging ties are gone after a year; embedded ties last.


def month_by_month(model: GovernanceModel) -> list[Snapshot]:
    kept = []
    while model.month < model.months:
        model.step()
        kept.append(snapshot(model.state.network, model.month, 0.0))
    return kept


def new_ties(months: list[Snapshot]) -> tuple[list[float], list[float]]:
    """Whether each tie born without a contract lives a year: bridging ones, embedded ones."""
    bridging: list[float] = []
    embedded: list[float] = []
    for at in range(1, len(months) - 12):
        now, later = months[at], months[at + 12]
        one, other = now.ties[:, 0], now.ties[:, 1]
        born = may_end(now.ties) & ~months[at - 1].adjacency[one, other]
        lasting = np.zeros(later.adjacency.shape, dtype=np.bool_)
        old = later.ties[later.ties[:, 2] >= 12]
        lasting[old[:, 0], old[:, 1]] = True
        lives, shared = lasting[one, other], now.shared_partners
        bridging += lives[born & (shared == 0)].tolist()
        embedded += lives[born & (shared > 0)].tolist()
    return bridging, embedded


def test_nine_in_ten_new_bridging_ties_are_gone_after_a_year(society: Make) -> None:
    months = [
        month_by_month(society("gov3", years=20, citizens=1000, seed=seed)) for seed in (1, 2)
    ]
    bridging, embedded = (
        [x for kind in pair for x in kind] for pair in zip(*map(new_ties, months), strict=True)
    )
    assert len(bridging) > 200
    assert 0.05 <= np.mean(bridging) <= 0.15
    assert np.mean(embedded) > 4 * np.mean(bridging)


@pytest.mark.parametrize("name", ["gov1", "gov2", "gov3", "endogenous"])
def test_embedded_ties_last_longer_than_bridging_ones(society: Make, name: str) -> None:
    """Among all ties, old ones too; old ones last longer, so more than a tenth of bridges live."""
    rows = []
    for seed in (1, 2, 3):
        model = society(name, years=20, citizens=500, seed=seed)
        model.run()
        rows.append(measure_years(model.record.networks, 17, model.seed_key).iloc[1:])
    table = pd.concat(rows)
    bridging, embedded = (
        (table[kind] * table[f"{kind}_survival"].fillna(0.0)).sum() / table[kind].sum()
        for kind in ("bridging", "embedded")
    )
    assert 0.05 <= bridging <= 0.35
    assert embedded > 2 * bridging


# From replicate to folder, and drawn.


def test_only_the_first_replicates_of_a_study_are_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "MEASURED", 2)
    study = small_study("gov1", "gov3", replicates=3)
    asked = {(job.name, job.replicate) for job in study.jobs() if job.networks}
    assert asked == {(name, replicate) for name in ("gov1", "gov3") for replicate in (0, 1)}


def test_a_job_measures_only_when_asked() -> None:
    plain = run_replicate(Job(small("gov2"), "gov2", 0, 1))
    asked = run_replicate(Job(small("gov2"), "gov2", 0, 1, networks=True))
    assert isinstance(plain, Finished)
    assert isinstance(asked, Finished)
    assert plain.networks.empty
    assert plain.ties.empty
    assert len(asked.networks) == 3
    pd.testing.assert_frame_equal(plain.national, asked.national, check_exact=True)


def test_results_keep_networks_through_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MEASURED", 2)
    whole, grown = tmp_path / "whole", tmp_path / "grown"
    for replicates in (1, 3):
        publish(small_study(replicates=replicates), grown, command="test", where=Where(1))
    publish(small_study(replicates=3), whole, command="test", where=Where(1))
    for name in ("networks.parquet", "ties.parquet", "networks.csv"):
        assert (whole / name).read_bytes() == (grown / name).read_bytes()
    table = pd.read_parquet(whole / "networks.parquet")
    assert set(table["replicate"]) == {0, 1}
    assert (whole / "figures" / "network.svg").is_file()
    again = publish_again(whole)
    pd.testing.assert_frame_equal(again.networks, table)


def test_the_figure_tells_what_was_measured() -> None:
    runs = small_runs()
    with in_our_style():
        drawing = draw_networks(runs)
    assert drawing is not None
    rows = find_rows(runs)
    assert [row.look.name for row in rows] == ["gov1", "gov2", "gov3"]
    assert [web.date for web in rows[0].webs] == [f"the end of {y}" for y in (1995, 1996, 1997)]
    first = runs.networks[runs.networks["replicate"] == 0]
    for row in rows:
        own = first[first["scenario"] == row.look.name]
        assert [web.ties for web in row.webs] == own["ties"].tolist()
        shown = {place.tobytes() for web in row.webs for place in web.nodes["entrepreneur"]}
        assert len(shown) == 40
        for density in own["density"]:
            assert f"density {100 * density:.1f} %" in drawing.figure.alt_text


def test_without_recorded_ties_nothing_is_drawn() -> None:
    runs = small_runs()
    bare = Runs(runs.study, runs.timeseries, runs.local, runs.failures)
    assert draw_networks(bare) is None


def test_measures_over_the_years_are_means_of_the_replicates() -> None:
    runs = small_runs()
    with in_our_style():
        drawing = draw_network_measures(runs)
    assert drawing is not None
    last = runs.networks[runs.networks["month"] == 36]
    for name, own in last.groupby("scenario"):
        assert f"{name} {100 * own['coordination_cost'].mean():.1f}" in drawing.figure.alt_text
    bare = Runs(runs.study, runs.timeseries, runs.local, runs.failures)
    assert draw_network_measures(bare) is None


def test_no_text_leaves_the_page_or_lies_on_another() -> None:
    """Names around a circle are turned: their upright boxes would overlap though they do not."""
    for draw in (draw_networks, draw_network_measures):
        with in_our_style():
            drawing = draw(small_runs())
            assert drawing is not None
            texts = drawn_texts(drawing.page.canvas)
            boxes = np.array([text.get_window_extent().extents for text in texts])
        page = drawing.page.canvas.bbox
        assert (boxes[:, :2] >= 0).all()
        assert (boxes[:, 2] <= page.x1).all()
        assert (boxes[:, 3] <= page.y1).all()
        upright = boxes[[text.get_rotation() % 360.0 == 0.0 for text in texts]]
        left, bottom, right, top = upright.T
        across = np.minimum.outer(right, right) - np.maximum.outer(left, left)
        down = np.minimum.outer(top, top) - np.maximum.outer(bottom, bottom)
        assert not np.triu((across > 1) & (down > 3), k=1).any()

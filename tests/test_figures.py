"""Figures: written whole and twice the same, true in words, readable in hostile cases."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.text import Text

from sim.drawing.fonts import can_write, width, wrapped, writable
from sim.drawing.looks import looks
from sim.drawing.page import SMALL, Caption, Drawing, in_our_style
from sim.drawing.words import calendar, decimals_needed, decimals_of, signed, when
from sim.explain.figure_table import figure_markdown, figure_table
from sim.explain.names import explain
from sim.outcomes import OUTCOMES
from sim.paradigms import FIGURE
from sim.questions.comparison.figures import write_figures
from sim.questions.comparison.figures.differences import draw_differences
from sim.questions.comparison.figures.layers import short_native_name
from sim.questions.comparison.figures.lines import spaced
from sim.questions.comparison.figures.network_measures import draw_network_measures
from sim.questions.comparison.figures.networks import draw_networks
from sim.questions.comparison.figures.outcomes import draw_outcomes
from sim.questions.comparison.figures.paired import Difference
from sim.questions.comparison.figures.tiles import draw_difference_map, draw_map
from sim.questions.comparison.figures.transitions import draw_transitions
from sim.questions.comparison.residents import too_few
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import Runs, Study, plan_study
from sim.questions.comparison.tables import FAILURES
from sim.runs.runner import Where
from sim.scenario import Scenario
from sim.society.places import find_place
from sim.statistics import range_of
from tests.planted_figures import drawings as planted_drawings

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("outcomes", "differences", "map", "map_differences", "network", "network_measures")
_DRAWN = (
    draw_outcomes, draw_differences, draw_map, draw_difference_map, draw_networks,
    draw_network_measures,
)  # fmt: skip
_SMALL_PRINT = ("map", "map_differences")
"""Where names must fit into tiles; everything else can be read where a page fills a slide."""
LONG = "Gov2.0 with open data, local autonomy and a matching grant that nobody can match"
UGLY = (
    "$x^2$ to $y$",
    "_hidden",
    "a\nb\tc",
    "<b>50 % & more</b>",
    "전자정부",
    "🚀",
    "🚀🚀",
    "#*[x](y)",
)


PLANTED = ("discovery", "interactions", "morris", "regimes", "robustness", "shares", "sobol")


@cache
def planted() -> dict[str, Drawing]:
    """Figures of analyses with planted answers."""
    found = planted_drawings()
    assert sorted(found) == sorted(PLANTED)
    return found


def small(name: str, **changes: Any) -> Scenario:
    return Scenario.load(name).but(**({"years": 3, "society": {"citizens": 300}} | changes))


@pytest.fixture(scope="module")
def runs() -> Runs:
    """Three paradigms, three replicates, three years."""
    scenarios = [small(name) for name in ("gov1", "gov2", "gov3")]
    return carry_out(plan_study(scenarios, replicates=3, seed=1, baseline="gov1"), where=Where(1))


@pytest.fixture(scope="module")
def folder(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the figures of `runs` are."""
    path = tmp_path_factory.mktemp("results") / "new" / "figures"
    write_figures(runs, path)
    return path


@pytest.fixture(scope="module")
def figures(runs: Runs) -> dict[str, Caption]:
    """What is said about the figures of `runs`, without writing them again."""
    with in_our_style():
        drawings = [draw(runs) for draw in _DRAWN]
    return {drawing.figure.name: drawing.figure for drawing in drawings if drawing}


def alone(runs: Runs, *, replicates: int = 2, years: int = 3) -> Runs:
    """The second scenario alone, cut short."""
    scenario = runs.study.scenarios["gov2"].but(years=years)
    return cut(runs, Study({"gov2": scenario}, 1, replicates), replicates, years)


def cut(runs: Runs, study: Study, replicates: int, years: int = 3) -> Runs:
    frames = [
        frame[
            frame["scenario"].isin(list(study.scenarios))
            & (frame["replicate"] < replicates)
            & (frame["month"] <= 12 * years)
        ].reset_index(drop=True)
        for frame in (runs.timeseries, runs.local)
    ]
    return Runs(study, *frames, pd.DataFrame(columns=list(FAILURES)))


def renamed(runs: Runs, names: Sequence[str], *, baseline: bool = True) -> Runs:
    """As many scenarios as names, made of the three, each a little different."""
    source = list(runs.study.scenarios)
    scenarios, parts = {}, []
    for place, name in enumerate(names):
        old = source[place % len(source)]
        scenarios[name] = runs.study.scenarios[old]
        frames = [
            f[f["scenario"] == old].assign(scenario=name) for f in (runs.timeseries, runs.local)
        ]
        for frame in frames:
            frame["efficiency"] = frame["efficiency"] + 0.1 * place
        parts.append(frames)
    study = Study(scenarios, 1, 2, names[0] if baseline else None)
    tables = [pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)]
    networks = [
        pd.concat(
            f[f["scenario"] == source[place % len(source)]].assign(scenario=name)
            for place, name in enumerate(names)
        )
        for f in (runs.networks, runs.ties)
    ]
    nothing = pd.DataFrame(columns=list(FAILURES))
    return Runs(study, *tables, nothing, 0.0, pd.DataFrame(), *networks)


def drawn_texts(canvas: Any) -> list[Text]:
    """The texts that are drawn: tick labels beyond the axes exist, but are not."""
    drawn: list[Text] = []
    draw = Text.draw

    def spy(text: Text, renderer: Any) -> None:
        if text.get_text():
            drawn.append(text)
        draw(text, renderer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", spy)
        FigureCanvasAgg(canvas).draw()
    return drawn


def assert_readable(runs: Runs, *, maps: bool = True) -> None:
    """All figures of a study can be read."""
    drawings = (draw_outcomes, draw_differences, draw_transitions, draw_map, draw_difference_map)
    for draw in drawings if maps else drawings[:3]:
        with in_our_style():
            drawing = draw(runs)
        if drawing is not None:
            assert_page_readable(drawing)


def assert_page_readable(drawing: Drawing, *, turned: bool = True) -> None:
    """No text leaves the page, is too small, or lies on another one.

    Boxes around turned texts are larger than the texts: `turned` leaves out what they touch.
    """
    with in_our_style():
        texts = drawn_texts(drawing.page.canvas)
        boxes = np.array([text.get_window_extent().extents for text in texts])
    words = [(drawing.figure.name, text.get_text()) for text in texts]
    least = 9 if drawing.figure.name in _SMALL_PRINT else SMALL
    assert min(text.get_fontsize() for text in texts) >= least
    left, bottom, right, top = boxes.T
    page = drawing.page.canvas.bbox
    outside = (left < 0) | (bottom < 0) | (right > page.x1) | (top > page.y1)
    assert [words[k] for k in np.flatnonzero(outside)] == []
    across = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    down = np.minimum.outer(top, top) - np.maximum.outer(bottom, bottom)
    touching = np.triu((across > 1) & (down > 3), k=1)
    if not turned:
        straight = np.array([text.get_rotation() % 180.0 == 0.0 for text in texts])
        touching &= np.logical_and.outer(straight, straight)
    assert [(words[one], words[two]) for one, two in np.argwhere(touching)] == []


def by_name(figures: Sequence[Caption]) -> dict[str, Caption]:
    return {figure.name: figure for figure in figures}


def test_every_figure_is_written_with_its_words(
    runs: Runs, folder: Path, figures: dict[str, Caption]
) -> None:
    assert tuple(figures) == NAMES
    words = (folder / "captions.md").read_text(encoding="utf-8")
    for name, figure in figures.items():
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        svg = ET.parse(folder / f"{name}.svg").getroot()
        texts = {(text.text or "").strip() for text in svg.iter(f"{SVG}text")}
        assert {"gov2", "gov3"} <= texts, "text of an SVG stays text"
        assert all(part in words for part in (figure.title, figure.caption, figure.alt_text))
        counts = ("3 replicates", "3 paired replicates", "the first replicate")
        assert any(count in figure.caption for count in counts)
    assert_readable(runs)


def test_same_runs_give_the_same_bytes_and_no_date(
    runs: Runs, folder: Path, figures: dict[str, Caption], tmp_path: Path
) -> None:
    with mpl.rc_context({"font.size": 20, "svg.fonttype": "path", "lines.linewidth": 9}):
        before = dict(mpl.rcParams)
        assert write_figures(runs, tmp_path) == list(figures.values())
        assert dict(mpl.rcParams) == before
    files = sorted(path.name for path in folder.iterdir())
    assert len(files) == 2 * len(NAMES) + 1
    for name in files:
        content = (folder / name).read_bytes()
        assert content == (tmp_path / name).read_bytes(), name
        assert b"dc:date" not in content
        assert b"Matplotlib v" not in content


def test_outcomes_in_words_are_those_of_the_summary(
    runs: Runs, figures: dict[str, Caption]
) -> None:
    text = figures["outcomes"].alt_text
    last = runs.summary[runs.summary["month"] == 36].set_index(["scenario", "outcome"])
    assert "the end of 1997" in text
    for scenario, outcome in itertools.product(
        runs.study.scenarios, ("efficiency", "trust", "resilience")
    ):
        row = last.loc[(scenario, outcome)]
        said = f"{scenario} {row['mean']:.1f} ({row['conf_low']:.1f} to {row['conf_high']:.1f})"
        panel = text.split(f"{outcome.capitalize()} (points): ")[1].split(". ")[0]
        assert said.replace("-0.0", "0.0") in panel


def test_differences_in_words_are_those_of_the_table(
    runs: Runs, figures: dict[str, Caption]
) -> None:
    text = figures["differences"].alt_text
    last = runs.differences[runs.differences["month"] == 36]
    for row in last[last["outcome"] == "trust"].to_dict("records"):
        panel = text.split("Trust (points): ")[1].split(". ")[0]
        ends = row["mean"], row["conf_low"], row["conf_high"]
        decimals = decimals_of(*ends[1:])
        if ends[1] > 0 or ends[2] < 0:
            decimals = max(decimals, decimals_needed(*ends))
        assert f"{row['scenario']} {signed(row['mean'], decimals)} " in panel
        assert f"better in {100 * row['share_better']:.0f} %" in panel
        is_open = row["conf_low"] <= 0 <= row["conf_high"]
        assert (f"{row['scenario']} in trust" in text.split("Open: ")[-1].split(". ")[0]) == is_open


def test_maps_in_words_are_those_of_the_last_year(runs: Runs, figures: dict[str, Caption]) -> None:
    text = figures["map"].alt_text
    last = runs.local[runs.local["month"] == 36]
    means = last[last["scenario"] == "gov3"].groupby("local_government")["trust"].mean()
    part = text.split("gov3, the end of 1997: ")[1]
    assert f"trust {means.min():.1f} ({means.idxmin()}) to {means.max():.1f}" in part


def test_one_replicate_has_no_bands_and_settles_nothing(runs: Runs, tmp_path: Path) -> None:
    single = cut(runs, Study(runs.study.scenarios, 1, 1, "gov1"), 1)
    figures = by_name(write_figures(single, tmp_path))
    assert "no bands" in figures["outcomes"].caption
    assert "nothing is settled" in figures["differences"].alt_text
    assert all("nan" not in figure.alt_text for figure in figures.values())
    assert_readable(single)


@pytest.mark.parametrize(("replicates", "years"), [(2, 3), (2, 1), (1, 1)])
def test_one_scenario_has_nothing_to_differ_from(
    runs: Runs, tmp_path: Path, replicates: int, years: int
) -> None:
    short = alone(runs, replicates=replicates, years=years)
    assert set(by_name(write_figures(short, tmp_path))) == {"outcomes", "map"}
    assert not (tmp_path / "differences.png").exists()
    assert_readable(short)


def test_one_year_of_many_scenarios(runs: Runs) -> None:
    names = [f"plan {number}" for number in range(7)]
    many = renamed(runs, names)
    study = Study({n: s.but(years=1) for n, s in many.study.scenarios.items()}, 1, 2, names[0])
    short = cut(many, study, 2, years=1)
    assert_readable(short, maps=False)


def test_long_names_and_many_scenarios(runs: Runs) -> None:
    assert_readable(renamed(runs, [LONG, *(f"{LONG[:-2]} {number}" for number in range(5))]))
    many = renamed(runs, [f"scenario number {number}" for number in range(14)])
    assert_readable(many, maps=False)


def test_names_that_look_like_something_else(runs: Runs, tmp_path: Path) -> None:
    ugly = renamed(runs, UGLY)
    figures = by_name(write_figures(ugly, tmp_path))
    for name in NAMES:
        ET.parse(tmp_path / f"{name}.svg")
    assert "🚀🚀" in figures["outcomes"].alt_text
    assert "🚀 is written (scenario 6)" in figures["outcomes"].caption
    words = (tmp_path / "captions.md").read_text(encoding="utf-8")
    assert "\\<b>" in words
    labels = [look.label for look in looks(UGLY).values()]
    assert len(set(labels)) == len(UGLY)
    assert all(can_write(label) for label in labels)
    assert_readable(ugly, maps=False)


def test_scenarios_of_different_lengths_starts_and_places(tmp_path: Path) -> None:
    scenarios = [
        small("gov1", years=1),
        small("gov2", years=4, start="1998-07"),
        small("synthetic_small", years=2),
        Scenario.load("gov3").but(years=2, society={"place": "europe:EST", "citizens": 400}),
    ]
    mixed = carry_out(plan_study(scenarios, replicates=2, seed=1), where=Where(1))
    figures = by_name(write_figures(mixed, tmp_path))
    assert "at the end of 2002-06" in figures["outcomes"].alt_text
    assert "at the end of 1995" in figures["outcomes"].alt_text
    assert_readable(mixed)


def test_basic_local_governments(tmp_path: Path) -> None:
    place = {"place": "korea:basic", "citizens": 2000}
    basic = carry_out(
        plan_study([small("gov2", years=1, society=place)], replicates=1), where=Where(1)
    )
    figures = by_name(write_figures(basic, tmp_path))
    assert "borders of regions" in figures["map"].caption
    assert "226 of 226 have under 50 simulated residents" in figures["map"].caption
    assert_readable(basic)
    with in_our_style():
        drawing, network = draw_map(basic), draw_networks(basic)
    assert drawing is not None
    words = " ".join(text.get_text() for text in drawn_texts(drawing.page.canvas))
    regions = {place.region for place in find_place("korea:basic").local_governments}
    assert all(region in words for region in regions)
    assert words.count("highest") == words.count("lowest") == 3
    assert network is not None
    assert_page_readable(network)
    assert "per cent of all possible ties" in network.figure.caption
    assert not network.page.sheet.collections, "no tie is drawn as a line"


def test_scenarios_without_a_finished_replicate(runs: Runs, tmp_path: Path) -> None:
    frames = [f[f["scenario"] != "gov2"] for f in (runs.timeseries, runs.local)]
    lost = Runs(runs.study, *frames, pd.DataFrame(columns=list(FAILURES)))
    figures = by_name(write_figures(lost, tmp_path))
    assert "No replicate of gov2 was finished" in figures["outcomes"].caption
    assert "gov2" not in figures["differences"].alt_text
    uneven = Runs(
        runs.study,
        *(
            f[(f["scenario"] != "gov2") | (f["replicate"] == 0)]
            for f in (runs.timeseries, runs.local)
        ),
        pd.DataFrame(columns=list(FAILURES)),
    )
    figures = by_name(write_figures(uneven, tmp_path))
    assert "gov1 3, gov2 1, gov3 3" in figures["outcomes"].caption
    assert "1 to 3 paired replicates" in figures["differences"].caption


def test_scenarios_that_do_not_differ(runs: Runs) -> None:
    twins = renamed(runs, ["one", "two"])
    for frame in (twins.timeseries, twins.local):
        half = len(frame) // 2
        columns = frame.columns.drop("scenario")
        frame.loc[frame.index[half:], columns] = frame.loc[frame.index[:half], columns].to_numpy()
    twins = cut(twins, twins.study, 2)
    with in_our_style():
        drawing = draw_differences(twins)
    assert drawing is not None
    assert "Trust (points): two the same in every replicate." in drawing.figure.alt_text
    assert "None is open" in drawing.figure.alt_text


def test_small_and_open_differences_do_not_look_like_strong_ones(runs: Runs) -> None:
    look = looks(["plan"])["plan"]
    strong = Difference("trust", look, 9, 2.0, 1.5, 2.5, 1.0)
    small = Difference("trust", look, 9, 0.02, 0.01, 0.03, 1.0)
    unsettled = Difference("trust", look, 9, 0.004, -0.03, 0.038, 0.5)
    nothing = Difference("trust", look, 9, 6e-14, 5e-14, 7e-14, 1.0)
    assert [d.verdict for d in (strong, small, unsettled, nothing)] == ["", "small", "open", "same"]
    assert [d.is_clear for d in (strong, small, unsettled, nothing)] == [True] + 3 * [False]
    assert unsettled.numbers() == ("+0.004", "-0.030", "+0.038")
    assert small.numbers() == ("+0.020", "+0.010", "+0.030")


@given(st.floats(-50, 50), st.floats(1e-3, 60))
def test_no_interval_is_told_as_a_single_number(mean: float, half: float) -> None:
    low, high = mean - half, mean + half
    decimals = decimals_of(low, high)
    assert 1 <= decimals <= 4
    assert signed(low, decimals) != signed(high, decimals)


def test_many_scenarios_have_bars_instead_of_bands(runs: Runs) -> None:
    for count in (2, 3, 4):
        with in_our_style():
            drawing = draw_outcomes(renamed(runs, [f"plan {k}" for k in range(count)]))
        assert drawing is not None
        panels = drawing.page.canvas.axes[1:]
        bands = [c for axes in panels for c in axes.collections if isinstance(c, PolyCollection)]
        assert len(bands) == (len(OUTCOMES) * 2 * 2 if count == 2 else 0)
        assert ("thick bar" in drawing.figure.caption) == (count > 2)
        assert_page_readable(drawing)


def test_scales_of_0_to_100_do_not_leave_it_and_money_is_not_cut(runs: Runs) -> None:
    with in_our_style():
        drawings = [draw_outcomes(runs), draw_network_measures(runs)]
    for drawing in drawings:
        assert drawing is not None
        ends = [axes.get_ylim() for axes in drawing.page.canvas.axes[1:]]
        assert min(low for low, _ in ends) >= 0.0
    assert drawings[0] is not None
    panels = drawings[0].page.canvas.axes[1:]
    for outcome, axes in zip(OUTCOMES, panels, strict=True):
        low, high = axes.get_ylim()
        means = runs.summary[runs.summary["outcome"] == outcome.name]["mean"]
        assert low <= means.min() <= means.max() <= high, outcome.name
        assert high <= range_of(outcome.name)[1]
    assert panels[-1].get_ylim()[1] > 100.0


def test_right_of_zero_is_better_and_money_has_its_own_axis(runs: Runs) -> None:
    dear = runs.timeseries.copy()
    dear.loc[dear["scenario"] == "gov3", "cost_per_citizen"] += 130.0
    with in_our_style():
        drawing = draw_differences(replace(runs, timeseries=dear))
    assert drawing is not None
    points, money = drawing.page.canvas.axes[1:]
    assert points.get_xlim()[0] < 0 < points.get_xlim()[1] <= 105.0
    assert money.get_xlim()[0] > 130.0
    assert money.get_xlim()[1] < 0.0
    assert "lower is better" in drawing.figure.alt_text
    assert_page_readable(drawing)


def test_maps_of_differences_are_the_paired_means(runs: Runs, figures: dict[str, Caption]) -> None:
    last = runs.local[runs.local["month"] == 36].set_index(["local_government", "replicate"])
    trust = {name: own["trust"] for name, own in last.groupby("scenario")}
    means = (trust["gov3"] - trust["gov1"]).groupby("local_government").mean()
    text = figures["map_differences"].alt_text.split("gov3, the end of 1997: ")[1]
    assert f"trust {signed(means.min())} ({means.idxmin()}) to {signed(means.max())}" in text
    assert "the 95 % confidence interval" in figures["map_differences"].caption


def test_index_of_participation_tells_its_per_cent(runs: Runs, figures: dict[str, Caption]) -> None:
    last = runs.summary[runs.summary["month"] == 36].set_index(["scenario", "outcome"])
    share = last.loc[("gov3", "participation_breadth"), "mean"]
    assert f"{share:.1f} % (gov3) of citizens take part" in figures["outcomes"].caption
    assert "not per cent" in figures["map"].caption


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"citizens": 2000}, "gov1: 3 of 17 local governments have under 50 simulated residents"),
        ({"citizens": 20000}, ""),
        ({"place": "korea:basic", "citizens": 20000}, "of 226 local governments have under 50"),
        ({"place": "synthetic", "citizens": 800}, "gov1: about 1"),
    ],
)
def test_few_residents_are_warned_of(changes: dict[str, Any], words: str) -> None:
    plan = Scenario.load("gov1").but(society=changes)
    line = too_few([plan])
    assert words in line
    assert bool(line) == bool(words)
    assert "\n" not in line


def test_as_many_citizens_as_a_warning_asks_for_are_enough() -> None:
    plan = Scenario.load("gov1").but(society={"citizens": 500})
    wanted = int(too_few([plan]).split("about ")[-1].split()[0].replace(",", ""))
    assert too_few([plan.but(society={"citizens": wanted})]) == ""
    assert too_few([plan.but(society={"citizens": int(0.85 * wanted)})]) != ""


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_figures_of_analyses_can_be_read(name: str) -> None:
    assert_page_readable(planted()[name], turned=False)


def test_nothing_finished_gives_no_figure(runs: Runs, tmp_path: Path) -> None:
    frames = [f.iloc[:0][["scenario", "replicate", "month"]] for f in (runs.timeseries, runs.local)]
    nothing = Runs(runs.study, *frames, pd.DataFrame(columns=list(FAILURES)))
    assert write_figures(nothing, tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["captions.md"]


@given(st.lists(st.floats(-1, 3), min_size=1, max_size=12))
def test_labels_are_spaced(wanted: list[float]) -> None:
    places = spaced(np.array(wanted), 0.15, 0.0, 2.0)
    assert np.diff(np.sort(places)).min(initial=1.0) >= 0.15 - 1e-9
    assert places.min() >= -1e-9
    assert places.max() <= 2.0 + 1e-9
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(places[order]) > 0).all()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80), st.floats(0.5, 5))
def test_wrapped_text_fits_and_loses_nothing(text: str, room: float) -> None:
    lines = wrapped(text, room, 9)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert all(width(line, 9) <= room or len(line) == 1 for line in lines)
    assert can_write(writable(text))


def test_regions_by_their_short_korean_names() -> None:
    places = find_place("korea").local_governments
    assert " ".join(short_native_name(place.native_name) for place in places) == (
        "서울 부산 대구 인천 광주 대전 울산 세종 경기 강원 충북 충남 전북 전남 경북 경남 제주"
    )


def test_numbers_and_dates_in_words() -> None:
    assert [signed(value) for value in (1.25, -0.04, 0.0, -3.0)] == ["+1.2", "0.0", "0.0", "-3.0"]
    assert (decimals_needed(1.0, -2.0), decimals_needed(0.3, 0.02), decimals_needed(0.0)) == (
        1,
        2,
        4,
    )
    summer = small("gov1", start="1998-07")
    assert calendar(summer, 1) == (1998, 7)
    assert (when(summer, 12), when(small("gov1"), 12)) == ("the end of 1999-06", "the end of 1995")


@pytest.fixture(scope="module")
def moving_runs() -> Runs:
    """A scheduled and a held scenario over twelve years."""
    plans = [small("gov1", years=12), small("gradual", years=12)]
    return carry_out(plan_study(plans, replicates=2, baseline="gov1"), where=Where(1))


def test_transitions_show_only_those_that_move(moving_runs: Runs, tmp_path: Path) -> None:
    figures = {figure.name: figure for figure in write_figures(moving_runs, tmp_path)}
    text = figures["transitions"].alt_text
    assert "gradual: mean position 0.00 at the end of 1995 and 2.00 at the end of 2006" in text
    assert "gov1" not in text
    assert "means over residents" in figures["transitions"].caption
    assert (tmp_path / "transitions.png").stat().st_size > 10_000
    assert_readable(moving_runs)


def test_nothing_moves_no_figure(tmp_path: Path) -> None:
    runs = carry_out(plan_study([small("gov2", years=2)], replicates=1), where=Where(1))
    assert "transitions" not in {figure.name for figure in write_figures(runs, tmp_path)}


@pytest.mark.parametrize("name", ["figure", "paradigms", "rows"])
def test_the_figure_of_the_source_is_a_table(name: str) -> None:
    text = figure_table()
    assert text in explain(name, "gov1")
    assert max(map(len, text.splitlines())) <= 80
    words = " ".join(text.split())
    for row in FIGURE.rows:
        assert f"{row.number} {row.title} ({row.id})" in words
        # Columns interleave the lines of neighbouring cells: each word is there, and stays whole.
        assert all(word in text for cell in row.wording.values() for word in re.split("[- ]", cell))
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    assert figure_markdown() in readme

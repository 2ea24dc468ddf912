"""Roadmaps: budgets hold whatever is searched, plants are found, nothing depends on processes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.cli import main
from sim.errors import UserMistake
from sim.paradigms import FIGURE
from sim.questions.roadmap.against import BETTER, NEITHER, ORDERS, WORSE, against, leads
from sim.questions.roadmap.analysis import Roadmap, Searched, roadmap
from sim.questions.roadmap.asked import Question, Size
from sim.questions.roadmap.chosen import balance, choose, front, scales
from sim.questions.roadmap.judged import HELD_OUT_FROM
from sim.questions.roadmap.objectives import MARGINS, OBJECTIVES, SIGNS, worst_half
from sim.questions.roadmap.results import publish_roadmap
from sim.questions.roadmap.rules import random_orders, simple_rules
from sim.questions.roadmap.schedule import MOST_YEARS, Schedule, Space, Step
from sim.questions.roadmap.search import search
from sim.runs.chunk import Done
from sim.runs.folder import read_manifest, verify
from sim.runs.runner import Where
from sim.scenario import Scenario
from tests.studies import small
from tests.test_page import Reader

TINY = Size(population=8, generations=2, worlds=2, searches=2, held_out=3, orders=2, citizens=200)
SCREENS = Path(__file__).parent / "screens"
costs = st.lists(st.floats(0.0, 3.0), min_size=1, max_size=12).map(tuple)
spaces = st.builds(Space, costs, st.integers(1, 20), st.floats(0.0, 4.0))


@st.composite
def written(draw: st.DrawFn) -> tuple[Space, np.ndarray]:
    space = draw(spaces)
    count = 3 * len(space.costs)
    genes = draw(st.lists(st.floats(0.0, 1.0), min_size=count, max_size=count))
    return space, np.array(genes)


@given(written())
def test_whatever_is_searched_keeps_to_the_budget(case: tuple[Space, np.ndarray]) -> None:
    space, genes = case
    schedule = space.decode(genes)
    assert space.keeps(schedule)
    assert space.spent(schedule).sum() == pytest.approx(
        sum(cost for cost, step in zip(space.costs, schedule, strict=True) if step)
    )
    for step in filter(None, schedule):
        assert step.year >= 1
        assert 1 <= step.years <= MOST_YEARS
        assert step.year + step.years - 1 <= space.years


@given(written())
def test_what_is_within_the_budget_can_be_written(case: tuple[Space, np.ndarray]) -> None:
    space, genes = case
    schedule = space.decode(genes)
    assert space.decode(space.encode(schedule)) == schedule


def test_all_schedules_of_a_small_space_are_reached() -> None:
    """Two rows, two years, one affordable a year: never, either or both, in any order."""
    space = Space((1.0, 1.0), 2, 1.0)
    luck = np.random.default_rng(1)
    found = {space.decode(luck.uniform(size=6)) for _ in range(4_000)}
    one, two, both = Step(1, 1), Step(2, 1), Step(1, 2)
    single = {(a, None) for a in (None, one, two, both)} | {(None, b) for b in (one, two, both)}
    assert found == single | {(one, two), (two, one), (both, both)}


@given(written())
def test_all_rows_move_where_there_is_money_for_all(case: tuple[Space, np.ndarray]) -> None:
    space, genes = case
    whole = Space(space.costs, space.years, 99.0, whole=True)
    assert all(whole.decode(genes))
    tight = Space(space.costs, space.years, space.budget, whole=True)
    assert tight.keeps(tight.decode(genes))
    if all(schedule := tight.decode(genes)):
        assert tight.decode(tight.encode(schedule)) == schedule


@given(spaces)
def test_rules_keep_to_the_budget(space: Space) -> None:
    rows = FIGURE.row_ids[: len(space.costs)]
    for name, schedule in simple_rules(space, rows).items():
        assert name == "all_at_once" or space.keeps(schedule)
    assert all(space.keeps(s) for s in random_orders(space, 3, "a").values())


def test_simple_rules_do_what_they_say() -> None:
    space = Space((1.0,) * 12, 20, 2.0)
    rules = simple_rules(space, FIGURE.row_ids)
    assert [step.year for step in rules["one_row_a_year"] if step] == list(range(1, 13))
    first = {row for row, step in zip(FIGURE.row_ids, rules["services_first"], strict=True)
             if step and step.year <= len(FIGURE.group("services")) // 2}  # fmt: skip
    assert first <= {FIGURE.row_ids[place] for place in FIGURE.group("services")}
    assert not space.keeps(rules["all_at_once"])
    assert rules["stay"] == (None,) * 12


def test_a_dear_row_takes_more_years_and_a_dearer_one_never_moves() -> None:
    space = Space((3.0, 5.0), 10, 1.0)
    assert space.in_order([0, 1]) == (Step(1, 3), None)


PLANTED = Space((1.0,) * 4, 6, 1.0)


def planted(schedules: Sequence[Schedule]) -> np.ndarray:
    """Rows bring 9, 6, 3 and nothing in each year after they moved; the last one costs trust."""
    found = np.zeros((len(schedules), 2, len(OBJECTIVES)))
    for place, schedule in enumerate(schedules):
        for gain, step in zip((9.0, 6.0, 3.0), schedule[:3], strict=True):
            if step is not None:
                found[place, :, 0] += gain * (7 - step.year - step.years)
        if schedule[3] is not None:
            found[place, :, 2] -= 50.0
            found[place, :, 3] -= 50.0
    return found


def tried(gains: Callable[[Sequence[Schedule]], np.ndarray] = planted, key: str = "1"):  # noqa: ANN201
    return search(PLANTED, gains, population=24, generations=25, key=key)


def test_a_planted_order_is_found() -> None:
    """The most useful row first, the useless and costly one never, whatever is drawn by lot."""
    for key in ("1", "2"):
        found = tried(key=key)
        chosen = choose(found, scales(np.array(list(found.values()))))
        assert chosen[0].schedule == (Step(1, 1), Step(2, 1), Step(3, 1), None)
        assert "most_needs_met" in chosen[0].roles


def test_a_search_repeats_itself() -> None:
    assert list(tried()) == list(tried())
    assert list(tried(key="2")) != list(tried())


def test_a_row_that_must_wait_waits() -> None:
    """The first row brings something only once the third has moved."""

    def gains(schedules: Sequence[Schedule]) -> np.ndarray:
        found = np.zeros((len(schedules), 3, len(OBJECTIVES)))
        for place, (one, _, three, _) in enumerate(schedules):
            if one is not None and three is not None:
                found[place, :, 1] = 20.0 if three.year < one.year else -20.0
        return found

    found = tried(gains)
    best = next(one for one in choose(found, MARGINS) if "most_taking_part" in one.roles)
    assert best.schedule[2].year < best.schedule[0].year  # type: ignore[union-attr]


def test_the_front_leaves_out_what_another_beats() -> None:
    gains = np.zeros((4, 5))
    gains[:, 0] = [1.0, 2.0, 2.0, 0.0]
    gains[:, 1] = [3.0, 1.0, 2.0, 0.0]
    assert front(gains).tolist() == [True, False, True, False]
    assert front(gains[[0, 0]]).tolist() == [True, True]


def test_staying_is_never_chosen() -> None:
    stay, moves = (None,), (Step(1, 1),)
    gains = {stay: np.zeros(5), moves: np.array([-9.0, 1.0, -9.0, -9.0, -9.0])}
    assert [one.schedule for one in choose(gains, MARGINS)] == [moves]
    assert choose({stay: np.zeros(5), moves: np.full(5, -1.0)}, MARGINS) == []


def test_what_does_not_matter_does_not_decide_the_balance() -> None:
    """A hair in trust weighs little against a large difference in needs met."""
    gains = np.array([[10.0, 0, 0, 0, 0], [0.0, 0, 0.01, 0, 0]])
    score = balance(gains, scales(gains))
    assert score[0] == pytest.approx(0.2)
    assert score[1] == pytest.approx(0.002)


def test_the_worse_half_of_worlds_counts() -> None:
    gains = np.zeros((1, 4, 5))
    gains[0, :, 0] = [100.0, 1.0, 3.0, 50.0]
    gains[0, :, 1] = [4.0, 2.0, 0.0, -2.0]
    assert worst_half(gains)[0].tolist() == [2.0, -1.0, 0.0, 0.0, 0.0]


def test_leads_are_over_the_best_of_the_others() -> None:
    assert leads(np.array([[3.0], [1.0], [2.0]])).ravel().tolist() == [1.0, -2.0, -1.0]


def invented(own: Sequence[float], rules: Sequence[float], worlds: int = 30) -> Roadmap:
    """A roadmap of one chosen schedule that differs from all rules so much, everywhere."""
    question = Question.of(
        small("gov1"), small("gov3"), size=Size(worlds=2, held_out=worlds, orders=3)
    )
    space = question.space
    named = simple_rules(space, FIGURE.row_ids)
    orders = random_orders(space, 3, "x")
    luck = np.random.default_rng(3).normal(50.0, 5.0, size=(worlds, len(OBJECTIVES)))
    stay = luck - 5.0 * SIGNS
    values = {name: luck + SIGNS * rules for name in [*named, *orders, ORDERS]} | {"stay": stay}
    values["balanced"] = luck + SIGNS * own
    values |= {"search_1": values["balanced"], "search_2": luck}
    schedule = space.in_order(list(range(12))[::-1])
    chosen = choose({schedule: np.ones(5)}, MARGINS)
    alone = {"search_1": schedule, "search_2": schedule}
    return Roadmap(question, Searched(2, 1, tuple(chosen), MARGINS, alone), named, orders, values)


def test_better_than_everything_is_said() -> None:
    text = "\n".join(invented([5.0] * 5, [0.0] * 5).sentences)
    assert "better than every simple rule and than random orders, and worse in nothing" in text
    assert "0 of 3 random orders do better" in text
    assert "does not matter beyond the margins: from the lowest" in text


def test_that_order_does_not_matter_is_said_and_by_how_much() -> None:
    text = "\n".join(invented([0.25] * 5, [0.0] * 5).sentences)
    assert "in which order they move does not matter beyond the margins" in text
    assert "makes at most 0.25 percentage points (needs met)" in text
    assert "better than every simple rule" not in text


def test_a_trade_off_is_said() -> None:
    text = "\n".join(invented([5.0, -5.0, 0.0, 0.0, 0.0], [0.0] * 5).sentences)
    assert "better in needs met +5.00" in text
    assert "worse in people taking part -5.00" in text
    assert "a trade-off against" in text


def test_too_few_worlds_cannot_say() -> None:
    text = "\n".join(invented([5.0] * 5, [0.0] * 5, worlds=6).sentences)
    assert "So this few worlds cannot say" in text
    assert "better than every simple rule" not in text


def test_less_cost_is_better() -> None:
    values = np.zeros((25, 5))
    dear = values.copy()
    dear[:, 3] = 7.0
    verdicts = [one.verdict for one in against("a", values, "b", dear)]
    assert verdicts == [NEITHER] * 3 + [BETTER, NEITHER]
    assert against("b", dear, "a", values)[3].verdict == WORSE
    assert against("b", dear, "a", values)[3].difference == 7.0


def question(budget: float = 2.0, **changes: object) -> Question:
    return Question.of(
        small("gov1", years=4, **changes), small("gov3", years=4), budget=budget, size=TINY
    )


def test_a_budget_of_nothing_moves_nothing() -> None:
    found = roadmap(small("gov1", years=2), small("gov3", years=2), budget=0.0, size=TINY, jobs=1)
    assert found.chosen == {}
    assert "Within 0 money per citizen and year no row can move." in found.sentences
    for name in ("figure_order", "order_01"):
        assert (found.values[name] == found.values["stay"]).all()
    steps = found.tables["roadmap.csv"]
    assert (steps[steps["kind"] != "rule"]["year"] == "").all()
    assert found.drawing().figure.name == "roadmap"


def test_where_change_costs_nothing_a_budget_of_nothing_is_enough() -> None:
    free = {"change.money": 0.0}
    asked = Question.of(small("gov1", parameters=free), small("gov3", parameters=free), budget=0.0)
    assert asked.space.can_move
    assert all(asked.space.in_order(list(range(12))))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("gov1", "gov1", "gov1 and gov1 have the same positions on all rows"),
        ("gov1", "endogenous", "endogenous: moves by itself"),
        ("leapfrog", "gov3", "leapfrog: moves by itself"),
        ("gov1", "from_today", "from_today: begins where korea_1995_2025 leaves"),
        ("gov1", "austerity", "in more than rows of the figure: "),
        ("from_today", "austerity", "austerity: sets"),
    ],
)
def test_only_positions_can_move(start: str, end: str, words: str) -> None:
    with pytest.raises(UserMistake, match=re.escape(words)):
        Question.of(Scenario.load(start), Scenario.load(end))


def test_after_a_history_rows_move_from_where_it_leaves_them() -> None:
    asked = Question.of(Scenario.load("from_today"), Scenario.load("gov3"))
    assert 0.0 < sum(asked.space.costs) < 12.0
    assert all(0.0 < moving.far < 2.0 for moving in asked.moving)


def test_the_centre_goes_its_own_way() -> None:
    end = small("gov3", central={"goal": "gov2", "services": "gov1"})
    asked = Question.of(small("gov1"), end)
    rows = [moving.row for moving in asked.moving]
    plan = asked.plan.but(
        transition=asked.transition(tuple(Step(1, 1) for _ in rows)), name="moved"
    )
    last = plan.profiles(["a"])(plan.months)
    assert last[0].tolist() == list(end.profile)
    assert last[-1].tolist() == list(end.central_profile)


def test_positions_are_those_of_the_schedule() -> None:
    asked = question()
    schedule = asked.space.in_order(list(range(12)))
    plan = asked.plan.but(transition=asked.transition(schedule))
    moved = plan.profiles(["a"])
    for place, step in enumerate(schedule):
        if step is None:
            assert moved(plan.months)[0, place] == 0.0
        else:
            assert moved(step.month - 1)[0, place] == 0.0
            assert moved(step.month + 12 * step.years - 1)[0, place] == 2.0
    assert plan.warnings == []


def written_files(folder: Path) -> dict[str, bytes]:
    names = read_manifest(folder)["files"]
    return {name: (folder / name).read_bytes() for name in names if name != "report.html"}


def test_the_same_bytes_for_any_number_of_processes_and_after_a_stop(tmp_path: Path) -> None:
    asked = question()
    whole: list[Done] = []
    one = publish_roadmap(asked, tmp_path / "one", where=Where(1), progress=whole.append)
    publish_roadmap(asked, tmp_path / "two", where=Where(2))
    before: list[Done] = []

    def stop(done: Done) -> None:
        before.append(done)
        if len(before) == len(whole) // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish_roadmap(asked, tmp_path / "stopped", where=Where(1), progress=stop)
    assert not read_manifest(tmp_path / "stopped")["complete"]
    after: list[Done] = []
    publish_roadmap(asked, tmp_path / "stopped", where=Where(1), progress=after.append)
    assert [d.key for d in before + after] == [d.key for d in whole]
    files = written_files(tmp_path / "one")
    assert {"roadmap.csv", "roadmap_outcomes.csv", "roadmap_against.csv", "roadmap.txt",
            "schedules/balanced.yaml", "figures/roadmap.svg"} <= set(files)  # fmt: skip
    assert written_files(tmp_path / "two") == files == written_files(tmp_path / "stopped")
    assert verify(tmp_path / "one") == []
    page = (tmp_path / "one" / "report.html").read_text(encoding="utf-8")
    assert "schedules were tried in 2 plausible worlds" in page
    assert "In which order rows move from gov1 to gov3" in page
    read = Reader(page)
    assert {"found", "evidence", "not", "again"} <= set(read.ids())
    assert "In which order the rows should move: " in read.text
    assert "In which order should the rows move within the budget?" in read.text
    assert "Roadmap outcomes (table)" in read.text
    assert "all at once" in read.text
    _check_tables(one, tmp_path / "one")
    _check_schedules(one, tmp_path / "one")


def _check_tables(found: Roadmap, folder: Path) -> None:
    steps = pd.read_csv(folder / "roadmap.csv")
    outcomes = pd.read_csv(folder / "roadmap_outcomes.csv")
    money = pd.read_csv(folder / "roadmap_money.csv")
    assert list(steps.columns) == ["schedule", "row", "year", "months", "date", "kind"]
    assert {"schedule", "outcome", "mean", "low", "high", "difference"} <= set(outcomes)
    assert set(steps["schedule"]) == {*found.chosen, *found.rules, *found.orders, "search_1",
                                      "search_2"}  # fmt: skip
    within = money[money["schedule"] != "all_at_once"]
    assert (within["money"] <= found.question.budget + 1e-6).all()
    stay = outcomes[outcomes["schedule"] == "stay"].set_index("outcome")["mean"]
    for row in outcomes[outcomes["schedule"] != "stay"].to_dict("records"):
        assert row["difference"] == pytest.approx(row["mean"] - stay[row["outcome"]], abs=1e-6)
    assert found.worlds.start == HELD_OUT_FROM >= 64
    assert len(pd.read_csv(folder / "roadmap_against.csv")) == 5 * 7 * len(found.chosen)


def _check_schedules(found: Roadmap, folder: Path) -> None:
    """Each is a scenario that `check` passes, and moves what the table says."""
    for name, schedule in found.chosen.items():
        file = folder / "schedules" / f"{name}.yaml"
        plan = Scenario.load(file)
        assert plan.warnings == []
        assert plan.name == name
        assert plan.society.citizens == found.question.start.society.citizens
        last = plan.profiles(["a"])(plan.months)[0]
        for moving, step in zip(found.question.moving, schedule, strict=True):
            assert last[FIGURE.row_ids.index(moving.row)] == (2.0 if step else 0.0)
        with pytest.raises(SystemExit) as ended:
            main(["check", str(file)])
        assert ended.value.code == 0


def test_a_row_that_nothing_reads_brings_nothing() -> None:
    """Row 12 steers endogenous reform only: to move it alone costs, and meets no more needs."""
    start = small("gov1", years=3)
    end = start.but(name="more", governance={"demand_for_shift": "gov3"})
    found = roadmap(start, end, size=TINY, jobs=1)
    gains = against("x", found.values["figure_order"], "stay", found.values["stay"])
    assert max(one.mean for one in gains) < 0.2
    assert gains[3].difference > 0.0


def test_from_python() -> None:
    assert sim.roadmap is roadmap
    assert sim.Roadmap is Roadmap
    with pytest.raises(UserMistake, match="jobs"):
        roadmap("gov1", "gov3", jobs=0)


TINY_COMMAND = (
    "roadmap", "gov1", "gov3", "--population", "8", "--generations", "1", "--searches", "1",
    "--worlds", "2", "--held-out", "2", "--orders", "1", "--citizens", "200", "--years", "2",
    "--jobs", "1", "--quiet",
)  # fmt: skip


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "way"
    for more, code in (([], 0), ([], 0), (["--seed", "9"], 2)):
        with pytest.raises(SystemExit) as ended:
            main([*TINY_COMMAND, "--out", str(folder), *more])
        assert ended.value.code == code
    said = capsys.readouterr()
    assert "From gov1 to gov3: 12 rows move" in said.out
    assert "holds results of another question" in said.err
    with pytest.raises(SystemExit) as ended:
        main(["report", str(folder)])
    assert ended.value.code == 0
    assert (folder / "figures" / "roadmap.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gov1"], "Missing argument 'TO'"),
        (["gov1", "gov33"], "no such file or shipped scenario"),
        (["gov1", "gov33"], "did you mean 'gov3'?"),
        (["gov1", "gov3", "--budget", "-1"], "0.0<=x<=1000.0"),
        (["gov1", "gov3", "--budget", "nan"], "is not a number in plain digits"),
        (["gov1", "gov3", "--worlds", "65"], "2<=x<=64"),
        (["gov1", "gov3", "--population", "3"], "8<=x<=10000"),
        (["gov1", "gov3", "--bugdet", "3"], "Did you mean"),
        (["gov2", "gov2"], "nothing to move"),
        (["gov1", "gov3", "--jobs", "1", "--cluster", "x"], "--cluster"),
    ],
)
def test_wrong_inputs(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["roadmap", *arguments, "--out", str(tmp_path / "r")])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert words in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1
    assert not (tmp_path / "r").exists()


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.questions.analysis.find_spec", lambda name: None)
    with pytest.raises(UserMistake, match=r"pip install 'govshift\[roadmap\]'"):
        tried()


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["roadmap", "--help"])
    text = capsys.readouterr().out
    path = SCREENS / "help_roadmap.txt"
    if os.environ.get("GOVSHIFT_WRITE_SCREENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")

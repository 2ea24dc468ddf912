"""The months that speed is measured against follow the same rules; tables and figure are whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.bench import comparison, machine
from sim.bench.comparison import SIZES, needed_memory, refuse_too_large, rounds_for, sizes_up_to
from sim.bench.figure import draw_bench, spread
from sim.bench.limits import Limits, bytes_moved, in_cache
from sim.bench.measured import COLUMNS, Findings
from sim.bench.months import by_phase, place_of, run_year, society, time_steps
from sim.bench.numpy_month import NumpyModel
from sim.bench.ordinary_mesa import OrdinaryModel
from sim.bench.phases import clocked_live, live_alone, phases, time_phases
from sim.bench.tables import contenders, floors, growth, processes, some, tables
from sim.cli import main
from sim.drawing.page import in_our_style
from sim.errors import UserMistake
from sim.model import GovernanceModel
from sim.processes import tally
from sim.processes.month import MONTH
from sim.runs.csv_files import read_csv

Make = Callable[..., GovernanceModel]
COUNTS = {
    "needs": tally.NEEDS,
    "met": tally.MET,
    "counter_asked": tally.COUNTER_ASKED,
    "counter_handled": tally.COUNTER_HANDLED,
    "digital_tried": tally.DIGITAL_TRIED,
    "digital_done": tally.DIGITAL_DONE,
    "invited": tally.INVITED,
    "inputs": tally.INPUTS,
    "taking_part": tally.TAKING_PART,
    "answered": tally.ANSWERED,
    "acted_on": tally.ACTED_ON,
    "exposed": tally.EXPOSED,
    "trained": tally.TRAINED,
    "users": tally.USERS,
    "heard": tally.HEARD,
}
ATTRIBUTES = ("skill", "digital", "trust_local", "trust_central", "expectation_local",
              "expectation_central", "efficacy", "fatigue", "quality", "waiting",
              "experience")  # fmt: skip


@pytest.fixture(params=["gov3", "gov2 with breaches and training"])
def copies(
    request: pytest.FixtureRequest, society_of: Make
) -> tuple[GovernanceModel, OrdinaryModel, NumpyModel]:
    """A compiled model whose governments stand still, and its two copies, 24 months on."""
    name, _, trouble = request.param.partition(" with ")
    compiled = society_of(name, citizens=4_000, years=5)
    for _ in range(30):
        compiled.step()
    if trouble:
        compiled.state.offer.exposure[:] = 0.1
        compiled.state.offer.exposure_offline[:] = 0.03
        compiled.state.offer.training[:] = 0.2
    ordinary, plain = OrdinaryModel(compiled), NumpyModel(compiled)
    sums = np.zeros((3, len(COUNTS)))
    for month in range(24):
        compiled.month += 1
        compiled.live()
        ordinary.step()
        plain.step()
        if month >= 12:
            sums[0] += compiled.state.tallies[:, list(COUNTS.values())].sum(axis=0)
            sums[1] += [sum(getattr(place, name) for place in ordinary.places) for name in COUNTS]
            sums[2] += [plain.counts[name].sum() for name in COUNTS]
    compiled.year, ordinary.year, plain.year = sums
    ordinary.forget()
    return compiled, ordinary, plain


@pytest.fixture
def society_of(request: pytest.FixtureRequest) -> Make:
    """The shared maker of small societies; `society` is a function of the bench here."""
    made: Make = request.getfixturevalue("society")
    return made


Copies = tuple[GovernanceModel, OrdinaryModel, NumpyModel]


def test_copies_follow_the_same_rules(copies: Copies) -> None:
    """Means over citizens after 24 months, and counts of the last twelve, agree up to luck."""
    compiled, ordinary, plain = copies
    people = list(ordinary.agents)
    for name in ATTRIBUTES:
        ours = getattr(compiled.state.citizens, name).astype(float)
        ordinarys = np.array([float(getattr(citizen, name)) for citizen in people])
        for theirs in (ordinarys, getattr(plain.people, name).astype(float)):
            error = 5.0 * np.hypot(ours.std(), theirs.std()) / np.sqrt(len(people)) + 1e-3
            assert theirs.mean() == pytest.approx(ours.mean(), abs=error), name
    for bits in ("active", "used", "forms", "heard"):
        ours = (getattr(compiled.state.citizens, bits) != 0).mean()
        ordinarys = np.mean([getattr(citizen, bits) != 0 for citizen in people])
        for theirs in (ordinarys, (getattr(plain.people, bits) != 0).mean()):
            assert theirs == pytest.approx(ours, abs=0.03), bits
    for other in (ordinary, plain):
        for name, ours, theirs in zip(COUNTS, compiled.year, other.year, strict=True):
            rel = 0.4 if name == "inputs" else 0.02  # a few give most, when they happen to be asked
            assert theirs == pytest.approx(ours, rel=rel, abs=6.0 * np.sqrt(ours + theirs)), name


def test_standing_governments_are_told_the_same(copies: Copies) -> None:
    """What depends on no luck agrees exactly: fits and consent; wishes agree up to who spoke."""
    compiled, ordinary, plain = copies
    counts = compiled.state.tallies
    people = compiled.state.citizens.home.shape[0]
    for fits in (np.mean([citizen.fit for citizen in ordinary.agents]), plain.fit.mean()):
        assert fits == pytest.approx(counts[:, tally.FIT].sum() / 2**20 / people, abs=1e-5)
    consents = [place.acceptance for place in ordinary.places], plain.counts["acceptance"]
    for accepted in consents:
        assert accepted == pytest.approx(counts[:, tally.ACCEPTANCE] / 2**20, rel=1e-3)
    ours = counts[:, tally.WANTED_USERS : tally.WANTED_USERS + 4].sum(axis=0)
    wishes = [place.wanted_users for place in ordinary.places], plain.counts["wanted_users"]
    for wanted in (np.sum(wish, axis=0) for wish in wishes):
        error = float(0.5 / np.sqrt(wanted.sum()))
        assert wanted / wanted.sum() == pytest.approx(ours / ours.sum(), abs=error)
    inputs = np.sum([place.wanted_inputs for place in ordinary.places])
    assert inputs == pytest.approx(sum(place.taking_part for place in ordinary.places))
    inputs = plain.counts["wanted_inputs"].sum(axis=1)
    assert inputs == pytest.approx(plain.counts["taking_part"], abs=1e-3)


def test_the_phases_are_those_of_the_loop() -> None:
    assert phases()[:3] == ["grow_older", "draw_luck", "see_peers"]
    assert phases()[-1] == "be_counted"


def test_rules_alone_are_the_loop_without_looking_at_others(society_of: Make) -> None:
    """The same draws and rules: whatever no peer can move comes out the same."""
    whole, alone = society_of(citizens=600), society_of(citizens=600)
    s, p = alone.state, alone.parameters
    whole.month = alone.month = 1
    live_alone()(
        s.blocks, s.citizens, s.offer, s.problems, s.shown, s.showing, s.block_tallies,
        s.block_reports, s.needs_tables, p.society, p.service, p.participation, p.trust, p.problems,
        alone.seed_key, 1, 0, len(s.blocks),
    )  # fmt: skip
    whole.live()
    for entry in (tally.NEEDS, tally.INVITED, tally.FIT, tally.ACCEPTANCE):
        assert np.array_equal(s.block_tallies[:, entry], whole.state.block_tallies[:, entry])


def test_the_floor_changes_nothing(society_of: Make) -> None:
    model = society_of(citizens=600)
    before = [column.copy() for column in (*model.state.citizens, model.state.showing)]
    floor = Limits(model).measure()
    after = (*model.state.citizens, model.state.showing)
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    parts = (floor.stream, floor.gather, floor.rules)
    assert min(parts) > 0.0
    assert floor.in_turn == pytest.approx(sum(parts))
    assert floor.slowest == max(parts)
    assert bytes_moved(model) == 119.0


def test_only_what_stays_in_the_cache_is_lived_through_alone() -> None:
    blocks = np.array([(1024 * k, 1024 * (k + 1), 0) for k in range(20)])
    assert len(in_cache(blocks)) == 8
    assert len(in_cache(np.array([(0, 50_000, 0)]))) == 1


def test_steps_are_those_of_the_month() -> None:
    """All steps that a month takes, in order; months go on and the society stays sound."""
    model = society(600)
    run_year(model, threads=1)
    steps = time_steps(model)
    assert model.month == 24
    phases_taken = [phase for phase in MONTH if phase not in ("follow_schedule", "reform")]
    assert list(steps) == [step.name for phase in phases_taken for step in MONTH[phase]]
    assert list(by_phase(steps)) == phases_taken
    run_year(model, threads=2)
    assert 0.0 < model.outcome("trust") < 100.0
    model.month = model.months
    run_year(model, threads=1)
    assert model.month < model.months


def test_sizes_and_places() -> None:
    assert sizes_up_to(200_000) == [1_000, 2_000, 5_000, 20_000, 50_000, 200_000]
    assert sizes_up_to(3_000) == [1_000, 2_000, 3_000]
    assert sizes_up_to(51_700_000) == list(SIZES)
    assert place_of(200_000) == "korea"
    assert place_of(200_001) == "korea:basic"
    assert [rounds_for(size) for size in (1_000, 51_700_000)] == [15, 2]


def test_what_memory_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "free_memory", lambda: 4e9)
    refuse_too_large(200_000)
    with pytest.raises(UserMistake, match=r"^51,700,000 citizens: take [\d.]+ GB of memory, and 4"):
        refuse_too_large(51_700_000)
    assert needed_memory(51_700_000) > 51_700_000 * 120


def test_the_machine_is_described() -> None:
    assert "numpy" in machine.description()
    assert machine.free_memory() > 0.0
    made, peak = machine.peak_while(lambda: np.ones(1_000_000, dtype=np.uint8))
    assert made.nbytes == 1_000_000
    assert 1_000_000 <= peak < 1_100_000


@pytest.fixture
def found() -> Findings:
    """Findings as a benchmark makes them, of numbers that were never measured."""
    made = Findings()
    for size, places in ((2_000, 17), (200_000, 17), (1_000_000, 226)):
        if size <= 200_000:
            made.add(size, places, "ordinary", [9_000.0, 10_000.0, 11_000.0])
        made.add(size, places, "numpy", [200.0])
        for threads in (1, 2) if size >= 20_000 else (1,):
            made.add(size, places, "month", [50.0 / threads], threads=threads)
        for part in ("floor.stream", "floor.gather", "floor.rules", "slowest_part"):
            made.add(size, places, part, [10.0])
        made.add(size, places, "floor", [30.0])
        made.add(size, places, "two_threads", [1.5], unit="times one thread", threads=2)
        made.add(size, places, "held", [120.0], unit="bytes per citizen")
        made.add(size, places, "building", [2.0], unit="s")
        for phase, cost in (("sense", 10.0), ("live", 30.0)):
            made.add(size, places, f"phase.{phase}", [cost])
    made.add(2_000, 17, "live.judge", [3.0])
    return made


def test_tables(found: Findings) -> None:
    assert contenders(found).splitlines()[1].split() == [
        "2,000", "10,000", "200", "1", "50.0", "200", "4.0",
    ]  # fmt: skip
    assert contenders(found).splitlines()[3].split()[3:] == ["2", "25.0", "400", "8.0"]
    assert floors(found).splitlines()[1].split()[-5:] == ["50.0", "60", "%", "20", "%"]
    assert [line.split()[:3] for line in growth(found).splitlines()[1:]] == [
        ["2,000", "17", "1"], ["200,000", "17", "1"], ["200,000", "17", "2"],
        ["1,000,000", "226", "1"], ["1,000,000", "226", "2"],
    ]  # fmt: skip
    assert dict(found.growth(1)) == pytest.approx({200_000: 1.0, 1_000_000: 1.0})
    assert processes(found).splitlines()[2].split()[:4] == ["live", "60", "75", "%"]
    text = tables(found)
    assert "two threads did 1.5 times" in text
    assert "judge" in text
    assert "nan" not in text


def test_a_table_shows_five_sizes_at_most() -> None:
    assert some(SIZES) == [1_000, 5_000, 50_000, 5_000_000, 51_700_000]


def test_rows(found: Findings) -> None:
    table = found.table()
    assert list(table.columns) == list(COLUMNS)
    row = table[(table["what"] == "ordinary") & (table["citizens"] == 2_000)].iloc[0]
    assert (row["least"], row["median"], row["most"], row["rounds"]) == (9e3, 1e4, 1.1e4, 3)
    found.add(2_000, 17, "nothing", [])
    assert len(found.table()) == len(table)


def test_the_figure_tells_its_numbers(found: Findings) -> None:
    with in_our_style():
        drawing = draw_bench(found)
    told = drawing.figure.alt_text
    assert "Ordinary Mesa model: 10,000 at 2,000 citizens, 10,000 at 200,000 citizens." in told
    assert "Compiled, 2 threads: 25 at 200,000 citizens, 25 at 1,000,000 citizens." in told
    labels = {text.get_text() for text in drawing.page.canvas.axes[1].texts}
    assert labels == {"Ordinary Mesa model", "Plain NumPy", "Compiled, 1 thread",
                      "Compiled, 2 threads", "Component floor"}  # fmt: skip


def test_labels_are_kept_apart() -> None:
    assert spread([1.0, 3.0], 0.5) == pytest.approx([1.0, 3.0])
    assert spread([1.0, 1.1, 1.2, 5.0], 0.5) == pytest.approx([0.6, 1.1, 1.6, 5.0])


def bench(*arguments: str) -> int:
    """Run the command in this process; its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(["bench", *arguments])
    return int(str(ended.value.code))


def test_bench(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One small society, once: tables on the screen, a table and a figure in the folder."""
    monkeypatch.setattr(comparison, "rounds_for", lambda citizens: 1)
    monkeypatch.setattr(comparison, "ORDINARY", (1_000,))
    monkeypatch.setattr(comparison, "FEWEST_FOR_THREADS", 1_000)
    out = tmp_path / "new" / "bench"
    assert bench("--most", "1000", "--out", str(out), "--quiet") == 0
    assert {path.name for path in out.iterdir()} == {
        "bench.csv", "bench.png", "bench.svg", "captions.md",
    }  # fmt: skip
    rows = read_csv(out / "bench.csv")
    assert set(rows["citizens"]) == {1_000}
    assert {"ordinary", "numpy", "month", "floor", "phase.live", "step.live.add_blocks",
            "live.judge", "held", "building"} <= set(rows["what"])  # fmt: skip
    assert list(rows[rows["what"] == "month"]["threads"]) == [1, 2]
    assert (rows["median"] >= 0.0).all()
    screen = capsys.readouterr()
    assert screen.err == ""
    assert "x NumPy" in screen.out
    assert str(out) in screen.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--quick", "--most", "5000"), "--quick: measures two sizes of its own, without --most"),
        (("--most", "10"), "10 is not in the range"),
        (("--most", "many"), "'many' is not a number in plain digits"),
        (("--out", "file"), "--out file: is a file; name a folder"),
        (("--out", "file/below"), "--out file/below: lies below a file"),
        (("--most", "51700000"), "51,700,000 citizens: take"),
    ],
)
def test_mistakes_are_one_line(
    arguments: tuple[str, ...],
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(comparison, "free_memory", lambda: 2e9)
    (tmp_path / "file").touch()
    assert bench(*arguments) == 2
    screen = capsys.readouterr()
    assert screen.out == ""
    assert len(screen.err.splitlines()) == 1
    assert told in screen.err


@pytest.mark.slow
def test_reading_the_clock_changes_nothing(society_of: Make) -> None:
    """The loop with a clock read after every phase gives the bits of the loop itself."""
    plain, clocked = society_of(citizens=600), society_of(citizens=600)
    plain.month = clocked.month = 1
    spent = time_phases(clocked, clocked_live(), months=1)
    plain.live()
    assert (spent > 0).all()
    for ours, theirs in zip(plain.state.citizens, clocked.state.citizens, strict=True):
        assert np.array_equal(ours, theirs)
    assert np.array_equal(plain.state.shown, clocked.state.shown)

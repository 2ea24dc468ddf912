"""Who wins where two layers say the same thing: nothing is lost without a word.

Every pair of layers that can set one thing stands in `PAIRS`, with what becomes of it:
`silent` (the upper one is there to change the lower one), `combined` (both hold), `told` (a
warning) or `refused`. What is told or refused names both places.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from sim import Scenario
from sim.cli import main
from sim.errors import ScenarioError
from sim.experiments.experiment import Experiment

BUDGET = "government.budget"


class Pair(NamedTuple):
    """Files by name, the options, what becomes of it, and words of the line that tells it."""

    becomes: str
    files: dict[str, str]
    sets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def scenario(text: str, parent: str = "years: 2\n") -> dict[str, str]:
    return {"parent.yaml": parent, "it.yaml": "extends: parent.yaml\n" + text}


DATED = f"policy: [{{month: 1, set: {{{BUDGET}: 0.7}}}}]\n"
LATER = f"policy: [{{month: 13, set: {{{BUDGET}: 0.7}}}}]\n"
MOVE = "transition: {mode: scheduled, moves: [{month: 1, to: gov3, rows: [goal]}]}\n"
OWN = f"parameters: {{{BUDGET}: 0.9}}\n"
TWO = "policy:\n  - {{month: 3, set: {{government.budget: 0.8}}{}}}\n  - {{month: 3, set: {{government.budget: 0.7}}{}}}\n"  # noqa: E501
MOVES = "transition:\n  mode: scheduled\n  moves:\n    - {{month: 3, to: gov3}}\n    - {{month: {}, to: gov1}}\n"  # noqa: E501


def experiment(
    policy: str = "gov1", *, base: str = "", levers: str = "society.digital_training: ",
    design: str = "{kind: lhs, points: 2}", more: str = "", **files: str,
) -> dict[str, str]:  # fmt: skip
    """An experiment of two years; `policy` is an item of its list."""
    text = (
        f"policies:\n  - {policy}\nbase:\n  years: 2\n{base}levers: {{{levers}}}\n"
        f"design: {design}\n{more}"
    )
    return {"experiment.yaml": text, **{f"{name}.yaml": inner for name, inner in files.items()}}


VARIED = f"{BUDGET}: "
IN_BASE = f"  parameters: {{{BUDGET}: 0.6}}\n"
INLINE = f"{{name: mine, extends: gov1, parameters: {{{BUDGET}: 0.9}}}}"
PAIRS = {
    # Values of one scenario
    "parent, file": Pair("silent", scenario(OWN, f"years: 2\nparameters: {{{BUDGET}: 0.5}}\n")),
    "parent, set": Pair("silent", scenario("", "years: 2\n" + OWN), (f"{BUDGET}=0.8",)),
    "file, set": Pair("silent", scenario(OWN), (f"{BUDGET}=0.8",)),
    "set, set": Pair(
        "told", scenario(OWN), (f"{BUDGET}=0.8", f"{BUDGET}=0.7"),
        (f"--set {BUDGET}=0.8: counts for nothing", f"--set {BUDGET}=0.7 comes after it"),
    ),
    "set of a row, set of all": Pair(
        "told", scenario(""), ("governance.goal=gov2", "governance=gov3"),
        ("--set governance.goal=gov2: counts for nothing", "--set governance=gov3"),
    ),
    "set of all, set of a row": Pair(
        "combined", scenario(""), ("governance=gov2", "governance.goal=gov3")
    ),
    "a block by set, a key in it": Pair(
        "refused", scenario(""), ("society=3", "society.citizens=500"),
        ("--set society=3: society: expected a block",),
    ),
    "a wrong value in a parent, file": Pair(
        "refused", scenario("years: 3\n", "years: 0\n"), (),
        ("parent.yaml:1:1: years: 0 is outside 1 to 100",),
    ),
    "a wrong value in a file, set": Pair(
        "refused", scenario("years: 0\n"), ("years=3",), ("it.yaml:2:1: years: 0 is outside",)
    ),
    # Values and dated changes
    "parent, its dated change": Pair(
        "told", scenario("", "years: 2\n" + OWN + DATED), (), ("parent.yaml:2:14", "parent.yaml:3:")
    ),
    "parent, dated change of the file": Pair("silent", scenario(DATED, "years: 2\n" + OWN)),
    "file, dated change of its parent": Pair(
        "told", scenario(OWN, "years: 2\n" + DATED), (), ("it.yaml:2:14", "parent.yaml:2:")
    ),
    "file, its dated change": Pair("told", scenario(OWN + DATED), (), ("it.yaml:2:", "it.yaml:3:")),
    "file, its dated change a year later": Pair("combined", scenario(OWN + LATER)),
    "set, dated change": Pair(
        "told", scenario(DATED), (f"{BUDGET}=0.9",),
        (f"--set {BUDGET}=0.9: parameters.{BUDGET}: counts for nothing: policy.0", "it.yaml:2:"),
    ),
    "set, dated change a year later": Pair("combined", scenario(LATER), (f"{BUDGET}=0.9",)),
    "dated, dated in one month": Pair(
        "told", scenario(TWO.format("", "")), (), ("it.yaml:3:", "it.yaml:4:", "in the same month")
    ),
    "dated for one, dated for all": Pair(
        "told", scenario(TWO.format(", who: Seoul", "")), (), ("it.yaml:3:", "it.yaml:4:"),
    ),
    "dated for all, dated for one": Pair("combined", scenario(TWO.format("", ", who: Seoul"))),
    "dated policies of parent and file": Pair(
        "silent", scenario(DATED, "years: 2\n" + LATER)
    ),
    "dated, fiscal shock": Pair(
        "combined", scenario(DATED + "shocks: [{month: 1, kind: fiscal, months: 6}]\n")
    ),
    "two fiscal shocks": Pair(
        "combined",
        scenario("shocks: [{month: 1, kind: fiscal, months: 6}, "
                 "{month: 1, kind: fiscal, months: 6, size: 0.5}]\n"),
    ),
    "breach, larger breach": Pair(
        "told",
        scenario("shocks:\n  - {month: 1, kind: breach, size: 0.2}\n"
                 "  - {month: 1, kind: breach, size: 0.5}\n"),
        (), ("it.yaml:3:", "it.yaml:4:", "strikes as hard"),
    ),
    # Rows and moves
    "file, its move": Pair(
        "told", scenario("governance: {goal: gov2}\n" + MOVE), (), ("it.yaml:2:14", "it.yaml:3:")
    ),
    "parent, move of the file": Pair(
        "silent", scenario(MOVE, "years: 2\ngovernance: {goal: gov2}\n")
    ),
    "file, move of its parent": Pair(
        "told", scenario("governance: {goal: gov2}\n", "years: 2\n" + MOVE), (),
        ("it.yaml:2:14", "parent.yaml:2:"),
    ),
    "set, move": Pair(
        "told", scenario(MOVE), ("governance.goal=gov2",),
        ("--set governance.goal=gov2: governance.goal: counts for nothing", "it.yaml:2:"),
    ),
    "row of the centre, move of all": Pair(
        "told", scenario("central: {goal: gov2}\n" + MOVE), (), ("it.yaml:2:11", "it.yaml:3:")
    ),
    "row of the centre, move of local ones": Pair(
        "combined", scenario("central: {goal: gov2}\n" + MOVE.replace("to:", "who: local, to:"))
    ),
    "move, move in one month": Pair(
        "told", scenario(MOVES.format(3)), (), ("it.yaml:5:", "it.yaml:6:", "in the same month")
    ),
    "move, later move": Pair("combined", scenario(MOVES.format(4))),
    "moves, fixed": Pair(
        "refused", scenario(MOVE.replace("scheduled", "fixed")), (), ("moves need mode: scheduled",)
    ),
    "moves, endogenous": Pair(
        "refused", scenario(MOVE.replace("scheduled", "endogenous")), (), ("mode is endogenous",)
    ),
    "endogenous, row": Pair(
        "combined", scenario("governance: {goal: gov2}\ntransition: {mode: endogenous}\n")
    ),
    "endogenous, dated policy": Pair("combined", scenario(LATER + "transition: {mode: endogenous}\n")),
    "dated policy, row": Pair(
        "refused", scenario("policy: [{month: 1, set: {governance.goal: gov3}}]\n"), (),
        ("it.yaml:2:", "moves under transition.moves, as {month: 12, to: gov3, rows: [goal]}"),
    ),
    # Experiments
    "shipped policy, base": Pair("silent", experiment(base="  governance: gov2\n")),
    "period of a policy's file, base": Pair(
        "silent", experiment("mine.yaml", mine="extends: gov1\nyears: 5\n")
    ),
    "policy's file, base": Pair(
        "told", experiment("mine.yaml", base=IN_BASE, mine=OWN), (),
        ("mine.yaml:1:14", "0.6 by base.parameters.government.budget", "experiment.yaml:5:"),
    ),
    "policy's keys, base": Pair(
        "refused", experiment(INLINE, base=IN_BASE), (),
        ("experiment.yaml:2:", "experiment.yaml:5:", "leave one of them out"),
    ),
    "policy's keys, the same in base": Pair(
        "combined", experiment(INLINE, base=IN_BASE.replace("0.6", "0.9"))
    ),
    "a row of a policy's keys, all rows in base": Pair(
        "refused",
        experiment("{name: mine, governance: {goal: gov3}}", base="  governance: gov2\n"), (),
        ("governance.goal: is gov2 by base.governance", "experiment.yaml:5:"),
    ),
    "a wrong value of a policy, base": Pair(
        "refused", experiment("{name: mine, extends: gov1, years: 0}"), (),
        ("experiment.yaml:2:", "policies.0.years: 0 is outside 1 to 100"),
    ),
    "base, set": Pair("silent", experiment(base=IN_BASE), (f"{BUDGET}=0.8",)),
    "policy's keys, set": Pair("silent", experiment(INLINE), (f"{BUDGET}=0.8",)),
    "base, dated change of a policy": Pair(
        "told", experiment("mine.yaml", base=IN_BASE, mine=DATED), (),
        ("experiment.yaml:5:", "policy.0", "mine.yaml:1:"),
    ),
    "dated changes of policy and base": Pair(
        "combined", experiment("mine.yaml", base="  " + LATER.replace("0.7", "0.8"), mine=DATED)
    ),
    "shocks of policy and base": Pair(
        "combined",
        experiment("mine.yaml", base="  shocks: [{month: 3, kind: breach}]\n",
                   mine="shocks: [{month: 2, kind: fiscal, months: 2}]\n"),
    ),
    "moves of policy and base": Pair(
        "combined",
        experiment("mine.yaml", base=f"  {MOVE.replace('month: 1', 'month: 5')}",
                   mine=MOVE.replace("goal", "services")),
    ),
    "moves of a policy, base that reforms": Pair(
        "refused",
        experiment("mine.yaml", base="  transition: {mode: endogenous}\n", mine=MOVE), (),
        ("mine.yaml:1:", "is scheduled here, but endogenous in base.transition", "experiment.yaml:5:"),
    ),
    "shipped policy, factor": Pair("silent", experiment("gov2", levers="governance.goal: ")),
    "policy's file, factor": Pair(
        "told", experiment("mine.yaml", levers=VARIED, mine=OWN), (),
        ("mine.yaml:1:14", f"levers.{BUDGET}", "experiment.yaml:5:"),
    ),
    "policy's keys, factor": Pair(
        "told", experiment(INLINE, levers=VARIED), (), ("experiment.yaml:2:", "experiment.yaml:5:")
    ),
    "base, factor": Pair(
        "told", experiment(base=IN_BASE, levers=VARIED), (),
        ("experiment.yaml:5:", "experiment.yaml:6:"),
    ),
    "base, factor that some points leave out": Pair(
        "combined", experiment(base=IN_BASE, levers=VARIED, design="{kind: one_at_a_time}")
    ),
    "set, factor": Pair(
        "told", experiment(levers=VARIED), (f"{BUDGET}=0.8",),
        (f"--set {BUDGET}=0.8", f"levers.{BUDGET}", "experiment.yaml:5:"),
    ),
    "dated change, factor": Pair(
        "refused", experiment("mine.yaml", levers=VARIED, mine=DATED), (),
        ("experiment.yaml:5:", "no point changes anything", "mine.yaml:1:"),
    ),
    "dated change of one government, factor": Pair(
        "combined",
        experiment("mine.yaml", levers=VARIED, mine=DATED.replace("set:", "who: Seoul, set:")),
    ),
    "later dated change, factor": Pair(
        "told", experiment("mine.yaml", levers=VARIED, mine=LATER), (),
        ("experiment.yaml:5:", "counts only until month 12", "mine.yaml:1:"),
    ),
    "dated change after the months that are kept, factor": Pair(
        "combined", experiment("mine.yaml", levers=VARIED, mine=LATER, more="months: [12]\n")
    ),
    "move, factor": Pair(
        "refused", experiment("mine.yaml", levers="governance.goal: ", mine=MOVE), (),
        ("experiment.yaml:5:", "no point changes anything", "transition.moves.0", "mine.yaml:1:"),
    ),
    "move of another row, factor": Pair(
        "combined", experiment("mine.yaml", levers="governance.services: ", mine=MOVE)
    ),
    "endogenous, factor": Pair(
        "combined",
        experiment("mine.yaml", levers="governance.goal: ", mine="transition: {mode: endogenous}\n"),
    ),
    "seed of a policy, experiment": Pair(
        "told", experiment("mine.yaml", mine="seed: 7\n"), (), ("mine.yaml:1:", "seed of its own")
    ),
}  # fmt: skip


def becomes(pair: Pair, folder: Path) -> tuple[str, str]:
    for name, text in pair.files.items():
        (folder / name).write_text(text)
    kind: type[Experiment] | type[Scenario] = Scenario
    file = folder / "it.yaml"
    if "experiment.yaml" in pair.files:
        kind, file = Experiment, folder / "experiment.yaml"
    try:
        warnings = kind.load(file, sets=pair.sets).warnings
    except ScenarioError as error:
        return "refused", str(error)
    return ("told", "\n".join(warnings)) if warnings else ("silent", "")


@pytest.mark.parametrize("name", PAIRS)
def test_pair(name: str, tmp_path: Path) -> None:
    pair = PAIRS[name]
    done, text = becomes(pair, tmp_path)
    assert done == ("silent" if pair.becomes == "combined" else pair.becomes), text
    assert len(text.splitlines()) <= 1
    for word in pair.words:
        assert word in text, text


def test_what_is_combined_holds(tmp_path: Path) -> None:
    """Both lists of dated changes, in every policy, each told at its own place."""
    becomes(PAIRS["moves of policy and base"], tmp_path)
    (policy,) = Experiment.load(tmp_path / "experiment.yaml").scenarios.values()
    assert [move.rows for move in policy.transition.moves] == [["services"], ["goal"]]
    becomes(PAIRS["dated changes of policy and base"], tmp_path)
    (policy,) = Experiment.load(tmp_path / "experiment.yaml").scenarios.values()
    assert [change.month for change in policy.policy] == [1, 13]
    wrong = (tmp_path / "experiment.yaml").read_text().replace("0.8", "9")
    (tmp_path / "experiment.yaml").write_text(wrong)
    with pytest.raises(ScenarioError, match=r"experiment.yaml:5:\d+: base.policy.0.set.gov.* 9 is"):
        Experiment.load(tmp_path / "experiment.yaml")


@pytest.mark.parametrize("command", ["check", "sweep"])
def test_commands_tell_it(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.cli.sweeping.estimate", lambda *_, **__: pytest.fail("it runs"))
    pair = PAIRS["dated change, factor"]
    becomes(pair, tmp_path)
    dry = ["--dry-run"] if command == "sweep" else []
    with pytest.raises(SystemExit) as ended:
        main([command, "experiment.yaml", *dry])
    assert ended.value.code == 2
    assert "no point changes anything" in capsys.readouterr().err

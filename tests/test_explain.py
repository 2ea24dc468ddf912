"""`explain`, `new` and the schema: all that is declared can be looked up and is what is checked."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import jsonschema
import pytest
from pydantic import BaseModel

from sim.cli import main
from sim.declared import PARAMETERS
from sim.experiments.designs import TAKES, Design
from sim.experiments.experiment import Experiment
from sim.experiments.factors import Range
from sim.explain.changes import changes
from sim.explain.influence import moved_by
from sim.explain.names import explain
from sim.explain.template import template
from sim.history import COLUMNS as EVENT
from sim.history import KINDS as EVENTS
from sim.networks.declared import MEASURES
from sim.networks.recorded import TIE_COLUMNS
from sim.outcomes import COMPONENTS, OUTCOMES
from sim.paradigms import FIGURE
from sim.processes.shocks import SHOCKS
from sim.questions.assumptions.ledger import COLUMNS as LEDGER
from sim.questions.story.who import KINDS as CITIZENS
from sim.scenario import Scenario
from sim.scenario.blocks import Move, PolicyChange, Shock, Society, Transition
from sim.scenario.files import shipped_folder, shipped_names
from sim.scenario.schema import SCHEMA_FILE, scenario_schema, schema_text
from sim.scenario.source import parse
from sim.society.places import place_names
from sim.summaries import DIFFERENCES, SUMMARY

NAMES = [
    *PARAMETERS,
    *(outcome.name for outcome in (*OUTCOMES, *COMPONENTS)),
    *(measure.name for measure in MEASURES),
    *FIGURE.row_ids,
    *(cell.name for cell in FIGURE.cells),
    *(paradigm.label for paradigm in FIGURE.paradigms),
    *SHOCKS,
    *shipped_names(),
    *("P1", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P10b", "P11a", "P11b"),
    *("environment", "agenda", "decision", "projects", "service", "market", "network"),
]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_explained(name: str) -> None:
    assert len(explain(name, "gov1")) > len(name) + 10


def _keys_of(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def test_every_key_of_files_is_explained() -> None:
    """The names of the findings, and all that the declarations of files know."""
    blocks = (Scenario, Society, Transition, Move, PolicyChange, Shock, Experiment, Design, Range)
    keys = {key for block in blocks for key in _keys_of(block)} | {"extends"}
    dotted = {"society.place", "transition.moves", "policy.who", "shocks.size", "design.points"}
    rows = {f"{block}.{row}" for block in ("governance", "central") for row in FIGURE.row_ids}
    cells = {f"cells.{cell.name}" for cell in FIGURE.cells}
    for name in (*keys, *dotted, *rows, *cells, *TAKES, *place_names(), *CITIZENS, *EVENTS):
        text = explain(name, "gov1")
        assert len(text) > len(name) + 15, name
        assert not re.search(r": \.|  \.|None", text), text


def test_every_column_is_explained() -> None:
    society = {"place": "synthetic", "citizens": 200, "entrepreneurs": 8, "local_governments": 3}
    one = Scenario(name="a", years=1, society=society)
    record = one.model(seed=1).run()
    columns = {
        *record.national().columns, *record.local().columns, *SUMMARY, *DIFFERENCES, *LEDGER,
        *EVENT,
        *TIE_COLUMNS,
    }  # fmt: skip
    for name in (*columns, "scenario", "replicate", "run_id", "point", "policy", "status"):
        assert explain(name, "gov1")


def test_a_parameter_says_unit_range_role_and_source() -> None:
    text = explain("trust.negativity", "gov1")
    for part in ("default 2.5", "range 1 to 4", "ratio", "uncertainty", "assumption", "Slovic"):
        assert part in text


def test_influence_was_measured_for_every_parameter() -> None:
    known = [name for name in PARAMETERS if moved_by(name)]
    assert len(known) > 0.8 * len(PARAMETERS)
    assert moved_by("trust.negativity")[0][0] == "trust"


def test_a_scenario_lists_every_change(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(
        "extends: gov2\nyears: 10\ngovernance: {goal: gov3}\nsociety: {citizens: 500}\n"
        "parameters: {trust.negativity: 2.0}\n"
        "policy:\n  - {date: 1996-01, over: 6, set: {government.budget: 0.7}, who: Seoul,"
        " why: austerity}\n"
        "shocks:\n  - {month: 30, kind: breach}\n"
    )
    text = explain(str(file), "gov1")
    against_parent, against_baseline = text.split("Against the baseline gov1:")
    for part in (
        "years: 20 -> 10",
        "society.citizens: 20000 -> 500",
        "governance.goal: gov2 -> gov3",
        "trust.negativity: 2.5 -> 2 (ratio)",
        "policy government.budget: 0.7 (ratio; Seoul), month 13 (1996-01) over 6 months",
        "shock breach: 0.5 (share of digital users exposed; all governments), month 30 (1997-06)",
    ):
        assert part in against_parent, part
    assert "governance.goal: gov1 -> gov3" in against_baseline
    assert "governance.services: gov1 -> gov2" in against_baseline


def test_nothing_differs_from_itself() -> None:
    for name in shipped_names():
        assert changes(Scenario.load(name), Scenario.load(name)) == []


@pytest.mark.parametrize("parent", shipped_names())
def test_a_new_file_is_valid_and_changes_nothing(parent: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(template(file, Scenario.load(parent), parent))
    assert changes(Scenario.load(parent), Scenario.load(file)) == []


def test_a_new_file_with_everything_uncommented_is_valid(tmp_path: Path) -> None:
    """Every row, lever and example of the template can be used as it stands."""
    file = tmp_path / "mine.yaml"
    text = template(file, Scenario.load("gov2"), "gov2")
    lines = [
        re.sub(r"^# (?=  |society:|governance:|transition:|parameters:|policy:|shocks:)", "", line)
        for line in text.splitlines()
    ]
    file.write_text("\n".join(line for line in lines if not line.startswith("  #")))
    scenario = Scenario.load(file)
    assert scenario.policy
    assert scenario.shocks
    assert scenario.transition.moves


def test_new_refuses_to_replace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments, code, words in (
        (["new", "plan"], 0, "plan.yaml is written"),
        (["check", "plan.yaml"], 0, "plan.yaml: ok"),
        (["new", "plan"], 2, "exists already"),
        (["new", "other", "--from", "gov33"], 2, "did you mean 'gov3'?"),
        (["new", "a/b\\c"], 2, "a name is made of"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == code
        written = capsys.readouterr()
        assert words in written.out + written.err
    assert [path.name for path in tmp_path.iterdir()] == ["plan.yaml"]


NEW = [
    "2020",
    "true",
    "null",
    "1e3",
    "- a",
    "~",
    "my plan",
    "NA",
    "0x1",
    "1.5",
    "é",
    "no",
    "a" * 80,
]


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize("kind", [(), ("--experiment",)])
def test_what_new_writes_is_right(
    name: str, kind: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """And the command that it tells can be pasted."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["new", *kind, "--", name])
    written = capsys.readouterr()
    if "~" in name:
        assert ended.value.code == 2
        return
    assert ended.value.code == 0
    typed = shlex.split(written.out.partition("then: ")[2])
    assert Path(typed[-1]).is_file()
    assert not typed[-1].startswith("-")
    loaded = Experiment.load(typed[-1]) if kind else Scenario.load(typed[-1])
    assert loaded.name == name


@pytest.mark.parametrize("name", [" ", "", "a" * 81, " a", "a\nb", "a/", "\x1b[31m"])
def test_new_refuses_names_that_are_none(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["new", "--", name])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.isprintable()
    assert not list(tmp_path.iterdir())


def test_the_shipped_schema_is_current() -> None:
    """`make schema` writes it again."""
    assert (shipped_folder() / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_scenarios_name_and_fit_the_schema(name: str) -> None:
    text = (shipped_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema={SCHEMA_FILE}\n")
    jsonschema.validate(_plain(text), scenario_schema())


def _plain(text: str) -> object:
    return parse(text, "file").data


@pytest.mark.parametrize(
    "text",
    [
        "colour: blue",
        "years: 500",
        "governance: gov4",
        "governance: {goals: gov1}",
        "parameters: {trust.negativity: 9}",
        "parameters: {trust.negativty: 2}",
        "society: {place: corea}",
        "policy: [{month: 3, set: {government.capacity: 0.2}}]",
        "shocks: [{month: 3, kind: fiscl}]",
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(text: str, tmp_path: Path) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(_plain(text), scenario_schema())


def test_the_schema_is_a_schema_with_hover_texts() -> None:
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(schema)
    for parameter in PARAMETERS.values():
        assert parameter.meaning in text

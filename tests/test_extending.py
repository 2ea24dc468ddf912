"""Extending without forking: the examples of docs/extending.md, and what is refused."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, NamedTuple

import mesa
import numpy as np
import pytest

from sim import outcomes
from sim.agents import CentralGovernment, Citizen, LocalGovernment
from sim.cli.main import main
from sim.errors import ScenarioError, UserMistake, WrongArgument
from sim.experiments.experiment import Experiment
from sim.experiments.plan_file import plan_as_data, plan_of
from sim.experiments.sweep import sweep
from sim.model import GovernanceModel
from sim.outcomes import KNOWN, Outcome
from sim.own import RULES, actions_under, citizens_under, months_under
from sim.paradigms import read_figure
from sim.parameters import Parameter
from sim.processes import declared
from sim.processes.blending import blended
from sim.questions.attribution.analysis import attribute
from sim.questions.comparison.compare import compare
from sim.questions.comparison.run import Study, plan_study
from sim.questions.transitions.twins import with_twins
from sim.runs.replicate import Job
from sim.runs.units import unit_key
from sim.scenario import Scenario
from tests.fingerprint import fingerprint
from tests.studies import small

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, flags=re.DOTALL)
NAMED = {m[1]: code for _, code in BLOCKS if (m := re.match(r"# (\w+\.\w+)", code))}
SCRIPTS = [code for language, code in BLOCKS if language == "python" and code not in NAMED.values()]
(PLACE,) = [code for language, code in BLOCKS if language == "csv"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A researcher's folder: the files of the document, and a place."""
    for name, code in NAMED.items():
        (tmp_path / name).write_text(code, encoding="utf-8")
    (tmp_path / "coast.csv").write_text(PLACE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def script(code: str, folder: Path) -> str:
    """What a script of a researcher's prints; it must end well and warn of nothing."""
    (folder / "study.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "study.py"], check=False, cwd=folder, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def smaller(code: str) -> str:
    code = re.sub(r"worlds=20", "worlds=3", code).replace('"points": 20', '"points": 2')
    few = '.but(years=1, society={"citizens": 300})'
    return re.sub(r'(Scenario\.load\("gov\d"\))(?!\.but)', rf"\1{few}", code)


@pytest.mark.parametrize("number", range(len(SCRIPTS)))
def test_the_examples_run_as_scripts(number: int, folder: Path) -> None:
    """As written, on two processes, without a guard."""
    told = {
        0: "print(len(found.runs.failures), found.table()['outcome'].eq('waiting_share').sum())",
        1: "print(len(swept.failures), swept.runs['waiting_share'].notna().sum())",
        2: "print(len(runs.failures), runs.timeseries['trust'].max(), next(iter(model.citizens)))",
    }
    said = script(smaller(SCRIPTS[number]) + "\n" + told[number], folder).split()
    assert said[:2] in (["0", "0"], ["0", "4"], ["0", "0.0"])


def test_the_examples_of_files_are_valid(folder: Path) -> None:
    model = Scenario.load("coast.yaml").but(years=1, society={"citizens": 200}).model()
    model.step()
    assert [government.name for government in model.local_governments] == [
        "North",
        "South",
        "Coast",
    ]
    assert model.local_governments[2].region == "Lowlands"
    assert Scenario.load("quiet.yaml").model().state.cells.invitations[0] == pytest.approx(0.01)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Writes `own.py`, a researcher's module, and imports it anew; forgets it afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known = dict(declared._known), dict(declared._owners)
    others = [dict(d) for d in (KNOWN, outcomes.DIRECTIONS, outcomes.OWN_COLUMNS, outcomes._owners)]

    def again(code: str, name: str = "own") -> ModuleType:
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(code), encoding="utf-8")
        sys.modules.pop(name, None)
        invalidate_caches()
        return import_module(name)

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield again
    for name in ("own", "beside"):
        sys.modules.pop(name, None)
    kept = declared._known, declared._owners, KNOWN, outcomes.DIRECTIONS, outcomes.OWN_COLUMNS
    for there, before in zip((*kept, outcomes._owners), (*known, *others), strict=True):
        there.clear()
        there.update(before)  # type: ignore[arg-type]


HURT = """
    from sim import GovernanceModel
    from beside import SHARE

    RATE = 0.5

    def less(values):
        return values * (1 - RATE * SHARE)

    unused = 1

    class Hurt(GovernanceModel):
        def live(self):
            super().live()
            self.state.citizens.trust_local[:] = less(self.state.citizens.trust_local)
"""


def _key(scenario: Scenario) -> str:
    return unit_key(Job(scenario, scenario.name, 0, 1))


def test_results_of_two_classes_are_never_mixed(write: Callable[..., ModuleType]) -> None:
    """Whatever decides what the class does changes every digest; what does not, changes none."""
    stock = small("gov2", years=1)
    assert "model" not in stock.resolved()
    write("SHARE = 0.1\n", "beside")
    found = {}
    changes = {
        "as it is": HURT,
        "unused": HURT.replace("unused = 1", "unused = 2"),
        "its own text": HURT.replace("less(self", "0.9 * less(self"),
        "a function": HURT.replace("(1 -", "(0.9 -"),
        "a constant": HURT.replace("0.5", "0.6"),
    }
    for name, code in changes.items():
        found[name] = stock.under(write(code).Hurt)
    write("SHARE = 0.2\n", "beside")
    found["a file beside"] = stock.under(write(HURT).Hurt)
    for digest in (_key, lambda s: Study({"s": s}, 1, 1).digest, hash):
        digests = {name: digest(scenario) for name, scenario in found.items()}
        assert digests["unused"] == digests["as it is"]
        assert len({*digests.values(), digest(stock)}) == 6
    back = found["as it is"].under(GovernanceModel)
    assert (back, _key(back)) == (stock, _key(stock))


def test_results_that_set_parameters_of_a_class_say_what_to_import(
    write: Callable[..., ModuleType], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told where the class is imported; elsewhere the class is named."""
    kind = write(NAMED["mine.py"]).Weary
    own = small("gov2", years=1).under(kind)
    tired = own.but(name="tired", parameters={"weary.rate": 0.05})
    compare(own, tired, replicates=3, luck_only=True, jobs=1, out=folder / "r")
    home = kind.__module__
    for imported, code in ((True, 0), (False, 2)):
        if not imported:
            for name in [n for n in declared._known if n.startswith("weary.")]:
                declared._known.pop(name)
            sys.modules.pop(home)
        with pytest.raises(SystemExit) as ended:
            main(["report", str(folder / "r"), "--quiet"])
        assert ended.value.code == code
    assert capsys.readouterr().err == (
        "parameters.weary.rate: unknown parameter (255 names); run under "
        f"{home}.Weary, which is not imported here: tell these results from Python, after "
        f"`import {home}`\n"
    )


def test_walks_and_transitions_are_those_of_the_class(
    write: Callable[..., ModuleType], tmp_path: Path
) -> None:
    """In this process, in workers and kept; twins are of the class as well."""
    write("SHARE = 0.1\n", "beside")
    kind = write(HURT).Hurt
    stock = [small(name, years=1, citizens=150) for name in ("gov1", "gov3")]
    own = [scenario.under(kind) for scenario in stock]
    here = attribute(*own, most_orders=4, jobs=1)
    there = attribute(*own, most_orders=4, jobs=2, out=tmp_path / "walks")
    assert here.walks.equals(there.walks)
    assert not here.walks.equals(attribute(*stock, most_orders=4, jobs=1).walks)
    squeezed = Scenario.load("squeeze_and_relief").but(society={"citizens": 150})
    twins = with_twins(plan_study([squeezed.under(kind)], replicates=1)).study.scenarios
    assert len(twins) > 1
    assert {scenario.own_model for scenario in twins.values()} == {own[0].own_model}


def test_a_scenario_keeps_its_class(write: Callable[..., ModuleType]) -> None:
    write("SHARE = 0.1\n", "beside")
    scenario = small("gov2", years=1).under(write(HURT).Hurt)
    changed = scenario.but(parameters={"trust.negativity": 2.0})
    again = pickle.loads(pickle.dumps(changed))
    assert type(again.model()).__name__ == "Hurt"
    assert again == changed != changed.under(GovernanceModel)
    plan = Experiment.model_validate(
        {"policies": [scenario], "levers": {"governance.goal": None}, "design": {"kind": "lhs",
         "points": 2}}
    ).but(replicates=2).plan()  # fmt: skip
    assert plan.scenario(0, "gov2").own_model == scenario.own_model
    data = json.loads(json.dumps(plan_as_data(plan)))
    assert plan_of(data, plan.points).digest == plan.digest
    del sys.modules["own"]
    reopened = plan_of(data, plan.points)
    assert reopened.digest == plan.digest
    with pytest.raises(UserMistake, match=r"own\.Hurt@\w+: import own"):
        reopened.policies["gov2"].model()


def test_a_class_that_was_changed_is_refused(
    write: Callable[..., ModuleType], tmp_path: Path
) -> None:
    """At run time, or in its file: workers would not find what this process has."""
    write("SHARE = 0.1\n", "beside")
    own = write(HURT)
    scenario = small("gov2", years=1).under(own.Hurt)
    own.RATE = 0.7
    with pytest.raises(UserMistake, match=r"own\.Hurt: is not what it was"):
        scenario.model()
    own.RATE = 0.5
    own.Hurt.live = lambda self: None
    with pytest.raises(UserMistake, match=r"own\.Hurt\.live: is not what own\.py says"):
        scenario.model()
    own = write(HURT)
    (tmp_path / "own.py").write_text(textwrap.dedent(HURT.replace("(1 -", "(2 -")))
    with pytest.raises(UserMistake, match=r"own\.less: is not what own\.py says"):
        small("gov2", years=1).under(own.Hurt)


class AtHome(GovernanceModel):
    """A class that tests may use where nothing depends on its file."""


def test_classes_that_workers_cannot_import_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Local(GovernanceModel):
        pass

    scenario = small("gov2", years=1)
    with pytest.raises(UserMistake, match=r"Local: is defined inside a function"):
        scenario.under(Local)
    for wrong in (Citizen, "gov2", lambda: AtHome):
        with pytest.raises(WrongArgument, match="under: a subclass of GovernanceModel"):
            scenario.under(wrong)  # type: ignore[arg-type]
    twin = type("AtHome", (GovernanceModel,), {"__module__": __name__})
    with pytest.raises(UserMistake, match="is not what"):
        scenario.under(twin)
    monkeypatch.setattr(sys.modules[__name__], "__file__", "<stdin>")
    with pytest.raises(UserMistake, match="is defined in no file"):
        scenario.under(AtHome)


def test_a_scenario_of_another_class_is_refused() -> None:
    scenario = small("gov2", years=1).under(AtHome)
    with pytest.raises(UserMistake, match=r"gov2 is run under .*AtHome, not under GovernanceModel"):
        GovernanceModel(scenario)
    assert AtHome(scenario).plan is scenario
    assert type(AtHome(small("gov2", years=1))) is AtHome


def test_a_script_that_defines_its_class(folder: Path) -> None:
    """Workers run it again, and find the same class; imported by another, it is the same too."""
    code = NAMED["mine.py"] + textwrap.dedent(
        """
        if __name__ == "__main__":
            from sim import Scenario, run

            few = Scenario.load("gov2").but(years=1, society={"citizens": 300}).under(Weary)
            runs = run(few, replicates=2, luck_only=True, jobs=2)
            print(few.own_model, len(runs.failures), runs.timeseries["waiting_share"].notna().all())
        """
    )
    name, *rest = script(code, folder).split()
    assert rest == ["0", "True"]
    imported = "from study import Weary\nfrom sim import Scenario\n"
    imported += "print(Scenario.load('gov2').under(Weary).own_model)\n"
    (folder / "other.py").write_text(imported)
    done = subprocess.run(
        [sys.executable, "other.py"], check=True, cwd=folder, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.strip() == name


WEARY = NAMED["mine.py"]


@pytest.fixture
def mine(write: Callable[..., ModuleType]) -> ModuleType:
    return write(WEARY)


def test_own_parameters_are_parameters(mine: ModuleType, tmp_path: Path) -> None:
    """In files, options and dated changes; refused out of range, and of a class without them."""
    stock = small("gov2", years=1)
    (tmp_path / "plan.yaml").write_text(
        "extends: gov2\nyears: 1\nsociety: {citizens: 300}\nparameters: {weary.rate: 0.03}\n"
        "policy: [{month: 6, set: {weary.rate: 0.0}, why: rest}]\n"
    )
    written = Scenario.load(tmp_path / "plan.yaml", sets=["weary.rate=0.02"])
    scenario = written.under(mine.Weary)
    assert scenario.resolved()["parameters"]["weary.rate"] == 0.02
    assert "weary.rate" not in stock.resolved()["parameters"]
    model = scenario.model()
    rates = []
    for _ in range(7):
        model.step()
        rates.append(float(model.own["weary"].rate))
    assert rates == [np.float32(0.02)] * 5 + [0.0] * 2
    with pytest.raises(
        UserMistake, match=r"weary\.rate: is declared by own\.Weary, and Gov.*under"
    ):
        written.model()
    with pytest.raises(ScenarioError, match=r"weary\.rate: .*0 to 0\.1"):
        scenario.but(parameters={"weary.rate": 1.0})
    keys = {_key(scenario), _key(scenario.but(parameters={"weary.rate": 0.01})), _key(written)}
    assert len(keys) == 3


def test_own_outcomes_are_outcomes(mine: ModuleType) -> None:
    scenario = small("gov2", years=1).under(mine.Weary)
    model = scenario.model()
    frame = model.run().national()
    assert list(frame.columns)[-1] == "waiting_share"
    assert model.outcome("waiting_share") == frame["waiting_share"].iloc[-1] > 0
    collected = model.datacollector.get_model_vars_dataframe()["waiting_share"]
    assert list(collected)[1:] == list(frame["waiting_share"])
    assert pickle.loads(pickle.dumps(model)).outcome("waiting_share") > 0


def test_experiments_refuse_what_a_policy_does_not_know(mine: ModuleType) -> None:
    given: dict[str, Any] = {
        "policies": ["gov1", "gov2"],
        "base": {"years": 1, "society": {"citizens": 300}},
        "uncertainties": {"trust.negativity": None},
        "design": {"kind": "lhs", "points": 2},
    }
    kept = Experiment.model_validate(given | {"outcomes": ["waiting_share"]})
    with pytest.raises(UserMistake, match="gov1: does not read waiting_share"):
        kept.plan()
    varied = Experiment.model_validate(given | {"uncertainties": {"weary.rate": None}})
    with pytest.raises(UserMistake, match=r"gov1: would ignore weary\.rate"):
        varied.plan()
    for experiment in (kept, varied):
        assert experiment.under(mine.Weary).but(replicates=2).plan().runs == 8


def test_declarations_that_cannot_be_are_refused(write: Callable[..., ModuleType]) -> None:
    class Group(NamedTuple):
        rate: Annotated[float, Parameter(0.5, "share", 0, 1, "lever", "A", "mine", "A lever")]

    def made(**members: Any) -> type:
        return type("Made", (GovernanceModel,), members)

    shown = Outcome("trust", "higher", "%", "mine", "Mine")
    with pytest.raises(WrongArgument, match="a group needs a name of its own, not 'trust'"):
        made(own_parameters={"trust": Group})
    with pytest.raises(WrongArgument, match="a lever is kept for every government apart"):
        made(own_parameters={"mine": Group})
    with pytest.raises(WrongArgument, match="'trust' is an outcome of the shipped model"):
        made(own_outcomes=(shown,))
    with pytest.raises(WrongArgument, match="'month' cannot be the name of a column"):
        made(own_outcomes=(Outcome("month", "none", "%", "mine", "Mine"),))
    with pytest.raises(WrongArgument, match=r"no rule 'updated_trsut'.* did you mean 'updated_tr"):
        made(own_rules={"updated_trsut": lambda: 0.0})
    with pytest.raises(WrongArgument, match=r"updated_expectation takes 3 arguments \(exp.*not 1"):
        made(own_rules={"updated_expectation": lambda expectation: 0.0})
    with pytest.raises(WrongArgument, match="citizen_class and own_rules both say"):
        made(own_rules={"consent": lambda fit, p: fit}, citizen_class=Sceptic)
    kind = made(own_outcomes=(Outcome("mine", "none", "%", "mine", "Mine"),))
    with pytest.raises(ValueError, match="read_outcomes: gives nothing, not mine"):
        kind(small("gov2", years=1)).step()


def _even(trust, settled, share, openness, step, exposed, p):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    value = trust + p.reversion * (settled - trust) + step
    return min(max(value, np.float32(0.0)), np.float32(1.0))


def _aim(g, governments, cells, p, survey, seed, month):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for domain in range(4):
        governments.target[g, domain] = 0.25


class Even(GovernanceModel):
    own_rules = {"updated_trust": _even, "form_target": _aim}  # noqa: RUF012


def test_own_rules_hold_under_both_engines(society: Callable[..., GovernanceModel]) -> None:
    """With the same bits; ours are as they were, before and after."""
    ours = fingerprint_of(GovernanceModel)
    found = [fingerprint_of(Even, engine) for engine in ("compiled", "agents")]
    assert found[0] == found[1] != ours
    assert fingerprint_of(GovernanceModel) == ours
    model = Even(small("gov2", years=1), engine="agents")
    model.step()
    assert pickle.loads(pickle.dumps(model)).citizens.agg("trust", max) > 0
    with pytest.raises(UserMistake, match="lives by rules of its own"):
        model.follow(3)
    with pytest.raises(UserMistake, match=r"Sceptic: would not ask the rules of Even\.own_rules"):
        Sceptic(model, 3)
    with pytest.raises(UserMistake, match=r"Own: would not ask the rules of Even\.own_rules"):
        Own(model, 3)


def fingerprint_of(kind: type[GovernanceModel], engine: Any = "compiled") -> Any:
    model = kind(small("gov2", years=1, citizens=200), engine=engine)
    model.run()
    return fingerprint(model)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_is_asked_by_both_engines(name: str) -> None:
    """None of those that are offered is one that an engine would ignore."""

    def mine(*_: object) -> float:
        return 0.0

    rules = {name: mine}
    ours, found = months_under({}).loops, months_under(rules).loops
    assert [step for step in ours if found[step].py_func is not ours[step].py_func]
    methods = {**vars(citizens_under(rules, AtHome, "x")), **actions_under(rules)}
    assert any(callable(method) for method in methods.values())


class Sceptic(Citizen):
    def judge(self) -> None:
        super().judge()
        self.trust_local = self.trust_central = 0.0


class Sceptics(GovernanceModel):
    citizen_class = Sceptic


class Own(LocalGovernment):
    def form_target(self) -> None:
        self.target = 0.25


class Deaf(Citizen):
    def _offered(self, name: str) -> Any:
        return np.float32(0.0)


def test_the_compiled_engine_refuses_classes_of_ones_own(
    society: Callable[..., GovernanceModel],
) -> None:
    plan = small("gov2", years=1)
    model = Sceptics(plan, engine="agents")
    model.step()
    assert model.citizens.agg("trust", max) == 0.0
    assert len(model.citizens) == 300
    with pytest.raises(UserMistake, match=r"Sceptic\.judge: .*engine=\"agents\""):
        Sceptics(plan)
    compiled = society(citizens=200)
    for kind, rule in ((Own, "form_target"), (Deaf, "_offered")):
        with pytest.raises(UserMistake, match=rf"{kind.__name__}\.{rule}: the compiled engine"):
            kind(compiled, 3)


class Silent(CentralGovernment):
    def survey(self) -> None:
        pass


def test_the_compiled_engine_refuses_another_centre(
    society: Callable[..., GovernanceModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its steps are asked as those of local governments are, or refused."""
    asked = society(citizens=200, engine="agents")
    asked.central_government = Silent(asked, 17)
    for _ in range(12):
        asked.step()
    assert asked.state.surveys[0] == 0
    other = society(citizens=200)
    other.central_government = Silent(other, 17)
    with pytest.raises(UserMistake, match=r"Silent\.survey: the compiled engine"):
        other.step()
    with pytest.raises(UserMistake, match=r"CentralGovernment\.survey: the compiled engine"):
        society(citizens=200).central_government.survey = lambda: None
    monkeypatch.setattr(CentralGovernment, "survey", Silent.survey)
    with pytest.raises(UserMistake, match=r"CentralGovernment\.survey: the compiled engine"):
        society(citizens=200)


def test_a_government_of_a_class_of_ones_own(society: Callable[..., GovernanceModel]) -> None:
    model = society(citizens=200, engine="agents")
    mine = Own(model, 3)
    assert model.local_governments[3] is mine
    model.step()
    assert set(map(float, mine.target)) == {0.25}
    assert len(model.agents) == 200 + 17 + 1 + 40
    with pytest.raises(WrongArgument, match="row: a whole number from 0 to 16"):
        Own(model, 17)


@pytest.mark.parametrize("engine", ["compiled", "agents"])
def test_functions_replaced_in_our_modules_are_refused(
    engine: str, society: Callable[..., GovernanceModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.processes.trust.updated_trust", _even)
    with pytest.raises(UserMistake, match=r"^sim\.processes\.trust\.updated_trust: was replaced"):
        society(citizens=200, engine=engine)


def test_the_text_of_a_place_decides_and_its_folder_does_not(folder: Path) -> None:
    one = Scenario.load("coast.yaml")
    for name in ("elsewhere", "elsewhere/deeper"):
        (folder / name).mkdir()
        for file in ("coast.csv", "coast.yaml"):
            (folder / name / file).write_bytes((folder / file).read_bytes())
    other = Scenario.load("elsewhere/coast.yaml")
    assert one.resolved() == other.resolved()
    before = _key(one)
    (folder / "coast.csv").write_text(PLACE.replace("0.20", "0.25"))
    assert _key(one) != before == _key(other)
    (folder / "elsewhere" / "coast.yaml").write_text(
        "extends: gov3\nsociety: {place: ../coast.csv, citizens: 3000}\n"
    )
    with pytest.raises(ScenarioError, match=r"coast\.yaml:2:\d+: society\.place: .*outside the fo"):
        Scenario.load("elsewhere/coast.yaml")


def test_a_fourth_paradigm_and_a_thirteenth_row_are_refused() -> None:
    """The figure itself reads more columns; scenarios know those that ship."""
    with pytest.raises(ScenarioError, match="gov4"):
        Scenario.load("gov2").but(governance={"goal": "gov4"})
    with pytest.raises(ScenarioError, match="thirteenth"):
        Scenario.load("gov2").but(governance={"thirteenth": "gov1"})
    cell = "{values: [1, 2, 3, 9], low: 0, high: 9, unit: x, process: p, tag: A, meaning: m}"
    figure = read_figure(
        "paradigms:\n" + "".join(f"- {{id: g{n}, label: x, name: y}}\n" for n in range(4))
        + "rows:\n- id: goal\n  title: t\n  leads: {performance: 1}\n  groups: []\n"
        + "  wording: [a, b, c, d]\n  cells:\n"
        + f"    cell: {cell}\n"
    )  # fmt: skip
    rows, values = figure.anchors
    assert (list(rows), blended(values, 0, 2.5)) == ([0], 6.0)


def test_mesas_batch_varies_luck_and_reports_own_outcomes(mine: ModuleType) -> None:
    parameters = {"plan": small("gov2", years=1, citizens=200)}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*iterations.*", category=DeprecationWarning)
        rows = mesa.batch_run(mine.Weary, parameters, iterations=3, display_progress=False)
    trust = {row["iteration"]: row["trust"] for row in rows}
    assert len(set(trust.values())) == 3
    assert all(row["waiting_share"] >= 0 for row in rows)


def test_the_workbench_runs_classes_of_ones_own_in_its_processes(folder: Path) -> None:
    """Several policies, each under a class of its own, by its multiprocessing evaluator."""
    pytest.importorskip("ema_workbench", reason="pip install 'govshift[discovery]'")
    code = """
        import warnings
        from mine import Even, Weary
        from sim import Experiment, Scenario, as_ema_model, as_function

        few = Scenario.load("gov2").but(years=1, society={"citizens": 200})
        given = {"policies": [few.under(Weary), few.under(Even).but(name="even")],
                 "uncertainties": {"trust.negativity": None}, "outcomes": ["trust"],
                 "design": {"kind": "lhs", "points": 2}}

        if __name__ == "__main__":
            warnings.simplefilter("ignore")
            from ema_workbench import MultiprocessingEvaluator, Policy
            from ema_workbench import Scenario as Case

            model = as_ema_model(Experiment.model_validate(given))
            policies = [Policy(name, policy_name=name) for name in ("gov2", "even")]
            cases = [Case("0", trust__negativity=2.0)]
            with MultiprocessingEvaluator(model, n_processes=2) as evaluator:
                table, found = evaluator.perform_experiments(scenarios=cases, policies=policies)
            told = dict(zip(table["policy_name"], found["trust"].tolist()))
            for name, kind in (("gov2", Weary), ("even", Even)):
                f = as_function(few.under(kind), ["trust"])
                print(told[name] == f({"trust.negativity": 2.0})["trust"])
    """
    (folder / "study.py").write_text(textwrap.dedent(code), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "study.py"], check=False, cwd=folder, text=True,
        capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.split() == ["True", "True"], done.stderr


def test_a_sweep_is_not_gone_on_with_under_another_class(
    write: Callable[..., ModuleType], tmp_path: Path
) -> None:
    """The same class finds what there is; another one is told that the folder is taken."""
    write("SHARE = 0.1\n", "beside")

    def swept(code: str) -> Any:
        policy = small("gov2", years=1, citizens=200).under(write(code).Hurt)
        experiment = Experiment.model_validate(
            {"policies": [policy], "uncertainties": {"trust.negativity": None},
             "outcomes": ["trust"], "design": {"kind": "lhs", "points": 2}}
        )  # fmt: skip
        return sweep(experiment, jobs=1, out=tmp_path / "swept", progress=False)

    first = swept(HURT)
    assert swept(HURT.replace("unused = 1", "unused = 2")).runs.equals(first.runs)
    with pytest.raises(UserMistake, match="swept"):
        swept(HURT.replace("0.5", "0.6"))


def test_a_plan_of_one_s_own_classes(mine: ModuleType) -> None:
    """Two classes in one study: both are named, and the manifest says under which each was run."""
    stock = small("gov2", years=1)
    study = plan_study([stock, stock.under(mine.Weary), stock.under(mine.Even)])
    assert list(study.scenarios) == ["gov2", "gov2 (2)", "gov2 (3)"]
    models = [scenario.resolved().get("model", "") for scenario in study.scenarios.values()]
    assert [model.partition("@")[0] for model in models] == ["", "own.Weary", "own.Even"]

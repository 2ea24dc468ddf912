"""The lab without a browser: sessions, changes, links, uploads, worlds, strangers kept out."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import weakref
import zipfile
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest

pytest.importorskip("starlette", reason="the extra lab is not installed")

from sim import Scenario
from sim.cli.main import main
from sim.errors import UserMistake
from sim.lab import changes
from sim.lab.actions import begin
from sim.lab.band import Band, _bands
from sim.lab.plain import link_of, session_of
from sim.lab.served import COOKIE
from sim.lab.session import Session
from sim.lab.setup import Limits, setup_of
from sim.lab.words import all_words, levers, word
from sim.questions.comparison.publish import publish
from sim.questions.comparison.study import plan_study
from sim.runs.runner import Where
from sim.statistics import central
from tests.labs import Client, a_lab

ROOT = Path(__file__).parents[1]
LIMITS = Limits(citizens=2000, years=60)
SMALL = {"citizens": 200, "years": 2}


def a_session(*names: str, **society: int) -> Session:
    scenarios = [Scenario.load(name) for name in names or ("gov1", "gov2")]
    return Session(setup_of(scenarios, 1, LIMITS, society=SMALL | society))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with a_lab(tmp_path / "outputs", limits=LIMITS, jobs=1) as client:
        client.get("/")
        assert do(client, "open", scenarios=["gov1", "gov3"], seed=1, **SMALL)["month"] == 0
        yield client


def govshift(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "run_sim.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)


def do(client: Client, action: str, **asked: Any) -> dict[str, Any]:
    return client.told(f"/do/{action}", **asked)


def refused(client: Client, action: str, **asked: Any) -> str:
    return client.refused(f"/do/{action}", **asked)


# The same numbers as on the command line.


def test_levers_moved_while_it_ran_give_the_numbers_of_the_command_line(
    client: Client, tmp_path: Path
) -> None:
    do(client, "advance", months=3)
    do(client, "lever", name="government.budget", value=0.8, government=1)
    do(client, "advance", months=4)
    do(client, "row", row="services", position=1.5)
    do(client, "shock", kind="fiscal", government=0)
    do(client, "lever", name="engagement.staff", value=2.0, who="Jeju", over=6)
    do(client, "assume", name="trust.negativity", value=3.0)
    do(client, "advance", months=60)
    mine = client.get("/take/data").content
    with zipfile.ZipFile(io.BytesIO(client.get("/take/scenarios").content)) as packed:
        packed.extractall(tmp_path / "taken")
    command = do(client, "look")["command"].split()[1:]
    files = [str(tmp_path / "taken" / one) if one.endswith(".yaml") else one for one in command]
    ended = govshift(*files, "--out", str(tmp_path / "r"), "--quiet")
    assert ended.returncode == 0, ended.stderr
    assert mine == (tmp_path / "r" / "timeseries.csv").read_bytes()
    assert len(mine.splitlines()) == 1 + 2 * 24


def test_undo_is_as_if_it_had_never_been_and_redo_as_if_it_always_had() -> None:
    one, two = a_session(), a_session()
    for session in (one, two):
        session.advance(5)
    one.change(lambda s, m: changes.with_lever(s, m, "government.budget", 0.5))
    one.advance(5)
    changed = one.readings[0]["needs_met"].copy()
    one.undo()
    two.advance(5)
    assert np.array_equal(one.readings[0]["needs_met"], two.readings[0]["needs_met"])
    assert not np.array_equal(changed, two.readings[0]["needs_met"])
    one.redo()
    assert np.array_equal(one.readings[0]["needs_met"], changed)
    with pytest.raises(UserMistake, match="nothing to redo"):
        one.redo()


def test_a_new_change_ends_what_could_be_done_again() -> None:
    session = a_session()
    session.change(lambda s, m: changes.with_lever(s, m, "government.budget", 0.5))
    session.undo()
    session.change(lambda s, m: changes.with_shock(s, m, "leader"))
    with pytest.raises(UserMistake, match="nothing to redo"):
        session.redo()


def test_replay_goes_back_to_the_last_change_and_shows_what_would_have_been() -> None:
    session = a_session()
    session.advance(6)
    bare = a_session()
    bare.advance(12)
    session.change(lambda s, m: changes.with_lever(s, m, "government.budget", 0.5), 0)
    session.advance(6)
    changed = session.readings[0]["needs_met"].copy()
    session.replay()
    assert session.month == 6
    assert session.ghost is not None
    assert np.array_equal(session.ghost.readings[0]["needs_met"], bare.readings[0]["needs_met"])
    session.advance(6)
    assert np.array_equal(session.readings[0]["needs_met"], changed)


def test_new_luck_and_restart_keep_the_old_run_behind() -> None:
    session = a_session()
    session.advance(12)
    before = session.readings[0]["trust"].copy()
    session.restart()
    assert session.month == 0
    assert session.ghost is not None
    assert np.array_equal(session.ghost.readings[0]["trust"], before)
    session.new_luck()
    session.advance(12)
    assert not np.array_equal(session.readings[0]["trust"], before)
    session.undo()
    assert np.array_equal(session.readings[0]["trust"], before)


def test_no_luck_has_a_seed_that_a_browser_cannot_show(client: Client) -> None:
    last = (1 << 53) - 1
    do(client, "open", scenarios=["gov1"], seed=last, **SMALL)
    assert "whole number" in refused(client, "open", scenarios=["gov1"], seed=last + 1)
    frame = do(client, "luck")
    assert frame["seed"] == 0
    assert frame["command"].endswith("--seed 0")
    assert do(client, "undo")["seed"] == last


def test_what_is_let_go_comes_back_as_it_was() -> None:
    session = a_session()
    session.advance(9)
    session.change(lambda s, m: changes.with_row(s, m, "goal", 2.0))
    session.advance(3)
    before = session.readings[1]["efficiency"].copy()
    session.let_go()
    assert not session.is_held
    assert np.array_equal(session.readings[1]["efficiency"], before)


def test_what_is_let_go_is_gone_from_memory() -> None:
    session = a_session()
    session.advance(3)
    held = [weakref.ref(model) for model in session.models]
    session.restart()
    assert [one() for one in held] == [None, None]


def test_the_last_month_takes_no_change() -> None:
    session = a_session(years=1)
    session.advance(100)
    assert session.is_over
    with pytest.raises(UserMistake, match="last month is over"):
        session.change(lambda s, m: changes.with_shock(s, m, "leader"))


def test_following_a_citizen_changes_no_number() -> None:
    one, two = a_session(), a_session()
    one.follow(7)
    for session in (one, two):
        session.advance(12)
    assert np.array_equal(one.readings[0]["trust"], two.readings[0]["trust"])
    assert len(one.about[0]) == 4


# Links.


def test_a_link_brings_the_same_state_back() -> None:
    session = a_session("from_today", "now", years=2)
    session.advance(5)
    session.change(lambda s, m: changes.with_lever(s, m, "open_data.spend", 1.0))
    session.follow(3)
    session.advance(2)
    again = session_of(link_of(session), LIMITS)
    assert (again.setup, again.month, again.citizen) == (session.setup, 7, 3)
    assert np.array_equal(again.readings[1]["trust"], session.readings[1]["trust"])


def forged(**changed: Any) -> str:
    from sim.runs.version import model_version

    state = {
        "version": model_version(), "seed": 1, "month": 0, "citizen": None,
        "scenarios": [{"name": "a", "society": {"place": "korea", "citizens": 200}, "years": 1}],
    }  # fmt: skip
    packed = zlib.compress(json.dumps(state | changed).encode())
    return urlsafe_b64encode(packed).decode().rstrip("=")


def test_a_link_made_by_hand_opens() -> None:
    assert session_of(forged(), LIMITS).setup.names == ["a"]


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("", "damaged"),
        ("....", "damaged"),
        (urlsafe_b64encode(zlib.compress(b"[1]")).decode(), "damaged"),
        (urlsafe_b64encode(zlib.compress(b"{}")[:-4]).decode(), "damaged"),
        (urlsafe_b64encode(zlib.compress(b"9" * 50_000_000)).decode(), "damaged|longer"),
        (forged(version="0.0.1"), "another version of the model"),
        (forged(seed="one"), "damaged"),
        (forged(seed=-1), "seed"),
        (forged(seed=1 << 53), "seed"),
        (forged(citizen=10**9), "citizen"),
        (forged(scenarios=[]), "governments"),
        (forged(scenarios=[{"years": 99, "society": {"citizens": 200}}]), "up to 60"),
        (forged(scenarios=[{"society": {"place": "/etc/passwd"}}]), "file of places"),
        (forged(scenarios=[{"society": {"place": "../x.csv"}}]), "file of places"),
        (forged(scenarios=[{"society": {"access": "/etc/passwd"}}]), "names files"),
        (forged(scenarios=[{"history": "/etc/passwd"}]), "damaged"),
        (forged(scenarios=[{"history": {"society": {"prices": "x.csv"}}}]), "names files"),
        (forged(scenarios=[{"society": {"citizens": 10**7}}]), "up to 2,000"),
        (forged(scenarios=[{"name": "a", "yaers": 1}]), "damaged"),
        (forged(scenarios=[{"name": "a", "question": "\ud800"}]), "damaged"),
        (forged(scenarios=[{}] * 50_000), "governments"),
        (forged(scenarios={"a": {}}), "damaged"),
        ("A" * 100_000, "longer"),
    ],
)
def test_links_of_strangers_are_refused_in_one_line(link: str, told: str) -> None:
    with pytest.raises(UserMistake, match=told):
        session_of(link, LIMITS)


def test_a_refused_link_leaves_the_page_as_it_was(client: Client) -> None:
    do(client, "advance", months=3)
    assert "damaged" in refused(client, "restore", link="abc")
    assert do(client, "look")["month"] == 3


# What a page may ask for.


@pytest.mark.parametrize(
    ("action", "asked", "told"),
    [
        ("advnace", {}, "did you mean 'advance'"),
        ("advance", {"months": 0}, "whole number"),
        ("advance", {"months": "12"}, "whole number"),
        ("advance", {"months": 10**9}, "whole number"),
        ("lever", {"name": "government.budge", "value": 1}, "did you mean 'government.budget'"),
        ("lever", {"name": "government.budget", "value": 99}, "government.budget"),
        ("lever", {"name": "government.budget", "value": 10**400}, "401 digits"),
        ("lever", {"name": "government.budget", "value": float("nan")}, "expected a number"),
        ("lever", {"name": "\ud800", "value": 1}, "expected JSON"),
        ("lever", {"name": "government.budget", "value": "much"}, "expected a number"),
        ("lever", {"name": "government.budget", "value": True}, "expected a number"),
        ("lever", {"name": "government.budget", "value": 1, "who": "Jeju Do"}, "Jeju"),
        ("lever", {"name": "government.budget", "value": 1, "government": 7}, "whole number"),
        ("row", {"row": "gaol", "position": 1}, "did you mean 'goal'"),
        ("row", {"row": "goal", "position": 3}, "position|0 to 2|between"),
        ("shock", {"kind": "flood"}, "is no shock"),
        ("shock", {"kind": "fiscal", "size": 7}, "size"),
        ("assume", {"name": "trust.negativty", "value": 2}, "did you mean 'trust.negativity'"),
        ("assume", {"name": "trust.negativity", "value": 100}, "trust.negativity"),
        ("open", {"scenarios": []}, "governments"),
        ("open", {"scenarios": ["gov1"] * 4}, "governments"),
        ("open", {"scenarios": ["gov1"] * 20_000}, "governments: 4 asked"),
        ("open", {"scenarios": ["gov1", "gov1"], **SMALL}, "named twice"),
        ("open", {"scenarios": ["/etc/passwd"]}, "no scenario here"),
        ("open", {"scenarios": ["gov1"], "citizens": 10**6}, "whole number"),
        ("open", {"scenarios": ["gov1", "from_today"], **SMALL}, "compared scenarios share"),
        ("look", {"lang": "xx"}, "lang"),
        ("look", {"large": ["trsut"]}, "did you mean 'trust'"),
        ("look", {"large": "trust"}, "expected a list"),
        ("look", {"view": "map", "indicator": "trsut"}, "did you mean 'trust'"),
        ("look", {"view": "board", "where": "Jejju"}, "did you mean 'Jeju'"),
        ("look", {"view": "board", "where": ["Jeju"]}, "expected a text"),
        ("follow", {"citizen": 10**9}, "citizen"),
        ("follow", {"citizen": "Jeju"}, "is no citizen"),
        ("worlds", {"worlds": 10**6}, "expected 20 or 60"),
        ("undo", {}, "nothing to undo|nothing"),
        ("replay", {}, "nothing to replay"),
    ],
)
def test_mistakes_are_told_in_words(
    client: Client, action: str, asked: dict[str, Any], told: str
) -> None:
    if action in ("undo", "replay"):
        client.cookies.clear()
        client.get("/")
    else:
        do(client, "advance", months=2)
    assert re.search(told, refused(client, action, **asked))


def test_a_refused_change_changes_nothing(client: Client) -> None:
    do(client, "advance", months=2)
    before = do(client, "look")
    refused(client, "lever", name="government.budget", value=99)
    after = do(client, "look")
    assert before == after
    assert not after["changes"][0]["lines"]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("view", ["map", "board", "network", "citizen", "events"])
def test_every_view_in_every_language_before_and_after_the_first_month(
    client: Client, view: str, lang: str
) -> None:
    for months in (0, 7):
        if months:
            do(client, "follow", citizen="typical")
            do(client, "advance", months=months)
        frame = do(client, "look", view=view, lang=lang, difference=True)
        json.dumps(frame, allow_nan=False)
    society = frame["society"]
    assert society.get("maps") or society.get("rows") or len(society) > 0


def test_a_government_that_reforms_itself_takes_no_row(client: Client) -> None:
    do(client, "open", scenarios=["endogenous"], **SMALL)
    assert "reforms itself" in refused(client, "row", row="goal", position=2)
    do(client, "lever", name="government.budget", value=0.9)


def test_words_are_in_both_languages() -> None:
    for section, texts in all_words().items():
        for key, both in texts.items():
            assert both.keys() == {"en", "ko"}, (section, key)
            assert all(both.values()), (section, key)
    for lever in levers():
        assert lever["title"].keys() == {"en", "ko"}
        assert all(choice.keys() == {"value", "en", "ko"} for choice in lever["choices"])


def test_words_name_everything_that_the_model_has() -> None:
    from sim.declared import SHOCKS
    from sim.history import KINDS
    from sim.lessons.words import measure_title
    from sim.outcomes import OUTCOMES
    from sim.paradigms import FIGURE
    from sim.processes.declared import LEVERS

    words = all_words()
    assert {one.name for one in OUTCOMES} <= words["outcomes"].keys()
    for outcome in words["outcomes"]:
        assert word("outcomes", outcome, "ko") == measure_title(outcome, "ko"), outcome
    assert set(FIGURE.row_ids) == words["rows"].keys()
    assert set(SHOCKS) == words["shocks"].keys()
    assert set(KINDS) == words["events"].keys()
    assert {lever["name"] for lever in levers()} == set(LEVERS)


def test_the_figure_is_worded_as_in_the_source_and_in_korean() -> None:
    from sim.lab.titles import wordings
    from sim.paradigms import FIGURE

    known = all_words()["wordings"]
    assert known.keys() == {f"{row}/{p}" for row in FIGURE.row_ids for p in FIGURE.paradigm_ids}
    for row in FIGURE.rows:
        told = [row.wording[paradigm] for paradigm in FIGURE.paradigm_ids]
        assert wordings(row, "en") == told
        assert [known[f"{row.id}/{p}"]["en"] for p in FIGURE.paradigm_ids] == told
        assert all(re.search("[가-힣]", text) for text in wordings(row, "ko"))


def test_events_are_told_in_the_words_of_the_page() -> None:
    from sim.lab.titles import details

    event = {"cause": "replaced", "firm": "system supplier 12",
             "what": "51.5 % of residents affected, 2 months",
             "rows": "goal 0.00 to 0.50; decision_maker 1.00 to 2.00"}  # fmt: skip
    assert details(event, "en") == [
        "replaced", "system supplier 12", "Goal of e-government 0.00 to 0.50",
        "Who decides 1.00 to 2.00", "51.5 % of residents affected, 2 months",
    ]  # fmt: skip
    assert details(event, "ko") == [
        "교체", "시스템 공급업체 12", "전자정부의 목표 0.00 → 0.50", "의사결정자 1.00 → 2.00",
        "주민의 51.5%가 2개월간 겪음",
    ]  # fmt: skip
    assert details({"cause": "a reason", "firm": "", "rows": "", "what": ""}, "ko") == ["a reason"]


def test_korean_pages_tell_events_in_korean(client: Client) -> None:
    """What a lab's own governments do; the reasons that files give stay as they are written."""
    do(client, "open", scenarios=["gov1", "endogenous"], citizens=200, years=8)
    do(client, "lever", name="government.budget", value=0.9)
    do(client, "shock", kind="breach")
    sides = do(client, "advance", months=96, view="events", lang="ko")["society"]["events"]
    lines = [line for side in sides for line in side["lines"]]
    assert len(lines) > 20
    assert [line for line in lines if re.search("[A-Za-z]", line.replace("ICT", ""))] == []


def test_changes_are_listed_by_their_titles(client: Client) -> None:
    do(client, "open", scenarios=["gov1"], **SMALL)
    do(client, "lever", name="government.budget", value=0.9)
    do(client, "assume", name="service.need_rate", value=0.4)
    english = do(client, "look")["changes"][0]["lines"]
    korean = do(client, "look", lang="ko")["changes"][0]["lines"]
    assert english[0].endswith("How often a citizen needs a public service 0.4")
    assert english[1].endswith(": Revenue of all governments 0.9")
    assert korean[1].endswith(": 정부 세입 0.9")


def test_values_of_words_are_within_their_ranges() -> None:
    from sim.declared import PARAMETERS

    for lever in levers():
        parameter = PARAMETERS[lever["name"]]
        values = [choice["value"] for choice in lever["choices"]]
        assert parameter.default in values
        assert values == sorted(values)
        assert parameter.low <= values[0] <= values[-1] <= parameter.high


# Files that are brought.

MINE = "extends: gov2\nname: mine\nquestion: What if?\nyears: 2\nsociety: {citizens: 200}\n"
PLACE = "name,population\nAlda,1000\nBorg,3000\n"


def test_a_file_of_ones_own_plays(client: Client) -> None:
    assert do(client, "bring", name="mine.yaml", text=MINE)["question"] == "What if?"
    frame = do(client, "open", scenarios=["mine.yaml", "gov1"], **SMALL)
    assert frame["names"] == ["mine", "gov1"]


def test_a_place_of_ones_own_plays_and_cannot_be_linked(client: Client) -> None:
    do(client, "bring", name="place.csv", text=PLACE)
    text = MINE.replace("society: {", "society: {place: place.csv, ")
    do(client, "bring", name="mine.yaml", text=text)
    frame = do(client, "open", scenarios=["mine.yaml"])
    assert [name for name, _ in frame["places"]] == ["Alda", "Borg"]
    assert "take the scenario file" in refused(client, "link")
    with zipfile.ZipFile(io.BytesIO(client.get("/take/scenarios").content)) as packed:
        assert {"mine.yaml", "place.csv"} == set(packed.namelist())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("../../evil.yaml", None),
        ("/etc/cron.d/evil.yaml", None),
        (".hidden.yaml", None),
        ("x.py", None),
        ("x.yaml/..", None),
        ("\U00020000" * 80 + ".yaml", None),
        ("a.yaml", "extends: /etc/passwd\n"),
        ("a.yaml", "extends: ../../../etc/passwd\n"),
        ("a.yaml", "history: /etc/passwd\n"),
        ("a.yaml", "society: {place: /etc/passwd}\n"),
        ("a.yaml", "society: {place: ../../x.csv}\n"),
        ("a.yaml", "!!python/object/apply:os.system ['touch /tmp/evil']\n"),
        ("a.yaml", "a: &a [1]\nb: &b [*a,*a]\nc: &c [*b,*b]\n"),
        ("a.yaml", "\x00\x01"),
        ("a.yaml", "x" * 300_000),
        ("a.yaml", "name: a\nsociety: {citizens: 60000000}\n"),
        ("a.yaml", "name: '<script>alert(1)</script>'\nfoo: 1\n"),
    ],
)
def test_hostile_files_are_refused(client: Client, name: str, text: str | None) -> None:
    marker = Path("/tmp/evil")
    answer = client.post("/do/bring", json={"name": name, "text": text or MINE})
    if answer.status_code == 200:
        # A path is cut to its name: what was brought lies in the visitor's own folder.
        assert text is None
        assert answer.json()["brought"] == Path(name).name
    else:
        assert answer.status_code in (400, 413), answer.text
        assert "root:" not in answer.text
        assert "govshift-lab-" not in answer.text
    assert not marker.exists()
    assert do(client, "look")["names"] == ["gov1", "gov3"]


def test_a_damaged_file_leaves_the_one_before(client: Client) -> None:
    do(client, "bring", name="mine.yaml", text=MINE)
    refused(client, "bring", name="mine.yaml", text="years: never\n")
    assert do(client, "open", scenarios=["mine.yaml"])["names"] == ["mine"]


def test_files_are_not_brought_without_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.lab.actions.MOST_FILES", 2)
    for name in ("one.csv", "two.csv", "one.csv"):
        do(client, "bring", name=name, text=PLACE)
    assert "no more fit" in refused(client, "bring", name="three.csv", text=PLACE)


def test_what_is_taken_is_called_as_the_command_says(client: Client) -> None:
    do(client, "bring", name="ko.yaml", text=MINE.replace("mine", "작은 정부"))
    frame = do(client, "open", scenarios=["ko.yaml"])
    told = client.get("/take/scenario?government=0").headers["content-disposition"]
    name = unquote(told.partition("utf-8''")[2])
    assert name == "작은_정부.yaml"
    assert name in frame["command"]


def test_nobody_sees_the_files_of_others(client: Client) -> None:
    do(client, "bring", name="mine.yaml", text=MINE)
    client.cookies.clear()
    client.get("/")
    assert "no scenario here" in refused(client, "open", scenarios=["mine.yaml"])


# Plausible worlds beside.


def wait_for_worlds(client: Client) -> dict[str, Any]:
    for _ in range(600):
        frame = do(client, "look")
        if frame["band"]["state"] != "running":
            return frame
        time.sleep(0.2)
    raise AssertionError("worlds never came")


@pytest.mark.slow
def test_worlds_are_those_of_the_command_line(client: Client, tmp_path: Path) -> None:
    do(client, "advance", months=2)
    do(client, "lever", name="government.budget", value=0.8, government=1)
    do(client, "worlds", worlds=20)
    assert "stop them first" in refused(client, "worlds", worlds=20)
    frame = wait_for_worlds(client)
    assert frame["band"]["state"] == "done", frame["band"]
    assert "in nine of ten worlds" in frame["band"]["sentences"][0]
    assert "polygon" in frame["large"][0]["svg"]
    with zipfile.ZipFile(io.BytesIO(client.get("/take/scenarios").content)) as packed:
        packed.extractall(tmp_path / "taken")
    files = [str(tmp_path / "taken" / f"{name}.yaml") for name in ("gov1", "gov3")]
    out = frame["band"]["folder"]
    ended = govshift("compare", *files, "--worlds", "20", "--out", out, "--seed", "1")
    assert ended.returncode == 0, ended.stderr
    assert "Nothing was missing" in ended.stdout
    assert b"<html" in client.get("/take/report").content[:200].lower()
    do(client, "lever", name="government.budget", value=0.7)
    stale = do(client, "look")["band"]
    assert not stale["fits"]
    assert "earlier state" in stale["text"]


@pytest.mark.slow
def test_a_killed_worker_is_told_and_goes_on_when_asked_again(client: Client) -> None:
    do(client, "worlds", worlds=20)
    lab = client.app.state.lab
    (visitor,) = lab.visitors._by_name.values()
    while visitor.band._process is None or not visitor.band.all:
        time.sleep(0.02)
    os.killpg(visitor.band._process.pid, signal.SIGKILL)
    frame = wait_for_worlds(client)
    assert frame["band"]["state"] == "failed"
    assert "ask again" in frame["band"]["text"]
    do(client, "worlds", worlds=20)
    assert wait_for_worlds(client)["band"]["state"] == "done"


@pytest.mark.slow
def test_stopped_worlds_are_no_failure(client: Client) -> None:
    do(client, "worlds", worlds=20)
    assert do(client, "stop")["band"]["state"] == "none"


def test_no_report_before_worlds(client: Client) -> None:
    answer = client.get("/take/report")
    assert answer.status_code == 400
    assert "ask for them first" in answer.json()["error"]


# Manners.


def test_pages_say_what_they_may_do(client: Client) -> None:
    answer = client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "http" not in answer.text.replace("http-equiv", "").replace("<!doctype html>", "")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"content-type": "text/plain"}, 415),
    ],
)
def test_strangers_are_refused(client: Client, headers: dict[str, str], status: int) -> None:
    answer = client.post("/do/look", content=b"{}",
                         headers={"content-type": "application/json"} | headers)  # fmt: skip
    assert answer.status_code == status


def test_too_much_is_refused_even_if_its_length_is_a_lie(client: Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    answer = client.post("/do/look", content=endless(),
                         headers={"content-type": "application/json"})  # fmt: skip
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"[]", b"no", b'{"a":' * 50_000])
def test_what_is_no_object_is_refused(client: Client, body: bytes) -> None:
    answer = client.post("/do/look", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400


def test_other_machines_need_the_token(tmp_path: Path) -> None:
    with a_lab(tmp_path / "outputs", host="0.0.0.0", token="secret-token") as client:
        client.host = "10.0.0.5"
        assert client.get("/").status_code == 403
        assert client.post("/do/look", json={}).status_code == 403
        assert client.get("/?token=wrong").status_code == 403
        assert client.get("/join").status_code == 200
        assert client.get("/class").status_code == 403
        assert client.get("/?token=secret-token").status_code == 200
        assert client.post("/do/look", json={}).status_code == 200
        client.cookies = {"other@program": '{"a": 1}', "odd": '"'} | client.cookies
        assert client.post("/do/look", json={}).status_code == 200


def test_a_class_goes_to_the_lab_with_its_decision(client: Client) -> None:
    client.get("/class")
    opened = client.post("/class/do/open", json={"lesson": "matching_funds"}).json()
    for _ in range(3):
        client.post("/class/do/next", json={})
    client.post("/class/do/run", json={"months": 60})
    client.post("/class/do/next", json={})
    client.post("/class/do/next", json={})
    client.post("/class/do/next", json={"choice": "more_grants"})
    brought = client.post("/class/do/bring", json={}).json()
    assert {"legend", "charts", "students", "join"} <= brought.keys()
    assert brought["code"] == opened["code"]
    frame = do(client, "look")
    assert frame["month"] == 60
    assert [len(one["lines"]) for one in frame["changes"]] == [0, 0, 1]
    assert frame["changes"][2]["lines"][0].endswith("Matching grants of the centre 13")


def test_students_and_teachers_are_told_in_the_language_of_the_class(client: Client) -> None:
    client.get("/class")
    code = client.post("/class/do/open", json={"lesson": "trust", "lang": "ko"}).json()["code"]
    sent = {"code": code, "lang": "en", "step": "gone", "answer": "1"}
    assert client.post("/class/student/look", json=sent).status_code == 200
    assert "이 질문은 끝났습니다" in client.post("/class/student/answer", json=sent).json()["error"]
    wrong = {"code": "zzzzzz", "lang": "ko"}
    assert "열린 수업이 없습니다" in client.post("/class/student/look", json=wrong).json()["error"]
    assert client.post("/class/student/look", json={"code": "zz", "lang": "fr"}).status_code == 400


def test_a_full_lab_says_so(tmp_path: Path) -> None:
    with a_lab(tmp_path / "outputs", most=1) as client:
        assert client.get("/").status_code == 200
        client.cookies.clear()
        answer = client.get("/")
        assert answer.status_code == 400
        assert "full" in answer.json()["error"]


def test_too_many_citizens_are_refused_until_others_are_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_lab(tmp_path / "outputs", limits=LIMITS) as client:
        lab = client.app.state.lab
        lab.visitors.most_citizens = 500
        client.get("/")
        do(client, "open", scenarios=["gov1", "gov2"], **SMALL)
        other = Client(client.port, client.app)
        other.get("/")
        told = refused(other, "open", scenarios=["gov1", "gov2"], **SMALL)
        assert "would pass 500" in told
        later = time.monotonic() + 30
        monkeypatch.setattr("sim.lab.visitors.monotonic", lambda: later)
        do(other, "open", scenarios=["gov1", "gov2"], **SMALL)
        assert lab.visitors.held == 1


def test_what_comes_back_needs_room_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.lab.actions.ALWAYS_FITS", 100)
    client.app.state.lab.visitors.most_citizens = 550
    do(client, "look")
    assert client.post("/leave", json={}).status_code == 204
    other = Client(client.port, client.app)
    other.get("/")
    do(other, "open", scenarios=["gov1", "gov2"], **SMALL)
    assert "would pass 550" in refused(client, "look")
    assert do(client, "open", scenarios=["gov1"], **SMALL | {"citizens": 136})["month"] == 0


def test_nobody_waits_for_room_from_a_page_that_is_at_work(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = client.app.state.lab
    lab.visitors.most_citizens = 500
    do(client, "look")
    other = Client(client.port, client.app)
    other.get("/")
    later = time.monotonic() + 30
    monkeypatch.setattr("sim.lab.visitors.monotonic", lambda: later)
    with lab.visitors.find(client.cookies[COOKIE]).lock:
        monkeypatch.setattr("sim.lab.visitors.monotonic", lambda: later + 30)
        assert "would pass 500" in refused(other, "open", scenarios=["gov1", "gov2"], **SMALL)


def test_a_file_that_waits_for_its_turn_is_of_what_the_page_has_then(client: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    visitor = client.app.state.lab.visitors.find(client.cookies[COOKIE])
    before = visitor.session
    with ThreadPoolExecutor(1) as pool:
        with visitor.lock:
            taking = pool.submit(client.get, "/take/data")
            time.sleep(0.5)
            begin(visitor, a_session("gov2"))
        assert {row.split(",")[0] for row in taking.result().text.splitlines()[1:]} <= {"gov2"}
    assert not before.is_held


def test_worlds_that_cannot_begin_say_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: Any, **options: Any) -> None:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr("sim.lab.band.subprocess.Popen", refuse)
    do(client, "worlds", worlds=20)
    band = wait_for_worlds(client)["band"]
    assert band["state"] == "failed"
    assert "allocate memory" in band["text"]


def test_a_browser_that_is_gone_frees_its_run(client: Client) -> None:
    lab = client.app.state.lab
    do(client, "advance", months=2)
    assert lab.visitors.held == 1
    assert client.post("/leave", json={}).status_code == 204
    assert lab.visitors.held == 0
    assert do(client, "look")["month"] == 2


def test_a_page_that_loads_again_keeps_its_worlds_and_one_that_does_not_loses_them(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = client.app.state.lab
    monkeypatch.setattr(Band, "begin", lambda self: None)
    do(client, "worlds", worlds=20)
    client.post("/leave", json={})
    assert do(client, "look")["band"]["state"] == "running"
    client.post("/leave", json={})
    later = time.monotonic() + 200
    monkeypatch.setattr("sim.lab.visitors.monotonic", lambda: later)
    lab.visitors.sweep()
    assert do(client, "look")["band"]["state"] == "none"


def test_pictures_of_other_sites_are_no_visitors(client: Client) -> None:
    lab = client.app.state.lab
    before = len(lab.visitors)
    for dest in ("image", "iframe", "empty"):
        other = Client(client.port, client.app)
        assert other._ask("GET", "/", None, {"sec-fetch-dest": dest}).status_code == 200
        assert not other.cookies
    assert len(lab.visitors) == before


def test_bands_are_the_ranges_of_every_comparison(tmp_path: Path) -> None:
    plans = [
        Scenario.load(name).but(years=1, society={"citizens": 200}) for name in ("gov1", "gov3")
    ]
    study = plan_study(plans, worlds=4, replicates=2, seed=1, baseline="gov1")
    runs = publish(study, tmp_path / "r", command="", where=Where(1), draws=False)
    rows = runs.timeseries[runs.timeseries["month"] == 12]
    for place, name in enumerate(study.scenarios):
        own = rows[rows["scenario"] == name].sort_values("replicate")["trust"].to_numpy()
        low, high = _bands(runs)["trust"][place]
        assert (low[-1], high[-1]) == pytest.approx(central(own.reshape(4, 2).mean(axis=1)))


def test_idle_models_are_let_go(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = client.app.state.lab
    do(client, "advance", months=2)
    later = time.monotonic() + 200
    monkeypatch.setattr("sim.lab.visitors.monotonic", lambda: later)
    lab.visitors.sweep()
    assert lab.visitors.held == 0
    assert do(client, "look")["month"] == 2


def test_two_requests_at_once_do_not_meet(client: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        frames = list(pool.map(lambda _: do(client, "advance", months=1), range(8)))
    assert sorted(frame["month"] for frame in frames) == list(range(1, 9))


# The command.


def test_ctrl_c_ends_a_lab_in_peace() -> None:
    command = [sys.executable, str(ROOT / "run_sim.py"), "lab", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as lab:  # fmt: skip
        assert lab.stdout is not None
        assert lab.stderr is not None
        assert lab.stdout.readline().startswith("The lab is at http://127.0.0.1:")
        lab.send_signal(signal.SIGINT)
        assert lab.wait(60) == 0
        assert lab.stdout.read() == "The lab has ended.\n"
        assert lab.stderr.read() == ""


def test_a_missing_extra_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(SystemExit) as ended:
        main(["lab"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "pip install 'govshift[lab]'" in told
    assert len(told.strip().splitlines()) == 1


def test_a_taken_port_is_one_line() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = govshift("lab", "--port", port)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"--host 127.0.0.1 --port {port}: ")
    assert len(ended.stderr.strip().splitlines()) == 1

"""What only the whole of a lesson can show: names that fit, months in order, edits that work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from sim.errors import UserMistake
from sim.lessons.edits import Edit, edited
from sim.lessons.lesson import Claim, Event, Explain, Government, Lesson, Predict, Run, Vote
from sim.lessons.playing import GROUPS
from sim.outcomes import KNOWN
from sim.paradigms import FIGURE
from sim.scenario import Scenario
from sim.scenario.files import find_beside, is_inside, not_beside
from sim.scenario.source import Mistake, Path_
from sim.text import near

MEASURES = (*KNOWN, *(f"profile_{row}" for row in FIGURE.row_ids))
"""What can be asked of a run."""
_TWO = 2
_FOR_ALL = ("name", "question", "description", "seed", "replicates", "years", "society.citizens")
"""What the lesson says for all its governments, and none can set for itself."""


def check_lesson(lesson: Lesson, folder: Path) -> Iterator[Mistake]:
    """Everything that is wrong with a lesson as a whole; `folder` is that of its file."""
    yield from _twice(lesson)
    yield from _order(lesson)
    for path, measure in _measures(lesson):
        if (wrong := wrong_measure(measure)) is not None:
            yield path, wrong
    for path, government in _named(lesson):
        if government not in lesson.names:
            yield path, f"'{government}' plays no part{near(government, lesson.names)}"
    for at, claim in enumerate(lesson.answer_key.claims):
        yield from _claim(lesson, claim, ("answer_key", "claims", at))
    yield from _scenarios(lesson, folder)


def wrong_measure(measure: str) -> str | None:
    """What is wrong with the name of a measure; None if nothing is."""
    name, slash, group = measure.partition("/")
    if name not in MEASURES:
        return f"'{name}' is no outcome or component{near(name, MEASURES)}"
    if slash and group not in GROUPS:
        return f"'{group}' is no group of places{near(group, GROUPS)}"
    return None


def scenario_of(lesson: Lesson, government: Government, folder: Path) -> Scenario:
    """The scenario of a government on the lesson's society; raises `UserMistake`."""
    file = find_beside(government.scenario, folder)
    if file is None:
        raise UserMistake(not_beside(government.scenario, folder))
    if not is_inside(file, folder):
        raise UserMistake(f"{government.scenario} lies outside the folder of the lesson")
    sets = [f"{key}={_plain(value)}" for key, value in government.set.items()]
    society: dict[str, object] = {"citizens": lesson.society.citizens}
    if lesson.society.place is not None:
        society["place"] = lesson.society.place
    plan = Scenario.load(file, sets=sets).but(
        name=government.name, question="", description="", society=society, years=lesson.years,
        seed=lesson.seed,
    )  # fmt: skip
    written: dict[str, object] = {}
    if government.policy:
        written["policy"] = _all_of(plan.policy, government.policy)
    if government.shocks:
        written["shocks"] = _all_of(plan.shocks, government.shocks)
    if government.moves:
        moves = _all_of(plan.transition.moves, government.moves)
        written["transition"] = {"mode": "scheduled", "moves": moves}
    return plan.but(**written) if written else plan


def scenarios_of(lesson: Lesson, folder: Path) -> dict[str, Scenario]:
    """The scenarios of all governments by name, `folder` being that of the lesson's file."""
    return {g.name: scenario_of(lesson, g, folder) for g in lesson.governments}


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _all_of(before: Sequence[object], new: Sequence[object]) -> list[object]:
    return [part.model_dump(exclude_unset=True) for part in (*before, *new)]  # type: ignore[attr-defined]


def _twice(lesson: Lesson) -> Iterator[Mistake]:
    """Names that are given to two things."""
    asked = [(at, s.id) for at, s in enumerate(lesson.steps) if isinstance(s, Predict | Vote)]
    named: list[tuple[Path_, str]] = [
        *((("governments", at, "name"), g.name) for at, g in enumerate(lesson.governments)),
    ]
    ids: list[tuple[Path_, str]] = [(("steps", at, "id"), name) for at, name in asked]
    claims: list[tuple[Path_, str]] = [
        (("answer_key", "claims", at, "id"), c.id) for at, c in enumerate(lesson.answer_key.claims)
    ]
    options: list[list[tuple[Path_, str]]] = [
        [(("steps", at, "options", k, "id"), o.id) for k, o in enumerate(step.options)]
        for at, step in enumerate(lesson.steps)
        if isinstance(step, Vote)
    ]
    for group in (named, ids, claims, *options):
        seen: set[str] = set()
        for path, name in group:
            if name in seen:
                yield path, f"'{name}' is given twice"
            seen.add(name)


def _order(lesson: Lesson) -> Iterator[Mistake]:
    """Months that run backwards, past the end, or past what was predicted or is read."""
    reached, end = 0, 12 * lesson.years
    for at, step in enumerate(lesson.steps):
        here: Path_ = ("steps", at)
        if isinstance(step, Run):
            if not reached < step.month <= end:
                yield (*here, "month"), f"{step.month} is outside {reached + 1} to {end}"
            reached = max(reached, step.month)
        elif isinstance(step, Predict):
            yield from _prediction(lesson, step, here, reached)
        elif isinstance(step, Vote | Event) and reached >= lesson.months:
            yield here, "nothing runs after this; let a run follow"
    for at, claim in enumerate(lesson.answer_key.claims):
        if claim.month > end:
            yield ("answer_key", "claims", at, "month"), f"{claim.month} is outside 1 to {end}"


def _prediction(lesson: Lesson, step: Predict, here: Path_, reached: int) -> Iterator[Mistake]:
    if not reached < step.month <= lesson.months:
        text = f"{step.month} is outside {reached + 1} to {lesson.months}, which runs after this"
        yield (*here, "month"), text
    if (step.form == "change") != (step.since is not None):
        needs = "needs since:" if step.form == "change" else "takes no since:"
        yield (*here, "since"), f"the form {step.form} {needs}"
    elif step.since is not None and step.since >= step.month:
        yield (*here, "since"), f"{step.since} is not before month {step.month}"
    if step.form == "compare" and len(lesson.of(step)) != _TWO:
        yield (*here, "governments"), "the form compare takes two governments"
    if step.margin is None and step.form != "value" and not _has_margin(step.measure):
        yield (*here, "margin"), f"is missing: {step.measure} is not on a scale of 100"


def _has_margin(measure: str) -> bool:
    outcome = KNOWN.get(measure.partition("/")[0])
    return outcome is None or outcome.unit in ("points", "%") or outcome.margin != 1.0


def margin_of(step: Predict | Claim) -> float:
    """What differs by less is about the same."""
    if step.margin is not None:
        return step.margin
    outcome = KNOWN.get(step.measure.partition("/")[0])
    return outcome.margin if outcome is not None else 0.1


def _claim(lesson: Lesson, claim: Claim, here: Path_) -> Iterator[Mistake]:
    """What is wrong with a claim: two governments, or one and two options of a vote."""
    if bool(claim.vote) != (len(claim.options) == _TWO):
        yield (*here, "options"), "a claim about a vote names the vote and two of its options"
    elif claim.vote and len(claim.governments) != 1:
        yield (*here, "governments"), "a claim about a vote is of one government"
    elif claim.vote:
        vote = next((v for v in lesson.votes if v.id == claim.vote), None)
        if vote is None:
            names = [v.id for v in lesson.votes]
            yield (*here, "vote"), f"'{claim.vote}' is no vote{near(claim.vote, names)}"
            return
        allowed = [option.id for option in vote.options]
        for at, name in enumerate(claim.options):
            if name not in allowed:
                yield (*here, "options", at), f"'{name}' is no option{near(name, allowed)}"
    elif len(claim.governments) != _TWO:
        yield (*here, "governments"), "a claim compares two governments"
    if claim.direction == "level" and claim.margin is None and not _has_margin(claim.measure):
        yield (*here, "margin"), f"is missing: {claim.measure} is not on a scale of 100"


def _measures(lesson: Lesson) -> Iterator[tuple[Path_, str]]:
    for at, step in enumerate(lesson.steps):
        if isinstance(step, Predict):
            yield ("steps", at, "measure"), step.measure
        elif isinstance(step, Run):
            yield from ((("steps", at, "charts", k), name) for k, name in enumerate(step.charts))
        elif isinstance(step, Explain):
            yield from ((("steps", at, "look_at", k), name) for k, name in enumerate(step.look_at))
    for at, part in enumerate(lesson.roles):
        yield ("roles", at, "cares_about"), part.cares_about
    for at, claim in enumerate(lesson.answer_key.claims):
        yield ("answer_key", "claims", at, "measure"), claim.measure


def _named(lesson: Lesson) -> Iterator[tuple[Path_, str]]:
    """Every government that something names, and where."""
    steps: Iterator[tuple[Path_, Predict | Vote | Event | Claim]] = (
        (("steps", at), step)
        for at, step in enumerate(lesson.steps)
        if isinstance(step, Predict | Vote | Event)
    )
    claims: Iterator[tuple[Path_, Predict | Vote | Event | Claim]] = (
        (("answer_key", "claims", at), claim) for at, claim in enumerate(lesson.answer_key.claims)
    )
    for path, part in chain(steps, claims):
        yield from (((*path, "governments", k), name) for k, name in enumerate(part.governments))


def _scenarios(lesson: Lesson, folder: Path) -> Iterator[Mistake]:
    """Governments that cannot be made, that share no period, and edits that they cannot take."""
    plans: dict[str, Scenario] = {}
    for at, government in enumerate(lesson.governments):
        for key in government.set:
            if key in _FOR_ALL or (key == "society.place" and lesson.society.place is not None):
                yield ("governments", at, "set", key), "the lesson says this for all governments"
        try:
            plans[government.name] = scenario_of(lesson, government, folder)
        except UserMistake as error:
            yield from ((("governments", at), line) for line in str(error).splitlines())
    starts = {plan.start for plan in plans.values()}
    if len(starts) > 1:
        text = f"start in different months ({', '.join(sorted(starts))}); set start for one"
        yield ("governments",), text
    for path, edit, names in _edits(lesson):
        yield from _edit(path, edit, [plans[name] for name in names if name in plans])


def _edits(lesson: Lesson) -> Iterator[tuple[Path_, Edit, Sequence[str]]]:
    for at, step in enumerate(lesson.steps):
        if isinstance(step, Event):
            yield ("steps", at, "edit"), step.edit, lesson.of(step)
        elif isinstance(step, Vote):
            for k, option in enumerate(step.options):
                yield ("steps", at, "options", k, "edit"), option.edit, lesson.of(step)


def _edit(path: Path_, edit: Edit, plans: Sequence[Scenario]) -> Iterator[Mistake]:
    dated = False
    for block, at, part in edit.parts:
        for key in ("month", "date"):
            if getattr(part, key) is not None:
                dated = True
                yield (*path, block, at, key), "an edit has no date: it holds from the next month"
    for plan in plans if not dated else ():
        try:
            edited(plan, edit, 2)
        except UserMistake as error:
            yield from ((path, f"{plan.name}: {line}") for line in str(error).splitlines())
            return

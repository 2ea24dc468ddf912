"""A roadmap in sentences: what was chosen, how it did, whether order matters, on what it hangs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.drawing.words import listed, signed
from sim.questions.how_sure import few_worlds
from sim.questions.roadmap.against import BETTER, WORSE, against, rests_on, scores
from sim.questions.roadmap.chosen import BALANCED
from sim.questions.roadmap.objectives import OBJECTIVES
from sim.questions.roadmap.rules import STAY
from sim.questions.roadmap.verdicts import verdict
from sim.statistics import student_factor

if TYPE_CHECKING:
    from sim.questions.roadmap.analysis import Roadmap
    from sim.questions.roadmap.schedule import Schedule

_NAME, _CELL = 22, 15
_HEADS = ("needs met", "taking part", "trust", "cost", "worst year")
_UNITS = ("%", "% of citizens", "points", "money a year", "% met")
_MOST_TOLD = 3
_LARGE = 1e-9


def told(found: Roadmap, *, table: bool = True) -> list[str]:
    """All lines, in the order in which a planner asks; with or without the table."""
    return [
        *_asked(found), "", *(outcome_table(found) if table else ()), "", *_schedules(found),
        *verdict(found), *_order_alone(found), *_noise(found), *_assumptions(found),
        *_warnings(found),
    ]  # fmt: skip


def _asked(found: Roadmap) -> Iterator[str]:
    question, size, space = found.question, found.question.size, found.question.space
    count = len(question.moving)
    yield (
        f"From {question.start.name} to {question.end.name}: {count} "
        f"row{'s move' if count > 1 else ' moves'}, at a price of {sum(space.costs):.1f} money per "
        f"citizen for all; at most {question.budget:g} in a year (--budget), "
        f"{counted(space.years, 'year')}."
    )
    if found.searched.tried > 1:
        yield (
            f"{found.searched.tried} schedules were tried in {size.worlds} plausible worlds "
            f"({counted(size.searches, 'search', 'es')} of "
            f"{counted(size.generations, 'generation')} of {size.population}, and one of schedules "
            "in which all rows move), "
            "each judged by what it brings against staying in the worse half of worlds; no other "
            f"beats {found.searched.front} of them."
        )
    yield (
        f"What follows was seen in {size.held_out} other worlds, with other luck, that the search "
        "never saw."
    )


def outcome_table(found: Roadmap) -> list[str]:
    """Means over worlds and years, a line per schedule; of random orders the lowest and highest."""
    lines = [
        "Mean over all years and worlds",
        " " * _NAME + "".join(head.rjust(_CELL) for head in _HEADS),
        " " * _NAME + "".join(unit.rjust(_CELL) for unit in _UNITS),
    ]
    for name in (*found.chosen, *found.rules):
        lines.append(_line(name, found.values[name].mean(axis=0)))
    if found.orders:
        means = np.array([found.values[name].mean(axis=0) for name in found.orders])
        lines.append(_line(counted(len(means), "random order"), means.mean(axis=0)))
        lines.append(_line("  lowest", means.min(axis=0)))
        lines.append(_line("  highest", means.max(axis=0)))
    return lines


def _line(name: str, values: Sequence[float]) -> str:
    return name.ljust(_NAME) + "".join(f"{value:.2f}".rjust(_CELL) for value in values)


def _schedules(found: Roadmap) -> Iterator[str]:
    if not found.chosen:
        yield (
            f"Within {found.question.budget:g} money per citizen and year no row can move."
            if not found.question.space.can_move
            else "Nothing that was tried is better than staying in any outcome."
        )
    for one in found.searched.chosen:
        roles = [role.replace("_", " ") for role in one.roles[1:]]
        roles += [
            f"the rule {rule.replace('_', ' ')}"
            for rule, schedule in found.rules.items() if schedule == one.schedule
        ]  # fmt: skip
        also = f" (also {listed(roles)})" if roles else ""
        yield f"{one.name}{also}: {schedule_words(found, one.schedule)}"


def schedule_words(found: Roadmap, schedule: Schedule) -> str:
    """`1995 services, goal (2 years); 1996 ...; never demand_for_shift.`."""
    question = found.question
    begun: dict[int, list[str]] = {}
    never = []
    for moving, step in zip(question.moving, schedule, strict=True):
        if step is None:
            never.append(moving.row)
            continue
        long = (
            "" if step.years == 1 else " (sudden)" if not step.years else f" ({step.years} years)"
        )
        begun.setdefault(step.year, []).append(f"{moving.row}{long}")
    parts = [f"{question.date(year)[:4]} {', '.join(rows)}" for year, rows in sorted(begun.items())]
    if never:
        parts.append(f"never {', '.join(never)}")
    return f"{'; '.join(parts)}."


def _order_alone(found: Roadmap) -> Iterator[str]:
    """How far apart orders drawn by lot end, which spend alike and end at the same positions."""
    if len(found.orders) < 2:
        return
    values = np.stack([found.values[name] for name in found.orders])
    lots = values - values.mean(axis=0)
    means = lots.mean(axis=1)
    worlds = values.shape[1]
    half = student_factor(worlds) * lots.std(axis=1, ddof=1).mean(axis=0) / np.sqrt(worlds)
    wide = np.ptp(means, axis=0)
    told = [
        f"{one.words} {width:.2f} (one order's mean is known to ±{sure:.2f})"
        for one, width, sure in zip(OBJECTIVES, wide.tolist(), half.tolist(), strict=True)
    ]
    matters = [o.words for o, width in zip(OBJECTIVES, wide, strict=True) if width >= o.margin]
    word = f"matters for {listed(matters)}" if matters else "does not matter beyond the margins"
    yield (
        f"Order alone {word}: from the lowest to the highest of {len(found.orders)} random orders, "
        f"each as fast as the budget allows, it is {'; '.join(told)}."
    )
    if found.chosen:
        name = next(iter(found.chosen))
        score = found.scores([name, *found.orders]).mean(axis=1)
        above = int((score[1:] > score[0] + _LARGE).sum())
        yield f"{above} of {len(found.orders)} random orders do better than {name} on the balance."


def _noise(found: Roadmap) -> Iterator[str]:
    """Whether another search, or other worlds, would have chosen otherwise."""
    alone = found.searched.alone
    if len(alone) > 1:
        one, two = list(alone)[:2]
        pair = against(two, found.values[two], one, found.values[one])
        parts = [f"{o.objective.words} {signed(o.difference, 2)}" for o in pair]
        near = _alike(alone[one], alone[two])
        matters = any(o.verdict in (BETTER, WORSE) for o in pair)
        yield (
            "Noise of the search: a second search, from another seed, ends with a schedule in "
            f"which {near} of {len(alone[one])} rows begin within a year of the first's; it "
            f"differs by {', '.join(parts)}, which {'matters' if matters else 'does not matter'}."
        )
    if found.chosen:
        shares = sorted(found.best_in_again.items(), key=lambda pair: -pair[1])[:_MOST_TOLD]
        told = ", ".join(f"{n.replace('_', ' ')} {100 * s:.0f} %" for n, s in shares if s > 0)
        yield f"In worlds drawn anew from these, best on the balance most often: {told}."


def _alike(one: Schedule, two: Schedule) -> int:
    count = 0
    for a, b in zip(one, two, strict=True):
        both = a is not None and b is not None and abs(a.year - b.year) <= 1
        count += both or (a is None and b is None)
    return count


def _assumptions(found: Roadmap) -> Iterator[str]:
    """Under which assumptions each chosen schedule is the best of them."""
    for name, (count, hangs) in found.best_where.items():
        way = [f"{what} is {'high' if rho > 0 else 'low'}" for what, rho in hangs[:_MOST_TOLD]]
        told = f", the more so where {listed(way)}" if way else ", and nothing tells which"
        if not count:
            told = ""
        yield (
            f"{name}: best of the chosen on the balance in {count} of "
            f"{found.question.size.held_out} worlds{told}."
        )
    yield from _turned(found)
    if found.chosen and next(iter(found.chosen)) == BALANCED:
        stay = found.values[STAY]
        score = scores(found.values[BALANCED][None], stay, found.searched.scale)[0]
        yield (
            f"{BALANCED} is better than staying on the balance in {int((score > 0).sum())} of "
            f"{len(score)} worlds."
        )


def _turned(found: Roadmap) -> Iterator[str]:
    """What would turn what the chosen bring against staying, outcome by outcome."""
    beside = len(found.chosen) * len(OBJECTIVES)
    for name in found.chosen:
        told = []
        for one in against(name, found.values[name], STAY, found.values[STAY]):
            by_world = one.objective.sign * one.gains
            hangs = rests_on(by_world, name, found.question.seed, found.worlds, beside)
            way = [f"{what} ({'+' if rho > 0 else '-'})" for what, rho in hangs[:_MOST_TOLD]]
            told += [f"{one.objective.words} on {listed(way)}"] if way else []
        if told:
            yield f"  what {name} brings rests most, in {'; in '.join(told)}."


def _warnings(found: Roadmap) -> Iterator[str]:
    yield from few_worlds(found.question.size.held_out)
    over = [n for n, s in found.rules.items() if not found.question.space.keeps(s)]
    if over:
        yield f"{listed([n.replace('_', ' ') for n in over])} does not keep to the budget."
    yield (
        "The budget counts moves at the declared price of change (change.money "
        f"{found.question.price:g}); worlds differ in it, so that some spend more."
    )


def counted(count: int, word: str, plural: str = "s") -> str:
    """`1 year`, `2 years`."""
    return f"{count} {word}{'' if count == 1 else plural}"

"""More citizens in some local governments: what can be asked for, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.scenario.blocks import Society
from sim.scenario.source import Mistake, Path_
from sim.society.allotment import FEWEST_RESIDENTS, MOST_CITIZENS, allot
from sim.society.places import file_of, is_drawn
from sim.text import near


def check_citizens_in(society: Society, names: Sequence[str]) -> Iterator[Mistake]:
    """What is wrong with `society.citizens_in`, in a society of some local governments."""
    path: Path_ = ("society", "citizens_in")
    if not society.citizens_in:
        return
    usual = usual_citizens(society)
    total = society.citizens
    for name, count in society.citizens_in.items():
        fewest = usual.get(name, FEWEST_RESIDENTS)
        total += max(0, count - fewest)
        if name not in names:
            yield (*path, name), f"no local government is called so here{near(name, list(names))}"
        elif count < fewest and name in usual:
            text = f"{count:,} are fewer than the {fewest:,} that it has of {society.citizens:,}"
            yield (*path, name), f"{text} citizens; take more or leave it out"
        elif count < fewest:
            yield (*path, name), f"{count:,} are too few: at least {fewest}"
    if total > MOST_CITIZENS:
        yield path, f"makes {total:,} citizens in all; at most {MOST_CITIZENS:,} can be simulated"


def usual_citizens(society: Society) -> dict[str, int]:
    """Citizens of each local government in proportion to people; none known where luck decides."""
    if is_drawn(society.place):
        return {}
    rows = file_of(society.place).rows
    counts = allot(society.citizens, rows, {}).residents
    return {row.name: int(count) for row, count in zip(rows, counts, strict=True)}


def more_told(society: Society) -> list[str]:
    """For how many people citizens stand, a line for each place that has more; and elsewhere."""
    if not society.citizens_in:
        return []
    named = society.citizens_in
    if is_drawn(society.place):
        return [f"{name}: {count:,} citizens, each for its part of the people"
                for name, count in named.items()]  # fmt: skip
    rows = file_of(society.place).rows
    counts = allot(society.citizens, rows, named).residents
    lines, people, citizens = [], 0, 0
    for row, count in zip(rows, counts.tolist(), strict=True):
        if row.name in named:
            each = people_told(row.population / count)
            lines.append(f"{row.name}: {count:,} citizens, each for {each} people")
        else:
            people, citizens = people + row.population, citizens + count
    if citizens:
        lines.append(
            f"elsewhere: {citizens:,} citizens, each for about {people_told(people / citizens)}"
        )
    return lines


def people_told(people: float) -> str:
    """How many people a citizen stands for: `24,520`, `17.5`, `0.002`."""
    return f"{people:,.0f}" if people >= 100.0 else f"{people:.3g}"

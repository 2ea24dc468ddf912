"""Measure again what the documents tell, and write their tables: `make results`, some ten minutes.

A table stands below a line `<!-- measured: NAME -->` and ends at the next empty line. Words around
the tables are written by hand: read them again whenever a table has changed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from sim import compare
from sim.outcome_words import short_unit
from sim.outcomes import OUTCOMES, PRICES_OF_TIME, WINDOW
from sim.paradigms import FIGURE
from sim.questions.comparison.reopen import reopen
from sim.questions.comparison.study import Runs
from sim.questions.comparison.worlds import OverWorlds, find_over_worlds
from sim.questions.how_sure import OPEN, margin_of, sure_word
from sim.scenario import Scenario

PAGES = ("README.md", "docs/results.md")
PARADIGMS = ("gov1", "gov2", "gov3")
HEADLINES = ("efficiency", "participation", "trust", "inclusion", "innovation", "resilience",
             "needs_met", "cost_per_citizen")  # fmt: skip
WITH_PROBLEMS = (*HEADLINES, "problems_solved")
Found = dict[tuple[str, str], OverWorlds]


def main() -> None:
    """Measure what is named, or all of it, and write it where a page asks for it."""
    for name in sys.argv[1:] or list(TABLES):
        text = "\n".join(TABLES[name]())
        for page in map(Path, PAGES):
            page.write_text(_put(page.read_text(encoding="utf-8"), name, text), encoding="utf-8")
        print(f"{name}\n{text}\n", flush=True)


def _put(page: str, name: str, table: str) -> str:
    marker = f"<!-- measured: {name} -->\n"
    return re.sub(
        re.escape(marker) + r"(?:.+\n)*", lambda _: f"{marker}{table}\n", page, flags=re.MULTILINE
    )


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _head(*cells: object) -> list[str]:
    return [_row(*cells), "|" + "---|" * len(cells)]


def _said(outcome: str) -> str:
    return outcome.replace("_", " ")


def _default() -> Runs:
    scenarios = [Scenario.load(name).but(society={"citizens": 4_000}) for name in PARADIGMS]
    compare(*scenarios, out="outputs/measured/default", progress=True)
    return reopen(Path("outputs/measured/default"))[0]


def _against(runs: Runs, baseline: str) -> Found:
    study = runs.study
    order = {baseline: study.scenarios[baseline], **study.scenarios}
    runs = Runs(replace(study, baseline=baseline, scenarios=order), runs.timeseries, runs.local,
                runs.failures)  # fmt: skip
    return {(found.outcome, found.scenario): found for found in find_over_worlds(runs)}


def levels() -> Iterator[str]:
    """Each paradigm over worlds."""
    runs = _default()
    last = runs.summary[runs.summary["month"] == runs.study.months]
    at = last.set_index(["outcome", "scenario"])
    yield from _head("outcome", "unit", *PARADIGMS)
    for outcome in OUTCOMES:
        cells = []
        for name in PARADIGMS:
            here = at.loc[(outcome.name, name)]
            ends = f"{here['worlds_low']:.1f}, {here['worlds_high']:.1f}"
            cells.append(f"{here['mean']:.1f} [{ends}], {100 * here['luck_share']:.0f} %")
        yield _row(_said(outcome.name), short_unit(outcome.name), *cells)


def pairs() -> Iterator[str]:
    """How sure and how large each difference between two paradigms is."""
    runs = _default()
    found = {name: _against(runs, name) for name in PARADIGMS[:2]}
    yield from _head("outcome", "pair", "higher in", "sure", "mean [nine of ten worlds]", "luck",
                     "rests most on")  # fmt: skip
    for outcome in OUTCOMES:
        for other, base in (("gov2", "gov1"), ("gov3", "gov1"), ("gov3", "gov2")):
            yield _pair(found[base][outcome.name, other], f"{other} - {base}")


def _pair(f: OverWorlds, pair: str) -> str:
    low, high = f.ends
    small = "" if f.matters else ", too small to matter"
    rests = ", ".join(f"`{name}` {'+' if rank > 0 else '-'}" for name, rank in f.rests_on[:2])
    luck = "-" if f.luck_share != f.luck_share else f"{100 * f.luck_share:.0f} %"
    mean = f"{f.mean:+.1f} [{low:+.1f}, {high:+.1f}]"
    higher = f"{f.higher} of {len(f.by_world)}"
    return _row(_said(f.outcome), pair, higher, f.sure + small, mean, luck, rests or "-")


def _held() -> Runs:
    compare(*PARADIGMS, luck_only=True, out="outputs/measured/held", progress=True)
    return reopen(Path("outputs/measured/held"))[0]


def wins() -> Iterator[str]:
    """In how many worlds each paradigm is best, and who is at other prices of time."""
    runs = _default()
    last = runs.timeseries[runs.timeseries["month"] > runs.study.months - WINDOW]
    means = last.groupby([last["replicate"] // runs.study.per_world, "scenario"])
    prices = [f"efficiency_time_{price}" for price in PRICES_OF_TIME]
    worlds = means[[*HEADLINES, *prices]].mean(numeric_only=True)
    yield from _head("best of the three in worlds", *PARADIGMS, "level")
    for name in (*HEADLINES, *prices):
        table = worlds[name].unstack("scenario")[[*PARADIGMS]]
        sign = -1.0 if name == "cost_per_citizen" else 1.0
        best = (sign * table).round(6)
        single = best.eq(best.max(axis=1), axis=0)
        alone = single[single.sum(axis=1) == 1].sum()
        yield _row(_said(name), *(alone[p] for p in PARADIGMS), len(table) - alone.sum())


def held() -> Iterator[str]:
    """With the defaults held and luck alone varied."""
    runs = _held()
    key, end = ["outcome", "scenario"], runs.study.months
    last = runs.summary[runs.summary["month"] == end].set_index(key)
    apart = runs.differences[runs.differences["month"] == end].set_index(key)
    yield from _head("outcome", "unit", *PARADIGMS, "gov2 - gov1", "gov3 - gov1")
    for name in HEADLINES:
        means = [f"{last.loc[(name, p), 'mean']:.1f}" for p in PARADIGMS]
        cells = []
        for other in PARADIGMS[1:]:
            d = apart.loc[(name, other)]
            ends = f"{d['conf_low']:+.2f} to {d['conf_high']:+.2f}"
            is_open = d["conf_low"] <= 0.0 <= d["conf_high"]
            cells.append(f"{'open: ' if is_open else ''}{d['mean']:+.2f} ({ends})")
        yield _row(_said(name), short_unit(name), *means, *cells)


def over_time(other: str) -> Iterator[str]:
    """A paradigm against Gov1.0 after some years, and in how many worlds it is higher."""
    scenarios = [
        Scenario.load(name).but(years=40, society={"citizens": 2_000}) for name in PARADIGMS
    ]
    compare(*scenarios, worlds=40, replicates=1, out="outputs/measured/time", progress=True)
    runs, _ = reopen(Path("outputs/measured/time"))
    by_year = {year: _against(_until(runs, year), "gov1") for year in (5, 10, 20, 40)}
    yield from _head(f"{other} - gov1", *(f"{year} years" for year in by_year))
    for name in HEADLINES:
        at = (found[name, other] for found in by_year.values())
        yield _row(_said(name), *(f"{f.mean:+.1f}; {f.higher} of {len(f.by_world)}" for f in at))


def _until(runs: Runs, year: int) -> Runs:
    scenarios = {name: plan.but(years=year) for name, plan in runs.study.scenarios.items()}
    early = runs.timeseries[runs.timeseries["month"] <= 12 * year]
    return Runs(replace(runs.study, scenarios=scenarios), early, runs.local, runs.failures)


def cuts() -> Iterator[str]:
    """Budgets of 100, 60, 30, 10 and 0 %: means over worlds."""
    shares = (1.0, 0.6, 0.3, 0.1, 0.0)
    plans = [
        Scenario.load(name).but(
            name=f"{name}_{round(100 * share)}", years=12, society={"citizens": 2_000},
            parameters={"government.budget": share},
        )
        for name in PARADIGMS for share in shares
    ]  # fmt: skip
    compare(*plans, worlds=20, replicates=1, out="outputs/measured/cuts", progress=True)
    runs, _ = reopen(Path("outputs/measured/cuts"))
    last = runs.timeseries[runs.timeseries["month"] == runs.study.months]
    means = last.groupby("scenario")[[*HEADLINES]].mean(numeric_only=True)
    yield from _head("", *PARADIGMS)
    for name in ("needs_met", "efficiency", "inclusion", "trust", "participation"):
        cells = [
            ", ".join(f"{means.loc[f'{p}_{round(100 * s)}', name]:.0f}" for s in shares)
            for p in PARADIGMS
        ]
        yield _row(_said(name), *cells)


def rows() -> Iterator[str]:
    """Gov2.0 with one row moved, in plausible worlds."""
    yield from _one_row("gov2", "rows", 20)


def rows_endogenous() -> Iterator[str]:
    """The same where governments reform themselves: begun one row apart."""
    yield from _one_row("endogenous_from_gov2", "rows_endogenous", 20)


def _one_row(base: str, out: str, years: int) -> Iterator[str]:
    plan = Scenario.load(base).but(years=years, society={"citizens": 2_000})
    ends = ("gov1", "gov3")
    plans = [
        plan.but(name=f"{row.id}_{end}", governance={row.id: end})
        for row in FIGURE.rows for end in ends
    ]  # fmt: skip
    compare(plan, *plans, worlds=30, replicates=1, out=f"outputs/measured/{out}", progress=True)
    runs, _ = reopen(Path(f"outputs/measured/{out}"))
    yield from _head("row", "at Gov1.0", "at Gov3.0")
    for row in FIGURE.rows:
        cells = ["; ".join(_moved(runs, plan.name, f"{row.id}_{end}")) or "-" for end in ends]
        yield _row(f"{row.number}. `{row.id}`", *cells)


def _moved(runs: Runs, base: str, scenario: str) -> Iterator[str]:
    """What matters and is not open, of one replicate in each world."""
    last = runs.timeseries[runs.timeseries["month"] == runs.study.months]
    here, there = (last[last["scenario"] == n].set_index("replicate") for n in (scenario, base))
    for name in WITH_PROBLEMS:
        apart = (here[name] - there[name]).dropna()
        agreeing = max(int((apart > 0).sum()), int((apart < 0).sum()))
        if abs(apart.mean()) >= margin_of(name) and sure_word(agreeing, len(apart)) != OPEN:
            yield f"{_said(name)} {apart.mean():+.1f} ({agreeing} of {len(apart)})"


def gains() -> Iterator[str]:
    """How much common luck is worth."""
    won = _held().variance_gains()
    yield from _head("outcome", "gov2", "gov3")
    for name in HEADLINES:
        yield _row(
            _said(name), *(f"{won[p][name]:,.2g}" if p in won else "-" for p in PARADIGMS[1:])
        )


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "levels": levels, "pairs": pairs, "wins": wins, "held": held,
    "gov2_over_time": partial(over_time, "gov2"), "gov3_over_time": partial(over_time, "gov3"),
    "cuts": cuts, "rows": rows, "rows_endogenous": rows_endogenous, "gains": gains,
}  # fmt: skip

if __name__ == "__main__":
    main()

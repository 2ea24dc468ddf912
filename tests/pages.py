"""Pages to look at: results of studies, and the tables that other parts add, made small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from sim.questions.comparison.study import Study
from sim.runs.csv_files import write_csv

HOSTILE = '</script><script>document.title="x"</script>"\'& <img src=http://example.com/a.png>'
ITEMS = (
    ("counters", "running"),
    ("online", "running"),
    ("projects", "one_off"),
    ("total", "running"),
)
HEADLINES = ("taking_part", "needs_met", "trust", "citizen_hours")


def add_tables(folder: Path, study: Study) -> None:
    """`decision.csv`, `costs.csv`, `groups.csv` and `path.csv`, with made numbers."""
    names = list(study.scenarios)
    write_csv(_decision(names), folder / "decision.csv")
    write_csv(pd.DataFrame(_costs(names)), folder / "costs.csv")
    write_csv(pd.DataFrame(_groups(names)), folder / "groups.csv")
    write_csv(pd.DataFrame(_path(names)), folder / "path.csv")


def _decision(names: Sequence[str]) -> pd.DataFrame:
    rows = []
    for place, name in enumerate(names):
        row: dict[str, object] = {"scenario": name}
        for k, column in enumerate(
            ("cost_one_off", "cost_per_year", "cost_cumulative", *HEADLINES)
        ):
            row |= {column: 10.0 * k + place, f"{column}_low": 8.0 * k, f"{column}_high": 12.0 * k}
            if place:
                row |= {
                    f"{column}_difference": 1.5 * place, f"{column}_difference_low": -0.5,
                    f"{column}_difference_high": 3.0, f"{column}_share_better": 0.9,
                    f"{column}_share_worse": 0.1,
                }  # fmt: skip
        row |= {
            "worst_year": 3, "worst_year_needs_met": 61.5,
            "effect_per_money": 0.25 if place else None,
            "who_loses": "those of low status" if place else "", "rests_on": "trust.negativity",
            "currency": "PLN",
        }  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


def _costs(names: Sequence[str]) -> Iterator[dict[str, object]]:
    for name in names:
        for item, kind in ITEMS:
            for year in (1, 2):
                yield {
                    "scenario": name, "item": item, "kind": kind, "year": year, "mean": 12.0,
                    "low": 10.0, "high": 14.0, "cumulative": 12.0 * year, "cumulative_low": 10.0,
                    "cumulative_high": 30.0, "total": 1e6, "total_cumulative": 1e6 * year,
                    "unit": "per citizen", "currency": "PLN",
                }  # fmt: skip


def _groups(names: Sequence[str]) -> Iterator[dict[str, object]]:
    groups = {
        "status": ("low", "middle", "high"), "access": ("without", "with"),
        "place": ("Seoul", "Busan"), "decile": tuple(map(str, range(1, 11))),
    }  # fmt: skip
    for place, name in enumerate(names):
        for outcome in ("needs_met", "trust"):
            for by, own in groups.items():
                for k, group in enumerate(own):
                    yield {
                        "scenario": name, "outcome": outcome, "by": by, "group": group,
                        "citizens": 100 * (k + 1), "mean": 60.0 + k, "low": 50.0, "high": 70.0,
                        "difference": -4.0 + k if place else None,
                        "difference_low": -6.0 + k if place else None,
                        "difference_high": -1.0 + k if place else None,
                        "share_better": 0.05 * k if place else None, "unit": "%",
                    }  # fmt: skip


def _path(names: Sequence[str]) -> Iterator[dict[str, object]]:
    for place, name in enumerate(names):
        for outcome in ("needs_met", "trust"):
            for year in ("1", "3", "worst"):
                yield {
                    "scenario": name, "outcome": outcome, "year": year, "mean": 55.0, "low": 50.0,
                    "high": 60.0, "difference": 2.0 if place else None,
                    "difference_low": 1.0 if place else None,
                    "difference_high": 3.0 if place else None,
                    "share_better": 0.9 if place else None, "unit": "points",
                }  # fmt: skip

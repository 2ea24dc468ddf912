"""The page of a study: `run`, `compare`, `transitions`."""

from __future__ import annotations

from typing import Any

from sim.drawing.words import listed
from sim.questions.comparison.study import Runs
from sim.report.page.added import added_sections
from sim.report.page.blocks import Page, Section
from sim.report.page.charts import charts_data, charts_download, courses_section
from sim.report.page.closing import again_section, evidence_section, facts_of, warning_section
from sim.report.page.decision import decision_downloads, decision_section
from sim.report.page.figure import figure_section
from sim.report.page.focus import focus_data, focus_section
from sim.report.page.groups import groups_download, groups_section
from sim.report.page.maps import maps_data, maps_download, maps_section
from sim.report.page.money import money_section, path_section
from sim.report.page.observed import holds_patterns, observed_page
from sim.report.page.opening import differences_told, starting_facts
from sim.report.page.paired import paired_section, turning_section
from sim.report.page.told import Told
from sim.report.page.transitions import transitions_section
from sim.runs.folder import Folder

_LARGEST = 100_000
"""Letters of a link; larger tables stay files of the folder."""


def study_page(folder: Folder, runs: Runs) -> Page:
    """All that the folder of a study tells, in the order in which it is read."""
    if holds_patterns(folder.manifest):
        return observed_page(folder)
    told = Told(runs, folder.path, folder.manifest)
    sections: list[Section | None] = [
        differences_told(told),
        starting_facts(told),
        decision_section(told),
        focus_section(told),
        courses_section(told),
        money_section(told),
        path_section(told),
        paired_section(told),
        maps_section(told),
        groups_section(told),
        turning_section(told),
        transitions_section(told),
        *added_sections(told),
        figure_section(told),
        evidence_section(),
        warning_section(told),
        again_section(told.manifest),
    ]
    maps = maps_data(told)
    charts = charts_data(told)
    charts["values"] |= focus_data(told)
    data: dict[str, Any] = {"charts": charts, **({"maps": maps} if maps else {})}
    names = " and ".join(filter(None, [", ".join(list(told.labels.values())[:-1]),
                                       list(told.labels.values())[-1]]))  # fmt: skip
    return Page(
        title=f"{names}: {'compared' if told.baseline is not None else 'outcomes'}",
        question=_question(told),
        asked=_asked_by_option(told),
        facts=facts_of(told),
        sections=[one for one in sections if one is not None],
        data=data,
        downloads=[
            one
            for one in (
                charts_download(told), *decision_downloads(told), *groups_download(told),
                *maps_download(told),
            )
            if len(one.link) <= _LARGEST
        ],
    )  # fmt: skip


def _question(told: Told) -> str:
    """What the only option asks; of several, what is compared with what."""
    labels = list(told.labels.values())
    if told.baseline is None:
        asked = _asked(told)
        return next(iter(asked.values())) if len(labels) == len(asked) == 1 else (
            f"What comes of {listed(labels)}?"
        )  # fmt: skip
    asked = _asked(told)
    if len(told.study.others) == 1 and told.study.others[0] in asked:
        return asked[told.study.others[0]]
    others = [told.labels[name] for name in told.study.others]
    return f"What comes of {listed(others)}, held against {told.labels[told.baseline]}?"


def _asked(told: Told) -> dict[str, str]:
    """The questions of scenarios; of a comparison, those of options that are not the baseline's."""
    base = None if told.baseline is None else told.study.scenarios[told.baseline].question
    return {
        name: " ".join(plan.question.split())
        for name, plan in told.study.scenarios.items()
        if plan.question and plan.question != base
    }


def _asked_by_option(told: Told) -> list[str]:
    """What each of several options asks, a line each."""
    asked = _asked(told)
    if len(told.names) - (told.baseline is not None) < 2:
        return []
    return [f"{told.labels[name]} asks: {text}" for name, text in asked.items()]

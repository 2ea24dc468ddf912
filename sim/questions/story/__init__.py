"""The story of one citizen or one government under several scenarios, with the same luck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim.batch import replicate_seed
from sim.errors import UserMistake
from sim.frames import joined, numbers, whole, words
from sim.model import GovernanceModel
from sim.questions.comparison.study import plan_study
from sim.questions.story import citizens, governments, persons
from sim.questions.story.happenings import dated_points
from sim.questions.story.parting import partings
from sim.questions.story.points import Track
from sim.questions.story.telling import tell
from sim.questions.story.who import Who, find_who
from sim.runs.past import begin
from sim.scenario import Scenario
from sim.shown import Shown, text_as_html

if TYPE_CHECKING:
    from sim.drawing.page import Drawing

__all__ = ["Story", "story"]
_WIDTH = 80


@dataclass(frozen=True)
class Story(Shown):
    """A life under each scenario. Shown, it tells itself.

    `name` and `about` say whose it is, `apart` where the lives part, `closing` how they differ.
    """

    name: str
    about: list[str]
    tracks: list[Track]
    apart: list[str]
    closing: list[str]
    legend: str

    def __repr__(self) -> str:
        return self.text()

    @property
    def title(self) -> str:
        """Whose story it is, and under which scenarios."""
        return f"{self.name} under {', '.join(track.name for track in self.tracks)}"

    def text(self, *, width: int = _WIDTH, everything: bool = False) -> str:
        """The story in lines of at most `width` letters; `everything` tells every point."""
        after = [*self.apart, *self.closing, self.legend]
        return tell(self.title, self.about, self.tracks, after, width=width, everything=everything)

    @property
    def trace(self) -> pd.DataFrame:
        """The months behind the story: `scenario`, `month`, `date`, then what is known of it."""
        return pd.concat([_labelled(t, t.trace) for t in self.tracks], ignore_index=True)

    @property
    def points(self) -> pd.DataFrame:
        """Every turning point: `scenario`, `month`, `date`, `kind`, `text`, `weight`."""
        frames = [_labelled(t, pd.DataFrame(t.points, columns=_POINT)) for t in self.tracks]
        return joined(POINTS, frames)

    def drawing(self) -> Drawing:
        """Trust over the years under each scenario, with the turning points marked."""
        from sim.questions.story.figure import draw_story

        return draw_story(self)

    def _repr_html_(self) -> str:
        return text_as_html(self.text())


_POINT = ["month", "kind", "text", "weight"]
POINTS = words("scenario") | whole("month") | words("date", "kind", "text") | numbers("weight")


def story(
    who: str | int,
    *scenarios: Scenario | str | Path,
    seed: int | None = None,
    replicate: int = 0,
    progress: Callable[[], object] | None = None,
) -> Story:
    """The story of a citizen (number or kind) or a government (name or `central`).

    Every scenario has the same people and the same luck, those of one `replicate` of `seed` (the
    first scenario's own unless given), as `compare` would run it. Raises `UserMistake` if nobody of
    that name is there, or if the scenarios do not share one society and one period.
    """
    if not scenarios:
        raise UserMistake("story: needs at least one scenario")
    plans = [s if isinstance(s, Scenario) else Scenario.load(s) for s in scenarios]
    study = plan_study(plans, replicates=replicate + 1, seed=seed, baseline=plans[0].name)
    luck = replicate_seed(study.seed, replicate)
    lives: list[_Life] = []
    for name, scenario in study.scenarios.items():
        model = begin(scenario, luck)
        found = lives[0].who if lives else find_who(who, model)
        lives.append(_live(found, name, model))
        if progress is not None:
            progress()
    return _told(lives, f"seed {study.seed}, replicate {replicate}")


@dataclass(frozen=True)
class _Life:
    """One scenario's side, before the sides are put together."""

    who: Who
    name: str
    about: list[str]
    start: dict[str, float]
    track: Track


def _live(who: Who, name: str, model: GovernanceModel) -> _Life:
    """Run one scenario and look at one citizen or government."""
    try:
        if who.kind == "citizen":
            hero = f"Citizen {who.row}" + (f" ({who.like})" if who.like else "")
            followed = model.follow(who.row)
            about = persons.describe(model, who.row, followed.ideal_budget)
            start = persons.start_of(model, who.row)
            model.run()
            times = dated_points(model, int(start["home"]))
            track = citizens.citizen_track(name, model.plan, followed.life, times)
        else:
            hero = governments.full_name(model, who.row)
            about, start = governments.describe(model, who.row), {}
            model.run()
            track = governments.government_track(name, model, who.row)
    finally:
        model.forget()
    return _Life(who, hero, about, start, track)


def _told(lives: list[_Life], luck: str) -> Story:
    base, tracks = lives[0], [life.track for life in lives]
    scenario = base.track.scenario
    period = f"{scenario.date_of(1)} to {scenario.date_of(scenario.months)}"
    same = "the same luck" if len(lives) > 1 else "one luck"
    about = [*base.about, *_unlike(lives), f"{period}; {same} throughout ({luck})."]
    is_citizen = base.who.kind == "citizen"
    return Story(
        name=base.name,
        about=about,
        tracks=tracks,
        apart=partings(tracks) if is_citizen else [],
        closing=(citizens if is_citizen else governments).closing(tracks),
        legend=(citizens if is_citizen else governments).LEGEND,
    )


def _unlike(lives: list[_Life]) -> list[str]:
    """What twins do not share, where scenarios found different societies."""
    base, *others = lives
    lines = []
    for life in others:
        differs = [name for name, value in base.start.items() if life.start[name] != value]
        if differs:
            lines.append(
                f"Not quite twins: under {life.track.name} the person starts with another "
                f"{', '.join(differs)}, because the scenario changes the society itself."
            )
    return lines


def _labelled(track: Track, frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy()
    frame.insert(0, "scenario", track.name)
    frame.insert(2, "date", frame["month"].map(track.date))
    return frame

"""A lesson: governments to look at, steps that make a class think first, and a teacher's guide."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from sim.lessons.edits import Edit
from sim.lessons.words import Text
from sim.scenario.blocks import STRICT, Move, PolicyChange, Shock

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Value = int | float | str | bool
Sure = Literal["nearly certain", "likely", "leaning", "open"]
Role = Literal["mayor", "cio", "citizen", "firm", "treasurer"]


class Government(BaseModel):
    """A government that plays a part: a scenario, and what differs from it."""

    model_config = STRICT
    name: Name = Field(description="letters, digits and _: what steps call it")
    label: Text = Field(description="what the class calls it")
    scenario: str = Field(description="a shipped scenario, or a file beside the lesson")
    set: dict[str, Value] = Field(default_factory=dict, description="values by dotted key")
    policy: list[PolicyChange] = Field(default_factory=list, description="dated changes")
    moves: list[Move] = Field(default_factory=list, description="dated moves along rows")
    shocks: list[Shock] = Field(default_factory=list, description="dated shocks")


class People(BaseModel):
    """The society on which all governments of a lesson are tried."""

    model_config = STRICT
    citizens: int = Field(2_000, ge=100, le=100_000, description="citizens simulated")
    place: str | None = Field(None, description="place; that of the scenarios if missing")


class Tell(BaseModel):
    """Something is told."""

    model_config = STRICT
    kind: Literal["tell"] = "tell"
    text: Text = Field(description="what is told")


class Predict(BaseModel):
    """A question to which the class commits itself; the answer is computed from the run.

    Of `form` highest or lowest: under which government; compare: is it higher or lower under the
    first of two than under the second; change: does it rise or fall under the first between `since`
    and `month`; value: which number does it show under the first. What differs by less than
    `margin` is about the same.
    """

    model_config = STRICT
    kind: Literal["predict"] = "predict"
    id: Name = Field(description="letters, digits and _: no other prediction or vote has it")
    question: Text = Field(description="what is asked")
    form: Literal["highest", "lowest", "compare", "change", "value"] = Field(
        description="highest, lowest, compare, change or value"
    )
    measure: str = Field(description="outcome, component or profile_ROW; /poor, /rich or /gap")
    governments: list[str] = Field(default_factory=list, description="of which; all if missing")
    month: int = Field(ge=1, description="month that is looked at")
    since: int | None = Field(None, ge=1, description="month from which it changes")
    margin: float | None = Field(None, ge=0, description="what differs by less is about the same")


class Run(BaseModel):
    """Time passes."""

    model_config = STRICT
    kind: Literal["run"] = "run"
    month: int = Field(ge=1, description="month up to which all governments run")
    charts: list[str] = Field(default_factory=list, description="measures to look at")
    look: Text | None = Field(None, description="what to look at")


class Explain(BaseModel):
    """Why it came so, which line to look at, and an open question for the class."""

    model_config = STRICT
    kind: Literal["explain"] = "explain"
    text: Text = Field(description="why")
    look_at: list[str] = Field(default_factory=list, description="measures that show it")
    question: Text | None = Field(None, description="an open question for the class")


class Option(BaseModel):
    """What may be voted for; without `edit` all stays as it is."""

    model_config = STRICT
    id: Name = Field(description="letters, digits and _")
    label: Text = Field(description="what it is called")
    edit: Edit = Field(default_factory=Edit, description="policy, moves or shocks without dates")


class Vote(BaseModel):
    """The class decides; what wins holds from the next month on."""

    model_config = STRICT
    kind: Literal["vote"] = "vote"
    id: Name = Field(description="letters, digits and _: no other prediction or vote has it")
    round: int | None = Field(None, ge=1, le=9, description="which budget round it is")
    question: Text = Field(description="what is decided")
    governments: list[str] = Field(default_factory=list, description="of which; all if missing")
    options: list[Option] = Field(min_length=2, max_length=6, description="two to six options")


class Event(BaseModel):
    """Something happens that nobody voted for."""

    model_config = STRICT
    kind: Literal["event"] = "event"
    text: Text = Field(description="what happens")
    governments: list[str] = Field(default_factory=list, description="to which; all if missing")
    edit: Edit = Field(description="policy, moves or shocks without dates")


class Debrief(BaseModel):
    """What to take home."""

    model_config = STRICT
    kind: Literal["debrief"] = "debrief"
    text: Text = Field(description="what to take home")


Step = Tell | Predict | Run | Explain | Vote | Event | Debrief
KINDS: dict[str, type[BaseModel]] = {
    "tell": Tell, "predict": Predict, "run": Run, "explain": Explain, "vote": Vote,
    "event": Event, "debrief": Debrief,
}  # fmt: skip


class Part(BaseModel):
    """A role that a student plays."""

    model_config = STRICT
    role: Role = Field(description="mayor, cio, citizen, firm or treasurer")
    briefing: Text = Field(description="who they are and what they want")
    cares_about: str = Field(description="the measure that they look at first")


class Minutes(BaseModel):
    """What the teacher does for some minutes."""

    model_config = STRICT
    minutes: int = Field(ge=1, le=60, description="how long it takes")
    text: Text = Field(description="what the teacher does")


class Claim(BaseModel):
    """What the key says of a direction: held against runs by a test, and measured over worlds.

    `measure` is higher or lower in `month` under the first of two `governments` than under the
    second, or level: apart by less than `margin`. With `vote`, under the one government after the
    first of two `options` than after the second, all else as the lesson has it.
    """

    model_config = STRICT
    id: Name = Field(description="letters, digits and _")
    text: Text = Field(description="what the key says")
    measure: str = Field(description="outcome, component or profile_ROW; /poor, /rich or /gap")
    governments: list[str] = Field(min_length=1, max_length=2, description="one or two")
    month: int = Field(ge=1, description="month that is looked at")
    direction: Literal["higher", "lower", "level"] = Field(description="higher, lower or level")
    margin: float | None = Field(None, ge=0, description="what differs by less is level")
    vote: str = Field("", description="the vote whose options are compared")
    options: list[str] = Field(default_factory=list, max_length=2, description="two of its options")
    how_sure: Sure = Field(description="nearly certain, likely, leaning or open")


class Key(BaseModel):
    """Answers: what holds, how sure that is, and where the model is silent."""

    model_config = STRICT
    text: Text = Field(description="the answer in short")
    claims: list[Claim] = Field(min_length=1, description="directions that runs must show")
    silent: Text = Field(description="what the model does not say, or rewards by construction")


class Misconception(BaseModel):
    """What people often believe, and what the model shows instead."""

    model_config = STRICT
    belief: Text = Field(description="what people say")
    instead: Text = Field(description="what the model shows, and where it is silent")


class Lesson(BaseModel):
    """A lesson of some minutes. Load one with `load_lesson`."""

    model_config = STRICT
    FILE_KEYS: ClassVar = ()
    id: Name = Field(description="name of the lesson: letters, digits and _")
    title: Text = Field(description="title")
    minutes: int = Field(20, ge=5, le=180, description="how long it takes")
    goals: list[Text] = Field(min_length=1, description="what students learn")
    question: Text = Field(description="the question of the lesson")
    society: People = Field(default_factory=People, description="citizens and place")
    years: int = Field(ge=1, le=40, description="years simulated")
    seed: int = Field(1, ge=0, lt=1 << 63, description="seed of the luck")
    governments: list[Government] = Field(min_length=1, max_length=3, description="one to three")
    steps: list[Annotated[Step, Field(discriminator="kind")]] = Field(
        min_length=1, description="what happens, in order"
    )
    roles: list[Part] = Field(default_factory=list, description="roles that students play")
    script: list[Minutes] = Field(min_length=1, description="the minutes of the teacher")
    discussion: list[Text] = Field(default_factory=list, description="questions to discuss")
    worksheet: list[Text] = Field(default_factory=list, description="tasks of the students")
    answer_key: Key = Field(description="answers")
    misconceptions: list[Misconception] = Field(default_factory=list, description="beliefs")

    @property
    def predictions(self) -> list[Predict]:
        """The predictions, in order."""
        return [step for step in self.steps if isinstance(step, Predict)]

    @property
    def votes(self) -> list[Vote]:
        """The votes, in order."""
        return [step for step in self.steps if isinstance(step, Vote)]

    @property
    def rounds(self) -> list[Vote]:
        """The votes that are budget rounds, in order."""
        return [vote for vote in self.votes if vote.round is not None]

    @property
    def names(self) -> list[str]:
        """Names of the governments, in order."""
        return [government.name for government in self.governments]

    @property
    def months(self) -> int:
        """Months until the last run ends."""
        return max((step.month for step in self.steps if isinstance(step, Run)), default=0)

    def of(self, step: Predict | Vote | Event) -> list[str]:
        """The governments of a step: all where it names none."""
        return step.governments or self.names

    def label(self, government: str) -> Text:
        """What the class calls a government."""
        return next(one.label for one in self.governments if one.name == government)

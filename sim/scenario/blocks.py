"""The blocks of a scenario file, each with the keys it allows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)


def _as_written(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """What does not fit stays as it is: `checks` says what is wrong with it, and in which part."""
    try:
        return handler(value)
    except ValidationError:
        return value


Position = float | str | dict[str, float]
Rows = float | str | dict[str, Position]
AnyPosition = Annotated[Position, WrapValidator(_as_written)]
AnyRows = Annotated[Rows, WrapValidator(_as_written)]
ChosenRows = Annotated[Literal["all"] | list[str], WrapValidator(_as_written)]
Size = Annotated[float, WithJsonSchema({"maximum": 10, "minimum": 0, "type": "number"})]
"""Its range depends on the kind of shock, so that `checks` knows it."""
STRICT = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Society(BaseModel):
    """Who lives where."""

    model_config = STRICT
    place: str = Field(
        "korea",
        description="korea, korea:basic, synthetic, europe:EST, or a file of your own: regions.csv",
    )
    citizens: int = Field(20_000, ge=100, le=60_000_000, description="citizens simulated")
    entrepreneurs: int = Field(40, ge=4, le=5_000, description="entrepreneurs simulated")
    local_governments: int = Field(
        17, ge=2, le=500, description="number of drawn local governments (synthetic, europe)"
    )
    citizens_in: dict[str, int] = Field(
        default_factory=dict,
        description="more citizens simulated in local governments, by name: {Jeju: 2000}; each "
        "stands for the fewer people",
    )
    access: str | None = Field(
        None,
        description="file of who is online when: access.csv with year, share and, place by place, "
        "name",
    )
    prices: str | None = Field(
        None,
        description="file of prices that money is told in: prices.csv with item, amount, currency, "
        "year",
    )


class Move(BaseModel):
    """A dated move of governments along rows of the figure."""

    model_config = STRICT
    month: int | None = Field(None, ge=1, description="month in which the move starts, from 1")
    date: str | None = Field(None, description="or its calendar month, as 2003-01")
    over: int = Field(0, ge=0, le=1_200, description="months that the move takes; 0 is sudden")
    to: AnyPosition = Field(description="paradigm, position from 0 to 2, or mix")
    rows: ChosenRows = Field("all", description="rows of the figure")
    who: str = Field("all", description="all, local, central, or one local government's name")
    why: str = Field("", description="reason")


class Transition(BaseModel):
    """How governments' profiles change."""

    model_config = STRICT
    mode: Literal["fixed", "scheduled", "endogenous"] = Field(
        "fixed",
        description="fixed, scheduled by moves, or endogenous: governments reform themselves",
    )
    moves: list[Move] = Field(default_factory=list, description="dated moves")


class Worlds(BaseModel):
    """What plausible worlds draw of this scenario, and what they do not."""

    model_config = STRICT
    hold: list[str] = Field(
        default_factory=list,
        max_length=1_000,
        description="what stays at its default in all plausible worlds: trust.*, cells.invitations",
    )


class PolicyChange(BaseModel):
    """A dated change of parameters, with its reason."""

    model_config = STRICT
    month: int | None = Field(None, ge=1, description="month of the change, from 1")
    date: str | None = Field(None, description="or its calendar month, as 2003-01")
    over: int = Field(0, ge=0, le=1_200, description="months that the change takes; 0 is sudden")
    set: dict[str, float] = Field(min_length=1, description="parameters and their new values")
    who: str = Field("all", description="all, local, or one local government's name (levers only)")
    why: str = Field("", description="reason")


class Shock(BaseModel):
    """Something that happens to governments from outside, for a while."""

    model_config = STRICT
    kind: Literal["fiscal", "breach", "preference", "leader", "emergency", "crisis"] = Field(
        description="fiscal, breach, preference, leader, emergency or crisis"
    )
    month: int | None = Field(None, ge=1, description="month in which it strikes, from 1")
    date: str | None = Field(None, description="or its calendar month, as 2003-01")
    months: int | None = Field(None, ge=1, le=1_200, description="how long it lasts")
    size: Size | None = Field(None, description="how hard it strikes, see kind")
    who: str = Field("all", description="all, or one local government's name")
    why: str = Field("", description="reason")

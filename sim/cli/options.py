"""Options that commands share, and a group that offers the command that was probably meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sim.text import near, one_line, short

Command = Callable[..., Any]
_WHOLE = re.compile("[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?")

_SHARED = (
    click.option("--replicates", type=click.IntRange(1, 100_000), metavar="N",
                 help="Replicates of each scenario (30 unless the first scenario says otherwise)."),
    click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), metavar="S",
                 help="Seed of all replicates."),
    click.option("--jobs", type=click.IntRange(1, 1024), metavar="N",
                 help="Processes that share the work (one per processor)."),
    click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
                 help="Results folder (outputs/NAMES/HASH)."),
    click.option("--engine", type=click.Choice(["compiled", "agents"]), default="compiled",
                 help="Compiled loops, or Mesa agents one by one: the same results, slowly."),
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
                 help="Change one value of every scenario, as society.citizens=5000."),
    click.option("--citizens", type=click.IntRange(100, 60_000_000), metavar="N",
                 help="Citizens simulated."),
    click.option("--years", type=click.IntRange(1, 100), metavar="N", help="Years simulated."),
    click.option("--quiet", is_flag=True, help="No progress, only results."),
)  # fmt: skip

_ANALYSIS = (
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
                 help="Change one value of the experiment, as replicates=8."),
    click.option("--jobs", type=click.IntRange(1, 1024), metavar="N",
                 help="Processes that share the work (one per processor)."),
    click.option("--cluster", metavar="ADDRESS", help="Scheduler of a running Dask cluster."),
    click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
                 help="Results folder (outputs/NAME/HASH)."),
    click.option("--retry", is_flag=True, help="Try failed runs again."),
    click.option("--quiet", is_flag=True, help="No progress, only results."),
)  # fmt: skip


def analysis_options(command: Command) -> Command:
    """Add the options that the analyses of experiments share."""
    for option in reversed(_ANALYSIS):
        command = option(command)
    return command


def shared_options(command: Command) -> Command:
    """Add the options that `run` and `compare` share."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


class Refused(Exception):
    """What the system refused to a command."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class PlainNumber(click.ParamType):  # type: ignore[type-arg]
    """A number of an option, in plain digits: `1_0`, full-width digits and `nan` are none."""

    def __init__(self, kind: click.IntRange | click.FloatRange) -> None:
        self.kind = kind
        self.name = kind.name
        self._form = _WHOLE if isinstance(kind, click.IntRange) else _DECIMAL

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number in its range; raises a usage error otherwise."""
        if isinstance(value, str) and not self._form.fullmatch(value):
            self.fail(f"'{short(one_line(value))}' is not a number in plain digits.", param, ctx)
        return self.kind.convert(value, param, ctx)


class CarefulCommand(click.Command):
    """A command that takes numbers in plain digits, and nothing empty or given twice."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for param in self.params:
            if isinstance(param.type, click.IntRange | click.FloatRange):
                param.type = PlainNumber(param.type)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; raise a usage error for what would be passed over in silence."""
        given, _, order = self.make_parser(ctx).parse_args(args=list(args))
        for param in order:
            once = isinstance(param, click.Option) and not param.multiple and not param.is_flag
            value = given.get(param.name or "")
            if once and order.count(param) > 1:
                ctx.fail(f"{param.opts[0]} is given more than once")
            if once and isinstance(value, str) and not value.strip():
                ctx.fail(f"{param.opts[0]}: is empty")
        return super().parse_args(ctx, args)


class OneLineGroup(click.Group):
    """A group whose complaint about an unknown command names the nearest one.

    Raises `Refused` for what the system refuses: of a closed pipe click would make an exit of its
    own, whatever the pipe was for.
    """

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options of the group."""
        try:
            return super().make_context(*args, **extra)
        except OSError as error:
            raise Refused(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            raise Refused(error) from error

    command_class = CarefulCommand

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; raise a usage error that says what is allowed."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            ctx.fail(f"'{name}' is not a command{near(name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)

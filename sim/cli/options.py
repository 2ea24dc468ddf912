"""Options that commands share, and a group that offers the command that was probably meant."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from sim.arguments import CHECKPOINT_MINUTES, MOST_CHECKPOINT_MINUTES
from sim.text import near, one_line, short

Command = Callable[..., Any]
_WHOLE = re.compile("[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?")


class SystemPath(click.Path):
    """A file or folder; its name is UTF-8, as Parquet files and manifests need it."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; a usage error if its bytes are not UTF-8."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        try:
            str(path).encode("utf-8")
        except UnicodeEncodeError:
            self.fail(f"{path} is not UTF-8; name another file or folder", param, ctx)
        return path


_WHERE = (
    click.option("--jobs", type=click.IntRange(1, 1024), metavar="N",
                 help="Processors that share the work (all there are)."),
    click.option("--cluster", metavar="ADDRESS", help="Scheduler of a running Dask cluster."),
    click.option("--shard", metavar="I/N", help="Run only this share, as 3/10; see `merge`."),
)  # fmt: skip
"""Who does the work."""

_SHARED = (
    click.option("--replicates", type=click.IntRange(1, 100_000), metavar="N",
                 help="Replicates in each world (2); with --luck-only of each scenario (30 unless "
                 "the first scenario says otherwise)."),
    click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), metavar="S",
                 help="Seed of all replicates."),
    *_WHERE,
    click.option("--out", type=SystemPath(), metavar="DIR",
                 help="Results folder (outputs/NAMES/HASH)."),
    click.option("--engine", type=click.Choice(["compiled", "agents", "cuda"]),
                 default="compiled",
                 help="Compiled loops; Mesa agents one by one, slowly; or citizens on an NVIDIA "
                 "graphics card (extra gpu). The same results."),
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
                 help="Change one value of every scenario, as society.citizens=5000."),
    click.option("--citizens", type=click.IntRange(100, 60_000_000), metavar="N",
                 help="Citizens simulated."),
    click.option("--years", type=click.IntRange(1, 100), metavar="N", help="Years simulated."),
    click.option("--checkpoint", type=click.FloatRange(0, MOST_CHECKPOINT_MINUTES),
                 default=CHECKPOINT_MINUTES, metavar="MINUTES",
                 help="Save a long replicate each time so many minutes have passed (2; 0 never)."),
    click.option("--quiet", is_flag=True, help="No progress, only results."),
)  # fmt: skip

_ANALYSIS = (
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
                 help="Change one value of the experiment, as replicates=8."),
    *_WHERE,
    click.option("--out", type=SystemPath(), metavar="DIR",
                 help="Results folder (outputs/NAME/HASH)."),
    click.option("--retry", is_flag=True, help="Try failed runs again."),
    click.option("--quiet", is_flag=True, help="No progress, only results."),
)  # fmt: skip


_EXPERIMENT_WORLDS = (
    click.option("--worlds", type=click.IntRange(1, 10_000), metavar="N",
                 help="Plausible worlds that each point is run in: draws of all that nobody knows "
                 "(20, or the experiment's own; more are surer, and take longer)."),
    click.option("--replicates", type=click.IntRange(1, 100_000), metavar="R",
                 help="Replicates in each world (2); with --luck-only, of each point and policy "
                 "(the experiment's own)."),
    click.option("--luck-only", is_flag=True,
                 help="Draw no worlds: the world as it is, and luck alone."),
)  # fmt: skip


def experiment_worlds_options(command: Command) -> Command:
    """Add the options that say in which worlds an experiment is run."""
    return _with(_EXPERIMENT_WORLDS, command)


_WORLDS = (
    click.option("--worlds", type=click.IntRange(1, 10_000), metavar="N",
                 help="Plausible worlds, each a draw of all that nobody knows (60); --replicates "
                 "are in each (2)."),
    click.option("--luck-only", is_flag=True,
                 help="Hold all that nobody knows at its default and vary luck alone."),
)  # fmt: skip
"""How sure is said over what nobody knows, unless luck alone is asked for."""


def worlds_options(command: Command) -> Command:
    """Add the options that say over how many draws of what nobody knows."""
    return _with(_WORLDS, command)


def slides_option(command: Command) -> Command:
    """Add the option that writes figures for a projector."""
    return _with(
        [click.option("--slides", is_flag=True,
                      help="Also write slides (16:9, 24 points) into slides/.")],
        command,
    )  # fmt: skip


def where_options(command: Command) -> Command:
    """Add the options that say who does the work."""
    return _with(_WHERE, command)


def analysis_options(command: Command) -> Command:
    """Add the options that the analyses of experiments share."""
    return _with(_ANALYSIS, command)


def _with(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    """A command with some options, in their order."""
    for option in reversed(options):
        command = option(command)
    return command


def citizens_in_option(command: Command) -> Command:
    """Add the option that simulates more citizens in a local government."""
    option = click.option(
        "--citizens-in", type=(str, PlainWhole(1, 60_000_000)), multiple=True, metavar="NAME N",
        help="Simulate N citizens in this local government, each of whom stands for the fewer "
        "people; the others keep theirs. May be given again.",
    )  # fmt: skip
    return option(command)


def focus_option(command: Command) -> Command:
    """Add the option that tells local governments beside the nation."""
    option = click.option(
        "--focus", multiple=True, metavar="NAME",
        help="Tell this local government beside all of them together; may be given again.",
    )  # fmt: skip
    return option(command)


def shared_options(command: Command) -> Command:
    """Add the options that `run` and `compare` share."""
    return _with(_SHARED, command)


class Refused(Exception):
    """What the system refused to a command."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class PlainWhole(click.IntRange):
    """A whole number of an option, in plain digits: `1_0` and digits of other scripts are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number in its range; raises a usage error otherwise."""
        if isinstance(value, str) and not _WHOLE.fullmatch(value):
            self.fail(_no_number(value), param, ctx)
        return super().convert(value, param, ctx)


class PlainDecimal(click.FloatRange):
    """A number of an option, in plain digits: `nan` and `inf` are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number in its range; raises a usage error otherwise."""
        if isinstance(value, str) and not _DECIMAL.fullmatch(value):
            self.fail(_no_number(value), param, ctx)
        return super().convert(value, param, ctx)


def _no_number(value: str) -> str:
    return f"'{short(one_line(value))}' is not a number in plain digits."


class CarefulCommand(click.Command):
    """A command that takes numbers in plain digits, and nothing empty or given twice."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for param in self.params:
            if isinstance(param.type, click.IntRange):
                param.type = PlainWhole(param.type.min, param.type.max)
            elif isinstance(param.type, click.FloatRange):
                param.type = PlainDecimal(param.type.min, param.type.max)

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

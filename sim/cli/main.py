"""`govshift COMMAND ...`: what each command does and how mistakes are told.

Exit codes: 0 done, 1 a run failed or results cannot be written, 2 the user's file or command is
wrong, 130 stopped by Ctrl-C. Every mistake is one line on stderr. Slow libraries are imported by
the commands that need them, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import click

from sim import __version__
from sim.cli.options import OneLineGroup, shared_options
from sim.errors import GovShiftError, StoppedEarly

_DEFAULT = ("compare", "scenarios/gov1.yaml", "scenarios/gov2.yaml", "scenarios/gov3.yaml")
_SHIPPED_DEFAULT = ("compare", "gov1", "gov2", "gov3")


@click.group(
    cls=OneLineGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="With no command, the three paradigms are compared on the regions of Korea.",
)
@click.version_option(__version__, prog_name="govshift", message="%(prog)s %(version)s")
@click.pass_context
def govshift(context: click.Context) -> None:
    """A laboratory for e-government transitions: the same society, the same luck, under different
    governments."""  # noqa: D205, D209


@govshift.command(
    "compare",
    short_help="Compare scenarios: the same citizens and luck under each.",
    epilog="""\b
    Examples:
      govshift compare gov1 gov2 gov3
      govshift compare my_plan.yaml gov2 --replicates 60 --out outputs/my_plan""",
)
@click.argument("files", nargs=-1, required=True)
@click.option("--baseline", metavar="NAME", help="Compare with this scenario, not with the first.")
@shared_options
def compare_command(files: tuple[str, ...], baseline: str | None, **options: Any) -> None:
    """Compare scenarios: the same citizens and luck under each.

    Paired differences against the first scenario, a sentence per outcome, and how many replicates
    would settle what is still open. FILES are scenario files or shipped names.
    """
    from sim.cli.work import compare_files

    compare_files(files, baseline, options)


@govshift.command(
    "run",
    short_help="Run scenarios: outcomes of each, without differences.",
    epilog="""\b
    Examples:
      govshift run gradual leapfrog --years 30 --jobs 2
      govshift run synthetic_small --set trust.negativity=2""",
)
@click.argument("files", nargs=-1, required=True)
@shared_options
def run_command(files: tuple[str, ...], **options: Any) -> None:
    """Run replicates of scenarios: outcomes of each, without differences.

    FILES are scenario files or shipped names.
    """
    from sim.cli.work import run_files

    run_files(files, options)


@govshift.command(
    "check",
    short_help="Check scenario files before anything runs.",
    epilog="""\b
    Example:
      govshift check my_plan.yaml scenarios/*.yaml""",
)
@click.argument("files", nargs=-1, required=True)
def check_command(files: tuple[str, ...]) -> None:
    """Check scenario files: `ok`, or file, line, key and what is allowed."""
    from sim.cli.work import check_files

    check_files(files)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_code_of(given or _default()))


def _code_of(arguments: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, _stop)
    try:
        govshift.main(arguments, prog_name="govshift", standalone_mode=False)
        sys.stdout.flush()
    except GovShiftError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except click.ClickException as error:
        click.echo(f"govshift: {' '.join(error.format_message().split())}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped.", err=True)
        return StoppedEarly.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _default() -> tuple[str, ...]:
    return _DEFAULT if os.path.isfile(_DEFAULT[1]) else _SHIPPED_DEFAULT

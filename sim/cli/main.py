"""`govshift COMMAND ...`: what each command does and how mistakes are told.

Exit codes: 0 done, 1 a run failed or results or the screen cannot be written, 2 the user's file or
command is wrong, 130 stopped by Ctrl-C. Every mistake is one line on stderr. A screen that is
closed, or a reader that leaves (`| head`), is none: the work is done all the same. Slow libraries
are imported by the commands that need them, so that `--help` answers at once.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from sim import __version__
from sim.cli.options import (
    OneLineGroup,
    Refused,
    SystemPath,
    analysis_options,
    citizens_in_option,
    experiment_worlds_options,
    focus_option,
    shared_options,
    slides_option,
    where_options,
    worlds_options,
)
from sim.cli.screen import say, screen
from sim.errors import GovShiftError, StoppedEarly, UserMistake
from sim.text import one_line, short

_WRONG_NAMES = (errno.ENAMETOOLONG, errno.ELOOP)
_FEWER = ("--citizens", "4000")
"""A first look: luck is a small part of how sure a comparison is, so few citizens do."""
_DEFAULT = (
    "compare", "scenarios/gov1.yaml", "scenarios/gov2.yaml", "scenarios/gov3.yaml", *_FEWER,
)  # fmt: skip
_SHIPPED_DEFAULT = ("compare", "gov1", "gov2", "gov3", *_FEWER)


@click.group(
    cls=OneLineGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="With no command, the three paradigms are compared on the regions of Korea, of 4,000 "
    "citizens.",
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
      govshift compare gov2 my_plan.yaml --replicates 60 --out outputs/my_plan
      govshift compare gov2 my_plan.yaml --against outputs/my_plan""",
)
@click.argument("files", nargs=-1, required=True)
@click.option("--baseline", metavar="NAME", help="Compare with this scenario, not with the first.")
@click.option("--against", type=SystemPath(), metavar="RESULTS",
              help="Also say what differs from results of another model version.")  # fmt: skip
@click.option("--equal-cost", metavar="LEVER[,LEVER]",
              help="Scale these levers so that what they cost a citizen is the same under all that "
              "set them.")  # fmt: skip
@click.option("--cost-of", metavar="NAME",
              help="With --equal-cost: as much as under this scenario (the dearest).")  # fmt: skip
@slides_option
@worlds_options
@focus_option
@citizens_in_option
@shared_options
def compare_command(files: tuple[str, ...], baseline: str | None, **options: Any) -> None:
    """Compare scenarios: the same citizens and luck under each.

    Each of 60 plausible worlds is one draw of everything that nobody knows; a sentence per outcome
    says in how many of them a scenario differs from the first, by how much, and what would turn it.
    FILES are scenario files or shipped names. With --against, the same scenarios are held against
    results of another version of the model, with their seed and numbers of worlds and replicates
    unless these are given, and a sentence says what the version changed (against.csv).
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
@slides_option
@worlds_options
@focus_option
@citizens_in_option
@shared_options
def run_command(files: tuple[str, ...], **options: Any) -> None:
    """Run replicates of scenarios: outcomes of each, without differences.

    FILES are scenario files or shipped names.
    """
    from sim.cli.work import run_files

    run_files(files, options)


@govshift.command(
    "check",
    short_help="Check scenario, experiment and place files before anything runs.",
    epilog="""\b
    Example:
      govshift check my_plan.yaml scenarios/*.yaml""",
)
@click.argument("files", nargs=-1, required=True)
def check_command(files: tuple[str, ...]) -> None:
    """Check scenario and experiment files: `ok`, or file, line, key and what is allowed.

    Lesson files, and files of a place, of who is online when and of prices (CSV) are checked alike,
    with line and column.
    """
    from sim.cli.checking import check_files

    check_files(files)


@govshift.command(
    "new",
    short_help="Write a commented scenario or experiment file to start from.",
    epilog="""\b
    Examples:
      govshift new my_plan --from gov2
      govshift new my_lab --experiment""",
)
@click.argument("name")
@click.option("--from", "parent", default="gov2", metavar="NAME", help="Shipped scenario (gov2).")
@click.option("--experiment", is_flag=True, help="An experiment, which varies what you choose.")
def new_command(name: str, parent: str, experiment: bool) -> None:
    """Write NAME.yaml: every row and lever, commented, with unit, range and present value.

    It extends a shipped scenario and changes nothing until you edit it. With --experiment it is an
    experiment: policies, what varies, and over which points.
    """
    from sim.cli.texts import write_new, write_new_experiment

    if experiment:
        write_new_experiment(name)
    else:
        write_new(name, parent)


@govshift.group("place", cls=OneLineGroup, short_help="Write the file of a place of one's own.")
def place_group() -> None:
    """Write the file of a place of one's own: a line for each local government."""


@place_group.command(
    "new",
    short_help="Write a commented file of a place to fill in.",
    epilog="""\b
    Examples:
      govshift place new regions.csv --rows 17
      govshift place new mine.csv --from korea""",
)
@click.argument("file")
@click.option("--rows", type=click.IntRange(2, 500), metavar="N",
              help="How many local governments (17).")  # fmt: skip
@click.option("--from", "shipped", metavar="NAME",
              help="Copy a place that ships: korea, korea:basic, europe_as_places.")  # fmt: skip
def place_new_command(file: str, rows: int | None, shipped: str | None) -> None:
    """Write FILE.csv, to be filled in with a spreadsheet.

    What each column means stands in comments, then a line for each local government. A file that
    exists is left as it is. `govshift check FILE.csv` finds every mistake in it.
    """
    from sim.cli.placing import write_place_file

    write_place_file(file, rows, shipped)


@govshift.command(
    "explain",
    short_help="Say what a name or a scenario file means.",
    epilog="""\b
    Examples:
      govshift explain trust.negativity
      govshift explain role_of_citizen
      govshift explain my_plan.yaml --baseline gov2""",
)
@click.argument("name")
@click.option("--baseline", default="gov1", metavar="NAME", help="For scenarios (gov1).")
def explain_command(name: str, baseline: str) -> None:
    """Explain a parameter, outcome, process, row, cell, paradigm, shock, scenario or experiment.

    Of a scenario it lists every change against its parent and against the baseline, with old and
    new value, unit, source and month; of an experiment what varies, and how many runs it takes.
    """
    from sim.cli.texts import show_explanation

    show_explanation(name, baseline)


@govshift.command(
    "report",
    short_help="Verify results and tell them again.",
    epilog="""\b
    Examples:
      govshift report outputs/my_plan
      govshift report outputs/my_plan --assumptions""",
)
@click.argument("results", type=SystemPath())
@click.option(
    "--assumptions", is_flag=True, help="Also measure which assumptions the results rest on."
)
@click.option("--replicates", type=click.IntRange(3, 1000), default=4, metavar="N",
              help="Replicates for the assumptions (4).")  # fmt: skip
@click.option("--citizens", type=click.IntRange(100, 60_000_000), default=2_000, metavar="N",
              help="Citizens for the assumptions (2000).")  # fmt: skip
@slides_option
@where_options
@click.option("--quiet", is_flag=True, help="No progress, only results.")
def report_command(results: Path, **options: Any) -> None:
    """Verify a results folder, and write its tables, figures and page again.

    With --assumptions, each assumed parameter goes to both ends of its range in a quick run, and
    the table says which conclusions rest on it (assumptions.csv).
    """
    from sim.cli.reports import tell_again

    tell_again(results, options)


@govshift.command(
    "merge",
    short_help="Put the shards of a job array together.",
    epilog="""\b
    Examples:
      govshift sweep levers --shard 3/10 --out shards/3
      govshift merge outputs/levers shards/*""",
)
@click.argument("out", type=SystemPath())
@click.argument("shards", nargs=-1, required=True, type=SystemPath())
def merge_command(out: Path, shards: tuple[Path, ...]) -> None:
    """Put the SHARDS of one command together in the results folder OUT, and finish it there.

    Each command with `--shard I/N` ran its share into a folder of its own, on any machine. All must
    have asked the same; the result is what one command without `--shard` would have written.
    """
    from sim.cli.merging import merge_shards

    merge_shards(out, shards)


@govshift.command(
    "attribute",
    short_help="Say which rows of the figure carry a difference.",
    epilog="""\b
    Example:
      govshift attribute gov1 gov3 --orders 40""",
)
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option("--orders", type=click.IntRange(4, 100_000), default=400, metavar="N",
              help="At most so many orders of the rows (400).")  # fmt: skip
@click.option("--precision", type=click.FloatRange(0.1, 100.0), default=10.0, metavar="P",
              help="Stop when intervals are below P % of the largest share (10).")  # fmt: skip
@click.option("--citizens", type=click.IntRange(100, 60_000_000), metavar="N",
              help="Citizens simulated.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), metavar="S", help="Seed.")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
              help="Change one value of both scenarios.")  # fmt: skip
@where_options
@click.option("--out", type=SystemPath(), metavar="DIR", help="Results folder.")
@click.option("--quiet", is_flag=True, help="No progress, only results.")
def attribute_command(start: str, end: str, **options: Any) -> None:
    """Shapley shares: what each row of the figure adds to the difference from FROM to TO.

    Rows move one after another in orders drawn by lot; a row's share is what it adds on average,
    and shares sum to the difference. Pairs of rows that work together are told as well. The
    scenarios may differ in nothing but rows. A stopped command goes on from where it was.
    """
    from sim.cli.attribution import show_attribution

    show_attribution(start, end, options)


@govshift.command(
    "roadmap",
    short_help="Say in which order the rows should move.",
    epilog="""\b
    Examples:
      govshift roadmap gov1 gov3
      govshift roadmap from_today gov3 --budget 1 --generations 20""",
)
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option("--budget", type=click.FloatRange(0.0, 1_000.0), default=2.0, metavar="MONEY",
              help="Money per citizen and year for moving rows (2).")  # fmt: skip
@click.option("--generations", type=click.IntRange(1, 10_000), default=10, metavar="N",
              help="Generations of a search (10).")  # fmt: skip
@click.option("--population", type=click.IntRange(8, 10_000), default=36, metavar="N",
              help="Schedules of a generation (36).")  # fmt: skip
@click.option("--searches", type=click.IntRange(1, 20), default=2, metavar="N",
              help="Searches, each from a seed of its own (2; one tells no noise), beside one "
              "in which all rows move.")  # fmt: skip
@click.option("--worlds", type=click.IntRange(2, 64), default=8, metavar="N",
              help="Plausible worlds of the search (8).")  # fmt: skip
@click.option("--held-out", type=click.IntRange(2, 5_000), default=60, metavar="N",
              help="Other worlds in which what was found is tried (60).")  # fmt: skip
@click.option("--orders", type=click.IntRange(0, 1_000), default=20, metavar="N",
              help="Orders drawn by lot to hold it against (20).")  # fmt: skip
@click.option("--citizens", type=click.IntRange(100, 60_000_000), default=2_000, metavar="N",
              help="Citizens simulated (2000).")  # fmt: skip
@click.option("--years", type=click.IntRange(1, 100), metavar="N", help="Years simulated.")
@click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), metavar="S", help="Seed.")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
              help="Change one value of both scenarios.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 1024), metavar="N",
              help="Processors that share the work (all there are).")  # fmt: skip
@click.option("--cluster", metavar="ADDRESS", help="Scheduler of a running Dask cluster.")
@click.option("--out", type=SystemPath(), metavar="DIR", help="Results folder.")
@click.option("--quiet", is_flag=True, help="No progress, only results.")
def roadmap_command(start: str, end: str, **options: Any) -> None:
    """In which order should the rows of the figure move from FROM to TO, and when?

    Schedules within a yearly budget for change are searched for what they bring over all years, in
    the worse half of plausible worlds: needs met, people taking part, trust, cost, worst year. A
    few are chosen, and tried in worlds that the search never saw, beside simple rules and random
    orders. A stopped command goes on from where it was.
    """
    from sim.cli.roadmap import show_roadmap

    show_roadmap(start, end, options)


@govshift.command(
    "sweep",
    short_help="Run an experiment: policies over a design of levers and uncertainties.",
    epilog="""\b
    Examples:
      govshift sweep my_experiment.yaml --dry-run
      govshift sweep my_experiment.yaml --jobs 8 --out outputs/levers
      govshift sweep my_experiment.yaml --cluster tcp://10.0.0.1:8786 --out /shared/levers""",
)
@click.argument("experiment")
@where_options
@click.option("--out", type=SystemPath(), metavar="DIR",
              help="Results folder (outputs/NAME/HASH).")  # fmt: skip
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
              help="Change one value of the experiment, as replicates=8.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what it would cost, and stop.")
@click.option("--retry", is_flag=True, help="Try failed runs again.")
@click.option("--quiet", is_flag=True, help="No progress, only results.")
def sweep_command(experiment: str, **options: Any) -> None:
    """Run an experiment: policies over a design of levers and uncertainties.

    EXPERIMENT is a file or a shipped name. Every finished run is on disk at once: stopped at any
    moment, the same command goes on from there.
    """
    from sim.cli.sweeping import sweep_experiment

    sweep_experiment(experiment, options)


@govshift.command(
    "sensitivity",
    short_help="Rank what drives the outcomes of an experiment.",
    epilog="""\b
    Examples:
      govshift sensitivity levers
      govshift sensitivity my_experiment.yaml --method sobol --points 128""",
)
@click.argument("experiment")
@click.option("--method", type=click.Choice(["sobol", "morris"]),
              help="Change the design of the experiment to this one.")  # fmt: skip
@click.option("--points", type=click.IntRange(2, 1_000_000), metavar="N",
              help="With --method: base points (64) or trajectories (10).")  # fmt: skip
@click.option("--policy", "policies", multiple=True, metavar="NAME", help="Only this policy.")
@analysis_options
def sensitivity_command(experiment: str, **options: Any) -> None:
    """Rank the factors of an experiment by how far they move each outcome.

    Sobol' indices or Morris screening, as the design says, with intervals and without luck.
    EXPERIMENT is a file, a shipped name or a folder of results; what is missing is run first.
    """
    from sim.cli.analyses import show_sensitivity

    show_sensitivity(experiment, options)


@govshift.command(
    "discover",
    short_help="Say under which conditions a target is missed.",
    epilog="""\b
    Examples:
      govshift discover deep_uncertainty --when "efficiency < 50" --policy gov1
      govshift discover outputs/my_plan/3f2a --when "trust < 40 and inclusion < 70" --tree""",
)
@click.argument("results")
@click.option("--when", required=True, metavar="CONDITION",
              help="What happens, as \"trust < 40\"; < <= > >=, joined by 'and'.")  # fmt: skip
@click.option("--policy", "policies", multiple=True, metavar="NAME", help="Only this policy.")
@click.option("--tree", is_flag=True, help="Grow a decision tree as well.")
@analysis_options
def discover_command(results: str, when: str, **options: Any) -> None:
    """Scenario discovery: the conditions, in words, under which something happens.

    Boxes of factors (PRIM) with density, coverage and how they do on futures kept out of the
    search. RESULTS is a folder of results, or an experiment, which is run first.
    """
    from sim.cli.analyses import show_discovery

    show_discovery(results, when, options)


@govshift.command(
    "robust",
    short_help="Say which policy is never far from the best one.",
    epilog="""\b
    Example:
      govshift robust deep_uncertainty --target "trust >= 40" --target "efficiency >= 50\"""",
)
@click.argument("experiment")
@click.option("--target", "targets", multiple=True, metavar="CONDITION",
              help="Share of futures that meet it, as \"trust >= 45\".")  # fmt: skip
@experiment_worlds_options
@analysis_options
def robust_command(experiment: str, **options: Any) -> None:
    """Regret of each policy across the futures of an experiment, and targets met.

    EXPERIMENT is a file, a shipped name or a folder of results; what is missing is run first.
    """
    from sim.cli.analyses import show_robustness

    show_robustness(experiment, options)


@govshift.command(
    "regimes",
    short_help="Map which policy wins where.",
    epilog="""\b
    Example:
      govshift regimes regimes""",
)
@click.argument("experiment")
@experiment_worlds_options
@analysis_options
def regimes_command(experiment: str, **options: Any) -> None:
    """Which policy wins which outcome over two context factors, cell by cell, with confidence.

    EXPERIMENT is a file, a shipped name or a folder of results with two factors on a grid; what is
    missing is run first.
    """
    from sim.cli.analyses import show_regimes

    show_regimes(experiment, options)


@govshift.command(
    "story",
    short_help="Tell one life, or one government's years, under each scenario.",
    epilog="""\b
    Examples:
      govshift story typical gov1 gov2 gov3
      govshift story 745 gov2 my_plan.yaml --out outputs/745.csv
      govshift story Seoul endogenous squeeze_and_relief --all""",
)
@click.argument("who")
@click.argument("files", nargs=-1, required=True)
@click.option("--all", "everything", is_flag=True, help="Every turning point, not the weightiest.")
@click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), metavar="S", help="Seed.")
@click.option("--replicate", type=click.IntRange(0, 99_999), default=0, metavar="R",
              help="Which replicate's luck, from 0 (0).")  # fmt: skip
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE",
              help="Change one value of every scenario.")  # fmt: skip
@click.option("--citizens", type=click.IntRange(100, 60_000_000), metavar="N",
              help="Citizens simulated.")  # fmt: skip
@citizens_in_option
@click.option("--years", type=click.IntRange(1, 100), metavar="N", help="Years simulated.")
@click.option("--out", type=SystemPath(), metavar="FILE.csv",
              help="Monthly trace as CSV, and the figure beside it as PNG and SVG.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="No progress, only results.")
def story_command(who: str, files: tuple[str, ...], **options: Any) -> None:
    """Tell the turning points of one life under each scenario, side by side.

    WHO is a citizen's number, a kind of citizen (typical, low_skill, high_skill, low_status,
    high_status, low_trust, high_trust, active), a local government's name, or central. FILES are
    scenario files or shipped names. The person and the luck are the same under each.
    """
    from sim.cli.story import tell_story

    tell_story(who, files, options)


@govshift.command(
    "lesson",
    short_help="Give a lesson: predict, run, explain.",
    epilog="""\b
    Examples:
      govshift lesson
      govshift lesson trust --lang ko
      govshift lesson matching_funds --teacher > guide.md""",
)
@click.argument("name", required=False)
@click.option("--lang", type=click.Choice(["en", "ko"]), default="en",
              help="English or Korean (en).")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), metavar="S",
              help="Seed of the luck (the lesson's own).")  # fmt: skip
@click.option("--citizens", type=click.IntRange(100, 100_000), metavar="N",
              help="Citizens simulated (the lesson's own, 2000).")  # fmt: skip
@click.option("--answers", metavar="ANSWERS",
              help="Answers beforehand, as 1,3,40 in the order of the questions, or a file with "
              "one in each line.")  # fmt: skip
@click.option("--teacher", is_flag=True, help="Print the teacher's guide (Markdown) and stop.")
@click.option("--worksheet", is_flag=True, help="Print the students' sheet (Markdown) and stop.")
@click.option("--quiet", is_flag=True, help="No progress, only results.")
def lesson_command(name: str | None, **options: Any) -> None:
    """Give a lesson: the class predicts, the governments run, the result is held beside it.

    NAME is a shipped lesson or a lesson file; without one all lessons are listed. Questions are
    asked in the terminal, and asked again where an answer cannot be read; without a terminal
    answers come from --answers or from lines of standard input. Nothing is written to disk.
    """
    from sim.cli.lesson import show_lesson

    show_lesson(name, options)


@govshift.command(
    "transitions",
    short_help="Say how governments move along the figure, and back.",
    epilog="""\b
    Examples:
      govshift transitions endogenous squeeze_and_relief
      govshift transitions my_plan.yaml --replicates 20 --citizens 2000""",
)
@click.argument("files", nargs=-1, required=True)
@worlds_options
@shared_options
def transitions_command(files: tuple[str, ...], **options: Any) -> None:
    """Analyse transitions: time in each paradigm, order of rows, leaps, reversals, spread,
    hysteresis, early warnings, and the patterns that a transition must show.

    FILES are scenario files or shipped names whose governments move (scheduled or endogenous). Each
    endogenous scenario also runs with its positions held, and without its squeeze if it has one.
    """  # noqa: D205
    from sim.cli.transitions import analyse_files

    analyse_files(files, options)


@govshift.command(
    "evidence",
    short_help="Hold the model against what was observed.",
    epilog="""\b
    Examples:
      govshift evidence
      govshift evidence --worlds 0
      govshift evidence --citizens 5000 --replicates 4
      govshift evidence --data my_figures.csv --out outputs/my_figures""",
)
@click.option("--data", type=SystemPath(), metavar="FILE",
              help="Figures of your own, as CSV: country,year,indicator,value.")  # fmt: skip
@click.option("--until", type=click.IntRange(2004, 2024), metavar="YEAR",
              help="Last year that forecasts know; later figures are scored (2011).")  # fmt: skip
@click.option("--citizens", type=click.IntRange(500, 60_000_000), metavar="N",
              help="Citizens simulated in each scenario (2000).")  # fmt: skip
@click.option("--replicates", type=click.IntRange(1, 100_000), metavar="N",
              help="Replicates of each scenario (2).")  # fmt: skip
@click.option("--worlds", type=click.IntRange(0, 10_000), metavar="N",
              help="Plausible worlds beside the declared parameters (20; 0: none).")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), metavar="S",
              help="Seed of all replicates.")  # fmt: skip
@click.option("--out", type=SystemPath(), metavar="DIR",
              help="Results folder (outputs/NAMES/HASH); worlds go beside it.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="No progress, only results.")
@where_options
def evidence_command(**options: Any) -> None:
    """Hold the model against what was observed: each pattern with its band, pass or miss, and the
    use of e-government foretold from 2011, against what came and against naive forecasters.

    The three paradigms, variants of them, thirty-one years of Korea, governments that reform
    themselves and E-Government in 18 European countries are run, with the parameters as declared
    and in plausible worlds; observed figures are calibration data that ship with the tool. With
    --data, or another year --until, forecasts alone: countries (ISO alpha-3) are foretold from what
    the file has up to that year, and what it has later is scored. Results: scores.csv,
    predictions.csv, nulls.csv.
    """  # noqa: D205
    from sim.cli.evidence import show_evidence

    show_evidence(options)


@govshift.command(
    "fit",
    short_help="Fit what nobody knows to what was observed in Europe.",
    epilog="""\b
    Examples:
      govshift fit
      govshift fit DNK EST PRT --points 128 --truths 20""",
)
@click.argument("countries", nargs=-1)
@click.option("--until", type=click.IntRange(2008, 2011), default=2011, metavar="YEAR",
              help="Nothing later than this year is used (2011).")  # fmt: skip
@click.option("--citizens", type=click.IntRange(100, 60_000_000), default=2_000, metavar="N",
              help="Citizens simulated in each country (2000).")  # fmt: skip
@click.option("--points", type=click.IntRange(32, 100_000), default=256, metavar="N",
              help="Points tried in each country and wave (256).")  # fmt: skip
@click.option("--waves", type=click.IntRange(1, 10), default=2, metavar="N",
              help="Waves, each where the one before rules nothing out (2).")  # fmt: skip
@click.option("--refine", type=click.IntRange(0, 10), default=0, metavar="N",
              help="Rounds in which the emulator learns from runs of draws (0).")  # fmt: skip
@click.option("--draws", type=click.IntRange(50, 100_000), default=400, metavar="N",
              help="Draws of the posterior (400).")  # fmt: skip
@click.option("--truths", type=click.IntRange(20, 10_000), default=60, metavar="N",
              help="Known truths that test the fit itself (60).")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), default=1, metavar="S",
              help="Seed of points, luck and draws (1).")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 1024), metavar="N",
              help="Processors that share the work (all there are).")  # fmt: skip
@click.option("--cluster", metavar="ADDRESS", help="Scheduler of a running Dask cluster.")
@click.option("--out", type=SystemPath(), metavar="DIR", help="Results folder (outputs/fit/HASH).")
@click.option("--quiet", is_flag=True, help="No progress, only results.")
def fit_command(countries: tuple[str, ...], **options: Any) -> None:
    """Fit what nobody knows to use of e-government in Europe, and say what the data leave open.

    COUNTRIES are codes such as EST; all 18 with calibration data unless some are named. Waves of
    points find where the data rule nothing out, an emulator stands for the model there, and draws
    of the posterior are tested on known truths and on the model itself. What ships with the tool
    was made so. A stopped command goes on from where it was.
    """
    from sim.cli.fit import show_fit

    show_fit(countries, options)


@govshift.command(
    "odd",
    short_help="Write the ODD protocol of the model.",
    epilog="""\b
    Examples:
      govshift odd --out ODD.md
      govshift odd | less""",
)
@click.option("--out", type=SystemPath(), metavar="FILE", help="Write it into FILE (Markdown).")
def odd_command(out: Path | None) -> None:
    """Write the ODD protocol of the model (Grimm et al. 2020), to re-implement it from.

    All parameters and cells of the figure, state variables, the month's order, every equation,
    outcomes, initialisation, input data, calibration, validation and references, from the code's
    own declarations.
    """
    from sim.cli.documents import show_odd

    show_odd(out)


@govshift.command(
    "archive",
    short_help="Pack a finished study for a repository.",
    epilog="""\b
    Example:
      govshift archive outputs/my_plan --out my_plan.zip""",
)
@click.argument("results", type=SystemPath())
@click.option("--out", type=SystemPath(), metavar="FILE.zip", help="Zip file (RESULTS.zip).")
def archive_command(results: Path, out: Path | None) -> None:
    """Pack finished results for a repository, so that others can check and repeat them.

    Verified results, scenarios as files, versions, environment, checksums, codemeta.json,
    CITATION.cff and a README that says how to run it again. Damaged results are refused.
    """
    from sim.cli.documents import pack

    pack(results, out)


@govshift.command(
    "lab",
    short_help="Governments side by side on a page, moved while they run.",
    epilog="""\b
    Examples:
      govshift lab --open
      govshift lab --host 0.0.0.0 --port 8000""",
)
@click.option("--port", type=click.IntRange(0, 65_535), default=8050, metavar="N",
              help="Port to answer on (8050); 0 takes a free one.")  # fmt: skip
@click.option("--host", default="127.0.0.1", metavar="ADDRESS",
              help="Address to answer on: this machine only, unless told otherwise; then the page "
              "asks for a token.")  # fmt: skip
@click.option("--open", is_flag=True, help="Open the page in a browser.")
@click.option("--citizens", type=click.IntRange(100, 1_000_000), default=20_000, metavar="N",
              help="Citizens that one page may simulate at most (20,000).")  # fmt: skip
@click.option("--years", type=click.IntRange(1, 200), default=60, metavar="N",
              help="Years that one page may simulate at most, histories among them "
              "(60).")  # fmt: skip
@click.option("--pages", type=click.IntRange(1, 10_000), default=64, metavar="N",
              help="Pages that may be open at once (64).")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 1024), metavar="N",
              help="Processors that plausible worlds may take (all there are).")  # fmt: skip
def lab_command(**options: Any) -> None:
    """Governments side by side on a page, moved while they run.

    Two or three governments live on the same society with the same luck. Whatever is moved becomes
    a dated entry of the scenario, which the page gives away as a file. Works without a network.
    """
    from sim.cli.lab import serve

    serve(options)


@govshift.command(
    "bench",
    short_help="Measure how fast a month is on this machine, and where it goes.",
    epilog="""\b
    Examples:
      govshift bench --quick
      govshift bench --most 51700000 --out outputs/nation""",
)
@click.option("--most", type=click.IntRange(1_000, 60_000_000), metavar="N",
              help="Measure sizes up to N citizens (200000).")  # fmt: skip
@click.option("--quick", is_flag=True, help="Two sizes only, 2,000 and 20,000 citizens.")
@click.option("--out", type=SystemPath(), metavar="DIR", help="Results folder (outputs/bench).")
@click.option("--quiet", is_flag=True, help="No progress, only results.")
def bench_command(**options: Any) -> None:
    """Measure a month: against the same rules in plain Mesa and NumPy, and against the machine.

    All take turns in one process, so ratios hold on a busy machine too; times do not. Tables say
    how time and memory grow with the number of citizens, and which process takes how much.
    """
    from sim.cli.benching import measure_speed

    measure_speed(options)


@govshift.command(
    "compile",
    short_help="Compile the model ahead, for yourself or for many.",
    epilog="""\b
    Examples:
      govshift compile
      govshift compile --into /opt/govshift-compiled""",
)
@click.option("--into", type=SystemPath(), metavar="DIR",
              help="Also copy it into DIR; GOVSHIFT_COMPILED=DIR reads it there.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 1024), metavar="N", help="Processes, at most 4.")
@click.option("--quiet", is_flag=True, help="No progress, only results.")
def compile_command(**options: Any) -> None:
    """Compile the model before its first run, which would do so: a minute or two, once.

    For images, shared installations and clusters: with --into, a folder is filled that may be read
    by all and written by none.
    """
    from sim.cli.starting import compile_ahead

    compile_ahead(options)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    signal.signal(signal.SIGTERM, _stop)
    screen.open()
    code = _code_of(given or _default())
    screen.close()
    if screen.lost is not None and code == 0:
        say(f"govshift: the screen cannot be written: {screen.lost.strerror}", err=True)
        code = 1
    sys.exit(code)


def _code_of(arguments: Sequence[str]) -> int:
    try:
        govshift.main(arguments, prog_name="govshift", standalone_mode=False)
    except GovShiftError as error:
        say(str(error), err=error.exit_code != 0)
        return error.exit_code
    except click.ClickException as error:
        say(f"govshift: {' '.join(error.format_message().split())}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("Stopped.", err=True)
        return StoppedEarly.exit_code
    except UnicodeEncodeError as error:
        say(f"govshift: {_unnameable(error)}", err=True)
        return 1
    except Refused as refused:
        return _code_of_system(refused.error)
    return 0


def _code_of_system(error: OSError) -> int:
    """What the system refused, in one line, unless it was only to show something."""
    if _is_of_the_screen(error):
        screen.stop(error)
        return 0
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    what = f"{' -> '.join(map(one_line, names))}: " if names else ""
    say(f"govshift: {what}{error.strerror or one_line(str(error))}", err=True)
    return UserMistake.exit_code if error.errno in _WRONG_NAMES else 1


def _is_of_the_screen(error: OSError) -> bool:
    """Whether it came of showing something: click's help, which does not go through `say`."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code is click.echo.__code__ for frame, _ in frames)


def _unnameable(error: UnicodeEncodeError) -> str:
    """Why a file cannot be called so on this system."""
    text = short(one_line(error.object))
    return f"{text}: no name for a file under this locale ({error.encoding}); set PYTHONUTF8=1"


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _default() -> tuple[str, ...]:
    return _DEFAULT if os.path.isfile(_DEFAULT[1]) else _SHIPPED_DEFAULT

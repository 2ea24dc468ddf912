"""What the commands do, and what they print."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.cli.checking import warn_of
from sim.cli.progress import Progress
from sim.cli.screen import say
from sim.cli.starting import compile_model
from sim.errors import GovShiftError, ScenarioError, StoppedEarly, UserMistake
from sim.questions.comparison.alike import alike, is_shipped_name, unused
from sim.questions.comparison.assumed import assumptions_told
from sim.questions.comparison.counted import at_the_end
from sim.questions.comparison.decisions.path import path_lines
from sim.questions.comparison.decisions.screen import decision_lines
from sim.questions.comparison.findings import find, find_at_prices, sentences
from sim.questions.comparison.focus import focus_lines
from sim.questions.comparison.horizons import horizon_lines
from sim.questions.comparison.places import places_asked, places_told, with_citizens_in
from sim.questions.comparison.publish import More, default_folder, publish, slides_asked
from sim.questions.comparison.residents import too_few
from sim.questions.comparison.run import Stopped, refuse_unusable
from sim.questions.comparison.study import Runs, Study, plan_study, worlds_asked
from sim.questions.comparison.table import outcome_table
from sim.questions.comparison.worlds import (
    find_over_worlds,
    sentences_over_worlds,
    table_over_worlds,
)
from sim.questions.versions import (
    AGAINST,
    Against,
    Stored,
    against,
    read_stored,
    refuse_other,
)
from sim.questions.versions import sentences as sentences_against
from sim.runs.folder import Folder
from sim.runs.runner import Shard, Where
from sim.scenario import Scenario
from sim.text import near

Options = dict[str, Any]
_FEWEST_FOR_GAINS = 10
"""Variances of fewer replicates than this say little."""


def run_files(files: Sequence[str], options: Options) -> None:
    """Run scenarios and show their outcomes."""
    scenarios = with_citizens_in(load_all(files, options), options["citizens_in"])
    study = _study(scenarios, None, options)
    _carry_out(study, options)


def compare_files(files: Sequence[str], baseline: str | None, options: Options) -> None:
    """Run scenarios under the same luck and say what differs."""
    stored = None if options.get("against") is None else read_stored(options["against"])
    options = options if stored is None else as_asked_before(options, stored)
    scenarios = load_alike(files, options)
    if len(scenarios) == 1:
        raise UserMistake("compare: needs at least two scenarios; `run` takes one")
    names = [scenario.name for scenario in scenarios]
    if baseline is not None and baseline not in names:
        raise UserMistake(
            f"--baseline {baseline}: not among the compared scenarios{near(baseline, names)}"
        )
    study = _study(scenarios, baseline or names[0], options)
    if options["cost_of"] is not None and options["equal_cost"] is None:
        raise UserMistake("--cost-of: goes with --equal-cost")
    if options["equal_cost"] is not None:
        from sim.cli.equal_cost import equalised

        study, options = equalised(study, options)
    if stored is None:
        _carry_out(study, options)
    else:
        _carry_out_against(study, stored, options)


def _carry_out_against(study: Study, stored: Stored, options: Options) -> None:
    """Carry a comparison out, then say what differs from results of another version."""
    refuse_other(stored, study)
    found: list[Against] = []

    def hold_against(folder: Folder, runs: Runs) -> None:
        found.append(against(runs, stored))
        folder.attach({AGAINST: found[0].rows})

    runs, path, new, seconds = publish_study(study, options, hold_against)
    show_outcomes(runs)
    for one in found:
        say("\n".join(["", *sentences_against(one)]))
    tell_end(runs, path, new, seconds)


def as_asked_before(options: Options, stored: Stored) -> Options:
    """Options with the seed, replicates and worlds of stored results where none are given."""
    replicates, worlds, luck_only = stored.asked_again(
        options["replicates"], options["worlds"], luck_only=options["luck_only"]
    )
    seed = stored.seed if options["seed"] is None else options["seed"]
    again = {"seed": seed, "replicates": replicates, "worlds": worlds, "luck_only": luck_only}
    return dict(options) | again


def load_alike(files: Sequence[str], options: Options) -> list[Scenario]:
    """All scenarios; those of shipped names take society and period from the others."""
    scenarios, told = alike(load_all(files, options), [is_shipped_name(file) for file in files])
    for line in told:
        say(f"note: {line}", err=True)
    return with_citizens_in(scenarios, options.get("citizens_in", ()))


def load_all(files: Sequence[str], options: Options) -> list[Scenario]:
    """All scenarios with the options applied; the mistakes of all of them are told at once."""
    sets = list(options["sets"])
    if options["citizens"] is not None:
        sets.append(f"society.citizens={options['citizens']}")
    if options["years"] is not None:
        sets.append(f"years={options['years']}")
    for key in ("seed", "replicates"):
        if options.get(key) is not None and any(text.startswith(f"{key}=") for text in sets):
            sets.append(f"{key}={options[key]}")
    scenarios, wrong = [], []
    for file in files:
        try:
            scenarios.append(Scenario.load(file, sets=sets))
        except ScenarioError as error:
            wrong.extend(str(error).splitlines())
    warn_of(*scenarios)
    if wrong:
        raise ScenarioError("\n".join(dict.fromkeys(wrong)))
    return scenarios


def _study(scenarios: Sequence[Scenario], baseline: str | None, options: Options) -> Study:
    focus = places_asked(scenarios, options.get("focus", ()))
    study = plan_study(
        scenarios,
        replicates=options["replicates"],
        seed=options["seed"],
        baseline=baseline,
        engine=options["engine"],
        worlds=worlds_of(options),
        focus=focus,
    )
    warn_of_unused(study, scenarios, options)
    return study


def worlds_of(options: Options) -> int | None:
    """How many plausible worlds are asked for; None where luck alone is."""
    if options["luck_only"] and options["worlds"] is not None:
        raise UserMistake("--luck-only: draws no worlds, so it does not go with --worlds")
    return worlds_asked(options["worlds"], options["luck_only"])


def warn_of_unused(study: Study, scenarios: Sequence[Scenario], options: Options) -> None:
    """Say which seeds and numbers of replicates of files are not taken."""
    seed, luck = (options[key] is not None for key in ("seed", "replicates"))
    for line in unused(study, scenarios, seed=seed, luck=luck):
        say(f"warning: {line}", err=True)


def _carry_out(study: Study, options: Options) -> None:
    more = slides_asked(options["slides"])
    runs, folder, new, seconds = publish_study(study, options, more)
    show_outcomes(runs)
    tell_end(runs, folder, new, seconds)


def publish_study(
    study: Study, options: Options, more: More | None = None, *, draws: bool = True
) -> tuple[Runs, Path, int, float]:
    """Run what is missing, with progress; the runs, their folder, how many were new, seconds.

    `more` adds what else is found in them to the folder; it `draws` figures of outcomes or not.
    """
    progress = Progress(quiet=options["quiet"])
    where = replace(where_of(options), checkpoint=options["checkpoint"], hear=progress.hear)
    refuse_unusable(study, where)
    folder: Path = options["out"] or where.folder(default_folder(study))
    few = too_few(study.scenarios.values())
    if few:
        _say(f"warning: {few}", options)
    started = time.perf_counter()
    try:
        compile_model(options)
        with progress:
            runs = publish(
                study,
                folder,
                command=shlex.join(["govshift", *sys.argv[1:]]),
                where=where,
                progress=progress.advance,
                announce=progress.begin,
                waiting=lambda: _say(f"Waiting: another command writes {folder}.", options),
                more=more,
                draws=draws,
            )
    except Stopped as stopped:
        raise StoppedEarly(_how_to_go_on(stopped.runs, folder)) from None
    except KeyboardInterrupt:  # while what was kept is read, or results are written
        raise StoppedEarly(kept_told(folder)) from None
    return runs, folder, progress.new, time.perf_counter() - started


def where_of(options: Options) -> Where:
    """Who does the work, as the options say."""
    shard = None if options["shard"] is None else Shard.parse(options["shard"])
    return Where(options["jobs"], options["cluster"], shard, lambda text: say(text, err=True))


def tell_end(runs: Runs, folder: Path, new: int, seconds: float) -> None:
    """Say how much was run and where it is; raise if a replicate failed."""
    failed = len(runs.failures)
    count = f"{new} replicate{'' if new == 1 else 's'}"
    done = f"{count} in {seconds:.0f} s" if new or failed else "Nothing was missing"
    say(f"\n{done}; results are in {folder}")
    if failed:
        first = runs.failures.iloc[0]
        raise GovShiftError(
            f"{failed} of {new + failed} replicates failed, the first ({first['scenario']}, "
            f"replicate {first['replicate']}) at {first['stage']}: {first['message']}; "
            f"all are in {folder / 'failures.csv'}"
        )


def show_outcomes(runs: Runs) -> None:
    """Starting facts, the table of outcomes and, with a baseline, a sentence for each."""
    for line in places_told(runs.study) if runs.replicates else []:
        say(line)
    for line in assumptions_told(runs.study) if runs.replicates else []:
        say(line)
    if runs.replicates:
        say("\n".join([*decision_lines(runs), ""]))
    if runs.replicates and runs.study.worlds:
        say(table_over_worlds(runs))
        _show_over_time(runs)
        found = find_over_worlds(runs)
        head = [at_the_end(runs.study)] if found else []
        say("\n".join(["", *head, *sentences_over_worlds(found, runs)]))
    elif runs.replicates:
        say(outcome_table(runs))
        _show_over_time(runs)
        for sentence in _sentences(runs):
            say(sentence)
    for line in focus_lines(runs) if runs.replicates else []:
        say(line)


def _show_over_time(runs: Runs) -> None:
    """Outcomes at some years, and what the way there is like."""
    for lines in (horizon_lines(runs), path_lines(runs)):
        if lines:
            say("\n".join(["", *lines]))


def _sentences(runs: Runs) -> list[str]:
    if runs.study.baseline is None:
        return []
    gains = [gain for outcomes in runs.variance_gains().values() for gain in outcomes.values()]
    told = find(runs)
    head = [at_the_end(runs.study)] if told else []
    lines = ["", *head, *sentences(told, find_at_prices(runs))]
    if gains and runs.replicates >= _FEWEST_FOR_GAINS:
        lines.append(
            "Numbers in brackets are 95 % confidence. Common luck made the variance of these "
            f"differences {min(gains):.1f} to {max(gains):.1f} times smaller than unpaired "
            "replicates would (by outcome in manifest.json)."
        )
    return lines


def _how_to_go_on(runs: Runs, folder: Path) -> str:
    kept = len(runs.timeseries[["scenario", "replicate"]].drop_duplicates())
    return (
        f"Stopped. {kept} finished replicates are kept in {folder}; "
        "the same command goes on from there."
    )


def kept_told(folder: Path) -> str:
    """Where what was found is, if anything is there yet."""
    if not folder.exists():
        return "Stopped."
    return f"Stopped. What was found is kept in {folder}; the same command goes on from there."


def _say(text: str, options: Options) -> None:
    if not options["quiet"]:
        say(text, err=True)

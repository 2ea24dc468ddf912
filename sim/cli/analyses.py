"""The analyses of experiments: run what is missing, say what was found, write it down."""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from sim.cli.screen import say
from sim.cli.sweeping import run_missing
from sim.errors import UserMistake
from sim.experiments.experiment import Experiment
from sim.experiments.over_worlds import unused_replicates
from sim.experiments.plan import Plan
from sim.experiments.sweep import Sweep
from sim.questions.analysis import Analysis, Studied, in_worlds, only_policies, require, swept
from sim.questions.results import publish_analysis
from sim.text import cut_bytes, file_words

Options = dict[str, Any]
_LONGEST = 100
"""Bytes of a file's name that the chosen policies may take."""
_FLAGS = {"sets": "set", "luck_only": "luck-only"}
_IN_WORLDS = ("worlds", "replicates", "luck_only")


def show_sensitivity(source: str, options: Options) -> None:
    """Rank the factors of an experiment."""
    require("SALib", "sensitivity", "analysis")
    from sim.questions.sensitivity.analysis import analyse_sensitivity, designed, refuse_design

    asked = designed(_loaded(source, options), options["method"], options["points"])
    asked = only_policies(asked, options["policies"], options["out"])
    done = _swept(asked, options, refuse_design)
    found = analyse_sensitivity(done.plan, done.runs, policies=options["policies"])
    tables = {"": found.table} | ({"_pairs": found.pairs} if len(found.pairs) else {})
    _tell(found, done, f"sensitivity{_only(options)}", tables)


def show_discovery(source: str, when: str, options: Options) -> None:
    """Say under which conditions something happens."""
    require("ema_workbench", "discover", "discovery")
    from sim.questions.discovery.analysis import analyse_discovery, refuse

    policies = options["policies"]
    asked = only_policies(_loaded(source, options), policies, options["out"])
    done = _swept(asked, options, lambda plan: refuse(plan, when, policies))
    found = analyse_discovery(done.plan, done.runs, when, policies=policies, tree=options["tree"])
    tables = {"": found.table, "_tradeoff": found.tradeoff}
    if options["tree"]:
        tables["_tree"] = found.leaves
    _tell(found, done, f"discovery_{found.condition.slug}{_only(options)}", tables)


def show_robustness(source: str, options: Options) -> None:
    """Say which policy is never far from the best one."""
    from sim.questions.robustness.analysis import analyse_robustness, refuse

    targets = options["targets"]
    done = _swept(_in_worlds(source, options), options, lambda plan: refuse(plan, targets))
    found = analyse_robustness(done.plan, done.runs, targets=targets)
    settled = {"_order": found.order} if done.plan.worlds else {"_replicates": found.needed}
    tables = {"": found.table, **settled}
    if len(found.targets):
        tables["_targets"] = found.targets
    _tell(found, done, "robustness", tables)


def show_regimes(source: str, options: Options) -> None:
    """Say which policy wins where."""
    from sim.questions.regimes.analysis import analyse_regimes, refuse

    done = _swept(_in_worlds(source, options), options, refuse)
    found = analyse_regimes(done.plan, done.runs)
    tables = {"": found.cells, "_shares": found.shares, "_moves": found.moves}
    _tell(found, done, "regimes", tables | {"_borders": found.borders})


def _only(options: Options) -> str:
    """The chosen policies as part of a file's name, so that each choice has files of its own."""
    words = "".join(f"_{file_words(name) or '_'}" for name in options["policies"])
    if len(words.encode()) <= _LONGEST:
        return words
    digest = hashlib.sha256("\n".join(options["policies"]).encode()).hexdigest()
    return f"{cut_bytes(words, _LONGEST)}_{digest[:8]}"


def _loaded(source: str, options: Options) -> Studied:
    """A results folder as it is, or an experiment with the options applied."""
    if Path(source).is_dir():
        for option in ("sets", "out", "cluster", "shard", "retry", *_IN_WORLDS):
            if options.get(option):
                name = _FLAGS.get(option, option)
                raise UserMistake(f"--{name}: {source} holds finished runs, which stay as they are")
        return Path(source)
    return Experiment.load(source, sets=options["sets"])


def _in_worlds(source: str, options: Options) -> Studied:
    """What is asked, in plausible worlds unless luck alone is asked for."""
    if options["luck_only"] and options["worlds"] is not None:
        raise UserMistake("--luck-only: draws no worlds, but --worlds asks for some; leave one out")
    own = _loaded(source, options)
    asked = in_worlds(
        own,
        worlds=options["worlds"],
        replicates=options["replicates"],
        luck_only=options["luck_only"],
    )
    untold = options["replicates"] is None
    if untold and isinstance(own, Experiment) and isinstance(asked, Experiment):
        unused = unused_replicates(own, asked)
        if unused:
            say(f"note: {unused}", err=True)
    return asked


def _swept(source: Studied, options: Options, check: Callable[[Plan], None]) -> Sweep:
    """The runs, unless the analysis refuses their plan; what is missing is run first."""
    if not isinstance(source, Experiment):
        return swept(source, {}, check=check)
    check(source.plan())
    done, _ = run_missing(source, options)
    return done


def _tell(found: Analysis, done: Sweep, name: str, tables: dict[str, pd.DataFrame]) -> None:
    """Print the sentences, and write them beside tables and figure."""
    for sentence in found.sentences:
        say(sentence)
    where = publish_analysis(found, done, name, tables, shlex.join(["govshift", *sys.argv[1:]]))
    say(f"\nTables, figure and these sentences are in {where}.*")

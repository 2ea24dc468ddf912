"""The results folder of `fit`: runs as they end, then the posterior and its tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import frames
from sim.paged import page_of_results
from sim.questions.analysis import require
from sim.questions.europe import START
from sim.questions.fit.asked import Question
from sim.questions.fit.calibration import (
    SIMULATED,
    TRUTH_STEPS,
    TRUTHS,
    calibration_table,
    share_held,
    simulated_truth_tasks,
    truth_tasks,
)
from sim.questions.fit.checking import CHECKED, Checked, check, drawn_points
from sim.questions.fit.emulator import Emulator
from sim.questions.fit.likelihood import Likelihood
from sim.questions.fit.posterior import COLUMNS, identifiability, posterior_table
from sim.questions.fit.sampling import STEPS, sample
from sim.questions.fit.simulated import Simulator
from sim.questions.fit.target import INDICATORS, Target
from sim.questions.fit.waves import Wave, match
from sim.questions.fit.words import told
from sim.questions.numbered import numbers_of
from sim.runs.chunk import Done
from sim.runs.folder import PARTS, Folder, held, refuse_strangers
from sim.runs.manifest import origin
from sim.runs.parts import Parts
from sim.runs.runner import Where, session
from sim.runs.sealed import DamagedPart
from sim.runs.version import model_version

POSTERIOR, ABOUT, TEXT = "posterior.csv", "posterior.json", "fit.txt"
WAVES = frames.whole("wave", "points") | frames.numbers("off_use", "off_forms", "left")
"""Columns of `waves.csv`: points in each country, what the emulator is off, share not ruled out."""


@dataclass(frozen=True)
class Fit:
    """What a fit found: the posterior, what the data say of each parameter, and the tests of it."""

    question: Question
    posterior: pd.DataFrame
    identifiability: pd.DataFrame
    calibration: pd.DataFrame
    checked: Checked
    waves: pd.DataFrame
    effective: float
    held: float
    """Share of simulated truths' values inside the central 90 % of draws."""

    @property
    def sentences(self) -> list[str]:
        """What it found, in sentences."""
        return told(
            self.question, self.identifiability, self.calibration, self.checked, self.waves,
            self.effective, self.held,
        )  # fmt: skip


def fit_folder(question: Question, root: Path = Path("outputs")) -> Path:
    """`outputs/fit/<hash>`: one folder for each different question."""
    return root / "fit" / question.digest[:12]


def publish_fit(
    question: Question,
    path: Path,
    *,
    command: str = "",
    where: Where | None = None,
    truths: int = TRUTHS,
    checked: int = CHECKED,
    steps: tuple[int, int] = (STEPS, TRUTH_STEPS),
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Done], None] | None = None,
    waiting: Callable[[], None] | None = None,
) -> Fit:
    """Run what a results folder lacks, fit, and write everything.

    `truths` test the fit, `checked` draws are run; walkers take so many `steps` on the figures that
    were observed, and on those of each truth.

    Raises `UserMistake` if a library is missing or the folder holds something else, `ResultsError`
    if it cannot be written, `GovShiftError` if a run fails.
    """
    for package in ("sklearn", "emcee"):
        require(package, "fit", "fit")
    where = where or Where()
    refuse_strangers(path, question.digest)
    with (
        where.executor(1 << 20) as executor,
        held(path, question.digest, waiting),
        session(path / PARTS, executor, warn=where.warn) as running,
    ):
        folder = Folder(path)
        manifest = origin(command) | {
            "kind": "fit", "digest": question.digest, "seed": question.seed,
        }  # fmt: skip
        folder.begin(manifest)
        if announce is not None:
            near = question.refine * (question.points // 2)
            each = question.waves * question.points + near + checked + SIMULATED
            whole = each * len(question.countries) + truths + SIMULATED
            announce(max(0, whole - _there(running.parts)))
        target = Target.of(question)
        found = _found(question, folder, target, Simulator(question, target, running, progress),
                       truths, checked, steps)  # fmt: skip
        _write(folder, found, command)
        folder.seal(manifest)
        page_of_results(folder)
    return found


def _found(
    question: Question,
    folder: Folder,
    target: Target,
    simulate: Simulator,
    truths: int,
    checked: int,
    steps: tuple[int, int],
) -> Fit:
    matched = match(question, target, simulate)
    key = f"{question.seed} fit"
    countries = len(question.countries)
    first = question.waves * question.points * countries
    emulator, points, values = matched.emulator, matched.points, matched.values
    for number in range(question.refine):
        near = sample(
            Likelihood.of(emulator, target), len(COLUMNS), f"{key} {number}",
            draws=question.draws, steps=steps[0] // 2,
        )  # fmt: skip
        likelihood = Likelihood.of(emulator, target)
        run = drawn_points(likelihood, near, f"{key} {number}", question.points // 2)
        values = np.concatenate([values, simulate(run, first)], axis=1)
        points = np.concatenate([points, run], axis=1)
        first += run.shape[1] * countries
        emulator = Emulator.of(points, values, question.seed)
    likelihood = Likelihood.of(emulator, target)
    sampled = sample(likelihood, len(COLUMNS), key, draws=question.draws, steps=steps[0])
    posterior = posterior_table(sampled)
    folder.write_csv(POSTERIOR, posterior)
    folder.write_csv("identifiability.csv", identifiability(posterior))
    after = check(likelihood, sampled, simulate, first, key, checked)
    first += checked * countries
    seed, running = question.seed, simulate.running
    ranks = numbers_of(
        truth_tasks(emulator, target, seed, truths, steps[1]), running, simulate.progress
    )
    known = numbers_of(
        simulated_truth_tasks(emulator, target, seed, simulate, first, steps[1]),
        running,
        simulate.progress,
    )
    return Fit(
        question, posterior, identifiability(posterior), calibration_table(ranks), after,
        _waves(matched.waves), sampled.effective, share_held(known),
    )  # fmt: skip


def _waves(waves: tuple[Wave, ...]) -> pd.DataFrame:
    rows = ((wave.number, wave.points, *wave.error, wave.left) for wave in waves)
    return frames.table(WAVES, rows)


def _write(folder: Folder, found: Fit, command: str) -> None:
    folder.write_csv("calibration.csv", found.calibration)
    folder.write_csv("checked.csv", found.checked.table)
    folder.write_csv("waves.csv", found.waves)
    about = json.dumps(_about(found, command), indent=1) + "\n"
    for name, text in ((ABOUT, about), (TEXT, "\n".join(found.sentences) + "\n")):
        with folder.writing(name) as file:
            file.write_text(text, encoding="utf-8")


def _about(found: Fit, command: str) -> dict[str, Any]:
    """What ships beside the posterior: from what it was made, and how."""
    asked = found.question
    return {
        "data_until": asked.until,
        "simulated_from": START,
        "countries": list(asked.countries),
        "indicators": list(INDICATORS),
        "model_version": model_version(),
        "seed": asked.seed,
        "citizens": asked.citizens,
        "points": asked.points,
        "waves": asked.waves,
        "draws": len(found.posterior),
        "command": command,
    }


def _there(parts: Parts) -> int:
    """How many units the folder has."""
    count = 0
    for name in parts.there():
        try:
            tables = parts.sound(name)[1]
        except DamagedPart:
            continue
        count += sum(table.num_rows for table in tables.values())
    return count

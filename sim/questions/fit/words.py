"""What a fit found, in sentences."""

from __future__ import annotations

import pandas as pd

from sim.questions.fit.asked import Question
from sim.questions.fit.calibration import SIMULATED
from sim.questions.fit.checking import Checked
from sim.text import number

_NAME = 34
_FEW = 20.0
_FAR = 1.0


def told(
    question: Question,
    identifiability: pd.DataFrame,
    calibration: pd.DataFrame,
    checked: Checked,
    waves: pd.DataFrame,
    effective: float,
    held: float,
) -> list[str]:
    """The table of what the data say, the parameters of which they say nothing, and the tests."""
    countries = len(question.countries)
    lines = [
        f"Fitted to yearly use of e-government and forms in {countries} countries, nothing later "
        f"than {question.until}.",
        "",
        "parameter".ljust(_NAME) + "declared".rjust(18) + "posterior".rjust(10)
        + "central 90 %".rjust(20) + "shrinkage".rjust(11),
    ]  # fmt: skip
    rows = identifiability.to_dict("records")
    for row in rows:
        declared = f"{_short(row['prior_low'])} to {_short(row['prior_high'])}"
        middle = f"{_short(row['low'])} to {_short(row['high'])}"
        lines.append(
            str(row["parameter"]).ljust(_NAME) + declared.rjust(18)
            + _short(row["mean"]).rjust(10) + middle.rjust(20) + f"{row['shrinkage']:.2f}".rjust(11)
        )  # fmt: skip
    nothing = [str(row["parameter"]) for row in rows if row["said"] == "nothing"]
    lines += ["", f"Of these the data say next to nothing: {', '.join(nothing) or 'none'}."]
    last = waves.iloc[-1]
    lines.append(
        f"The emulator is off by {last['off_use']:.1f} points in use and {last['off_forms']:.1f} "
        f"in forms on points that it has not seen; {100 * last['left']:.2g} % of the ranges is not "
        f"ruled out. The draws are worth {effective:.0f} independent ones."
    )
    return [*lines, *_checked(checked), *_calibrated(calibration, held)]


def _checked(checked: Checked) -> list[str]:
    rows = checked.table.to_dict("records")
    moved = [f"{r['parameter']} {r['shift']:+.1f}" for r in rows if abs(r["shift"]) > _FAR]
    where = f"moves by more than one standard deviation: {', '.join(moved)}" if moved else (
        "no mean moves by more than one standard deviation"
    )  # fmt: skip
    weak = ", too few to settle it" if checked.worth < _FEW else ""
    return [
        f"Run on the model itself, draws differ from the emulator by {checked.off[0]:.1f} points "
        f"in use and {checked.off[1]:.1f} in forms; weighted by the model's own likelihood (worth "
        f"{checked.worth:.0f} draws{weak}), {where}."
    ]


def _calibrated(calibration: pd.DataFrame, held: float) -> list[str]:
    odd = calibration.loc[calibration["ks_p"] < 0.05 / len(calibration), "parameter"].tolist()
    count = int(calibration["truths"].iloc[0])
    least = calibration["ks_p"].min()
    wrong = f"not uniform for {', '.join(odd)}" if odd else "uniform as far as can be told"
    return [
        f"Of {count} known truths, {100 * calibration['held_90'].mean():.0f} % of values lie in "
        f"the central 90 % of their draws, and ranks are {wrong} (smallest p of "
        f"{len(calibration)}: {least:.2g}); of {SIMULATED} simulated by the model, "
        f"{100 * held:.0f} % of values."
    ]


def _short(value: float) -> str:
    return number(float(f"{value:.3g}"))

"""What columns mean in results that are no study: unit, direction and meaning, by kind of file."""

from __future__ import annotations

from collections.abc import Mapping

Said = tuple[str, str, str]
_OF = "of the outcome"


def _ended(name: str, what: str, unit: str, direction: str = "") -> dict[str, Said]:
    """A value and the ends of its 95 % confidence."""
    return {
        name: (unit, direction, what),
        f"{name}_low": (unit, direction, f"lower end of the 95 % confidence: {what}"),
        f"{name}_high": (unit, direction, f"upper end of the 95 % confidence: {what}"),
    }


# fmt: off
_RUNS: dict[str, Said] = {
    "run_id": ("number", "", "number of the run, from 0"),
    "point": ("number", "", "number of the design point, from 0: one value of each factor"),
    "policy": ("", "", "name of the policy"),
    "status": ("", "", "how the run ended: ok, or where it failed"),
    "seconds": ("s", "lower", "time that the run took"),
}
_FACTORS: dict[str, Said] = {
    "factor": ("", "", "name of the factor, a column of runs.csv"),
    "role": ("", "", "lever, uncertainty or constant"),
    "assumed": ("", "", "whether no source gives its default"),
    "futures": ("count", "", "futures: design points, or worlds, that count"),
    "other": ("", "", "name of the policy, or row, that it is held against"),
    "condition": ("", "", "the condition that was asked for"),
}
_SENSITIVITY: dict[str, Said] = {
    "rank": ("number", "", "place by size, from 1"),
    **_ended("total", "share of the variance with all that the factor takes part in", "0-1"),
    **_ended("first", "share of the variance by the factor alone", "0-1"),
    **_ended("effect", "how far the factor moves the outcome over its whole range, without sign", _OF),
    "mean_effect": (_OF, "", "mean effect over the whole range, with its sign"),
    "sd_effect": (_OF, "", "standard deviation of effects: large where it hangs on other factors"),
    "luck": ("0-1", "lower", "share of the variance that is luck"),
    "points": ("count", "", "design points"),
}
_ROBUSTNESS: dict[str, Said] = {
    "rank": ("number", "lower", "place by worst regret, from 1"),
    **_ended("mean", "mean of the outcome over futures", _OF),
    **_ended("regret_mean", "mean distance to the best policy of each future", _OF, "lower"),
    **_ended("regret_p90", "that distance, exceeded in one of ten futures", _OF, "lower"),
    **_ended("regret_max", "largest distance to the best policy", _OF, "lower"),
    **_ended("best_share", "share of futures in which it is the best", "0-1", "higher"),
    **_ended("worst", "outcome in the worst future", _OF),
    "first_share": ("0-1", "higher", "share of resampled futures in which it is first"),
    "target": ("", "", "the condition that is to be met"),
    **_ended("share", "share of futures that meet it", "0-1", "higher"),
    "nearly_certain": ("count", "", "futures in which one of the two is better, nearly certainly"),
    "likely": ("count", "", "futures in which that is likely"),
    "leaning": ("count", "", "futures that lean one way"),
    "open": ("count", "", "futures in which it is open which is better"),
    "too_few_worlds": ("count", "", "futures with too few worlds to say"),
    "same": ("count", "", "futures in which both are the same"),
    "settled": ("count", "", "futures in which replicates settle which is better"),
    "needed_median": ("count", "lower", "replicates that would settle it in half of the open futures"),
    "needed_p90": ("count", "lower", "replicates that would settle it in nine of ten of them"),
}
_REGIMES: dict[str, Said] = {
    "point": ("number", "", "number of the cell of the map, from 0"),
    "x": ("of the first factor", "", "value of the first factor; in borders, where the lead changes"),
    "y": ("of the second factor", "", "value of the second factor"),
    "winner": ("", "", "policy that wins the cell; empty while undecided"),
    "leader": ("", "", "policy with the best mean in the cell"),
    "runner_up": ("", "", "the next best"),
    "margin": (_OF, "higher", "mean lead of the leader over the runner-up"),
    "low": ("as the value beside it", "", "lower end: of the central 90 % of worlds; in moves, the factor's low value"),
    "high": ("as the value beside it", "", "upper end: of the central 90 % of worlds; in moves, the factor's high value"),
    "cells": ("count", "", "cells of the map"),
    "won": ("count", "higher", "cells that the policy wins"),
    **_ended("share", "share of cells, or of worlds, that it wins", "0-1", "higher"),
    "led": ("count", "higher", "cells in which its mean is the best"),
    "led_low": ("count", "", "lower end of the 95 % confidence of the cells that it leads"),
    "led_high": ("count", "", "upper end of the 95 % confidence of the cells that it leads"),
    "from": ("of the factor", "", "value that the factor moves from"),
    "to": ("of the factor", "", "value that it moves to"),
    "change": (_OF, "", "how much the lead of the policy over the other changes with the factor"),
}
_DISCOVERY: dict[str, Said] = {
    "box": ("number", "", "number of the box, from 1"),
    "range_low": ("of the factor", "", "lower limit of the box"),
    "range_high": ("of the factor", "", "upper limit of the box"),
    "p_low": ("0-1", "lower", "chance of a lower limit as telling, if the factor told nothing"),
    "p_high": ("0-1", "lower", "chance of an upper limit as telling, if the factor told nothing"),
    **_ended("density", "share of the futures inside that meet the condition", "0-1", "higher"),
    **_ended("coverage", "share of the futures that meet the condition that are inside", "0-1", "higher"),
    **_ended("density_new", "density in futures that the search never saw", "0-1", "higher"),
    "coverage_new": ("0-1", "higher", "coverage in futures that the search never saw"),
    "cases": ("count", "", "futures inside"),
    "of_interest": ("count", "", "futures that meet the condition"),
    "base_share": ("0-1", "", "share of all futures that meet the condition"),
    "candidate": ("number", "", "step of the search, from 0"),
    "limits": ("count", "lower", "limits that the box has"),
    "chosen": ("", "", "whether this candidate is told"),
}
_WALKS: dict[str, Said] = {
    "orders": ("count", "", "random orders of the rows"),
    "share": (_OF, "", "what the row adds, mean over orders; shares sum to the difference"),
    "part": ("0-1", "", "share of the whole difference; below 0 where it goes the other way"),
    "other": ("", "", "the other row of the pair"),
    "interaction": (_OF, "", "what both rows add together beyond what each adds alone"),
    "clear": ("", "", "whether its 95 % confidence leaves out 0"),
}
_ROADMAP: dict[str, Said] = {
    "schedule": ("", "", "name of the schedule: in which year each row begins to move"),
    "against": ("", "", "the schedule that it is held against: a simple rule, or a random order"),
    "year": ("years", "", "year since the start, from 1; in roadmap.csv that in which the row begins to move, empty for never"),
    "months": ("months", "", "how long the row's move takes"),
    "kind": ("", "", "chosen, rule, random order, or one search alone"),
    "money": ("money per citizen", "lower", "spent on moving rows in the year, at the declared price"),
    "difference": (_OF, "", "mean paired difference: from staying, or from the schedule beside it"),
    "verdict": ("", "", "better, worse, level or open"),
}
_FORECASTS: dict[str, Said] = {
    "mean": (_OF, "", "forecast, mean of the draws"),
    "low": (_OF, "", "lower end of the 90 % interval of the forecast"),
    "high": (_OF, "", "upper end of the 90 % interval of the forecast"),
    "year": ("year", "", "calendar year that is foretold"),
    "worse": ("percentage points", "higher", "root mean square error above that of the forecast as it is"),
    "n": ("count", "", "figures that are scored"),
}
_FIT: dict[str, Said] = {
    "country_spread": ("logits", "", "how much countries differ beyond what the model says"),
    "discrepancy.egov_use_12m": ("percentage points", "", "what the model is off in use of e-government, beside luck"),
    "discrepancy.egov_forms_12m": ("percentage points", "", "what the model is off in sending forms, beside luck"),
    "prior_low": ("of the parameter", "", "lower end of what was possible before the data"),
    "prior_high": ("of the parameter", "", "upper end of what was possible before the data"),
    "mean": ("of the parameter", "", "mean of the draws of the posterior"),
    "sd": ("of the parameter", "", "standard deviation of the draws"),
    "low": ("of the parameter", "", "lower end of the central 90 % of the draws"),
    "high": ("of the parameter", "", "upper end of the central 90 % of the draws"),
    "shrinkage": ("0-1", "higher", "how much narrower than before the data: 1 - sd(posterior) / sd(prior)"),
    "said": ("", "", "how much the data say: much, something or nothing"),
    "truths": ("count", "", "known truths that the fit was tested on"),
    "mean_rank": ("0-1", "", "mean rank of the truth among the draws; .5 is right"),
    "chi_square": ("", "lower", "statistic of even ranks in bins"),
    "chi_square_p": ("0-1", "higher", "chance of a larger statistic, if ranks are even"),
    "ks_p": ("0-1", "higher", "chance of a larger distance from even ranks (Kolmogorov-Smirnov)"),
    "held_90": ("0-1", "", "share of truths inside the central 90 % of the draws; .9 is right"),
    "mean_checked": ("of the parameter", "", "mean of the draws weighted by runs of the model itself"),
    "shift": ("posterior sds", "", "how far that moves the mean"),
    "sd_ratio": ("ratio", "", "standard deviation so weighted over that of the draws"),
    "wave": ("number", "", "number of the wave, from 1"),
    "points": ("count", "", "points tried in each country"),
    "off_use": ("percentage points", "lower", "error of the emulator in use of e-government"),
    "off_forms": ("percentage points", "lower", "error of the emulator in sending forms"),
    "left": ("0-1", "lower", "share of the space that is not ruled out"),
}
_AGAINST: dict[str, Said] = {
    "of": ("", "", "value of a scenario, or difference to the baseline"),
    "before": (_OF, "", "mean in the stored results"),
    "now": (_OF, "", "mean in the present ones"),
    **_ended("change", "now less before", _OF),
    "margin": (_OF, "", "what differs by less does not matter"),
    "pairing": ("", "", "paired replicate by replicate, or unpaired"),
    "verdict": ("", "", "same, too small to matter, changed, open, too few, new or gone"),
    "version_before": ("", "", "version of the model that made the stored results"),
    "version_now": ("", "", "version of the model that made the present ones"),
}
_PATTERNS: dict[str, Said] = {
    "fitted_mean": ("of the measure", "", "simulated with one fitted set, mean"),
    "fitted_verdict": ("", "", "whether that is inside the band"),
    "world_mean": ("of the measure", "", "simulated in plausible worlds, mean"),
    "world_low": ("of the measure", "", "lower end of the central 90 % of worlds"),
    "world_high": ("of the measure", "", "upper end of the central 90 % of worlds"),
    "world_verdict": ("", "", "whether the mean over worlds is inside the band"),
}
# fmt: on

BY_START: tuple[tuple[str, Mapping[str, Said]], ...] = (
    ("analysis/sensitivity", _SENSITIVITY | _FACTORS | _RUNS),
    ("analysis/robustness", _ROBUSTNESS | _FACTORS | _RUNS),
    ("analysis/regimes", _REGIMES | _FACTORS | _RUNS),
    ("analysis/discovery", _DISCOVERY | _FACTORS | _RUNS),
    ("runs.csv", _RUNS), ("points.csv", _RUNS), ("failures.csv", _RUNS), ("timeseries.csv", _RUNS),
    ("shares.csv", _WALKS), ("interactions.csv", _WALKS),
    ("roadmap", _ROADMAP), ("predictions.csv", _FORECASTS), ("scores.csv", _FORECASTS),
    ("nulls.csv", _FORECASTS), ("posterior.csv", _FIT), ("identifiability.csv", _FIT),
    ("calibration.csv", _FIT), ("checked.csv", _FIT), ("waves.csv", _FIT),
    ("against.csv", _AGAINST), ("evidence/patterns.csv", _PATTERNS),
)  # fmt: skip
"""Columns by how the names of their files begin."""

"""What governments sense and decide: surveys, citizens' words and traces, target and budget."""

from __future__ import annotations

from sim.odd.equation import Equation, Section

E = Equation

SECTIONS = (
    Section(
        "Survey",
        "survey",
        ("processes.agenda",),
        (
            E(
                "is_surveyed",
                "yes(t is a multiple of agenda.survey_interval, to the nearest whole month, at least 1)",
                "flag",
                "The rest of the section only then; also at the start, t = 0.",
            ),
            E(
                "counts.wanted[g,k], counts.wanted_elite[g,k], counts.elite_weight[g]",
                "sum(fixed(ideal[i,k]) over i in g); sum(fixed(ideal citizens.elite_weight)); sum(fixed(citizens.elite_weight))",
            ),
            E(
                "governments.survey[g,k]",
                "counts.wanted / (governments.residents 2^20); of the centre over all places, counts times governments.weight",
            ),
            E(
                "governments.elite_signal[g,k]",
                "counts.wanted_elite / counts.elite_weight; of the centre over all places, counts times governments.weight",
            ),
            E(
                "governments.target[c,k]",
                "agenda.elite_share governments.elite_signal[c,k] + (1 - agenda.elite_share) governments.survey[c,k]",
            ),
            E("state.surveys", "state.surveys + 1"),
        ),
    ),
    Section(
        "Citizens' words and traces",
        "hear_citizens",
        ("processes.agenda",),
        (
            E(
                "traces[g]",
                "cells.big_data_share if counts.users > 0 else 0",
                "share",
                "Counts are last month's.",
            ),
            E(
                "pace[g]",
                "min(1, min(1, 100 counts.taking_part / governments.residents / agenda.inputs_needed + traces) / max(1, cells.sensing_lag))",
                "per month",
            ),
            E(
                "said[g,k]",
                "counts.wanted_inputs / (counts.taking_part 2^20) if counts.taking_part > 0 else governments.citizen_signal",
                "share of budget",
            ),
            E(
                "traced[g,k]",
                "counts.wanted_users / (counts.users 2^20) if counts.users > 0 else said",
                "share of budget",
            ),
            E(
                "governments.citizen_signal[g,k]",
                "governments.citizen_signal + pace ((1 - traces) said + traces traced - governments.citizen_signal)",
            ),
        ),
    ),
    Section(
        "Target of the budget",
        "form_target",
        ("processes.agenda",),
        (
            E(
                "measured[g,k]",
                "governments.survey + agenda.professional_error (agenda.careless - governments.capacity) normal(PROFESSIONALS, k)",
                "share of budget",
                "The key has the number of the survey, state.surveys, in place of the month.",
            ),
            E(
                "local_aim[g,k]",
                "cells.weight_elite governments.elite_signal + cells.weight_professional measured + cells.weight_citizen governments.citizen_signal",
                "share of budget",
            ),
            E(
                "aim[g,k]",
                "positive((1 - cells.discretion) governments.target[c,k] + cells.discretion local_aim + cells.analytic_error (1 - governments.capacity) normal(ANALYSIS, k))",
                "share of budget",
            ),
            E("governments.target[g,k]", "aim / sum(aim over k), 1 / 4 where the sum is 0"),
        ),
    ),
    Section(
        "Consent, delay and budget",
        "revise_budget",
        ("processes.decision",),
        (
            E(
                "governments.acceptance[g]",
                "min(1, counts.acceptance / (governments.residents 2^20) + counts.heard / governments.residents), of last month; as it was in month 1",
            ),
            E(
                "governments.delay[g]",
                "decision.base_delay + cells.deliberation + decision.resistance (1 - governments.acceptance)",
            ),
            E("interval[g]", "max(1, cells.revision_interval)", "months"),
            E("way[g]", "min(1, interval / governments.delay)", "share of the way"),
            E(
                "governments.allocation[g,k]",
                "governments.allocation + way (governments.target - governments.allocation) if not governments.leaderless and uniform(REVISION, 0) interval < 1; where decision.theory is punctuated, with interval / way for interval and then 1 for way",
            ),
        ),
    ),
)

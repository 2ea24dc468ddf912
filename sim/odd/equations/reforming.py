"""How governments move along the figure by themselves; only where transitions are endogenous."""

from __future__ import annotations

from sim.odd.equation import Equation, Section

E = Equation

SECTIONS = (
    Section(
        "Pressure",
        "feel_pressure",
        ("processes.pressure",),
        (
            E("need_cost[g]", "governments.spending / governments.met", "money per need"),
            E("mean_fit[g]", "counts.fit / (governments.residents 2^20)", "share"),
            E("mean_quality[g]", "counts.experienced / (governments.residents 2^20)", "quality"),
            E("mean_trust[g]", "counts.trust_local / (governments.residents 2^20)", "share"),
            E(
                "ignored_share[g]",
                "counts.active_year / governments.residents (1 - offer.response_rate)",
                "share",
            ),
            E(
                "idle_access[g]",
                "positive(access[t] - governments.online_supply / the highest anchor of cells.online_ceiling in the shipped figure)",
                "gap",
            ),
            E(
                "poor_performance[g]",
                "reform.cost_weight positive(need_cost / (reform.cost_aim outcomes.reference_cost) - 1) + min(2, governments.wait)",
                "gap",
            ),
            E(
                "lost_legitimacy[g]",
                "reform.misfit positive(reform.fit_aim - mean_fit) + reform.distrust positive(0.5 - mean_trust) + reform.silence ignored_share",
                "gap",
            ),
            E(
                "overload[g]",
                "reform.unanswered ignored_share + reform.impatience cells.weight_citizen positive(governments.delay - reform.patience) + reform.squeeze positive(1 - levers.budget) (cells.weight_citizen + cells.invitations) + reform.breaches counts.exposed / governments.residents",
                "gap",
            ),
            E(
                "weight_of_pressure[k]",
                "cells.pressure_infrastructure, cells.pressure_performance, reform.legitimacy_floor + cells.pressure_legitimacy, 1",
                "weight",
            ),
            E(
                "governments.pressure[g,k]",
                "(1 - reform.pressure_decay) governments.pressure - reform.pressure_gain weight_of_pressure v log(uniform(PRESSURE, k)), v = idle_access, poor_performance, lost_legitimacy, overload for k = 0 to 3",
            ),
            E(
                "cheapness[g]",
                "v / (1 + v), v = outcomes.reference_cost / max(1, need_cost)",
                "share",
            ),
            E(
                "governments.score[g]",
                "cells.score_cost cheapness + cells.score_connectivity (governments.integration + governments.online_supply) / 2 + cells.score_individual (mean_quality + mean_fit) / 2",
            ),
            E("governments.standing[g]", "the same with a third for each weight"),
        ),
    ),
    Section(
        "Reform",
        "consider_reform",
        (
            "processes.reform",
            "processes.copying",
            "processes.frontier",
            "processes.projects",
            "processes.change",
        ),
        (
            E(
                "abroad_position[r]",
                "min(2, top (frontier.observed index[t] + (1 - frontier.observed) frontier.level)), top = frontier.services for rows that follow online_service, frontier.participation for e_participation; rows that follow no index have none",
                "position",
            ),
            E(
                "index[t], online_service, e_participation",
                "observed index, straight between editions, held after the last; see Input data",
                "share",
            ),
            E(
                "governments.abroad_seen[g,r]",
                "abroad_position at the first look; plus what was copied from abroad since",
            ),
            E(
                "news[g,r]",
                "min(v, m) if v > 0 and m > 0; max(v, m) if v < 0 and m < 0; else 0; v = abroad_position - governments.abroad_seen, m = abroad_position - state.profiles",
                "positions",
            ),
            E(
                "threshold[g]",
                "reform.threshold, times reform.window_threshold while governments.window > 0",
                "pressure",
            ),
            E("governments.window[g]", "governments.window - 1 while above 0"),
            E(
                "governments.trial[g]",
                "governments.trial - 1 while above 0; floor(reform.trial) once a reform has moved a row",
            ),
            E(
                "is_undone[g]",
                "governments.trial has just come to 0 and governments.score_before - governments.score > reform.reversal_loss and uniform(REFORM, 2) < reform.reversal_chance",
                "flag",
                "Then state.profiles = governments.profile_before. While governments.trial was above 0 nothing else happens.",
            ),
            E(
                "can_move[k]",
                "some row is below the position where the pressure leads it, or is above 0 where it leads down",
                "flag",
                "Where pressures lead: see the table of rows.",
            ),
            E(
                "released[g]",
                "k with the largest governments.pressure above threshold, of those that can_move or, but for overload, where abs(news) > reform.least_gap on some row; none if ledger.fund < change.money reform.step governments.residents",
                "pressure",
            ),
            E(
                "governments.pressure[g,k], governments.reform_cause[g], governments.profile_before[g,r], governments.score_before[g]",
                "0 of the one released; released; state.profiles; governments.score",
            ),
            E(
                "failure_of_reform[g]",
                "reform.failure_share logistic(projects.failure_intercept + projects.gap_slope (projects.base_ambition + reform.ambition reform.step + projects.gap_of_lock_in governments.lock_in - governments.capacity))",
                "chance",
                "It comes to nothing if uniform(REFORM, 0) < failure_of_reform.",
            ),
            E(
                "step[g]",
                "reform.leap reform.step if uniform(REFORM, 1) < reform.leap_chance else reform.step",
                "positions",
            ),
            E(
                "model[g]",
                "by v = uniform(REFORM, 3), but for overload: the tied local government with the best governments.standing above the own if v < reform.learning; else the nearest one on the tile map, if its governments.standing is higher, if v < reform.learning + reform.competition; else the largest other if v < reform.learning + reform.competition + reform.imitation; else abroad if v < reform.learning + reform.competition + reform.imitation + frontier.copying; else nobody",
                "local government",
            ),
            E(
                "copied[g]",
                "state.profiles + clip(m, -step, step) on the up to reform.most_rows rows with the largest abs(m) above reform.least_gap, m = last month's position of model - state.profiles",
                "positions",
            ),
            E(
                "copied_abroad[g]",
                "state.profiles + clip(news, -step, step) on the up to reform.most_rows rows with the largest abs(news) above reform.least_gap; where model is abroad, or released cannot move a row",
                "positions",
            ),
            E(
                "own_idea[g]",
                "where nothing was copied: the first 1 + floor(uniform(REFORM, 4) floor(reform.most_rows)) rows in the order (floor(12 uniform(REFORM, 5)) + 5 n), round the end, that can_move: up by step to where released leads, or down by step to 0",
                "positions",
            ),
            E("state.profiles[g,r]", "copied, copied_abroad or own_idea"),
            E(
                "governments.reform_event[g], governments.reform_model[g]",
                "0 nothing, 1 reform, 2 failed, 3 undone; 0 own, 1 learning, 2 competition, 3 imitation, 4 abroad",
            ),
        ),
        "A reform that copies nobody, since the model does not do better, is an idea of one's own.",
    ),
    Section(
        "The centre's model",
        "follow_model",
        ("processes.pushes",),
        (
            E(
                "state.model_profile[r]",
                "mean of state.profiles_before over the reform.best local governments with the best governments.standing if t is a multiple of reform.model_interval",
                note="What follows only then as well.",
            ),
            E(
                "state.profiles[c,r]",
                "state.profiles + clip(state.model_profile - state.profiles, -reform.coercion_step, reform.coercion_step)",
            ),
        ),
    ),
    Section(
        "Pushes and elections",
        "be_pushed",
        ("processes.pushes",),
        (
            E(
                "journal.reform[g], journal.reformed[g,r]",
                "governments.reform_event, state.profiles before this step",
            ),
            E(
                "state.profiles[g,r]",
                "state.profiles + clip(v, -reform.coercion_step, reform.coercion_step) if uniform(COERCION, r) < reform.coercion cells.mandate[c] cells.matching_share[g] and abs(v) > 0.01, v = state.model_profile - state.profiles",
            ),
            E("journal.pushed[g,r]", "state.profiles after that"),
            E(
                "is_fallen[g]",
                "t is a multiple of reform.election_interval and governments.trust_at_election - mean_trust > reform.election_noise, mean_trust by counts.trust_local as in Pressure",
                "flag",
                "What follows only in such a month.",
            ),
            E("governments.trust_at_election[g]", "mean_trust"),
            E(
                "turns[g]",
                "uniform(ELECTION, 0) < reform.election_chance (1 if is_fallen else reform.election_calm)",
                "flag",
            ),
            E("retreats[g]", "uniform(ELECTION, 1) < clip(1.5 - levers.budget, 0, 1)", "flag"),
            E(
                "turned[g,r]",
                "clip(state.profiles + (-reform.election_step if retreats else reform.election_step), 0, 2) on the rows of the group participation, if turns",
                "position",
                "state.profiles takes it.",
            ),
            E(
                "governments.reform_event[g], journal.election[g]",
                "4 pushed where nothing else befell it, 5 turned by an election; 0 no election, 1 kept course, 2 retreated, 3 advanced",
            ),
        ),
    ),
)

"""What surrounds governments: dated changes, shocks, needs and tastes, climate; and the figure."""

from __future__ import annotations

from sim.odd.equation import BEFORE, Equation, Section

E = Equation

SECTIONS = (
    Section(
        "Dated changes and shocks",
        BEFORE,
        ("processes.shocks",),
        (
            E(
                "levers.budget[g]",
                "the value in force; of each shock fiscal that lasts, levers.budget (1 - size)",
            ),
            E("size", "as the scenario has it, see the table of shocks", "by kind"),
            E("governments.breach_shock[g]", "max(size over shocks breach that last), else 0"),
            E("governments.leaderless[g]", "yes(a shock leader lasts)"),
            E(
                "governments.capacity[g]",
                "governments.capacity (1 - size) in the first month of a shock leader",
            ),
            E("governments.crisis[g]", "sum(size over shocks crisis that last)"),
            E(
                "governments.drift[g,k]",
                "governments.drift + size normal(SHOCK, 4 n + k) in the month of the n-th shock preference of the month, n from 0",
            ),
            E(
                "governments.window[g]",
                "reform.window in the first month of any shock of size > 0, and of a shock leader",
                note="Only read by reform.",
            ),
            E(
                "state.needs_tables[g,n]",
                "sum of the Poisson probabilities of 0 to n needs, n = 0 to 7, at the rate service.need_rate times (1 + size) of each shock emergency that lasts",
            ),
        ),
        "Parameters in force are the scenario's, with dated changes that are reached; all levers are "
        "set again from them each month, before shocks. Then the month's own steps begin.",
    ),
    Section(
        "Needs and tastes of places",
        "drift_preferences",
        ("processes.environment",),
        (
            E(
                "access[t]",
                "society.infrastructure logistic((t - society.infrastructure_midpoint) / society.infrastructure_pace), or the observed share of internet users, straight between mid-years and held at both ends",
                "share of people",
            ),
            E("governments.drift[g,k]", "governments.drift + society.volatility normal(DRIFT, k)"),
            E(
                "offer.preference[g,k]",
                "exp(society.heterogeneity governments.drift[g,k] + society.taste_heterogeneity governments.taste[g,k])",
            ),
            E(
                "ideal[i,k]",
                "v_k / sum(v over k), v_k = taste[i,k] offer.preference[g,k]",
                "share of budget",
            ),
            E(
                "taste[i,k]",
                "citizens.taste_welfare, citizens.taste_economy, citizens.taste_environment, citizens.taste_safety for k = 0 to 3",
                "weight",
            ),
        ),
    ),
    Section(
        "Climate of trust",
        "move_climate",
        ("processes.climate",),
        (
            E(
                "step_of_climate",
                "sqrt(1 - trust.climate_persistence^2) trust.climate_spread normal(CLIMATE, 0)",
                "share",
                "Keyed by the month alone.",
            ),
            E(
                "offer.climate[g], offer.climate_step[g]",
                "governments.climate before this month's step; (trust.climate_persistence - 1) governments.climate + step_of_climate",
            ),
            E(
                "governments.climate[g]",
                "trust.climate_persistence governments.climate + step_of_climate",
                note="0 at the start.",
            ),
        ),
    ),
    Section(
        "Positions and cells",
        "move_profiles",
        ("processes.blending",),
        (
            E(
                "state.profiles[g,r]",
                "where the scenario holds or schedules positions, its position for this month; else as reform left it",
            ),
            E("state.moved[g]", "sum(abs(state.profiles - state.profiles_before) over r)"),
            E("state.profiles_before[g,r]", "state.profiles[g,r]"),
            E(
                "cell[g,n]",
                "v_0 + (v_1 - v_0) clip(m, 0, 1) + (v_2 - v_1) clip(m - 1, 0, 1), v = the anchors of the cell for gov1, gov2, gov3, m = state.profiles[g,r] on the row r of the cell",
                "as the cell",
                "All cells of the figure; m as said.",
            ),
        ),
    ),
    Section(
        "What a change costs",
        "pay_for_change",
        ("processes.change",),
        (
            E("cost_of_change[g]", "change.money state.moved[g] governments.residents[g]", "money"),
            E(
                "ledger.fund[g], ledger.reserve[g], ledger.change[g]",
                "ledger.fund - v, v = min(cost_of_change, max(0, ledger.fund)); ledger.reserve - (cost_of_change - v); cost_of_change; only where state.moved > 0 of a local government",
            ),
            E(
                "governments.capacity[g], governments.disrupted[g]",
                "governments.capacity - lost; governments.disrupted + lost",
            ),
            E("lost[g]", "governments.capacity (1 - (1 - change.disruption)^state.moved)", "share"),
        ),
    ),
)

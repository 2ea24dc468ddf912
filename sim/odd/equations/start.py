"""What is set up for month 0: places, people, governments, firms, network, money."""

from __future__ import annotations

from sim.odd.equation import START, Equation, Section

E = Equation

SECTIONS = (
    Section(
        "Places and their levels",
        START,
        ("society.levels", "society.places"),
        (
            E(
                "people[g]",
                "population of g, read; of a drawn place exp(11.74 + 1.09 normal(PLACES, 0))",
                "people",
            ),
            E(
                "governments.self_reliance",
                "own revenue as a share of revenue, read; of a drawn place clip(exp(2.82 + 0.56 (0.737 normal(PLACES, 0) + sqrt(1 - 0.737^2) normal(PLACES, 1))) / 100, 0.03, 0.95); 1 of the centre",
            ),
            E(
                "youth[g]",
                "share of youth, read; else clip(0.168 + 0.047 (0.52 (log(people) - 11.74) / 1.09 + 0.35 (log(100 governments.self_reliance) - 2.82) / 0.56 + 0.57 normal(LEVELS, 0)), 0.05, 0.4)",
                "share",
            ),
            E(
                "status_level[g]",
                "society.status_between (society.status_from_revenue standardised(log(governments.self_reliance)) + sqrt(1 - society.status_from_revenue^2) normal(LEVELS, 1)), less its mean over people",
                "z-score",
                "Levels that a file of places gives for every place stand instead of what is drawn, less their mean over people.",
            ),
            E(
                "offer.skill_level[g]",
                "society.age_slope (youth - mean(youth over people)) + society.skill_between normal(LEVELS, 2), less its mean over people",
            ),
            E(
                "access_level[g]",
                "exp(v), v = society.access_between normal(LEVELS, 3), less its mean over people",
                "factor of odds",
            ),
            E(
                "offer.trust_level[g]",
                "society.trust_between normal(LEVELS, 4), less its mean over people; with a country's own level beside, where one is known",
            ),
            E(
                "governments.capacity[g], governments.capacity_start",
                "clip(government.capacity + government.capacity_spread (government.capacity_from_budget b + sqrt(1 - government.capacity_from_budget^2) normal(CAPACITY, 0)) + country, 0.02, 0.98), b = standardised(log(budget_of_informatisation)); government.capacity_from_budget counts as 0 where a budget is unknown, as for the centre",
                note="`country` is government.capacity_spread times the z-score of a European country's online service index (spread .13), else 0.",
            ),
            E(
                "governments.drift[g,k]",
                "society.needs_from_people a_k + sqrt(1 - society.needs_from_people^2) normal(PREFERENCES, k), a = (-standardised(youth), -standardised(status_level), -standardised(log(people)), standardised(log(people))) for welfare, economy, environment, safety",
            ),
            E("governments.taste[g,k]", "normal(TASTES_OF_PLACES, k)"),
            E("budget_of_informatisation[g], country[g]", "read, see Input data", "money; share"),
            E(
                "governments.relative_revenue[g]",
                "governments.self_reliance[g] sum(governments.weight governments.residents) / sum(governments.self_reliance governments.weight governments.residents), sums over local governments",
            ),
        ),
        "Levels are told against the mean over people, so that parameters stay means.",
    ),
    Section(
        "People",
        START,
        ("society.population", "processes.cohorts"),
        (
            E(
                "governments.residents[g]",
                "simulated citizens in proportion to people, by largest remainders, at least 8, or as many as are asked for in the place where that is more; of the centre sum(governments.weight governments.residents over g)",
                note="Citizens are stored by place, within it in the order of the neighbourhood.",
            ),
            E(
                "governments.weight[g]",
                "1; where more citizens are asked for in some places, of each place the number of all without them times people[g] / sum(people over g) / governments.residents[g]",
                note="How many people a citizen stands for, against the mean. What is summed over places of the whole society, readings of outcomes too, counts each citizen so often; local problems, which a place has as many of however many citizens are simulated, count once. `order` and citizens_in_all below are then of people: sum(governments.weight over those before), and citizens.far leads to whoever stands for the person at uniform(FAR_TIES, n) of all, the next row where that is i.",
            ),
            E("citizens.home[i]", "the place of i"),
            E("citizens.status[i]", "normal(STATUS, 0) + status_level[g]"),
            E(
                "neighbourhood[i]",
                "society.homophily (citizens.status[i] - status_level[g]) + sqrt(1 - society.homophily^2) normal(NEIGHBOURHOOD, 0): citizens of a place stand in this order",
                "order",
            ),
            E(
                "citizens.rank[i]",
                "floor(256 order(citizens.status[i]) / citizens_in_all)",
                note="256 steps, lowest first.",
            ),
            E("citizens_in_all", "sum(governments.residents over g)", "citizens"),
            E(
                "citizens.skill[i]",
                "logistic(society.skill_gradient citizens.status[i] + society.skill_spread normal(SKILL, 0) + offer.skill_level[g])",
            ),
            E(
                "citizens.access_rank[i]",
                "order(-access_level[g] citizens.skill / (1 - citizens.skill)) / citizens_in_all",
                note="Highest odds first.",
            ),
            E(
                "citizens.civic[i]",
                "participation.civic_spread normal(CIVIC, 0) + participation.status_slope citizens.status[i]",
            ),
            E("citizens.elite_weight[i]", "exp(0.5 citizens.status[i])"),
            E(
                "citizens.taste_welfare[i], citizens.taste_economy[i], citizens.taste_environment[i], citizens.taste_safety[i]",
                "exp(society.taste_spread normal(TASTE, k) + society.elite_tilt citizens.status[i] v_k), v = (-1, 0.5, 1, -0.5)",
            ),
            E("leaning[i]", "trust.predisposition_spread normal(PREDISPOSITION, 0)", "log-odds"),
            E(
                "citizens.predisposition[i]",
                "logistic(logit(society.baseline_trust) + leaning[i] + offer.trust_level[g])",
            ),
            E(
                "citizens.trust_local[i]",
                "min(1, citizens.predisposition + trust.local_advantage / 2)",
            ),
            E(
                "citizens.trust_central[i]",
                "max(0, citizens.predisposition - trust.local_advantage / 2)",
            ),
            E(
                "citizens.expectation_local[i], citizens.expectation_central[i]",
                "0.6 + trust.halo (citizens.predisposition - 0.5)",
            ),
            E(
                "citizens.efficacy[i], citizens.belief[i]",
                "logistic(logit(0.4) + trust.efficacy_halo leaning[i] + trust.efficacy_spread normal(PREDISPOSITION, 1))",
            ),
            E(
                "citizens.near[i]",
                "six ties: step = 1 + floor(uniform(NEAR_TIES, n) 2 w), w = min(20, (governments.residents[g] - 1) / 2, rounded down); step rows on if step <= w, else step - w rows back, round the ends of the place",
                note="n = 0 to 5, with repetition; step and w as said.",
            ),
            E(
                "citizens.far[i]",
                "two ties: row i + 1 + floor(uniform(FAR_TIES, n) (citizens_in_all - 1)), round the end of all, n = 6, 7",
            ),
            E(
                "citizens.quality[i], citizens.fatigue[i], citizens.digital[i], citizens.waiting[i], citizens.inputs[i], citizens.experience[i], citizens.used[i], citizens.forms[i], citizens.active[i], citizens.heard[i]",
                "the start values of the table of state variables",
            ),
            E(
                "counts.residents_low[g], counts.residents_high[g], counts.ranked[g]",
                "citizens with citizens.rank < 85; with citizens.rank >= 171; sum(fixed(poverty))",
                note="For good.",
            ),
            E("poverty[i]", "(255.5 - citizens.rank) / 256", "weight"),
        ),
    ),
    Section(
        "Governments, firms, network and money",
        START,
        ("state", "processes.accounts", "processes.network"),
        (
            E(
                "governments.online_supply, governments.integration, governments.lock_in, governments.acceptance",
                "0.05, 0.05, 0.2, 0.5",
            ),
            E(
                "governments.met, governments.spending",
                "service.need_rate, outcomes.reference_cost service.need_rate",
            ),
            E(
                "governments.delay, governments.funded, governments.openness, governments.users, governments.input_load, governments.wait, governments.disrupted",
                "the start values of the table of state variables: 9, 1, 0, 0, 0, 0, 0",
            ),
            E(
                "governments.citizen_signal[g,k], governments.allocation, governments.target, governments.problem_money",
                "the survey of month 0: governments.citizen_signal = governments.survey of the place, the others = governments.survey of the centre; governments.target of the centre as in Survey",
            ),
            E(
                "levers.digital_training, levers.budget, levers.yearly_rounds, levers.development, levers.matching_budget, levers.staff, levers.spend",
                "society.digital_training, government.budget, projects.yearly_rounds, finance.development, finance.matching_budget, engagement.staff, open_data.spend",
            ),
            E(
                "ledger.fund[g], ledger.entitlement[g]",
                "12 inflow[g], 12 claim[g]; ledger.reserve of the centre = sum(ledger.entitlement over g), of the others 0",
            ),
            E(
                "firms.capability[f], firms.established[f], firms.contracts[f]",
                "0.3 + 0.4 uniform(FIRMS, 0); 1 for the first four, else 0; 0",
            ),
            E(
                "network.age[x,y], network.kind[x,y], network.protected[x,y], network.alive[x]",
                "the centre is tied to every local government: age 0, kind 2 (statutory); all others -1, 0, 0; alive 1 but for civic hubs, which are 0",
            ),
            E(
                "state.profiles[g,r], state.profiles_before[g,r], state.model_profile[r]",
                "positions as the scenario has them; the same; their mean over local governments",
            ),
            E("state.surveys", "0"),
            E(
                "state.tie_hazards[v,n]",
                "network.decay (1 + v)^(-network.ageing) exp(-network.embedding n), v = age in months up to 600, n = shared partners up to 4",
            ),
        ),
        "Nodes of the network: 0 the centre, then local governments, their civic hubs, entrepreneurs.",
    ),
)

"""What governments build: projects, ageing, opening, learning, and the market that delivers."""

from __future__ import annotations

from sim.odd.equation import Equation, Section

E = Equation

SECTIONS = (
    Section(
        "Projects",
        "run_project",
        ("processes.projects", "processes.market"),
        (
            E(
                "is_tried[g]",
                "uniform(PROJECT, 0) < min(1, levers.budget levers.yearly_rounds / 12)",
                "flag",
            ),
            E(
                "ambition[g]",
                "projects.base_ambition + cells.ambition_of_goal + cells.ambition_of_services + cells.ambition_of_ecology + cells.ambition_of_cio",
                "design-reality gap",
            ),
            E(
                "plan[g]",
                "projects.base_cost (projects.plain_cost + projects.ambition_cost ambition) governments.residents (1 + projects.mark_up governments.lock_in) (1 + projects.duplication cells.discretion)",
                "money",
            ),
            E(
                "ledger.unclaimed[g]",
                "ledger.unclaimed + cells.matching_share plan if is_tried and ledger.fund < (1 - cells.matching_share) plan; the project ends here",
            ),
            E(
                "grant[g]",
                "min(cells.matching_share plan, max(0, ledger.entitlement))",
                "money",
                "The project ends here if ledger.fund < plan - grant.",
            ),
            E(
                "overrun[g]",
                "min(projects.overrun_most, 0.5 + uniform(OVERRUN, 1)^(-1 / projects.overrun_tail) - 1) if uniform(OVERRUN, 0) < projects.overrun_chance else 0",
                "share of plan",
            ),
            E("cost[g]", "plan (1 + overrun)", "money"),
            E(
                "ledger.matched[g], ledger.entitlement[g], ledger.fund[g], ledger.projects[g]",
                "ledger.matched + v cost; ledger.entitlement - v cost; ledger.fund - (1 - v) cost; ledger.projects + cost; v = grant / plan",
            ),
            E(
                "journal.large_value[g], journal.small_value[g], journal.large_firm[g], journal.small_firm[g]",
                "cost cells.large_contract_share; cost (1 - cells.large_contract_share); winner of each; -1 without a project",
            ),
            E(
                "is_open[n]",
                "uniform(TENDER, 2 n) < cells.entry_openness, n = 0 for the large contract, 1 for the small one",
                "flag",
            ),
            E(
                "bid[f]",
                "exp(market.capability_weight firms.capability + (market.incumbency governments.lock_in if f = governments.supplier else 0)) if is_open or firms.established or f = governments.supplier, else 0",
                "weight",
            ),
            E(
                "winner[n]",
                "f with chance bid[f] / sum(bid over f), by uniform(TENDER, 2 n + 1)",
                "entrepreneur",
            ),
            E(
                "firms.contracts[f], firms.revenue[f], firms.deliveries[f]",
                "of the winner: + 1; + floor(100 governments.weight value of the contract); + floor((1 - cells.convergent_effort) min(1, market.usual_places / places) 2^20)",
            ),
            E("places", "number of local governments", "local governments"),
            E(
                "governments.supplier[g], governments.contract_months[g]",
                "winner of the large contract, market.contract_length",
            ),
            E(
                "network.age[x,y], network.kind[x,y], network.protected[x,y]",
                "each winner is tied to the government as contract, see Ties, and safe for market.contract_length months",
            ),
            E(
                "gap[g]",
                "ambition + projects.gap_of_lock_in governments.lock_in - governments.capacity - projects.supplier_skill (firms.capability[winner of the large contract] - 0.5)",
                "gap",
                "Lock-in as before the project.",
            ),
            E(
                "failure[g]",
                "logistic(projects.failure_intercept + projects.gap_slope gap)",
                "chance",
            ),
            E(
                "success[g]",
                "(1 - failure) logistic(projects.success_intercept - projects.gap_slope gap)",
                "chance",
            ),
            E(
                "governments.project_result[g]",
                "v = uniform(PROJECT, 1): 1 (failed) if v < failure, 3 (success) if v < failure + success, else 2 (partial); 4 if a grant was left unclaimed, 5 if none was left, 0 if no project was tried",
            ),
            E(
                "gain[g]",
                "projects.full_gain of a success, projects.partial_gain of a partial one, else 0",
                "share",
            ),
            E(
                "renewed[g]",
                "gain (cells.budget_bpr + projects.part_online (cells.budget_internal + cells.budget_open))",
                "share",
            ),
            E(
                "governments.online_supply[g]",
                "governments.online_supply + renewed positive(cells.online_ceiling - governments.online_supply)",
            ),
            E(
                "governments.new_share[g]",
                "(old (governments.new_share + min(1, renewed) (1 - governments.new_share)) + governments.online_supply - old) / governments.online_supply, old = governments.online_supply before; 0 where nothing is online",
            ),
            E(
                "governments.integration[g]",
                "governments.integration + min(1, gain (cells.budget_bpr + projects.part_integrated (cells.budget_internal + cells.budget_open)) (projects.integration_floor + projects.integration_staff cells.staff_integration)) (1 - governments.integration)",
            ),
            E(
                "governments.openness[g]",
                "governments.openness + gain cells.budget_open (1 - governments.openness)",
            ),
            E(
                "governments.capacity[g]",
                "governments.capacity + v (1 - governments.capacity), v = projects.learned_by_success if gain >= projects.full_gain, projects.learned_in_part if gain > 0, else 0",
            ),
            E(
                "governments.lock_in[g]",
                "governments.lock_in + projects.lock_in_growth cells.large_contract_share (1 - governments.lock_in)",
                note="Also of a project that failed.",
            ),
        ),
    ),
    Section(
        "Systems age",
        "age_systems",
        ("processes.projects", "processes.change"),
        (
            E(
                "decay[g]",
                "projects.obsolescence (projects.upkeep - cells.staff_operations)",
                "per month",
            ),
            E(
                "governments.online_supply[g], governments.integration[g]",
                "governments.online_supply (1 - decay), governments.integration (1 - decay)",
            ),
            E("governments.new_share[g]", "governments.new_share (1 - 1 / market.novelty)"),
            E("back[g]", "(1 - 0.5^(1 / change.recovery)) governments.disrupted", "share"),
            E("governments.disrupted[g]", "governments.disrupted - back"),
            E(
                "governments.capacity[g]",
                "v - projects.capacity_decay (v - governments.capacity_start), v = governments.capacity + back",
            ),
            E(
                "governments.lock_in[g]",
                "positive(governments.lock_in - projects.opening_loosens governments.openness (1 - cells.large_contract_share) - projects.time_loosens governments.lock_in)",
            ),
            E(
                "governments.contract_months[g], governments.supplier[g]",
                "max(0, governments.contract_months - 1); -1 once that is 0",
            ),
        ),
    ),
    Section(
        "Opening data for money",
        "open_data",
        ("processes.open_data",),
        (
            E(
                "governments.openness[g]",
                "governments.openness + min(1, governments.funded levers.spend / 12 / open_data.price) (1 - governments.openness)",
            ),
        ),
    ),
    Section(
        "Learning from tied governments",
        "learn_from_peers",
        ("processes.projects",),
        (
            E(
                "governments.capacity[g]",
                "governments.capacity + projects.peer_learning positive(mean(governments.capacity over local governments tied to g, as before this step) - governments.capacity)",
            ),
        ),
    ),
    Section(
        "Firms learn",
        "learn_by_delivering",
        ("processes.market",),
        (
            E(
                "firms.capability[f]",
                "firms.capability + min(1, firms.deliveries / 2^20 market.learning) (1 - firms.capability)",
            ),
            E("firms.deliveries[f]", "0"),
        ),
    ),
    Section(
        "Convergent services",
        "host_services",
        ("processes.market",),
        (
            E("end_hazard[g]", "1 / (market.service_life (1 + governments.users))", "per month"),
            E(
                "governments.service_firm[g,s], journal.ended_service[g,s]",
                "-1 and the firm, if uniform(SERVICE_END, s) < end_hazard and a service lives there",
            ),
            E(
                "birth_chance[g]",
                "market.service_births cells.entry_openness (market.base_effort + cells.convergent_effort) (market.base_openness + governments.openness) governments.users",
                "per month",
            ),
            E(
                "governments.service_began[g,s], journal.new_service[g]",
                "t and the firm, of a new service in the first free slot of 24 if uniform(NEW_SERVICE, 0) < birth_chance; its firm by bid with is_open = 1 and uniform(NEW_SERVICE, 1); the two are tied, see Ties",
            ),
            E(
                "governments.live_services[g], governments.new_services[g]",
                "services alive; those of them with t - governments.service_began < market.novelty",
            ),
            E("firms.live_services[f]", "services alive of the firm, in all places"),
        ),
    ),
    Section(
        "Ties",
        "change_ties",
        ("processes.network",),
        (
            E(
                "tie",
                "to tie x and y: nothing if the tie is statutory; else network.age = 0 where there was none, network.protected = the larger of what it is and the months given, network.kind = the larger of what it is and the one given (0 informal, 1 contract)",
                "rule",
            ),
            E(
                "network.alive[x]",
                "of a civic hub: yes(100 governments.input_load >= network.hub_inputs); if not, all its ties end",
            ),
            E(
                "hub_ties",
                "a hub alive: tied to its government if uniform(TIE_HUB, 0) < offer.response_rate; to the firm of each live service if uniform(TIE_HUB, 1 + s) < offer.openness",
                "rule",
            ),
            E(
                "shared[x,y]",
                "institutions tied to both as ties stood after hubs, at most 4",
                "institutions",
            ),
            E(
                "closing",
                "each pair of x < y, both alive, untied, with shared > 0: tied if uniform(TIE_CLOSURE, y) < network.closure min(shared, network.most_closing) min(1, network.reach / places), agent x",
                "rule",
            ),
            E(
                "network.age[x,y]",
                "network.age + 1 of every tie that stood after hubs; a tie whose network.protected falls to 0 this month begins anew at 0",
            ),
            E("network.protected[x,y]", "network.protected - 1 if it is above 0"),
            E(
                "ending",
                "a tie that stood after hubs, neither statutory nor protected at the month's beginning, ends if v uniform(TIE_END, y) < state.tie_hazards at its age and shared, v = the lower governments.funded of the two (1 for who is no local government), agent x",
                "rule",
            ),
            E(
                "brokerage",
                "each local government: if uniform(TIE_BROKERAGE, 0) < min(1, cells.brokerage[c] network.reach), tied to the one 1 + floor(uniform(TIE_BROKERAGE, 1) (places - 1)) rows on, round the end",
                "rule",
            ),
            E("network.kind[x,y]", "0 once a tie ends"),
            E("governments.ties[g]", "ties of the government and of its hub"),
        ),
        "For each x in order: first closing with all y > x, then ageing and ending of its ties; brokerage comes last.",
    ),
    Section(
        "Resilience",
        "measure_yearly",
        ("processes.network",),
        (
            E(
                "state.resilience[0]",
                "min(1, left / max(1, living - removed)): living = institutions alive with ties, removed = max(1, (living + 10) / 20, rounded down) with the most ties (of equals the first), left = largest connected part of the others",
            ),
            E(
                "state.resilience[1]",
                "of the ties of state.ties_year_ago, not statutory now, the share with network.age >= 12; 0 where there are none",
            ),
            E(
                "state.resilience[2]",
                "v / (1 + v), v = second smallest eigenvalue of the Laplacian of the largest connected part",
            ),
            E("state.ties_year_ago[x,y]", "network.age"),
        ),
        "Only where t is a multiple of 12; also at the start.",
    ),
)

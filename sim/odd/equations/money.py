"""Money: what comes in, what is paid, what next month can afford."""

from __future__ import annotations

from sim.odd.equation import Equation, Section

E = Equation

SECTIONS = (
    Section(
        "Revenue and grants",
        "open_month",
        ("processes.accounts",),
        (
            E(
                "inflow[g]",
                "levers.budget levers.development / 12 governments.relative_revenue governments.residents",
                "money",
            ),
            E(
                "claim[g]",
                "levers.budget levers.matching_budget / 12 governments.residents",
                "money",
            ),
            E(
                "running_revenue[g]",
                "levers.budget finance.revenue_per_need service.need_rate governments.residents",
                "money",
            ),
            E(
                "ledger.collected[g], ledger.granted[g], ledger.overhead[g]",
                "own + inflow, running_revenue - own, finance.overhead running_revenue; own = running_revenue governments.self_reliance",
            ),
            E(
                "ledger.collected[c], ledger.granted[c], ledger.overhead[c]",
                "sum(governments.weight (ledger.granted (1 + finance.overhead) + claim) over g), -sum(governments.weight ledger.granted over g), finance.overhead sum(governments.weight ledger.granted over g)",
            ),
            E(
                "ledger.reserve[g], ledger.fund[g], ledger.entitlement[g], ledger.reserve[c]",
                "ledger.reserve + running_revenue - ledger.overhead; ledger.fund + inflow; ledger.entitlement + claim; ledger.reserve + sum(governments.weight claim over g)",
            ),
            E(
                "ledger.matched, ledger.running, ledger.projects, ledger.change, ledger.lapsed, ledger.unclaimed",
                "0",
            ),
        ),
    ),
    Section(
        "Paying, and what next month can afford",
        "close_month",
        (
            "processes.accounts",
            "processes.service",
            "processes.participation",
            "processes.network",
            "processes.incidents",
        ),
        (
            E(
                "back_office[g]",
                "service.back_office_cost (1 - service.bpr_saving governments.integration)",
                "money per need",
            ),
            E(
                "ledger.counters[g], ledger.online[g], ledger.back_office[g]",
                "service.counter_cost counts.counter_handled; service.web_cost counts.digital_tried; back_office counts.met",
            ),
            E("ledger.services[g]", "ledger.counters + ledger.online + ledger.back_office"),
            E(
                "ledger.participation[g]",
                "participation.input_cost counts.taking_part + participation.action_cost counts.acted_on + participation.deliberation_cost / 12 cells.deliberation governments.residents governments.funded",
            ),
            E("ledger.breaches[g]", "incidents.cost counts.exposed"),
            E("ledger.training[g]", "service.training_cost counts.trained"),
            E("ledger.coordination[g]", "network.tie_cost governments.ties governments.residents"),
            E("ledger.problems[g]", "governments.problem_cost"),
            E(
                "ledger.engagement[g], ledger.open_data[g]",
                "levers.staff governments.funded governments.residents / 12, levers.spend governments.funded governments.residents / 12",
            ),
            E(
                "ledger.running[g]",
                "ledger.services + ledger.participation + ledger.breaches + ledger.training + ledger.coordination + ledger.problems + ledger.engagement + ledger.open_data",
            ),
            E(
                "governments.spending[g]",
                "governments.spending + ((ledger.running + ledger.projects + ledger.change) / governments.residents - governments.spending) / 12",
            ),
            E(
                "governments.met[g]",
                "governments.met + (counts.met / governments.residents - governments.met) / 12",
            ),
            E("reserve_paid[g]", "ledger.reserve - ledger.running", "money"),
            E(
                "revenue[g]",
                "ledger.collected + ledger.granted - ledger.overhead - inflow",
                "money",
            ),
            E(
                "wanted_money[g]",
                "ledger.running - ledger.breaches - back_office counts.met - service.counter_cost counts.counter_handled + back_office counts.digital_done + (service.counter_cost + back_office) counts.counter_asked",
                "money",
            ),
            E(
                "governments.funded[g]",
                "clip((revenue + reserve_paid / finance.smoothing - ledger.breaches) / wanted_money, 0, 1), 1 if wanted_money <= 0",
            ),
            E("excess[g]", "positive(reserve_paid - finance.reserve_ceiling revenue)", "money"),
            E("ledger.reserve[g]", "reserve_paid - excess"),
            E(
                "idle[g]",
                "positive(ledger.fund + finance.reinvest excess - finance.fund_ceiling inflow), 0 where inflow is 0",
                "money",
            ),
            E("ledger.fund[g]", "ledger.fund + finance.reinvest excess - idle"),
            E("ledger.lapsed[g]", "(1 - finance.reinvest) excess + idle"),
            E(
                "late[g]",
                "positive(ledger.entitlement - finance.fund_ceiling claim), 0 where claim is 0",
                "money",
            ),
            E("ledger.entitlement[g]", "ledger.entitlement - late"),
            E(
                "ledger.matched[c], ledger.reserve[c], ledger.lapsed[c]",
                "-sum(governments.weight ledger.matched over g); ledger.reserve - sum(governments.weight (ledger.matched + late) over g); sum(governments.weight late over g)",
            ),
        ),
        "Reserves after = reserves before + collected + granted + matched - running - projects - change - "
        "overhead - lapsed, for every government and for the centre, to the last unit.",
    ),
)

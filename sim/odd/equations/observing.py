"""What is kept of a month; what outcomes are read from it stands in their own table."""

from __future__ import annotations

from sim.odd.equation import Equation, Section

E = Equation

SECTIONS = (
    Section(
        "What is kept",
        "keep_month",
        ("processes.keeping",),
        (
            E(
                "kept_of_month",
                "all counts, all money of ledger, positions, journal, and of governments: online supply as offered, integration, openness, lock-in, capacity, acceptance, delay, wait, incident, live and new services, ties, funded, climate, project_result, supplier; state.resilience; incidents.cost; access[t]",
                "record",
            ),
            E(
                "largest_suppliers",
                "sum of the four largest firms.revenue / sum(firms.revenue)",
                "share",
            ),
        ),
    ),
    Section(
        "Readings that need more than their formula",
        "keep_month",
        ("processes.tally", "processes.items", "processes.last_year", "record", "monthly"),
        (
            E(
                "read_by_group",
                "sums over citizens i of a group, months of the last year: needs, needs met, contacts at the counter, contacts online, citizens.quality, trust of the month's end; yes(citizens.active > 0)",
                "as each",
                "Status thirds and tenths, skill thirds at the start, access by the end, places; items of money are the columns of ledger.",
            ),
            E(
                "price",
                "outcomes.value_of_time; 0, 2, 5 for efficiency_time_0, _2, _5",
                "money per hour",
            ),
            E(
                "hours",
                "service.counter_hours year(counts.counter_asked) + service.digital_hours year(counts.digital_tried)",
                "hours",
            ),
            E(
                "reference",
                "outcomes.reference_cost + price service.counter_hours",
                "money per need",
            ),
            E(
                "cost_of_need",
                "(year(spent) + price hours + outcomes.unmet_value reference (year(counts.needs) - year(counts.met))) / year(counts.needs)",
                "money per need",
            ),
            E("spent", "ledger.running + ledger.projects + ledger.change", "money"),
            E(
                "efficient",
                "100 v / (1 + v), v = reference / cost_of_need (counts.fit / counts.fit_reachable)^outcomes.fit_weight",
                "points",
            ),
            E(
                "equal_invitations",
                "100 sqrt(min(1, heard_share ((participation.unprompted + participation.uplift participation.reference_invitations) / (participation.unprompted + participation.uplift m))^b)), m = year(counts.invited) / (governments.residents 12), b = participants with one input / participants",
                "points",
            ),
            E("heard_share", "counts.heard / governments.residents", "share"),
            E(
                "included",
                "100 sqrt(counts.quality_ranked counts.fit_ranked) / counts.ranked",
                "points",
            ),
            E(
                "concentration",
                "1 - ranked / level, ranked = sum weighted by poverty / counts.ranked, level = mean; 0 where the level is 0",
                "-1 to 1",
            ),
            E(
                "new_share_of_use",
                "(20 offer.online_supply governments.new_share + governments.new_services) / (20 offer.online_supply + governments.live_services)",
                "share",
            ),
            E(
                "innovative",
                "100 year(sum(counts.transactions_done new_share_of_use over g)) / year(sum(counts.digital_tried + counts.counter_asked over g))",
                "%",
            ),
        ),
        "Counts are summed over the places that are read together; a headline value is the mean of the "
        "readings of the last 36 months.",
    ),
)

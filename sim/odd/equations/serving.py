"""What citizens are offered, who they are this month, and what becomes of their needs."""

from __future__ import annotations

from sim.odd.equation import Equation, Section

E = Equation

SECTIONS = (
    Section(
        "What is offered",
        "offer_services",
        (
            "processes.offering",
            "processes.service",
            "processes.participation",
            "processes.engagement",
            "processes.incidents",
        ),
        (
            E(
                "usable[g]",
                "min(governments.online_supply, cells.online_ceiling)",
                "share of services",
            ),
            E(
                "governments.users[g]",
                "counts.users / governments.residents",
                note="Counts are last month's.",
            ),
            E(
                "governments.input_load[g]",
                "governments.input_load + (counts.taking_part / governments.residents - governments.input_load) / min(12, max(1, t - 1))",
            ),
            E(
                "load[g]",
                "counts.counter_asked / governments.residents, service.need_rate in month 1",
                "contacts per resident",
            ),
            E(
                "counter_capacity[g]",
                "service.need_rate (service.capacity_floor + service.capacity_gain governments.capacity) (service.staff_floor + service.staff_gain cells.staff_operations (1 - participation.statutory_staff)) (1 + service.smart_work access[t])",
                "contacts per resident",
            ),
            E("governments.wait[g]", "positive(governments.funded load / counter_capacity - 1)"),
            E(
                "offer.quality_digital[g]",
                "clip(service.digital_base + service.integration_gain governments.integration + service.ecosystem_gain (1 - exp(-governments.live_services / service.ecosystem_scale)) + service.personal_gain cells.personalisation governments.integration, 0, 1)",
            ),
            E(
                "offer.quality_counter[g]",
                "clip(service.counter_base - service.waiting_loss governments.wait, 0, 1)",
            ),
            E(
                "offer.handled_share[g]",
                "clip(min(governments.funded, (1 + service.queue_tolerance) counter_capacity / load), 0, 1)",
            ),
            E("offer.online_supply[g]", "governments.funded usable"),
            E(
                "offer.transactions[g]",
                "governments.funded (1 - (1 - usable)^service.online_first)",
            ),
            E("offer.information[g]", "governments.funded"),
            E(
                "offer.discretion[g], offer.openness[g], offer.infrastructure[g]",
                "cells.discretion, governments.openness, access[t]",
            ),
            E("offer.invitations[g]", "governments.funded cells.invitations"),
            E("offer.training[g]", "governments.funded levers.digital_training"),
            E(
                "offer.allocation[g,k], offer.agenda[g,k], offer.wanted[g,k]",
                "governments.allocation[g,k], governments.target[c,k], counts.wanted_all / (governments.residents 2^20)",
            ),
            E(
                "answers_possible[g]",
                "participation.answer_capacity (1 + service.smart_work access[t]) max(0, 1 + participation.answer_gain (governments.capacity - 0.5)) / governments.input_load",
                "per citizen with inputs",
            ),
            E(
                "duty[g]",
                "min(1, answers_possible participation.statutory_staff cells.staff_operations)",
                "share",
            ),
            E(
                "engaged[g]",
                "cells.staff_engagement + levers.staff / 12 / (engagement.answer_price participation.answer_capacity)",
                "share of staff",
            ),
            E(
                "willing[g]",
                "participation.willing_floor + (1 - participation.willing_floor) min(1, cells.weight_citizen / participation.willing_weight)",
                "share",
            ),
            E(
                "offer.response_rate[g]",
                "governments.funded clip(duty + min(1 - duty, answers_possible engaged) willing, 0, 1)",
            ),
            E(
                "offer.action_rate[g]",
                "offer.response_rate clip(participation.acted_share (1 + participation.acted_gain (governments.capacity - 0.5)) governments.funded, 0, 1)",
            ),
            E(
                "breach_hazard[g]",
                "incidents.hazard (incidents.base_attraction + incidents.personal_attraction cells.personalisation offer.online_supply + incidents.open_attraction governments.openness) (incidents.carelessness - cells.staff_operations governments.capacity)",
                "per month",
            ),
            E("is_struck[g]", "uniform(INCIDENT, 0) < breach_hazard", "flag"),
            E("governments.incident[g]", "yes(is_struck or governments.breach_shock > 0)"),
            E(
                "offer.exposure[g]",
                "max(incidents.exposure if is_struck else 0, governments.breach_shock)",
            ),
            E("offer.exposure_offline[g]", "incidents.offline_traces offer.exposure"),
        ),
        "From last month's state; loads and capacities are held above 1e-9 in divisions.",
    ),
    Section(
        "A year older",
        "live",
        ("processes.cohorts", "processes.lives"),
        (
            E("is_asked[i]", "(t - row of i) is a multiple of 12", "flag"),
            E(
                "is_replaced[i]",
                "is_asked and uniform(TURNOVER, 0) < society.turnover",
                "flag",
                "The first word of the key; the second and third give nearly_normal.",
            ),
            E("nearly_normal[n]", "(sum of the four bytes of a word - 510) / 147.80054", "z-score"),
            E(
                "citizens.skill[i]",
                "logistic(society.newcomer_skill + society.skill_gradient citizens.status + society.skill_spread nearly_normal[1] + offer.skill_level) if is_replaced; else citizens.skill + society.online_learning (1 - citizens.skill) if is_asked and has_access",
                note="The rest of the section only for those who are replaced.",
            ),
            E(
                "citizens.efficacy[i], citizens.belief[i]",
                "logistic(logit(0.4) + trust.efficacy_halo (logit(citizens.predisposition) - logit(society.baseline_trust) - offer.trust_level) + trust.efficacy_spread nearly_normal[2])",
            ),
            E(
                "citizens.expectation_local[i], citizens.expectation_central[i]",
                "0.6 + trust.halo (citizens.predisposition - 0.5)",
            ),
            E(
                "citizens.trust_local[i], citizens.trust_central[i]",
                "min(1, citizens.predisposition + trust.local_advantage / 2), max(0, citizens.predisposition - trust.local_advantage / 2)",
            ),
            E(
                "citizens.fatigue[i], citizens.digital[i], citizens.waiting[i], citizens.inputs[i], citizens.experience[i], citizens.used[i], citizens.forms[i], citizens.active[i], citizens.heard[i]",
                "0",
            ),
        ),
    ),
    Section(
        "What peers show",
        "live",
        ("processes.visible", "processes.lives"),
        (
            E(
                "state.showing[i]",
                "citizens.digital, yes(citizens.active > 0), floor(2047 (citizens.trust_local + citizens.trust_central) / 2)",
                note="Written at the end of the citizens' month, and at the start.",
            ),
            E("state.shown[i]", "state.showing of last month"),
            E(
                "digital_peers[i], active_peers[i], trust_of_peers[i]",
                "mean over the eight tied j of what state.shown has: channel, taking part, trust / 2047",
                "share",
            ),
            E(
                "trust_before[i]",
                "(citizens.trust_local + citizens.trust_central) / 2 before this month's change",
                "share",
            ),
        ),
    ),
    Section(
        "Living with local problems",
        "live",
        ("processes.problems", "processes.participation", "processes.lives"),
        (
            E(
                "troubles[i]",
                "open problems, not solved this month, among whose affected i is",
                "problems",
            ),
            E(
                "lived_quality[i]",
                "citizens.quality (1 - min(1, problems.harm troubles))",
                "quality",
            ),
            E(
                "grievance[i]",
                "problems.reporting + problems.reporting_skill (citizens.skill - 0.5) / 0.25 if troubles > 0 else 0",
                "log inputs",
            ),
            E(
                "citizens.efficacy[i]",
                "citizens.efficacy + participation.acted_on (1 - citizens.efficacy) for each problem solved this month that affects i, if citizens.active has a month among the last 12 since problems.began",
            ),
            E(
                "report_chance[i]",
                "1 - exp(-min(1, v)), v = rate[i], if invited times participation.unprompted / (participation.unprompted + participation.uplift)",
                "chance",
                "An invitation asks for something else.",
            ),
            E(
                "problems.told[g,s], problems.traced[g,s]",
                "sum(fixed(report_chance) over those affected); sum(citizens.digital over those affected); of open problems",
            ),
        ),
        "What is heard of problems is added up once citizens have taken part.",
    ),
    Section(
        "Courses and channel",
        "live",
        ("processes.service", "processes.lives"),
        (
            E(
                "citizens.skill[i]",
                "citizens.skill + service.course_gain (1 - citizens.skill) if 12 uniform(EXPOSURE, trained) < offer.training",
                note="The fourth word of the key.",
            ),
            E("counts.trained[g]", "citizens whose skill a course raised"),
            E("has_access[i]", "citizens.access_rank < offer.infrastructure", "flag"),
            E(
                "appeal[i]",
                "service.usefulness (offer.quality_digital - offer.quality_counter) / 0.15 + service.ease (citizens.skill - 0.5) / 0.25 + service.peers (digital_peers - 0.5) / 0.25 + service.trust_weight (trust_before - 0.42) / 0.20",
                "path",
            ),
            E(
                "citizens.digital[i]",
                "0 if not has_access; else as it was if uniform(LIFE, reconsider) >= service.reconsider (or, where service.theory is adoption, if it was 1); else yes(uniform(LIFE, channel) < logistic(service.choice_scale appeal + service.choice_intercept))",
            ),
        ),
        "The key LIFE has, in order: channel and taking part (a word each); reconsider, invited, needs, answered (half a word each).",
    ),
    Section(
        "Needs",
        "live",
        ("processes.service", "processes.lives"),
        (
            E(
                "needs[i]",
                "number of n from 0 to 7 with uniform(LIFE, needs) >= state.needs_tables[g,n]",
                "needs",
            ),
            E(
                "success[i]",
                "min(1, service.success_floor + service.success_gain citizens.skill)",
                "chance",
            ),
            E(
                "transacts[i]",
                "(1 - service.information_share) offer.transactions if citizens.digital else 0",
                "chance",
            ),
            E(
                "looks_up[i]",
                "service.information_share offer.information citizens.skill if has_access else 0",
                "chance",
            ),
            E(
                "fate[n]",
                "by v = uniform(SERVICES, n), with b = transacts + looks_up: a transaction done online if v < transacts success; done online if v < b success; failed online, handled at the counter if v < b success + offer.handled_share b (1 - success); failed online, turned away if v < b; handled at the counter if v < b + offer.handled_share (1 - b); else turned away",
                "kind",
                "Half a word for each of eight needs.",
            ),
            E(
                "citizens.quality[i]",
                "(offer.quality_digital done + offer.quality_counter handled) / needs if needs > 0, done = needs done online, handled = needs handled at the counter; else as it was",
            ),
            E(
                "citizens.used[i], citizens.forms[i]",
                "bits(some need was tried online), bits(some transaction was done online)",
            ),
            E(
                "counts.needs[g], counts.met[g], counts.counter_asked[g], counts.counter_handled[g], counts.digital_tried[g], counts.digital_done[g], counts.transactions_done[g]",
                "needs; done online or handled; not done online; handled at the counter; tried online; done online; transactions done online",
            ),
        ),
    ),
)

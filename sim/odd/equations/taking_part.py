"""Who takes part, what comes of it, and what citizens make of government."""

from __future__ import annotations

from sim.odd.equation import Equation, Section

E = Equation

SECTIONS = (
    Section(
        "Taking part",
        "live",
        ("processes.participation", "processes.lives"),
        (
            E("invited[i]", "uniform(LIFE, invited) < offer.invitations", "flag"),
            E(
                "eagerness[i]",
                "participation.intercept + citizens.civic + grievance + beliefs + participation.peer_slope active_peers - participation.fatigue_slope citizens.fatigue / max(1, citizens.experience) + participation.online_bonus citizens.digital",
                "log inputs a month",
            ),
            E(
                "beliefs[i]",
                "participation.efficacy_slope (citizens.efficacy - 0.4) + participation.trust_slope (trust_before - 0.42) / 0.20; 0 where participation.theory is resources",
                "log inputs a month",
            ),
            E(
                "rate[i]",
                "min(255, (participation.unprompted + (participation.uplift if invited else 0)) exp(eagerness))",
                "inputs a month",
            ),
            E(
                "given[i]",
                "floor(b) + yes(v < b - floor(b)) + number of n from 1 to 6 with v < chance of at least n inputs at the Poisson mean min(1, rate); b = rate - min(1, rate), v = uniform(LIFE, taking) + 0.5^25; only if v < rate",
                "inputs",
                "The second word of the key.",
            ),
            E(
                "citizens.inputs[i]",
                "min(255, citizens.inputs + given), begun anew at 0 in the first month of a year, t = 1, 13, 25 and so on",
            ),
            E("citizens.experience[i]", "min(255, citizens.experience + given)"),
            E(
                "counts.inputs[g], counts.taking_part[g], counts.invited[g]",
                "sum(given over i in g); citizens with given > 0; invited citizens",
            ),
        ),
    ),
    Section(
        "Hearing back",
        "live",
        ("processes.participation", "processes.lives"),
        (
            E(
                "hopes[i]",
                "citizens.efficacy + participation.forgetting (citizens.belief - citizens.efficacy)",
                "belief",
                "Of everybody, before answers.",
            ),
            E(
                "answer[i]",
                "of who waits, v = uniform(LIFE, answered): acted on if v < offer.action_rate, acknowledged if v < offer.response_rate, else ignored; nothing if not citizens.waiting",
                "kind",
            ),
            E(
                "citizens.efficacy[i]",
                "hopes + participation.acted_on (1 - hopes) if acted on, hopes + participation.acknowledged (1 - hopes) if acknowledged, hopes - participation.silence hopes if ignored, else hopes",
            ),
            E("citizens.heard[i]", "bits(acted on or acknowledged)"),
            E(
                "citizens.fatigue[i]",
                "(1 - participation.fatigue_fading) citizens.fatigue + (participation.fatigue_invited if invited) + (participation.fatigue_input if given > 0)",
            ),
            E("citizens.waiting[i], citizens.active[i]", "yes(given > 0), bits(given > 0)"),
            E(
                "counts.answered[g], counts.ignored[g], counts.acted_on[g]",
                "acted on or acknowledged; ignored; acted on",
            ),
        ),
        "Inputs of this month are drawn before answers to last month's are heard.",
    ),
    Section(
        "Budgets compared",
        "live",
        ("processes.trust", "processes.agenda", "processes.lives"),
        (
            E("fit[i]", "1 - sum(abs(offer.allocation[g,k] - ideal[i,k]) over k) / 2", "share"),
            E(
                "national_fit[i]",
                "1 - sum(abs(offer.agenda[g,k] - ideal[i,k]) over k) / 2",
                "share",
            ),
            E(
                "counts.fit[g], counts.fit_ranked[g], counts.fit_reachable[g]",
                "sum(fixed(fit)); sum(fixed(fit poverty)); sum(fixed(1 - sum(abs(offer.wanted[g,k] - ideal[i,k]) over k) / 2))",
            ),
            E(
                "counts.acceptance[g]",
                "sum(fixed(logistic((fit - trust.consent_fit) / trust.consent_width)))",
            ),
        ),
    ),
    Section(
        "Breaches and trust",
        "live",
        ("processes.trust", "processes.incidents", "processes.lives"),
        (
            E(
                "is_exposed[i]",
                "offer.exposure > 0 and uniform(EXPOSURE, exposed) < (offer.exposure if citizens.digital else offer.exposure_offline)",
                "flag",
                "The third word of the key.",
            ),
            E(
                "seen_local[i], seen_central[i]",
                "trust.service_weight lived_quality + (1 - trust.service_weight) v + trust.halo (citizens.predisposition - 0.5), v = fit, national_fit",
                "performance",
            ),
            E("anchor", "trust.anchor; 0 where trust.theory is adaptive", "share"),
            E(
                "reference_local[i], reference_central[i]",
                "anchor trust.norm + (1 - anchor) v, v = citizens.expectation_local, citizens.expectation_central",
                "performance",
            ),
            E(
                "share_local[i], share_central[i]",
                "offer.discretion, 1 - offer.discretion",
                "share",
            ),
            E(
                "level_local[i]",
                "clip((1 - trust.diffusion) (citizens.predisposition + trust.local_advantage / 2 + offer.climate) + trust.diffusion trust_of_peers + trust.outcome_slope (seen_local - reference_local) + trust.voice_slope share_local (citizens.efficacy - 0.4), 0, 1); without the last two terms where trust.theory is cultural",
                "share",
            ),
            E(
                "level_central[i]",
                "the same with - trust.local_advantage / 2, seen_central, reference_central, share_central",
                "share",
            ),
            E(
                "speed[i]",
                "trust.reversion (1 + trust.openness_gain offer.openness) (trust.negativity if level < trust else 1), of each of the two",
                "per month",
            ),
            E(
                "level, trust",
                "level_local and citizens.trust_local, or level_central and citizens.trust_central",
                "share",
            ),
            E(
                "citizens.trust_local[i], citizens.trust_central[i]",
                "clip(trust + speed (level - trust) + offer.climate_step - (trust.breach v trust if is_exposed else 0), 0, 1), v = share_local, share_central",
            ),
            E(
                "citizens.expectation_local[i], citizens.expectation_central[i]",
                "v + trust.perception (seen - v), of each of the two",
            ),
            E("seen", "seen_local or seen_central", "performance"),
            E("counts.exposed[g]", "citizens who are is_exposed"),
        ),
    ),
    Section(
        "Counts",
        "live",
        ("processes.lives", "processes.problems"),
        (
            E(
                "counts.wanted_all[g,k], counts.wanted_inputs[g,k], counts.wanted_users[g,k]",
                "sum(fixed(ideal[i,k]) over i in g); over those with citizens.waiting; over those with citizens.digital",
            ),
            E(
                "counts.trust_local[g], counts.trust_central[g], counts.trust_square[g], counts.low_trust[g]",
                "sum(fixed(citizens.trust_local)); sum(fixed(citizens.trust_central)); sum(fixed(m^2)); citizens with m < 0.3; m = (citizens.trust_local + citizens.trust_central) / 2",
            ),
            E(
                "counts.users[g], counts.heard[g], counts.used_year[g], counts.forms_year[g], counts.active_year[g]",
                "citizens with citizens.digital; with citizens.heard, citizens.used, citizens.forms, citizens.active in any of the last 12 months",
            ),
            E(
                "counts.experienced[g], counts.quality_low[g], counts.quality_high[g], counts.quality_ranked[g]",
                "sum(fixed(lived_quality)); over those with citizens.rank < 85; over those with citizens.rank >= 171; sum(fixed(lived_quality poverty))",
            ),
            E(
                "counts.heard_ranked[g], counts.active_low[g], counts.active_high[g]",
                "sum(fixed(poverty) over those heard in the last 12 months); those with citizens.active and citizens.rank < 85; and citizens.rank >= 171",
            ),
            E(
                "counts.people_by_inputs[g,n], counts.inputs_by_class[g,n]",
                "citizens whose citizens.inputs are of class n, and those inputs; classes begin at 1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97; in the first twelve months and in each twelfth",
            ),
        ),
    ),
    Section(
        "Blocks are added up",
        "add_blocks",
        ("processes.lives",),
        (
            E(
                "state.tallies[g,n]",
                "sum of state.block_tallies over the blocks of g; problems.told, problems.traced likewise of state.block_reports",
                note="Whole numbers, so that no order changes a sum; counts are the entries of state.tallies; state.blocks says which citizens are in one.",
            ),
        ),
    ),
)

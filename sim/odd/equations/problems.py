"""Local problems: how they arise, are noticed, worked on, and lived with."""

from __future__ import annotations

from sim.odd.equation import Equation, Section

E = Equation

SECTIONS = (
    Section(
        "Local problems arise",
        "arise",
        ("processes.problems",),
        (
            E(
                "smallest",
                "problems.neighbourhood (problems.tail - 1) / problems.tail",
                "share of residents",
            ),
            E(
                "mean_reach",
                "problems.widest if smallest >= problems.widest, else smallest (problems.tail - (smallest / problems.widest)^(problems.tail - 1)) / (problems.tail - 1)",
                "share of residents",
            ),
            E(
                "counts.arisen[g]",
                "poisson(PROBLEM, (problems.rate / 1000 + governments.crisis) / mean_reach), at most 1000",
                note="Lane 0; the n-th problem, n from 0, has lanes 1 + 5 n to 5 + 5 n: size, where, domain, whose, whether all notice it.",
            ),
            E(
                "reach[n]",
                "min(smallest uniform(PROBLEM, size)^(-1 / problems.tail), problems.widest)",
                "share of residents",
            ),
            E(
                "problems.length[g,s]",
                "min(governments.residents, max(1, floor(reach governments.residents + 0.5))) of a new problem in the first slot that is free; 0 of one that was solved last month",
            ),
            E(
                "problems.first[g,s]",
                "the place's first row + floor(uniform(PROBLEM, where) governments.residents)",
            ),
            E(
                "problems.domain[g,s]",
                "k with chance offer.preference[g,k] / sum(offer.preference over k), by uniform(PROBLEM, domain)",
            ),
            E("problems.central[g,s]", "yes(uniform(PROBLEM, whose) >= cells.discretion)"),
            E("problems.known[g,s]", "yes(uniform(PROBLEM, notice) < problems.obvious)"),
            E("problems.began[g,s], problems.noticed[g,s]", "t, t"),
            E("problems.ranked[g,s]", "sum(fixed(poverty) over those affected)"),
            E(
                "problems.standing[g,s]",
                "mean(citizens.elite_weight over those affected) / (counts.elite_weight / governments.residents)",
            ),
            E(
                "problems.solved[g,s], problems.told[g,s], problems.traced[g,s]",
                "0, 0, 0 of a new problem",
            ),
            E(
                "counts.beyond[g]",
                "problems that found no slot; each is counted as due at once, and touches nobody",
            ),
            E(
                "journal.new_reach[g], journal.new_domain[g]",
                "problems.length / governments.residents of the largest new problem, and its domain; 0 without one",
            ),
        ),
        "Affected are problems.length neighbouring rows from problems.first on, round the ends of the place. "
        "Counts of problems begin at 0 each month.",
    ),
    Section(
        "Local problems are noticed",
        "notice",
        ("processes.problems", "processes.agenda"),
        (
            E(
                "attention[n]",
                "problems.attention problems.length / (governments.residents problems.neighbourhood)",
                "per month",
                "Problems that are not known and began before this month; cells are those of u, who is responsible.",
            ),
            E("by_elites[n]", "1 - exp(-attention problems.standing)", "chance"),
            E(
                "by_professionals[n]",
                "1 - exp(-attention agenda.survey_interval) if is_surveyed else 0",
                "chance",
            ),
            E(
                "by_citizens[n]",
                "(1 - cells.big_data_share) (1 - exp(-attention min(1, v / problems.heard_in_full))) + cells.big_data_share (1 - exp(-attention problems.traced / problems.length)), v = problems.told / (problems.length 2^20)",
                "chance",
            ),
            E(
                "problems.known[g,s], problems.noticed[g,s]",
                "1, t if uniform(PROBLEM_NOTICE, s) < cells.weight_elite[u] by_elites + cells.weight_professional[u] by_professionals + cells.weight_citizen[u] by_citizens / max(1, cells.sensing_lag[u])",
            ),
            E(
                "counts.noticed[g], counts.months_to_notice[g]",
                "problems noticed, those that everybody notices among them; sum(t - problems.began over them)",
            ),
        ),
    ),
    Section(
        "Local problems are worked on",
        "solve",
        ("processes.problems", "processes.service"),
        (
            E("talk[u]", "problems.deliberation cells.deliberation[u]", "months"),
            E("is_ready[n]", "yes(problems.known = 1 and t - problems.noticed >= talk)", "flag"),
            E(
                "work[n]",
                "problems.length (1 + problems.worsening (t - problems.began))",
                "residents",
            ),
            E(
                "governments.problem_work[u,k]",
                "sum(work over problems of u and of domain k that are is_ready), of the centre work times governments.weight",
            ),
            E("waiting_work[u]", "sum(governments.problem_work[u,k] over k)", "residents"),
            E(
                "money_aim[u,k]",
                "positive(governments.problem_work / waiting_work + cells.analytic_error (1 - governments.capacity) normal(PROBLEM_MONEY, 1 + k)) if waiting_work > 0, else governments.allocation[g,k], of the centre governments.target[c,k]",
                "share",
            ),
            E(
                "governments.problem_money[u,k]",
                "money_aim / sum(money_aim over k), 1 / 4 where the sum is 0, if not governments.leaderless and uniform(PROBLEM_MONEY, 0) max(1, cells.revision_interval) < 1; else as it was",
            ),
            E(
                "able[u]",
                "problems.effort / 1000 (service.capacity_floor + service.capacity_gain governments.capacity) (service.staff_floor + service.staff_gain cells.staff_operations)",
                "residents per resident and month",
                "As counters are staffed, but for service.need_rate and smart work.",
            ),
            E(
                "effort[u]",
                "able cells.discretion governments.residents governments.funded of a local government; of the centre able[c] sum((1 - cells.discretion) governments.weight governments.residents governments.funded over g)",
                "residents a month",
            ),
            E(
                "is_worked_on[n]",
                "is_ready and uniform(PROBLEM_END, 3 s) < effort[u] governments.problem_money[u,k] / governments.problem_work[u,k], k = problems.domain",
                "flag",
            ),
            E(
                "governments.problem_cost[g]",
                "sum(problems.cost work over problems of the place that are is_worked_on)",
                note="The place pays, whoever is responsible.",
            ),
            E(
                "is_resisted[n]",
                "is_worked_on and uniform(PROBLEM_END, 3 s + 1) < problems.resistance problems.settling / (problems.settling + talk)",
                "flag",
            ),
            E("problems.noticed[g,s]", "t if is_resisted"),
            E("problems.solved[g,s]", "1 if is_worked_on and not is_resisted"),
            E(
                "is_faded[n]",
                "not problems.solved and t > problems.began and uniform(PROBLEM_END, 3 s + 2) < problems.fading",
                "flag",
            ),
            E("problems.length[g,s]", "0 if is_faded"),
            E(
                "counts.solved[g], counts.months_to_solve[g], counts.resisted[g], counts.faded[g]",
                "problems solved; sum of their ages t - problems.began; is_resisted; is_faded",
            ),
            E(
                "counts.due[g], counts.due_people[g], counts.due_ranked[g]",
                "problems that are solved or faded at an age of at most 12 months, or are 13 months old, and those beyond; sum(problems.length); sum(problems.ranked)",
            ),
            E(
                "counts.in_time[g], counts.in_time_people[g], counts.in_time_ranked[g]",
                "problems solved at an age of at most 12 months; sum(problems.length); sum(problems.ranked)",
            ),
            E(
                "counts.open[g], counts.open_people[g], counts.open_ranked[g]",
                "problems neither solved nor faded; sum(problems.length); sum(problems.ranked)",
            ),
            E(
                "journal.solved_reach[g], journal.solved_domain[g], journal.solved_after[g]",
                "problems.length / governments.residents, domain and age of the largest problem solved this month",
            ),
        ),
    ),
)

"""What cannot be generated about a row of the figure: which line to look at, why, and doubts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class RowWords(NamedTuple):
    """A row in words: what it is about, which line to look at and why, what to doubt."""

    about: str
    look: str
    doubt: str


WORDS: Mapping[str, RowWords] = {
    "goal": RowWords(
        "What money for systems is meant to buy: the administration's own systems, processes that "
        "span offices, or data and services that are open to others. It also says what a "
        "government calls success when it judges its own reforms.",
        "`online_supply` and `innovation`: the split of a project's money decides how much of it "
        "ends as services that people can complete online. Gov2.0 spends most on processes, which "
        "bring the most per unit of money, so both other columns fall behind it.",
        "Shares of the budget are assumed, and so is that money for processes brings more online "
        "than money for systems (`projects.part_online`). The three `score_` cells act only where "
        "governments reform themselves.",
    ),
    "services": RowWords(
        "How far services can be had online at all, and how far they use what is known of a "
        "person.",
        "`online_share` and `needs_met` first, then `efficiency`: the ceiling limits what projects "
        "can put online, and what is done online costs little and is never turned away.",
        "The ceiling of Gov3.0 is near what the European Commission counts (81 % of services); "
        "how quickly real countries get there is faster than here (a miss, see Evidence). That "
        "personal services are better is a design assumption; that they attract breaches too.",
    ),
    "ict_ecology": RowWords(
        "Who builds: one large supplier, or many partners among whom newcomers may bid.",
        "`lock_in` and `supplier_top4` before any headline: contracts decide them directly. "
        "`resilience` follows, since each contract is a tie between institutions.",
        "Gov1.0 and Gov2.0 have the same cells, so nothing moves between them: this is a check on "
        "the tool, not a finding. The concentration of suppliers is observed; the size of lock-in "
        "is assumed.",
    ),
    "role_of_cio": RowWords(
        "What staff of informatisation is for: keeping systems running, joining offices, or "
        "talking with citizens. Staff time sums to one, so more of one is less of another.",
        "`answered_share`, beside `participation_breadth`: staff who engage answer what is "
        "written, and being answered is what keeps people writing. Then `cost_per_citizen`, since "
        "answers that are acted on cost money.",
        "How many inputs the whole staff could answer (`participation.answer_capacity`) rests on "
        "no figure, and this row's effect on participation hangs on it. Operations staff that is "
        "missing at counters is a declared trade-off.",
    ),
    "decision_initiative": RowWords(
        "Whose wishes count when a budget is set and a problem is noticed: elites', "
        "professionals', citizens'.",
        "`answered_share` and `months_to_notice`: the weight of citizens is also how willing "
        "staff is to answer them, and citizens' words reach a government late.",
        "That willingness to answer grows with citizens' weight in decisions is assumed "
        "(`participation.willing_floor`). Elites and citizens are measured without error, which "
        "favours both. Budgets themselves hardly move with this row (fit by less than .005).",
    ),
    "decision_method": RowWords(
        "How decisions are taken: fast and by few, by information systems, or with data and "
        "deliberation.",
        "`decision_delay`, `acceptance` and `problems_solved`: deliberation costs months first "
        "and saves resistance later; either may win.",
        "How much resistance deliberation saves (`problems.resistance`, `decision.resistance`) is "
        "assumed, and the headline outcomes move by a few tenths at most: do not rest a case for "
        "or against deliberation on them.",
    ),
    "role_of_central_government": RowWords(
        "Whether the centre commands, supports, or brings local governments together.",
        "`ties_per_government` and `resilience`: a centre that mediates makes ties between places, "
        "and ties are what the measures of the network count.",
        "Resilience is a property of a network of ties, not of services in an emergency. Ties are "
        "paid for, and returns fall: see Network in [the model](../model.md). The mandate acts "
        "only where governments reform themselves.",
    ),
    "role_of_local_government": RowWords(
        "How much is decided, and paid for, locally.",
        "`fit`: budgets that are set where people live fit them better, the more so the more "
        "places differ. Beside it `unclaimed_share`: a place that must bring its own share may "
        "leave a grant on the table.",
        "That decisions fit better locally is decentralisation theory (Oates 1972) put into "
        "numbers; how much places differ is assumed (`society.heterogeneity`). It also says which "
        "government citizens hold responsible.",
    ),
    "role_of_entrepreneur": RowWords(
        "Whether firms only deliver what is ordered, or build services of their own on what is "
        "open.",
        "`live_services` before `innovation`: services of firms need openness, entry and users at "
        "once, so this row alone does little.",
        "Civic technology mostly fails (that is observed); how often it is tried is assumed "
        "(`market.service_births`). What the row does depends on rows 1 and 3: read pairs, not "
        "the row alone.",
    ),
    "role_of_citizen": RowWords(
        "How often people are asked to take part.",
        "`participation_equal_invitations` beside `participation`: the cell is the number of "
        "invitations, so that more people take part is partly the figure's own wording. Then "
        "`answered_share` and `trust`: who is asked and not answered loses heart.",
        "Invitations are calibrated to what Europeans and Estonians do online, answers are not. "
        "Without staff to answer, asking more lowers trust here; whether it does in reality is "
        "not known.",
    ),
    "decision_maker": RowWords(
        "How often a budget is looked at again, and how well it is analysed.",
        "`problems_solved` and `acceptance`: what this row moves is whether money gets to where "
        "problems are. For the budget as a whole its rhythm cancels out by rule.",
        "Effects are tenths of points. What analysis is worth (`analytic_error`) rests on no "
        "figure.",
    ),
    "demand_for_shift": RowWords(
        "What presses a government to reform itself: idle infrastructure, poor performance, or "
        "lost legitimacy.",
        "`profile_mean`, and only in scenarios with `transition: {mode: endogenous}`: this row "
        "moves where governments go, not what they do. `govshift transitions` tells it.",
        "With fixed or scheduled positions nothing moves at all, as the tables below show. How "
        "fast legitimacy presses (`reform.distrust`) is assumed, and decides how far governments "
        "come.",
    ),
}
"""By the row's name in scenario files."""

"""What the model remembers from month to month, in columns, one group per kind of agent.

Citizens' columns are single precision and small; those of governments are few and double
precision. A width names the entries per row: `domains` (the budget's), `near_ties`, `slots`,
`problem_slots`.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.columns import Array, Column

DOMAINS = ("welfare", "economy", "environment", "safety")
"""The budget's domains; `allocation` and every signal hold one share for each."""
DOMAIN_COUNT = len(DOMAINS)

NEUTRAL_EFFICACY = 0.4
"""Belief in having a say at which it neither adds to trust nor takes from it."""
TIES = 8
NEAR_TIES = 6
FAR_TIES = TIES - NEAR_TIES
WINDOW = 20
"""Near ties reach so many rows to either side, round the ends of the place."""
SERVICE_SLOTS = 24
PROBLEM_SLOTS = 32
"""Local problems that a place can have open at once; more are counted, and touch nobody."""
FIRST_ONLINE_SUPPLY = 0.05
"""Share of services that can be completed online at month 0."""


class Citizens(NamedTuple):
    """One row per citizen, stored in order of the local government.

    Flags of the last twelve months are kept as bits, the current month lowest.
    """

    home: Annotated[Array, Column("u2", "row of the local government", unit="row")]
    status: Annotated[Array, Column("f4", "socio-economic status", unit="z-score")]
    rank: Annotated[
        Array, Column("u1", "place in the order of status, in 256 steps from the lowest", unit="id")
    ]
    skill: Annotated[Array, Column("f4", "digital skill")]
    civic: Annotated[Array, Column("f4", "civic propensity", unit="log-odds")]
    elite_weight: Annotated[Array, Column("f4", "weight in what elites want", unit="weight")]
    taste_welfare: Annotated[Array, Column("f4", "own taste for welfare", unit="weight")]
    taste_economy: Annotated[Array, Column("f4", "own taste for the economy", unit="weight")]
    taste_environment: Annotated[Array, Column("f4", "own taste for environment", unit="weight")]
    taste_safety: Annotated[Array, Column("f4", "own taste for safety", unit="weight")]
    access_rank: Annotated[Array, Column("f4", "place in the order in which people get online")]
    predisposition: Annotated[Array, Column("f4", "trust to which a person returns")]
    near: Annotated[
        Array, Column("i1", "tied neighbours: steps from the own row", "near_ties", unit="rows")
    ]
    far: Annotated[Array, Column("u4", "tied citizens anywhere", "far_ties", unit="row")]
    expectation_local: Annotated[
        Array, Column("f4", "performance expected of the local government", start=0.6)
    ]
    expectation_central: Annotated[
        Array, Column("f4", "performance expected of the central government", start=0.6)
    ]
    trust_local: Annotated[Array, Column("f4", "trust in the local government")]
    trust_central: Annotated[Array, Column("f4", "trust in the central government")]
    efficacy: Annotated[
        Array,
        Column("f4", "belief that taking part makes a difference", start=NEUTRAL_EFFICACY),
    ]
    belief: Annotated[
        Array,
        Column(
            "f4", "belief in having a say to which forgetting leads back", start=NEUTRAL_EFFICACY
        ),
    ]
    fatigue: Annotated[Array, Column("f4", "weariness of being asked", unit="index")]
    quality: Annotated[Array, Column("f4", "quality of the last service experience", start=0.6)]
    digital: Annotated[Array, Column("u1", "uses the digital channel", unit="flag")]
    waiting: Annotated[Array, Column("u1", "gave inputs that are not yet answered", unit="flag")]
    inputs: Annotated[Array, Column("u1", "inputs given this year, at most 255", unit="inputs")]
    experience: Annotated[Array, Column("u1", "inputs given so far, at most 255", unit="inputs")]
    used: Annotated[
        Array, Column("u2", "looked up or tried a service online, by month", unit="bits")
    ]
    forms: Annotated[Array, Column("u2", "completed a transaction online, by month", unit="bits")]
    active: Annotated[Array, Column("u2", "took part, by month", unit="bits")]
    heard: Annotated[Array, Column("u2", "was answered, by month", unit="bits")]


class Offer(NamedTuple):
    """What citizens meet this month: one row per local government, single precision."""

    quality_digital: Annotated[Array, Column("f4", "quality of the digital channel")]
    quality_counter: Annotated[Array, Column("f4", "quality at the counter")]
    handled_share: Annotated[Array, Column("f4", "share of counter contacts that are handled")]
    online_supply: Annotated[Array, Column("f4", "share of services that can be done online")]
    transactions: Annotated[Array, Column("f4", "share of transactions that can be done online")]
    information: Annotated[Array, Column("f4", "share of information that can be had online")]
    discretion: Annotated[Array, Column("f4", "share of services that are the local government's")]
    openness: Annotated[Array, Column("f4", "openness of data and proceedings")]
    invitations: Annotated[Array, Column("f4", "chance to be invited to take part")]
    response_rate: Annotated[Array, Column("f4", "chance that who gave inputs is answered")]
    action_rate: Annotated[Array, Column("f4", "chance that who gave inputs has them acted on")]
    exposure: Annotated[Array, Column("f4", "digital users reached by this month's data breach")]
    exposure_offline: Annotated[Array, Column("f4", "others reached by this month's data breach")]
    training: Annotated[Array, Column("f4", "citizens trained in a year")]
    infrastructure: Annotated[Array, Column("f4", "share of people with access")]
    climate: Annotated[Array, Column("f4", "climate of trust of last month, alike everywhere")]
    climate_step: Annotated[Array, Column("f4", "how far it has moved this month")]
    allocation: Annotated[Array, Column("f4", "the local budget", "domains")]
    agenda: Annotated[Array, Column("f4", "the national agenda", "domains")]
    wanted: Annotated[Array, Column("f4", "the mean of residents' ideal budgets", "domains")]
    preference: Annotated[Array, Column("f4", "the place's part of ideal budgets", "domains")]
    skill_level: Annotated[
        Array, Column("f4", "skill of the place's people, against all", unit="log-odds")
    ]
    trust_level: Annotated[
        Array, Column("f4", "trust of the place's people, against all", unit="log-odds")
    ]


class Governments(NamedTuple):
    """One row per local government; the last row is the central government."""

    residents: Annotated[Array, Column("f8", "citizens simulated", unit="citizens")]
    weight: Annotated[
        Array,
        Column(
            "f8",
            "people that a citizen of the place stands for, against the mean",
            start=1.0,
            unit="ratio",
        ),
    ]
    self_reliance: Annotated[Array, Column("f8", "own revenue as a share of revenue")]
    relative_revenue: Annotated[Array, Column("f8", "own revenue against the mean", unit="ratio")]
    capacity: Annotated[Array, Column("f8", "administrative capacity")]
    disrupted: Annotated[Array, Column("f8", "capacity lost to changes that is yet to return")]
    capacity_start: Annotated[Array, Column("f8", "capacity at month 0")]
    online_supply: Annotated[Array, Column("f8", "share of services that can be done online")]
    integration: Annotated[Array, Column("f8", "integration of back offices")]
    openness: Annotated[Array, Column("f8", "openness of data and proceedings")]
    lock_in: Annotated[Array, Column("f8", "dependence on the supplier")]
    drift: Annotated[Array, Column("f8", "what the place needs", "domains", unit="z-score")]
    taste: Annotated[Array, Column("f8", "what its people want beside", "domains", unit="z-score")]
    allocation: Annotated[Array, Column("f8", "the budget", "domains")]
    target: Annotated[Array, Column("f8", "the budget aimed at", "domains")]
    elite_signal: Annotated[Array, Column("f8", "budget that elites want", "domains")]
    survey: Annotated[Array, Column("f8", "mean ideal budget measured", "domains")]
    citizen_signal: Annotated[Array, Column("f8", "budget heard from citizens", "domains")]
    acceptance: Annotated[Array, Column("f8", "consent to the budget")]
    delay: Annotated[Array, Column("f8", "time a decision takes", unit="months", start=9.0)]
    input_load: Annotated[
        Array,
        Column("f8", "citizens with inputs in a month, over about a year", unit="per resident"),
    ]
    wait: Annotated[Array, Column("f8", "counter load above capacity", unit="ratio")]
    funded: Annotated[Array, Column("f8", "share of running costs that money covers", start=1.0)]
    users: Annotated[Array, Column("f8", "share of residents on the digital channel")]
    incident: Annotated[Array, Column("f8", "a data breach this month", unit="flag")]
    breach_shock: Annotated[Array, Column("f8", "digital users reached by a shock's data breach")]
    leaderless: Annotated[Array, Column("f8", "no budget is revised", unit="flag")]
    climate: Annotated[Array, Column("f8", "climate of trust, alike everywhere")]
    crisis: Annotated[Array, Column("f8", "residents struck at once by a shock's local problems")]
    problem_work: Annotated[
        Array,
        Column("f8", "work on problems that can begin", "domains", unit="residents"),
    ]
    problem_money: Annotated[Array, Column("f8", "money for problems by domain", "domains")]
    problem_cost: Annotated[Array, Column("f8", "cost of the month's solutions", unit="money")]
    live_services: Annotated[Array, Column("f8", "convergent services alive", unit="services")]
    service_firm: Annotated[
        Array, Column("i4", "entrepreneur of each live service", "slots", start=-1, unit="row")
    ]
    service_began: Annotated[
        Array, Column("i4", "month in which each live service began", "slots", unit="month")
    ]
    new_services: Annotated[
        Array, Column("f8", "convergent services alive that are new", unit="services")
    ]
    new_share: Annotated[Array, Column("f8", "share of online services that are new or renewed")]
    supplier: Annotated[Array, Column("i4", "holder of the large contract", start=-1, unit="row")]
    contract_months: Annotated[Array, Column("f8", "months left of the contract", unit="months")]
    ties: Annotated[Array, Column("f8", "ties of the office and its civic hub", unit="ties")]
    spending: Annotated[
        Array, Column("f8", "spending of a month, over about a year", unit="money per resident")
    ]
    met: Annotated[
        Array, Column("f8", "needs met in a month, over about a year", unit="per resident")
    ]
    pressure: Annotated[Array, Column("f8", "pressure for reform", "pressures", unit="index")]
    score: Annotated[Array, Column("f8", "how the government judges itself")]
    standing: Annotated[Array, Column("f8", "its score with equal weights, for comparison")]
    window: Annotated[
        Array, Column("f8", "months left in which reforms come easier", unit="months")
    ]
    score_before: Annotated[Array, Column("f8", "the same when the last reform began")]
    trust_at_election: Annotated[
        Array, Column("f8", "mean trust of residents at the last election; 0 before the first")
    ]
    trial: Annotated[Array, Column("f8", "months until the last reform is judged", unit="months")]
    profile_before: Annotated[
        Array, Column("f8", "positions before the last reform", "rows", unit="position")
    ]
    abroad_seen: Annotated[
        Array,
        Column("f8", "positions abroad, as last taken over", "rows", start=-1, unit="position"),
    ]
    reform_event: Annotated[Array, Column("u1", "what befell the profile this month", unit="id")]
    reform_cause: Annotated[Array, Column("u1", "pressure behind the last reform", unit="id")]
    reform_model: Annotated[Array, Column("u1", "whom the last reform copied", unit="id")]
    project_result: Annotated[
        Array,
        Column(
            "f8", "0 none, 1 failed, 2 partial, 3 success, 4 unclaimed, 5 no grant left", unit="id"
        ),
    ]


class Problems(NamedTuple):
    """Local problems: one row per local government, one entry per slot.

    Who is affected are `length` neighbouring rows of citizens from `first` on, round the ends of the
    place; a slot of length 0 is free. One that is solved this month is freed in the next.
    """

    first: Annotated[Array, Column("i8", "first citizen affected", "problem_slots", unit="row")]
    length: Annotated[Array, Column("i8", "citizens affected", "problem_slots", unit="rows")]
    began: Annotated[Array, Column("i4", "month in which it arose", "problem_slots", unit="month")]
    noticed: Annotated[
        Array, Column("i4", "month since which it is dealt with", "problem_slots", unit="month")
    ]
    known: Annotated[Array, Column("u1", "noticed so far", "problem_slots", unit="flag")]
    solved: Annotated[Array, Column("u1", "solved this month", "problem_slots", unit="flag")]
    central: Annotated[Array, Column("u1", "left to the centre", "problem_slots", unit="flag")]
    domain: Annotated[Array, Column("u1", "domain of the budget", "problem_slots", unit="id")]
    standing: Annotated[
        Array,
        Column("f8", "weight of the affected among elites", "problem_slots", unit="ratio"),
    ]
    ranked: Annotated[
        Array, Column("i8", "poverty of the affected", "problem_slots", unit="fixed point")
    ]
    told: Annotated[
        Array,
        Column("i8", "chances of the affected to write", "problem_slots", unit="fixed point"),
    ]
    traced: Annotated[
        Array, Column("i8", "affected who are digital users", "problem_slots", unit="citizens")
    ]


class Levers(NamedTuple):
    """What governments set for themselves, one row each; the last row is the central government.

    A column has the name of the parameter that it starts from.
    """

    digital_training: Annotated[Array, Column("f8", "citizens trained in a year")]
    budget: Annotated[Array, Column("f8", "revenue against the base", unit="ratio")]
    yearly_rounds: Annotated[Array, Column("f8", "programme rounds in a year", unit="rounds")]
    development: Annotated[Array, Column("f8", "own money for projects", unit="money a year")]
    matching_budget: Annotated[Array, Column("f8", "matching grants", unit="money a year")]
    staff: Annotated[Array, Column("f8", "money for engagement staff", unit="money a year")]
    spend: Annotated[Array, Column("f8", "money for opening data", unit="money a year")]


class Ledger(NamedTuple):
    """Money of one month and what is carried over; last row is the central government.

    Each month: reserves after = reserves before + collected + granted + matched - running - projects
    - change - overhead - lapsed, where a grant given counts as spent by the central government.
    """

    reserve: Annotated[Array, Column("f8", "running money carried over", unit="money")]
    fund: Annotated[Array, Column("f8", "own-source money for projects", unit="money")]
    entitlement: Annotated[Array, Column("f8", "matching grants that can be claimed", unit="money")]
    collected: Annotated[Array, Column("f8", "own revenue of the month", unit="money")]
    granted: Annotated[Array, Column("f8", "general grant received", unit="money")]
    matched: Annotated[Array, Column("f8", "matching grants received", unit="money")]
    running: Annotated[Array, Column("f8", "spent on services and participation", unit="money")]
    projects: Annotated[Array, Column("f8", "spent on projects", unit="money")]
    services: Annotated[Array, Column("f8", "of running: counters and online", unit="money")]
    counters: Annotated[Array, Column("f8", "of services: contacts at the counter", unit="money")]
    online: Annotated[Array, Column("f8", "of services: contacts online", unit="money")]
    back_office: Annotated[Array, Column("f8", "of services: work behind both", unit="money")]
    participation: Annotated[
        Array, Column("f8", "of running: inputs and deliberation", unit="money")
    ]
    breaches: Annotated[Array, Column("f8", "of running: data breaches", unit="money")]
    training: Annotated[Array, Column("f8", "of running: digital training", unit="money")]
    coordination: Annotated[Array, Column("f8", "of running: ties kept up", unit="money")]
    problems: Annotated[Array, Column("f8", "of running: local problems", unit="money")]
    engagement: Annotated[Array, Column("f8", "of running: engagement staff bought", unit="money")]
    open_data: Annotated[Array, Column("f8", "of running: opening data", unit="money")]
    change: Annotated[Array, Column("f8", "spent on changes of the profile", unit="money")]
    overhead: Annotated[Array, Column("f8", "lost to administration", unit="money")]
    lapsed: Annotated[Array, Column("f8", "returned unused", unit="money")]
    unclaimed: Annotated[Array, Column("f8", "matching grants left on the table", unit="money")]


class Firms(NamedTuple):
    """One row per entrepreneur."""

    capability: Annotated[Array, Column("f8", "capability")]
    established: Annotated[Array, Column("u1", "an established system supplier", unit="flag")]
    contracts: Annotated[Array, Column("i8", "contracts won so far", unit="contracts")]
    revenue: Annotated[Array, Column("i8", "revenue so far", unit="hundredths of money")]
    deliveries: Annotated[Array, Column("i8", "deliveries of the month", unit="fixed point")]
    live_services: Annotated[Array, Column("i8", "convergent services alive", unit="services")]


class Network(NamedTuple):
    """Ties between institutions: node 0 is the centre, then governments, hubs, entrepreneurs."""

    age: Annotated[Array, Column("i4", "months since the tie was born, -1 if none", "nodes", -1)]
    kind: Annotated[Array, Column("u1", "0 informal, 1 contract, 2 statutory", "nodes")]
    protected: Annotated[Array, Column("i4", "months in which the tie cannot end", "nodes", 0)]
    alive: Annotated[Array, Column("u1", "the node takes part", start=1, unit="flag")]


class Journal(NamedTuple):
    """What befell a government this month, for the record alone: no rule reads it."""

    large_firm: Annotated[
        Array, Column("i4", "winner of the month's large contract", start=-1, unit="row")
    ]
    small_firm: Annotated[
        Array, Column("i4", "winner of the month's small contract", start=-1, unit="row")
    ]
    large_value: Annotated[Array, Column("f8", "value of the large contract", unit="money")]
    small_value: Annotated[Array, Column("f8", "value of the small contract", unit="money")]
    ended_service: Annotated[
        Array,
        Column("i2", "entrepreneur of each service that ended", "slots", start=-1, unit="row"),
    ]
    new_service: Annotated[
        Array, Column("i2", "entrepreneur of the service that began", start=-1, unit="row")
    ]
    new_reach: Annotated[
        Array, Column("f8", "residents affected by the largest problem that arose")
    ]
    new_domain: Annotated[Array, Column("u1", "its domain of the budget", unit="id")]
    solved_reach: Annotated[
        Array, Column("f8", "residents affected by the largest problem solved this month")
    ]
    solved_domain: Annotated[Array, Column("u1", "its domain of the budget", unit="id")]
    solved_after: Annotated[Array, Column("i2", "its age when it was solved", unit="months")]
    reform: Annotated[Array, Column("u1", "reform before the push and the vote", unit="id")]
    reformed: Annotated[Array, Column("f8", "positions after the reform", "rows", unit="position")]
    pushed: Annotated[
        Array, Column("f8", "positions after the centre's push", "rows", unit="position")
    ]
    election: Annotated[
        Array, Column("u1", "0 none, 1 kept course, 2 retreated, 3 advanced", unit="id")
    ]


class Cells(NamedTuple):
    """The figure's cells blended for each government; the last row is the central government."""

    budget_internal: Array
    budget_bpr: Array
    budget_open: Array
    score_cost: Array
    score_connectivity: Array
    score_individual: Array
    ambition_of_goal: Array
    online_ceiling: Array
    personalisation: Array
    ambition_of_services: Array
    large_contract_share: Array
    entry_openness: Array
    ambition_of_ecology: Array
    staff_operations: Array
    staff_integration: Array
    staff_engagement: Array
    ambition_of_cio: Array
    weight_elite: Array
    weight_professional: Array
    weight_citizen: Array
    sensing_lag: Array
    deliberation: Array
    big_data_share: Array
    mandate: Array
    brokerage: Array
    matching_share: Array
    discretion: Array
    convergent_effort: Array
    invitations: Array
    revision_interval: Array
    analytic_error: Array
    pressure_infrastructure: Array
    pressure_performance: Array
    pressure_legitimacy: Array

"""The compiled month against the ordinary one, in turns, so that both meet the same machine."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter

from benchmarks.machine import worth_of_two_threads
from benchmarks.months import PROCESSES, Stopwatch, korea
from benchmarks.ordinary_mesa import OrdinaryModel

FEWEST_FOR_THREADS = 5_000
"""Below this the model leaves the citizens to one thread whatever it is told."""


@dataclass(frozen=True)
class Comparison:
    """Seconds a month for one number of citizens; each number is a median over the rounds.

    `month` and `live` are the compiled month and its citizens' pass by number of threads,
    `processes` where the month goes with one thread, `worth` what two threads could do at best
    (2 if the machine is ours).
    """

    citizens: int
    ordinary: float
    month: dict[int, float]
    live: dict[int, float]
    processes: dict[str, float]
    worth: float

    def ratio(self, threads: int) -> float:
        """How many times faster a whole compiled month is than the ordinary citizens' alone."""
        return self.ordinary / self.month[threads]

    def ratio_of_citizens(self, threads: int) -> float:
        """The same for the citizens' pass alone."""
        return self.ordinary / self.live[threads]

    def nanoseconds(self, threads: int) -> float:
        """Time of the compiled month per citizen."""
        return 1e9 * self.month[threads] / self.citizens


def compare(citizens: int, *, rounds: int) -> Comparison:
    """Time both models in turns: an ordinary month, then a compiled year for each thread count.

    Each goes once unmeasured at its turn, so that none pays for caches that another has filled.
    """
    threads = (1, 2) if citizens >= FEWEST_FOR_THREADS else (1,)
    models = {count: korea(citizens, threads=count) for count in threads}
    ordinary = OrdinaryModel(models[1])
    watches = {count: Stopwatch(model) for count, model in models.items()}
    worth_of_two_threads()
    worth: list[float] = []
    ordinary_months: list[float] = []
    years: dict[int, list[dict[str, float]]] = {count: [] for count in threads}
    for _ in range(rounds):
        ordinary.step()
        start = perf_counter()
        ordinary.step()
        ordinary_months.append(perf_counter() - start)
        for count, watch in watches.items():
            watch.year()
            years[count].append(watch.year())
        worth.append(worth_of_two_threads())
    return Comparison(
        citizens,
        median(ordinary_months),
        {count: median(year["month"] for year in years[count]) for count in threads},
        {count: median(year["live"] for year in years[count]) for count in threads},
        {name: median(year[name] for year in years[1]) for name in PROCESSES},
        median(worth),
    )

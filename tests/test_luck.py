"""The keyed generator: known answers, uniformity, independence, purposes that never collide."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.engine.luck import Luck, normals, seed_key, uniforms, unit, words


def test_philox_known_answers() -> None:
    """Test vectors of Random123 for Philox4x32-10."""
    assert words(seed_key(0), 0, 0, 0, 0) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    ones = 0xFFFFFFFF
    assert words(seed_key((1 << 64) - 1), ones, ones, ones, ones) == (
        0x408F276D,
        0x41C83B0E,
        0xA20BC7C6,
        0x6D5451FD,
    )


def test_purposes_are_distinct() -> None:
    assert len({int(purpose) for purpose in Luck}) == len(list(Luck))
    firsts = {words(seed_key(5), int(purpose), 1, 1, 0) for purpose in Luck}
    assert len(firsts) == len(list(Luck))


@pytest.mark.parametrize("seed", [0, 1, 2**40 + 7])
@pytest.mark.parametrize("purpose", [Luck.CHANNEL, Luck.EXPOSURE, Luck.PROJECT])
def test_uniform(seed: int, purpose: Luck) -> None:
    values = uniforms(seed_key(seed), purpose, 50_000, 1, month=3)[:, 0]
    assert stats.kstest(values, "uniform").pvalue > 1e-4
    counts = np.bincount((values * 256).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > 1e-4


def _draws(seed: int, purpose: int, month: int, first: int) -> np.ndarray:
    return np.array(
        [unit(words(seed_key(seed), purpose, month, first + i, 0)[0]) for i in range(4000)]
    )


@pytest.mark.parametrize(
    "other", [(2, 21, 1, 0), (1, 22, 1, 0), (1, 21, 2, 0), (1, 21, 1, 1)],
    ids=["seed", "purpose", "month", "agent"],
)  # fmt: skip
def test_neighbouring_keys_are_independent(other: tuple[int, int, int, int]) -> None:
    """Draws of keys that differ by one in one part are uncorrelated, also after ranking."""
    here, there = _draws(1, 21, 1, 0), _draws(*other)
    assert abs(stats.pearsonr(here, there).statistic) < 0.06
    table = np.histogram2d(here, there, bins=8)[0]
    assert stats.chi2_contingency(table).pvalue > 1e-4


def test_normals() -> None:
    values = normals(seed_key(9), Luck.SKILL, 50_000)[:, 0]
    assert stats.kstest(values, "norm").pvalue > 1e-4


def test_single_precision_uniforms_stay_below_one() -> None:
    assert unit(np.uint32(0xFFFFFFFF)) < 1.0
    assert unit(np.uint32(0)) == 0.0


def test_seed_range() -> None:
    with pytest.raises(ValueError, match="seed"):
        seed_key(-1)
    with pytest.raises(ValueError, match="seed"):
        seed_key(1 << 64)

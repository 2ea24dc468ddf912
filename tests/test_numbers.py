"""Portable mathematics against the libraries that it replaces."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.engine.numbers import (
    exponential,
    fixed,
    logarithm,
    logistic,
    normal_quantile,
    power,
    sigmoid,
)


@pytest.mark.parametrize("x", np.linspace(-30, 30, 121))
def test_exponential(x: float) -> None:
    assert exponential(x) == pytest.approx(math.exp(x), rel=1e-14)


@pytest.mark.parametrize("x", [1e-9, 0.001, 0.5, 1.0, 1.5, 2.0, 17.7, 1e12])
def test_logarithm(x: float) -> None:
    assert logarithm(x) == pytest.approx(math.log(x), rel=1e-14, abs=1e-15)


def test_logistic_error() -> None:
    xs = np.linspace(-15, 15, 3001).astype(np.float32)
    ours = np.array([logistic(x) for x in xs])
    assert np.abs(ours - 1 / (1 + np.exp(-xs.astype(np.float64)))).max() < 2e-7
    assert ((ours >= 0) & (ours <= 1)).all()


@pytest.mark.parametrize("p", [1e-10, 1e-4, 0.02, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9])
def test_normal_quantile(p: float) -> None:
    assert normal_quantile(p) == pytest.approx(stats.norm.ppf(p), rel=1e-12, abs=1e-14)


def test_power_and_sigmoid() -> None:
    assert power(2.0, 0.5) == pytest.approx(math.sqrt(2), rel=1e-14)
    assert sigmoid(0.0) == 0.5


def test_fixed_point_keeps_twenty_bits() -> None:
    assert fixed(np.float32(1.0)) == 1 << 20
    assert fixed(np.float32(0.5)) == 1 << 19

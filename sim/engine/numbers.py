"""Portable mathematics: only + - * / and square root, so that every machine gives the same bits.

Library `exp` and `log` differ in their last bit between systems; the model never calls them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.columns import Array
from sim.engine.compiling import inner, making_loop, rule, typed

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LN2 = 0.6931471805599453
FIXED_SCALE = 1048576.0
"""Shares are summed over citizens as integers of this scale: their order cannot matter."""

Whole = int | np.integer[Any] | np.bool_
"""A count or a flag, of Python or NumPy: compiled code treats them alike."""

FIXED_POINT = np.float32(FIXED_SCALE)
"""The same in single precision, as citizens count."""


@rule
def fixed(value: np.float32) -> np.int32:
    """A number from 0 to 2,000 as a fixed-point integer."""
    return np.int32(value * FIXED_POINT)


@rule
def plus(total: Whole, amount: Whole) -> np.int32:
    """A sum kept in 32 bits, so that the processor adds twice as many at once as in 64."""
    return np.int32(total + amount)


@rule
def clip(value: float, low: float, high: float) -> float:
    """The value, held between two bounds."""
    return min(max(value, low), high)


@rule
def whole_months(interval: float) -> int:
    """An interval in months to the nearest whole one, halves up, at least one month."""
    return max(1, int(interval + 0.5))


@rule
def logistic(x: np.float32) -> np.float32:
    """The logistic curve in single precision, as a ratio of polynomials (error below 2e-7).

    The 13/6 rational form of the hyperbolic tangent as published in the Eigen library.
    """
    y = min(max(x * np.float32(0.5), np.float32(-7.9053111)), np.float32(7.9053111))
    s = y * y
    p = np.float32(-2.76076847742355e-16) * s + np.float32(2.00018790482477e-13)
    p = p * s + np.float32(-8.60467152213735e-11)
    p = p * s + np.float32(5.12229709037114e-08)
    p = p * s + np.float32(1.48572235717979e-05)
    p = p * s + np.float32(6.37261928875436e-04)
    p = p * s + np.float32(4.89352455891786e-03)
    q = np.float32(1.19825839466702e-06) * s + np.float32(1.18534705686654e-04)
    q = q * s + np.float32(2.26843463243900e-03)
    q = q * s + np.float32(4.89352518554385e-03)
    return y * p / q * np.float32(0.5) + np.float32(0.5)


@rule
def exponential_single(x: np.float32) -> np.float32:
    """e**x in single precision for -32 to 16, which x is held in (relative error below 1e-5).

    A Taylor polynomial of a 32nd of x, squared five times: no table, no bits, no jumps.
    """
    y = min(max(x, np.float32(-32.0)), np.float32(16.0)) * np.float32(1.0 / 32.0)
    value = np.float32(1.0)
    for n in range(8):
        value = value * (y * (np.float32(1.0) / np.float32(8 - n))) + np.float32(1.0)
    for _ in range(5):
        value = value * value
    return value


@rule
def _binary_exponent(x: float) -> float:
    """The power of two next to e**x."""
    nearest: float = np.floor(x / _LN2 + 0.5)
    return nearest


@rule
def _rest_of_exponential(x: float, k: float) -> float:
    """e**x over 2**k, by a Taylor polynomial."""
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    term = 1.0
    total = 1.0
    for n in range(1, 15):
        term = term * r / n
        total += term
    return total


@typed("f8(f8)")
def exponential(x: float) -> float:
    """e**x in double precision by range reduction and a Taylor polynomial (error about 1e-15)."""
    x = min(max(x, -700.0), 700.0)
    k = _binary_exponent(x)
    total = _rest_of_exponential(x, k)
    scale = 1.0
    factor = 2.0 if k >= 0.0 else 0.5
    for _ in range(int(abs(k))):
        scale *= factor
    return total * scale


@inner
def exponentials_in_row(values: Array, size: int, bits: Array, powers: Array) -> None:
    """Replace the first values by their `exponential`, several at once.

    `bits` and `powers` are the same working memory, as whole numbers and as powers of two.
    """
    for j in range(size):
        x = min(max(values[j], -700.0), 700.0)
        k = _binary_exponent(x)
        values[j] = _rest_of_exponential(x, k)
        bits[j] = (np.int64(np.int32(k)) + 1023) << 52
    for j in range(size):
        values[j] *= powers[j]


@making_loop
def exponentials(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`exponential` of every value of a vector."""
    out = np.empty_like(values)
    for i in range(values.shape[0]):
        out[i] = exponential(values[i])
    return out


@rule
def logarithm_in_row(x: float) -> float:
    """`logarithm`, written into the loop that calls it, which a card needs."""
    k = 0
    while x > 1.4142135623730951:
        x *= 0.5
        k += 1
    while x < 0.7071067811865476:
        x *= 2.0
        k -= 1
    z = (x - 1.0) / (x + 1.0)
    square = z * z
    power = z
    total = 0.0
    for n in range(1, 34, 2):
        total += power / n
        power *= square
    return 2.0 * total + k * _LN2


@typed("f8(f8)")
def logarithm(x: float) -> float:
    """The natural logarithm of a positive number in double precision (error about 1e-15)."""
    return logarithm_in_row(x)


@typed("f8(f8)")
def sigmoid(x: float) -> float:
    """The logistic curve in double precision, for governments and set-up."""
    return 1.0 / (1.0 + exponential(-x))


def sigmoids(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`sigmoid` of every value of a vector."""
    return 1.0 / (1.0 + exponentials(-values))


@typed("f8(f8,f8)")
def power(base: float, exponent: float) -> float:
    """A positive number to any power."""
    return exponential(exponent * logarithm(base))


@making_loop
def powers(bases: NDArray[np.float64], exponents: NDArray[np.float64]) -> NDArray[np.float64]:
    """`power` of every pair of two vectors; nothing stays nothing."""
    out = np.zeros_like(bases)
    for i in range(bases.shape[0]):
        if bases[i] > 0.0:
            out[i] = power(bases[i], exponents[i])
    return out


@rule
def _ratio(coefficients: tuple[float, ...], below: tuple[float, ...], r: float) -> float:
    top = 0.0
    for c in coefficients:
        top = top * r + c
    bottom = 0.0
    for c in below:
        bottom = bottom * r + c
    return top / bottom


_CENTRE = (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
           45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
           133.14166789178437745, 3.387132872796366608)  # fmt: skip
_CENTRE_BELOW = (5226.495278852545925, 28729.085735721942674, 39307.89580009271061,
                 21213.794301586595867, 5394.1960214247511077, 687.1870074920579083,
                 42.313330701600911252, 1.0)  # fmt: skip
_SHOULDER = (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
             1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055,
             4.6303378461565452959, 1.42343711074968357734)  # fmt: skip
_SHOULDER_BELOW = (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
                   0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494,
                   2.05319162663775882187, 1.0)  # fmt: skip
_TAIL = (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
         0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358,
         5.4637849111641143699, 6.6579046435011037772)  # fmt: skip
_TAIL_BELOW = (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
               7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
               0.59983220655588793769, 1.0)  # fmt: skip


_CENTRAL = 0.425


@rule
def _central_quantile(q: float) -> float:
    return q * _ratio(_CENTRE, _CENTRE_BELOW, 0.180625 - q * q)


@typed("f8(f8)")
def normal_quantile(p: float) -> float:
    """The standard normal quantile (Wichura 1988, algorithm AS 241, error about 1e-16)."""
    q = p - 0.5
    if abs(q) <= _CENTRAL:
        return _central_quantile(q)
    tail = p if q < 0.0 else 1.0 - p
    r = np.sqrt(-logarithm(tail))
    if r <= 5.0:
        value = _ratio(_SHOULDER, _SHOULDER_BELOW, r - 1.6)
    else:
        value = _ratio(_TAIL, _TAIL_BELOW, r - 5.0)
    return -value if q < 0.0 else value


@inner
def quantiles_in_row(chances: Array, size: int, out: Array) -> None:
    """The `normal_quantile` of the first chances, several at once; the rare tails one by one."""
    for j in range(size):
        out[j] = _central_quantile(chances[j] - 0.5)
    for j in range(size):
        if abs(chances[j] - 0.5) > _CENTRAL:
            out[j] = normal_quantile(chances[j])

"""The variance between schools, at which a few unlike the rest do not pull."""

from __future__ import annotations

import numpy as np
from scipy import optimize, stats

from msoko.stats.estimators.sample import Vector

BOUND = 1.5
BOUNDED_SQUARE = float(
    2 * (stats.norm.cdf(BOUND) - 0.5 - BOUND * stats.norm.pdf(BOUND))
    + 2 * BOUND**2 * stats.norm.sf(BOUND)
)
"""The mean of min(Z², 1.5²), Z standard normal."""


def robust_tau2(residual: Vector, error2: Vector, taken: Vector | float = 0.0) -> float:
    """Return the between-school variance at which the bounded mean square of z is normal.

    Solves `mean(min(z², 1.5²)) = E min(Z², 1.5²)` for τ², `z² = r²/(σ² + τ² − t)`, `t` the part of
    the variance that the fitted line takes. Bounding after standardising, not before as Winsorised
    φ does: else large honest schools, whose own errors are small, are bounded away and τ² comes out
    too small (size 1.3 times nominal). One residual and one squared error a school, in the units of
    the outcome squared. An M-estimate of scale (Huber 1981, ch. 5).
    """

    square, count = residual**2, len(residual)

    def excess(tau2: float) -> float:
        total = error2 + tau2
        scaled = square / np.maximum(total - taken, 0.1 * total)
        return float(np.minimum(scaled, BOUND**2).sum()) / count - BOUNDED_SQUARE

    high = float(square.max()) * 4 + 1e-12
    if excess(0.0) <= 0:
        return 0.0
    return float(optimize.brentq(excess, 0.0, high, xtol=1e-14, rtol=1e-12))


def standardised(residual: Vector, error2: Vector, tau2: float, taken: Vector | float) -> Vector:
    """Return the residuals by their errors, of which the fitted line takes `taken`."""
    total = error2 + tau2
    return residual / np.sqrt(np.maximum(total - taken, 0.1 * total))

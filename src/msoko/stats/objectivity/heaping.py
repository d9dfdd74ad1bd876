"""Heaping of primary scores at the thresholds of marks, tested on the discrete scale.

Log-linear smoothing after Holland & Thayer (2000); bunching: Chetty et al. (2011), Kleven (2016).
The test is the score test of one direction, so nothing is fitted under the
alternative and small schools do not separate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from msoko.stats.estimators.estimate import HypothesisTest, NotEstimable, Reason
from msoko.stats.estimators.sample import Vector

DIRECTION = {-2: -0.5, -1: -1.0, 0: 1.0, 1: 0.5}
"""Weight of the scores around a cut c: what is lifted leaves c−2 and c−1 and lands on c, c+1."""
LEAST_PUPILS = 8
LEAST_REFERENCE = 100
DEGREES = (3, 4, 5, 6)
COMB_LEVEL = 1e-3
ITERATIONS = 60
TOLERANCE = 1e-9
LEAST_EXPECTED = 20
LEAST_PLACEBOS = 12


@dataclass(frozen=True)
class Heaping:
    """The score test of heaping in one histogram.

    `score` U and `variance` V with `z = U/√V` (one-sided `p`, large when pupils are lifted);
    `delta` is the one-step estimate U/V of the log-linear effect; `degree` of the curve; `n`
    pupils. U and V of several papers may be added, see `pool_heaping`.
    """

    score: float
    variance: float
    degree: int
    n: int

    is_estimable: ClassVar[bool] = True

    @property
    def z(self) -> float:
        return self.score / float(np.sqrt(self.variance))

    @property
    def p(self) -> float:
        return float(special.ndtr(-self.z))

    @property
    def delta(self) -> float:
        return self.score / self.variance


def heaping_in_school(
    counts: ArrayLike, others: ArrayLike, cuts: Sequence[int]
) -> Heaping | NotEstimable:
    """Return the heaping of a school's scores against the scores of all other schools.

    `counts[x]` and `others[x]` are pupils with score x = 0…K, the school not among the others.
    `log μ_x = log(others_x + .5) + β₀ + β₁x + β₂x²`, so the teeth of the paper itself stay in the
    reference; V is widened by 1 + n/N for the error of the reference. Not estimable under 8 pupils,
    under 100 pupils elsewhere, or when no cut lies on the scale. Heaping common to all schools
    cancels out: see `heaping_on_curve`. Raises ValueError for unequal lengths. Rao (1948); the
    log-linear curve is Holland & Thayer's (2000).
    """
    observed, reference = _histogram(counts), _histogram(others)
    if len(observed) != len(reference):
        raise ValueError(f"{len(observed)} scores in the school, {len(reference)} elsewhere")
    n, elsewhere = int(observed.sum()), int(reference.sum())
    if n < LEAST_PUPILS or elsewhere < LEAST_REFERENCE:
        return NotEstimable(Reason.TOO_FEW, min(n, elsewhere))
    direction = window(len(observed), cuts)
    if not direction.any():
        return NotEstimable(Reason.NO_DATA, n, "no cut lies inside the scale")
    offset = np.log(reference + 0.5)
    for degree in (2, 1, 0):
        found = _score_test(observed, offset, direction, degree)
        if found is not None:
            widened = found.variance * (1 + n / elsewhere)
            return Heaping(found.score, widened, degree, n)
    return NotEstimable(Reason.NOT_CONVERGED, n)


def heaping_on_curve(counts: ArrayLike, cuts: Sequence[int]) -> Heaping | NotEstimable:
    """Return the heaping of a whole region's scores against a smooth curve.

    The polynomial degree, 3 to 6, is chosen by AIC with the direction in the model, so that the
    heap itself does not bend the curve. Refused ("singular") on a combed histogram, where
    all-or-nothing tasks make teeth that a smooth curve takes for heaps (`is_combed`); not estimable
    under 200 pupils. Holland & Thayer (2000); the degree by Akaike (1974).
    """
    observed = _histogram(counts)
    n = int(observed.sum())
    if n < 2 * LEAST_REFERENCE:
        return NotEstimable(Reason.TOO_FEW, n)
    direction = window(len(observed), cuts)
    if not direction.any():
        return NotEstimable(Reason.NO_DATA, n, "no cut lies inside the scale")
    if is_combed(observed, cuts):
        return NotEstimable(Reason.SINGULAR, n, "the histogram is combed")
    degree = _degree_by_aic(observed, direction)
    found = _score_test(observed, np.zeros(len(observed)), direction, degree)
    return found if found is not None else NotEstimable(Reason.NOT_CONVERGED, n)


def heaping_among_placebos(counts: ArrayLike, cut: int) -> HypothesisTest | NotEstimable:
    """Return whether the scores heap at one cut more than at other scores of the same scale.

    For scales whose teeth no smooth curve follows (scaled scores of large examinations): Pearson
    residuals from a curve of degree 6 are summed along the direction at the cut and at every other
    score with at least 20 expected pupils whose window does not meet the cut's; the statistic is
    the cut's sum over the greater of the placebos' standard deviation and 1.48 MAD, read by t with
    one degree of freedom per four placebos (windows overlap), less one. Not estimable under 12
    placebos. Finds New York Regents at 65 and nowhere else. The MAD is Hampel's (1974).
    """
    observed = _histogram(counts)
    n, length = int(observed.sum()), len(observed)
    if not 2 <= cut < length - 1:
        return NotEstimable(Reason.NO_DATA, n, "the cut's window leaves the scale")
    design = polynomials(length, min(DEGREES[-1], max(length - 3, 1)))
    mean = _fit(observed, design, np.zeros(length)) if n else None
    if mean is None:
        return NotEstimable(Reason.NOT_CONVERGED if n else Reason.NO_DATA, n)
    residual = (observed - mean) / np.sqrt(np.maximum(mean, 1))
    places = np.arange(2, length - 1)
    sums = sum(weight * residual[places + shift] for shift, weight in DIRECTION.items())
    placebo = sums[(np.abs(places - cut) > 3) & (mean[places] >= LEAST_EXPECTED)]
    if len(placebo) < LEAST_PLACEBOS:
        return NotEstimable(Reason.TOO_FEW, len(placebo))
    median = np.median(placebo)
    spread = max(float(placebo.std(ddof=1)), 1.4826 * float(np.median(np.abs(placebo - median))))
    if spread <= 0:
        return NotEstimable(Reason.NO_VARIATION, n)
    z = float((sums[places == cut][0] - median) / spread)
    df = len(placebo) / 4 - 1
    return HypothesisTest(z, float(special.stdtr(df, -z)), n, df, "greater", "placebo_heaping")


def is_combed(counts: ArrayLike, cuts: Sequence[int] = ()) -> bool:
    """Return whether a histogram departs from a smooth curve away from the cuts.

    The windows c−2…c+1 get a free parameter per score; a curve of degree 6 is fitted to the rest
    and its Pearson χ² tested at .001. True means that a smooth curve is no reference for this
    paper: its tasks, not its pupils, make the teeth. Pearson's (1900) χ².
    """
    observed = _histogram(counts)
    is_free = window(len(observed), cuts) == 0
    left = int(is_free.sum())
    degree = min(DEGREES[-1], left - 2)
    if degree < 1:
        return False
    design = polynomials(len(observed), degree)[is_free]
    fitted = _fit(observed[is_free], design, np.zeros(left))
    if fitted is None:
        return True
    is_filled = fitted >= 5  # χ² is no law of cells that expect fewer
    spare = int(is_filled.sum()) - degree - 1
    if spare < 1:
        return False
    departure = (observed[is_free] - fitted)[is_filled]
    statistic = float(np.sum(departure**2 / fitted[is_filled]))
    return bool(special.chdtrc(spare, statistic) < COMB_LEVEL)


def pool_heaping(tests: Sequence[Heaping]) -> Heaping:
    """Return the test of a heaping common to several papers: U and V are summed.

    Sums of independent score statistics (Cox & Hinkley 1974, ch. 9). Raises ValueError for no
    tests.
    """
    if not tests:
        raise ValueError("nothing to pool")
    return Heaping(
        sum(test.score for test in tests),
        sum(test.variance for test in tests),
        max(test.degree for test in tests),
        sum(test.n for test in tests),
    )


def window(length: int, cuts: Sequence[int]) -> Vector:
    """Return the direction d over the scores 0…length−1, summed over the cuts.

    `length` scores from 0, `cuts` the lowest scores of marks; a cut off the scale has no window.
    """
    direction = np.zeros(length)
    for cut in cuts:
        for shift, weight in DIRECTION.items():
            if 0 < cut < length and 0 <= cut + shift < length:
                direction[cut + shift] += weight
    return direction


def _histogram(counts: ArrayLike) -> Vector:
    observed = np.asarray(counts, dtype=np.float64)
    if observed.ndim != 1 or not np.isfinite(observed).all() or (observed < 0).any():
        raise ValueError("a histogram is a vector of non-negative counts")
    return observed


@lru_cache(maxsize=64)
def polynomials(length: int, degree: int) -> NDArray[np.float64]:
    """Return an orthonormal basis of the polynomials up to a degree, scores × (degree + 1).

    QR of powers of the scores drawn to [−1, 1] (Golub & Van Loan 2013, ch. 5).
    """
    position = np.linspace(-1, 1, length)
    return np.linalg.qr(np.vander(position, degree + 1, increasing=True))[0]


def _fit(observed: Vector, design: NDArray[np.float64], offset: Vector) -> Vector | None:
    """Return fitted Poisson means, or None where the likelihood has no interior maximum."""
    start = np.log((observed.sum() + 0.5) / np.exp(offset).sum())
    coefficients = np.linalg.lstsq(design, np.full(len(observed), start), rcond=None)[0]
    for _ in range(ITERATIONS):
        mean = np.exp(np.clip(design @ coefficients + offset, -30, 30))
        gradient = design.T @ (observed - mean)
        try:
            step = np.linalg.solve((design * mean[:, None]).T @ design, gradient)
        except np.linalg.LinAlgError:
            return None
        largest = float(np.abs(design @ step).max())
        coefficients += step / max(1.0, largest)
        if largest < TOLERANCE:
            return np.exp(design @ coefficients + offset)
    return None


def _score_test(observed: Vector, offset: Vector, direction: Vector, degree: int) -> Heaping | None:
    mean = _fit(observed, polynomials(len(observed), degree), offset)
    return None if mean is None else score_of_curve(observed, mean, direction, degree)


def score_of_curve(
    observed: Vector, mean: Vector, direction: Vector, degree: int
) -> Heaping | None:
    """Return the score test given the fitted means; None where the direction is all curve.

    `observed`, `mean` and `direction` are one value a score, pupils. Rao's (1948) score test with
    the nuisance curve projected out.
    """
    design = polynomials(len(observed), degree)
    crossed = design.T @ (mean * direction)
    information = (design * mean[:, None]).T @ design
    left_over = crossed @ np.linalg.solve(information, crossed)
    variance = float(direction**2 @ mean - left_over)
    if variance <= 1e-8:
        return None
    score = float(direction @ (observed - mean))
    return Heaping(score, variance, degree, int(observed.sum()))


def _degree_by_aic(observed: Vector, direction: Vector) -> int:
    best, chosen = np.inf, DEGREES[0]
    for degree in DEGREES:
        design = np.column_stack([polynomials(len(observed), degree), direction])
        mean = _fit(observed, design, np.zeros(len(observed)))
        if mean is None:
            continue
        deviance = 2 * np.sum(special.xlogy(observed, observed / mean) - observed + mean)
        if deviance + 2 * degree < best:
            best, chosen = deviance + 2 * degree, degree
    return chosen

"""Heaping of all schools of a paper at once, each against the schools of reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from msoko.stats.estimators.estimate import NotEstimable
from msoko.stats.estimators.sample import Vector
from msoko.stats.objectivity.heaping import (
    ITERATIONS,
    LEAST_PUPILS,
    LEAST_REFERENCE,
    TOLERANCE,
    Heaping,
    heaping_in_school,
    polynomials,
    score_of_curve,
    window,
)

DEGREE = 2


def heaping_in_schools(
    counts: ArrayLike, cuts: Sequence[int], reference: NDArray[np.bool_]
) -> list[Heaping | NotEstimable]:
    """Return the heaping of each school against the others of `reference`.

    `counts` is schools × scores, `reference` a flag a school; each result is that of
    `heaping_in_school`, but all curves of degree 2 are fitted at once. Fisher scoring for all rows
    together (McCullagh & Nelder 1989, ch. 2).
    """
    observed = np.asarray(counts, dtype=np.float64)
    others = observed[reference].sum(axis=0) - observed * reference[:, None]
    n, elsewhere = observed.sum(axis=1), others.sum(axis=1)
    direction = window(observed.shape[1], cuts)
    is_able = (n >= LEAST_PUPILS) & (elsewhere >= LEAST_REFERENCE) & direction.any()
    fitted = _fit_together(observed[is_able], np.log(others[is_able] + 0.5))
    found: list[Heaping | NotEstimable] = []
    means = iter(fitted)
    for school, own in enumerate(observed):
        mean = next(means) if is_able[school] else None
        test = score_of_curve(own, mean, direction, DEGREE) if mean is not None else None
        if test is None:
            found.append(heaping_in_school(own, others[school], cuts))
        else:
            widened = test.variance * (1 + n[school] / elsewhere[school])
            found.append(Heaping(test.score, widened, DEGREE, test.n))
    return found


def _fit_together(
    observed: NDArray[np.float64], offset: NDArray[np.float64]
) -> list[Vector | None]:
    """Return `_fit` of degree 2 for each row, None where it needs the careful way."""
    if not len(observed):
        return []
    design = polynomials(observed.shape[1], DEGREE)
    start = np.log((observed.sum(axis=1) + 0.5) / np.exp(offset).sum(axis=1))
    flat = np.linalg.lstsq(design, np.ones(len(design)), rcond=None)[0]
    coefficients = start[:, None] * flat
    for _ in range(ITERATIONS):
        mean = np.exp(np.clip(coefficients @ design.T + offset, -30, 30))
        information = np.einsum("sl,li,lj->sij", mean, design, design, optimize=True)
        try:
            step = np.linalg.solve(information, ((observed - mean) @ design)[..., None])[..., 0]
        except np.linalg.LinAlgError:
            return [None] * len(observed)
        largest = np.abs(step @ design.T).max(axis=1)
        coefficients += step / np.maximum(1.0, largest)[:, None]
        if largest.max() < TOLERANCE:
            break
    mean = np.exp(coefficients @ design.T + offset)
    return [own if far < TOLERANCE else None for own, far in zip(mean, largest, strict=True)]

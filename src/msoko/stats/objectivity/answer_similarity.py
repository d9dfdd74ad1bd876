"""Answer similarity within classes: are pupils' answers more alike than their totals explain?

Every answer (the points of a task, or its absence) is compared with what pupils of the same total
give in the whole region; two pupils are alike when they depart from it in the same way, and
rare departures weigh more. Cf. Wollack (1997), van der Linden & Sotaridona (2006), Maynes (2014).
Sums over all pairs of a class come from the class's column sums, so no pair is ever stored and
memory grows with pupils × tasks, not with pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from msoko.stats.estimators.estimate import NotEstimable, Reason
from msoko.stats.estimators.sample import Vector

LEAST_PRESENT = 4
LEAST_PAIRS = 6
LEAST_PUPILS = 60
LEAST_TASKS = 4
BANDS = 12
PRIOR = 4.0
BLOCK = 4096
HEAVY_DF = 25


@dataclass(frozen=True)
class ClassSimilarity:
    """Likeness of answers in each class, in the order of the class codes 0…C−1.

    `mean` is the mean over pairs of the standardised likeness (0 for independent pupils), `z`
    its normal-equivalent from a Pearson III law with the null skewness, `n` the pupils, `pairs`
    their pairs. Classes under 4 pupils have NaN. The null is independence given the totals: a
    shared teacher raises every class a little, which the caller's funnel must take in.
    """

    mean: Vector
    z: Vector
    n: NDArray[np.int64]
    pairs: NDArray[np.int64]


def class_similarity(
    points: ArrayLike, classes: ArrayLike, class_count: int
) -> ClassSimilarity | NotEstimable:
    """Return the likeness of answers within each class.

    `points` is pupils × tasks, NaN where a task was not attempted; `classes` integer codes. With Y
    the one-hot answers, P(total) their regional frequencies in one of 12 bands of totals (shrunk to
    the paper's own) and w = −log P the information of an answer, `h(a, b) = Σ w (Y_a − P_a)(Y_b −
    P_b)`, a degenerate kernel: its mean over the pairs of a class has mean 0, variance 2σ²/(n(n−1))
    and positive skewness from the eigenvalues of the weighted covariance (σ² = tr Σ², κ = tr Σ³).
    Not estimable under 60 pupils or 4 tasks. The kernel is Hoeffding's (1948) of degree two;
    matches weighted by information as Wollack (1997) weighs them.
    """
    answers = np.asarray(points, dtype=np.float64)
    code = np.asarray(classes, dtype=np.int64)
    if answers.ndim != 2 or len(answers) != len(code):
        raise ValueError("points are pupils × tasks, with one class per pupil")
    if len(answers) < LEAST_PUPILS or answers.shape[1] < LEAST_TASKS:
        return NotEstimable(Reason.TOO_FEW, len(answers))
    sums = _class_sums(answers, code, class_count)
    if sums is None:
        return NotEstimable(Reason.NO_VARIATION, len(answers))
    return _standardised(*sums, np.bincount(code, minlength=class_count))


@dataclass(frozen=True)
class SchoolSimilarity:
    """`effect`: a school's mean likeness above the region's; `p` one-sided; NaN without classes."""

    effect: Vector
    p: Vector


def schools_from_classes(
    sums: ArrayLike,
    pairs: ArrayLike,
    school: ArrayLike,
    school_count: int,
    reference: NDArray[np.bool_] | None = None,
) -> SchoolSimilarity:
    """Return the likeness of each school: its classes together or the most alike, if that says
    more (twice the smaller p).

    `sums` are Σ z√pairs of the class over papers and `pairs` their pairs, so `sums/pairs` is the
    mean likeness with variance 1/pairs under independence. The centre is the region's median and
    the spread of honest classes (a shared teacher) is estimated on the lower half, which sharing
    does not reach, both from the schools of `reference` (a flag a school; by default all); p by t
    with 25 degrees of freedom. The smaller of two tests is doubled (Bonferroni), the most alike of
    k classes is Šidák's (1967). One value a school.
    """
    total = np.asarray(sums, dtype=np.float64)
    pair = np.asarray(pairs, dtype=np.float64)
    code = np.asarray(school, dtype=np.int64)
    p, effect = np.full(school_count, np.nan), np.full(school_count, np.nan)
    known = pair > 0
    if not known.any():
        return SchoolSimilarity(effect, p)
    usual = known if reference is None else known & reference[code]
    if not usual.any():
        usual = known
    centre, tau2 = _honest_spread(total[usual] / pair[usual], 1 / pair[usual])
    unit, error2 = code[known], 1 / pair[known] + tau2
    departure = total[known] / pair[known] - centre
    count = np.bincount(unit, minlength=school_count)
    own = count > 0
    weight = np.bincount(unit, 1 / error2, school_count)[own]
    together = np.bincount(unit, departure / error2, school_count)[own] / np.sqrt(weight)
    alone = np.full(school_count, -np.inf)
    np.maximum.at(alone, unit, departure / np.sqrt(error2))
    whole, single = special.stdtr(HEAVY_DF, [-together, -alone[own]])
    single = 1 - (1 - single) ** count[own]
    p[own] = np.where(count[own] == 1, whole, np.minimum(1, 2 * np.minimum(whole, single)))
    sums_of = [np.bincount(unit, values[known], school_count)[own] for values in (total, pair)]
    effect[own] = sums_of[0] / sums_of[1] - centre
    return SchoolSimilarity(effect, p)


def _honest_spread(values: Vector, error2: Vector) -> tuple[float, float]:
    """Return centre and τ² of the classes, by the half below the centre."""
    centre, tau2 = float(np.median(values)), 0.0
    for _ in range(20):
        z = (values - centre) / np.sqrt(error2 + tau2)
        lower = z[z <= 0]
        phi = float(np.mean(np.clip(lower, -3, 0) ** 2)) if len(lower) else 1.0
        tau2 = max(0.0, (error2 + tau2).mean() * phi - error2.mean())
        weight = 1 / (error2 + tau2)
        order = np.argsort(values, kind="stable")
        half = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)
        centre = float(values[order][min(half, len(values) - 1)])
    return centre, tau2


def _class_sums(
    answers: NDArray[np.float64], code: NDArray[np.int64], class_count: int
) -> tuple[Vector, float, float] | None:
    """Return Σ_{a<b} h per class, and tr Σ², tr Σ³ of the region."""
    category, expected, weight, band = _expectation(answers)
    root = np.sqrt(weight)
    width = len(root)
    totals = np.zeros((class_count, width))
    own = np.zeros(class_count)
    covariance = np.zeros((width, width))
    order = np.argsort(code, kind="stable")
    for start in range(0, len(answers), BLOCK):
        part = order[start : start + BLOCK]
        departure = -expected[band[part]]
        rows = np.arange(len(departure))[:, None]
        departure[rows, category[part]] += 1
        departure *= root
        found, first = np.unique(code[part], return_index=True)
        totals[found] += np.add.reduceat(departure, first, axis=0)
        own += np.bincount(code[part], np.einsum("ij,ij->i", departure, departure), class_count)
        covariance += departure.T @ departure
    covariance /= len(answers)
    square = covariance @ covariance
    second, third = float(np.trace(square)), float(np.sum(square * covariance))
    if second <= 1e-12:
        return None
    return ((totals**2).sum(axis=1) - own) / 2, second, third


def _expectation(
    answers: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], Vector, NDArray[np.int64]]:
    """Return each answer's column, expected frequencies by band, column weights and bands."""
    columns, offset, blocks = [], 0, []
    for task in answers.T:
        values, inverse = np.unique(np.where(np.isnan(task), -1.0, task), return_inverse=True)
        columns.append(inverse + offset)
        blocks.append(slice(offset, offset + len(values)))
        offset += len(values)
    category = np.column_stack(columns)
    band = _bands(np.nansum(answers, axis=1))
    counts = np.zeros((band.max() + 1, offset))
    for task in category.T:
        counts += np.bincount(band * offset + task, minlength=counts.size).reshape(counts.shape)
    marginal = counts.sum(axis=0) / len(answers)
    size = np.bincount(band)[:, None]
    expected = (counts + PRIOR * marginal) / (size + PRIOR)
    return category, expected, -np.log(np.maximum(marginal, 1 / len(answers))), band


def _bands(totals: Vector) -> NDArray[np.int64]:
    edges = np.unique(np.quantile(totals, np.linspace(0, 1, BANDS + 1)[1:-1]))
    return np.searchsorted(edges, totals, side="right")


def _standardised(
    sums: Vector, second: float, third: float, n: NDArray[np.int64]
) -> ClassSimilarity:
    pairs = n * (n - 1) // 2
    is_known = (n >= LEAST_PRESENT) & (pairs >= LEAST_PAIRS)
    mean, z = np.full(len(n), np.nan), np.full(len(n), np.nan)
    size, pair = n[is_known].astype(float), pairs[is_known].astype(float)
    mean[is_known] = sums[is_known] / (pair * np.sqrt(second))
    standard = mean[is_known] * np.sqrt(pair)
    # E[(Σ h)³] = 6 · C(n,3) · κ for a degenerate kernel, its own third moment apart
    skewness = size * (size - 1) * (size - 2) * third / (pair * second) ** 1.5
    z[is_known] = normal_equivalent(standard, skewness)
    return ClassSimilarity(mean, z, n, pairs)


def normal_equivalent(standard: ArrayLike, skewness: ArrayLike) -> Vector:
    """Return normal scores with the upper tail of a standardised Pearson III value.

    One value each, without units; Pearson (1895), type III.
    """
    values = np.asarray(standard, dtype=np.float64)
    tail = stats.pearson3.logsf(values, np.asarray(skewness, dtype=np.float64))
    return -special.ndtri_exp(np.minimum(tail, -1e-12))

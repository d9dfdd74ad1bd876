"""A marker ready to be judged: everything computed but the schools it is compared with.

What a school is compared with (the other schools' scores, the line between schools, how far
schools differ by themselves) is taken from the schools of reference. Judged first against all,
then against those that showed no signs: else a fifth of biased schools makes the measure so
wide that honest schools' p ≤ .01 come in one of a thousand, and half of the biased are missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from msoko.stats.estimators.robust_spread import BOUND, BOUNDED_SQUARE
from msoko.stats.estimators.sample import Vector

ALL = "all"
RESERVE_DF = 100
"""Of the t law that stands for the normal: heaping and absence keep their size to p = .001, but
one list reads p-values of .0001, which no simulation vouches for in other data."""

Reference = NDArray[np.bool_]
"""Which schools, by their codes, others are compared with."""


@dataclass(frozen=True)
class Comparison:
    """One marker of one subject (`ALL` for all together).

    `judge` takes the schools of reference and returns `school, subject, effect, p, n`, a row a
    school, or the code of the reason why there are none.
    """

    marker: str
    subject: str
    judge: Callable[[Reference], pd.DataFrame | str]


def school_rows(subject: str, effect: Vector, p: Vector, n: Vector) -> pd.DataFrame:
    """Return one row a school, in the order of their codes.

    `effect` in the units of the marker, `p` one-sided, `n` pupils; each one a school.
    """
    columns = {"school": np.arange(len(p)), "subject": subject, "effect": effect, "p": p, "n": n}
    return pd.DataFrame(columns)


def upper_tail(z: Vector, reference: Reference) -> Vector:
    """Return one-sided p-values of z that should be normal, with a reserve in the far tail.

    `z` one a school, NaN where there is none; the scale is that of the schools of reference, √φ
    after Spiegelhalter (2005) with squares bounded at 1.5² after standardising (decision 0041).
    """
    return stats.t.sf(z / _scale_of(z[reference]), RESERVE_DF)


def _scale_of(z: Vector) -> float:
    """Return √φ of z-values about zero, at least 1: a test wider than nominal is made narrower.

    φ less its own standard error: the greater of 1 and a noisy φ would make every test too narrow.
    """
    known = z[np.isfinite(z)]
    if len(known) < 8:
        return 1.0
    square = np.minimum(known**2, BOUND**2) / BOUNDED_SQUARE
    return float(np.sqrt(max(1.0, square.mean() - square.std() / np.sqrt(len(known)))))

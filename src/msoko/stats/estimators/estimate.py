"""What every function of `msoko.stats` gives back: an estimate, a test, or a stated refusal.

A number travels with its interval, its confidence level and the number of observations
behind it. Where a number cannot be vouched for, `NotEstimable` says why in one English code;
the room `present` turns the code into words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Reason(StrEnum):
    """Why a quantity cannot be estimated."""

    NO_DATA = "no_data"
    TOO_FEW = "too_few"
    TOO_FEW_GROUPS = "too_few_groups"
    TOO_FEW_YEARS = "too_few_years"
    NO_VARIATION = "no_variation"
    NO_DISCORDANT_PAIRS = "no_discordant_pairs"
    SINGULAR = "singular"
    SEPARATION = "separation"
    NOT_CONVERGED = "not_converged"
    TOO_LARGE = "too_large"


@dataclass(frozen=True)
class Estimate:
    """A value with its interval.

    `low` and `high` bound the interval at confidence `level`; `n` counts the observations used
    after missing ones are dropped. `se`, `df` and `p` are None where the method has none.
    `method` names the interval, e.g. "wilson".
    """

    value: float
    low: float
    high: float
    n: int
    level: float = 0.95
    se: float | None = None
    df: float | None = None
    p: float | None = None
    method: str = ""

    is_estimable: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not all(math.isfinite(number) for number in (self.value, self.low, self.high)):
            raise ValueError(f"an estimate must be finite, got {self.value, self.low, self.high}")


@dataclass(frozen=True)
class HypothesisTest:
    """A test statistic with its p-value; `df` is None where the null law has none."""

    statistic: float
    p: float
    n: int
    df: float | None = None
    alternative: str = "two-sided"
    method: str = ""

    is_estimable: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not 0 <= self.p <= 1:
            raise ValueError(f"a p-value lies in [0, 1], got {self.p}")


@dataclass(frozen=True)
class NotEstimable:
    """A stated refusal: the reason as a code, and the number of observations there were."""

    reason: Reason
    n: int
    detail: str = ""

    is_estimable: ClassVar[bool] = False


def critical_value(level: float) -> float:
    """Return the two-sided standard normal quantile of a confidence `level` in (0, 1).

    Raises ValueError for a level outside (0, 1).
    """
    from scipy.special import ndtri

    require_level(level)
    return float(ndtri(0.5 + level / 2))


def require_level(level: float) -> None:
    """Raise ValueError unless `level` is a confidence level inside (0, 1)."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies inside (0, 1), got {level}")

"""What charts draw: series over years, dots with intervals, limits and words of a funnel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """Values over school years with their intervals; a missing value is None."""

    label: str
    years: Sequence[str]
    values: Sequence[float | None]
    lows: Sequence[float | None]
    highs: Sequence[float | None]


@dataclass(frozen=True)
class Dot:
    """A value with its interval and, where there is one, what it is compared with."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    reference: float | None = None
    side: int = 0  # −1 worse than the reference, +1 better, 0 not told apart


@dataclass(frozen=True)
class FunnelBand:
    """The limits of a funnel at sizes `n`, as drawn: 95 % inside, 99,8 % outside."""

    n: Sequence[float]
    low_95: Sequence[float]
    high_95: Sequence[float]
    low_998: Sequence[float]
    high_998: Sequence[float]
    centre: float


@dataclass(frozen=True)
class FunnelWords:
    """What the legend and the axis of a funnel say."""

    outer: str
    inner: str
    centre: str
    size: str
    inside: str
    outside: str

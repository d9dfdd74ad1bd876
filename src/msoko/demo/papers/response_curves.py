"""Papers as graded response models, tuned to the shares of marks that regions see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from msoko.demo.population.random_draws import stream

TUNING_SAMPLE = 700
STEPS = 9


@dataclass(frozen=True)
class Curve:
    """Per task, the standings at which each point becomes even odds; and the slope.

    Source of the model: Samejima (1969).
    """

    thresholds: tuple[np.ndarray, ...]
    slope: float

    def answer(self, standings: np.ndarray, draw: np.random.Generator) -> np.ndarray:
        """Return points, pupils × tasks. One draw per pupil and task keeps points ordered."""
        points = np.zeros((len(standings), len(self.thresholds)))
        for index, thresholds in enumerate(self.thresholds):
            chance = draw.random(len(standings))[:, None]
            odds = self.slope * (standings[:, None] - thresholds[None, :])
            points[:, index] = (chance < 1 / (1 + np.exp(-odds))).sum(axis=1)
        return points

    def harder(self, shift: float) -> Curve:
        return Curve(tuple(one + shift for one in self.thresholds), self.slope)


def tuned(
    name: Sequence[object],
    task_max: Sequence[int],
    ease: Sequence[float],
    low: tuple[int, float],
    high: tuple[int, float],
) -> Curve:
    """Return the curve on which the region meets two shares.

    `low` is a total and the share of pupils below it, `high` a total and the share at or
    above it; `ease` shifts single tasks. Two numbers are sought, hardness and slope.
    """
    draw = stream(0, "difficulty", *name)
    centres = [draw.normal(0, 0.5) - shift for shift in ease]
    raw = tuple(
        centre + np.linspace(-0.45, 0.45, most) * (most > 1)
        for centre, most in zip(centres, task_max, strict=True)
    )
    region = stream(0, "tuning").normal(0, 1, TUNING_SAMPLE)
    flat, steep = 0.35, 2.2
    for _ in range(STEPS):
        slope = (flat + steep) / 2
        curve, totals = _placed(Curve(raw, slope), region, low)
        # where too many reach the top, the curve is too steep
        if np.mean(totals >= high[0]) > high[1]:
            steep = slope
        else:
            flat = slope
    return curve


def _placed(curve: Curve, region: np.ndarray, low: tuple[int, float]) -> tuple[Curve, np.ndarray]:
    """Return the curve moved so that the share below the low total is met, and its totals."""
    least, most = -4.0, 4.0
    for _ in range(STEPS):
        middle = (least + most) / 2
        totals = curve.harder(middle).answer(region, stream(0, "tuning", "draw")).sum(axis=1)
        if np.mean(totals < low[0]) < low[1]:
            least = middle
        else:
            most = middle
    return curve.harder(middle), totals

"""Charts that can be read in print, in grey and on a telephone.

Each function draws from plain sequences and returns SVG bytes that depend on its
arguments alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from msoko.core.russian import decimal
from msoko.report.charts.chart_contents import Dot, FunnelBand, FunnelWords, Series
from msoko.report.charts.chart_style import (
    ACCENT,
    BETTER,
    GREY,
    INK,
    MARK_COLOURS,
    MARKERS,
    SERIES,
    WARNING,
    decimal_ticks,
    drawing,
    finish,
    svg,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def dynamics(
    series: Sequence[Series], unit: str, target: float | None = None, target_name: str = ""
) -> bytes:
    """Draw values over school years with their intervals, a line a series."""
    with drawing(3.4) as (made, axes):
        years = sorted({year for one in series for year in one.years})
        place = {year: number for number, year in enumerate(years)}
        for number, one in enumerate(series):
            shift = (number - (len(series) - 1) / 2) * 0.06
            _draw_series(axes, one, place, shift, number)
        if target is not None:
            axes.axhline(target, color=GREY, linestyle=(0, (4, 3)), linewidth=1.2)
            axes.annotate(
                target_name,
                (0.0, target),
                xycoords=("axes fraction", "data"),
                xytext=(4, 3),
                textcoords="offset points",
                color=GREY,
            )
        axes.set_xticks(range(len(years)), years)
        axes.set_xlim(-0.4, len(years) - 0.6)
        axes.set_ylabel(unit)
        decimal_ticks(axes, "y")
        finish(axes, grid="y")
        if len(series) > 1:
            made.legend(loc="outside lower center", ncols=min(2, len(series)), frameon=False)
        return svg(made)


def _draw_series(axes: Axes, one: Series, place: dict[str, int], shift: float, order: int) -> None:
    """Draw one line; a year without a value leaves a gap in it."""
    colour = SERIES[order % len(SERIES)]
    found = dict(zip(one.years, zip(one.values, one.lows, one.highs, strict=True), strict=True))
    x, y = [], []
    for year, number in sorted(place.items(), key=lambda item: item[1]):
        value, low, high = found.get(year, (None, None, None))
        x.append(number + shift)
        y.append(float("nan") if value is None else value)
        if value is not None and low is not None and high is not None:
            axes.plot([x[-1]] * 2, [low, high], color=colour, linewidth=1.6, alpha=0.6)
    axes.plot(
        x,
        y,
        color=colour,
        marker=MARKERS[order % len(MARKERS)],
        linewidth=1.8,
        label=fill(one.label, 34),
    )


SIDES = {0: (ACCENT, "o"), -1: (WARNING, "D"), 1: (BETTER, "s")}
"""Colour and marker, by `Dot.side`."""


def dots(
    rows: Sequence[Dot], unit: str, own: str, reference: str, *, better: str = "", worse: str = ""
) -> bytes:
    """Draw values as dots with intervals, one row each, from the top down.

    `own` and `reference` name what the dots and the ticks stand for, `better` and `worse` the
    dots that are told apart from their ticks.
    """
    labels = [fill(row.label, 26) for row in rows]
    lines = sum(label.count("\n") + 1 for label in labels)
    with drawing(max(1.8, 0.9 + 0.30 * max(len(rows), lines * 0.75))) as (made, axes):
        for number, row in enumerate(rows):
            colour, marker = SIDES[row.side]
            if row.low is not None and row.high is not None:
                axes.plot([row.low, row.high], [number] * 2, color=colour, linewidth=1.8, alpha=0.6)
            axes.plot(row.value, number, color=colour, marker=marker)
            if row.reference is not None:
                axes.plot(row.reference, number, color=INK, **TICK)
        axes.set_yticks(range(len(rows)), labels)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlabel(unit)
        decimal_ticks(axes, "x")
        finish(axes, grid="x")
        _dots_legend(made, rows, {0: own, -1: worse or own, 1: better or own}, reference)
        return svg(made)


TICK = {"marker": "|", "markersize": 12, "markeredgewidth": 1.8}


def _dots_legend(
    made: Figure, rows: Sequence[Dot], names: Mapping[int, str], reference: str
) -> None:
    from matplotlib.lines import Line2D

    keys = []
    for side in sorted({row.side for row in rows}, key=abs):
        colour, marker = SIDES[side]
        keys.append(Line2D([], [], color=colour, marker=marker, label=names[side]))
    if any(row.reference is not None for row in rows):
        keys.append(Line2D([], [], color=INK, linestyle="", label=reference, **TICK))
    if len(keys) > 1:
        made.legend(handles=keys, loc="outside lower center", ncols=1, frameon=False)


def stacked(
    rows: Sequence[tuple[str, Sequence[float]]], parts: Sequence[str], share_name: str
) -> bytes:
    """Draw shares of marks in percent as bars that add up to 100, one row each."""
    labels = [fill(label, 26) for label, _ in rows]
    lines = sum(label.count("\n") + 1 for label in labels)
    with drawing(max(1.9, 1.0 + 0.36 * max(len(rows), lines * 0.7))) as (made, axes):
        for number, (_, shares) in enumerate(rows):
            left = 0.0
            for share, colour in zip(shares, MARK_COLOURS, strict=True):
                axes.barh(number, share, left=left, color=colour, height=0.72, edgecolor="white")
                if share >= 7:
                    dark = colour in (MARK_COLOURS[0], MARK_COLOURS[3])
                    axes.text(
                        left + share / 2,
                        number,
                        decimal(share, 0),
                        ha="center",
                        va="center",
                        color="white" if dark else INK,
                        fontsize=10,
                    )
                left += share
        axes.set_yticks(range(len(rows)), labels)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 100)
        axes.set_xlabel(share_name)
        finish(axes, grid="x")
        from matplotlib.patches import Patch

        keys = [
            Patch(color=colour, label=part)
            for part, colour in zip(parts, MARK_COLOURS, strict=True)
        ]
        made.legend(handles=keys, loc="outside lower center", ncols=len(parts), frameon=False)
        return svg(made)


def funnel(
    n: Sequence[float],
    values: Sequence[float],
    band: FunnelBand,
    outside: Sequence[bool],
    labels: Sequence[str],
    unit: str,
    words: FunnelWords,
) -> bytes:
    """Draw schools by size and result with the limits that chance alone would give.

    `labels` names the points that should be named; the others are empty.
    """
    with drawing(3.8) as (made, axes):
        wide = {"color": "#e8eef5", "linewidth": 0, "label": words.outer}
        narrow = {"color": "#c7d8ea", "linewidth": 0, "label": words.inner}
        axes.fill_between(band.n, band.low_998, band.high_998, **wide)
        axes.fill_between(band.n, band.low_95, band.high_95, **narrow)
        axes.axhline(band.centre, color=GREY, linewidth=1.2, label=words.centre)
        _funnel_points(axes, n, values, outside, words)
        for x, y, label in zip(n, values, labels, strict=True):
            if label:
                beside = {"xytext": (5, 3), "textcoords": "offset points", "fontsize": 9}
                axes.annotate(label, (x, y), **beside)
        axes.set_xlabel(words.size)
        axes.set_ylabel(unit)
        decimal_ticks(axes, "y")
        decimal_ticks(axes, "x")
        finish(axes, grid="y")
        made.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9.5)
        return svg(made)


def _funnel_points(
    axes: Axes,
    n: Sequence[float],
    values: Sequence[float],
    outside: Sequence[bool],
    words: FunnelWords,
) -> None:
    """Draw the schools; thousands of them as small dots of one picture."""
    import numpy as np

    x, y, is_outside = np.asarray(n), np.asarray(values), np.asarray(outside, bool)
    style = {"s": 26 if len(x) <= 400 else 5, "linewidth": 0, "rasterized": len(x) > 2000}
    for chosen, colour, marker, name in (
        (~is_outside, ACCENT, "o", words.inside),
        (is_outside, WARNING, "D", words.outside),
    ):
        if chosen.any():
            axes.scatter(x[chosen], y[chosen], color=colour, marker=marker, label=name, **style)


def scatter(
    x: Sequence[float], y: Sequence[float], sizes: Sequence[float], x_name: str, y_name: str
) -> bytes:
    """Draw schools by context and result; the line is the least-squares fit of the points."""
    import numpy as np

    with drawing(3.6) as (made, axes):
        weight = np.asarray(sizes, float)
        area = 18 + 90 * weight / max(weight.max(), 1.0) if len(weight) else weight
        axes.scatter(x, y, s=area, color=ACCENT, alpha=0.75, linewidth=0)
        if len(x) >= 5 and np.ptp(x) > 0:
            slope, start = np.polyfit(x, y, 1)
            ends = np.array([min(x), max(x)])
            axes.plot(ends, start + slope * ends, color=WARNING, linewidth=1.6)
        axes.set_xlabel(fill(x_name, 60))
        axes.set_ylabel(fill(y_name, 42))
        decimal_ticks(axes, "y")
        decimal_ticks(axes, "x")
        finish(axes, grid="both")
        return svg(made)


def distribution(
    scores: Sequence[int],
    shares: Sequence[float],
    cuts: Sequence[int],
    score_name: str,
    share_name: str,
    reference: Sequence[float] | None = None,
    reference_name: str = "",
) -> bytes:
    """Draw the shares (%) of pupils at each primary score, with the lowest score of each mark."""
    with drawing(3.3) as (made, axes):
        colours = [MARK_COLOURS[sum(score >= cut for cut in cuts)] for score in scores]
        axes.bar(scores, shares, color=colours, width=0.85)
        if reference is not None:
            axes.step(
                [s - 0.5 for s in scores],
                reference,
                where="post",
                color=INK,
                linewidth=1.3,
                label=reference_name,
            )
            made.legend(loc="outside lower center", frameon=False)
        top = max([*shares, *(reference if reference is not None else []), 1e-9])
        for mark, cut in enumerate(cuts, start=3):
            axes.axvline(cut - 0.5, color=GREY, linewidth=0.9, linestyle=(0, (3, 2)))
            axes.text(cut - 0.3, top * 1.05, f"«{mark}»", color=GREY, fontsize=10)
        axes.set_ylim(0, top * 1.16)
        axes.set_xlabel(score_name)
        axes.set_ylabel(share_name)
        decimal_ticks(axes, "y")
        finish(axes, grid="y")
        return svg(made)

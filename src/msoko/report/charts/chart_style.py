"""The house style of charts: size, colours, axes, and SVG whose bytes depend on the data alone.

Figures are drawn 5.6 inches wide in 11-point letters: on a screen of 375 pixels that
leaves letters of about 9 pixels.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msoko.core.russian import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NUMBER_COMMENT = re.compile(r"\s*<!-- [\d\s.,+%\u2212\u2013-]+ -->")
PLACE = re.compile(r' (?:d|x|y|width|height|points)="[^"]*"|translate\([^)]*\)')
DECIMALS = re.compile(r"(?<=[\s\"(,A-Z])-?\d+\.\d{2,}")
WIDTH = 5.6
INK, GREY, PALE = "#1b1f24", "#5b6570", "#c9d1d9"
ACCENT, WARNING, BETTER = "#0b5394", "#b3400a", "#3b7d23"
SERIES = ("#0b5394", "#b3400a", "#3b7d23", "#6b3fa0", "#8a6d00", "#00737d")
MARKERS = ("o", "s", "^", "D", "v", "P")
MARK_COLOURS = ("#b3400a", "#e9b872", "#8db8dd", "#0b5394")
"""From «2» to «5»: apart in hue, and in lightness for a grey print."""


@contextmanager
def drawing(height: float) -> Iterator[tuple[Figure, Axes]]:
    """Give a figure and its axes in the house style; nothing of it stays behind."""
    import matplotlib as mpl
    import seaborn as sns
    from matplotlib.figure import Figure

    style = {
        "font.family": "DejaVu Sans",
        "font.size": 11,
        "axes.labelsize": 10.5,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "grid.color": PALE,
        "grid.linewidth": 0.6,
        "svg.hashsalt": "msoko",
        "svg.fonttype": "path",
    }
    with sns.axes_style("whitegrid"), mpl.rc_context(style):
        made = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = made.add_subplot()
        axes.set_axisbelow(True)
        yield made, axes


def svg(made: Figure) -> bytes:
    """Return the figure as SVG without its date, as exact as an eye can use and no more."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    holder = io.BytesIO()
    # savefig would draw twice, the first time for the layout alone; this lays out as it draws.
    FigureCanvasSVG(made).print_svg(holder, metadata={"Date": None, "Creator": None})
    return _coarse(holder.getvalue().decode()).encode()


def _coarse(drawn: str) -> str:
    """Return the SVG with places to a tenth of a point and without the numbers of its ticks.

    Six decimals would give back the numbers behind a point; letters are drawn as paths, and the
    comment that repeats a number beside them is for nobody. Words stay: they are searched.
    """
    plain = NUMBER_COMMENT.sub("", drawn)
    return PLACE.sub(lambda found: DECIMALS.sub(_rounded, found[0]), plain)


def _rounded(number: re.Match[str]) -> str:
    text = f"{float(number[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def finish(axes: Axes, *, grid: str) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(False)
    axes.grid(True, axis=grid)


def decimal_ticks(axes: Axes, which: str) -> None:
    from matplotlib.ticker import FuncFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: decimal(value, 0 if value == int(value) else 1))
    )

"""The house style of charts: size, colours, axes, and SVG whose bytes depend on the data alone.

Figures are drawn 5.6 inches wide in 11-point letters: on a screen of 375 pixels that
leaves letters of about 9 pixels.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msoko.core.russian import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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
    """Return the figure as SVG without its date."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    holder = io.BytesIO()
    # savefig would draw twice, the first time for the layout alone; this lays out as it draws.
    FigureCanvasSVG(made).print_svg(holder, metadata={"Date": None, "Creator": None})
    return holder.getvalue()


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

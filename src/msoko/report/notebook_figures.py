"""Figures that an analyst draws in a notebook: as SVG whose bytes depend on the data alone."""

from __future__ import annotations

import sys
from typing import Any

SETTINGS: dict[str, Any] = {
    "figure_formats": {"svg"},
    "print_figure_kwargs": {"bbox_inches": "tight", "metadata": {"Date": None}},
    "rc": {"svg.hashsalt": "msoko"},
}
"""Traits of `matplotlib_inline.config.InlineBackend`."""


def draw_as_svg() -> None:
    """Ask the notebook's shell, where there is one, for such figures; Matplotlib is not imported.

    The inline backend reads its settings when Matplotlib is first used, after this.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        shell.config.InlineBackend.update(SETTINGS)

"""Tables are checked here: suites in, a verdict and findings out.

The names below are loaded on first use: asking for a verdict must not import
Great Expectations, and the command line must not import pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from msoko.validate.verdict import Verdict, check_derived, check_year

__all__ = ["Verdict", "check_derived", "check_year"]

_HOMES = {
    "Verdict": "verdict",
    "check_derived": "verdict",
    "check_year": "verdict",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

"""Raw files become tables here, or are refused in plain words.

The names below are loaded on first use: the sandboxed reader is a process of
this package too, and starts for every run, so it must not import pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from msoko.ingest.layouts.contract import Recognition
    from msoko.ingest.recognition import recognise
    from msoko.ingest.year_reading import Intake, read_year

__all__ = ["Intake", "Recognition", "read_year", "recognise"]

_HOMES = {
    "Intake": "year_reading",
    "Recognition": "layouts.contract",
    "read_year": "year_reading",
    "recognise": "recognition",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

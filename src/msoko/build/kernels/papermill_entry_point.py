"""The papermill engine `msoko-warm`: each notebook's kernel is forked, not started."""

from __future__ import annotations

from typing import Any


class _WhenAsked:
    """The engine, imported when it is used: papermill loads this while it is imported itself."""

    def __getattr__(self, name: str) -> Any:
        from msoko.build.kernels.papermill_engine import WarmEngine

        return getattr(WarmEngine, name)


warm_engine = _WhenAsked()

"""The papermill engine `msoko-warm`: each notebook's kernel is forked, not started.

papermill loads this module while it is being imported itself, so nothing of papermill
may be imported here before a notebook is executed.
"""

from __future__ import annotations

from typing import Any


class WarmEngine:
    """What papermill calls for `--engine msoko-warm`."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **settings: Any) -> Any:
        """Return the notebook executed in a forked kernel."""
        from msoko.build.kernels import papermill_engine

        return papermill_engine.WarmEngine.execute_notebook(nb, kernel_name, **settings)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Return the kernel's name as papermill finds it."""
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Return the notebook's language as papermill finds it."""
        from papermill.utils import nb_language

        return nb_language(nb, language)

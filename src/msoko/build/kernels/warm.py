"""The papermill engine `msoko-warm`: each notebook's kernel is forked, not started.

A warm kernel is a true Jupyter kernel with a clean state, forked from a process that
has imported pandas, seaborn, statsmodels and this package; it is ready in a tenth of a
second where a plain one takes several.

papermill loads this module while it is being imported itself, so nothing of papermill
may be imported here before a notebook is executed.
"""

from __future__ import annotations

import atexit
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from msoko.build.kernels.forks import ForkServer

STACK = (
    "numpy",
    "pandas",
    "scipy.stats",
    "matplotlib.pyplot",
    "seaborn",
    "statsmodels.api",
    "pyarrow.parquet",
    "duckdb",
)
"""What is preloaded when nobody says what the notebooks import."""


class WarmEngine:
    """What papermill calls for `--engine msoko-warm`."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **settings: Any) -> Any:
        """Return the notebook executed in a forked kernel."""
        from msoko.build.kernels.engines import ForkingEngine

        return ForkingEngine.execute_notebook(nb, kernel_name, **settings)

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


@functools.cache
def shared_server() -> ForkServer:
    """Return the fork server of this process, for papermill used by itself."""
    from msoko.build.kernels.forks import ForkServer
    from msoko.build.kernels.kernels import kernel_environment

    server = ForkServer(Path.cwd(), kernel_environment())
    server.preload(STACK)
    atexit.register(server.stop)
    return server


def default_engine() -> str:
    """Return `warm` where forking a process full of libraries is sound.

    Windows cannot fork; on macOS the system's own frameworks do not survive a fork.
    """
    return "warm" if sys.platform.startswith("linux") else "papermill"

"""What multiprocessing's fork server does before its first child: import what all will need.

The fork server alone imports this module, since to import it is to do it. A child begins as a
freshly started process would: the server holds no thread, opens no table and draws nothing.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import json
import os
import signal
import sys
from pathlib import Path

from msoko.build.kernels.child_processes import PRELOAD
from msoko.build.kernels.kernel_environment import KERNEL_SETTINGS

KERNEL_MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "ipykernel.iostream",
    "IPython.core.interactiveshell",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
    "msoko.build.kernels.warm_provisioner",
)
"""What a kernel imports of its own before the first cell, some of it only as it starts."""


class _KernelSeeming:
    """What `get_ipython()` answers while modules are imported ahead of any kernel.

    pandas decides at import whether it prints for a terminal or for a notebook, and
    asks `get_ipython()` for it.
    """

    kernel = True


def _leave_the_terminal() -> None:
    """Make this a session of its own: Ctrl-C is the builder's to handle, and so is its output."""
    os.setsid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with Path(os.devnull).open("w") as nothing:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nothing.fileno(), stream.fileno())


def _preload(wanted: list[str | list[str]]) -> None:
    """Import modules and call functions; what fails is left for the children to report."""
    builder = os.getppid()
    builtins.get_ipython = _KernelSeeming  # type: ignore[attr-defined]
    gc.disable()  # what is imported stays; to go through it again and again frees nothing
    for one in [*wanted, *KERNEL_MODULES]:
        if os.getppid() != builder:
            os._exit(1)  # nobody is left to fork for
        name, *arguments = [one] if isinstance(one, str) else one
        module, _, function = name.partition(":")
        with contextlib.suppress(Exception):
            loaded = importlib.import_module(module)
            if function:
                getattr(loaded, function)(*arguments)
    del builtins.get_ipython  # type: ignore[attr-defined]
    # loaded without a shell, this backend would drop figures in silence; a child loads it anew
    sys.modules.pop("matplotlib_inline.backend_inline", None)
    gc.collect()
    gc.freeze()  # what is shared with children is not written to
    gc.enable()


_leave_the_terminal()
if sys.path[0] in ("", str(Path.cwd())):
    del sys.path[0]  # as ipykernel's launcher does
PATH = list(sys.path)
"""Where a kernel looks for modules; multiprocessing gives children the builder's places."""
os.environ.update(KERNEL_SETTINGS)
_preload(json.loads(os.environ.get(PRELOAD, "[]")))

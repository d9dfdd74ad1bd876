"""What multiprocessing's fork server does before its first child: import what all will need.

Only the fork server imports this module, since importing it is doing it. What stands in the
server stands in each child, so it keeps no thread, no open table and no figure.
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
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path

from msoko.build.kernels.child_processes import ORDER
from msoko.build.kernels.kernel_environment import KERNEL_SETTINGS

KERNEL_MODULES = (
    "ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completerlib",
    "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "sqlite3", "tornado.platform.asyncio",
    "msoko.build.kernels.warm_provisioner",
)  # fmt: skip
"""What a kernel imports of its own before the first cell, some of it only as it starts."""


class _KernelSeeming:
    """What `get_ipython()` answers to pandas, which decides at import how tables print."""

    kernel = True


def _leave_the_terminal() -> None:
    """Make this a session of its own: Ctrl-C is for the builder, and so is the terminal."""
    os.setsid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)


def _seem_to_have_main(name: str | None, path: str | None) -> None:
    """Let no child run the builder's script again to get at what is defined there."""
    main = sys.modules["__main__"]
    main.__spec__ = ModuleSpec(name, None) if name else None
    if path:
        main.__file__ = path


@contextlib.contextmanager
def _ended_with(builder: int) -> Iterator[None]:
    """End this process when nobody is left to fork for; later the server sees that itself."""
    signal.signal(signal.SIGALRM, lambda *_: os.getppid() == builder or os._exit(1))
    signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _preload(wanted: Sequence[str | list[str]]) -> None:
    """Import modules and call functions; what fails is left for the children to report."""
    builtins.get_ipython = _KernelSeeming  # type: ignore[attr-defined]
    gc.disable()  # what is imported stays; to go through it again and again frees nothing
    for one in wanted:
        name, *arguments = [one] if isinstance(one, str) else one
        module, _, function = name.partition(":")
        with contextlib.suppress(Exception):
            loaded = importlib.import_module(module)
            if function:
                getattr(loaded, function)(*arguments)
    gc.enable()
    gc.freeze()  # what is shared with children is not written to
    del builtins.get_ipython  # type: ignore[attr-defined]
    # loaded without a shell, this backend would drop figures in silence; a child loads it anew
    sys.modules.pop("matplotlib_inline.backend_inline", None)


_leave_the_terminal()
if sys.path[0] in ("", str(Path.cwd())):
    del sys.path[0]  # as ipykernel's launcher does
PATH = list(sys.path)
"""Where a kernel looks for modules; multiprocessing gives children the builder's places."""
os.environ.update(KERNEL_SETTINGS)
builder, main, wanted = json.loads(os.environ[ORDER])
with _ended_with(builder):
    _preload([*wanted, *KERNEL_MODULES])
_seem_to_have_main(*main)

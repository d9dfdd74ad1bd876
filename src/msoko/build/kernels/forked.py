"""What a freshly forked process does to become one of its own, and to be a kernel."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Any


def settle(request: dict[str, Any]) -> None:
    """Make this freshly forked process one of its own: group, signals, environment, folder."""
    gc.freeze()  # what is shared with the server and its other children is not written to
    gc.enable()
    os.setsid()
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    _reseed()


def become_kernel(request: dict[str, Any]) -> None:
    """Turn this process into the kernel that the request describes."""
    import ipykernel_launcher
    from ipykernel.kernelapp import IPKernelApp

    arguments = request["arguments"]
    sys.argv = [ipykernel_launcher.__file__, *arguments]
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(arguments)
    app.start()


def _reseed() -> None:
    """Give this process its own randomness; the parent's state would be everyone's."""
    import random

    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()

"""A fork server is costly to start: one for all tests of a process, as there is one for a build."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def children() -> Iterator:
    """Processes forked with the stack preloaded."""
    from msoko.build.kernels.child_processes import ChildProcesses, start_server
    from msoko.build.kernels.warm_provisioner import STACK

    start_server(STACK)
    made = ChildProcesses()
    yield made
    made.close()

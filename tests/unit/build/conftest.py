"""Fork servers are costly to start: one for all the tests of this folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A fork server with the stack preloaded."""
    from msoko.build.kernels.forks import ForkServer
    from msoko.build.kernels.kernels import kernel_environment
    from msoko.build.kernels.warm import STACK

    folder = tmp_path_factory.mktemp("server")
    environment = kernel_environment(IPYTHONDIR=str(folder / "ipython"))
    server = ForkServer(folder, environment)
    server.preload(STACK)
    server.start()
    yield server
    server.stop()

"""One small demo municipality, built once in both editions through the real command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo_site import YEAR, make_demo, msoko


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with both editions built; it is only read."""
    root = tmp_path_factory.mktemp("demo") / "project"
    make_demo(root)
    for edition in ("internal", "public"):
        done = msoko("build", YEAR, "--project", root, "--edition", edition)
        assert (done.code, done.err) == (0, "")
    return root

"""The order of tests: files that build whole sites first, so that no core waits at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

FIRST = ("test_determinism.py", "test_demo_site.py", "test_readme.py", "test_build.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort stably: tests of one file keep their order."""
    items.sort(key=lambda item: _place(item.path))


def _place(path: Path) -> int:
    return FIRST.index(path.name) if path.name in FIRST else len(FIRST)

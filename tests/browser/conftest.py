"""Pages of a built site, opened in a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from executed import build_site, reports

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Return one Chromium for all tests; skip, saying why, where there is none."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: make browser-test installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """Return the folder of a built internal site."""
    folder = tmp_path_factory.mktemp("site")
    build_site(reports(folder / "executed"), folder / "internal")
    return folder / "internal"

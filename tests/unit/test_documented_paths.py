"""Paths of code that README, CONTRIBUTING, the guide and the decisions name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"`((?:\w+/)+\w+\.py)`")
STARTS = ("", "src", "src/msoko")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_code_that_is_there(page: Path):
    named = CODE.findall(page.read_text(encoding="utf-8"))
    missing = [path for path in named if not any((ROOT / one / path).exists() for one in STARTS)]
    assert missing == []

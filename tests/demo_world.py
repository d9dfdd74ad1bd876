"""A small demo municipality, made once for all tests that need one."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from msoko.demo.demo_municipality import generate
from msoko.demo.papers.sittings import World

SEED = 7


@functools.cache
def small_demo() -> tuple[Path, World]:
    """Return the data/raw of three schools and two preschools in two years, and its world."""
    folder = Path(tempfile.mkdtemp(prefix="msoko-demo-")) / "data" / "raw"
    return folder, generate(folder, SEED, years=2, schools=3, preschools=2)

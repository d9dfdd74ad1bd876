"""A project in a temporary folder, and a way to keep tables in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import pytest

from drawn_year import YEAR
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store


@pytest.fixture
def project(tmp_path) -> Project:
    (tmp_path / "data" / "raw" / "2024-25").mkdir(parents=True)
    return Project.at(tmp_path)


Keep = Callable[..., None]


@pytest.fixture
def keep(project: Project) -> Keep:
    """Return a function that stores tables as the year's own."""

    def stored(tables: Mapping[str, pd.DataFrame], year: SchoolYear = YEAR) -> None:
        with Store(project).replacing(year) as writer:
            for name, frame in tables.items():
                writer.write(name, frame)

    return stored

"""What a school's passport uses of all that the department declares and recommends.

A sentence of one recommendation is changed far more often than anything else. It concerns the
schools that are given it, and no other: their passports depend on their own rows, and on what
the directions declare apart from the rules that make such rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from msoko.catalog import Direction
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def declared_digest(directions: Iterable[Direction]) -> str:
    """Return the digest of what directions declare apart from their rules of recommendation."""
    declared = [repr(replace(one, recommendations=())) for one in directions]
    return hashlib.sha256("\n".join(declared).encode()).hexdigest()


def advice_digests(project: Project, year: SchoolYear) -> dict[str, str]:
    """Return the digest of the recommendations that concern each school, by its id."""
    table = Store(project).read("recommendations", [year])
    rows = row_digests(table)
    return {
        str(school_id): hashlib.sha256(rows[places]).hexdigest()
        for school_id, places in table.groupby("school_id").indices.items()
    }


def row_digests(table: pd.DataFrame) -> np.ndarray:
    """Return a number of 64 bits for each row of a table, by which its change is noticed."""
    from pandas.util import hash_pandas_object

    return hash_pandas_object(table, index=False).to_numpy()

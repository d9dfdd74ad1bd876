"""How many papers one pupil wrote: papers of one pupil are no more than one pupil."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PAPER = ["procedure", "grade", "subject"]


def papers_per_pupil(rows: pd.DataFrame) -> float:
    """Return papers by pupils, of the municipality's rows of an indicator by paper.

    Pupils of a grade are counted as those of its most frequented paper, so nobody's code is needed
    and their number is never overstated by much. 1 where no rows tell papers apart. Columns:
    `PAPER` and `n`.
    """
    papers = rows[rows["subject"].notna() & (rows["n"] > 0)]
    if papers.empty:
        return 1.0
    # An indicator may be cut by subject alone as well as by subject and grade: the finer one tells.
    finest = papers[PAPER].notna().sum(axis=1)
    papers = papers[finest == finest.max()]
    sizes = papers.groupby(PAPER, dropna=False)["n"].sum()
    pupils = sizes.groupby(level=["procedure", "grade"], dropna=False).max().sum()
    return float(sizes.sum() / pupils)

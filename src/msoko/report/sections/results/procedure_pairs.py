"""Results of several procedures joined by pupil: an exam beside papers and marks before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from msoko.report.data.report_data import ReportData

EXAMS = ("oge", "ege")
THIS_YEAR = ("rehearsal", "diagnostic")
SCHOOL_MARK = "school_mark"
"""The half-year or yearly mark that the protocols of rehearsals and diagnostics carry."""
JOURNAL = "journal"
"""The mark of the journal on the VPR's own protocol."""
EARLIER = ("vpr", *THIS_YEAR, SCHOOL_MARK)
MARKS = (2, 3, 4, 5)
KINDS = ("lower", "same", "higher")
KEYS = ["pupil_id", "subject"]
COLUMNS = [*KEYS, "school_id", "mark", "share", "earlier_mark", "earlier_share"]


@dataclass(frozen=True)
class ProcedurePair:
    """A later result beside an earlier one of the same pupils, in one subject or in all.

    `rows` has a row a pupil and subject: `COLUMNS`. `papers` are all that sat the later paper
    in the subjects of which the earlier one has any result, whether joined or not.
    """

    exam: str
    earlier: str
    subject: str
    rows: pd.DataFrame
    papers: pd.DataFrame

    @property
    def n(self) -> int:
        return len(self.rows)

    @cached_property
    def marked(self) -> pd.DataFrame:
        """The rows with both marks."""
        return self.rows.dropna(subset=["mark", "earlier_mark"])

    @cached_property
    def kinds(self) -> pd.Series:
        """Whether the exam mark is lower than the earlier one, the same or higher, of `marked`."""
        gap = self.marked["mark"].astype(float) - self.marked["earlier_mark"].astype(float)
        return np.sign(gap).map(dict(zip((-1, 0, 1), KINDS, strict=True)))

    @cached_property
    def marks(self) -> list[int]:
        """How many had an exam mark lower than the earlier one, the same, a higher one."""
        return [int((self.kinds == kind).sum()) for kind in KINDS]

    @cached_property
    def rest(self) -> pd.DataFrame:
        """The papers that no earlier result of the same pupil could be found for."""
        joined = pd.MultiIndex.from_frame(self.rows[KEYS])
        return self.papers[~pd.MultiIndex.from_frame(self.papers[KEYS]).isin(joined)]


def pairs(report: ReportData) -> Iterator[ProcedurePair]:
    """Yield each exam beside each earlier result, whole and by subject, then VPR and journal."""
    results = papers_sat(report, report.year)
    last = report.year.shifted(-1)
    before = papers_sat(report, last) if last in report.years else results.iloc[:0]
    known = results[results["pupil_id"].notna()]
    papers = {"vpr": before[(before["procedure"] == "vpr") & before["pupil_id"].notna()]}
    papers |= {one: known[known["procedure"] == one] for one in THIS_YEAR}
    held = known[known["procedure"].isin(THIS_YEAR)]
    papers[SCHOOL_MARK] = _of_journal(held)
    papers = {one: rows.drop_duplicates(KEYS) for one, rows in papers.items()}
    order = {subject: place for place, subject in enumerate(report.subjects)}
    for exam in EXAMS:
        taken = results[results["procedure"] == exam]
        for earlier in EARLIER:
            yield from _whole_and_parts(exam, earlier, taken, papers[earlier], order)
    vpr = results[results["procedure"] == "vpr"]
    own = _of_journal(known[known["procedure"] == "vpr"])
    yield from _whole_and_parts("vpr", JOURNAL, vpr, own, order)


def _of_journal(papers: pd.DataFrame) -> pd.DataFrame:
    held = papers[papers["journal_mark"].notna()]
    return held.assign(mark=held["journal_mark"], share=held["journal_mark"].astype(float))


def _whole_and_parts(
    exam: str, earlier: str, taken: pd.DataFrame, before: pd.DataFrame, order: Mapping[str, int]
) -> Iterator[ProcedurePair]:
    rows = _joined(taken, before)
    of_subject = taken[taken["subject"].isin(before["subject"].unique())]
    yield ProcedurePair(exam, earlier, "", rows, of_subject)
    for subject in sorted(rows["subject"].unique(), key=lambda one: order.get(one, len(order))):
        yield ProcedurePair(
            exam,
            earlier,
            subject,
            rows[rows["subject"] == subject],
            of_subject[of_subject["subject"] == subject],
        )


def papers_sat(report: ReportData, year: object) -> pd.DataFrame:
    """Return the papers that pupils sat, with the share of the highest score.

    Where a protocol names no highest score, the highest that anyone had stands for it: shares
    are only ranked.
    """
    rows = report.store.read("results", [year])
    rows = rows[~rows["is_absent"].fillna(False).astype(bool)]
    primary = rows["primary_score"].astype("float64")
    paper = [rows[name] for name in ("procedure", "subject", "grade")]
    highest = primary.groupby(paper, dropna=False).transform("max")
    top = rows["max_score"].astype("float64").fillna(highest).replace(0, np.nan)
    share = (rows["test_score"].astype("float64") / 100).fillna(primary / top)
    return rows.assign(share=share)


def _joined(taken: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    wanted = [*KEYS, "mark", "share"]
    others = earlier[wanted].rename(columns={"mark": "earlier_mark", "share": "earlier_share"})
    known = taken[taken["pupil_id"].notna()]
    joined = known[[*wanted, "school_id"]].merge(others, on=KEYS)
    return joined.sort_values(KEYS, kind="stable")[COLUMNS]

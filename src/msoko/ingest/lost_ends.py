"""Exam protocols without their last lines: how many rows came, and how many there should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from msoko.core.project import Project
from msoko.ingest.identity.subject_names import Subjects
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.placed_blocks import PlacedBlock

OBLIGATORY = {"oge": ("russian", "mathematics")}
"""Exams that all graduates sit: one tells how many participants the other should have."""
FIX = "Проверьте, весь ли протокол в файле, и запросите его заново в РЦОИ."


def lost_ends(
    placed: Iterable[PlacedBlock],
    tables: Mapping[str, pd.DataFrame],
    project: Project,
) -> Iterator[Finding]:
    """Yield a warning for each protocol without footers, with the counts that are known."""
    cut = [one for one in placed if one.parsed.paper.get("lacks_footers")]
    if not cut:
        return
    subjects = Subjects.load(project)
    for one in cut:
        own = one.parsed.paper
        known = list(_beside(own, tables.get("results"), subjects))
        message = (
            "нет итоговых строк («Средние», «Всего участников»), файл мог быть обрезан: "
            f"прочитано участников – {own['participants']}"
        )
        message += f"; {'; '.join(known)}." if known else ", сколько их было, не известно."
        yield Finding("no_footer", "warning", message, FIX, table="results", file=one.file,
                      sheet=one.sheet or None, cell=f"A{own['last_row']}")  # fmt: skip


def _beside(
    paper: Mapping[str, object], results: pd.DataFrame | None, subjects: Subjects
) -> Iterator[str]:
    pair = OBLIGATORY.get(str(paper["procedure"]), ())
    if results is None or paper["subject"] not in pair:
        return
    for other in pair:
        rows = results[(results["procedure"] == paper["procedure"]) & (results["subject"] == other)]
        if other != paper["subject"] and len(rows):
            yield f"«{subjects.name(other)}» в этом году – {len(rows)}"

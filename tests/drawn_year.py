"""A small year of tables, drawn: everything in it agrees."""

from __future__ import annotations

import pandas as pd

from drawn import table
from msoko.core.school_year import SchoolYear

YEAR = SchoolYear.parse("2024-25")
PAPER = {"school_year": "2024-25", "procedure": "vpr", "subject": "mathematics", "grade": 4}


def drawn_year() -> dict[str, pd.DataFrame]:
    """Return a year in which everything agrees: two schools, five pupils, МА4 of 20 points."""
    results = table("""
        school_id | pupil_id | primary_score | mark | journal_mark | is_absent | source_row
        s1        | p1       |             5 |    2 |            3 |         0 |         10
        s1        | p2       |             9 |    3 |            3 |         0 |         11
        s1        | p3       |               |      |              |         1 |         12
        s2        | p4       |            14 |    4 |            4 |         0 |         14
        s2        | p5       |            20 |    5 |            4 |         0 |         15
    """).assign(max_score=20, source_id="f1", class_id="1", variant="1", **PAPER)
    results["is_absent"] = results["is_absent"] == 1
    tasks = table("""
        school_id | pupil_id | task | score | source_row | source_column
        s1        | p1       | 1    |     5 |         10 | G
        s1        | p1       | 2    |       |         10 | H
        s1        | p2       | 1    |     4 |         11 | G
        s1        | p2       | 2    |     5 |         11 | H
        s2        | p4       | 1    |    10 |         14 | G
        s2        | p4       | 2    |     4 |         14 | H
        s2        | p5       | 1    |    10 |         15 | G
        s2        | p5       | 2    |    10 |         15 | H
    """).assign(max_score=10, level="basic", source_id="f1", **PAPER)
    tasks["task"] = tasks["task"].astype(str)
    tasks["is_attempted"] = tasks["score"].notna()
    shares = table("""
        group_name | school_id | group_level  | school_count | participant_count | source_row
        Край       |           | region       |          400 |             20000 |         10
        Школа 1    | s1        | school       |              |                 2 |         11
    """).assign(share_2_percent=50.0, share_3_percent=50.0, share_4_percent=0.0)
    shares = shares.assign(share_5_percent=0.0, source_id="f3", **PAPER)
    journal = table("""
        group_name | school_id | group_level | participant_count | source_row
        Школа 1    | s1        | school      |                 2 |         11
        Школа 2    | s2        | school      |                 2 |         12
    """).assign(source_id="fj", **PAPER)
    journal = journal.assign(
        lowered_count=[1, 0],
        confirmed_count=[1, 1],
        raised_count=[0, 1],
        lowered_percent=[50.0, 0.0],
        confirmed_percent=[50.0, 50.0],
        raised_percent=[0.0, 50.0],
    )
    schools = table("""
        school_id | name            | kind   | school_type | location | vpr_login | pupil_count
        s1        | МБОУ «Школа 1»  | school | secondary   | urban    | edu990101 |         500
        s2        | МБОУ «Школа 2»  | school | basic       | rural    | edu990102 |          90
    """).assign(school_year="2024-25", source_id="reg", source_row=[2, 3])
    sources = table("""
        source_id | file           | sheet  | layout | rows_in | rows_kept | rows_set_aside
        f1        | vpr/ma4.xlsx   | МА 4   | f1     |       7 |         5 |              2
        f3        | vpr/ma4_f3.csv |        | f3     |       2 |         2 |              0
        fj        | vpr/journal.xlsx | МА 4 | journal |      2 |         2 |              0
        reg       | schools.csv    |        | schools |      2 |         2 |              0
        ctx       | forms/s1.xlsx  | Форма  | form   |       1 |         1 |              0
    """).assign(block=1, sha256="00", reason="заголовок", confidence=1.0)
    columns = table("""
        source_id | table              | column            | source_column
        f1        | results            | pupil_id          | D
        f1        | results            | primary_score     | I
        f1        | results            | mark              | J
        f1        | results            | journal_mark      | K
        f3        | mark_shares        | share_2_percent   | D
        f3        | mark_shares        | participant_count | C
        fj        | journal_comparison | participant_count | B
        fj        | journal_comparison | lowered_count     | D
    """)
    monitoring = table("""
        school_id | form    | item     | value | source_row | source_column
        s1        | context | families |    12 |          5 | C
    """).assign(school_year="2024-25", source_id="ctx")
    return {
        "results": results,
        "task_scores": tasks,
        "mark_shares": shares,
        "journal_comparison": journal,
        "schools": schools,
        "monitoring": monitoring,
        "sources": sources,
        "source_columns": columns,
    }

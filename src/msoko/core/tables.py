"""The tables that data become: their names, columns and types, in one place.

Readers produce them, the store keeps them, suites check them, indicators are
predicates over them. A year's tables lie in `data/processed/<year>/<name>.parquet`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "int", "float", "bool", "date"]

SOURCE: dict[str, ColumnType] = {"source_id": "text", "source_row": "int"}
"""Where a row was read: a key of `sources`, and the sheet's row number from 1."""

PAPER: dict[str, ColumnType] = {
    "school_year": "text",
    "procedure": "text",  # vpr, oge, ege, rehearsal, diagnostic, functional_literacy
    "subject": "text",  # a code of registry/subjects.csv
    "grade": "int",
}

GROUP: dict[str, ColumnType] = {
    "school_id": "text",
    "kind": "text",
    "school_type": "text",
    "location": "text",
    "class_id": "text",
    "procedure": "text",
    "subject": "text",
    "grade": "int",
    "task": "text",
    "level": "text",
    "stage": "text",
    "survey": "text",
    "question": "text",
}
"""What an indicator may be cut by, the school first: a group fills the columns that name it.

The whole fills none. A further key is one more line here, and the columns of two suites.
"""


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, and the columns that name a row."""

    name: str
    row: str
    columns: Mapping[str, ColumnType]
    key: tuple[str, ...]


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "schools",
            "a school or preschool in the year, under its one permanent id",
            {
                "school_id": "text",
                "school_year": "text",
                "name": "text",
                "kind": "text",  # school, preschool
                "school_type": "text",  # secondary, gymnasium, lyceum, basic, primary, kindergarten
                "location": "text",  # urban, rural
                "vpr_login": "text",
                "exam_code": "text",
                "oo1_code": "text",
                "pupil_count": "int",
                **SOURCE,
            },
            ("school_id",),
        ),
        Table(
            "results",
            "a pupil's result in one paper",
            {
                **PAPER,
                "school_id": "text",
                "class_id": "text",
                "pupil_id": "text",
                "variant": "text",
                "primary_score": "float",
                "max_score": "float",
                "test_score": "float",  # the 0–100 scale of ЕГЭ
                "mark": "int",
                "journal_mark": "int",
                "is_absent": "bool",
                **SOURCE,
            },
            ("school_year", "procedure", "subject", "grade", "pupil_id"),
        ),
        Table(
            "task_scores",
            "a pupil's points for one task",
            {
                **PAPER,
                "school_id": "text",
                "pupil_id": "text",
                "task": "text",
                "level": "text",  # basic, advanced
                "score": "float",  # null where not attempted
                "max_score": "float",
                "is_attempted": "bool",  # False is the X of the forms
                **SOURCE,
                "source_column": "text",
            },
            ("school_year", "procedure", "subject", "grade", "pupil_id", "task"),
        ),
        Table(
            "school_results",
            "a school's published result in one paper, without its pupils",
            {
                **PAPER,
                "school_id": "text",
                "group_level": "text",  # school, municipality, region, country
                "group_name": "text",
                "participant_count": "int",
                "mean_score": "float",
                "success_count": "int",  # who reached the level that the subject names
                "is_suppressed": "bool",
                **SOURCE,
            },
            ("school_year", "procedure", "subject", "grade", "group_level", "school_id"),
        ),
        Table(
            "mark_shares",
            "the shares of marks in a group (Ф3)",
            {
                **PAPER,
                "group_level": "text",
                "group_name": "text",
                "school_id": "text",
                "school_count": "int",
                "participant_count": "int",
                "share_2_percent": "float",
                "share_3_percent": "float",
                "share_4_percent": "float",
                "share_5_percent": "float",
                **SOURCE,
            },
            ("school_year", "procedure", "subject", "grade", "group_level", "group_name"),
        ),
        Table(
            "journal_comparison",
            "marks against the journal in a group",
            {
                **PAPER,
                "group_level": "text",
                "group_name": "text",
                "school_id": "text",
                "participant_count": "int",
                "lowered_count": "int",
                "lowered_percent": "float",
                "confirmed_count": "int",
                "confirmed_percent": "float",
                "raised_count": "int",
                "raised_percent": "float",
                **SOURCE,
            },
            ("school_year", "procedure", "subject", "grade", "group_level", "group_name"),
        ),
        Table(
            "score_distribution",
            "the share of a group at one primary score",
            {
                **PAPER,
                "group_level": "text",
                "group_name": "text",
                "school_id": "text",
                "participant_count": "int",
                "primary_score": "int",
                "share_percent": "float",
                **SOURCE,
                "source_column": "text",
            },
            ("school_year", "procedure", "subject", "grade", "group_name", "primary_score"),
        ),
        Table(
            "task_performance",
            "the share of points won in one task by a group",
            {
                **PAPER,
                "group_level": "text",
                "group_name": "text",
                "school_id": "text",
                "participant_count": "int",
                "task": "text",
                "level": "text",
                "max_score": "float",
                "performance_percent": "float",
                **SOURCE,
                "source_column": "text",
            },
            ("school_year", "procedure", "subject", "grade", "group_name", "task"),
        ),
        Table(
            "appeals",
            "an appeal against an exam result",
            {
                **PAPER,
                "school_id": "text",
                "pupil_id": "text",
                "status": "text",
                "score_before": "float",
                "score_after": "float",
                **SOURCE,
            },
            ("school_year", "procedure", "subject", "pupil_id"),
        ),
        Table(
            "monitoring",
            "one figure that a school returned in a form (ОО-1, context, a direction's form)",
            {
                "school_year": "text",
                "school_id": "text",
                "form": "text",  # a key of registry/forms.yml
                "item": "text",  # an item of that form
                "value": "float",
                "text_value": "text",
                **SOURCE,
                "source_column": "text",
            },
            ("school_year", "school_id", "form", "item"),
        ),
        Table(
            "olympiad",
            "a participant of an olympiad stage",
            {
                "school_year": "text",
                "school_id": "text",
                "pupil_id": "text",
                "stage": "text",  # school, municipal, regional, final
                "subject": "text",
                "grade": "int",
                "score": "float",
                "max_score": "float",
                "status": "text",  # winner, prize, participant
                **SOURCE,
            },
            ("school_year", "stage", "subject", "grade", "pupil_id"),
        ),
        Table(
            "surveys",
            "answers to one question in one school",
            {
                "school_year": "text",
                "school_id": "text",
                "survey": "text",
                "question": "text",
                "answer_count": "int",
                "positive_count": "int",
                **SOURCE,
            },
            ("school_year", "school_id", "survey", "question"),
        ),
        Table(
            "roadmap_returns",
            "what a responsible reported on one measure of the roadmap for one period",
            {
                "school_year": "text",
                "measure": "text",
                "period": "text",  # 2024-11 for a month, 2024-Q4 for a quarter
                "responsible": "text",
                "status": "text",  # done, in_progress, not_done
                "returned_on": "date",
                "result": "text",
                **SOURCE,
            },
            ("school_year", "measure", "period", "responsible"),
        ),
        Table(
            "sources",
            "one sheet block that was read",
            {
                "source_id": "text",
                "file": "text",  # relative to data/raw/<year>, with /
                "sheet": "text",
                "block": "int",
                "sha256": "text",
                "layout": "text",
                "reason": "text",
                "confidence": "float",
                "rows_in": "int",
                "rows_kept": "int",
                "rows_set_aside": "int",
            },
            ("source_id",),
        ),
        Table(
            "source_columns",
            "where a table's column stood in a source",
            {"source_id": "text", "table": "text", "column": "text", "source_column": "text"},
            ("source_id", "table", "column"),
        ),
        Table(
            "set_aside",
            "a row that was read and not kept, with the reason",
            {"source_id": "text", "source_row": "int", "reason": "text"},
            ("source_id", "source_row"),
        ),
        Table(
            "findings",
            "something wrong or doubtful in the data, and what to do about it",
            {
                "school_year": "text",
                "check": "text",  # the name of the expectation or reconciliation
                "severity": "text",  # blocking, warning, note
                "table": "text",
                "school_id": "text",
                "file": "text",
                "sheet": "text",
                "cell": "text",  # K12; or K12:K40
                "row_count": "int",
                "message": "text",  # Russian: what is wrong
                "action": "text",  # Russian: what to do
                "directions": "text",  # directions concerned, separated by spaces
            },
            ("check", "file", "sheet", "cell", "message"),
        ),
        Table(
            "indicators",
            "the value of one indicator for one group",
            {
                "school_year": "text",
                "direction": "text",
                "indicator": "text",
                "unit_of_analysis": "text",  # municipality, school, region, country
                **GROUP,
                "numerator": "float",
                "denominator": "float",
                "value": "float",
                "low": "float",
                "high": "float",
                "n": "int",
                "flags": "text",  # small_n, suppressed, not_comparable …, separated by spaces
            },
            ("school_year", "direction", "indicator", "unit_of_analysis", *GROUP),
        ),
        Table(
            "objectivity_schools",
            "one school's combined evidence of biased results",
            {
                "school_year": "text",
                "school_id": "text",
                "p_combined": "float",
                "q_bh": "float",
                "q_by": "float",
                "is_flagged": "bool",
                "marker_count": "int",
            },
            ("school_year", "school_id"),
        ),
        Table(
            "objectivity_markers",
            "one marker for one school and subject; the municipality has an empty school_id",
            {
                "school_year": "text",
                "school_id": "text",
                "subject": "text",
                "grade": "int",
                "marker": "text",
                "effect": "float",
                "p": "float",
                "n": "int",
                "tier": "text",  # informative, approximate, limited
            },
            ("school_year", "school_id", "subject", "grade", "marker"),
        ),
        Table(
            "recommendations",
            "an address recommendation with its evidence",
            {
                "school_year": "text",
                "direction": "text",
                "rule": "text",
                "recipient": "text",  # school, methodical_service, department, teachers
                "indicator": "text",
                **GROUP,
                "finding": "text",
                "text": "text",
                "deadline": "text",
                "expected": "text",
                "measure": "text",
            },
            ("direction", "rule", "recipient", *GROUP),
        ),
    )
}

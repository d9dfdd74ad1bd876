"""The tables that raw files become, with what is kept of how they were read."""

from __future__ import annotations

from msoko.core.table_columns import PAPER, SOURCE, Table

RECEIVED_TABLES = (
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
            "level": "text",  # basic, advanced, high
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
            "success_percent": "float",  # their share, where it is published in place of the count
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
        {
            "source_id": "text",
            "source_row": "int",
            "reason": "text",
            "is_lost": "bool",  # for a fault; other rows hold nothing that a report would count
        },
        ("source_id", "source_row"),
    ),
)

"""The tables that the program computes from those received."""

from __future__ import annotations

from msoko.core.table_columns import GROUP, Table

COMPUTED_TABLES = (
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

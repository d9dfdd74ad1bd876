"""What is wrong or missing in the data of one organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from msoko.report.block import Block, BlockPart, Details, Framed, Sheet, block, cell
from msoko.report.passport.printed_rows import fitting

if TYPE_CHECKING:
    from msoko.report.data.judged_data import JudgedData
    from msoko.report.data.judged_organisation import JudgedOrganisation

LETTERS, LINES = (14, 32, 62, 32), 7
"""What a line of the printed table holds, and how many of them the findings may take."""
LOGIN = "vpr_login"
"""A login is said to be known, and never printed."""
CODES = (LOGIN, "exam_code", "oo1_code")


def data(report: JudgedData) -> Block:
    """List the findings about the organisation's rows, and the forms it did not return."""
    school = report.organisation
    found = school.findings
    parts: list[BlockPart | str | None] = [" ".join([*_forms(school), _codes(school)])]
    if found:
        parts.insert(0, report.say("passport.data", count=len(found)))
        listed = [_row(report, one) for one in found]
        most = fitting(listed, LETTERS, LINES)
        parts.insert(1, _sheet(report, listed[:most], "passport-data"))
        if rest := listed[most:]:
            title = report.say("passport.data_rest", count=len(rest))
            parts.append(Details(title, (_sheet(report, rest, ""),)))
    else:
        parts.insert(0, report.say("passport.data_none"))
    parts.append(_stopped(school))
    return block(Framed("passport-data", block(*parts).parts))


def _sheet(report: JudgedData, rows: Sequence[list[str]], name: str) -> Sheet:
    head = report.heads("severity", "place", "what_is_wrong", "action")
    caption = report.say("passport.data_caption", year=report.year)
    return report.sheet(head, rows, caption, name, "llll")


def _row(report: JudgedData, finding: Mapping[str, Any]) -> list[str]:
    where = [finding["file"], finding["sheet"], finding["cell"]]
    return [
        report.say(f"severity.{finding['severity']}"),
        cell(", ".join(filter(None, where)) or report.say("passport.data_whole")),
        cell(finding["message"]),
        cell(finding["action"]),
    ]


def _forms(school: JudgedOrganisation) -> list[str]:
    """Say which forms others of the kind returned and this organisation did not."""
    report = school.report
    codes = list(school.alike.index)
    rows = report.store.records(
        "monitoring", [report.year], ["school_id", "form"], {"school_id": codes}
    )
    returned: dict[str, set[str]] = {}
    for row in rows:
        returned.setdefault(row["form"], set()).add(row["school_id"])
    asked = [form for form, found in sorted(returned.items()) if len(found) >= min(2, len(codes))]
    if not asked:
        return [report.say("passport.forms_none")]
    titles = school.form_titles
    missing = [
        cell(titles.get(form, form)) for form in asked if school.school_id not in returned[form]
    ]
    return [
        report.say(
            "passport.forms", asked=len(asked), filled=len(asked) - len(missing), missing=missing
        )
    ]


def _codes(school: JudgedOrganisation) -> str:
    """Name the codes by which the organisation's rows are found, or say that it has none."""
    say = school.report.say
    said = [
        say(f"passport.code.{name}", **({} if name == LOGIN else {"value": cell(school.row[name])}))
        for name in CODES
        if pd.notna(school.row[name])
    ]
    if said:
        return say("passport.codes", codes=said)
    return "" if school.is_preschool else say("passport.no_codes")


def _stopped(school: JudgedOrganisation) -> str | None:
    """Name the directions that errors in the municipality's data keep from being built."""
    report = school.report
    rows = report.store.records("findings", [report.year], ["severity", "directions"])
    blocking = [row["directions"] or "" for row in rows if row["severity"] == "blocking"]
    every = "" in blocking
    named = {code for text in blocking for code in text.split()}
    titles = [
        cell(one.short_title or one.title)
        for one in report.directions
        if every or one.direction in named
    ]
    return report.say("passport.stopped", titles=titles) if titles else None

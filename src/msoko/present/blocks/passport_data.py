"""What is wrong or missing in the data of one organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from msoko.present.block import Block, Details, Framed, Part, Sheet, block, cell
from msoko.present.blocks.quality import SEVERITIES
from msoko.tables import TABLES
from msoko.validate.packets.owners import Owners

if TYPE_CHECKING:
    from msoko.present.reading import Reading
    from msoko.present.school import School

MOST_SHOWN = 3
CODES = ("vpr_login", "exam_code", "oo1_code")
LOCATED = ("school_id", "source_id", "source_row")


def data(report: Reading) -> Block:
    """List the findings about the organisation's rows, and the forms it did not return."""
    school = report.school
    found = findings(school)
    parts: list[Part | str | None] = [" ".join([*_forms(school), _codes(school)])]
    if found:
        parts.insert(0, report.say("passport.data", count=len(found)))
        listed = [_row(report, one) for one in found]
        parts.insert(1, _sheet(report, listed[:MOST_SHOWN], "passport-data"))
        if rest := listed[MOST_SHOWN:]:
            title = report.say("passport.data_rest", count=len(rest))
            parts.append(Details(title, (_sheet(report, rest, ""),)))
    else:
        parts.insert(0, report.say("passport.data_none"))
    parts.append(_stopped(school))
    return block(Framed("passport-data", block(*parts).parts))


def findings(school: School) -> list[dict[str, Any]]:
    """Return the year's findings about the organisation, the gravest first.

    A finding that names cells belongs to those whose rows they are, as in the packets.
    """
    report = school.report
    rows = report.store.read("findings", [report.year])
    rows = rows[rows["table"].ne("schools")]
    plain = rows.astype(object).where(rows.notna(), None).to_dict("records")
    named = [one for one in plain if one["school_id"] == school.school_id]
    open_ones = [one for one in plain if not one["school_id"] and one["file"]]
    owners = Owners(_placed(school, {one["file"] for one in open_ones}))
    found = named + [
        part
        for one in open_ones
        for part in owners.split(one)
        if part["school_id"] == school.school_id or _names(school, part)
    ]
    return sorted(found, key=lambda one: SEVERITIES.index(one["severity"]))


def _names(school: School, finding: Mapping[str, Any]) -> bool:
    """Whether a finding without an owner calls the organisation by its name."""
    return finding["school_id"] is None and str(school.row["name"]) in str(finding["message"])


def _placed(school: School, files: set[str]) -> pd.DataFrame:
    """Return whose each row of these files is; only sources that the findings name are read."""
    report = school.report
    sources = report.store.read("sources", [report.year], ["source_id", "file", "sheet"])
    sources = sources[sources["file"].isin(files)]
    columns = report.store.read(
        "source_columns", [report.year], ["source_id", "table"],
        {"source_id": list(sources["source_id"])},
    )  # fmt: skip
    frames = []
    for name, rows in columns.groupby("table", sort=True):
        if name != "schools" and set(LOCATED) <= set(TABLES[name].columns):
            wanted = {"source_id": list(rows["source_id"].unique())}
            frames.append(report.store.read(name, [report.year], LOCATED, wanted))
    if not frames:
        return pd.DataFrame(columns=["file", "sheet", "source_row", "school_id"])
    placed = pd.concat(frames, ignore_index=True).drop_duplicates()
    return placed.merge(sources, on="source_id")


def _sheet(report: Reading, rows: Sequence[list[str]], name: str) -> Sheet:
    head = ["Важность", "Где", "Что не так", "Что сделать"]
    return Sheet(head, rows, f"Замечания к данным организации, {report.year}", name, "llll")


def _row(report: Reading, finding: Mapping[str, Any]) -> list[str]:
    where = [finding["file"], finding["sheet"], finding["cell"]]
    return [
        report.say(f"severity.{finding['severity']}"),
        cell(", ".join(filter(None, where)) or report.say("passport.data_whole")),
        cell(finding["message"]),
        cell(finding["action"]),
    ]


def _forms(school: School) -> list[str]:
    """Say which forms others of the kind returned and this organisation did not."""
    report = school.report
    codes = list(school.alike.index)
    rows = report.store.read(
        "monitoring", [report.year], ["school_id", "form", "item"], {"school_id": codes}
    ).drop_duplicates()
    others = rows.groupby("form", sort=True)["school_id"].nunique()
    asked = [str(form) for form, count in others.items() if count >= min(2, len(codes))]
    if not asked:
        return [report.say("passport.forms_none")]
    own = rows[rows["school_id"] == school.school_id]
    titles = _form_titles(report)
    missing = [cell(titles.get(form, form)) for form in asked if form not in set(own["form"])]
    return [
        report.say(
            "passport.forms", asked=len(asked), filled=len(asked) - len(missing), missing=missing
        )
    ]


def _codes(school: School) -> str:
    """Name the codes by which the organisation's rows are found, or say that it has none."""
    say = school.report.say
    said = [
        say(f"passport.code.{name}", value=cell(school.row[name]))
        for name in CODES
        if pd.notna(school.row[name])
    ]
    return say("passport.codes", codes=said) if said else say("passport.no_codes")


def _form_titles(report: Reading) -> dict[str, str]:
    from msoko.catalog import words

    return words.load_form_titles(report.project)


def _stopped(school: School) -> str | None:
    """Name the directions that errors in the municipality's data keep from being built."""
    report = school.report
    rows = report.store.read("findings", [report.year], ["severity", "directions"])
    blocking = rows[rows["severity"] == "blocking"]["directions"]
    every = blocking.fillna("").eq("").any()
    named = {code for text in blocking.dropna() for code in text.split()}
    titles = [
        cell(one.short_title or one.title)
        for one in report.directions
        if every or one.direction in named
    ]
    return report.say("passport.stopped", titles=titles) if titles else None

"""Which findings in the year's data are about one organisation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from msoko.tables import TABLES
from msoko.validate.packets.owners import Owners

if TYPE_CHECKING:
    from msoko.present.school import School

SEVERITIES = ("blocking", "warning", "note")
LOCATED = ("school_id", "source_id", "source_row")


def findings(school: School) -> list[dict[str, Any]]:
    """Return the year's findings about the organisation, the gravest first.

    A finding that calls organisations by name is about them; one that names cells, about those
    whose rows they are, as in the packets.
    """
    report = school.report
    rows = report.store.read("findings", [report.year])
    rows = rows[rows["table"].ne("schools")]
    plain = rows.astype(object).where(rows.notna(), None).to_dict("records")
    found, open_ones = [], []
    for one in plain:
        named = _named(school, one)
        if school.school_id in named:
            found.append(one)
        elif not named and one["file"]:
            open_ones.append(one)
    owners = Owners(_placed(school, {one["file"] for one in open_ones}))
    found += [
        part
        for one in open_ones
        for part in owners.split(one)
        if part["school_id"] == school.school_id
    ]
    return sorted(found, key=lambda one: SEVERITIES.index(one["severity"]))


def _named(school: School, finding: Mapping[str, Any]) -> list[str]:
    """Return the organisations that a finding says it is about, by id or by name."""
    if finding["school_id"]:
        return [finding["school_id"]]
    return mentioned(dict(school.report.schools["name"].dropna()), str(finding["message"]))


def mentioned(names: Mapping[str, str], message: str) -> list[str]:
    """Return the codes whose whole names a message has.

    «СОШ № 1» is not in «СОШ № 12», nor in «СОШ № 1 г. Керчи» where that is another's name: a
    passport must not print what was found about another organisation.
    """
    left, found = message, set()
    for name in sorted({one for one in names.values() if one}, key=lambda one: (-len(one), one)):
        whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        if whole.search(left):
            found.add(name)
            left = whole.sub("\N{INFORMATION SEPARATOR ONE}", left)
    return [code for code, name in names.items() if name in found]


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

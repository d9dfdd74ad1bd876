"""Which findings in the year's data are about one organisation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msoko.core.tables import TABLES
from msoko.ingest.ingest_findings import SEVERITIES
from msoko.packets.finding_owners import FindingOwners

if TYPE_CHECKING:
    from msoko.report.data.organisation import Organisation

LOCATED = ("source_id", "source_row", "school_id")


def organisation_findings(school: Organisation) -> list[dict[str, Any]]:
    """Return the year's findings about the organisation, the gravest first.

    A finding that calls organisations by name is about them; one that names cells, about those
    whose rows they are, as in the packets.
    """
    report = school.report
    rows = report.store.records("findings", [report.year])
    found, open_ones = [], []
    for one in rows:
        if one["table"] == "schools":
            continue
        named = _named(school, one)
        if school.school_id in named:
            found.append(one)
        elif not named and one["file"]:
            open_ones.append(one)
    owners = FindingOwners(_placed(school, {one["file"] for one in open_ones}))
    found += [
        part
        for one in open_ones
        for part in owners.split(one)
        if part["school_id"] == school.school_id
    ]
    return sorted(found, key=lambda one: SEVERITIES.index(one["severity"]))


def _named(school: Organisation, finding: Mapping[str, Any]) -> list[str]:
    """Return the organisations that a finding says it is about, by id or by name."""
    if finding["school_id"]:
        return [finding["school_id"]]
    return mentioned(school.names, str(finding["message"]))


def mentioned(names: Mapping[str, str], message: str) -> list[str]:
    """Return the codes whose whole names a message has.

    «СОШ № 1» is not in «СОШ № 12», nor in «СОШ № 1 г. Керчи» where that is another's name: a
    passport must not print what was found about another organisation.
    """
    left, found = message, set()
    said = {name for name in names.values() if name and name in message}
    for name in sorted(said, key=lambda one: (-len(one), one)):
        whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        if whole.search(left):
            found.add(name)
            left = whole.sub("\N{INFORMATION SEPARATOR ONE}", left)
    return [code for code, name in names.items() if name in found]


def _placed(school: Organisation, files: set[str]) -> Iterator[tuple[Any, ...]]:
    """Yield whose each row of these files is; only sources that the findings name are read."""
    store, years = school.report.store, [school.report.year]
    listed = store.records("sources", years, ["source_id", "file", "sheet"], {"file": files})
    sources = {row["source_id"]: (row["file"], row["sheet"]) for row in listed}
    filled = store.records(
        "source_columns", years, ["table", "source_id"], {"source_id": sources.keys()}
    )
    tables: dict[str, set[str]] = {}
    for row in filled:
        tables.setdefault(row["table"], set()).add(row["source_id"])
    for name, wanted in sorted(tables.items()):
        if name != "schools" and set(LOCATED) <= set(TABLES[name].columns):
            for row in store.records(name, years, LOCATED, {"source_id": wanted}):
                yield (*sources[row["source_id"]], row["source_row"], row["school_id"])

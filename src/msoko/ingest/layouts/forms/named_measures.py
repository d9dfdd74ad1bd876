"""Returns of a roadmap against the roadmap: measures that it does not have."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from msoko.catalog.municipality.roadmap_rows import load_roadmap
from msoko.core.errors import MsokoError
from msoko.ingest.layouts.forms.form_rows import FIX, FormRows
from msoko.ingest.sheets.cells import addresses, cell_text

MEASURE = "measure"
MOST_NAMED = 5


def tell_unknown_measures(body: FormRows, records: Iterable[Mapping[str, object]]) -> None:
    """Add a warning for each measure that the roadmap lacks, with the nearest one it has.

    The row is kept: the report on the roadmap counts it among those that it cannot place.
    """
    known = _known(body)
    if not known:
        return
    rows: dict[str, list[int]] = defaultdict(list)
    for record in records:
        word = cell_text(record.get(MEASURE)) or ""
        if _plain(word) not in known:
            rows[word].append(int(str(record["source_row"])) - 1)
    at = body.found.columns[MEASURE]
    for word, where in list(rows.items())[:MOST_NAMED]:
        near = difflib.get_close_matches(_plain(word), sorted(known), n=1, cutoff=0.0)
        _tell(
            body, f"пункта «{word}» в дорожной карте нет; ближайший – «{known[near[0]]}»", where, at
        )
    rest = [row for where in list(rows.values())[MOST_NAMED:] for row in where]
    if rest:
        _tell(body, "этих пунктов в дорожной карте тоже нет", rest, at)


def _tell(body: FormRows, what: str, rows: list[int], at: int) -> None:
    shown = addresses((row, at) for row in rows)
    body.parsed.findings.append(
        body.place.finding(
            "unknown_measure", "warning", f"{what}: ячейки {shown}.", FIX, cell=shown,
            row_count=len(rows), table=body.found.form.table,
        )
    )  # fmt: skip


def _known(body: FormRows) -> dict[str, str]:
    """Return the codes and printed numbers of the roadmap; none where it cannot be read."""
    name, home = body.context.options.get("municipality"), body.context.home
    if not name or home is None:
        return {}
    try:
        measures = load_roadmap(home, str(name))
    except MsokoError:
        return {}  # the build names the fault of the roadmap itself
    words = (word for one in measures for word in (one.code, one.number) if word)
    return {_plain(word): word for word in words}


def _plain(word: str) -> str:
    return word.strip().rstrip(".").lower()

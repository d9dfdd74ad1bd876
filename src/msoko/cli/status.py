"""`msoko status`: what is stale, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from msoko.cli.message_paths import print_json, print_message
from msoko.cli.options import (
    YearType,
    edition_option,
    json_option,
    municipality_option,
    project_option,
)
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear

if TYPE_CHECKING:
    from msoko.build.graph.build_status import StepStatus
    from msoko.build.graph.step_records import StaleReason

MOST_SHOWN = 4


@click.command("status")
@click.argument("year", type=YearType(), metavar="[ГОД]", required=False)
@project_option
@municipality_option
@edition_option
@click.option("--why", is_flag=True, help="Сказать, что изменилось.")
@json_option
def command(
    year: SchoolYear | None,
    project: Project,
    municipality: str | None,
    edition: str,
    why: bool,
    as_json: bool,
) -> None:
    """Показать, что устарело и будет построено заново. Ничего не меняет."""
    from msoko.build.graph.build_status import status

    found = status(project, year, municipality, edition)
    if as_json:
        print_json([_row(item) for item in found])
    elif found:
        _print_states(found, with_reasons=why)
    else:
        print_message("Данных ещё нет: в data/raw нет ни одного учебного года с файлами.")


def _row(item: StepStatus) -> dict[str, object]:
    return {
        "step": item.step,
        "title": item.title,
        "state": item.state,
        "reasons": [reason.text for reason in item.reasons],
        "after": list(item.after),
    }


def _print_states(found: Sequence[StepStatus], *, with_reasons: bool) -> None:
    """Print the steps that data stop, then those to be done anew."""
    stale = [item for item in found if item.state != "fresh"]
    if not stale:
        print_message("Всё построено, ничего не устарело.")
    refused = [item for item in stale if item.state == "blocked"]
    for title, _ in _group_steps(refused):
        print_message(f"остановлено данными: {title}")
    for line in _refusals(refused) if with_reasons else ():
        print_message(line)
    for title, item in _group_steps([item for item in stale if item.state != "blocked"]):
        waits = " (после предыдущих шагов)" if item.state == "waits" else ""
        print_message(f"устарело: {title}{waits}")
        for line in _group_reasons(item.reasons) if with_reasons else ():
            print_message(f"  – {line}")


def _refusals(refused: Sequence[StepStatus]) -> list[str]:
    """Return what in the data stops reports, each finding once, a line each."""
    from msoko.build.graph.blocked_reports import listed_reasons

    found = list(dict.fromkeys(reason.text for item in refused for reason in item.reasons))
    return listed_reasons(found, refused[0].year) if refused else []


def _group_steps(stale: Sequence[StepStatus]) -> list[tuple[str, StepStatus]]:
    """Return the steps to name; those of one group with the same reasons are named once."""
    alike: dict[tuple, list[StepStatus]] = {}
    for item in stale:
        alike.setdefault((item.group or item.step, item.state, item.reasons), []).append(item)
    return [
        (f"{items[0].group} – {len(items)}" if len(items) > 1 else items[0].title, items[0])
        for items in alike.values()
    ]


def _group_reasons(reasons: Sequence[StaleReason]) -> list[str]:
    """Return the reasons with those of one kind together: what changed, and the files."""
    groups: dict[str, list[str]] = {}
    for reason in reasons:
        change = reason.text.removesuffix(reason.name).strip()
        groups.setdefault(change, []).append(reason.name)
    lines = []
    for change, names in groups.items():
        rest = len(names) - MOST_SHOWN
        more = f" и ещё {rest}" if rest > 0 else ""
        lines.append(f"{change} {', '.join(names[:MOST_SHOWN])}{more}".strip())
    return lines

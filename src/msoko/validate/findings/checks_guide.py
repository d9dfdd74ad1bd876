"""The guide to checks, docs/checks.md: what each expects, why, and what to do.

Written from the suites by `python -m msoko.validate.findings.checks_guide`; a test holds the page
to them, so a check cannot be added without its explanation. The same command writes into the
suites the columns and keys of their tables, which `core` declares.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from msoko.core import russian
from msoko.core.project import Project
from msoko.core.tables import TABLES, Table
from msoko.core.whole_files import write_whole
from msoko.validate.findings.check_wording import CheckWording, read_wording
from msoko.validate.loss_limits import LossLimits
from msoko.validate.suites.reconciliations import RECONCILIATIONS
from msoko.validate.suites.suite_files import Check, Suite, read_reconciliation, read_suite

DECLARED_LISTS: dict[str, Callable[[Table], Iterable[str]]] = {
    "expect_table_columns_to_match_ordered_list": lambda table: table.columns,
    "expect_compound_columns_to_be_unique": lambda table: table.key,
}
"""Checks whose list of columns is what the table declares."""
PREFACE = """# Проверки данных

Каждая проверка – ожидание из `expectations/`. Замечание в отчёте о качестве данных и в
протоколе школы названо так же, как здесь. Важность: **{blocking}** – отчёты направлений,
которые читают этот файл или таблицу, не строятся; **{set_aside}** – строка не входит ни в одну
таблицу, отчёт строится без неё и говорит об этом, пока отложено не больше {file} % строк файла и
{table} % строк таблицы года (`lost_rows_file`, `lost_rows_table` в `registry/thresholds.yml`);
**{warning}** – отчёт строится с оговоркой; **{note}** – сообщается для сведения. Файл, о
котором нельзя понять, какому отчёту он нужен, ничего не останавливает и назван первым.
"""


def checks_page(project: Project) -> str:
    """Return the page in Markdown: tables in their order, then reconciliations."""
    words = read_wording(project)
    lines = [PREFACE.format(**words.severities, **_limits(project))]
    suites = [read_suite(project, name) for name in TABLES]
    suites += [read_reconciliation(project, one.name) for one in RECONCILIATIONS]
    for suite in suites:
        lines += _section(suite, words)
    return "\n".join(lines).rstrip() + "\n"


def _limits(project: Project) -> dict[str, str]:
    """Return the shares of lost rows that stop reports, in percent."""
    limits = LossLimits.of(project)
    return {
        "file": russian.decimal(100 * limits.file, 0),
        "table": russian.decimal(100 * limits.table, 0),
    }


def _section(suite: Suite, words: CheckWording) -> Iterator[str]:
    yield f"## {words.suites[suite.name]}\n"
    for check in suite.checks:
        yield from _entry(check, words)


def _entry(check: Check, words: CheckWording) -> Iterator[str]:
    yield f'<a id="{check.name}"></a>\n'
    yield f"### {words.titles[check.name]}\n"
    yield f"{words.severities[check.severity]}. {check.reason}\n"
    yield f"*Что сделать.* {check.guidance}\n"


def suite_text(project: Project, name: str) -> str:
    """Return a table's suite as its file has it, with the table's columns and key of now."""
    suite = json.loads(project.find("expectations", f"{name}.json").read_text(encoding="utf-8"))
    for check in suite["expectations"]:
        if check["type"] in DECLARED_LISTS:
            check["kwargs"]["column_list"] = list(DECLARED_LISTS[check["type"]](TABLES[name]))
    return json.dumps(suite, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    house = Project.at(None)
    for table in TABLES:
        write_whole(house.home / "expectations" / f"{table}.json", suite_text(house, table))
    write_whole(house.home / "docs" / "checks.md", checks_page(house))

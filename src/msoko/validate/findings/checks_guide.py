"""The guide to checks, docs/checks.md: what each expects, why, and what to do.

Written from the suites by `python -m msoko.validate.findings.checks_guide`; a test holds the page
to them, so a check cannot be added without its explanation.
"""

from __future__ import annotations

from collections.abc import Iterator

from msoko.core.project import Project
from msoko.core.tables import TABLES
from msoko.validate.findings.check_wording import CheckWording, read_wording
from msoko.validate.suites.reconciliations import RECONCILIATIONS
from msoko.validate.suites.suite_files import Check, Suite, read_reconciliation, read_suite

PREFACE = """# Проверки данных

Каждая проверка – ожидание из `expectations/`. Замечание в отчёте о качестве данных и в
протоколе школы названо так же, как здесь. Важность: **{blocking}** – отчёты затронутых
направлений не строятся; **{warning}** – отчёт строится с оговоркой; **{note}** – сообщается
для сведения.
"""


def checks_page(project: Project) -> str:
    """Return the page in Markdown: tables in their order, then reconciliations."""
    words = read_wording(project)
    lines = [PREFACE.format(**words.severities)]
    suites = [read_suite(project, name) for name in TABLES]
    suites += [read_reconciliation(project, one.name) for one in RECONCILIATIONS]
    for suite in suites:
        lines += _section(suite, words)
    return "\n".join(lines).rstrip() + "\n"


def _section(suite: Suite, words: CheckWording) -> Iterator[str]:
    yield f"## {words.suites[suite.name]}\n"
    for check in suite.checks:
        yield from _entry(check, words)


def _entry(check: Check, words: CheckWording) -> Iterator[str]:
    yield f'<a id="{check.name}"></a>\n'
    yield f"### {words.titles[check.name]}\n"
    yield f"{words.severities[check.severity]}. {check.reason}\n"
    yield f"*Что сделать.* {check.guidance}\n"


if __name__ == "__main__":
    house = Project.at(None)
    page = house.home / "docs" / "checks.md"
    page.write_text(checks_page(house), encoding="utf-8", newline="\n")

"""What a profile says otherwise reaches the page: heads, captions, counts, evidence, reasons."""

from __future__ import annotations

import dataclasses
import io

import openpyxl
import pytest

from msoko.core.errors import UsageError
from msoko.documents.excel_annex import annex
from msoko.report import Report
from msoko.report.block import Figure


def reworded(report: Report, **said: str) -> Report:
    """Return a report whose profile words some sentences otherwise; `__` stands for a point."""
    wording = {key.replace("__", "."): text for key, text in said.items()}
    return dataclasses.replace(report, profile=dataclasses.replace(report.profile, wording=wording))


def test_heads_captions_counts_and_evidence_are_a_profile_s_to_word(made):
    report = reworded(
        made(),
        column__indicator="Что измеряется",
        indicators__caption="Все числа, {{ year }}",
        counted__school='{{ n | counted("лицей", "лицея", "лицеев") }}',
        evidence__change__formula="разность ({{ function }})",
    )
    answers = (report.indicators(), report.summary("er_mean"), report.provenance())
    text = "\n".join(answer.markdown() for answer in answers)
    assert "| Что измеряется |" in text and "| Показатель |" not in text
    assert ": Все числа, 2024-25 {#tbl-indicators}" in text
    assert "6\N{NO-BREAK SPACE}лицеев" in text
    assert "разность \\(msoko\\.stats" in text


def test_a_reason_and_a_missing_answer_are_a_profile_s_to_word(made):
    report = reworded(made(schools=2), insufficient="Судить рано. {{ what }} – {{ reason }}.")
    assert report.compare_schools("er_mean").markdown().startswith("Судить рано. Сравнение школ")


def test_a_figure_speaks_a_profile_s_words(made):
    report = reworded(made(), chart__centre="посередине", figure__data="Числа под рисунком")
    parts = report.compare_schools("er_success").parts
    figure = next(part for part in parts if isinstance(part, Figure))
    assert figure.behind.title == "Числа под рисунком"
    assert "<!-- посередине -->" in figure.svg.decode()  # letters are drawn, and named beside


def test_the_annex_speaks_a_profile_s_words(made):
    report = reworded(made(), annex__tab__schools="Организации", column__code="Шифр")
    book = openpyxl.load_workbook(io.BytesIO(annex(report)))
    assert "Организации" in book.sheetnames and "Школы" not in book.sheetnames
    assert "Шифр" in [cell.value for cell in book["Показатели"][3]]


def test_a_head_that_the_house_does_not_have_is_refused(made):
    with pytest.raises(UsageError, match="column.scool.*column.school"):
        reworded(made(), column__scool="Лицей").indicators()

"""Which form a sheet is, in which version, and where its columns stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from msoko.catalog.registry.form_declarations import SCHOOL_CODE, SCHOOL_NAME, Form, load_forms
from msoko.core.project import HOME, Project
from msoko.ingest.layouts.contract import SURE, Recognition
from msoko.ingest.layouts.forms.form_workbook import MARK_SHEET
from msoko.ingest.sheets.cells import cell_text, fold_text
from msoko.ingest.sheets.raw_book import RawBook, RawSheet

LAYOUT = "form"
LINKS = "pupil_links"
HEADER_WITHIN = 15
LIKE = 0.5
"""Below this share of a form's titles a sheet is not even like it."""
LIKE_MARKED = 0.15
"""With its mark a form that lost most of its columns is still named."""
ENOUGH = 0.8
"""The share of titles that makes a form known without its mark."""
ENOUGH_MARKED = 0.5


@dataclass(frozen=True)
class FoundForm:
    """A form in a sheet. Rows and columns are indices from 0."""

    form: Form
    version: int
    sheet: RawSheet
    header: int
    columns: Mapping[str, int]  # item code → column
    school_code: int | None
    school_name: int | None
    school_year: str | None
    recognition: Recognition


@lru_cache(maxsize=1)
def known_forms() -> dict[str, Form]:
    """Return the forms of the house: a sheet is recognised before its project is known.

    The register of links is read by `msoko.ingest.layouts.code_register`, which keeps it out
    of the tables.
    """
    forms = load_forms(Project(HOME))
    return {code: form for code, form in forms.items() if form.table != LINKS}


@cache
def _item_codes(form: str, version: int) -> dict[str, str]:
    """Return the item of each folded title that a version of a form has."""
    titles = known_forms()[form].item_titles(version)
    return {fold_text(title): code for title, code in titles}


@lru_cache(maxsize=1)
def _asked() -> tuple[list[tuple[Form, int]], dict[str, list[int]]]:
    """Return every version of every form, and by title the numbers of those that ask for it."""
    versions = [
        (form, version) for form in known_forms().values() for version in form.known_versions
    ]
    askers: dict[str, list[int]] = {}
    for number, (form, version) in enumerate(versions):
        for title in _item_codes(form.code, version):
            askers.setdefault(title, []).append(number)
    return versions, askers


def find_forms(book: RawBook) -> Iterator[FoundForm]:
    """Yield the forms of the book's visible sheets, at most one per sheet."""
    mark = _mark(book)
    for sheet in book.sheets:
        if sheet.is_hidden or not sheet.cells:
            continue
        one = _best(sheet, mark)
        if one is not None:
            yield one


def _mark(book: RawBook) -> dict[str, str]:
    """Return what the hidden sheet says: form, version, school year."""
    for sheet in book.sheets:
        if fold_text(sheet.name) == fold_text(MARK_SHEET):
            pairs = (
                (cell_text(row[0]), cell_text(row[1])) for row in sheet.cells[:3] if len(row) > 1
            )
            return {name: value for name, value in pairs if name and value}
    return {}


def _best(sheet: RawSheet, mark: Mapping[str, str]) -> FoundForm | None:
    """Return the form and version whose titles the sheet holds best."""
    best: tuple[float, bool, FoundForm] | None = None
    for found, share, is_marked in _candidates(sheet, mark):
        if best is None or (share, is_marked) > best[:2]:
            best = (share, is_marked, found)
    return best[2] if best else None


def _candidates(
    sheet: RawSheet, mark: Mapping[str, str]
) -> Iterator[tuple[FoundForm, float, bool]]:
    versions, askers = _asked()
    for index, have in enumerate(sheet.head[:HEADER_WITHIN]):
        if len(have) < 3:
            continue
        for number in sorted({one for label in have for one in askers.get(label, ())}):
            form, version = versions[number]
            is_marked = mark.get("form") == form.code
            titles = _item_codes(form.code, version)
            columns = {titles[label]: at for label, at in have.items() if label in titles}
            share = len(columns) / len(set(titles.values()))
            if share >= (LIKE_MARKED if is_marked else LIKE):
                found = _found(form, version, sheet, index, columns, have, mark)
                yield found, share, is_marked and mark.get("version") == str(version)


def _found(
    form: Form,
    version: int,
    sheet: RawSheet,
    index: int,
    columns: Mapping[str, int],
    have: Mapping[str, int],
    mark: Mapping[str, str],
) -> FoundForm:
    code, name = have.get(fold_text(SCHOOL_CODE)), have.get(fold_text(SCHOOL_NAME))
    asked = set(_item_codes(form.code, version).values())
    missing = [form.by_code[one].header for one in form.by_code if one in asked - {*columns}]
    if form.names_school and code is None and name is None:
        missing.insert(0, SCHOOL_CODE)
    is_marked = mark.get("form") == form.code
    share = len(columns) / len(asked)
    is_known = share >= (ENOUGH_MARKED if is_marked else ENOUGH) and SCHOOL_CODE not in missing
    confidence = round(0.85 + 0.1 * share, 2) if is_known else round(SURE * share * 0.9, 2)
    reason = f"в строке {index + 1} заголовков формы – {len(columns)} из {len(asked)}"
    reason += f"; метка формы: версия {mark.get('version', '?')}" if is_marked else ""
    recognition = Recognition(
        LAYOUT, f"форма «{form.title}»", reason, confidence, sheet.name, tuple(missing),
        details={"form": form.code, "version": version},
    )  # fmt: skip
    year = _year_above(sheet, index) or mark.get("school_year")
    return FoundForm(form, version, sheet, index, columns, code, name, year, recognition)


def _year_above(sheet: RawSheet, header: int) -> str | None:
    for row in sheet.cells[:header]:
        for label, value in zip(row, row[1:], strict=False):
            if fold_text(label) == "учебный год":
                return cell_text(value)
    return None

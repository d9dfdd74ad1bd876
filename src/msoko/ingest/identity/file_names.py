"""Names of people in the names of files and sheets: tables and pages hold others in their place.

`Иванова Мария Петровна 5А.xlsx` is stored as `имя-3f2a91 5А.xlsx`; the digits are of the file's
content, so the name cannot be found out from them. Sheets are told apart by their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from msoko.ingest.identity.personal_values import DOCUMENT, GIVEN, PATRONYMIC
from msoko.ingest.ingest_findings import Finding
from msoko.ingest.sheets.raw_book import RawBook

SIGNS = 6
"""Digits of the content's hash: enough to tell a folder's files apart."""
MARK = "имя"
GAP = r"[\s_.,+-]"
TOKEN = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+")
"""A word; of «ИвановаМария» two."""
LAST = re.compile(rf"(?:{PATRONYMIC})|оглы|кызы|гызы|улы", re.IGNORECASE)
SURNAME = r"(?<![а-яёА-ЯЁ])[А-ЯЁ][А-ЯЁа-яё]+(?:-[А-ЯЁ][А-ЯЁа-яё]+)?"
NEXT = rf"(?:{GAP}+|(?<=[а-яё]))"
"""What parts a surname from its initials: a gap, or nothing before a capital."""
ENDING = r"(?:[оеё]в|[оеё]ва|ин|ына?|ина|[сц]кий|[сц]кая|ко|ук|юк|ян|дзе|швили|ых|ич)"
INITIALS = re.compile(
    rf"{SURNAME}{NEXT}[А-ЯЁ]\.{GAP}*(?:[А-ЯЁ](?![А-ЯЁа-яё])\.?)?"
    rf"|(?<![а-яёА-ЯЁ])[А-ЯЁ]\.{GAP}*(?:[А-ЯЁ]\.)?{GAP}*{SURNAME}"
    rf"|(?<![а-яёА-ЯЁ])[А-ЯЁ][а-яё]*{ENDING}{NEXT}[А-ЯЁ](?:{GAP}?[А-ЯЁ])?(?![А-ЯЁа-яё])"
)
"""A surname with initials; without points only where its ending is that of surnames."""
ALONE = re.compile(r"(?<![А-ЯЁа-яё])[А-ЯЁ][а-яё]+(?:[оеё]ва?|енко|швили|дзе)(?![а-яё])")
"""A word with a capital that ends as surnames do."""
YEAR = re.compile(r"20[1-3]\d\s")
"""How a year and a number begin, which are not a passport's."""
SUFFIX = re.compile(r"(?:\.(?:xlsx?|xlsm|ods|csv|tsv|txt|zip|xml|html?))+$", re.IGNORECASE)
IN_HONOUR = re.compile(r"\b(?:им\.?|имени)(?:\s+[а-яё]+|\s+[А-ЯЁ][а-яё]+)?\s*$", re.IGNORECASE)
"""A school is named after somebody: that is no pupil."""
PLAIN_WORDS = """
    апелляции апелляция ведомость впр выгрузка гимназия диагностическая дорожная егэ журнал заявка
    индивидуальные информатика итоги карта класс классы контрольная копия лист лицей литература
    математика мбоу мкоу маоу мониторинг независимая огэ олимпиада опрос отметки отчёт отчет оценки
    параллель пересдача показатели приложение пробный проверка протокол протоколы работа работы
    распределение результат результаты репетиционное русский сведения связь социальный сош список
    справка сравнение статистика таблица тестирование участник участники ученик ученики учитель
    физика форма функциональная химия школа школы язык баллов классов учеников отчётов отчетов
    азов киров королев королёв псков ростов саратов серпухов тамбов чехов
"""
PLAIN = frozenset(PLAIN_WORDS.split())
"""Words of files that stand beside a name and are none."""


@lru_cache(maxsize=10_000)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return where people's names and documents stand, joined where they touch."""
    found = [match.span() for match in DOCUMENT.finditer(text) if not YEAR.match(match[0])]
    found += [
        match.span()
        for pattern in (INITIALS, ALONE)
        for match in pattern.finditer(text)
        if not _is_plain(match[0]) and not IN_HONOUR.search(text[: match.start()])
    ]
    tokens = list(TOKEN.finditer(text))
    for place in range(len(tokens)):
        if _names(tokens, place, text):
            first, last = _run(tokens, place, text)
            if not IN_HONOUR.search(text[: tokens[first].start()]):
                found.append((tokens[first].start(), tokens[last].end()))
    return tuple(_joined(found))


def _is_plain(words: str) -> bool:
    return any(one.lower() in PLAIN for one in TOKEN.findall(words))


def _names(tokens: list[re.Match[str]], place: int, text: str) -> bool:
    """Return whether a word is a patronymic beside another, or a given name beside a surname."""
    word = tokens[place][0].lower()
    is_last = bool(LAST.fullmatch(word))
    if not is_last and word not in GIVEN:
        return False
    return any(
        0 <= other < len(tokens) and _is_beside(tokens, place, other, text, is_free=is_last)
        for other in (place - 1, place + 1)
    )


def _is_beside(
    tokens: list[re.Match[str]], place: int, other: int, text: str, *, is_free: bool
) -> bool:
    """Return whether the other word may be of the same name; `is_free`: in small letters too."""
    left, right = sorted((place, other))
    gap = text[tokens[left].end() : tokens[right].start()]
    word = tokens[other][0]
    is_word = len(word) > 2 and word.lower() not in PLAIN
    return bool(re.fullmatch(rf"{GAP}*", gap)) and is_word and (is_free or word[0].isupper())


def _run(tokens: list[re.Match[str]], place: int, text: str) -> tuple[int, int]:
    """Return the first and the last word of the name: at most two before and two after."""
    is_free = tokens[place][0][0].islower()
    first = last = place
    while first > 0 and place - first < 2 and _is_beside(
        tokens, first, first - 1, text, is_free=is_free
    ):  # fmt: skip
        first -= 1
    while last + 1 < len(tokens) and last - place < 2 and _is_beside(
        tokens, last, last + 1, text, is_free=is_free
    ):  # fmt: skip
        last += 1
    return first, last


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _without(text: str, mark: str) -> str:
    for start, end in reversed(_spans(text)):
        text = f"{text[:start]}{mark}{text[end:]}"
    return text


def shown_file(file: str, sha256: str = "") -> str:
    """Return the name under which a file is stored and printed; most keep their own."""
    mark = f"{MARK}-{sha256[:SIGNS]}" if sha256 else MARK
    parts = []
    for part in file.split("/"):
        suffix = SUFFIX.search(part)
        stem = part[: suffix.start()] if suffix else part
        parts.append(_without(stem, mark) + part[len(stem) :])
    return "/".join(parts)


def without_digits(shown: str) -> str:
    """Return a shown name as it is where nothing is known of the content."""
    return re.sub(rf"(?<![а-яё]){MARK}-[0-9a-f]{{{SIGNS}}}(?![0-9a-f])", MARK, shown)


def shown_sheet(name: str, place: int) -> str:
    """Return the name under which a sheet is stored and printed; `place` counts from 1."""
    return _without(name, f"{MARK}-{place}")


def shown_book(book: RawBook) -> RawBook:
    """Return the book under the names that are stored and printed."""
    sheets = tuple(
        replace(sheet, name=shown_sheet(sheet.name, place))
        for place, sheet in enumerate(book.sheets, start=1)
    )
    return replace(book, file=shown_file(book.file, book.sha256), sheets=sheets)


def renamed(
    books: Iterable[RawBook], digests: Mapping[str, str], others: Iterable[str]
) -> dict[str, str]:
    """Return what to print instead of each name of a file or sheet that names a person.

    `digests`: files by name; `others`: names and patterns of which no content is known.
    """
    found = {file: shown_file(file, sha256) for file, sha256 in digests.items()}
    for book in books:
        shown = shown_book(book)
        found |= {
            one.name: other.name for one, other in zip(book.sheets, shown.sheets, strict=True)
        }
    found |= {one: shown_file(one) for one in others if one not in found}
    short = {one.rpartition("/")[2]: other.rpartition("/")[2] for one, other in found.items()}
    return {one: other for one, other in (short | found).items() if one != other}


def with_shown_names(findings: Iterable[Finding], names: Mapping[str, str]) -> list[Finding]:
    """Return the findings with files and sheets called as they are stored."""
    if not names:
        return list(findings)
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

    def said(text: str | None) -> str | None:
        return pattern.sub(lambda match: names[match[0]], text) if text else text

    return [
        replace(one, file=said(one.file), sheet=said(one.sheet), message=said(one.message) or "",
                action=said(one.action) or "")
        for one in findings
    ]  # fmt: skip

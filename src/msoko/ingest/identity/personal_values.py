"""Which headings and values are personal: names, documents and the like, known by content too.

What a reader knows as a name becomes a pseudonym there. Here stands the guard behind all
readers: whatever door a name came through, no table keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import pandas as pd

HEADING = re.compile(
    r"\b(фио|ф\.\s?и\.\s?о|фамили\w+|отчеств\w+|снилс|паспорт\w*|рождения|телефон\w*|e-?mail)\b"
)
WORD = r"[а-яё]+(?:-[а-яё]+)*"
PATRONYMIC = r"[а-яё]{2,}(?:[оеё]вич|[оеё]вна|ьич|мич|кич|ична)|[а-яё]{3,} (?:оглы|кызы|гызы|улы)"
FULL_NAME = re.compile(
    rf"\b{WORD}\s+(?:{WORD}\s+)?(?:{PATRONYMIC})\b(?:\s+{WORD}(?=\s*$))?", re.IGNORECASE
)
"""A patronymic with the words before it, and a surname that ends the text."""
INITIALS = re.compile(
    r"[А-ЯЁ][А-ЯЁа-яё-]+,?\s+[А-ЯЁ]\.\s?[А-ЯЁ]\.?|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][А-ЯЁа-яё-]{2,}"
)
DOCUMENT = re.compile(r"\d{3}-\d{3}-\d{3}[ -]\d{2}|\d{2}\s?\d{2}\s\d{6}|\S+@\S+\.\w+")
TWO_WORDS = re.compile(r"[А-ЯЁ][А-ЯЁа-яё-]+(?:\s+[А-ЯЁ][А-ЯЁа-яё-]+){0,2}")
GIVEN_NAMES = """
    александр алексей алёна алена алина алиса алла анастасия анатолий ангелина андрей анна антон
    антонина арина аркадий арсений артём артем артур богдан борис вадим валентин валентина валерий
    валерия варвара василий василиса вера вероника виктор виктория виталий владимир владислав
    всеволод вячеслав галина георгий герман глеб григорий дарина дарья денис диана дмитрий ева
    евгений евгения егор екатерина елена елизавета есения ефим жанна захар злата зоя иван игорь
    илья инна ирина камила кира кирилл клавдия константин кристина ксения лариса лев леонид лидия
    лилия лука любовь людмила макар максим маргарита марина мария марк матвей милана мирон мирослава
    михаил надежда наталия наталья никита николай нина оксана олег олеся ольга павел петр пётр
    платон полина прохор раиса ренат ринат родион роман руслан савелий светлана святослав семён
    семен сергей софия софья станислав степан стефания таисия тамара тамерлан татьяна тимофей тимур
    тихон ульяна фатима фёдор федор эвелина эдуард элина эльвира эмилия юлия юрий яна ярослав
"""
GIVEN = frozenset(GIVEN_NAMES.split())
MOST_OF = 0.5
"""A column is personal where this share of its different values is."""
FEWEST = 3
GUARDED = frozenset(
    {
        "class_id", "variant", "group_name", "name", "location", "school_type", "kind", "status",
        "text_value", "responsible", "result", "survey", "question", "school_name", "school_code",
        "school_id", "measure", "period",
    }
)  # fmt: skip
"""Columns that take a file's own words; the others hold numbers, codes of ours or pseudonyms."""
HIDDEN = "…"


def is_personal_heading(title: str) -> bool:
    """Return whether a heading says that its column is personal."""
    return bool(HEADING.search(" ".join(title.lower().split())))


@lru_cache(maxsize=100_000)
def is_personal_value(text: str) -> bool:
    """Return whether a text is, or has within, a full name; or is a name with initials, a document.

    A school is named after somebody in the genitive, which has other endings.
    """
    plain = " ".join(text.split())
    if FULL_NAME.search(plain):
        return True
    return bool(INITIALS.fullmatch(plain) or DOCUMENT.fullmatch(plain))


def holds_names(values: Iterable[str | None]) -> bool:
    """Return whether most of a column's different values are names, in full or short."""
    known = {" ".join(value.split()) for value in values if value and value.strip()}
    is_list = len(known) >= FEWEST
    named = sum(is_personal_value(one) or _has_given_name(one, is_list) for one in known)
    return bool(known) and named >= MOST_OF * len(known)


def _has_given_name(text: str, is_list: bool) -> bool:
    """Return whether a word of the text is a given name; alone it may be a town, as Vladimir is."""
    return (
        (is_list or " " in text)
        and bool(TWO_WORDS.fullmatch(text))
        and not GIVEN.isdisjoint(text.lower().split())
    )


def without_names(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, list[int]]]:
    """Return the frame without names in its text columns, and the rows of each that had some.

    Only the name is hidden; rows are those of the sheet, from 1.
    """
    found: dict[str, list[int]] = {}
    for column in sorted(GUARDED.intersection(frame.columns)):
        texts = [value for value in frame[column].unique() if isinstance(value, str)]
        hidden = {text: _hidden(text) for text in texts if is_personal_value(text)}
        if hidden:
            is_named = frame[column].isin(hidden)
            found[column] = sorted(set(frame.loc[is_named, "source_row"].astype(int)))
            frame = frame.assign(**{column: frame[column].replace(hidden)})
    return frame, found


def _hidden(text: str) -> str:
    plain = " ".join(text.split())
    return HIDDEN if not FULL_NAME.search(plain) else FULL_NAME.sub(HIDDEN, plain)

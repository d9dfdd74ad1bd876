"""Logins, telephones, addresses and documents of persons, in whatever spelling.

A page has a hundred thousand signs and hardly a telephone: each pattern is looked for only
around a sign without which it cannot be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

AROUND = 60
"""How many signs on either side of its anchor a pattern is looked for in."""
NOT_WITHIN = r"(?<![\w.,/])"
"""No letter, digit or fraction before: a digest holds eleven digits in a row by chance."""
GAP = r"[ _.\-()/]{0,3}"
MONTH = "(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*"
DATE = rf"\d{{1,2}}(?:[./-]\d{{1,2}}[./-]|[ .]{{1,2}}{MONTH}[ ,]{{1,2}})(?:19|20)?\d\d"
BORN = r"(?:родил|рожд|д\. ?р\.|г\. ?р\.|\bдр[: ])"
DOCUMENT = "серия и номер документа"
DIGITS = re.compile(r"\d(?:[ ().№-]{0,3}\d){6}")


class Contact(NamedTuple):
    """A kind of contact: its pattern in small letters, and the anchor that it is looked for at.

    A text without any of `words` is not searched at all.
    """

    kind: str
    anchor: re.Pattern[str]
    pattern: re.Pattern[str]
    words: tuple[str, ...] = ()


CONTACTS = (
    # each letter in Latin, in its look-alike, or as a keyboard left in Russian types it
    Contact(
        "логин организации",
        re.compile(r"[uуυиhһнxгр][\W_]{0,3}\d"),
        re.compile(
            r"(?<![^\W\d_])(?:[eеэ][\W_]?[dдԁ][\W_]?[uуυи]|[sѕ][\W_]?[cс][\W_]?[hһнx]|увг|ыср)"
            r"(?:\d+|[\W_]{1,3}\d(?:[ _.-]?\d){3,})"
        ),
    ),
    Contact(
        "телефон",
        DIGITS,
        re.compile(
            rf"{NOT_WITHIN}(?:(?:\+ ?7|8){GAP}\d{{3}}{GAP}\d{{3}}{GAP}\d{{2}}{GAP}\d{{2}}(?!\w|,\d)"
            r"|\+ ?7[ \d().-]{10,18}\d)"
        ),
    ),
    Contact(
        "телефон",
        re.compile(r"\(\d{3}"),
        re.compile(r"\(\d{3,5}\) ?\d{1,3}-?\d{2}-?\d{2}(?!\w)"),
    ),
    Contact(
        "телефон",
        re.compile(r"\b(?:тел|моб|факс|whats|ватс|звон)"),
        re.compile(
            r"\b(?:тел|телефон\w*|моб|мобильн\w*|факс|whatsapp|ватсап\w*|звонит[ье])[. :№-]{1,4}"
            r"\+?\d(?:[ ().-]{0,2}\d){4,}"
        ),
        (" тел", "\nтел", "тел.", "телеф", "моб", "факс", "whats", "ватс", "звон"),
    ),
    Contact(
        "адрес электронной почты",
        re.compile(r"@|[(\[ ](?:at|собака)[)\] ]"),
        re.compile(
            r"[\w.+-]+ ?(?:@|[(\[] ?(?:at|собака) ?[)\]]) ?"
            r"[\w-]+(?: ?(?:\.|[(\[]dot[)\]]) ?\w{2,})+"
            r"|\b[\w.+-]+ (?:at|собака) [\w-]+ ?(?:\.|dot|точка) ?[a-zа-я]{2,}\b"
        ),
    ),
    Contact(
        "страница или канал человека",
        re.compile(r"t\.me/|vk\.com/|wa\.me/|ok\.ru/|telegram\.me/"),
        re.compile(r"\b(?:t\.me|vk\.com|wa\.me|ok\.ru|telegram\.me)/[\w./-]{3,}"),
    ),
    Contact(
        "дата рождения",
        re.compile(r"рожд|родил|[дг]\. ?р\.|\bдр[: ]"),
        re.compile(rf"{DATE} ?(?:г\.|года?|г)?,? ?{BORN}|{BORN}[^\d\n]{{0,12}}{DATE}"),
        ("рожд", "родил", "г.р", "г. р", "д.р", "д. р", "др:", "др "),
    ),
    Contact(
        "номер СНИЛС",
        re.compile(r"-\d{3}-\d{3}"),
        re.compile(r"(?<!\d)\d{3}-\d{3}-\d{3}[ -]\d{2}(?!\d)"),
    ),
    Contact(
        "номер СНИЛС",
        re.compile("снилс"),
        re.compile(r"снилс[^\d\n]{0,12}\d(?:[ -]?\d){8,10}(?!\d)"),
    ),
    Contact(
        DOCUMENT,
        re.compile(r"\d{6}"),
        re.compile(
            r"(?<!\d)\d{2} ?\d{2} (?:№ ?)?\d{6}(?!\d)"
            r"|\b[ivx]{1,4} ?- ?[а-я]{2} ?(?:№ ?)?\d{6}(?!\d)"
        ),
    ),
    Contact(
        DOCUMENT,
        re.compile("паспорт|сери[яи]|удостоверени"),
        re.compile(
            r"(?:паспорт|сери[яи]|удостоверени)[^\d\n]{0,25}"
            r"\d\d ?\d\d[ ,№#a-zа-я.-]{0,10}\d{6}(?!\d)"
        ),
        ("паспорт", "серия", "серии", "удостоверени"),
    ),
)


def find_contacts(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind of each contact or document in a plain text, and its own text."""
    small = text.lower()
    for kind, anchor, pattern, words in CONTACTS:
        if words and not any(word in small for word in words):
            continue
        seen = 0
        for sign in anchor.finditer(small):
            end = sign.end() + AROUND
            for match in pattern.finditer(small, max(seen, sign.start() - AROUND), end):
                if match.end() == end < len(small):
                    break  # cut by the window: its own anchor has it whole
                seen = match.end()
                yield kind, match[0]

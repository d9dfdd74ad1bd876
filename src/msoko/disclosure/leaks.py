"""The last guard before a public page is published."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msoko.core.errors import DataRefused

DATA_URI = re.compile(r"data:image/(svg\+xml|png|jpeg);base64,([A-Za-z0-9+/=]+)")
TAG = re.compile(r"<[^>]*>")
SPACE = re.compile(r"\s+")
SHOWN = 10
"""How many findings the refusal lists."""

_NAME = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
# Only the nominative: schools carry people's names in the genitive («имени … Сергеевича …»).
_PATRONYMIC = r"(?:[А-ЯЁ][а-яё]+(?:ич|вна|ична)|[А-ЯЁ][а-яё]+ (?:оглы|кызы))"
PATTERNS: dict[str, re.Pattern[str]] = {
    "логин организации": re.compile(r"(?<![A-Za-z0-9])(?:edu|sch)\d+", re.IGNORECASE),
    "фамилия, имя и отчество": re.compile(
        rf"\b(?:{_NAME} {_NAME} {_PATRONYMIC}|{_NAME} {_PATRONYMIC} {_NAME})\b"
    ),
    "фамилия и инициалы": re.compile(rf"\b{_NAME} [А-ЯЁ]\. ?[А-ЯЁ]\.(?! ?{_NAME})"),
    "номер СНИЛС": re.compile(r"(?<!\d)\d{3}-\d{3}-\d{3}[ -]\d{2}(?!\d)"),
    "серия и номер документа": re.compile(r"(?<!\d)\d{2} ?\d{2} (?:№ ?)?\d{6}(?!\d)"),
}


@dataclass(frozen=True, order=True)
class Leak:
    """What was found on which page; `text` is what a reader would see."""

    page: str
    kind: str
    text: str


def find_leaks(page: str, content: str, forbidden: Iterable[str] = ()) -> list[Leak]:
    """Return what must not be on a public page, in a fixed order.

    The page's markup, its text with tags taken away, and the text inside embedded
    SVG pictures are searched. `forbidden` are matched as whole words, whatever the case;
    texts shorter than three signs are ignored, for they match by chance.
    """
    found: set[Leak] = set()
    wanted = _forbidden_pattern(forbidden)
    for text in _layers(content):
        for kind, pattern in PATTERNS.items():
            found.update(Leak(page, kind, match[0]) for match in pattern.finditer(text))
        if wanted:
            found.update(Leak(page, "запрещённый текст", m[0]) for m in wanted.finditer(text))
    return sorted(found)


def refuse_leaks(pages: Mapping[str, str], *, forbidden: Iterable[str] = ()) -> None:
    """Raise DataRefused naming page and text where a public page would leak."""
    listed = tuple(forbidden)
    leaks = [leak for name in sorted(pages) for leak in find_leaks(name, pages[name], listed)]
    if not leaks:
        return
    lines = [f"  {leak.page}: {leak.kind} «{leak.text}»" for leak in leaks[:SHOWN]]
    if len(leaks) > SHOWN:
        lines.append(f"  … и ещё {len(leaks) - SHOWN}")
    raise DataRefused(
        "Открытая редакция не выпущена: в ней остались сведения, которые нельзя публиковать.\n"
        + "\n".join(lines)
        + "\nУберите их из отчёта или выпустите служебную редакцию (internal). "
        "Прежняя редакция, если была, осталась на месте."
    )


def _layers(content: str) -> Iterator[str]:
    """Yield the page without its pictures, then each SVG picture; markup and bare text."""
    pictures = [match[2] for match in DATA_URI.finditer(content) if match[1] == "svg+xml"]
    sources = [DATA_URI.sub("", content)]
    sources += [base64.b64decode(data).decode("utf-8", "replace") for data in pictures]
    for source in sources:
        yield SPACE.sub(" ", html.unescape(source))
        yield SPACE.sub(" ", html.unescape(TAG.sub(" ", source)))


def _forbidden_pattern(forbidden: Iterable[str]) -> re.Pattern[str] | None:
    texts = sorted({SPACE.sub(" ", text.strip()) for text in forbidden if len(text.strip()) > 2})
    if not texts:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, texts))})(?!\w)", re.IGNORECASE)

"""The texts of a published or typed file, each with the place where a person finds it."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from msoko.core.errors import DataRefused

SVG_URI = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
DATA_URI = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+")
HEADING = re.compile(r"(?=<h[1-6][\s>])")
HEADING_TEXT = re.compile(r"<h[1-6]\b[^>]*>(.*?)</h[1-6]>", re.DOTALL)
WITHIN_WORDS = re.compile(
    r"</?(?:a|abbr|b|big|bdi|bdo|code|em|font|i|ins|mark|s|small|span|strong|sub|sup|tspan|u|wbr)"
    r"\b[^>]*>",
    re.IGNORECASE,
)
"""Tags that a word may go on through."""
TAG = re.compile(r"<(?!!--)[^>]*>")
GEOMETRY = re.compile(r"\s(?:d|points|transform|style|viewBox|x|y|x1|x2|y1|y2)=\"[^\"]*\"")
ATTRIBUTE = re.compile(r"\s[\w:-]+=(?:\"([^\"]{3,})\"|'([^']{3,})')")
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
MARKUP = (".html", ".svg", ".xml")


class Passage(NamedTuple):
    """A piece of a file: the place as people say it, and its text."""

    place: str
    text: str


def passages_of_file(name: str, content: bytes) -> list[Passage]:
    """Return the texts of a file: of a page by headings, of a workbook by cells, else by lines."""
    if content[:4] == b"PK\x03\x04":
        return [*_cells(content), *_parts(content)]
    text = content.decode("utf-8", "replace")
    if name.endswith(MARKUP):
        return list(passages_of_markup(text))
    return list(passages_of_notebook(text) if name.endswith(".ipynb") else passages_of_text(text))


def passages_of_markup(source: str) -> Iterator[Passage]:
    """Yield what a page shows and what it holds without showing, under each of its headings."""
    for part in HEADING.split(source):
        heading = HEADING_TEXT.match(part)
        shown = _shown(heading[1]) if heading else ""
        place = f"раздел «{' '.join(shown.split())}»" if heading else "начало"
        for number, picture in enumerate(SVG_URI.finditer(part), 1):
            drawn = base64.b64decode(picture[1]).decode("utf-8", "replace")
            yield from _layers(f"{place}, рисунок {number}", GEOMETRY.sub("", drawn))
        yield from _layers(place, DATA_URI.sub("", part))


def passages_of_text(text: str) -> Iterator[Passage]:
    """Yield the lines of a text, each with its number."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield Passage(f"строка {number}", line)


def passages_of_notebook(text: str, *, prose_only: bool = False) -> Iterator[Passage]:
    """Yield the sources of a notebook's cells, counted from 1."""
    for number, cell in enumerate(json.loads(text)["cells"], 1):
        if not prose_only or cell["cell_type"] == "markdown":
            yield Passage(f"ячейка {number}", "".join(cell["source"]))


def _layers(place: str, source: str) -> Iterator[Passage]:
    yield Passage(place, _shown(source))
    hidden = [one[1] or one[2] for one in ATTRIBUTE.finditer(source)]
    hidden += COMMENT.findall(source)
    if hidden:
        joined = "\n".join(dict.fromkeys(hidden))
        yield Passage(f"{place}, разметка", unquote(html.unescape(joined)))


def _shown(source: str) -> str:
    whole_words = WITHIN_WORDS.sub("", COMMENT.sub("", source))
    return html.unescape(TAG.sub("\n", whole_words))


def _cells(content: bytes) -> Iterator[Passage]:
    """Yield the rows of a workbook's sheets and the names of these."""
    from python_calamine import CalamineError, load_workbook

    try:
        with load_workbook(io.BytesIO(content)) as book:
            names = book.sheet_names
            sheets = [(name, book.get_sheet_by_name(name).to_python()) for name in names]
    except CalamineError:  # another kind of archive: its parts are read
        return
    yield Passage("названия листов", "\n".join(names))
    for name, rows in sheets:
        for number, row in enumerate(rows, 1):
            said = [cell for cell in row if isinstance(cell, str) and cell]
            if said:
                yield Passage(f"лист «{name}», строка {number}", "\n".join(said))


def _parts(content: bytes) -> Iterator[Passage]:
    """Yield what an archive's parts say beside cells: properties, comments, a document's text."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(one, archive.read(one)) for one in _worded(archive.namelist())]
    except zipfile.BadZipFile as error:
        raise DataRefused("файл для публикации повреждён. Повторите сборку.") from error
    for name, part in parts:
        yield Passage(f"часть {name}", _shown(part.decode("utf-8", "replace")))


def _worded(names: Iterable[str]) -> list[str]:
    skipped = ("xl/worksheets/sheet", "xl/sharedStrings", "xl/styles", "xl/theme", "word/styles")
    return [one for one in names if one.endswith(".xml") and not one.startswith(skipped)]

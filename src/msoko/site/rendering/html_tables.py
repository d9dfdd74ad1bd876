"""Tables that libraries show as HTML, as the pipe tables that all renderers read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import html
from lxml.etree import ParserError

from msoko.core.russian import escaped

NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?%?")
AROUND = {"div", "style", "p", "html", "body", "br", "span"}
"""What stands around tables of pandas and statsmodels; `style` and a note are left out."""
INSIDE = {"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "col", "br",
          "b", "strong", "i", "em", "span", "sub", "sup", "p", "div"}  # fmt: skip
"""What a table may hold; only the text of it is kept."""


class NotTables(ValueError):
    """A piece of HTML that holds something besides tables."""


def pipe_tables(source: str, caption: str, label: str) -> str:
    """Return the tables of a piece of HTML; caption and label are for the first of them.

    Raises NotTables where there is none, or more than tables.
    """
    try:
        root = html.fromstring(f"<div>{source}</div>")
    except ParserError as error:
        raise NotTables from error
    tables = root.findall(".//table")
    inside = {one for table in tables for one in table.iter("*")}
    around = set(root.iter("*")) - inside
    is_plain = _tags(around) <= AROUND and _tags(inside) <= INSIDE
    if not tables or not is_plain or root.findall(".//table//table"):
        raise NotTables
    made = [_pipe_table(table) for table in tables if table.find(".//tr") is not None]
    if not made:
        raise NotTables
    made[0] += _caption(caption or _own_caption(tables[0]), label)
    return "\n\n".join(made)


def _tags(elements: Iterable[html.HtmlElement]) -> set[str]:
    return {str(one.tag) for one in elements}


def _caption(caption: str, label: str) -> str:
    if not caption and not label:
        return ""
    return f"\n\n: {caption} {{#{label}}}" if label else f"\n\n: {caption}"


def _own_caption(table: html.HtmlElement) -> str:
    found = table.find("caption")
    return "" if found is None else escaped(_text(found))


def _pipe_table(table: html.HtmlElement) -> str:
    rows = _grid(table)
    in_head = len(table.findall("thead/tr"))
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    named = zip(*rows[:in_head], strict=True)
    head = [" · ".join(dict.fromkeys(filter(None, one))) for one in named] or [""] * width
    head, *body = _without_counting([head, *rows[in_head:]])
    columns = list(zip(*body, strict=True)) or [()] * len(head)
    aligned = ["---:" if _is_numeric(one) else ":---" for one in columns]
    lines = [[escaped(one) for one in head], aligned, *([_shown(one) for one in r] for r in body)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _grid(table: html.HtmlElement) -> list[list[str]]:
    """Return the texts of a table's cells; one that spans several stands in each of them."""
    rows: list[dict[int, str]] = []
    for place, row in enumerate(table.iter("tr")):
        rows += [{} for _ in range(place + 1 - len(rows))]
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while column in rows[place]:
                column += 1
            down, right = int(cell.get("rowspan") or 1), int(cell.get("colspan") or 1)
            rows += [{} for _ in range(place + down - len(rows))]
            for one in rows[place : place + down]:
                one |= dict.fromkeys(range(column, column + right), _text(cell))
    return [[row.get(n, "") for n in range(max(row) + 1)] for row in rows if row]


def _without_counting(rows: list[list[str]]) -> list[list[str]]:
    """Leave out the first column where pandas only counts the rows in it, from nothing."""
    first = [row[0] for row in rows]
    is_counted = first[0] == "" and first[1:] == [str(n) for n in range(len(rows) - 1)]
    return [row[1:] for row in rows] if is_counted and len(rows) > 1 < len(rows[0]) else rows


def _text(element: html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def _is_numeric(values: Iterable[str]) -> bool:
    known = [one for one in values if one not in ("", "NaN", "...")]
    return bool(known) and all(NUMBER.fullmatch(one) for one in known)


def _shown(text: str) -> str:
    """Return a cell in Russian writing: a decimal comma, and nothing for what is missing."""
    if text in ("NaN", "None", "<NA>", "NaT"):
        return "–"
    if NUMBER.fullmatch(text):
        return text.replace(".", ",").replace("-", "−", 1) if "e" not in text else escaped(text)
    return escaped(text)

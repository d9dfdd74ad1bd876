"""A page's outline: its headings, and the places that its links lead to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from msoko.core.errors import UsageError


@dataclass(frozen=True)
class OutlineEntry:
    """A heading of the page in its table of contents."""

    level: int
    anchor: str
    text: str


def refuse_dead_links(root: etree._Element, page: str) -> None:
    """Raise UsageError where a figure, table or piece of evidence is named but absent."""
    anchors = set(root.xpath(".//@id"))
    dead = re.findall(r"\?@((?:fig|tbl)-[\w-]+)", root.text_content())
    dead += [
        href
        for href in root.xpath(".//a/@href")
        if href.startswith(("#e-", "#fig-", "#tbl-")) and href[1:] not in anchors
    ]
    if dead:
        listed = ", ".join(sorted(set(dead)))
        raise UsageError(
            f"{page}: ссылки никуда не ведут: {listed}. "
            "Проверьте метки рисунков и таблиц и раздел с происхождением чисел."
        )


def page_outline(root: etree._Element) -> tuple[OutlineEntry, ...]:
    """Return the headings of levels 2 and 3 that have an anchor, in reading order."""
    entries = []
    for heading in root.iter("h2", "h3"):
        section = heading.getparent()
        anchor = heading.get("id") or (section.get("id") if section.tag == "section" else None)
        if anchor:
            level = int(heading.tag[1])
            entries.append(OutlineEntry(level, anchor, heading.text_content().strip()))
    return tuple(entries)

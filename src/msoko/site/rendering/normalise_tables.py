"""A table for readers and screen readers: scopes, groups of rows, a caption that stays in sight."""

from __future__ import annotations

import re

from lxml import etree

from msoko.site.rendering.renderer_labels import RendererLabels
from msoko.site.rendering.scroll_region import clear_attributes, scroll_region

SCHOOL_YEAR = re.compile(r"\s*\d{4}-\d{2}\s*")
ALIGNED = re.compile(r"text-align:\s*(right|center)")
ALIGNMENT_CLASSES = {"right": "num", "center": "mid"}


def normalise_table(table: etree._Element, index: int, labels: RendererLabels) -> None:
    """Give the table scopes, a caption that stays in sight, and a region to scroll in.

    `index` is its place among the page's tables, by which one without a caption is called.
    """
    _give_scopes(table)
    for cell in table.xpath(".//th|.//td"):
        _align_by_class(cell)
        if SCHOOL_YEAR.fullmatch(cell.text_content()):
            cell.set("class", f"{cell.get('class', '')} year".strip())
    anchor = _wrap_caption(table, index)
    region = scroll_region(table, "table-scroll")
    if anchor:
        region.set("aria-labelledby", anchor)
    else:
        region.set("aria-label", f"{labels.unnumbered_table} {index}")


def _give_scopes(table: etree._Element) -> None:
    """Say of each heading cell what it heads; an empty corner heads nothing."""
    for cell in table.xpath("./thead//th"):
        cell.set("scope", "col")
    for row in table.xpath("./tbody/tr"):
        _name_group(row)
    for row in table.xpath("./tbody/tr"):
        first = row[0] if len(row) else None
        if first is not None and first.tag == "td" and len(row) > 1 and _is_filled(first):
            first.tag = "th"
            first.set("scope", "row")
    for cell in table.xpath("./thead//th[not(normalize-space())]"):
        cell.tag = "td"
        cell.attrib.pop("scope", None)


def _name_group(row: etree._Element) -> None:
    """Let the one filled cell of a row head the rows below it: they become a body of their own."""
    if len(row) < 3 or not _is_filled(row[0]) or any(_is_filled(cell) for cell in row[1:]):
        return
    body = row.getparent()
    first, *others = row
    first.tag = "th"
    first.set("scope", "rowgroup")
    first.set("colspan", str(len(others) + 1))
    for cell in others:
        row.remove(cell)
    if row.getprevious() is None:
        return
    following = [row, *row.itersiblings()]
    group = etree.Element("tbody")
    body.addnext(group)
    group.extend(following)


def _is_filled(cell: etree._Element) -> bool:
    return bool(cell.text_content().strip())


def _align_by_class(cell: etree._Element) -> None:
    """Say a column's alignment by class, so that pages carry no inline style."""
    match = ALIGNED.search(cell.attrib.pop("style", ""))
    if match:
        cell.set("class", ALIGNMENT_CLASSES[match[1]])


def _wrap_caption(table: etree._Element, index: int) -> str:
    """Put the caption's text into a span that styles can hold in sight; return its anchor."""
    caption = table.find("caption")
    if caption is None:
        return ""
    anchor = f"{table.get('id') or f'table-{index}'}-caption"
    span = etree.Element("span", {"class": "caption-text", "id": anchor})
    span.text, caption.text = caption.text, None
    span.extend(list(caption))
    clear_attributes(caption)
    caption.append(span)
    caption.tail = None
    return anchor

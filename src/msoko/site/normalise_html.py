"""One shape for the HTML of either renderer.

Pandoc and Quarto wrap figures, tables and code differently; readers, styles and
screen readers get one form. Nothing here invents content: it renames, wraps and
labels what is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

from msoko.site.page_outline import Heading, headings, refuse_dead_links
from msoko.site.renderer_labels import Labels

PAGED = {"sheet", "own", "screen-only"}
"""Classes of sections in print: a page of its own, one without tables left out, none at all."""
KEPT_CLASSES = PAGED | {
    "code-cell", "fold", "notice", "evidence", "evidence-appendix", "number",
    "num", "mid", "year", "table-scroll", "figure-scroll", "caption-text",
}  # fmt: skip
KEPT_FAMILIES = ("level", "notice-", "fold-", "msoko-")
DROPPED_ATTRIBUTES = ("data-", "aria-describedby", "style")
DROPPED = (
    ".//script",
    ".//style",
    ".//link",
    ".//nav",
    ".//comment()",
    ".//header[@id='title-block-header']",
    ".//button[contains(@class, 'code-copy-button')]",
    ".//colgroup",
)


@dataclass(frozen=True)
class Fragment:
    """The body of a page, ready for its shell."""

    html: str
    contents: tuple[Heading, ...]


def finished(fragment: str, labels: Labels, page: str) -> Fragment:
    """Return the fragment in the one shape, with its table of contents.

    Raises UsageError where a reference to a figure, table or evidence leads nowhere:
    both renderers would only warn.
    """
    root = lxml_html.fragment_fromstring(fragment, create_parent="div")
    _drop(root)
    _tell_sections_apart(root)
    for block in root.xpath(".//div[starts-with(@id, 'fig-') or starts-with(@id, 'tbl-')]"):
        _unwrap_float(block)
    for index, table in enumerate(root.xpath(".//table"), 1):
        _table(table, index)
    for figure in root.xpath(".//figure"):
        _figure(figure)
    for fold in root.xpath(".//div[contains(concat(' ', @class, ' '), ' fold ')]"):
        _fold(fold)
    for notice in root.xpath(".//div[contains(concat(' ', @class, ' '), ' notice ')]"):
        _notice(notice)
    for pre in root.xpath(".//pre"):
        _code(pre)
    _number_captions(root, labels)
    _math(root)
    _clean_attributes(root)
    _unwrap(root)
    _mark_questions(root)
    refuse_dead_links(root, page)
    contents = tuple(headings(root))
    text = lxml_html.tostring(root, encoding="unicode")
    return Fragment(text.removeprefix("<div>").removesuffix("</div>").strip() + "\n", contents)


def _drop(root: etree._Element) -> None:
    for path in DROPPED:
        for element in root.xpath(path):
            element.drop_tree()


def _tell_sections_apart(root: etree._Element) -> None:
    """Number sections of one name as pandoc would, had it read the page in one piece."""
    seen: dict[str, int] = {}
    for section in root.xpath(".//section[@id]"):
        name = section.get("id")
        if name in seen:
            section.set("id", f"{name}-{seen[name]}")
        seen[name] = seen.get(name, 0) + 1


def _unwrap_float(block: etree._Element) -> None:
    """Take Quarto's division around a figure or table away; its id goes to what it holds."""
    table = block.find(".//table")
    caption = block.find(".//figcaption")
    if table is not None and block.get("id", "").startswith("tbl-"):
        table.set("id", block.attrib.pop("id"))
        if caption is not None and table.find("caption") is None:
            caption.drop_tree()
            caption.tag = "caption"
            table.insert(0, caption)
        block.getparent().replace(block, _with_tail(table, block.tail))
        return
    image = block.find(".//img")
    if image is not None:
        figure = etree.Element("figure", {"id": block.attrib.pop("id")})
        image.tail = None
        figure.append(image)
        if caption is not None:
            caption.tail = None
            figure.append(caption)
        block.getparent().replace(block, _with_tail(figure, block.tail))


def _with_tail(element: etree._Element, tail: str | None) -> etree._Element:
    element.tail = tail
    return element


def _table(table: etree._Element, index: int) -> None:
    """Give the table scopes, a caption that stays in sight, and a region to scroll in."""
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
    for cell in table.xpath(".//th|.//td"):
        _align(cell)
        if re.fullmatch(r"\s*\d{4}-\d{2}\s*", cell.text_content()):
            cell.set("class", f"{cell.get('class', '')} year".strip())
    caption = table.find("caption")
    region = etree.Element("div", {"class": "table-scroll", "role": "region", "tabindex": "0"})
    if caption is not None:
        anchor = f"{table.get('id') or f'table-{index}'}-caption"
        span = etree.Element("span", {"class": "caption-text", "id": anchor})
        span.text, caption.text = caption.text, None
        span.extend(list(caption))
        for attribute in list(caption.attrib):
            del caption.attrib[attribute]
        caption.append(span)
        caption.tail = None
        region.set("aria-labelledby", anchor)
    else:
        region.set("aria-label", f"Таблица без номера {index}")
    table.getparent().replace(table, _with_tail(region, table.tail))
    table.tail = None
    region.append(table)


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


def _align(cell: etree._Element) -> None:
    """Say a column's alignment by class, so that pages carry no inline style."""
    style = cell.attrib.pop("style", "")
    match = re.search(r"text-align:\s*(right|center)", style)
    if match:
        cell.set("class", {"right": "num", "center": "mid"}[match[1]])


def _figure(figure: etree._Element) -> None:
    """Let a chart scroll in its own region where a telephone would make it too small to read."""
    caption = figure.find("figcaption")
    if caption is not None:
        for attribute in list(caption.attrib):
            del caption.attrib[attribute]
    for image in list(figure.iter("img")):
        image.set("decoding", "async")
        region = etree.Element("div", {"class": "figure-scroll", "role": "region", "tabindex": "0"})
        region.set(
            "aria-label", caption.text_content().strip() if caption is not None else "Рисунок"
        )
        image.getparent().replace(image, _with_tail(region, image.tail))
        image.tail = None
        region.append(image)


def _fold(block: etree._Element) -> None:
    title = block.attrib.pop("data-summary", None) or block.attrib.pop("summary", "Подробнее")
    block.tag = "details"
    summary = etree.Element("summary")
    summary.text = title
    summary.tail = block.text
    block.text = None
    block.insert(0, summary)


def _notice(block: etree._Element) -> None:
    title = block.attrib.pop("data-summary", None) or block.attrib.pop("summary", None)
    if title:
        line = etree.Element("p", {"class": "notice-title"})
        line.text = title
        block.insert(0, line)


def _code(pre: etree._Element) -> None:
    """Reduce highlighted code to its text: cells are a line or two long."""
    code = etree.Element("code")
    code.text = pre.text_content().strip("\n")
    tail = pre.tail
    pre.clear()
    pre.tail = tail
    pre.set("tabindex", "0")
    pre.append(code)
    holder = pre.getparent()
    if "sourceCode" in holder.get("class", ""):
        holder.drop_tag()


def _number_captions(root: etree._Element, labels: Labels) -> None:
    """Mark «Рисунок 1.» in captions as the number, and refuse to lose it."""
    titles = "|".join(re.escape(title) for title in (labels.figure_title, labels.table_title))
    number = re.compile(rf"\s*((?:{titles})[ \xa0]\d+){re.escape(labels.title_delimiter)}\s*")
    for caption in root.xpath(".//figcaption|.//caption/span"):
        match = number.match(caption.text or "")
        if match:
            mark = etree.Element("span", {"class": "number"})
            mark.text = match[1].replace(" ", "\xa0") + labels.title_delimiter
            mark.tail = " " + caption.text[match.end() :]
            caption.text = None
            caption.insert(0, mark)


def _math(root: etree._Element) -> None:
    for formula in root.xpath(".//math"):
        formula.attrib.pop("xmlns", None)


def _clean_attributes(root: etree._Element) -> None:
    """Drop the renderers' own classes and data attributes, whatever their version."""
    for element in root.iter(etree.Element):
        for name in list(element.attrib):
            if name.startswith(DROPPED_ATTRIBUTES):
                del element.attrib[name]
        words = element.attrib.pop("class", "").split()
        kept = [word for word in words if word in KEPT_CLASSES or word.startswith(KEPT_FAMILIES)]
        if kept:
            element.set("class", " ".join(kept))


def _unwrap(root: etree._Element) -> None:
    """Take away divisions and spans that say nothing, and paragraphs around a figure's image."""
    for element in root.xpath(".//div[not(@*)]|.//span[not(@*)]|.//figure/p"):
        element.drop_tag()


def _mark_questions(root: etree._Element) -> None:
    """Set the question that a section answers apart from the answer."""
    for line in root.xpath(".//h2/following-sibling::*[1]|.//h3/following-sibling::*[1]"):
        if line.tag == "p" and line.text_content().strip().endswith("?"):
            line.set("class", "question")

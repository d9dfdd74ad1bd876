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

from msoko.site.rendering.normalise_tables import normalise_table
from msoko.site.rendering.page_outline import OutlineEntry, page_outline, refuse_dead_links
from msoko.site.rendering.renderer_labels import RendererLabels
from msoko.site.rendering.sanitise_html import CellOf, refuse_outside, sanitise
from msoko.site.rendering.scroll_region import clear_attributes, move_tail, scroll_region

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
class NormalisedHtml:
    """The body of a page in the one shape, with its table of contents."""

    html: str
    contents: tuple[OutlineEntry, ...]


def normalise_html(
    fragment: str, labels: RendererLabels, page: str, cell_of: CellOf = lambda text: 0
) -> NormalisedHtml:
    """Return the fragment in the one shape, with its table of contents.

    Raises UsageError where a reference to a figure, table or evidence leads nowhere:
    both renderers would only warn. Raises DataRefused where an address leads out of the site;
    `cell_of` says where it was written.
    """
    root = lxml_html.fragment_fromstring(fragment, create_parent="div")
    _drop_furniture(root)
    refuse_outside(root, page, cell_of)
    for block in root.xpath(".//div[starts-with(@id, 'fig-') or starts-with(@id, 'tbl-')]"):
        _unwrap_float(block)
    for index, table in enumerate(root.xpath(".//table"), 1):
        normalise_table(table, index, labels)
    for figure in root.xpath(".//figure"):
        _normalise_figure(figure, labels)
    for fold in root.xpath(".//div[contains(concat(' ', @class, ' '), ' fold ')]"):
        _make_details(fold, labels)
    for notice in root.xpath(".//div[contains(concat(' ', @class, ' '), ' notice ')]"):
        _give_title(notice)
    for pre in root.xpath(".//pre"):
        _strip_highlighting(pre)
    _mark_caption_numbers(root, labels)
    _drop_namespaces(root)
    _clean_attributes(root)
    _drop_empty_wrappers(root)
    _mark_questions(root)
    refuse_dead_links(root, page)
    text = lxml_html.tostring(root, encoding="unicode")
    html = sanitise(text.removeprefix("<div>").removesuffix("</div>").strip()) + "\n"
    return NormalisedHtml(html, page_outline(root))


def _drop_furniture(root: etree._Element) -> None:
    for path in DROPPED:
        for element in root.xpath(path):
            element.drop_tree()


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
        block.getparent().replace(block, move_tail(block, table))
        return
    image = block.find(".//img")
    if image is not None:
        figure = etree.Element("figure", {"id": block.attrib.pop("id")})
        image.tail = None
        figure.append(image)
        if caption is not None:
            caption.tail = None
            figure.append(caption)
        block.getparent().replace(block, move_tail(block, figure))


def _normalise_figure(figure: etree._Element, labels: RendererLabels) -> None:
    """Let a chart scroll in its own region where a telephone would make it too small to read."""
    caption = figure.find("figcaption")
    if caption is not None:
        clear_attributes(caption)
    name = labels.figure_title if caption is None else caption.text_content().strip()
    for image in list(figure.iter("img")):
        image.set("decoding", "async")
        scroll_region(image, "figure-scroll").set("aria-label", name)


def _make_details(block: etree._Element, labels: RendererLabels) -> None:
    """Turn a division that stands for a fold into one that opens and closes."""
    title = _pop_title(block) or labels.untitled_fold
    block.tag = "details"
    summary = etree.Element("summary")
    summary.text = title
    summary.tail = block.text
    block.text = None
    block.insert(0, summary)


def _give_title(block: etree._Element) -> None:
    """Print the title of a notice as its first line."""
    title = _pop_title(block)
    if title:
        line = etree.Element("p", {"class": "notice-title"})
        line.text = title
        block.insert(0, line)


def _pop_title(block: etree._Element) -> str:
    """Return the title of a fold or notice, taken from the attribute that carried it."""
    return block.attrib.pop("data-summary", None) or block.attrib.pop("summary", "")


def _strip_highlighting(pre: etree._Element) -> None:
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


def _mark_caption_numbers(root: etree._Element, labels: RendererLabels) -> None:
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


def _drop_namespaces(root: etree._Element) -> None:
    for formula in root.xpath(".//math"):
        formula.attrib.pop("xmlns", None)


def _clean_attributes(root: etree._Element) -> None:
    """Drop the renderers' own classes and data attributes, whatever their version."""
    for element in root.iter(etree.Element):
        for name in list(element.attrib):
            if name.startswith(DROPPED_ATTRIBUTES):
                del element.attrib[name]
        words = element.attrib.pop("class", "").split()
        ours = [word for word in words if word in KEPT_CLASSES or word.startswith(KEPT_FAMILIES)]
        if ours:
            element.set("class", " ".join(ours))


def _drop_empty_wrappers(root: etree._Element) -> None:
    """Take away divisions and spans that say nothing, and paragraphs around a figure's image."""
    for element in root.xpath(".//div[not(@*)]|.//span[not(@*)]|.//figure/p"):
        element.drop_tag()


def _mark_questions(root: etree._Element) -> None:
    """Set the question that a section answers apart from the answer."""
    for line in root.xpath(".//h2/following-sibling::*[1]|.//h3/following-sibling::*[1]"):
        if line.tag == "p" and line.text_content().strip().endswith("?"):
            line.set("class", "question")

"""Regions in which a wide table or chart scrolls by itself, and not the page with it."""

from __future__ import annotations

from lxml import etree


def scroll_region(element: etree._Element, kind: str) -> etree._Element:
    """Put the element into a region that scrolls and can be reached by keyboard; return that."""
    region = etree.Element("div", {"class": kind, "role": "region", "tabindex": "0"})
    element.getparent().replace(element, move_tail(element, region))
    element.tail = None
    region.append(element)
    return region


def move_tail(old: etree._Element, new: etree._Element) -> etree._Element:
    """Return the element that takes the place of `old`, followed by the text that followed it."""
    new.tail = old.tail
    return new


def clear_attributes(element: etree._Element) -> None:
    """Leave the element nothing but its name and what it holds."""
    for attribute in list(element.attrib):
        del element.attrib[attribute]

"""What the body of a page may be made of; whatever else a notebook brought is taken out.

Text and pictures, tables, folds and formulas pass. No script, no form, no handler of events, no
address that leads out of the site: a page is one file that asks nobody for anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import nh3
from lxml import etree

from msoko.core.errors import DataRefused

WORDS_TEXT = """
    a abbr aside b blockquote br caption code dd del details div dl dt em figcaption figure h1
    h2 h3 h4 h5 h6 hr i img ins li mark ol p pre q s section small span strong sub summary sup
    table tbody td tfoot th thead tr u ul
"""
TEXT = frozenset(WORDS_TEXT.split())
WORDS_FORMULAS = """
    annotation math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt
    mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics
"""
FORMULAS = frozenset(WORDS_FORMULAS.split())
ANYWHERE = frozenset({"id", "class", "role", "tabindex", "title", "lang"})
ATTRIBUTES = {
    "*": set(ANYWHERE),
    "a": {"href"},
    "img": {"src", "alt", "decoding", "width", "height"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"type", "start"},
    "details": {"open"},
    "math": {"display"},
    "mo": {"accent", "stretchy", "form", "fence", "separator", "minsize", "maxsize"},
    "mi": {"mathvariant"},
    "mtext": {"mathvariant"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mspace": {"width"},
    "mtable": {"displaystyle", "columnalign"},
    "mtd": {"columnalign"},
    "mover": {"accent"},
    "annotation": {"encoding"},
}
ADDRESSED = (
    "href",
    "src",
    "srcset",
    "data",
    "action",
    "formaction",
    "poster",
    "cite",
    "background",
)
PICTURE = re.compile(r"(?:[\w-]+-)?msoko-image-\d+\.\w+|[\w./-]*/(?:[\w-]+-)?msoko-image-\d+\.\w+")
WITHIN_SITE = re.compile(r"#.*|(?![\w.+-]*:)(?!/|\\|\.\.?/\.\.)[^\\:]*", re.DOTALL)
"""A place of the page or another page of the site: no scheme, no host, no way up."""
IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]")
"""Signs that browsers take out of an address before they read it."""
SHOWN = 120
"""How many signs of an address the refusal shows."""
CellOf = Callable[[str], int]
"""The number of the cell that wrote a text; 0 where that is not known."""
NBSP = "\N{NO-BREAK SPACE}"


def sanitise(html: str) -> str:
    """Return the HTML with nothing but what pages need; what is clean stays, to the byte."""
    clean = nh3.clean(
        html,
        tags=set(TEXT | FORMULAS),
        attributes=ATTRIBUTES,
        generic_attribute_prefixes={"aria-"},
        clean_content_tags={"script", "style", "template", "noscript", "iframe", "object"},
        link_rel=None,
        url_schemes=set(),
        strip_comments=True,
    )
    return clean.replace("&nbsp;", NBSP)


def refuse_outside(root: etree._Element, page: str, cell_of: CellOf) -> None:
    """Raise DataRefused where an address leads out of the site; `cell_of` finds its cell."""
    for address in outside_addresses(root):
        cell = cell_of(address)
        raise DataRefused(
            f"{page}{f', ячейка {cell}' if cell else ''}: адрес «{address[:SHOWN]}» ведёт "
            "за пределы сайта, а страница не обращается никуда и ни к кому. Уберите ссылку или "
            "рисунок; адрес можно назвать в тексте. "
            "Прежняя страница, если была, осталась на месте."
        )


def outside_addresses(root: etree._Element) -> Iterator[str]:
    """Yield the addresses that lead out of the site, or are no address at all but a program."""
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            address = IGNORED.sub("", value)
            kind = name.rpartition(":")[2].rpartition("}")[2]
            if kind not in ADDRESSED or not address:
                continue
            allowed = PICTURE if element.tag == "img" else WITHIN_SITE
            if not allowed.fullmatch(address):
                yield value

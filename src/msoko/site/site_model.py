"""What a site is made of: its pages, and what every page says about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from msoko.disclosure.leak_guard.published_texts import Passage
from msoko.disclosure.leaks import Guard
from msoko.site.attachments import Attachment, KeyFigure
from msoko.site.rendering.page_bodies import PageBody

if TYPE_CHECKING:
    from msoko.catalog.registry.wording import Wording

Edition = Literal["public", "internal"]
Mechanism = Literal["results", "activity", "system"]

INDEX = "index.html"
QUALITY = "quality.html"
PASSPORTS = "passports/index.html"


@dataclass(frozen=True)
class PageLink:
    """A page of the site as menus print it; `number` is a direction's number."""

    title: str
    href: str
    number: int | None = None


@dataclass(frozen=True)
class SiteMap:
    """What every page says about the site it belongs to, and the words that it says it in."""

    wording: Wording
    municipality: str
    region: str
    school_year: str
    edition: Edition
    is_synthetic: bool
    directions: tuple[PageLink, ...] = ()
    pages: tuple[PageLink, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    files: tuple[PageLink, ...] = ()  # a page links those that bear its own name


@dataclass(frozen=True)
class ReportPage:
    """A direction's report, or one of no direction, whose notebook has been executed.

    `heading` stands over the page of a direction; others have their notebook's title there.
    """

    direction: str
    number: int
    title: str
    mechanism: Mechanism
    body: PageBody
    purpose: str = ""
    heading: str = ""

    @property
    def href(self) -> str:
        return f"{self.direction}.html"


@dataclass(frozen=True)
class RefusedReport:
    """A report that could not be built; the page of the release before stays, if any.

    `direction` is the name of its page, also where that belongs to no direction.
    """

    direction: str
    number: int
    title: str
    mechanism: Mechanism
    reason: str
    purpose: str = ""

    @property
    def href(self) -> str:
        return f"{self.direction}.html"


@dataclass(frozen=True)
class PassportPage:
    """A school's own page; without a body the page of the release before stays, if any."""

    school_id: str
    name: str
    is_preschool: bool
    body: PageBody | None
    reason: str = ""

    @property
    def href(self) -> str:
        return f"passports/{self.school_id}.html"


@dataclass(frozen=True)
class WrittenPage:
    """A page that people wrote; `text` tells on the index what it is about."""

    href: str
    menu_title: str
    text: str
    body: PageBody


@dataclass(frozen=True)
class SiteContent:
    """Everything that a year's site is made of.

    `municipality_genitive` follows «Система оценки качества образования …».
    `overall` are the pages of no direction but data quality, `refused_pages` those of them
    that could not be built. `guard` knows what must not occur in the public edition, `typed`
    gives the texts that people wrote, to say where it comes from. `provenance` is printed at
    the foot of every page, pairs of name and value.
    """

    wording: Wording
    municipality: str
    municipality_genitive: str
    region: str
    school_year: str
    edition: Edition
    is_synthetic: bool
    reports: tuple[ReportPage, ...] = ()
    overall: tuple[ReportPage, ...] = ()
    quality: PageBody | None = None
    passports: tuple[PassportPage, ...] = ()  # never in the public edition
    written: tuple[WrittenPage, ...] = ()
    refused: tuple[RefusedReport, ...] = ()
    refused_pages: tuple[RefusedReport, ...] = ()
    key_figures: tuple[KeyFigure, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    guard: Guard = field(default_factory=Guard)
    typed: Callable[[], Mapping[str, Iterable[Passage]]] = dict

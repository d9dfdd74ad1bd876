"""What a site is told: its pages and its key figures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Edition = Literal["public", "internal"]
Mechanism = Literal["results", "activity", "system"]
Change = Literal["better", "worse", "same", "neutral", "not_comparable"]

INDEX = "index.html"
QUALITY = "quality.html"
METHOD = "method.html"
PASSPORTS = "passports/index.html"


@dataclass(frozen=True)
class PageLink:
    """A page of the site as menus print it; `number` is a direction's number.

    `heading` is what stands over the page itself, where that is not its notebook's title.
    """

    title: str
    href: str
    number: int | None = None
    heading: str = ""


@dataclass(frozen=True)
class SiteMap:
    """What every page says about the site it belongs to."""

    municipality: str
    region: str
    school_year: str
    edition: Edition
    is_synthetic: bool
    directions: tuple[PageLink, ...]
    pages: tuple[PageLink, ...] = (
        PageLink("Качество данных", QUALITY),
        PageLink("Методика", METHOD),
    )
    provenance: tuple[tuple[str, str], ...] = ()
    files: tuple[PageLink, ...] = ()  # a page links those that bear its own name


@dataclass(frozen=True)
class Attachment:
    """A file beside a page and named like it: tables in Excel, a calendar."""

    href: str
    title: str
    content: bytes


@dataclass(frozen=True)
class KeyFigure:
    """One number of the index page; every text is already formatted for readers.

    `value` holds number and unit («87,3 %»), `change` the signed difference («+1,2 п. п.»)
    or the reason why there is none, `detail` the interval, the base or the year before.
    """

    title: str
    value: str
    change: str = ""
    change_is: Change = "neutral"
    detail: str = ""
    href: str = ""


@dataclass(frozen=True)
class ExecutedReport:
    """A direction whose notebook has been executed."""

    direction: str
    number: int
    title: str
    mechanism: Mechanism
    notebook: Path
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
    heading: str = ""
    purpose: str = ""

    @property
    def href(self) -> str:
        return f"{self.direction}.html"


@dataclass(frozen=True)
class Passport:
    """A school's own page; without a notebook the page of the release before stays, if any."""

    school_id: str
    name: str
    is_preschool: bool
    notebook: Path | None
    reason: str = ""

    @property
    def href(self) -> str:
        return f"passports/{self.school_id}.html"

    @property
    def heading(self) -> str:
        return f"Паспорт организации: {self.name}"


@dataclass(frozen=True)
class MarkdownPage:
    """A page written by people: the method, a note on the release."""

    href: str
    title: str
    markdown: str
    menu_title: str = ""


@dataclass(frozen=True)
class SiteContext:
    """Everything of a site that does not stand in its notebooks.

    `municipality_genitive` follows «Система оценки качества образования …».
    `forbidden` are texts that must not occur in the public edition: logins, names.
    `provenance` is printed at the foot of every page, pairs of name and value.
    """

    municipality: str
    municipality_genitive: str
    region: str
    school_year: str
    edition: Edition
    is_synthetic: bool
    key_figures: tuple[KeyFigure, ...] = ()
    quality_notebook: Path | None = None
    overall: tuple[ExecutedReport, ...] = ()  # pages of no direction, listed with the method
    attachments: tuple[Attachment, ...] = ()
    passports: tuple[Passport, ...] = ()  # never in the public edition
    extra_pages: tuple[MarkdownPage, ...] = ()
    refused: tuple[RefusedReport, ...] = ()
    refused_pages: tuple[RefusedReport, ...] = ()  # those of no direction
    provenance: tuple[tuple[str, str], ...] = ()
    forbidden: tuple[str, ...] = ()
    renderer: Literal["auto", "embedded", "quarto"] = "auto"

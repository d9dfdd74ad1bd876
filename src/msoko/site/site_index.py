"""The index of a site: key figures, the directions' reports, and what else there is."""

from __future__ import annotations

from dataclasses import dataclass

from msoko.site.attachments import Change
from msoko.site.earlier_pages import EarlierPages
from msoko.site.page_template import render_page
from msoko.site.site_map import by_number, has_quality_page, overall_pages
from msoko.site.site_model import (
    INDEX,
    PASSPORTS,
    QUALITY,
    Mechanism,
    RefusedReport,
    ReportPage,
    SiteContent,
    SiteMap,
)

MECHANISMS: tuple[Mechanism, ...] = ("results", "activity", "system")
MARKS: dict[Change, str] = {
    "better": "▲",
    "worse": "▼",
    "same": "●",
    "neutral": "●",
    "not_comparable": "○",
}


@dataclass(frozen=True)
class Card:
    """A page as the index shows it; without an address where there is no page."""

    title: str
    href: str
    text: str
    refusal: str = ""
    number: int | None = None


def index_page(content: SiteContent, earlier: EarlierPages, site: SiteMap) -> str:
    """Return the first page of the site."""
    say, year = content.wording.say, content.school_year
    return render_page(
        "index.html.j2",
        site,
        INDEX,
        title=say("site.index.title", year=year),
        lead=say("site.index.lead", municipality=content.municipality_genitive),
        key_figures=content.key_figures,
        marks=MARKS,
        mechanisms=_direction_cards(content, earlier),
        about=[*_overall_cards(content, earlier), *_other_cards(content, earlier)],
    )


def _direction_cards(
    content: SiteContent, earlier: EarlierPages
) -> list[tuple[Mechanism, list[Card]]]:
    """Return the directions' cards under their mechanism, in the order of their numbers."""
    cards: dict[Mechanism, list[Card]] = {mechanism: [] for mechanism in MECHANISMS}
    for one in sorted([*content.reports, *content.refused], key=by_number):
        cards[one.mechanism].append(_report_card(one, earlier))
    return [(mechanism, group) for mechanism, group in cards.items() if group]


def _report_card(report: ReportPage | RefusedReport, earlier: EarlierPages) -> Card:
    """Return the card of a direction; one that was refused says why instead of what it is for."""
    if isinstance(report, ReportPage):
        return Card(report.title, report.href, report.purpose, number=report.number)
    href = report.href if report in earlier.reports else ""
    return Card(report.title, href, "", report.reason, report.number)


def _overall_cards(content: SiteContent, earlier: EarlierPages) -> list[Card]:
    """Return the cards of the reports of no direction, but for data quality."""
    refused = [one for one in content.refused_pages if one.href != QUALITY]
    absent = [one for one in refused if one not in earlier.reports]
    return [
        Card(
            one.title,
            "" if one in absent else one.href,
            one.purpose,
            one.reason if isinstance(one, RefusedReport) else "",
        )
        for one in sorted([*overall_pages(content, earlier), *absent], key=by_number)
    ]


def _other_cards(content: SiteContent, earlier: EarlierPages) -> list[Card]:
    """Return the cards of passports, of data quality, and of what people wrote."""
    say = content.wording.say
    cards = []
    if content.passports:
        cards.append(Card(say("site.passports.title"), PASSPORTS, say("site.passports.text")))
    refusal = "".join(one.reason for one in content.refused_pages if one.href == QUALITY)
    if refusal or content.quality:
        href = QUALITY if has_quality_page(content, earlier) else ""
        cards.append(Card(say("site.quality.title"), href, say("site.quality.text"), refusal))
    return cards + [Card(page.menu_title, page.href, page.text) for page in content.written]

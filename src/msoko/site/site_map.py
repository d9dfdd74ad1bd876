"""The map of a site: what stands in its menus, in which order."""

from __future__ import annotations

from msoko.site.earlier_pages import EarlierPages
from msoko.site.site_model import (
    PASSPORTS,
    QUALITY,
    PageLink,
    RefusedReport,
    ReportPage,
    SiteContent,
    SiteMap,
)


def draw_site_map(content: SiteContent, earlier: EarlierPages) -> SiteMap:
    """Return the map of the site's pages, new ones and those kept of the site before."""
    return SiteMap(
        wording=content.wording,
        municipality=content.municipality,
        region=content.region,
        school_year=content.school_year,
        edition=content.edition,
        is_synthetic=content.is_synthetic,
        directions=tuple(
            PageLink(one.title, one.href, one.number) for one in _directions(content, earlier)
        ),
        pages=tuple(_menu(content, earlier)),
        provenance=content.provenance,
        files=tuple(PageLink(one.title, one.href) for one in content.attachments),
    )


def overall_pages(content: SiteContent, earlier: EarlierPages) -> list[ReportPage | RefusedReport]:
    """Return the pages of no direction that the site has, new and kept, but for data quality."""
    kept = [one for one in earlier.reports if one in content.refused_pages and one.href != QUALITY]
    return sorted([*content.overall, *kept], key=by_number)


def has_quality_page(content: SiteContent, earlier: EarlierPages) -> bool:
    """Whether the site tells of the quality of data, anew or by the page of the site before."""
    return content.quality is not None or any(one.href == QUALITY for one in earlier.reports)


def by_number(report: ReportPage | RefusedReport) -> tuple[int, str]:
    """Return the key that sorts reports as documents number them."""
    return report.number, report.direction


def _directions(content: SiteContent, earlier: EarlierPages) -> list[ReportPage | RefusedReport]:
    kept = [one for one in earlier.reports if one in content.refused]
    return sorted([*content.reports, *kept], key=by_number)


def _menu(content: SiteContent, earlier: EarlierPages) -> list[PageLink]:
    say = content.wording.say
    menu = [PageLink(page.title, page.href) for page in overall_pages(content, earlier)]
    if content.passports:
        menu.append(PageLink(say("site.passports.title"), PASSPORTS))
    if has_quality_page(content, earlier):
        menu.append(PageLink(say("site.quality.title"), QUALITY))
    return menu + [PageLink(page.menu_title, page.href) for page in content.written]

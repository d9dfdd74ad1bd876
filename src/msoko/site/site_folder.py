"""The site of a year: every report, the index, data quality, method."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msoko.core.whole_files import replacing, write_whole
from msoko.disclosure.leaks import refuse_leaks
from msoko.site import page_template, passport_pages
from msoko.site.page_bodies import Rendered, fragments, written
from msoko.site.page_composition import composed
from msoko.site.site_model import (
    INDEX,
    METHOD,
    PASSPORTS,
    QUALITY,
    ExecutedReport,
    MarkdownPage,
    PageLink,
    RefusedReport,
    SiteContext,
    SiteMap,
)

MECHANISMS = {
    "results": "Механизмы управления качеством образовательных результатов",
    "activity": "Механизмы управления качеством образовательной деятельности",
    "system": "Система оценки в целом",
}
FOR_SCHOOLS = ("packets", "templates", "meetings")
"""Folders beside the pages that other commands write: a build leaves them as they are."""
MARKS = {"better": "▲", "worse": "▼", "same": "●", "neutral": "●", "not_comparable": "○"}
SENSES = {
    "better": "(улучшение)",
    "worse": "(ухудшение)",
    "same": "(неотличимо от случайного)",
    "neutral": "",
    "not_comparable": "",
}


def build(
    executed: Sequence[ExecutedReport],
    out_dir: Path,
    context: SiteContext,
    rendered: Mapping[str, Rendered] | None = None,
) -> SiteMap:
    """Write the whole site into `out_dir` at once, and return its map.

    `rendered` holds the bodies of pages by their addresses; those it has not are rendered
    now. The old site stays until the new one is whole. A refused report keeps the page
    of the site before, where there is one, and the index says so. In the public edition
    nothing is published if a page holds a login, a personal name or a forbidden text.
    """
    reports = sorted(executed, key=lambda report: (report.number, report.direction))
    refused = (*context.refused, *context.refused_pages)
    kept = [entry for entry in refused if (out_dir / entry.href).exists()]
    site = _site_map(reports, kept, context)
    old = passport_pages.kept(context.passports, out_dir)
    pages = _bodied(reports, site, context, rendered or {})
    pages[INDEX] = _index(reports, kept, site, context)
    if context.passports:
        pages[PASSPORTS] = passport_pages.list_page(context.passports, old, site)
    with replacing(out_dir) as folder:
        _keep(out_dir, folder, [*_files_of(kept, out_dir), *(one.href for one in old)], context)
        for href, html in pages.items():
            write_whole(folder / href, html)
        for attachment in context.attachments:
            (folder / attachment.href).write_bytes(attachment.content)
        if context.edition == "public":
            texts = {path.name: _text(path) for path in sorted(folder.iterdir()) if path.is_file()}
            refuse_leaks(texts, forbidden=context.forbidden)
    return site


def _bodied(
    reports: Sequence[ExecutedReport],
    site: SiteMap,
    context: SiteContext,
    rendered: Mapping[str, Rendered],
) -> dict[str, str]:
    """Return the pages that have a body of their own, each in its shell."""
    notebooks = {report.href: report.notebook for report in (*reports, *context.overall)}
    notebooks |= {one.href: one.notebook for one in context.passports if one.notebook}
    if context.quality_notebook:
        notebooks[QUALITY] = context.quality_notebook
    absent = [href for href in notebooks if href not in rendered]
    made = fragments([notebooks[href] for href in absent], context.renderer)
    bodies = {**rendered, **dict(zip(absent, made, strict=True))}
    headings = {one.href: one.heading for one in context.passports}
    pages = {href: composed(bodies[href], site, href, headings.get(href, "")) for href in notebooks}
    for extra in context.extra_pages:
        pages[extra.href] = composed(bodies.get(extra.href) or written(extra), site, extra.href)
    return pages


def _files_of(kept: Sequence[RefusedReport], site_before: Path) -> list[str]:
    """Return the pages that refused reports had, and the files beside them."""
    found = [path for one in kept for path in sorted(site_before.glob(f"{one.direction}.*"))]
    return [path.name for path in found]


def _keep(site_before: Path, folder: Path, files: Sequence[str], context: SiteContext) -> None:
    """Carry over what this build does not make: earlier pages, and what schools are given."""
    for name in FOR_SCHOOLS:
        if context.edition != "public" and (site_before / name).is_dir():
            shutil.copytree(site_before / name, folder / name)
    for href in files:
        (folder / href).parent.mkdir(exist_ok=True)
        shutil.copyfile(site_before / href, folder / href)


def _text(path: Path) -> str:
    """Return what a reader could find in a published file: of a workbook, names and words."""
    from python_calamine import CalamineError, load_workbook

    try:
        with load_workbook(path) as book:
            sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
            cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    except CalamineError:  # no workbook
        return path.read_text("utf-8", errors="replace")
    return "\n".join([*book.sheet_names, *(cell for cell in cells if isinstance(cell, str))])


def _site_map(
    reports: Sequence[ExecutedReport], kept: Sequence[RefusedReport], context: SiteContext
) -> SiteMap:
    kept_directions = [entry for entry in kept if entry in context.refused]
    directions = sorted([*reports, *kept_directions], key=_by_number)
    menu = [PageLink(page.title, page.href) for page in _overall(kept, context)]
    menu += passport_pages.menu(context.passports)
    if context.quality_notebook or any(one.href == QUALITY for one in kept):
        menu.append(PageLink("Качество данных", QUALITY))
    menu += [PageLink(p.menu_title or p.title, p.href) for p in context.extra_pages]
    return SiteMap(
        municipality=context.municipality,
        region=context.region,
        school_year=context.school_year,
        edition=context.edition,
        is_synthetic=context.is_synthetic,
        directions=tuple(PageLink(d.title, d.href, d.number, d.heading) for d in directions),
        pages=tuple(menu),
        provenance=context.provenance,
        files=tuple(PageLink(one.title, one.href) for one in context.attachments),
    )


def _overall(
    kept: Sequence[RefusedReport], context: SiteContext
) -> list[ExecutedReport | RefusedReport]:
    """Return the pages of no direction that the site has, new and kept, but for data quality."""
    old = [one for one in kept if one in context.refused_pages and one.href != QUALITY]
    return sorted([*context.overall, *old], key=_by_number)


def _by_number(report: ExecutedReport | RefusedReport) -> tuple[int, str]:
    return report.number, report.direction


def _index(
    reports: Sequence[ExecutedReport],
    kept: Sequence[RefusedReport],
    site: SiteMap,
    context: SiteContext,
) -> str:
    return page_template.page(
        "index.html.j2",
        site,
        INDEX,
        title=f"Итоги {context.school_year} учебного года",
        context=context,
        mechanisms=_cards(reports, kept, context),
        about=_about(kept, context),
        marks=MARKS,
        senses=SENSES,
    )


def _cards(
    reports: Sequence[ExecutedReport], kept: Sequence[RefusedReport], context: SiteContext
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the directions' cards under their mechanism, in the order of their numbers."""
    cards: list[dict[str, Any]] = [
        {
            "number": report.number,
            "title": report.title,
            "mechanism": report.mechanism,
            "href": report.href,
            "purpose": report.purpose,
            "refused": "",
        }
        for report in reports
    ]
    cards += [
        {
            "number": entry.number,
            "title": entry.title,
            "mechanism": entry.mechanism,
            "href": entry.href if entry in kept else "",
            "purpose": "",
            "refused": entry.reason,
        }
        for entry in context.refused
    ]
    cards.sort(key=lambda card: card["number"])
    groups = [
        (title, [card for card in cards if card["mechanism"] == mechanism])
        for mechanism, title in MECHANISMS.items()
    ]
    return [(title, group) for title, group in groups if group]


def _about(kept: Sequence[RefusedReport], context: SiteContext) -> list[dict[str, str]]:
    """Return the cards of the pages of no direction; a page that is not there has no address."""
    absent = [one for one in context.refused_pages if one not in kept]
    others = [one for one in absent if one.href != QUALITY]
    entries = [
        {"href": page.href, "title": page.title, "text": page.purpose}
        for page in sorted([*_overall(kept, context), *others], key=_by_number)
    ]
    entries += [
        {"href": link.href, "title": link.title, "text": passport_pages.PURPOSE}
        for link in passport_pages.menu(context.passports)
    ]
    if context.quality_notebook or any(one.href == QUALITY for one in context.refused_pages):
        entries.append(
            {
                "href": QUALITY,
                "title": "Качество данных",
                "text": "Какие файлы получены, что проверено, какие замечания остались.",
            }
        )
    for page in context.extra_pages:
        text = (
            "Как рассчитаны показатели и интервалы, какие пороги применены и откуда они."
            if page.href == METHOD
            else page.title
        )
        entries.append({"href": page.href, "title": page.menu_title or page.title, "text": text})
    reasons = {one.href: one.reason for one in context.refused_pages if one in [*kept, *absent]}
    nowhere = [one.href for one in absent]
    return [
        entry
        | {
            "href": "" if entry["href"] in nowhere else entry["href"],
            "refused": reasons.get(entry["href"], ""),
        }
        for entry in entries
    ]


def written_page(page: MarkdownPage, site: SiteMap) -> str:
    """Return a page that people wrote in markdown, in the site's shell."""
    return composed(written(page), site, page.href)

"""The site of a year: its pages composed, checked for leaks, and put in place at once."""

from __future__ import annotations

from pathlib import Path

from msoko.core.whole_files import replacing, write_bytes, write_whole
from msoko.disclosure.leak_guard.published_texts import passages_of_file
from msoko.disclosure.leaks import refuse_leaks
from msoko.site.earlier_pages import carry_over, find_earlier
from msoko.site.page_composition import compose_page
from msoko.site.passport_pages import passport_list_page
from msoko.site.site_index import index_page
from msoko.site.site_map import draw_site_map
from msoko.site.site_model import INDEX, PASSPORTS, QUALITY, SiteContent, SiteMap


def write_site(content: SiteContent, out_dir: Path) -> None:
    """Write the whole site into `out_dir` at once.

    The old site stays until the new one is whole. A refused report keeps the page of the
    site before, where there is one, and the index says so. In the public edition nothing
    is published if a page holds a login, a personal name or a forbidden text.
    """
    earlier = find_earlier(content, out_dir)
    site = draw_site_map(content, earlier)
    pages = _compose_pages(content, site)
    pages[INDEX] = index_page(content, earlier, site)
    if content.passports:
        pages[PASSPORTS] = passport_list_page(content.passports, earlier.passports, site)
    with replacing(out_dir) as folder:
        carry_over(earlier, folder, content.edition)
        for href, html in pages.items():
            write_whole(folder / href, html)
        for attachment in content.attachments:
            write_bytes(folder / attachment.href, attachment.content)
        if content.edition == "public":
            files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
            texts = {
                path.relative_to(folder).as_posix(): passages_of_file(path.name, path.read_bytes())
                for path in files
            }
            refuse_leaks(texts, content.guard, content.typed)


def _compose_pages(content: SiteContent, site: SiteMap) -> dict[str, str]:
    """Return the pages that have a body of their own, each in its shell, by their addresses."""
    say = site.wording.say
    bodies = [(one.href, one.body, one.heading) for one in content.reports]
    bodies += [(one.href, one.body, "") for one in (*content.overall, *content.written)]
    bodies += [
        (one.href, one.body, say("site.passports.heading", name=one.name))
        for one in content.passports
        if one.body
    ]
    if content.quality:
        bodies.append((QUALITY, content.quality, ""))
    return {href: compose_page(body, site, href, heading) for href, body, heading in bodies}

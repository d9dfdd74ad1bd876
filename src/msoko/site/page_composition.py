"""A rendered notebook in its shell: one self-contained page."""

from __future__ import annotations

from markupsafe import Markup

from msoko.site import page_template
from msoko.site.notebook_markdown import put_back
from msoko.site.page_bodies import RENDERER_NAMES, Rendered
from msoko.site.passport_pages import lead_up
from msoko.site.site_model import PageLink, SiteMap


def composed(done: Rendered, site: SiteMap, href: str, heading: str = "") -> str:
    """Return the page in its shell, pictures inside; `heading` stands over it, where given."""
    before, current, after = _neighbours(site, href)
    html = page_template.page(
        "report.html.j2",
        site,
        href,
        title=heading or (current.heading if current else "") or done.title,
        number=current.number if current else None,
        body=Markup(lead_up(done.html, href)),
        contents=done.contents,
        has_code=done.has_code,
        renderer=RENDERER_NAMES[done.renderer],
        before=before,
        after=after,
        files=[link for link in site.files if _name(link.href) == _name(href)],
    )
    return put_back(html, done.images)


def _name(href: str) -> str:
    return href.partition(".")[0]


def _neighbours(
    site: SiteMap, href: str
) -> tuple[PageLink | None, PageLink | None, PageLink | None]:
    """Return the direction before this page, the page itself, and the one after it."""
    links = list(site.directions)
    for place, link in enumerate(links):
        if link.href == href:
            before = links[place - 1] if place else None
            after = links[place + 1] if place + 1 < len(links) else None
            return before, link, after
    return None, None, None

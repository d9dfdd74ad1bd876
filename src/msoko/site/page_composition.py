"""The body of a page in its shell: one self-contained page."""

from __future__ import annotations

import re

from markupsafe import Markup

from msoko.site.page_template import render_page
from msoko.site.rendering.notebook_markdown import restore_images
from msoko.site.rendering.page_bodies import PageBody
from msoko.site.site_model import PageLink, SiteMap

WITHIN_SITE = re.compile(r'(?<=\shref=")(?![a-z]+:|[#/]|\.\./)')
"""Where an address within the site begins."""


def compose_page(body: PageBody, site: SiteMap, href: str, heading: str = "") -> str:
    """Return the page in its shell, pictures inside; `heading` stands over it, where given."""
    before, current, after = _neighbours(site, href)
    html = render_page(
        "report.html.j2",
        site,
        href,
        title=heading or body.title,
        number=current.number if current else None,
        body=Markup(lift_addresses(body.html, href)),
        contents=body.contents,
        has_code=body.has_code,
        renderer=body.renderer,
        before=before,
        after=after,
        files=[link for link in site.files if _stem(link.href) == _stem(href)],
    )
    return restore_images(html, body.images)


def lift_addresses(html: str, href: str) -> str:
    """Return a page's body with its addresses led up to the site's root, where they start.

    Notebooks write addresses from the root, wherever their page will lie.
    """
    up = "../" * href.count("/")
    return WITHIN_SITE.sub(up, html) if up else html


def _stem(href: str) -> str:
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

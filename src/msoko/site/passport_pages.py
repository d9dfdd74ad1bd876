"""The passports of schools: one page each, and the list of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msoko.site import page_template
from msoko.site.site_model import PASSPORTS, PageLink, Passport, SiteMap

TITLE = "Паспорта школ"
PURPOSE = "Страница о каждой организации: её показатели, динамика, рекомендации. Для неё самой."
INSIDE = re.compile(r'(?<=\shref=")(?![a-z]+:|[#/]|\.\./)')
"""Where an address within the site begins."""


def menu(passports: Sequence[Passport]) -> list[PageLink]:
    """Return the menu's entry; none where a site has no passports."""
    return [PageLink(TITLE, PASSPORTS)] if passports else []


def kept(passports: Sequence[Passport], site_before: Path) -> list[Passport]:
    """Return those that were not built anew and have a page in the site before."""
    return [one for one in passports if one.notebook is None and (site_before / one.href).exists()]


def list_page(passports: Sequence[Passport], old: Sequence[Passport], site: SiteMap) -> str:
    """Return the list of schools and preschools, each with its passport or why there is none."""
    kinds = [
        ("Школы", [one for one in passports if not one.is_preschool]),
        ("Дошкольные организации", [one for one in passports if one.is_preschool]),
    ]
    return page_template.page(
        "passports.html.j2",
        site,
        PASSPORTS,
        title=TITLE,
        kinds=[
            (kind, [_entry(one, old) for one in sorted(group, key=_by_name)])
            for kind, group in kinds
            if group
        ],
    )


def lead_up(html: str, href: str) -> str:
    """Return a page's body with its addresses led up to the site's root, where they start.

    Notebooks write addresses from the root, wherever their page will lie.
    """
    up = "../" * href.count("/")
    return INSIDE.sub(up, html) if up else html


def _entry(passport: Passport, old: Sequence[Passport]) -> dict[str, Any]:
    has_page = passport.notebook is not None or passport in old
    return {
        "name": passport.name,
        "school_id": passport.school_id,
        "href": passport.href if has_page else "",
        "reason": passport.reason,
    }


def _by_name(passport: Passport) -> tuple:
    """Return the key that puts «№ 9» before «№ 10»."""
    parts = re.split(r"(\d+)", passport.name.casefold())
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in parts)

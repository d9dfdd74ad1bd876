"""The passports of schools: one page each, and the list of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from msoko.site.page_template import render_page
from msoko.site.site_model import PASSPORTS, PassportPage, SiteMap


def passport_list_page(
    passports: Sequence[PassportPage], earlier: Collection[PassportPage], site: SiteMap
) -> str:
    """Return the list of schools and preschools, each with its passport or why there is none.

    `earlier` are those that were not built anew and keep the page of the site before.
    """
    kinds = [
        ("schools", [one for one in passports if not one.is_preschool]),
        ("preschools", [one for one in passports if one.is_preschool]),
    ]
    return render_page(
        "passports.html.j2",
        site,
        PASSPORTS,
        title=site.wording.say("site.passports.title"),
        kinds=[
            (kind, [_list_entry(one, earlier) for one in sorted(group, key=_natural_name)])
            for kind, group in kinds
            if group
        ],
    )


def _list_entry(passport: PassportPage, earlier: Collection[PassportPage]) -> dict[str, Any]:
    has_page = passport.body is not None or passport in earlier
    return {
        "name": passport.name,
        "school_id": passport.school_id,
        "href": passport.href if has_page else "",
        "reason": passport.reason,
    }


def _natural_name(passport: PassportPage) -> tuple:
    """Return the key that puts «№ 9» before «№ 10»."""
    parts = re.split(r"(\d+)", passport.name.casefold())
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in parts)

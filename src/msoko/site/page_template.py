"""The shell around every page: head, navigation, foot, styles and script inside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from msoko.site.renderer_labels import labels
from msoko.site.site_model import PASSPORTS, SiteMap

THEME = Path(__file__).with_name("theme")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(THEME, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment


@cache
def _asset(name: str) -> Markup:
    return Markup((THEME / name).read_text(encoding="utf-8"))


def page(template: str, site: SiteMap, href: str, **facts: Any) -> str:
    """Return the whole page; `facts` are what the template asks for beyond the shell.

    `href` is the page's place within the site: from a folder below, links lead up first.
    Texts are escaped unless they are Markup; an unknown name in a template is an error.
    """
    return (
        _environment()
        .get_template(template)
        .render(
            site=site,
            href=href,
            up="../" * href.count("/"),
            words=labels(),
            style=_asset("style.css") + (_asset("passport.css") if is_passport(href) else ""),
            script=_asset("behaviour.js"),
            **facts,
        )
    )


def is_passport(href: str) -> bool:
    """Whether a page is one school's passport, which has a print layout of its own."""
    return href.startswith("passports/") and href != PASSPORTS

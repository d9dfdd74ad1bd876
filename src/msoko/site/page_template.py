"""The shell around every page: head, navigation, foot, styles and script inside it."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from msoko.site.rendering.renderer_labels import load_labels
from msoko.site.site_model import PASSPORTS, SiteMap

if TYPE_CHECKING:
    from msoko.catalog.registry.wording import Wording

THEME = Path(__file__).with_name("theme")


def render_page(template: str, site: SiteMap, href: str, **facts: Any) -> str:
    """Return the whole page; `facts` are what the template asks for beyond the shell.

    `href` is the page's place within the site: from a folder below, links lead up first.
    Texts are escaped unless they are Markup; an unknown name in a template is an error.
    """
    names = ("style.css.j2", "passport.css") if is_passport(href) else ("style.css.j2",)
    # line ends around them stand within the tags, and the policy speaks of all that does
    style = Markup("\n{}\n").format(Markup("").join(_asset(one, site.wording) for one in names))
    script = Markup("\n{}\n").format(_asset("behaviour.js.j2", site.wording))
    return _fill(
        template,
        site.wording,
        site=site,
        href=href,
        up="../" * href.count("/"),
        labels=load_labels(),
        style=style,
        script=script,
        policy=security_policy(style, script),
        **facts,
    )


def security_policy(style: str, script: str) -> str:
    """Return what a browser lets a page do: its own style, script and pictures, and nothing else.

    Written as digests, so that it holds for pages opened as files too.
    """
    return (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def is_passport(href: str) -> bool:
    """Whether a page is one school's passport, which has a print layout of its own."""
    return href.startswith("passports/") and href != PASSPORTS


def _fill(template: str, wording: Wording, **facts: Any) -> str:
    words = {"say": wording.say, "has": wording.has}
    return _environment().get_template(template).render(**words, **facts)


def _asset(name: str, wording: Wording) -> Markup:
    return Markup(_fill(name, wording))


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
    environment.filters |= {"in_script": quote_in_script, "in_style": quote_in_style}
    return environment


def quote_in_script(text: str) -> Markup:
    """Return the text as a string of a script inside a page, which no text can end."""
    return Markup(json.dumps(text, ensure_ascii=False).replace("<", "\\u003c"))


def quote_in_style(text: str) -> Markup:
    """Return the text as a string of a style sheet inside a page, which no text can end."""
    escaped = (f"\\{ord(sign):x} " if sign in '"\\<\n' else sign for sign in text)
    return Markup('"' + "".join(escaped) + '"')

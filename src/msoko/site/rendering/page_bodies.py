"""An executed notebook becomes the body of a page, which the cache holds until it changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from msoko.core.whole_files import write_whole
from msoko.site.rendering.embedded_renderer import render_markdown
from msoko.site.rendering.normalise_html import normalise_html
from msoko.site.rendering.notebook_markdown import (
    PageMarkdown,
    cell_with,
    extract_images,
    flatten_callouts,
    read_page_markdown,
)
from msoko.site.rendering.page_outline import OutlineEntry
from msoko.site.rendering.quarto_renderer import render_with_quarto
from msoko.site.rendering.renderer_labels import load_labels
from msoko.site.rendering.sanitise_html import CellOf

Renderer = Literal["embedded", "quarto"]


@dataclass(frozen=True)
class PageBody:
    """A page before its shell; `images` return into `html` when it gets one."""

    title: str
    html: str
    contents: tuple[OutlineEntry, ...]
    images: Mapping[str, str]
    has_code: bool
    renderer: Renderer


@dataclass(frozen=True)
class MarkdownPage:
    """A page written by people: the method, a note on the release."""

    href: str
    title: str
    markdown: str


def render_notebooks(notebooks: Sequence[Path], renderer: Renderer) -> list[PageBody]:
    """Return the bodies of the executed notebooks, in their order.

    Quarto is started once for all of them. Raises DataRefused for a notebook that holds
    a traceback, UsageError for references that lead nowhere.
    """
    pages = [read_page_markdown(path) for path in notebooks]
    if renderer == "quarto":
        fragments = render_with_quarto(pages)
    else:
        fragments = [render_markdown(page.markdown, load_labels()) for page in pages]
    return [
        _normalised_body(page, fragment, path.name, renderer, partial(cell_with, path))
        for path, page, fragment in zip(notebooks, pages, fragments, strict=True)
    ]


def render_markdown_page(page: MarkdownPage) -> PageBody:
    """Return the body of a page that people wrote in markdown."""
    images: dict[str, str] = {}
    chunk = flatten_callouts(extract_images(page.markdown, images))
    own = PageMarkdown(page.title, (chunk,), images, code_cells=0)
    return _normalised_body(own, render_markdown(own.markdown, load_labels()), page.href)


def _normalised_body(
    page: PageMarkdown,
    fragment: str,
    name: str,
    renderer: Renderer = "embedded",
    cell_of: CellOf = lambda text: 0,
) -> PageBody:
    normalised = normalise_html(fragment, load_labels(), name, cell_of)
    return PageBody(
        title=page.title,
        html=normalised.html,
        contents=normalised.contents,
        images=page.images,
        has_code=page.code_cells > 0,
        renderer=renderer,
    )


def save_body(body: PageBody, path: Path) -> None:
    """Write a page's body at `path`, whole or not at all."""
    write_whole(path, json.dumps(asdict(body), ensure_ascii=False) + "\n")


def load_body(path: Path) -> PageBody:
    """Return the page's body that `save_body` wrote."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    facts["contents"] = tuple(OutlineEntry(**entry) for entry in facts["contents"])
    return PageBody(**facts)

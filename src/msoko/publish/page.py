"""An executed notebook becomes one self-contained page."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from msoko.errors import UsageError
from msoko.publish import embedded, quarto, shell
from msoko.publish.finish import Fragment, finished
from msoko.publish.labels import labels
from msoko.publish.manuscript import Manuscript, put_back, read_manuscript
from msoko.publish.model import PageLink, SiteMap
from msoko.publish.passports import lead_up
from msoko.publish.writing import write_whole

Renderer = Literal["embedded", "quarto"]
RENDERER_NAMES = {"embedded": "встроенный (pandoc)", "quarto": "Quarto"}


@dataclass(frozen=True)
class Rendered:
    """A page before its shell."""

    manuscript: Manuscript
    fragment: Fragment
    renderer: Renderer


def chosen_renderer(wanted: str) -> Renderer:
    """Return the renderer to use: `auto` is Quarto where it is on PATH, else the embedded one."""
    if wanted == "auto":
        return "quarto" if shutil.which("quarto") else "embedded"
    if wanted not in RENDERER_NAMES:
        raise UsageError(
            f"Неизвестный способ вывода «{wanted}». Выберите quarto, embedded или auto."
        )
    if wanted == "quarto" and not shutil.which("quarto"):
        raise UsageError(
            "Программа quarto не найдена. Установите Quarto 1.7 или повторите команду "
            "с --renderer embedded."
        )
    return wanted  # type: ignore[return-value]


def render(
    notebook_path: Path, out_path: Path, *, site: SiteMap, renderer: str = "auto"
) -> Rendered:
    """Write the executed notebook as one HTML page at `out_path`, and return its parts.

    The file appears whole or not at all. Raises DataRefused for a notebook that holds
    a traceback, UsageError for references that lead nowhere or a renderer that is absent.
    """
    done = fragments([notebook_path], renderer)[0]
    write_whole(out_path, composed(done, site, out_path.name))
    return done


def fragments(notebooks: list[Path], renderer: str) -> list[Rendered]:
    """Return the rendered bodies of the notebooks, in their order.

    Quarto is started once for all of them; pandocs run side by side.
    """
    kind = chosen_renderer(renderer)
    words = labels()
    manuscripts = [read_manuscript(path) for path in notebooks]
    if kind == "quarto":
        bodies = quarto.rendered(manuscripts)
    else:
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            chunks = [manuscript.chunks for manuscript in manuscripts]
            bodies = list(pool.map(lambda part: embedded.rendered(part, words), chunks))
    return [
        Rendered(manuscript, finished(body, words, path.name), kind)
        for path, manuscript, body in zip(notebooks, manuscripts, bodies, strict=True)
    ]


def composed(done: Rendered, site: SiteMap, href: str) -> str:
    """Return the page in its shell, pictures inside."""
    before, current, after = _neighbours(site, href)
    html = shell.page(
        "report.html.j2",
        site,
        href,
        title=(current.heading if current else "") or done.manuscript.title,
        number=current.number if current else None,
        body=Markup(lead_up(done.fragment.html, href)),
        contents=done.fragment.contents,
        has_code=done.manuscript.code_cells > 0,
        renderer=RENDERER_NAMES[done.renderer],
        before=before,
        after=after,
        files=[
            link for link in site.files if link.href.partition(".")[0] == href.partition(".")[0]
        ],
    )
    return put_back(html, done.manuscript.images)


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

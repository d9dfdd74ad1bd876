"""An executed notebook becomes the body of a page, kept until the notebook changes."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from msoko.core.errors import UsageError
from msoko.core.whole_files import write_whole
from msoko.site import embedded_renderer, quarto_renderer
from msoko.site.normalise_html import finished
from msoko.site.notebook_markdown import Manuscript, folded, read_manuscript, taken_out
from msoko.site.page_outline import Heading
from msoko.site.renderer_labels import labels
from msoko.site.site_model import MarkdownPage

Renderer = Literal["embedded", "quarto"]
RENDERER_NAMES = {"embedded": "встроенный (pandoc)", "quarto": "Quarto"}


@dataclass(frozen=True)
class Rendered:
    """A page before its shell; `images` are put back into `html` when it gets one."""

    title: str
    html: str
    contents: tuple[Heading, ...]
    images: Mapping[str, str]
    has_code: bool
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


def fragments(notebooks: Sequence[Path], renderer: str) -> list[Rendered]:
    """Return the rendered bodies of the notebooks, in their order.

    Quarto is started once for all of them; pandocs run side by side. Raises DataRefused
    for a notebook that holds a traceback, UsageError for references that lead nowhere.
    """
    kind = chosen_renderer(renderer)
    words = labels()
    manuscripts = [read_manuscript(path) for path in notebooks]
    if kind == "quarto":
        bodies = quarto_renderer.rendered(manuscripts)
    else:
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            chunks = [manuscript.chunks for manuscript in manuscripts]
            bodies = list(pool.map(lambda part: embedded_renderer.rendered(part, words), chunks))
    return [
        _rendered(manuscript, body, path.name, kind)
        for path, manuscript, body in zip(notebooks, manuscripts, bodies, strict=True)
    ]


def written(page: MarkdownPage) -> Rendered:
    """Return the body of a page that people wrote in markdown."""
    images: dict[str, str] = {}
    markdown = folded(taken_out(page.markdown, images))
    return plain(page.title, embedded_renderer.rendered([markdown], labels()), page.href, images)


def plain(title: str, body: str, href: str, images: Mapping[str, str]) -> Rendered:
    """Return a page's body made of HTML that no notebook stands behind."""
    fragment = finished(body, labels(), href)
    return Rendered(title, fragment.html, fragment.contents, images, False, "embedded")


def keep(done: Rendered, path: Path) -> None:
    """Write a page's body at `path`, whole or not at all."""
    write_whole(path, json.dumps(asdict(done), ensure_ascii=False) + "\n")


def kept(path: Path) -> Rendered:
    """Return the page's body that `keep` wrote."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    facts["contents"] = tuple(Heading(**heading) for heading in facts["contents"])
    return Rendered(**facts)


def _rendered(manuscript: Manuscript, body: str, name: str, kind: Renderer) -> Rendered:
    fragment = finished(body, labels(), name)
    return Rendered(
        title=manuscript.title,
        html=fragment.html,
        contents=fragment.contents,
        images=manuscript.images,
        has_code=manuscript.code_cells > 0,
        renderer=kind,
    )

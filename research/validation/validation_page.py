"""Executes the validation notebooks and keeps what the method page and the site show of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msoko.catalog.registry import registry_words
from msoko.catalog.registry.wording import Wording
from msoko.core.project import HOME, Project
from msoko.core.whole_files import write_whole
from msoko.site.page_composition import compose_page
from msoko.site.rendering.notebook_markdown import PageMarkdown, read_page_markdown
from msoko.site.rendering.page_bodies import MarkdownPage, render_markdown_page
from msoko.site.site_model import SiteMap
from research.validation import multilevel_studies, new_mexico, poland, regents

NOTEBOOKS = Path(__file__).with_name("notebooks")
ORDER = ("regents", "new_mexico", "high_school_and_beyond", "london", "poland_e8")
TITLE = "Проверка на открытых данных"
INTRODUCTION = (
    "Методы испытаны на открытых данных, ответ по которым известен заранее или опубликован; "
    "данные этой страницы настоящие и к муниципалитету не относятся. "
    "Страница создана выполнением блокнотов из папки `research/validation`; повторить её может "
    "каждый командой `make proof`."
)


def write_validation(folder: Path, say: Callable[[str], None] = lambda line: None) -> None:
    """Write validation.json (facts) and validation.md (the executed notebooks) into `folder`.

    Both depend on the data and the code alone. A notebook that fails raises NotebookFailed
    and nothing is written. The site carries the page; `write_html` writes it by itself.
    """
    manuscripts = executed(say)
    text = json.dumps(facts(), ensure_ascii=False, indent=1, allow_nan=False)
    write_whole(folder / "validation.json", text + "\n")
    write_whole(folder / "validation.md", page_markdown(manuscripts))


def write_html(markdown: Path, out: Path) -> None:
    """Write the page of the executed notebooks as one file that needs no site."""
    title, _, body = markdown.read_text(encoding="utf-8").partition("\n")
    page = MarkdownPage(out.name, title.lstrip("# "), body)
    wording = Wording(registry_words.load_house_wording(Project.at(None)))
    site = SiteMap(wording, "Проверка методов msoko", "", "", "public", is_synthetic=False)
    write_whole(out, compose_page(render_markdown_page(page), site, page.href))


def facts() -> dict[str, Any]:
    """Return what the method page quotes, by data set."""
    return {
        "regents": regents.facts(),
        "new_mexico": new_mexico.facts(),
        "schools": multilevel_studies.facts(),
        "poland": poland.facts(),
    }


def executed(say: Callable[[str], None]) -> dict[str, PageMarkdown]:
    """Return the executed notebooks by name; each in a kernel of its own."""
    from msoko.build.kernels.notebook_run import Execution

    execution = Execution.of_project("papermill", Project.at(None))
    # kernels find `research` in the first, and the msoko of the same checkout in the second
    folders = [str(HOME), str(HOME / "src"), os.environ.get("PYTHONPATH", "")]
    execution.environment["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
    made: dict[str, PageMarkdown] = {}
    try:
        with TemporaryDirectory() as place:
            for name in ORDER:
                path = NOTEBOOKS / f"{name}.ipynb"
                say(path.relative_to(HOME).as_posix())
                done = execution.run(path, f"validation/{path.name}", {})
                copy = Path(place) / path.name
                copy.write_text(json.dumps(done), encoding="utf-8")
                made[name] = read_page_markdown(copy)
    finally:
        execution.close()
    return made


def page_markdown(manuscripts: dict[str, PageMarkdown]) -> str:
    """Return one page of all the notebooks: a section each, without code, pictures inside."""
    parts = [f"# {TITLE}", INTRODUCTION]
    for name, manuscript in manuscripts.items():
        anchor = name.replace("_", "-")
        parts.append(f"## {manuscript.title} {{#{anchor}}}")
        chunks = [one for one in manuscript.chunks if not one.startswith("::: {.code-cell}")]
        body = re.sub(r"^## ", "### ", "\n\n".join(chunks), flags=re.MULTILINE)
        for token, image in manuscript.images.items():
            body = body.replace(f"({token})", f"({image})")
        parts.append(body)
    return "\n\n".join(part.strip() for part in parts) + "\n"

"""The renderer for houses that have Quarto: a website project of cleaned notebooks.

Quarto numbers, resolves and typesets; its page furniture is left behind, because it
is neither self-contained nor free of outside addresses. What stands between the tags
of its `main` goes into our shell.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msoko.core.errors import DataRefused
from msoko.core.whole_files import write_bytes, write_whole
from msoko.site.rendering.notebook_markdown import PageMarkdown
from msoko.site.rendering.renderer_labels import OWN_KEY, quarto_settings

OUTPUT = "_site"
IMAGE_NAME = re.compile(r"(?<=\]\()msoko-image-(?=\d)")
MAIN = re.compile(r"<main\b[^>]*\bid=\"quarto-document-content\"[^>]*>(.*)</main>", re.DOTALL)


def render_with_quarto(pages: Sequence[PageMarkdown]) -> list[str]:
    """Return the HTML that Quarto made of each page, in their order.

    One start of Quarto renders all. Raises DataRefused with Quarto's own last lines
    where it fails, or where it leaves a page out.
    """
    with tempfile.TemporaryDirectory(prefix="msoko-quarto-") as folder:
        project = Path(folder)
        names = write_quarto_project(project, pages)
        _run_quarto(project)
        return [_read_main(project / OUTPUT / f"{name}.html") for name in names]


def write_quarto_project(project: Path, pages: Sequence[PageMarkdown]) -> list[str]:
    """Write the website project into an empty folder, and return the pages' names."""
    names = [f"report-{number}" for number in range(1, len(pages) + 1)]
    write_whole(project / "_quarto.yml", _project_yaml(names))
    for name, page in zip(names, pages, strict=True):
        text = json.dumps(markdown_notebook(page, name), ensure_ascii=False, indent=1)
        write_whole(project / f"{name}.ipynb", f"{text}\n")
        for image, data in page.images.items():
            write_bytes(project / f"{name}-{image}", base64.b64decode(data.partition(",")[2]))
    return names


def markdown_notebook(page: PageMarkdown, name: str) -> dict:
    """Return the cleaned copy: front matter and markdown cells, no code left to execute.

    Outputs become markdown cells, so that nothing depends on how a version of Quarto
    wraps outputs, shows parameters or reacts to HTML in them.
    """
    front = ["---\n", f"title: {json.dumps(page.title, ensure_ascii=False)}\n", "---"]
    texts = (IMAGE_NAME.sub(f"{name}-msoko-image-", chunk) for chunk in page.chunks)
    cells = [{"cell_type": "raw", "id": "front", "metadata": {}, "source": front}]
    cells += [
        {
            "cell_type": "markdown",
            "id": f"cell-{number}",
            "metadata": {},
            "source": text.splitlines(keepends=True),
        }
        for number, text in enumerate(texts, 1)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _project_yaml(names: list[str]) -> str:
    import yaml

    own = {key: value for key, value in quarto_settings().items() if key != OWN_KEY}
    own["project"] = {
        "type": "website",
        "output-dir": OUTPUT,
        "render": [f"{name}.ipynb" for name in names],
    }
    return yaml.safe_dump(own, allow_unicode=True, sort_keys=False)


def _run_quarto(project: Path) -> None:
    quarto = shutil.which("quarto") or "quarto"
    done = subprocess.run(
        [quarto, "render", str(project), "--to", "html", "--no-execute"],
        cwd=project,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        message = "\n".join(done.stderr.strip().splitlines()[-5:]).replace(str(project), "")
        raise DataRefused(
            f"Quarto не построил страницы (код {done.returncode}). Прежние отчёты остались "
            f"на месте. Повторите команду с --renderer embedded. Сообщение Quarto:\n{message}"
        )


def _read_main(page: Path) -> str:
    """Return what stands inside the page's `main`."""
    match = MAIN.search(page.read_text(encoding="utf-8")) if page.exists() else None
    if not match:
        raise DataRefused(
            f"Quarto не дал страницы {page.name} в ожидаемом виде (нужна версия 1.7). "
            "Прежние отчёты, если они были, остались на месте. "
            "Повторите команду с --renderer embedded."
        )
    return match[1]

"""An executed notebook as the markdown of one page, the same for both renderers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from msoko.core.errors import UsageError
from msoko.site.rendering.cell_outputs import (
    NotebookCell,
    cell_tags,
    fenced,
    joined,
    output_markdown,
)

HIDDEN_CELLS = {"parameters", "injected-parameters", "remove-cell"}

DATA_IMAGE = re.compile(r"data:image/(svg\+xml|png|jpeg);base64,([A-Za-z0-9+/=\s]+?)(?=[)\"'])")
TITLE = re.compile(r"^# +(.+?)(?: *\{[^}]*\})? *#* *$", re.MULTILINE)
CALLOUT = re.compile(r"^(:{3,}) *\{([^}]*\.callout-(\w+)[^}]*)\} *$", re.MULTILINE)
CALLOUT_TITLE = re.compile(r'title="((?:[^"\\]|\\.)*)"')
LABEL = re.compile(r"\{[^{}\n]*?#((?:fig|tbl)-[\w-]+)")


@dataclass(frozen=True)
class PageMarkdown:
    """The markdown of a page.

    `chunks` follow the notebook's order; `images` holds the bytes of the pictures
    by the file name that stands for each in the markdown.
    """

    title: str
    chunks: tuple[str, ...]
    images: Mapping[str, str]
    code_cells: int

    @property
    def markdown(self) -> str:
        return "\n\n".join(self.chunks) + "\n"


def read_page_markdown(path: Path) -> PageMarkdown:
    """Return the executed notebook as markdown: prose, outputs and code, no parameter cells.

    Pictures are taken out of the markdown and named in their order: a renderer is
    fast when it does not carry a megabyte of base64 through its parser.

    Raises DataRefused where a cell of the notebook ended in an error, or where the
    notebook has not been executed.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if not HIDDEN_CELLS & cell_tags(cell)]
    images: dict[str, str] = {}
    labels: dict[str, int] = {}
    chunks = []
    for number, cell in enumerate(cells, 1):
        for chunk in filter(str.strip, _chunks(cell, path.name, number)):
            made = flatten_callouts(extract_images(chunk, images))
            _refuse_second(made, labels, path.name, number)
            chunks.append(made)
    title, chunks = _split_title(chunks, path)
    shown = sum(chunk.startswith("::: {.code-cell}") for chunk in chunks)
    return PageMarkdown(title, tuple(chunks), images, shown)


def cell_with(path: Path, text: str) -> int:
    """Return the number of the first cell that wrote or put out the text; 0 where none did."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if not HIDDEN_CELLS & cell_tags(cell)]
    for number, cell in enumerate(cells, 1):
        if any(text in chunk for chunk in _chunks(cell, path.name, number)):
            return number
    return 0


def extract_images(markdown: str, images: dict[str, str]) -> str:
    """Return the markdown with each data image named by a file; `images` gains them."""

    def name_image(match: re.Match[str]) -> str:
        ending = {"svg+xml": "svg", "png": "png", "jpeg": "jpg"}[match[1]]
        token = f"msoko-image-{len(images) + 1}.{ending}"
        images[token] = re.sub(r"\s", "", match[0])
        return token

    return DATA_IMAGE.sub(name_image, markdown)


def restore_images(html: str, images: Mapping[str, str]) -> str:
    """Return the page with the pictures inside it again."""
    return re.sub(
        r'src="[^"]*?(msoko-image-\d+\.\w+)"', lambda match: f'src="{images[match[1]]}"', html
    )


def flatten_callouts(markdown: str) -> str:
    """Return the markdown with callouts as plain divisions that no renderer restyles.

    A collapsed callout becomes `.fold` with its title as `summary`, an open one `.notice`.
    """

    def write_division(match: re.Match[str]) -> str:
        title = CALLOUT_TITLE.search(match[2])
        kind = "fold" if 'collapse="true"' in match[2] else "notice"
        named = f' summary="{title[1]}"' if title else ""
        identity = re.search(r"#[\w-]+", CALLOUT_TITLE.sub("", match[2]))
        anchor = f"{identity[0]} " if identity else ""
        return f"{match[1]} {{{anchor}.{kind} .{kind}-{match[3]}{named}}}"

    return CALLOUT.sub(write_division, markdown)


def _chunks(cell: Mapping, file: str, number: int) -> Iterator[str]:
    if cell["cell_type"] == "markdown":
        yield joined(cell["source"])
    if cell["cell_type"] != "code":
        return
    own = NotebookCell.of(cell, file, number)
    if own.shows_code:
        yield f"::: {{.code-cell}}\n{fenced(own.code, 'python')}\n:::"
    yield from output_markdown(cell["outputs"], own)


def _refuse_second(chunk: str, labels: dict[str, int], file: str, number: int) -> None:
    """Refuse a label that the notebook has given before: references could not tell which."""
    if chunk.startswith("::: {.code-cell}"):
        return
    for label in LABEL.findall(chunk):
        if label in labels:
            raise UsageError(
                f"{file}, ячейка {number}: метка «{label}» уже дана в ячейке "
                f"{labels[label]}, и ссылка на неё была бы двусмысленной. "
                "Назовите один из рисунков или одну из таблиц иначе; у report.dynamics "
                "метка – по первому показателю: начните с другого."
            )
        labels[label] = number


def _split_title(chunks: list[str], path: Path) -> tuple[str, list[str]]:
    """Return the page's title and the chunks without it."""
    for place, chunk in enumerate(chunks):
        match = None if chunk.startswith(":::") else TITLE.search(chunk)
        if match:
            rest = chunk[: match.start()] + chunk[match.end() :]
            return match[1], [
                *chunks[:place],
                *([rest] if rest.strip() else []),
                *chunks[place + 1 :],
            ]
    raise UsageError(
        f"{path.name}: нет заголовка первого уровня («# …»), странице не дать названия. "
        "Начните отчёт с такой строки."
    )

"""An executed notebook as the markdown of one page, the same for both renderers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from msoko.core.errors import DataRefused, UsageError

HIDDEN_CELLS = {"parameters", "injected-parameters", "remove-cell"}
HIDDEN_CODE = {"hide-code", "hide-input", "remove-input"}
HIDDEN_OUTPUT = {"hide-output", "remove-output"}

DATA_IMAGE = re.compile(r"data:image/(svg\+xml|png|jpeg);base64,([A-Za-z0-9+/=\s]+?)(?=[)\"'])")
TITLE = re.compile(r"^# +(.+?)(?: *\{[^}]*\})? *#* *$", re.MULTILINE)
CALLOUT = re.compile(r"^(:{3,}) *\{([^}]*\.callout-(\w+)[^}]*)\} *$", re.MULTILINE)
CALLOUT_TITLE = re.compile(r'title="((?:[^"\\]|\\.)*)"')
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)


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
    cells = [cell for cell in notebook["cells"] if not HIDDEN_CELLS & _tags(cell)]
    images: dict[str, str] = {}
    chunks = [
        flatten_callouts(extract_images(chunk, images))
        for number, cell in enumerate(cells, 1)
        for chunk in _chunks(cell, number, path)
        if chunk.strip()
    ]
    title, chunks = _split_title(chunks, path)
    shown = sum(chunk.startswith("::: {.code-cell}") for chunk in chunks)
    return PageMarkdown(title, tuple(chunks), images, shown)


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


def _tags(cell: Mapping) -> set[str]:
    return set(cell.get("metadata", {}).get("tags", []))


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _chunks(cell: Mapping, number: int, path: Path) -> Iterator[str]:
    source = _text(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source
    if cell["cell_type"] != "code":
        return
    if source.strip() and not HIDDEN_CODE & _tags(cell):
        yield f"::: {{.code-cell}}\n{_fenced(source, 'python')}\n:::"
    for output in cell["outputs"]:
        _refuse_error(output, number, path)
        if not HIDDEN_OUTPUT & _tags(cell):
            yield _output(output)


def _refuse_error(output: Mapping, number: int, path: Path) -> None:
    if output["output_type"] == "error":
        raise DataRefused(
            f"{path.name}, ячейка {number}: выполнение окончилось ошибкой "
            f"{output.get('ename', '')}: {output.get('evalue', '')}. "
            "Страница не построена, прежняя, если была, осталась на месте. Исправьте причину и "
            "выполните отчёт заново."
        )


def _output(output: Mapping) -> str:
    """Return one output as markdown; what a kernel writes to stderr is not for readers."""
    if output["output_type"] == "stream":
        return _fenced(_text(output["text"]), "text") if output["name"] == "stdout" else ""
    bundle = output.get("data", {})
    if "text/markdown" in bundle:
        return _text(bundle["text/markdown"])
    return _fenced(_text(bundle.get("text/plain", "")), "text")


def _fenced(text: str, language: str) -> str:
    if not text.strip():
        return ""
    longest = max((len(match[1]) for match in FENCE.finditer(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


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

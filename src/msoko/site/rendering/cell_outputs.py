"""What one cell of an executed notebook shows, as markdown: a block, a figure, a table, a text.

A block of ours answers in Markdown. What an analyst's own cell shows – a figure of Matplotlib or
seaborn, a frame, a summary of statsmodels – is named by the cell's options, as Quarto writes them:
`#| label: fig-…`, `#| fig-cap: …`, `#| fig-alt: …`, `#| tbl-cap: …`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from msoko.core.errors import DataRefused, UsageError
from msoko.site.rendering.html_tables import NotTables, pipe_tables

OPTION = "#|"
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
OBJECT = re.compile(r"<[^<>]*>|.* at 0x[0-9a-fA-F]+.*", re.DOTALL)
"""What Python says of an object that has no words of its own."""
NOT_DRAWN = re.compile(
    rb"<!--.*?-->|<metadata>.*?</metadata>|<\?xml.*?\?>|<!DOCTYPE[^>]*>", re.DOTALL
)
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
HIDDEN_CODE = {"hide-code", "hide-input", "remove-input"}
HIDDEN_OUTPUT = {"hide-output", "remove-output"}


@dataclass(frozen=True)
class NotebookCell:
    """A code cell: its code without options, the options, its tags and where it stands."""

    code: str
    options: Mapping[str, object]
    tags: frozenset[str]
    file: str
    number: int

    @classmethod
    def of(cls, cell: Mapping, file: str, number: int) -> NotebookCell:
        """Return the cell of a notebook; UsageError where its options cannot be read."""
        lines = joined(cell["source"]).splitlines(keepends=True)
        count = next((n for n, one in enumerate(lines) if not one.startswith(OPTION)), len(lines))
        written = "".join(one.removeprefix(OPTION) for one in lines[:count])
        try:
            options = yaml.safe_load(written) or {}
        except yaml.YAMLError as error:
            raise UsageError(
                f"{file}, ячейка {number}: параметры ячейки («#| …») не читаются: {error}"
            ) from error
        if not isinstance(options, dict):
            raise UsageError(
                f"{file}, ячейка {number}: параметры ячейки пишутся так: «#| fig-cap: Подпись»."
            )
        return cls("".join(lines[count:]), options, cell_tags(cell), file, number)

    @property
    def shows_code(self) -> bool:
        is_hidden = HIDDEN_CODE & self.tags or self.options.get("echo") is False
        return bool(self.code.strip()) and not is_hidden

    @property
    def shows_output(self) -> bool:
        return not HIDDEN_OUTPUT & self.tags and self.options.get("output") is not False

    def words(self, option: str) -> str:
        """Return what an option says, in one line; nothing where it is not given."""
        return " ".join(str(self.options.get(option) or "").split())


def cell_tags(cell: Mapping) -> frozenset[str]:
    """Return the tags of a cell."""
    return frozenset(cell.get("metadata", {}).get("tags", []))


def joined(source: str | Sequence[str]) -> str:
    """Return a text that a notebook may hold line by line."""
    return source if isinstance(source, str) else "".join(source)


def fenced(text: str, language: str) -> str:
    """Return a text to be shown as it is written."""
    if not text.strip():
        return ""
    longest = max((len(match[1]) for match in FENCE.finditer(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def output_markdown(outputs: Sequence[Mapping], cell: NotebookCell) -> Iterator[str]:
    """Yield each output as markdown; what a kernel writes to stderr is not for readers.

    Raises DataRefused, naming the cell, where it ended in an error or where what it shows has
    no form that a page, a Word file and paper could keep.
    """
    for output in outputs:
        _refuse_error(output, cell)
    if not cell.shows_output:
        return
    bundles = [output.get("data", {}) for output in outputs]
    has_picture = any(name in bundle for bundle in bundles for name in PICTURES)
    for output, bundle in zip(outputs, bundles, strict=True):
        if output["output_type"] == "stream":
            if output["name"] == "stdout":
                yield fenced(joined(output["text"]), "text")
        elif "text/markdown" in bundle:
            yield joined(bundle["text/markdown"])
        elif picture := next((name for name in PICTURES if name in bundle), ""):
            yield _figure(picture, joined(bundle[picture]), cell)
        elif "text/html" in bundle:
            yield _tables(joined(bundle["text/html"]), cell)
        else:
            yield _words(joined(bundle.get("text/plain", "")), cell, has_picture)


def _refuse_error(output: Mapping, cell: NotebookCell) -> None:
    if output["output_type"] == "error":
        raise DataRefused(
            f"{cell.file}, ячейка {cell.number}: выполнение окончилось ошибкой "
            f"{output.get('ename', '')}: {output.get('evalue', '')}. "
            "Страница не построена, прежняя, если была, осталась на месте. Исправьте причину и "
            "выполните отчёт заново."
        )


def _figure(kind: str, data: str, cell: NotebookCell) -> str:
    caption = cell.words("fig-cap")
    if not caption:
        raise DataRefused(
            f"{cell.file}, ячейка {cell.number}: у рисунка нет подписи, и на "
            "странице не понять, что он показывает. Впишите в начало ячейки строки "
            "«#| fig-cap: Подпись» и «#| fig-alt: Что видно на рисунке, словами»."
        )
    if kind == "image/svg+xml":
        drawn = NOT_DRAWN.sub(b"", data.encode()).strip()
        data = base64.b64encode(drawn).decode()
    alternative = (cell.words("fig-alt") or caption).replace("\\", "").replace('"', "”")
    label = cell.words("label")
    identity = f"#{label} " if label.startswith("fig-") else ""
    return f'![{caption}](data:{kind};base64,{data}){{{identity}fig-alt="{alternative}"}}'


def _tables(html: str, cell: NotebookCell) -> str:
    label = cell.words("label")
    label = label if label.startswith("tbl-") else ""
    try:
        return pipe_tables(html, cell.words("tbl-cap"), label)
    except NotTables as error:
        raise DataRefused(
            f"{cell.file}, ячейка {cell.number}: результат – вставка HTML, где есть не "
            "только таблицы: на странице, в Word и на бумаге её не показать. Покажите таблицу "
            "(DataFrame), рисунок с подписью или текст; чтобы ячейка "
            "не показывала ничего, поставьте «;» в конце строки."
        ) from error


def _words(text: str, cell: NotebookCell, has_picture: bool) -> str:
    if not OBJECT.fullmatch(text.strip()):
        return fenced(text, "text")
    if has_picture:
        return ""  # the axes that a call of a plotting library returns beside the picture
    shown = text.strip().split(" at 0x")[0][:80]
    raise DataRefused(
        f"{cell.file}, ячейка {cell.number}: результат «{shown}» показать нельзя: у него "
        "нет ни текста, ни таблицы, ни рисунка. Покажите то, что из него следует, или поставьте "
        "«;» в конце строки."
    )

"""The renderer that is always there: pandoc, with our numbering."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import accumulate
from pathlib import Path

from msoko.site.cross_references import referred
from msoko.site.renderer_labels import Labels

# Reports hold no HTML; to look for it takes pandoc two thirds of its time.
READER = (
    "markdown-raw_html-native_divs-native_spans-markdown_in_html_blocks-raw_tex-latex_macros"
    "-simple_tables-multiline_tables-grid_tables-yaml_metadata_block-pandoc_title_block"
)
OPTIONS = (
    "--to=html5",
    "--mathml",
    "--section-divs",
    "--syntax-highlighting=none",
    "--wrap=none",
    # a pipe table wider than this gets column widths from its dashes
    "--columns=10000",
)
# Pandoc takes 64 MiB at once by default, and to get them from the system costs more than to
# collect often in a tenth of that; no report needs the old generation collected at all.
MEMORY = ("+RTS", "-H1m", "-A4m", "-O32m", "-RTS")
LABELLED = re.compile(r"\{[^{}\n]*?#((fig|tbl)-[\w-]+)")


@cache
def pandoc() -> str:
    """Return the path of the pandoc that came with the locked packages."""
    import pypandoc

    # The package's own search starts `pandoc --version` and logs a traceback when interrupted.
    name = "pandoc.exe" if os.name == "nt" else "pandoc"
    return str(Path(pypandoc.__file__).parent / "files" / name)


def rendered(chunks: Sequence[str], labels: Labels) -> str:
    """Return the chunks of markdown as an HTML fragment, figures and tables numbered.

    A very long page is read by two pandocs side by side, parted before a section; numbers
    are given out over the whole page.
    """
    parts = halves(chunks)
    with ThreadPoolExecutor(len(parts)) as pool:
        html = "".join(pool.map(lambda part: _run("\n\n".join(part) + "\n"), parts))
    return referred(html, numbered("\n\n".join(chunks)), labels)


def numbered(markdown: str) -> dict[str, int]:
    """Return the number of each labelled figure and table, in reading order."""
    numbers: dict[str, int] = {}
    counts = {"fig": 0, "tbl": 0}
    for match in LABELLED.finditer(markdown):
        if match[1] not in numbers:
            counts[match[2]] += 1
            numbers[match[1]] = counts[match[2]]
    return numbers


def halves(chunks: Sequence[str], worthwhile: int = 80_000) -> list[Sequence[str]]:
    """Return the chunks in two parts of about one length, the second beginning a section.

    Only the longest pages are parted: two pandocs take half as much again of the processor.
    A page with footnotes stays whole, since they are counted across it.
    """
    ends = [0, *accumulate(len(chunk) for chunk in chunks)]
    places = [place for place, chunk in enumerate(chunks) if place and chunk.startswith("## ")]
    if ends[-1] < worthwhile or not places or any("[^" in chunk for chunk in chunks):
        return [chunks]
    middle = min(places, key=lambda place: abs(2 * ends[place] - ends[-1]))
    return [chunks[:middle], chunks[middle:]]


def _run(markdown: str) -> str:
    # To look for formulas takes pandoc an eighth of its time; without a dollar there is none.
    reader = READER if "$" in markdown else f"{READER}-tex_math_dollars"
    done = subprocess.run(
        [pandoc(), *MEMORY, f"--from={reader}", *OPTIONS],
        input=markdown,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout

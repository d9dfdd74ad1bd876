"""The renderer that is always there: pandoc, with our numbering."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from msoko.publish.labels import Labels

THEME = Path(__file__).with_name("theme")
OPTIONS = (
    "--from=markdown",
    "--to=html5",
    "--mathml",
    "--section-divs",
    "--syntax-highlighting=none",
    "--wrap=none",
    # a pipe table wider than this gets column widths from its dashes
    "--columns=10000",
    f"--lua-filter={THEME / 'crossref.lua'}",
)


@cache
def pandoc() -> str:
    """Return the path of the pandoc that came with the locked packages."""
    import pypandoc

    return pypandoc.get_pandoc_path()


def rendered(markdown: str, labels: Labels) -> str:
    """Return the markdown as an HTML fragment, figures and tables numbered."""
    words = {
        "fig-title": labels.figure_title,
        "fig-prefix": labels.figure_prefix,
        "tbl-title": labels.table_title,
        "tbl-prefix": labels.table_prefix,
        "title-delim": labels.title_delimiter,
    }
    metadata = [f"--metadata=msoko-{name}={word}" for name, word in words.items()]
    done = subprocess.run(
        [pandoc(), *OPTIONS, *metadata],
        input=markdown,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout

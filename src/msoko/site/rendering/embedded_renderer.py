"""The renderer that is always there: pandoc, with our numbering."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

from msoko.site.rendering.cross_references import number_labels, resolve_references
from msoko.site.rendering.renderer_labels import RendererLabels

# Reports hold no HTML; to look for it takes pandoc two thirds of its time.
READER = (
    "markdown-raw_html-native_divs-native_spans-markdown_in_html_blocks-raw_tex-latex_macros"
    "-raw_attribute-simple_tables-multiline_tables-grid_tables-yaml_metadata_block-pandoc_title_block"
)
# Pandoc takes 64 MiB at once by default, and to get them from the system costs more than to
# collect often in a tenth of that: a fifth of the processor's time of all pages (decision 0066).
HEAP = ("+RTS", "-H1m", "-A4m", "-O32m", "-RTS")
OPTIONS = (
    *HEAP,
    f"--from={READER}",
    "--to=html5",
    "--mathml",
    "--section-divs",
    "--syntax-highlighting=none",
    "--wrap=none",
    # a pipe table wider than this gets column widths from its dashes
    "--columns=10000",
)


@cache
def pandoc_path() -> str:
    """Return the path of the pandoc that came with the locked packages."""
    import pypandoc

    # The package's own search starts `pandoc --version` and logs a traceback when interrupted.
    name = "pandoc.exe" if os.name == "nt" else "pandoc"
    return str(Path(pypandoc.__file__).parent / "files" / name)


def render_markdown(markdown: str, labels: RendererLabels) -> str:
    """Return the markdown as an HTML fragment, figures and tables numbered."""
    done = subprocess.run(
        [pandoc_path(), *OPTIONS],
        input=markdown,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return resolve_references(done.stdout, number_labels(markdown), labels)

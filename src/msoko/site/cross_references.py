"""Numbers of figures and tables, and references to them, in the HTML that pandoc makes.

As in Quarto: a table or figure without a label has no number. A filter inside pandoc would take
it a fifth of its time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msoko.site.renderer_labels import Labels

NBSP = "\N{NO-BREAK SPACE}"
FIGURE = re.compile(r'(<figure\b[^>]* id="(fig-[^"]+)"[^>]*>.*?<figcaption)[^>]*>', re.DOTALL)
TABLE = re.compile(r'(<table\b[^>]* id="(tbl-[^"]+)"[^>]*>\n)(<caption>)?')
ALTERNATIVE = re.compile(r' data-fig-alt="([^"]*)"(?: alt="[^"]*")?')
CITED = re.compile(r'<span class="citation"\s+data-cites="([^"]*)">(.*?)</span>', re.DOTALL)
BETWEEN = re.compile("(?<!&amp)(?<!&lt)(?<!&gt)(?<!&quot);")
BEFORE = re.compile(r"([^@]*?)\s*(-?)@")


def referred(html: str, numbers: Mapping[str, int], labels: Labels) -> str:
    """Return the HTML with captions numbered, pictures described and @fig-…, @tbl-… resolved.

    What refers to no known figure or table is left to be seen: `?@fig-…`.
    """

    def figure(match: re.Match[str]) -> str:
        if match[2] not in numbers:
            return match[0]
        title = f"{labels.figure_title}{NBSP}{numbers[match[2]]}{labels.title_delimiter}"
        return f"{match[1]}>{title} "

    def table(match: re.Match[str]) -> str:
        if match[2] not in numbers:
            return match[0]
        title = f"{labels.table_title}{NBSP}{numbers[match[2]]}{labels.title_delimiter}"
        return match[1] + (f"<caption>{title} " if match[3] else f"<caption>{title}</caption>\n")

    def reference(match: re.Match[str]) -> str:
        ids = match[1].split()
        if not all(re.match("(?:[Ff]ig|[Tt]bl)-", one) for one in ids):
            return match[0]
        parts = BETWEEN.split(match[2].strip("[]"))
        written = parts if len(parts) == len(ids) else [""] * len(ids)
        return ", ".join(
            _link(one, part, numbers, labels) for one, part in zip(ids, written, strict=True)
        )

    described = ALTERNATIVE.sub(r' alt="\1"', html)
    return CITED.sub(reference, TABLE.sub(table, FIGURE.sub(figure, described)))


def _link(cited: str, written: str, numbers: Mapping[str, int], labels: Labels) -> str:
    """Return «рис. 1» as a link; a word of the writer's own, or none after `-`, takes its place."""
    name = cited[:1].lower() + cited[1:]
    if name not in numbers:
        return f"<strong>?@{name}</strong>"
    found = BEFORE.match(written)
    before, is_bare = (found[1].strip(), found[2]) if found else ("", "")
    word = labels.figure_prefix if name.startswith("fig") else labels.table_prefix
    if cited != name:
        word = word[:1].upper() + word[1:]
    said = before or ("" if is_bare else word)
    text = f"{said}{NBSP}{numbers[name]}" if said else str(numbers[name])
    return f'<a href="#{name}" class="quarto-xref">{text}</a>'

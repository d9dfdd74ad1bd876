"""Numbers of figures and tables, and references to them, in the HTML that pandoc makes.

As in Quarto: a table or figure without a label has no number. A filter inside pandoc would take
it a fifth of its time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msoko.site.rendering.renderer_labels import RendererLabels

NBSP = "\N{NO-BREAK SPACE}"
LABEL = re.compile(r"\{[^{}\n]*?#((fig|tbl)-[\w-]+)")
FIGURE = re.compile(r'(<figure\b[^>]* id="(fig-[^"]+)"[^>]*>.*?<figcaption)[^>]*>', re.DOTALL)
TABLE = re.compile(r'(<table\b[^>]* id="(tbl-[^"]+)"[^>]*>\n)(<caption>)?')
ALTERNATIVE = re.compile(r' data-fig-alt="([^"]*)"(?: alt="[^"]*")?')
CITED = re.compile(r'<span class="citation"\s+data-cites="([^"]*)">(.*?)</span>', re.DOTALL)
BETWEEN = re.compile("(?<!&amp)(?<!&lt)(?<!&gt)(?<!&quot);")
BEFORE = re.compile(r"([^@]*?)\s*(-?)@")


def number_labels(markdown: str) -> dict[str, int]:
    """Return the number of each labelled figure and table, in reading order."""
    numbers: dict[str, int] = {}
    counts = {"fig": 0, "tbl": 0}
    for match in LABEL.finditer(markdown):
        if match[1] not in numbers:
            counts[match[2]] += 1
            numbers[match[1]] = counts[match[2]]
    return numbers


def resolve_references(html: str, numbers: Mapping[str, int], labels: RendererLabels) -> str:
    """Return the HTML with captions numbered, pictures described and @fig-…, @tbl-… resolved.

    What refers to no known figure or table is left to be seen: `?@fig-…`.
    """

    def number_figure(match: re.Match[str]) -> str:
        if match[2] not in numbers:
            return match[0]
        title = f"{labels.figure_title}{NBSP}{numbers[match[2]]}{labels.title_delimiter}"
        return f"{match[1]}>{title} "

    def number_table(match: re.Match[str]) -> str:
        if match[2] not in numbers:
            return match[0]
        title = f"{labels.table_title}{NBSP}{numbers[match[2]]}{labels.title_delimiter}"
        return match[1] + (f"<caption>{title} " if match[3] else f"<caption>{title}</caption>\n")

    def link_citation(match: re.Match[str]) -> str:
        targets = match[1].split()
        if not all(re.match("(?:[Ff]ig|[Tt]bl)-", target) for target in targets):
            return match[0]
        parts = BETWEEN.split(match[2].strip("[]"))
        texts = parts if len(parts) == len(targets) else [""] * len(targets)
        return ", ".join(
            _link(target, text, numbers, labels)
            for target, text in zip(targets, texts, strict=True)
        )

    described = ALTERNATIVE.sub(r' alt="\1"', html)
    numbered = TABLE.sub(number_table, FIGURE.sub(number_figure, described))
    return CITED.sub(link_citation, numbered)


def _link(target: str, text: str, numbers: Mapping[str, int], labels: RendererLabels) -> str:
    """Return «рис. 1» as a link; a word of the writer's own, or none after `-`, takes its place."""
    name = target[:1].lower() + target[1:]
    if name not in numbers:
        return f"<strong>?@{name}</strong>"
    match = BEFORE.match(text)
    own_word, is_bare = (match[1].strip(), match[2]) if match else ("", "")
    prefix = labels.figure_prefix if name.startswith("fig") else labels.table_prefix
    if target != name:
        prefix = prefix[:1].upper() + prefix[1:]
    word = own_word or ("" if is_bare else prefix)
    shown = f"{word}{NBSP}{numbers[name]}" if word else str(numbers[name])
    return f'<a href="#{name}" class="quarto-xref">{shown}</a>'

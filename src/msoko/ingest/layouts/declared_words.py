"""Words of a declared table: the unknown named with the nearest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import get_args

from msoko.catalog.registry.form_declarations import Form, load_forms
from msoko.catalog.yaml.declaration_lines import nearest, suggestion
from msoko.ingest.layouts.contract import ReadingContext
from msoko.ingest.layouts.file_entry import Procedure

PROCEDURES = get_args(Procedure)
SURELY_MEANT = 0.8
"""A free word as near as this to a known one is a slip of it; any other is the user's own."""
SHORTEST = 5
"""Shorter free words are near to each other by chance."""
NAME = re.compile(r"\b[А-ЯЁ][а-яё-]+ [А-ЯЁ](?:[а-яё-]+|\.)")
"""A surname with a name or an initial: such words are never quoted."""


class DeclaredWords:
    """What the registries know of the words in one table's columns."""

    def __init__(self, table: str, context: ReadingContext) -> None:
        self.table = table
        self.context = context

    def constant_faults(self, constants: Mapping[str, str]) -> Iterator[str]:
        """Yield what is wrong with the words that year.yml gives for all rows."""
        for column, word in constants.items():
            yield from self.faults(column, [word], constants.get("form")).values()

    def faults(
        self, column: str, words: Iterable[str | None], form: str | None = None
    ) -> dict[str, str]:
        """Return what is wrong with the words of a column, by the word."""
        unknown = dict.fromkeys(word for word in words if isinstance(word, str))
        told = {word: self._fault(column, word, form) for word in unknown}
        return {word: fault for word, fault in told.items() if fault}

    def _fault(self, column: str, word: str, form: str | None) -> str:
        if column == "subject":
            known = {row["subject"]: row["name"] for row in self.context.subjects.rows}
            return _refusal("предмета", word, known, "registry/subjects.csv")
        if self.table == "monitoring" and column == "form":
            known = {one.code: one.short for one in self._monitoring}
            return _refusal("формы", word, known, "registry/forms.yml")
        if self.table == "monitoring" and column == "item":
            forms = [one for one in self._monitoring if form in (None, one.code)]
            known = {
                item.code: item.title for one in forms or self._monitoring for item in one.items
            }
            where = f"форме «{form}»" if forms and form else "registry/forms.yml"
            return _refusal("показателя", word, known, where)
        return _slip(column, word, self._free_words(column))

    def _free_words(self, column: str) -> tuple[str, ...]:
        """Return the words that a column usually has, where it may have others too."""
        if column == "procedure":
            return PROCEDURES
        if self.table not in ("surveys", "olympiad", "roadmap_returns"):
            return ()
        items = [form.by_code.get(column) for form in self._forms if form.table == self.table]
        return tuple(code for item in items if item for code in item.choices.values())

    @cached_property
    def _forms(self) -> list[Form]:
        return list(load_forms(self.context.home).values())

    @property
    def _monitoring(self) -> list[Form]:
        return [form for form in self._forms if form.table == "monitoring"]


def _refusal(what: str, word: str, known: Mapping[str, str], where: str) -> str:
    if word in known:
        return ""
    titles = {title: code for code, title in known.items()}
    return f"{what} {quoted(word)} нет в {where}. {suggestion(word, known, titles)}"


def _slip(column: str, word: str, known: Sequence[str]) -> str:
    near = nearest(word, known, SURELY_MEANT)
    if word in known or near is None or len(word) < SHORTEST:
        return ""
    return f"«{column}: {word}» похоже на опечатку. Возможно, имелось в виду «{near}»."


def quoted(word: str) -> str:
    """Return the word in quotation marks, or what it is instead where it may name a person."""
    return "(фамилия и имя)" if NAME.search(word) else f"«{word}»"

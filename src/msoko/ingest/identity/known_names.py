"""Surnames ever met in received files, kept outside the project as digests under its key.

The guard of the public edition asks whether a word is one of them. Nobody can read the list,
and without the key nobody can try a surname against it.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.whole_files import write_whole
from msoko.ingest.identity.pseudonyms import LENGTH, key_folder, project_secret
from msoko.ingest.sheets.raw_book import RawBook, RawSheet

HEADING = re.compile(r"\b(?:фио|ф\.\s?и\.\s?о|фамили\w+)\b")
SURNAME = re.compile(r"[А-ЯЁа-яё]{3,}(?:-[А-ЯЁа-яё]{2,})*")
ENDING = re.compile(
    r"(?:(?<=ск)|(?<=цк))(?:ий|ого|ому|им|ом|ая|ой|ую)$|(?:ым|ой|ою|ом|ем|ей|ых|[аяуюеыийьо])$"
)


def surname_stem(word: str) -> str:
    """Return what a surname keeps in all its cases and of both sexes."""
    small = word.lower().replace("ё", "е")
    return ENDING.sub("", small) if len(small) > 3 else small


def surnames_of(books: Iterable[RawBook]) -> set[str]:
    """Return the stems of what stands under headings of surnames and full names."""
    cells = {cell for book in books for sheet in book.sheets for cell in _named_cells(sheet)}
    found = (SURNAME.match(cell.strip()) for cell in cells)
    return {surname_stem(one[0]) for one in found if one}


def _named_cells(sheet: RawSheet) -> Iterator[str]:
    for number, labels in enumerate(sheet.head):
        for label, column in labels.items():
            if HEADING.search(label):
                for row in sheet.cells[number + 1 :]:
                    if column < len(row) and isinstance(row[column], str):
                        yield row[column]


@dataclass
class KnownNames:
    """Tells whether a word is a surname of the data; it holds digests alone."""

    secret: bytes
    digests: frozenset[str] = frozenset()
    _asked: dict[str, bool] = field(default_factory=dict, repr=False)

    def __call__(self, word: str) -> bool:
        """Return whether a part of the word is a surname that was met."""
        if not self.digests:
            return False
        if word not in self._asked:
            parts = {word, *word.split("-")}
            self._asked[word] = any(
                digest_of(self.secret, surname_stem(one)) in self.digests for one in parts
            )
        return self._asked[word]


def digest_of(secret: bytes, stem: str) -> str:
    """Return what is kept of a surname."""
    return hmac.digest(secret, f"surname\x1f{stem}".encode(), hashlib.sha256).hex()[:LENGTH]


def keep_surnames(year: SchoolYear, books: Iterable[RawBook], secret: bytes) -> None:
    """Write the digests of a year's surnames in place of those kept of it before.

    A folder that cannot be written is no reason to refuse data: the guard knows names by form.
    """
    digests = sorted(digest_of(secret, stem) for stem in surnames_of(books))
    path = _folder(secret) / f"{year}.txt"
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, "".join(f"{one}\n" for one in digests))


def known_names(project: Project, persons: Iterable[str] = ()) -> KnownNames:
    """Return the surnames of all years, and those of the persons that declarations list."""
    secret = project_secret(project)
    folder = _folder(secret)
    kept = [path.read_text("ascii") for path in sorted(folder.glob("*.txt"))]
    listed = [SURNAME.match(name.strip()) for name in persons]
    own = {digest_of(secret, surname_stem(one[0])) for one in listed if one}
    return KnownNames(secret, frozenset(own.union(*(text.split() for text in kept))))


def _folder(secret: bytes) -> Path:
    """Return the folder of one key: what another key made can be asked by nobody."""
    return key_folder().parent / "names" / digest_of(secret, "")

"""What a text file is in truth where its name says that it is a table."""

from __future__ import annotations

import re

WIDE = re.compile(r"(?i)utf[-_ ]?(16|32)")
DISGUISES = (
    (
        re.compile(rb"<[a-z!?]|mime-version:|content-type: *(text|multipart)/"),
        "веб-страница или XML",
    ),
    (re.compile(rb"id;p|table\r?\n0,1"), "запись старого вида (SYLK или DIF)"),
)
"""How they begin: a web page, XML, a page with its pictures in one file; old exchange formats."""


def declared_wide(encoding: str) -> str:
    """Return the declared encoding if it is one of two or four bytes a letter, else nothing."""
    return encoding if WIDE.match(encoding) else ""


def beginning(content: bytes, wide: str | None) -> bytes:
    """Return the first letters of a file, small ones, as one byte each where they are ASCII."""
    if wide:
        try:
            content = content[:4096].decode(wide, "ignore").encode("utf-8", "ignore")
        except (LookupError, UnicodeError):
            return b""
    return content[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").lower()


def disguise_of(head: bytes) -> str:
    """Return what a file that begins so is, in Russian; nothing where it may be a table."""
    return next((said for pattern, said in DISGUISES if pattern.match(head)), "")

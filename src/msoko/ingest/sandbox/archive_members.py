"""What an archive's members are called, and whether a workbook asks other data for its values."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

UTF8_NAME = 0x800
RUSSIAN_NAME = re.compile("[ -~А-Яа-яЁё№«»–—]+")
CONNECTIONS = "xl/connections.xml"


def named_members(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield each member's name as its writer meant it, and as `zipfile` knows it, in order.

    Folders and what systems leave behind are passed over.
    """
    for name, known in sorted((member_name(one), one.filename) for one in archive.infolist()):
        if not known.endswith("/") and not _is_litter(name):
            yield name, known


def _is_litter(member: str) -> bool:
    path = PurePosixPath(member)
    return "__MACOSX" in path.parts or path.name.startswith((".", "~$"))


def member_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of an archive's member as its writer meant it.

    Without the mark of UTF-8 the bytes may be UTF-8 all the same, or those of DOS (cp866), as
    Windows writes them, or of Windows itself; `zipfile` takes them for cp437.
    """
    if entry.flag_bits & UTF8_NAME or entry.filename.isascii():
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "cp866", "cp1251"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if RUSSIAN_NAME.fullmatch(name):
            return name
    return entry.filename


def has_connections(archive: zipfile.ZipFile) -> bool:
    """Return whether the workbook can ask other data for new values; what it holds is read."""
    return CONNECTIONS in map(str.lower, archive.namelist())

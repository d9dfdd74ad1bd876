"""Office files with the same bytes every time, and text that no program takes for a formula."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from io import BytesIO

EPOCH = dt.datetime(2000, 1, 1)
"""The time written into files: their own would differ between two equal runs."""

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
"""Characters that an office file cannot hold at all."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def printable(text: str) -> str:
    """Return the text without the characters that would break an office file."""
    return UNPRINTABLE.sub("", text)


def neutral(text: str) -> str:
    """Return the text so that a spreadsheet shows it and never computes it.

    An apostrophe is put before a dangerous first character, also after blanks. It
    stays visible, for a mark in the cell's style would not survive a save as CSV.
    """
    text = printable(text)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA_STARTS) else text


STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def remove_times(content: bytes) -> bytes:
    """Return the office file without the times of its members and of its saving."""
    kept = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as source,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            part = source.read(member)
            if member.filename == "docProps/core.xml":
                part = STAMP.sub(rb"\g<1>" + EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), part)
            timeless = zipfile.ZipInfo(member.filename, EPOCH.timetuple()[:6])
            target.writestr(timeless, part, zipfile.ZIP_DEFLATED)
    return kept.getvalue()

"""The text in a file that people saved: which encoding it is in, when nobody says.

Excel alone writes UTF-8 with and without its mark, UTF-16, Windows-1251, the encoding of
MS-DOS and that of the Mac. What is not surely one of them is not guessed.
"""

from __future__ import annotations

import re
from pathlib import Path

from msoko.core.errors import UsageError

SAMPLE = 1 << 18
"""Bytes by which an encoding is judged."""
RUSSIAN = ("cp1251", "cp866", "mac-cyrillic", "koi8-r")
"""Encodings of one byte a letter; of equally likely ones the first."""
SIGNS = "«»№–—…“”„‘’°±§·•©®™‰−×²³"
LIKELY, BARELY_LIKELY = 0.7, 0.6
MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
ANY_SIGN = re.compile(r"[^\x00-\x7f]")
RUSSIAN_SIGN = re.compile(f"[А-Яа-яЁё{SIGNS}]")
ODD_PAIR = re.compile("[а-яё](?=[А-ЯЁ])|[А-Яа-яЁё](?=[A-Za-z])|[A-Za-z](?=[А-Яа-яЁё])")
"""Signs side by side as letters of another encoding come out: «аБ», «tй»."""
LATIN_SIGN = re.compile(f"(?<=[A-Za-z])[À-ÿŒœ]|[À-ÿŒœ](?=[A-Za-z])|[\xa0{SIGNS}]")
ODD_IN_WIDE = re.compile("[^\t\r\n\x20-\x7e\xa0-\xbf\u0400-\u04ff\u2000-\u22ff\ufeff]")


def read_written_text(path: Path, shown: str) -> str:
    """Return the text of a file that people write, without a byte-order mark.

    Raises `UsageError` where it is no text or its encoding cannot be told; `FileNotFoundError`
    is the caller's to put in words.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"{shown}: это не файл (папка, канал или устройство). Уберите его.")
    text = decode_text(path.read_bytes())
    if text is None or "\x00" in text:
        raise UsageError(
            f"{shown}: это не текст или его кодировка не распознана. Сохраните файл в UTF-8 "
            "(в Excel – «CSV UTF-8», в Блокноте – «Сохранить как», кодировка UTF-8)."
        )
    return text


def decode_text(content: bytes) -> str | None:
    """Return the text in the bytes, `None` where its encoding cannot be told."""
    wide = wide_encoding(content)
    if wide:
        return _decoded(content, wide)
    text = _decoded(content, "utf-8-sig")
    if text is not None:
        return text
    encoding = None if _is_damaged_utf8(content[:SAMPLE]) else _likeliest(content[:SAMPLE])
    return _decoded(content, encoding) if encoding else None


def wide_encoding(content: bytes) -> str | None:
    """Return UTF-16 or UTF-32 if the text is in it, by its mark or by where its zeros stand."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding
    head = content[:4096]
    zeros = head[::2].count(0), head[1::2].count(0)
    if len(content) % 2 or bool(zeros[0]) == bool(zeros[1]):
        return None
    encoding = "utf-16-be" if zeros[0] else "utf-16-le"
    text = _decoded(head, encoding)
    return encoding if text and not ODD_IN_WIDE.search(text) else None


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeError:
        return None


def _is_damaged_utf8(sample: bytes) -> bool:
    """Return whether the bytes are UTF-8 but for a few, as where a file was cut."""
    text = sample.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    return len(ANY_SIGN.findall(text)) > 4 * lost


def _likeliest(sample: bytes) -> str | None:
    """Return the encoding in which the text looks written, if there is one."""
    found: dict[str, float] = {}
    for encoding in RUSSIAN:
        text = _decoded(sample, encoding)
        if text is not None:
            found[encoding] = _russian_share(text, encoding)
    latin = _decoded(sample, "cp1252")
    if latin is not None:
        found["cp1252"] = len(LATIN_SIGN.findall(latin)) / len(ANY_SIGN.findall(latin))
    best = max(found, key=lambda encoding: found[encoding])
    return best if found[best] >= (BARELY_LIKELY if best == "cp1251" else LIKELY) else None


def _russian_share(text: str, encoding: str) -> float:
    """Return how much of what is not ASCII is Russian, less what stands oddly together."""
    good = len(RUSSIAN_SIGN.findall(text)) - len(ODD_PAIR.findall(text))
    if encoding == "cp1251":
        good += text.count("\xa0")
    return good / len(ANY_SIGN.findall(text))

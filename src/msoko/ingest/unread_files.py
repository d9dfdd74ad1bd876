"""What lies in a year's folder and is never opened: links, channels, devices, unreadable names."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from msoko.core.project import legible_name
from msoko.ingest.ingest_findings import Finding

RUSSIAN_NAME = re.compile("[ -~А-Яа-яЁё№«»–]+")
COPY = "Положите в папку сам файл, а не ссылку на него."
REMOVE = "Уберите его из папки; данные положите обычным файлом .xlsx или .csv."
RENAME = "Переименуйте файл (например, латинскими буквами) и повторите."


def unread_finding(path: Path, name: str) -> Finding | None:
    """Return why a thing in the folder is not to be opened, `None` where it may be.

    `name`: how messages call it.
    """
    if name != legible_name(name):
        guess = _guessed_name(os.fsencode(path.name))
        like = f" (похоже на «{guess}»)" if guess else ""
        message = f"имя файла записано не в кодировке UTF-8{like}; файл не открыт."
        return Finding("file_name", "blocking", message, RENAME, file=legible_name(name))
    if path.is_symlink():
        what = _what_is_linked(path)
        message = f"это ссылка{what}, а не файл; ссылки не открываются."
        return Finding("not_a_file", "blocking", message, COPY, file=name)
    for holds, what in KINDS:
        if holds(path):
            message = f"это {what}, а не файл; не открывалось."
            return Finding("not_a_file", "blocking", message, REMOVE, file=name)
    return None


KINDS: tuple[tuple[Callable[[Path], bool], str], ...] = (
    (Path.is_fifo, "именованный канал (FIFO)"),
    (Path.is_socket, "сокет"),
    (Path.is_block_device, "устройство"),
    (Path.is_char_device, "устройство"),
)


def _guessed_name(name: bytes) -> str:
    """Return a name as MS-DOS or Windows wrote it, where that gives a Russian one."""
    decoded = [name.decode(encoding, "replace") for encoding in ("cp866", "cp1251")]
    return next((one for one in decoded if RUSSIAN_NAME.fullmatch(one)), "")


def _what_is_linked(path: Path) -> str:
    try:
        if path.is_dir():
            return " на папку"
        if not path.exists():
            return ", которая никуда не ведёт"
        return next((f" на {what}" for holds, what in KINDS if holds(path)), " на другой файл")
    except OSError:
        return ", которая никуда не ведёт"

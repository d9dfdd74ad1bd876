"""The sandboxed reader, fed through its standard input.

Run as `python -m msoko.ingest.sandbox.reader_child`.

Requests and answers are pickles with an 8-byte length before them. The process
limits its own memory where the system allows it, so a hostile file ends this
process, not the session.
"""

from __future__ import annotations

import contextlib
import pickle
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

from msoko.ingest.sandbox import file_guard
from msoko.ingest.sandbox.grids import entries

MEMORY = 700 * file_guard.MIB
MAX_ANSWER = 192 * file_guard.MIB
TOO_LARGE = (
    "too_large",
    "содержимое не помещается в отведённую память.",
    "Разделите данные на несколько файлов или запросите файл заново.",
)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(path: str, name: str, options: dict[str, str]) -> list[dict[str, Any]]:
    """Return the entries of the file at `path`, refused ones included."""
    try:
        if Path(path).stat().st_size > file_guard.MAX_FILE:
            return [{"file": name, "sha256": "", "refusal": TOO_LARGE}]
        return list(entries(name, Path(path).read_bytes(), options))
    except (MemoryError, RecursionError):
        return [{"file": name, "sha256": "", "refusal": TOO_LARGE}]


def _receive(stream: BinaryIO) -> Any:
    head = stream.read(8)
    if len(head) < 8:
        return None
    return pickle.loads(stream.read(struct.unpack(">Q", head)[0]))


def _packed(name: str, found: list[dict[str, Any]]) -> bytes:
    try:
        data = pickle.dumps(found, protocol=5)
    except MemoryError:
        data = b""
    if data and len(data) <= MAX_ANSWER:
        return data
    return pickle.dumps([{"file": name, "sha256": "", "refusal": TOO_LARGE}], protocol=5)


def main() -> None:
    """Serve requests until the input ends."""
    _limit_memory()
    inward, outward = sys.stdin.buffer, sys.stdout.buffer
    while (request := _receive(inward)) is not None:
        path, name, options = request
        data = _packed(name, answer(path, name, options))
        outward.write(struct.pack(">Q", len(data)))
        outward.write(data)
        outward.flush()


if __name__ == "__main__":
    main()

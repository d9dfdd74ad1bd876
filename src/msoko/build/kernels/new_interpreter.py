"""A call answered by a new interpreter, while the fork server still imports.

Run as `python -m msoko.build.kernels.new_interpreter`: one request comes through standard
input, as a pickle, and its answer goes out the same way.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from msoko.build.kernels.child_processes import answer_of


def main() -> None:
    """Answer the one request; end, with all that was started, when nobody waits for it."""
    inward, outward = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), 1)  # what a call prints is no answer
    path, function, arguments = pickle.load(inward)
    sys.path[:] = path
    threading.Thread(target=_end_with, args=(inward,), daemon=True).start()
    outward.write(answer_of(function, arguments))
    outward.close()


def _end_with(stream: BinaryIO) -> None:
    stream.read()  # until the one who asked is gone
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()

"""A forked process that calls one function, tells what came of it, and is gone."""

from __future__ import annotations

import base64
import importlib
import os
import pickle
import signal
import socket
import threading
from traceback import format_exc
from typing import Any


def answer_call(request: dict[str, Any]) -> None:
    """Call the function that the request names, and send what came of it to who asked."""
    module, name = request["call"].split(":")
    threading.Thread(target=_end_with, args=(request["answer"],), daemon=True).start()
    try:
        function = getattr(importlib.import_module(module), name)
        told = (True, function(*pickle.loads(base64.b64decode(request["arguments"]))))
    except Exception as error:  # raised again where the call was made
        error.add_note(format_exc())
        told = (False, error)
    with request["answer"].makefile("wb") as stream:
        stream.write(_pickled(*told))


def _end_with(requester: socket.socket) -> None:
    """End this process and what it started once nobody waits for its answer.

    The server sees that too, but not while it imports; what goes on writing then would
    meet the next build.
    """
    requester.recv(1)  # a requester says nothing more: this is its end
    os.killpg(0, signal.SIGKILL)


def _pickled(is_done: bool, value: Any) -> bytes:
    """Return the answer in bytes; an exception that cannot travel goes as its own words."""
    try:
        answer = pickle.dumps((is_done, value))
        pickle.loads(answer)
    except Exception as error:  # many exceptions can be written and not read
        told = RuntimeError(f"{type(value).__name__}: {value}")
        told.__notes__ = getattr(value, "__notes__", [str(error)])
        return pickle.dumps((False, told))
    return answer

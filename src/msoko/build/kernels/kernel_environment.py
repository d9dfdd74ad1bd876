"""What the processes of a build find in their environment, so that all compute the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Libraries of numbers share no sum out among threads: its last digits would depend on it."""

REPEATABLE = {"PYTHONHASHSEED": "0"} | ONE_THREAD
"""The order of a set does not change from run to run either."""

KERNEL_SETTINGS = REPEATABLE | {
    "SOURCE_DATE_EPOCH": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
"""Set for every kernel: figures in the notebook, and no time of day in them."""

SECRET_MARKS = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "API_KEY", "PRIVATE_KEY")


def kernel_environment(**settings: str) -> dict[str, str]:
    """Return this process's environment as kernels get it: fixed seeds, and no passwords."""
    kept = {name: value for name, value in os.environ.items() if not _is_secret(name)}
    return kept | KERNEL_SETTINGS | settings


@contextmanager
def without_passwords() -> Iterator[None]:
    """Hide passwords from a process started meanwhile: what it starts with stays readable in it."""
    hidden = {name: os.environ.pop(name) for name in [*os.environ] if _is_secret(name)}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _is_secret(name: str) -> bool:
    return any(mark in name.upper() for mark in SECRET_MARKS)

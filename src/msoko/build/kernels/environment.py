"""What every process of a build finds in its environment, so that all compute the same."""

from __future__ import annotations

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Libraries of numbers share no sum out among threads: its last digits would depend on it."""

REPEATABLE = {"PYTHONHASHSEED": "0"} | ONE_THREAD
"""The order of a set does not change from run to run either."""

"""The other side of `measure.in_child`: run one function, print its answer and the peak memory."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


def peak_mebibytes() -> float:
    """Return the most memory this process has held.

    `ru_maxrss` is inherited from the parent through fork, so Linux's own mark comes first.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main(name: str, arguments: str) -> None:
    """Run `module:function` of this package."""
    module, function = name.split(":")
    found = getattr(importlib.import_module(f"benchmarks.{module}"), function)(
        *json.loads(arguments)
    )
    print(json.dumps({**found, "peak": peak_mebibytes()}))


if __name__ == "__main__":
    main(*sys.argv[1:])

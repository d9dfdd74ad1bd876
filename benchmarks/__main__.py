"""Run benchmarks, and print one table: `python -m benchmarks indicators --rows 1e6`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import Line

NAMES = ("build", "indicators", "validation", "ingest", "objectivity")
APART = ("kills",)
"""What is run only where it is named: a proof, and no measure of speed."""
HEADS = ("work", "size", "median, s", "ratio", "against", "peak, MiB", "to reach")


def main(words: Sequence[str] | None = None) -> None:
    """Run what is named, by default all that measures speed, in a temporary folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*NAMES, *APART)))
    parser.add_argument("--rows", type=float, nargs="+", help="rows of pupils or of a file")
    parser.add_argument("--schools", type=int, nargs="+", help="schools judged for objectivity")
    parser.add_argument("--small", action="store_true", help="build a demo of two years only")
    parser.add_argument("--kills", type=int, default=50, help="builds killed at random moments")
    parser.add_argument("--seed", type=int, default=1, help="the seed of those moments")
    parser.add_argument("--repeat", type=int, default=3, help="runs whose median is taken")
    parser.add_argument("--with-pandas", action="store_true", help="pandas even above 10 M rows")
    chosen = parser.parse_args(words)
    unknown = sorted(set(chosen.names) - {*NAMES, *APART})
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join((*NAMES, *APART))}")
    lines: list[Line] = []
    for name in chosen.names or NAMES:
        print(f"{name} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="msoko-bench-") as folder:
            lines += importlib.import_module(f"benchmarks.{name}").run(Path(folder), chosen)
    print(table(lines))
    if hasattr(os, "getloadavg"):
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"\n{os.cpu_count()} cores; load average at the end {load}")


def table(lines: Sequence[Line]) -> str:
    """Return the lines as text in columns, numbers to the right."""
    rows = [HEADS, *(_cells(line) for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    is_text = (True, False, False, False, True, False, True)
    return "\n".join(
        "  ".join(
            cell.ljust(width) if text else cell.rjust(width)
            for cell, width, text in zip(row, widths, is_text, strict=True)
        ).rstrip()
        for row in rows
    )


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.work,
        line.size,
        f"{line.seconds:.2f}",
        "" if line.ratio is None else f"{line.ratio:.2f}",
        line.against,
        "" if line.memory is None else f"{line.memory:.0f}",
        line.limit,
    )


if __name__ == "__main__":
    main()

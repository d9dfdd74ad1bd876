"""A small demo municipality built through the real command line, and readers of what it left."""

from __future__ import annotations

import base64
import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

YEAR = "2024-25"
SCHOOLS, PRESCHOOLS, YEARS = 5, 2, 2
PICTURE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code and what it said."""

    code: int
    out: str
    err: str


def msoko(*words: str | Path, environment: Mapping[str, str] | None = None) -> Done:
    """Run the real command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "msoko", *map(str, words)],
        capture_output=True,
        env={**os.environ, **(environment or {})},
        encoding="utf-8",
    )
    return Done(done.returncode, done.stdout, done.stderr)


def make_demo(root: Path) -> None:
    """Write the raw files of the small municipality."""
    counts = ("--schools", SCHOOLS, "--preschools", PRESCHOOLS, "--years", YEARS)
    done = msoko("demo", "--project", root, *map(str, counts))
    assert done.code == 0, done.err


def texts(file: Path) -> Iterator[str]:
    """Yield all that a file says: pages with their pictures opened, every text of a table."""
    if file.suffix == ".parquet":
        frame = pd.read_parquet(file)
        for name in frame.columns:
            if frame[name].dtype.kind not in "ifbM":
                yield "\n".join(str(value) for value in frame[name].dropna().unique())
        yield file.read_bytes().decode("utf-8", "ignore")  # names of columns and statistics
        return
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for member in archive.namelist():
                yield archive.read(member).decode("utf-8", "ignore")
        return
    text = file.read_bytes().decode("utf-8", "ignore")
    yield PICTURE.sub("", text)
    for picture in PICTURE.findall(text):
        yield base64.b64decode(picture).decode("utf-8")


def people(raw: Path) -> tuple[set[str], set[str]]:
    """Return the surnames and the document numbers that stand in the regional centre's files."""
    surnames: set[str] = set()
    documents: set[str] = set()
    for file in sorted(raw.rglob("*.csv")):
        content = file.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1251")
        place: dict[str, int] = {}
        for row in csv.reader(io.StringIO(text), delimiter=";"):
            if "Фамилия" in row:
                place = {name: row.index(name) for name in ("Фамилия", "Номер") if name in row}
            elif place and row and row[0].strip().isdigit() and len(row) > max(place.values()):
                surnames.add(row[place["Фамилия"]])
                documents.add(row[place["Номер"]] if "Номер" in place else "")
    return surnames - {""}, documents - {""}


def school_names(root: Path) -> set[str]:
    """Return the names of schools and preschools, whole and as short as people say them."""
    schools = pd.read_parquet(root / "data/processed" / YEAR / "schools.parquet")
    return {str(name) for name in schools["name"]}

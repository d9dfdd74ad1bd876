"""The open data behind the validation notebooks, refused when they are not what was frozen."""

from __future__ import annotations

import hashlib
import io
import json
from functools import cache
from pathlib import Path

import pandas as pd

from msoko.core.errors import DataRefused
from msoko.core.project import HOME
from msoko.core.russian import decimal, listed
from msoko.report.block import Block, Sheet, block, cell

FOLDER = Path(__file__).with_name("data")
POLAND = HOME / "examples" / "poland_e8"


@cache
def frozen(name: str, folder: Path = FOLDER) -> pd.DataFrame:
    """Return a frozen data set; raises DataRefused when its digest is another."""
    entry = _sources(folder)[name]
    content = (folder / entry["file"]).read_bytes()
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise DataRefused(
            f"{entry['file']}: содержимое файла не совпадает с записанным в SOURCE.json. "
            "Верните файл из истории проекта или заморозьте данные заново командой "
            "python research/validation/data/freeze.py."
        )
    return pd.read_csv(io.BytesIO(content))


@cache
def polish_schools() -> pd.DataFrame:
    """Return the Polish tables of 2021–2024 under one another, with the column `year`."""
    files = sorted((POLAND / "data" / "raw").glob("*/e8-schools-*.csv"))
    frames = [
        pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig").assign(
            year=int(path.stem.rsplit("-", 1)[1])
        )
        for path in files
    ]
    return pd.concat(frames, ignore_index=True)


def origin(*names: str) -> Block:
    """Return where the data come from and how to tell that they are the same."""
    entries = [_sources(FOLDER)[name] for name in names]
    rows = [
        (cell(one["file"]), cell(one["source"]), decimal(one["rows"], 0), f"`{one['sha256'][:16]}`")
        for one in entries
    ]
    head = ("Файл", "Источник", "Строк", "SHA-256 (начало)")
    caption = f"Данные и их происхождение: {listed([one['file'] for one in entries])}"
    return block(Sheet(head, rows, caption, align="llrl"))


def polish_origin() -> Block:
    """Return the same for the Polish tables."""
    files = sorted((POLAND / "data" / "raw").glob("*/e8-schools-*.csv"))
    rows = [
        (cell(path.name), f"`{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}`")
        for path in files
    ]
    text = (
        "Источник: Centralna Komisja Egzaminacyjna, открытая карта результатов; таблицы взяты из "
        "собрания tlempart/cs50p (лицензия MIT)."
    )
    sheet = Sheet(("Файл", "SHA-256 (начало)"), rows, "Данные и их происхождение: E8", align="ll")
    return block(text, sheet)


def _sources(folder: Path) -> dict[str, dict]:
    return json.loads((folder / "SOURCE.json").read_text(encoding="utf-8"))

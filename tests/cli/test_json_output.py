"""What commands print for programs is UTF-8, whatever the console can show."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NAME = "Выгрузка → Ё.csv"
"""Letters that ASCII lacks, and an arrow that neither cp866 nor cp1251 has."""


@pytest.mark.parametrize("encoding", ["ascii", "cp866", "cp1251", "utf-8"])
def test_json_is_utf_8_on_any_console(encoding: str, tmp_path: Path):
    (tmp_path / NAME).write_text("Школа;Балл\nПервая;3\nВторая;4\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "msoko", "describe", "--json", NAME],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=True,
    )
    (told,) = json.loads(done.stdout.decode("utf-8"))["files"]
    assert told["file"] == NAME
    assert [column["title"] for column in told["sheets"][0]["columns"]] == ["Школа", "Балл"]

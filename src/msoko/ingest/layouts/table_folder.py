"""The documented table form of `msoko objectivity`: a folder of Parquet or CSV files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from msoko.core.errors import DataRefused, UsageError
from msoko.core.written_text import decode_text

NAMES = ("results", "task_scores", "scales", "schools")
NEEDED = {
    "results": ("school_id", "pupil_id", "school_year", "procedure", "subject", "primary_score")
}
TEXTS = (
    "school_id", "class_id", "pupil_id", "school_year", "procedure", "subject", "task", "cuts",
    "school_type", "is_absent",
)  # fmt: skip
NUMBERS = {
    "results": ("grade", "primary_score", "mark", "journal_mark"),
    "task_scores": ("score", "max_score"),
    "scales": ("grade", "max_score"),
    "schools": (),
}
WHOLE = ("school_id", "pupil_id", "class_id", "task")
MISSING = ("", "NA", "NaN", "nan", "null", "NULL", "None", "none", "<NA>")
FORM = "Как устроены таблицы, сказано в «msoko objectivity --help»."


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables found in the folder by name; `results` is always among them.

    Ids are text, so `01` stays `01`; scores and marks are numbers, with a comma or a point.
    Extra columns and other files are ignored. Raises UsageError when there is no such folder and
    DataRefused, with file and row, when a table cannot be read as documented.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: нет такой папки. Укажите папку с таблицей results.")
    tables = {}
    for name in NAMES:
        path = _only_file(folder, name)
        if path is not None:
            tables[name] = _typed(name, path, _read(path))
    if "results" not in tables:
        raise DataRefused(
            f"{folder}: нет файла results.parquet или results.csv, а без результатов оценивать "
            f"нечего. {FORM}"
        )
    return tables


def require_year(results: pd.DataFrame, school_year: str | None, procedure: str) -> None:
    """Refuse a year or a procedure that has no scores in the results, naming those that have."""
    scored = results[results["primary_score"].notna()]
    procedures = sorted(scored["procedure"].dropna().unique())
    if procedure not in procedures:
        raise DataRefused(
            f"results: нет баллов процедуры «{procedure}». Есть: {', '.join(procedures) or 'нет'}. "
            "Выберите другую в --procedure."
        )
    years = sorted(scored.loc[scored["procedure"] == procedure, "school_year"].dropna().unique())
    if school_year is not None and school_year not in years:
        raise DataRefused(
            f"results: нет баллов процедуры «{procedure}» за {school_year} учебный год. "
            f"Есть: {', '.join(years)}. Выберите другой год в --year."
        )


def _only_file(folder: Path, name: str) -> Path | None:
    found = [folder / f"{name}{suffix}" for suffix in (".parquet", ".csv")]
    found = [path for path in found if path.is_file()]
    if len(found) > 1:
        raise DataRefused(
            f"{folder}: есть и {name}.parquet, и {name}.csv. Оставьте один, чтобы было ясно, "
            "который верен."
        )
    return found[0] if found else None


def _read(path: Path) -> pd.DataFrame:
    return _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow

    try:
        return pd.read_parquet(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise DataRefused(
            f"{path}: файл не читается как Parquet. Сохраните таблицу заново."
        ) from error


def _read_csv(path: Path) -> pd.DataFrame:
    text = decode_text(path.read_bytes())
    if text is None:
        raise DataRefused(f"{path}: кодировка не распознана. Сохраните файл в UTF-8.")
    return _parsed(path, text)


def _parsed(path: Path, text: str) -> pd.DataFrame:
    import io

    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    refused = DataRefused(
        f"{path}: таблица не читается. В первой строке должны стоять названия столбцов, "
        "в остальных – столько же значений."
    )
    try:
        table = pd.read_csv(
            io.StringIO(text), sep=delimiter, dtype=str, keep_default_na=False, na_values=MISSING
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise refused from error
    if not isinstance(table.index, pd.RangeIndex):  # pandas took surplus values for an index
        raise refused
    return table


def _typed(name: str, path: Path, table: pd.DataFrame) -> pd.DataFrame:
    table = table.rename(columns=lambda column: str(column).strip())
    missing = [column for column in NEEDED.get(name, ()) if column not in table.columns]
    if missing:
        raise DataRefused(
            f"{path}: нет столбцов {', '.join(missing)}. Есть: "
            f"{', '.join(map(str, table.columns)) or 'ничего'}. {FORM}"
        )
    if table.empty and name == "results":
        raise DataRefused(f"{path}: в таблице нет ни одной строки.")
    columns = {column: _column(name, path, table, column) for column in table.columns}
    typed = pd.DataFrame(columns, index=table.index)
    if name == "results":
        _require_ids(path, typed)
    if name == "scales" and "cuts" in typed.columns:
        _require_cuts(path, typed)
    return typed


def _column(name: str, path: Path, table: pd.DataFrame, column: str) -> pd.Series:
    values = table[column]
    if column in TEXTS:
        return _texts(values, column)
    if column in NUMBERS[name]:
        return _numbers(path, values, column)
    if name == "schools":
        numbers = _parse(values)
        return numbers if numbers.notna().sum() == values.notna().sum() else values
    return values


def _texts(values: pd.Series, column: str) -> pd.Series:
    """Return text; a whole float, which a gap makes of an id, is written without its point."""
    text = values.astype("string").str.strip()
    if column in WHOLE and pd.api.types.is_float_dtype(values):
        text = text.str.removesuffix(".0")
    return text.mask(text == "", pd.NA).astype(object).where(text.notna(), None)


def _parse(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return values.astype("float64")
    text = values.astype("string").str.replace(r"\s", "", regex=True)  # also between thousands
    text = text.str.replace(",", ".", regex=False)
    return pd.to_numeric(text, errors="coerce").astype("float64")


def _numbers(path: Path, values: pd.Series, column: str) -> pd.Series:
    numbers = _parse(values)
    is_blank = values.isna() | (values.astype("string").str.strip() == "").fillna(True)
    is_wrong = (numbers.isna() & ~is_blank) | (numbers < 0) | (numbers == float("inf"))
    if is_wrong.any():
        place = int(is_wrong.to_numpy().argmax())
        raise DataRefused(
            f"{path}, строка {place + 2}: в столбце {column} стоит «{values.iloc[place]}», а нужно "
            f"неотрицательное число или пусто. Таких строк: {int(is_wrong.sum())}. Исправьте их."
        )
    return numbers


def _require_ids(path: Path, table: pd.DataFrame) -> None:
    for column in ("school_id", "pupil_id", "school_year", "procedure", "subject"):
        is_blank = table[column].isna()
        if is_blank.any():
            place = int(is_blank.to_numpy().argmax())
            raise DataRefused(
                f"{path}, строка {place + 2}: пуст столбец {column}. Таких строк: "
                f"{int(is_blank.sum())}. Без него результат ни к кому не отнести."
            )


def _require_cuts(path: Path, table: pd.DataFrame) -> None:
    for place, text in enumerate(table["cuts"]):
        if text is None:
            continue
        try:
            cuts = [float(part.replace(",", ".")) for part in text.split(";") if part.strip()]
        except ValueError:
            cuts = []
        if not cuts or any(low >= high for low, high in zip(cuts, cuts[1:], strict=False)):
            raise DataRefused(
                f"{path}, строка {place + 2}: в столбце cuts стоит «{text}», а нужны возрастающие "
                "наименьшие баллы отметок 3, 4 и 5 через точку с запятой, например 6;10;15."
            )

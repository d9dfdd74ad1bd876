"""The results as the assessment takes them: a row for each pupil and paper, texts as codes.

A region's rows are sorted, grouped and linked many times; as texts each time costs what the
statistics themselves do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype

from msoko.stats.objectivity.assessment_inputs import number_column

TEXTS = ("school_id", "pupil_id", "school_year", "procedure", "subject")
NUMBERS = ("primary_score", "mark", "journal_mark")

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class CodedRows:
    """The rows in the order of year, procedure, subject, grade and pupil.

    `rows`: the columns of `TEXTS` as places in `names`, which are sorted, so that codes compare
    as the texts do; `paper`, a code of year, procedure, subject and grade together; `grade` (0
    when unknown), `class_id` (a text), `is_absent` and the numbers.
    """

    rows: pd.DataFrame = field(repr=False)
    names: Mapping[str, NDArray[np.object_]] = field(repr=False)

    def code(self, column: str, text: str | None) -> int:
        """Return the code of a text, -1 where no row has it."""
        found = np.flatnonzero(self.names[column] == text)
        return int(found[0]) if len(found) else -1


def coded_rows(results: pd.DataFrame) -> CodedRows:
    """Return the results coded; of rows given twice for a pupil and paper, the last.

    Rows without a school, pupil, year, procedure or subject are left out. Raises ValueError
    when a needed column is missing.
    """
    missing = [name for name in (*TEXTS, "primary_score") if name not in results.columns]
    if missing:
        raise ValueError(f"results lack the columns {missing}")
    coded = {name: coded_texts(results[name]) for name in TEXTS}
    columns = {name: codes for name, (codes, _) in coded.items()}
    columns |= {name: number_column(results, name).to_numpy() for name in NUMBERS}
    columns["class_id"] = _texts(results, "class_id")
    columns["is_absent"] = _flags(results, "is_absent")
    columns["grade"] = np.nan_to_num(number_column(results, "grade").to_numpy()).astype("int64")
    names = {name: own for name, (_, own) in coded.items()}
    columns["paper"] = _papers(columns, names)
    rows = pd.DataFrame(columns)
    rows.loc[rows["is_absent"], "primary_score"] = np.nan
    known = np.all([columns[name] >= 0 for name in TEXTS], axis=0)
    return CodedRows(_in_order(rows[known]), names)


def coded_texts(texts: pd.Series) -> tuple[Codes, NDArray[np.object_]]:
    """Return the place of each text, stripped, among the sorted names; -1 where there is none."""
    codes, known = pd.factorize(texts.astype("string"))
    places, names = pd.factorize(pd.Series(known).str.strip(), sort=True)
    return np.append(places, -1)[codes], np.asarray(names, dtype=object)


def _papers(columns: Mapping[str, Codes], names: Mapping[str, NDArray[np.object_]]) -> Codes:
    """Return one code for year, procedure, subject and grade, in the order of the four."""
    grades, grade = np.unique(columns["grade"], return_inverse=True)
    code = columns["school_year"]
    for name in ("procedure", "subject"):
        code = code * len(names[name]) + columns[name]
    return code * len(grades) + grade


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows by paper and pupil; of equal ones the last."""
    paper, pupil = rows["paper"].to_numpy(), rows["pupil_id"].to_numpy()
    order = np.lexsort((pupil, paper))
    paper, pupil = paper[order], pupil[order]
    is_last = np.ones(len(order), dtype=bool)
    is_last[:-1] = (paper[1:] != paper[:-1]) | (pupil[1:] != pupil[:-1])
    return rows.take(order[is_last]).reset_index(drop=True)


def _texts(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    if name not in frame.columns:
        return np.full(len(frame), "", dtype=object)
    return frame[name].astype("string").fillna("").to_numpy(dtype=object)


def _flags(frame: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    if name not in frame.columns:
        return np.zeros(len(frame), dtype=bool)
    if is_bool_dtype(frame[name].dtype):
        return frame[name].fillna(False).to_numpy(dtype=bool)
    words = frame[name].astype("string").str.lower().fillna("")
    return words.isin(["true", "1", "1.0", "да"]).to_numpy(dtype=bool)

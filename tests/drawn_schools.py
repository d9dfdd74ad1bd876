"""A drawn municipality of eleven organisations: one for each thing that a passport must bear."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from drawn import table
from msoko import catalog
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.store import Store
from msoko.report import Report

LAST = SchoolYear.parse("2024-25")
PROFILE = """
profile: drawn
name: {nominative: Малый округ, genitive: Малого округа, prepositional: Малом округе}
region: {nominative: Край, genitive: Края, prepositional: Крае}
department: {nominative: Отдел, genitive: Отдела, prepositional: Отделе}
methodical_service: {nominative: Центр, genitive: Центра, prepositional: Центре}
directions: [student_outcomes, low_results, talents, teachers_development, preschool_quality]
"""
REGISTER = table("""
    school_id | name                   | kind      | type         | location | first | last | pupils
    s01       | МБОУ «СОШ № 1»         | school    | secondary    | urban    | 0     | 4    | 900
    s02       | МБОУ «СОШ № 2»         | school    | secondary    | urban    | 0     | 4    | 800
    s03       | МАОУ «Гимназия № 3»    | school    | gymnasium    | urban    | 0     | 4    | 850
    s04       | МБОУ «СОШ № 4»         | school    | secondary    | urban    | 0     | 4    | 700
    s05       | МБОУ «Дальняя ООШ»     | school    | basic        | rural    | 0     | 4    | 60
    s06       | МБОУ «Ближняя ООШ»     | school    | basic        | rural    | 0     | 4    | 40
    s07       | МБОУ «Крошечная школа» | school    | primary      | rural    | 0     | 4    | 6
    s08       | МБОУ «Новая СОШ»       | school    | secondary    | urban    | 4     | 4    | 500
    s09       | МБОУ «Молчащая СОШ»    | school    | secondary    | rural    | 0     | 4    |
    d01       | МБДОУ «Сад „Рябинка“»  | preschool | kindergarten | urban    | 0     | 4    | 120
    d02       | МБДОУ «Сад „Ладушки“»  | preschool | kindergarten | urban    | 0     | 4    | 110
""").rename(columns={"type": "school_type"})
"""`first` and `last` count school years from the earliest of five; s00 joined s05 (see `RAW`)."""
REGISTER_HEAD = (
    "school_id,name,kind,school_type,location,vpr_login,exam_code,oo1_code,"
    "from_year,to_year,successor_id,note"
)
RAW = f"""{REGISTER_HEAD}
s00,МБОУ «Бывшая школа»,school,primary,rural,,,,,2023-24,s05,
s05,МБОУ «Дальняя ООШ»,school,basic,rural,,,,,,,
"""
SHARES = {
    # indicator: direction, kind, and by school the share of each year and how many persons
    "so_vpr_basic": ("student_outcomes", {"s01": 0.3, "s07": 1.0}, {"s07": 3, "s05": 30}),
    "so_vpr_high": ("student_outcomes", {}, {"s07": 3, "s05": 30}),
    "so_oge_basic": ("student_outcomes", {"s02": 1.0}, {"s02": 8, "s05": 12, "s07": 0}),
    "ta_events": ("talents", {"s03": 0.2}, {"s07": 6}),
    "ta_additional": ("talents", {}, {"s07": 6}),
    "cx_parents": ("low_results", {"s05": 0.1, "s06": 0.12, "s03": 0.7}, {"s07": 6}),
    "cx_low_income": ("low_results", {"s05": 0.4, "s06": 0.45, "s03": 0.05}, {"s07": 6}),
    "cx_single": ("low_results", {"s05": 0.3, "s06": 0.28}, {"s07": 6}),
    "lr_school": ("low_results", {"s01": 1.0}, dict.fromkeys(REGISTER["school_id"], 1)),
    "td_trained": ("teachers_development", {}, {"s07": 2, "d01": 12, "d02": 12}),
    "ps_trained": ("preschool_quality", {}, {"d01": 12, "d02": 14}),
}
USUAL, PERSONS = 0.7, 100


def organisations(step: int) -> pd.DataFrame:
    """Return the organisations of the year that is `step` years after the earliest."""
    rows = REGISTER[(REGISTER["first"] <= step) & (step <= REGISTER["last"])]
    return rows.reset_index(drop=True)


def silent(code: str, row: pd.Series) -> bool:
    """Whether an organisation has no value of an indicator: another kind's, or it told nothing."""
    is_preschool = row["kind"] == "preschool"
    if row["school_id"] == "s09" or (code == "ps_trained") != is_preschool:
        return code != "td_trained" or row["school_id"] == "s09"
    return False


def indicator_rows(step: int, year: SchoolYear, flags: Mapping[str, str]) -> pd.DataFrame:
    """Return the year's indicators, of each organisation and of the municipality."""
    rows = []
    for code, (direction, shares, persons) in SHARES.items():
        total = [0.0, 0.0]
        for _, one in organisations(step).iterrows():
            n = persons.get(one["school_id"], PERSONS)
            if silent(code, one) or n == 0:
                continue
            share = shares.get(one["school_id"], USUAL)
            part = round(share * n) - (n > 20 and (step + len(code)) % 2)
            total = [total[0] + part, total[1] + n]
            rows.append((direction, code, one["school_id"], part, n))
        rows.append((direction, code, "", *total))
    frame = pd.DataFrame(rows, columns=["direction", "indicator", "school_id", "numerator", "n"])
    from msoko.indicators.values.sum_intervals import wilson_bounds

    low, high = wilson_bounds(frame["numerator"].to_numpy(float), frame["n"].to_numpy(float))
    is_school = frame["school_id"].ne("")
    return frame.assign(
        school_year=str(year),
        unit_of_analysis=np.where(is_school, "school", "municipality"),
        school_id=frame["school_id"].where(is_school),
        denominator=frame["n"].astype(float),
        value=frame["numerator"] / frame["n"].where(frame["n"] > 0),
        low=low,
        high=high,
        n=frame["n"].astype(int),
        flags=frame["indicator"].map(flags),
    )


def monitoring_rows(step: int, year: SchoolYear) -> pd.DataFrame:
    """Return what the forms told of size; s06 gave no `talents`, s09 nothing at all."""
    rows = []
    for place, one in organisations(step).iterrows():
        if pd.isna(one["pupils"]):
            continue
        is_preschool = one["kind"] == "preschool"
        form, total = ("preschool", "children_total") if is_preschool else ("oo1", "pupils_total")
        groups = "group_count" if is_preschool else "class_count"
        rows += [
            (one["school_id"], form, total, one["pupils"], place + 5),
            (one["school_id"], form, groups, max(1, one["pupils"] // 20), place + 5),
        ]
        if not is_preschool and one["school_id"] != "s06":
            rows.append((one["school_id"], "talents", "pupils_events", 5, place + 5))
    frame = pd.DataFrame(rows, columns=["school_id", "form", "item", "value", "source_row"])
    source = frame["form"].map({"oo1": "f1", "preschool": "f2", "talents": "f3"})
    return frame.assign(school_year=str(year), source_id=source, source_column="C")


def year_tables(step: int, flags: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return the tables of one year."""
    year = LAST.shifted(step - 4)
    schools = organisations(step)[["school_id", "name", "kind", "school_type", "location"]]
    sources = table("""
        source_id | file         | sheet | layout | rows_in | rows_kept | rows_set_aside
        f1        | ОО-1.xlsx    | ОО-1  | form   |       9 |         9 |              0
        f2        | Сады.xlsx    | Сады  | form   |       2 |         2 |              0
        f3        | Таланты.xlsx | Лист  | form   |       8 |         8 |              0
        r1        | РУ 4.xlsx    | РУ 4  | vpr_f1 |       8 |         8 |              0
    """).assign(block=1, sha256="0" * 64, reason="форма", confidence=1.0)
    results = pd.DataFrame(
        [
            (code, f"{code}-{number}", procedure, number == 0)
            for code in schools["school_id"].drop(schools.index[schools["kind"] == "preschool"])
            for procedure in ("oge", "vpr")
            for number in range(3)
            if code != "s09"
        ],
        columns=["school_id", "pupil_id", "procedure", "is_absent"],
    ).assign(school_year=str(year), subject="russian", grade=4, source_id="r1", source_row=9)
    columns = [("f1", "monitoring"), ("f2", "monitoring"), ("f3", "monitoring"), ("r1", "results")]
    placed = pd.DataFrame(columns, columns=["source_id", "table"])
    return {
        "schools": schools.assign(school_year=str(year)),
        "sources": sources,
        "source_columns": placed.assign(column="value", source_column="C"),
        "monitoring": monitoring_rows(step, year),
        "results": results,
        "indicators": indicator_rows(step, year, flags),
        "findings": pd.DataFrame(),
        "recommendations": pd.DataFrame(),
        "objectivity_schools": pd.DataFrame(),
        "objectivity_markers": pd.DataFrame(),
    }


def write_years(
    root: Path,
    years: int = 5,
    flags: Mapping[str, str] | None = None,
    **own: pd.DataFrame,
) -> Project:
    """Write the municipality's years below `root`; `own` are tables of the last year instead."""
    (root / "data" / "raw").mkdir(parents=True, exist_ok=True)
    (root / "data" / "raw" / "schools.csv").write_text(RAW, encoding="utf-8")
    (root / "profiles").mkdir(exist_ok=True)
    (root / "profiles" / "drawn.yml").write_text(PROFILE, encoding="utf-8")
    project = Project.at(root)
    store = Store(project)
    for step in range(5 - years, 5):
        year = LAST.shifted(step - 4)
        found = year_tables(step, (flags or {}) if step == 4 else {})
        if step == 4:
            found |= own
        with store.replacing(year) as writer:
            for name, frame in found.items():
                writer.write(name, frame)
    return project


def passport(project: Project, school_id: str, edition: str = "internal") -> Report:
    """Return the passport of one organisation, as `Report.open` would."""
    profile = catalog.load_profile(project, "drawn")
    declared = catalog.load_directions(project, profile)
    page = catalog.load_direction(project, "school_passport")
    return Report(project, LAST, profile, page, declared, edition, school_id=school_id)

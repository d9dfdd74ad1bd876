"""The blank forms of a school year, pre-filled with the organisations of the register."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from msoko.catalog.registry.form_declarations import Form, load_forms
from msoko.catalog.yaml.declaration_lines import suggestion
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.school_year import SchoolYear
from msoko.core.whole_files import write_bytes
from msoko.ingest.identity.crosswalk import CODES, Crosswalk
from msoko.ingest.identity.subject_names import Subjects
from msoko.ingest.layouts.forms.form_workbook import FormOrganisation, write_form

OF = {"school": ("school",), "preschool": ("preschool",), "any": ("school", "preschool")}


@dataclass
class WrittenForms:
    """Which forms were written, and which lay there already and were left as they are."""

    fresh: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)


def write_templates(
    project: Project,
    year: SchoolYear,
    folder: Path,
    codes: Sequence[str] = (),
    school_id: str | None = None,
    is_forced: bool = False,
) -> WrittenForms:
    """Write the year's blank forms into `folder` and return what was written.

    `codes`: only these forms. `school_id`: forms for one organisation. A file that is
    there and differs may have been filled in: it is kept, unless `is_forced`.
    """
    forms = load_forms(project)
    for code in codes:
        if code not in forms:
            raise UsageError(f"формы «{code}» нет. {suggestion(code, forms)}")
    schools = _schools(project, year, school_id)
    subjects = tuple(row["name"] for row in Subjects.load(project).rows)
    folder.mkdir(parents=True, exist_ok=True)
    written = WrittenForms()
    for form in forms.values():
        if codes and form.code not in codes:
            continue
        organisations = _asked(form, schools)
        if school_id and not organisations:
            continue
        path = folder / f"{form.short}.xlsx"
        is_kept = not _put(path, form, str(year), organisations, subjects, is_forced)
        (written.kept if is_kept else written.fresh).append(path)
    return written


def _put(
    path: Path,
    form: Form,
    year: str,
    organisations: Sequence[FormOrganisation],
    subjects: Sequence[str],
    is_forced: bool,
) -> bool:
    """Write the form unless another file is in its place; return whether it was written."""
    with tempfile.TemporaryDirectory() as held:
        fresh = Path(held) / path.name
        write_form(fresh, form, year, organisations, subjects=subjects)
        content = fresh.read_bytes()
    if path.exists() and not is_forced and path.read_bytes() != content:
        return False
    write_bytes(path, content)
    return True


def _schools(project: Project, year: SchoolYear, school_id: str | None) -> pd.DataFrame:
    """Return the organisations of the year, or the one that is asked for."""
    crosswalk = Crosswalk.load(project, year)
    schools = crosswalk.schools()
    if schools.empty:
        raise UsageError(
            f"в data/raw/schools.csv нет организаций на {year} учебный год. "
            "Заведите реестр: одна строка на организацию."
        )
    if school_id is None:
        return schools
    if school_id not in set(schools["school_id"]):
        raise UsageError(
            f"организации «{school_id}» в реестре на {year} учебный год нет. "
            f"{suggestion(school_id, schools['school_id'])}"
        )
    return schools[schools["school_id"] == school_id]


def _asked(form: Form, schools: pd.DataFrame) -> list[FormOrganisation]:
    kinds = OF.get(form.audience, ())
    rows = schools[schools["kind"].isin(kinds)].to_dict("records")
    return [FormOrganisation(_code(row), row["name"]) for row in rows]


def _code(row: dict[str, object]) -> str:
    """Return the code that the crosswalk will know again: ОО-1 first."""
    known = (row[name] for name in reversed(CODES))
    return next((str(code) for code in known if isinstance(code, str) and code), "")

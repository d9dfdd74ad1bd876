"""A new school year's folder, declared as the last one was."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from msoko.build.graph.file_digests import files_under
from msoko.catalog.municipality.year_facts import read_year_facts
from msoko.core.errors import UsageError
from msoko.core.project import Project, legible_name
from msoko.core.school_year import SchoolYear
from msoko.core.whole_files import write_whole
from msoko.core.written_text import read_written_text

CORRECTIONS = """\
# Поправки к полученным файлам. Сами файлы не правят: поправка записывается здесь,
# с причиной и автором. Поправка, которой ничего не соответствует, останавливает чтение.
[]
"""


HEAD = "# Учебный год {year}: что за файлы лежат в этой папке.\n"
REPEATED = "# Описание повторяет {year}: проверьте имена файлов, столбцы и пояснения.\n"
MARKED = "написано за "
MARK = f" ({MARKED}{{year}}: проверьте)"


@dataclass(frozen=True)
class NewSchoolYear:
    """What was made for a new year, and which files it now waits for."""

    folder: Path
    before: SchoolYear | None
    made: tuple[str, ...]
    expected: tuple[str, ...]


def make_school_year(
    project: Project, year: SchoolYear, municipality: str | None = None
) -> NewSchoolYear:
    """Make the year's folder with `year.yml` and `corrections.yml`; nothing is overwritten.

    `year.yml` repeats what the last year's said of its files, with the years in the
    patterns moved on, so that a layout declared once is declared for good.
    """
    folder = project.raw(year)
    if (folder / "year.yml").exists():
        raise UsageError(
            f"{project.shown(folder)}: этот учебный год уже заведён, year.yml на месте. "
            f"Положите файлы в эту папку и выполните msoko check {year}."
        )
    before = max(
        (one for one in project.raw_years() if _declares(project, one, year)), default=None
    )
    declared = _declaration_of(project, before) if before else {}
    text = _year_text(project, year, before, municipality, declared)
    write_whole(folder / "year.yml", text)
    made = [project.shown(folder / "year.yml")]
    if not (folder / "corrections.yml").exists():
        write_whole(folder / "corrections.yml", CORRECTIONS)
        made.append(project.shown(folder / "corrections.yml"))
    return NewSchoolYear(folder, before, tuple(made), _expected_files(project, year, before))


def _declares(project: Project, other: SchoolYear, year: SchoolYear) -> bool:
    return other != year and (project.raw(other) / "year.yml").exists()


def _declaration_of(project: Project, year: SchoolYear) -> CommentedMap:
    """Return a year's declaration as people wrote it, their comments included."""
    read_year_facts(project, year)  # what is no YAML is refused with its line, as everywhere
    path = project.raw(year) / "year.yml"
    declared = _yaml().load(read_written_text(path, project.shown(path)))
    return declared if isinstance(declared, CommentedMap) else CommentedMap()


def _yaml() -> YAML:
    """Return a reader and writer of YAML that keeps comments and quotes."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _year_text(
    project: Project,
    year: SchoolYear,
    before: SchoolYear | None,
    municipality: str | None,
    declared: MutableMapping[str, Any],
) -> str:
    """Return the new declaration: last year's as people wrote it, but for its counts."""
    head = HEAD.format(year=year)
    if before and declared.get("files"):
        head += REPEATED.format(year=before)
        declared["files"] = _rename_files(declared["files"], before, year)
    name = municipality or declared.get("municipality") or _only_profile(project)
    declared.pop("expected", None)
    declared.update({"school_year": str(year), "municipality": name})
    text = StringIO()
    _yaml().dump(declared, text)
    return head + (_mark_comments(text.getvalue(), before, year) if before else text.getvalue())


def _mark_comments(text: str, before: SchoolYear, year: SchoolYear) -> str:
    """Return a declaration whose comments that name last year are marked for people to check.

    Unlike the years in file patterns they are not moved on: «с 2024 года» may still be true.
    What this command itself wrote at the head of last year's is left out.
    """
    own = re.compile(
        "|".join(re.escape(one).replace(r"\{year\}", ".{7}") for one in (HEAD, REPEATED))
    )
    lines = [
        f"{line}{MARK.format(year=before)}" if _names_last_year(line, before, year) else line
        for line in own.sub("", text).splitlines()
    ]
    return "\n".join(lines) + "\n"


def _names_last_year(line: str, before: SchoolYear, year: SchoolYear) -> bool:
    is_comment = line.lstrip().startswith("#") and MARKED not in line
    return is_comment and _in_new_year(line, before, year) != line


def _rename_files(files: CommentedMap, before: SchoolYear, year: SchoolYear) -> CommentedMap:
    """Return the entries of files under the patterns of the new year, with their comments."""
    renamed = CommentedMap()
    renamed.ca.comment = files.ca.comment
    for pattern, entry in files.items():
        moved = type(pattern)(_in_new_year(str(pattern), before, year))
        renamed[moved] = entry
        if pattern in files.ca.items:
            renamed.ca.items[moved] = files.ca.items[pattern]
    return renamed


def _in_new_year(pattern: str, before: SchoolYear, year: SchoolYear) -> str:
    """Return a file pattern of last year as it will be this year: 2023 becomes 2024."""
    moved = pattern.replace(str(before), str(year))
    for old, new in (
        (before.start + 1, year.start + 1),
        (before.start, year.start),
    ):
        if str(old) in moved and str(new) not in moved:
            return moved.replace(str(old), str(new))
    return moved


def _only_profile(project: Project) -> str:
    own = sorted((project.root / "profiles").glob("*.yml"))
    if len(own) == 1:
        return own[0].stem
    raise UsageError(
        "Не ясно, чьи это данные: прежних учебных лет нет. "
        "Повторите команду с --municipality <имя профиля>."
    )


def _expected_files(
    project: Project, year: SchoolYear, before: SchoolYear | None
) -> tuple[str, ...]:
    """Return the files that last year had, under the names they would have now."""
    if before is None:
        return ()
    folder = project.raw(before)
    names = [legible_name(path.relative_to(folder).as_posix()) for path in files_under(folder)]
    data = [name for name in names if not name.endswith((".yml", ".yaml", "SOURCE.txt"))]
    return tuple(_in_new_year(name, before, year) for name in data)

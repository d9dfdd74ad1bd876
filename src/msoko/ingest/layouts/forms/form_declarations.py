"""The forms of `registry/forms.yml`: what is asked, of whom, in which units and limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.declaration_lines import DeclarationLine, suggestion
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.ingest.sheets.cells import folded

ItemType = Literal[
    "int", "number", "percent", "score", "yes_no", "choice", "subject", "text", "date", "code"
]
NUMERIC = ("int", "number", "percent", "score")
YES_NO = {"да": "1", "нет": "0"}
SCHOOL_CODE, SCHOOL_NAME = "Код организации", "Организация"


@dataclass(frozen=True)
class Item:
    """One question of a form, and so one column of its sheet."""

    code: str
    title: str
    type: ItemType = "int"
    unit: str = ""
    min: float = 0
    max: float | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    at_most: str = ""
    required: bool = False
    place: DeclarationLine = field(default_factory=DeclarationLine, compare=False)

    @property
    def header(self) -> str:
        """Return what stands over the column."""
        unit = "%" if self.type == "percent" else self.unit
        return f"{self.title}, {unit}" if unit else self.title

    @property
    def most(self) -> float | None:
        return 100 if self.type == "percent" and self.max is None else self.max

    @property
    def is_numeric(self) -> bool:
        return self.type in NUMERIC

    @property
    def words(self) -> Mapping[str, str]:
        """Return the words that may be chosen, with the value that each stands for."""
        return YES_NO if self.type == "yes_no" else self.choices


@dataclass(frozen=True)
class Version:
    """An earlier version: what its columns were called, and what it did not ask."""

    titles: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """One form. `rows`: a row per organisation, or a list of records for `table`."""

    code: str
    short: str  # the name of its file and sheet
    title: str
    audience: Literal["school", "preschool", "any", "municipality"]
    items: tuple[Item, ...]
    version: int = 1
    rows: Literal["organisations", "list"] = "organisations"
    table: str = "monitoring"
    direction: str = ""
    versions: Mapping[str, Version] = field(default_factory=dict)
    place: DeclarationLine = field(default_factory=DeclarationLine, compare=False)

    @property
    def names_school(self) -> bool:
        return self.audience != "municipality"

    def titles(self, version: int) -> dict[str, str]:
        """Return the folded header → item code that a version of the form has."""
        return self._titles[version]

    @cached_property
    def _titles(self) -> dict[int, dict[str, str]]:
        return {version: self._titles_of(version) for version in self.known_versions}

    def _titles_of(self, version: int) -> dict[str, str]:
        old = self.versions.get(str(version), Version())
        found: dict[str, str] = {}
        for item in self.items:
            if item.code in old.absent:
                continue
            title = old.titles.get(item.code, item.title)
            found[folded(title)] = item.code
            found[folded(f"{title}, {item.unit}")] = item.code
            found[folded(item.header.replace(item.title, title))] = item.code
        return found

    @cached_property
    def by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def known_versions(self) -> list[int]:
        return sorted({self.version, *map(int, self.versions)}, reverse=True)


@dataclass(frozen=True)
class FormFile:
    """The whole of `registry/forms.yml`."""

    forms: tuple[Form, ...]


def load_forms(project: Project) -> dict[str, Form]:
    """Return the forms by code; refuse a declaration that contradicts itself."""
    path = project.find("registry", "forms.yml")
    forms = yaml_schema.load(path, FormFile, project.shown(path)).forms
    _refuse_repeated("форма", forms)
    for form in forms:
        _refuse_repeated("показатель", form.items)
        codes = [item.code for item in form.items]
        for item in form.items:
            if item.at_most and item.at_most not in codes:
                raise UsageError(
                    f"{item.place}: «at_most: {item.at_most}» – такого показателя в форме "
                    f"«{form.code}» нет. {suggestion(item.at_most, codes)}"
                )
            if item.type == "choice" and not item.choices:
                raise UsageError(f"{item.place}: у показателя с выбором нет ключа «choices».")
        _check_versions(form, codes)
    return {form.code: form for form in forms}


def _refuse_repeated(title: str, declared: Iterable[Form | Item]) -> None:
    first: dict[str, DeclarationLine] = {}
    for one in declared:
        if one.code in first:
            raise UsageError(f"{one.place}: {title} «{one.code}» уже есть ({first[one.code]}).")
        first[one.code] = one.place


def _check_versions(form: Form, codes: list[str]) -> None:
    for number, version in form.versions.items():
        if not number.isdigit() or int(number) >= form.version:
            raise UsageError(
                f"{form.place}: в «versions» формы «{form.code}» стоит «{number}», а нынешняя "
                f"версия – {form.version}. Здесь перечисляют только прежние."
            )
        for code in (*version.titles, *version.absent):
            if code not in codes:
                raise UsageError(
                    f"{form.place}: в версии {number} формы «{form.code}» назван показатель "
                    f"«{code}», которого в форме нет. {suggestion(code, codes)}"
                )

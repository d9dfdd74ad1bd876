"""The forms of `registry/forms.yml`: what is asked, of whom, in which units and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.declaration_lines import DeclarationLine, refuse_repeated, suggestion
from msoko.core.errors import UsageError
from msoko.core.project import Project

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

    def item_titles(self, version: int) -> list[tuple[str, str]]:
        """Return what stands over the columns of a version, in each way it may, with item codes."""
        old = self.versions.get(str(version), Version())
        titles: list[tuple[str, str]] = []
        for item in self.items:
            if item.code not in old.absent:
                title = old.titles.get(item.code, item.title)
                header = item.header.replace(item.title, title)
                ways = (title, f"{title}, {item.unit}", header)
                titles += [(written, item.code) for written in ways]
        return titles

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
    refuse_repeated("форма", forms)
    for form in forms:
        refuse_repeated("показатель", form.items)
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


def load_form_items(project: Project) -> dict[str, dict[str, str]]:
    """Return the items of each form with their types."""
    forms = load_forms(project).values()
    return {form.code: {item.code: item.type for item in form.items} for form in forms}


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

"""The slips of the pen that real returns have, in known cells; and one correction of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from msoko.core.school_year import SchoolYear
from msoko.demo.population.roster import DemoSchool

EVERYTHING = "*"


@dataclass(frozen=True)
class Slip:
    """A cell that a school filled in wrongly: the form, the school, the item, what stands there.

    An item of `*` is a school that returned nothing; `factor` multiplies what was meant.
    """

    form: str
    school_id: str
    year: int
    item: str
    cell: str = ""
    factor: int = 0

    def described(self) -> dict[str, Any]:
        return asdict(self) | {"year": str(SchoolYear(self.year))}


SLIPS = (
    Slip("upbringing", "s006", 2024, "offences", "не было"),
    Slip("low_results", "s014", 2024, "pupils_at_risk_supported", factor=4),
    Slip("talents", "s019", 2024, EVERYTHING),
    Slip("heads", "s017", 2024, "equipment", "н/д"),
    Slip("career_guidance", "s001", 2024, "enterprise_events", "12 (за год)"),
    Slip("teachers", "s012", 2024, "staff_total", factor=10),
    Slip("context", "s020", 2023, "on_register", "нет"),
)
TYPO = next(slip for slip in SLIPS if slip.form == "teachers")
"""The slip that the demo's corrections.yml puts right: a digit too many."""


def slipped(form: str, school: DemoSchool, year: int, values: dict[str, Any]) -> dict[str, Any]:
    """Return a school's row with its slips, where it has any."""
    for slip in SLIPS:
        if (slip.form, slip.school_id, slip.year) != (form, school.school_id, year):
            continue
        if slip.item == EVERYTHING:
            return {}
        meant = values.get(slip.item)
        values[slip.item] = slip.cell or (meant * slip.factor if meant else meant)
    return values


def correction(schools: Sequence[DemoSchool], year: int, meant: int, header: str, name: str) -> str:
    """Return the year's corrections.yml: one real entry, or none."""
    school = next((s for s in schools if s.school_id == TYPO.school_id), None)
    if school is None or year != TYPO.year:
        return "[]\n"
    return (
        f"- file: {name}.xlsx\n"
        f"  sheet: {name}\n"
        f'  match: {{Код организации: "{school.oo1_code}"}}\n'
        f'  column: "{header}"\n'
        f'  expected: "{meant * TYPO.factor}"\n'
        f'  value: "{meant}"\n'
        "  reason: лишний ноль; число подтверждено письмом школы от 16.06.2025 № 41\n"
        "  author: методист информационно-методического центра\n"
        "  status: confirmed\n"
        "  date: 2025-06-17\n"
    )

"""The schools and preschools of the demo municipality. Every name is invented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

from msoko.demo.population.random_draws import stream

MUNICIPALITY = "Вереснинский муниципальный округ"
MUNICIPALITY_CODE = "reg99_m001"
REGION = "Демонстрационный край"
TOWN = "г. Вереснинска"
RENAMED, MERGED = "s009", "s000"
RENAMED_FROM, MERGED_FROM = 2022, 2022
"""The calendar years in which the school years 2022-23 of the rename and the merger begin."""
OLD_NAME = f"МБОУ «СОШ № 9 {TOWN}»"
GRADES = {
    "secondary": (1, 11),
    "gymnasium": (1, 11),
    "lyceum": (1, 11),
    "basic": (1, 9),
    "primary": (1, 4),
    "evening": (8, 11),
}


@dataclass(frozen=True)
class DemoSchool:
    """A school as the generator knows it: its codes, its size, and what drives its results.

    `context` and `effect` are in standard deviations of pupils' ability, `slope` per year.
    """

    school_id: str
    name: str
    school_type: str
    location: str
    size: int
    context: float
    effect: float
    slope: float = 0.0
    login: str = ""
    exam_code: str = ""
    oo1_code: str = ""
    first_year: int = 0
    last_year: int = 9999
    successor_id: str = ""

    @property
    def grades(self) -> tuple[int, int]:
        return GRADES[self.school_type]

    def named(self, year: int) -> str:
        """Return the name in the school year that begins in `year`."""
        return OLD_NAME if self.school_id == RENAMED and year < RENAMED_FROM else self.name

    def is_open(self, year: int) -> bool:
        return self.first_year <= year <= self.last_year


TEMPLATES: tuple[tuple[str, str, str, int, float, float, float], ...] = (
    (f"МБОУ «СОШ № 1 {TOWN}»", "secondary", "urban", 870, 0.3, 0.10, 0.02),
    (f"МБОУ «СОШ № 2 {TOWN}»", "secondary", "urban", 760, 0.0, -0.10, 0.00),
    (f"МАОУ «Гимназия № 3 {TOWN}»", "gymnasium", "urban", 930, 1.3, 0.40, 0.00),
    (f"МБОУ «СОШ № 4 {TOWN}»", "secondary", "urban", 1100, -0.1, 0.00, 0.00),
    (f"МАОУ «Лицей № 5 {TOWN}»", "lyceum", "urban", 680, 1.1, 0.45, 0.02),
    (f"МБОУ «СОШ № 6 {TOWN}»", "secondary", "urban", 540, -0.4, -0.15, -0.04),
    (f"МБОУ «ООШ № 7 {TOWN}»", "basic", "urban", 240, -1.4, -0.75, 0.00),
    (f"МБОУ «СОШ № 8 {TOWN}»", "secondary", "urban", 610, 0.2, 0.00, 0.00),
    (f"МБОУ «СОШ № 9 имени А. В. Вершинского {TOWN}»", "secondary", "urban", 470, 0.1, 0.05, 0.0),
    (f"МБОУ «Вечерняя (сменная) школа № 10 {TOWN}»", "evening", "urban", 60, -1.8, -0.90, 0.0),
    (f"МБОУ «Начальная школа № 11 {TOWN}»", "primary", "urban", 130, 0.4, 0.10, 0.00),
    ("МБОУ «Ольшанцевская СОШ»", "secondary", "rural", 310, -0.3, 0.00, 0.01),
    ("МБОУ «Лесодольская СОШ»", "secondary", "rural", 260, -1.1, 0.55, 0.00),
    ("МБОУ «Гречанкинская СОШ»", "secondary", "rural", 190, -0.5, -0.10, 0.00),
    ("МБОУ «Долгополянская СОШ»", "secondary", "rural", 145, -0.9, -0.95, 0.00),
    ("МБОУ «Травянецкая ООШ»", "basic", "rural", 85, -1.0, 0.45, 0.00),
    ("МБОУ «Кривобережная ООШ»", "basic", "rural", 62, -0.9, -0.75, -0.02),
    ("МБОУ «Ясноборская СОШ»", "secondary", "rural", 175, 0.0, 0.05, 0.08),
    ("МБОУ «Полынковская ООШ»", "basic", "rural", 38, -0.6, 0.00, 0.00),
    ("МБОУ «Медвянская ООШ»", "basic", "rural", 27, -0.4, 0.05, 0.00),
    ("МБОУ «Верхнесосняковская начальная школа»", "primary", "rural", 8, -0.2, 0.00, 0.00),
)
"""Name, type, location, pupils, social context, effect of the school, its yearly trend."""
PRIORITY = (4, 3, 12, 7, 9, 13, 1, 8, 14, 6, 2, 5, 15, 16, 18, 10, 17, 11, 19, 20, 21)
"""Which of the templates a smaller municipality keeps, the first first."""
PRESCHOOLS = (
    "Рябинка", "Светлячок", "Ладушки", "Теремок", "Василёк", "Журавушка", "Росинка",
    "Сказка", "Солнышко",
)  # fmt: skip
STEMS = ("Берез", "Вяз", "Клён", "Осин", "Рябин", "Ракит", "Черёмух", "Калин", "Жимолост", "Тернов")
ENDINGS = ("анцевск", "опольск", "оборск", "одольск", "ореченск", "оярск", "огорск", "олуговск")
SIDES = ("", "Верхне", "Нижне", "Старо", "Ново")


def draw_schools(count: int, seed: int) -> tuple[DemoSchool, ...]:
    """Return `count` schools that are open in the last year, and one merged away before."""
    kept = sorted(PRIORITY[:count])
    rows = [(f"s{number:03d}", *TEMPLATES[number - 1]) for number in kept]
    rows += [_invented(number, seed) for number in range(len(TEMPLATES) + 1, count + 1)]
    known = [_coded(DemoSchool(*row), seed) for row in rows]
    successor = next((s for s in known if s.location == "rural"), known[-1])
    merged = DemoSchool(MERGED, "МБОУ «Заручьевинская ООШ»", "basic", "rural", 34, -0.5, -0.05)
    gone = replace(merged, last_year=MERGED_FROM - 1, successor_id=successor.school_id)
    return (*known, _coded(gone, seed))


def preschools_of(count: int) -> tuple[DemoSchool, ...]:
    """Return `count` preschools; they have no logins and sit no papers."""
    return tuple(
        DemoSchool(
            f"d{number:03d}",
            f"МБДОУ «Детский сад № {number} „{PRESCHOOLS[(number - 1) % len(PRESCHOOLS)]}“»",
            "kindergarten",
            "urban" if number % 3 else "rural",
            (60, 145, 210, 95, 180, 40, 120, 240, 75)[(number - 1) % 9],
            0.0,
            0.0,
            oo1_code=f"9985{number:04d}",
        )
        for number in range(1, count + 1)
    )


def _coded(school: DemoSchool, seed: int) -> DemoSchool:
    """Return the school with its codes; the exam code says nothing about the login."""
    number = int(school.school_id[1:])
    is_long = school.location == "rural"
    exam = 417000 + (number * 367 + 59) % 997 if is_long else 2000 + (number * 613 + 101) % 991
    return replace(
        school,
        login=f"edu99{(100 + number) if number else 199:04d}"
        if number < 99
        else f"edu99{200 + number:04d}",
        exam_code=str(exam),
        oo1_code=f"9912{number:04d}",
    )


def _invented(number: int, seed: int) -> tuple[str, str, str, str, int, float, float, float]:
    """Return a school beyond the twenty-one, for municipalities of any size."""
    draw = stream(seed, "school", number)
    names = [
        side + (stem if not side else stem.lower()) + end
        for side, stem, end in product(SIDES, STEMS, ENDINGS)
    ]
    again = f" № {turn + 1}" if (turn := number // len(names)) else ""
    context = float(draw.normal(0, 0.6))
    is_basic = draw.random() < 0.3
    size = int(draw.integers(20, 180) if is_basic else draw.integers(90, 900))
    return (
        f"s{number:03d}",
        f"МБОУ «{names[number % len(names)]}ая {'ООШ' if is_basic else 'СОШ'}{again}»",
        "basic" if is_basic else "secondary",
        "rural",
        size,
        round(context, 2),
        round(float(draw.normal(0, 0.2)), 2),
        round(float(draw.normal(0, 0.02)), 3),
    )

import datetime as dt
from pathlib import Path

import pytest

from msoko.catalog.municipality.working_days import WorkCalendar, load_calendar
from msoko.core.errors import UsageError
from msoko.core.project import HOME, Project

# Нормы рабочего времени, которые публикуются с производственным календарём (рабочих дней в году
# при пятидневной неделе); дни, объявленные нерабочими указами Президента, отняты рядом.
PUBLISHED = {2020: 248 - 5 - 19 - 3 - 2, 2021: 247 - 4 - 3, 2022: 247, 2023: 247, 2024: 248,
             2025: 247, 2026: 247}  # fmt: skip
ONE_YEAR = """
years:
  - year: 2025
    days_off: [{off}]
    working_weekends: [{weekends}]
    source: приказ
    origin: practice
"""


@pytest.fixture(scope="module")
def federal() -> WorkCalendar:
    return load_calendar(Project(HOME), "Демонстрационный край")


@pytest.fixture(scope="module")
def crimean() -> WorkCalendar:
    return load_calendar(Project(HOME), "Республика Крым")


def day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%d.%m.%Y").date()


@pytest.mark.parametrize(("year", "count"), PUBLISHED.items())
def test_each_year_has_as_many_working_days_as_was_published(
    federal: WorkCalendar, year: int, count: int
) -> None:
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
    assert sum(federal.is_working(one) for one in days) == count


@pytest.mark.parametrize(
    ("start", "working_days", "end"),
    [
        ("22.08.2025", -2, "20.08.2025"),  # пятница: четверг и среда
        ("25.08.2025", -2, "21.08.2025"),  # понедельник: пятница и четверг
        ("12.05.2025", -2, "06.05.2025"),  # 8–11 мая не работают
        ("03.11.2025", -2, "31.10.2025"),  # суббота 1 ноября 2025 года рабочая
        ("25.08.2025", 5, "01.09.2025"),
        ("29.04.2025", 5, "12.05.2025"),  # 30 апреля, 5, 6, 7 и 12 мая
        ("30.12.2025", 1, "12.01.2026"),  # через каникулы двух годов
    ],
)
def test_deadline_is_counted_in_working_days(
    federal: WorkCalendar, start: str, working_days: int, end: str
) -> None:
    assert federal.shifted(day(start), working_days) == day(end)


@pytest.mark.parametrize(("start", "step"), [("31.12.9999", 5), ("01.01.0001", -2)])
def test_day_beyond_all_years_gives_no_date(federal: WorkCalendar, start: str, step: int) -> None:
    assert federal.shifted(day(start), step) is None


def test_unknown_year_gives_no_date(federal: WorkCalendar) -> None:
    assert federal.shifted(day("30.12.2026"), 2) is None
    assert federal.is_working(day("11.01.2027")) is None
    assert federal.shifted(day("11.01.2027"), -1) is None


def test_region_adds_its_days_in_the_years_it_entered(
    federal: WorkCalendar, crimean: WorkCalendar
) -> None:
    assert crimean.is_working(day("18.03.2025")) is False
    assert federal.is_working(day("18.03.2025")) is True


@pytest.mark.parametrize(
    ("off", "weekends", "message"),
    [
        ("2024-05-01", "", "строка 3: 01.05.2024 – не 2025 год. Исправьте дату."),
        ("2025-05-03", "", "строка 3: 03.05.2025 – выходной (суббота или воскресенье). В days_off"),
        ("", "2025-05-06", "строка 3: 06.05.2025 – будний день. В days_off"),
    ],
)
def test_slip_in_the_calendar_is_refused(
    tmp_path: Path, off: str, weekends: str, message: str
) -> None:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "calendar.yml").write_text(
        ONE_YEAR.format(off=off, weekends=weekends), encoding="utf-8"
    )
    with pytest.raises(UsageError) as refusal:
        load_calendar(Project(tmp_path), "Приморье")
    assert f"registry/calendar.yml, {message}" in str(refusal.value)


def test_year_entered_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    text = ONE_YEAR.format(off="2025-05-01", weekends="")
    (tmp_path / "registry" / "calendar.yml").write_text(
        text + text.replace("years:\n", ""), encoding="utf-8"
    )
    with pytest.raises(UsageError, match="2025 год внесён дважды"):
        load_calendar(Project(tmp_path), "Приморье")


def test_projects_own_year_joins_and_replaces_the_houses(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    text = ONE_YEAR.format(off="2025-05-05", weekends="")
    text += text.replace("years:\n", "").replace("2025", "2027")
    (tmp_path / "registry" / "calendar.yml").write_text(text, encoding="utf-8")
    found = load_calendar(Project(tmp_path), "Приморье")
    assert (found.is_working(day("05.05.2025")), found.is_working(day("02.05.2025"))) == (0, 1)
    assert found.is_working(day("05.05.2027")) is False
    assert found.is_working(day("04.11.2024")) is False  # из календаря программы

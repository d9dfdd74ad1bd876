"""Deadlines as printed become dates of a school year or an explicit kind; none is guessed."""

from __future__ import annotations

import datetime as dt

import pytest

from msoko.catalog.municipality.deadlines import Deadline, Due, parse_deadline
from msoko.core.school_year import SchoolYear

YEAR = SchoolYear(2024)

DATED = """
Ежегодно, до 10 июля                        | 2024-25 | до 10.07.2025
Ежегодно, до 01 июня                        | 2024-25 | до 01.06.2025
до 1 сентября                               | 2024-25 | до 01.09.2024
до 15 декабря                               | 2024-25 | до 15.12.2024
не позднее 20 мая                           | 2024-25 | до 20.05.2025
к 1 октября 2024 года                       | 2024-25 | до 01.10.2024
до 01.11.2020г.                             | 2020-21 | до 01.11.2020
до 29 февраля                               | 2023-24 | до 29.02.2024
до конца мая                                | 2024-25 | до 31.05.2025
до конца декабря 2024 г.                    | 2024-25 | до 31.12.2024
15 мая                                      | 2024-25 | 15.05.2025–15.05.2025
10–20 октября                               | 2024-25 | 10.10.2024–20.10.2024
25.08.2025                                  | 2024-25 | 25.08.2025–25.08.2025
с 15 октября по 10 декабря                  | 2024-25 | 15.10.2024–10.12.2024
с 20 декабря по 10 января                   | 2024-25 | 20.12.2024–10.01.2025
с ноября по февраль                         | 2024-25 | 11.2024–02.2025
сентябрь                                    | 2020-21 | 09.2020
август                                      | 2020-21 | 08.2021
сентябрь 2022г.                             | 2022-23 | 09.2022
сентябрь 2022                               | 2022-23 | 09.2022
Февраль 2021 г.                             | 2020-21 | 02.2021
Ежегодно, январь                            | 2024-25 | 01.2025
январь, май                                 | 2020-21 | 01.2021; 05.2021
январь, май 2021г.                          | 2020-21 | 01.2021; 05.2021
май и июнь                                  | 2024-25 | 05.2025; 06.2025
январь, март, июнь                          | 2020-21 | 01.2021; 03.2021; 06.2021
Ежегодно, декабрь, февраль, май             | 2023-24 | 12.2023; 02.2024; 05.2024
октябрь, декабрь, февраль, май              | 2022-23 | 10.2022; 12.2022; 02.2023; 05.2023
сентябрь, октябрь 2022г.                    | 2022-23 | 09.2022; 10.2022
июнь, сентябрь 2022г.                       | 2022-23 | 09.2022
июнь, сентябрь 2022г.                       | 2021-22 | 06.2022
апрель-май                                  | 2020-21 | 04.2021–05.2021
Ежегодно, май–июнь                          | 2024-25 | 05.2025–06.2025
ноябрь – февраль                            | 2024-25 | 11.2024–02.2025
декабрь-февраль 2021                        | 2020-21 | 12.2020–02.2021
октябрь-ноябрь 2020г., затем в течение учебного года | 2020-21 | 10.2020–11.2020
апрель-май 2023 г. июнь 2023г.              | 2022-23 | 04.2023–05.2023; 06.2023
июнь-июль, август, сентябрь                 | 2020-21 | 09.2020; 06.2021–07.2021; 08.2021
Ежегодно, август-сентябрь                   | 2024-25 | 08.2024–09.2024; 08.2025–09.2025
Ежегодно, март - сентябрь                   | 2024-25 | 03.2024–09.2024; 03.2025–09.2025
Ежегодно февраль-март (при необходимости)   | 2024-25 | 02.2025–03.2025
Постоянно, 1 раз в полугодие                | 2024-25 | 09.2024–12.2024; 01.2025–06.2025
1 раз в квартал | 2024-25 | 09.2024; 10.2024–12.2024; 01.2025–03.2025; 04.2025–06.2025
IV квартал                                  | 2024-25 | 10.2024–12.2024
I–II квартал 2025 года                      | 2024-25 | 01.2025–06.2025
III квартал                                 | 2024-25 | 07.2024–09.2024; 07.2025–09.2025
2024-2025 учебный год                       | 2024-25 | 09.2024–08.2025
2021                                        | 2020-21 | 01.2021–12.2021
2021 год                                    | 2021-22 | 01.2021–12.2021
2021-2025, ежегодно, май                    | 2024-25 | 05.2025
"""

KINDS = """
В течение года                                      | continuous
в течение учебного года.                            | continuous
Постоянно                                           | continuous
Постоянно (в течение года)                          | continuous
В соответствии с графиком проведения                | on_schedule
в соответствии с федеральным и региональным графиком | on_schedule
по федеральному и региональному графику исследований | on_schedule
По графику проведения работ                         | on_schedule
Ежегодно, по отдельному графику                     | on_schedule
Ежегодно, по отдельному графику По мере необходимости | on_schedule
В течение года (по отдельному плану)                | own_plan
Ежегодно, согласно плану                            | own_plan
в соответствии с планом работы Управления образования | own_plan
в соответствии с планом мероприятий ИРО             | own_plan
По мере необходимости                               | on_need
при необходимости                                   | on_need
Ежегодно                                            | yearly
1 раз в год                                         | yearly
2021-2025                                           | multi_year
2021–2025 годы                                      | multi_year
Март 2021                                           | other_year
до 01.11.2020г.                                     | other_year
2019                                                | other_year
2020-2021 учебный год                               | other_year
2019-2022, ежегодно, май                            | other_year
                                                    | absent
–                                                   | absent
до 10.2020г.                                        | unparsed
до июля                                             | unparsed
до 31 июня                                          | unparsed
до 30 числа ежемесячно                              | unparsed
декабрь, февраль 2023г.                             | unparsed
2025-2021                                           | unparsed
2021-2025 учебный год                               | unparsed
не ранее мая                                        | unparsed
кроме июля и августа                                | unparsed
за две недели до начала процедуры                   | unparsed
20-10 октября                                       | unparsed
весна                                               | unparsed
"""  # fmt: skip


def lines(text: str) -> list[tuple[str, ...]]:
    return [
        tuple(part.strip() for part in line.split("|")) for line in text.strip("\n").split("\n")
    ]


def shown(deadline: Deadline) -> str:
    return "; ".join(span(due) for due in deadline.dates)


def span(due: Due) -> str:
    """Write whole months without their days."""
    if due.start is None:
        return f"до {due.end:%d.%m.%Y}"
    is_whole = due.start.day == 1 and (due.end + dt.timedelta(1)).day == 1
    form = "%m.%Y" if is_whole else "%d.%m.%Y"
    first, last = due.start.strftime(form), due.end.strftime(form)
    return first if is_whole and first == last else f"{first}–{last}"


@pytest.mark.parametrize(("text", "year", "dates"), lines(DATED))
def test_dates_of_a_school_year(text: str, year: str, dates: str) -> None:
    deadline = parse_deadline(text, SchoolYear.parse(year))
    assert (deadline.kind, shown(deadline)) == ("dates", dates)
    assert deadline.text == text


@pytest.mark.parametrize(("text", "kind"), lines(KINDS))
def test_kinds_that_have_no_date_in_the_year(text: str, kind: str) -> None:
    deadline = parse_deadline(text, YEAR)
    assert deadline.kind == kind
    assert bool(deadline.dates) == (kind in ("multi_year", "other_year"))


@pytest.mark.parametrize(
    "text", ["до 25 числа ежемесячно", "ежемесячно, до 25 числа", "до 25-го числа каждого месяца"]
)
def test_a_day_of_each_month(text: str) -> None:
    dates = parse_deadline(text, YEAR).dates
    assert len(dates) == 12
    assert dates[0] == Due(dt.date(2024, 9, 1), dt.date(2024, 9, 25))
    assert dates[-1] == Due(dt.date(2025, 8, 1), dt.date(2025, 8, 25))


def test_each_month_without_a_day_ends_with_the_month() -> None:
    ends = [due.end for due in parse_deadline("Ежемесячно", SchoolYear(2023)).dates]
    assert len(ends) == 12
    assert ends[5] == dt.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "kind", "also"),
    [
        ("Ежегодно, февраль-март (при необходимости)", "dates", ("yearly", "on_need")),
        ("Постоянно, 1 раз в полугодие", "dates", ("continuous",)),
        ("Ежегодно в течение года (по отдельному плану)", "own_plan", ("continuous", "yearly")),
        ("Ежегодно, по отдельному графику По мере необходимости", "on_schedule",
         ("yearly", "on_need")),
        ("2021-2025, ежегодно, май", "dates", ("multi_year", "yearly")),
        ("октябрь-ноябрь 2020г., затем в течение учебного года", "other_year", ("continuous",)),
    ],
)  # fmt: skip
def test_what_is_said_beside_the_date_is_kept(text: str, kind: str, also: tuple) -> None:
    deadline = parse_deadline(text, YEAR)
    assert (deadline.kind, deadline.also) == (kind, also)


def test_spelling_does_not_matter() -> None:
    wanted = parse_deadline("Ежегодно, май-июнь", YEAR).dates
    for text in ("ЕЖЕГОДНО, МАЙ — ИЮНЬ.", "ежегодно,\N{NO-BREAK SPACE}май – июнь", "май-июнь"):
        assert parse_deadline(text, YEAR).dates == wanted


@pytest.mark.parametrize("year", range(2018, 2030))
@pytest.mark.parametrize("text", [text for text, *_ in lines(DATED) if "2025," not in text])
def test_dates_touch_the_year_or_are_said_to_be_of_another(text: str, year: int) -> None:
    deadline = parse_deadline(text, SchoolYear(year))
    touching = [due.overlaps(SchoolYear(year)) for due in deadline.dates]
    assert deadline.kind in ("dates", "other_year", "unparsed")
    assert all(touching) if deadline.kind == "dates" else not any(touching)
    assert list(deadline.dates) == sorted(deadline.dates, key=lambda due: (due.end, due.start))


@pytest.mark.parametrize(("year", "kind"), [(2020, "dates"), (2024, "dates"), (2025, "other_year")])
def test_a_plan_of_years_ends_what_recurs(year: int, kind: str) -> None:
    assert parse_deadline("2021-2025, ежегодно, май", SchoolYear(year)).kind == kind

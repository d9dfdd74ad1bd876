"""Each deadline that the five roadmaps print, read by a person, and what the parser says of it.

The right column was written by reading the left one, before the parser was asked. A date before
«–» begins the stretch, none where only «до …» is printed; dates are of the school year named.
"""

from __future__ import annotations

import pytest

from msoko import catalog
from msoko.catalog.municipality.deadlines import Due, parse_deadline
from msoko.core.project import HOME, Project
from msoko.core.school_year import SchoolYear

HOUSE = Project(HOME)
BY_HAND = """
aniva | 1.1 | Март 2021 | 2020-21 | 01.03.2021–31.03.2021
aniva | 1.1 | Март 2021 | 2024-25 | other_year
aniva | 1.2 | 2021 | 2020-21 | 01.01.2021–31.12.2021
aniva | 1.2 | 2021 | 2024-25 | other_year
aniva | 2.1 | В соответствии с графиком проведения | 2024-25 | on_schedule
aniva | 2.4 | Ежегодно | 2024-25 | yearly
aniva | 2.5 | 2021-2025 | 2024-25 | multi_year
aniva | 2.5 | 2021-2025 | 2026-27 | other_year
aniva | 6.5 | Постоянно | 2024-25 | continuous
kerch | 1.1.1 | Ежегодно, январь | 2024-25 | 01.01.2025–31.01.2025
kerch | 1.1.2 | Ежегодно, до 10 июля | 2024-25 | –10.07.2025
kerch | 1.1.3 | Ежегодно, декабрь, февраль, май | 2024-25 \
 | 01.12.2024–31.12.2024; 01.02.2025–28.02.2025; 01.05.2025–31.05.2025
kerch | 1.1.5 | Ежегодно, март - сентябрь | 2024-25 \
 | 01.03.2024–30.09.2024; 01.03.2025–30.09.2025
kerch | 1.1.6 | Ежегодно, август-сентябрь | 2024-25 \
 | 01.08.2024–30.09.2024; 01.08.2025–30.09.2025
kerch | 1.1.7 | В соответствии с графиком проведения | 2024-25 | on_schedule
kerch | 1.1.8 | Ежегодно, май-июнь | 2024-25 | 01.05.2025–30.06.2025
kerch | 1.1.11 | В течение года, по отдельному плану | 2024-25 | own_plan
kerch | 1.1.12 | Ежегодно февраль-март (при необходимости) | 2024-25 | 01.02.2025–31.03.2025
kerch | 1.1.13 | Ежегодно, февраль-март (при необходимости) | 2023-24 | 01.02.2024–31.03.2024
kerch | 1.1.14 | Ежегодно, апрель | 2024-25 | 01.04.2025–30.04.2025
kerch | 1.1.15 | Постоянно (в течение года) | 2024-25 | continuous
kerch | 1.1.18 | Ежегодно, февраль-август | 2024-25 | 01.02.2025–31.08.2025
kerch | 1.1.19 | Ежегодно, август | 2024-25 | 01.08.2025–31.08.2025
kerch | 1.1.21 | Ежегодно, ноябрь | 2024-25 | 01.11.2024–30.11.2024
kerch | 1.1.23 | Ежегодно, октябрь | 2024-25 | 01.10.2024–31.10.2024
kerch | 1.2.1 | Ежегодно, сентябрь-октябрь | 2024-25 | 01.09.2024–31.10.2024
kerch | 1.2.3 | В течение года (по отдельному плану) | 2024-25 | own_plan
kerch | 1.2.4 | Ежегодно, октябрь-ноябрь | 2024-25 | 01.10.2024–30.11.2024
kerch | 1.2.5 | Ежегодно, июнь-июль | 2024-25 | 01.06.2025–31.07.2025
kerch | 1.2.6 | Ежегодно, декабрь | 2024-25 | 01.12.2024–31.12.2024
kerch | 1.3.1 | Ежегодно в течение года (по отдельному плану) | 2024-25 | own_plan
kerch | 1.4.1 | Февраль 2021 г. | 2020-21 | 01.02.2021–28.02.2021
kerch | 1.4.1 | Февраль 2021 г. | 2024-25 | other_year
kerch | 1.4.2 | Ежегодно (по отдельному плану) | 2024-25 | own_plan
kerch | 1.4.3 | Ежегодно, февраль-март | 2024-25 | 01.02.2025–31.03.2025
kerch | 1.4.4 |  | 2024-25 | absent
kerch | 2.1.1 | Январь 2021 г. | 2020-21 | 01.01.2021–31.01.2021
kerch | 2.1.2 | Ежегодно, до 01 июня | 2024-25 | –01.06.2025
kerch | 2.1.3 | Ежегодно, до 01 июля | 2024-25 | –01.07.2025
kerch | 2.1.4 | Ежегодно, до 10 августа | 2024-25 | –10.08.2025
kerch | 2.1.5 | Постоянно, 1 раз в полугодие | 2024-25 \
 | 01.09.2024–31.12.2024; 01.01.2025–30.06.2025
kerch | 2.1.7 | Ежегодно, по отдельному графику По мере необходимости | 2024-25 | on_schedule
kerch | 2.1.8 | Май 2021 | 2020-21 | 01.05.2021–31.05.2021
kerch | 2.1.8 | Май 2021 | 2021-22 | other_year
kerch | 2.1.9 | Ежегодно, по отдельному графику | 2024-25 | on_schedule
kerch | 2.3.1 | Ежегодно, согласно плану | 2024-25 | own_plan
kerch | 2.3.4 | Ежегодно, по отдельному плану | 2024-25 | own_plan
kerch | 2.3.5 | В течение года | 2024-25 | continuous
kerch | 2.4.2 | Ежегодно, сентябрь | 2024-25 | 01.09.2024–30.09.2024
kerch | 2.4.3 | По отдельному плану | 2024-25 | own_plan
bolshoy_kamen | 3.1.1-1 |  | 2024-25 | absent
spirovo | 1.1-1 | июнь, сентябрь 2022г. | 2022-23 | 01.09.2022–30.09.2022
spirovo | 1.1-1 | июнь, сентябрь 2022г. | 2021-22 | 01.06.2022–30.06.2022
spirovo | 1.1-2 | сентябрь 2022г. | 2022-23 | 01.09.2022–30.09.2022
spirovo | 1.1-3 | сентябрь 2022 | 2022-23 | 01.09.2022–30.09.2022
spirovo | 1.1-3 | сентябрь 2022 | 2024-25 | other_year
spirovo | 1.1-5 | в течение года | 2024-25 | continuous
spirovo | 1.1-6 | сентябрь 2022 г. | 2022-23 | 01.09.2022–30.09.2022
spirovo | 1.2-1 | сентябрь-октябрь | 2022-23 | 01.09.2022–31.10.2022
spirovo | 1.2-3 | сентябрь, октябрь 2022г. | 2022-23 \
 | 01.09.2022–30.09.2022; 01.10.2022–31.10.2022
spirovo | 1.3-3 | май 2023 г. | 2022-23 | 01.05.2023–31.05.2023
spirovo | 1.3-4 | апрель-май 2023 г. июнь 2023г. | 2022-23 \
 | 01.04.2023–31.05.2023; 01.06.2023–30.06.2023
spirovo | 2.1-4 | февраль 2023г. | 2022-23 | 01.02.2023–28.02.2023
spirovo | 3.1-2 | в течение учебного года | 2022-23 | continuous
spirovo | 3.1-4 | октябрь 2022 | 2022-23 | 01.10.2022–31.10.2022
spirovo | 3.1-6 | По графику проведения работ | 2022-23 | on_schedule
spirovo | 3.2-1 | август 2022 | 2021-22 | 01.08.2022–31.08.2022
spirovo | 3.2-1 | август 2022 | 2022-23 | other_year
spirovo | 3.2-5 | апрель 2023г. | 2022-23 | 01.04.2023–30.04.2023
spirovo | 3.2-7 | октябрь, декабрь, февраль, май | 2022-23 \
 | 01.10.2022–31.10.2022; 01.12.2022–31.12.2022; 01.02.2023–28.02.2023; 01.05.2023–31.05.2023
kamensk_uralsky | 1.1 | до 10.2020г. | 2020-21 | unparsed
kamensk_uralsky | 1.2 | до 01.11.2020г. | 2020-21 | –01.11.2020
kamensk_uralsky | 2.1 | октябрь-ноябрь 2020г., затем в течение учебного года | 2020-21 \
 | 01.10.2020–30.11.2020
kamensk_uralsky | 2.3 | в течение учебного года | 2020-21 | continuous
kamensk_uralsky | 2.4 | январь-февраль 2021г. | 2020-21 | 01.01.2021–28.02.2021
kamensk_uralsky | 2.5 | февраль 2019г. | 2020-21 | other_year
kamensk_uralsky | 2.5 | февраль 2019г. | 2018-19 | 01.02.2019–28.02.2019
kamensk_uralsky | 2.7 | январь, май | 2020-21 | 01.01.2021–31.01.2021; 01.05.2021–31.05.2021
kamensk_uralsky | 2.8 | январь, май 2021г. | 2020-21 | 01.01.2021–31.01.2021; 01.05.2021–31.05.2021
kamensk_uralsky | 2.9 | в соответствии с федеральным и региональным графиком | 2020-21 | on_schedule
kamensk_uralsky | 2.10 | в соответствии с планом работы Управления образования | 2020-21 | own_plan
kamensk_uralsky | 2.11 | январь-май 2021г. | 2020-21 | 01.01.2021–31.05.2021
kamensk_uralsky | 2.12 | в течение учебного года. | 2020-21 | continuous
kamensk_uralsky | 2.13 | июнь-июль, август, сентябрь | 2020-21 \
 | 01.09.2020–30.09.2020; 01.06.2021–31.07.2021; 01.08.2021–31.08.2021
kamensk_uralsky | 2.14 | июль-август | 2020-21 | 01.07.2021–31.08.2021
kamensk_uralsky | 2.15 | август, сентябрь | 2020-21 | 01.09.2020–30.09.2020; 01.08.2021–31.08.2021
kamensk_uralsky | 2.16 | август | 2020-21 | 01.08.2021–31.08.2021
kamensk_uralsky | 2.18 | сентябрь | 2020-21 | 01.09.2020–30.09.2020
kamensk_uralsky | 2.19 | январь, март, июнь | 2020-21 \
 | 01.01.2021–31.01.2021; 01.03.2021–31.03.2021; 01.06.2021–30.06.2021
kamensk_uralsky | 3.4 | в соответствии с планом работы | 2020-21 | own_plan
kamensk_uralsky | 3.5 | в соответствии с планом мероприятий ИРО | 2020-21 | own_plan
kamensk_uralsky | 4.5 | по федеральному и региональному графику исследований | 2020-21 | on_schedule
kamensk_uralsky | 4.7 | апрель-май | 2020-21 | 01.04.2021–31.05.2021
kamensk_uralsky | 4.9 | в соответствии с планом мероприятий | 2020-21 | own_plan
kamensk_uralsky | 5.3 | по графику проведения | 2020-21 | on_schedule
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in BY_HAND.strip().splitlines()]
PROFILES = ("aniva", "kerch", "bolshoy_kamen", "spirovo", "kamensk_uralsky")


def shown(due: Due) -> str:
    start = f"{due.start:%d.%m.%Y}" if due.start else ""
    return f"{start}–{due.end:%d.%m.%Y}"


@pytest.mark.parametrize(("name", "code", "printed", "year", "read"), ROWS)
def test_the_parser_reads_a_deadline_as_a_person_does(
    name: str, code: str, printed: str, year: str, read: str
) -> None:
    measure = {one.code: one for one in catalog.load_roadmap(HOUSE, name)}[code]
    assert measure.deadline == printed
    found = parse_deadline(measure.deadline, SchoolYear.parse(year))
    said = "; ".join(map(shown, found.dates)) if found.kind == "dates" else found.kind
    assert said == read


def test_every_printed_deadline_of_every_roadmap_was_read() -> None:
    read = {(name, printed) for name, _, printed, _, _ in ROWS}
    asked = {(name, one.deadline) for name in PROFILES for one in catalog.load_roadmap(HOUSE, name)}
    assert read == asked
    assert len(ROWS) >= 60

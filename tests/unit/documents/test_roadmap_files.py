import io

import openpyxl
import pytest
from icalendar import Calendar

from msoko.documents import roadmap_files

ROADMAP = """code,number,section,direction,text,deadline,result,responsible,note
1.1,1.1.,Раздел,exam_results,"Разбор, анализ; справка","Ежегодно, октябрь",Справка,Отдел,
1.2,1.2.,Раздел,exam_results,=Проверка,"декабрь, май",,Центр,
1.3,1.3.,Раздел,,Работа,постоянно,,Центр,
"""


@pytest.fixture
def report(with_roadmap):
    return with_roadmap(ROADMAP, "quarter")


def events(content: bytes):
    return [one for one in Calendar.from_ical(content).walk("VEVENT")]


def test_each_dated_deadline_and_each_day_of_returns_is_a_whole_day(report):
    found = {(str(one.decoded("dtstart")), str(one["summary"]))
             for one in events(roadmap_files.calendar_file(report))}  # fmt: skip
    assert found == {
        ("2024-10-31", "1.1 Разбор, анализ; справка"),
        ("2024-12-31", "1.2 =Проверка"),
        ("2025-05-31", "1.2 =Проверка"),
        *((day, "Срок отчёта об исполнении дорожной карты")
          for day in ("2024-09-25", "2024-12-25", "2025-03-25", "2025-06-25")),
    }  # fmt: skip


def test_events_have_ids_of_their_own_and_equal_content_gives_equal_bytes(report):
    content = roadmap_files.calendar_file(report)
    ids = [str(one["uid"]) for one in events(content)]
    assert len(ids) == len(set(ids)) == 7
    assert content == roadmap_files.calendar_file(report)
    assert b"\r\n" in content and all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_the_workbook_lists_every_measure_with_its_kind_of_deadline(report):
    content = roadmap_files.tables(report)
    assert content == roadmap_files.tables(report)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Мероприятия"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert [row[2] for row in rows] == ["Разбор, анализ; справка", "=Проверка", "Работа"]
    assert [row[4] for row in rows] == ["Срок назван", "Срок назван", "Постоянно, в течение года"]
    assert rows[1][5].isoformat()[:10] == "2024-12-31" and rows[2][5] is None
    assert {cell.data_type for cell in sheet["C"]} <= {"s", "n"}

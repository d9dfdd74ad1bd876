import pandas as pd
import pytest

from msoko.report.sections.pages import roadmap_due, roadmap_page

ROADMAP = """code,number,section,direction,text,deadline,result,responsible,note
1.1,1.1.,Раздел,exam_results,Разбор,"Ежегодно, октябрь",Справка,Отдел,
1.2,1.2.,Раздел,exam_results,Проверка,"декабрь, май",,Центр,
1.3,1.3.,Раздел,exam_results,Сверка,ноябрь,,Центр,
1.4,1.4.,Раздел,,Работа,постоянно,,Центр,
"""


@pytest.fixture
def report(with_roadmap):
    """Give a maker of the roadmap's report over returns (measure, period, status, day)."""
    found = with_roadmap(ROADMAP, "month")

    def make(*rows: tuple[str, str, str, str]):
        columns = ["measure", "period", "status", "returned_on"]
        table = pd.DataFrame(rows, columns=columns).assign(
            responsible="Отдел", school_year=str(found.year)
        )
        table["returned_on"] = pd.to_datetime(table["returned_on"])
        found.store.add(found.year, "roadmap_returns", table)
        return found

    return make


def shown(block) -> list[list[str]]:
    """Return the rows of the block's first table, without its head and rules."""
    lines = [line for line in block.markdown().splitlines() if line.startswith("| ")]
    head = next(place for place, line in enumerate(lines) if line.startswith("| Срок |"))
    rows = [line.replace("\\", "").strip("| ").split(" | ") for line in lines[head + 2 :]]
    return rows


def test_the_month_and_quarter_are_those_of_the_latest_return(report):
    block = roadmap_due.due(report(("1.1", "2024-10", "done", "2024-11-05")))
    assert [(row[0].split(":")[0], row[1], row[-1]) for row in shown(block)] == [
        ("Октябрь 2024", "1.1", "Выполнено"),
        ("Ноябрь 2024", "1.3", "Нет сведений"),
        ("Декабрь 2024", "1.2", "Нет сведений"),
    ]
    text = block.markdown()
    assert "05.11.2024, идёт ноябрь 2024" in text
    assert "у 1\N{NO-BREAK SPACE}мероприятия" in text


def test_in_the_last_month_of_a_quarter_the_next_month_is_listed_too(report):
    block = roadmap_due.due(report(("1.1", "2024-09", "in_progress", "2024-09-25")))
    assert [row[:2] for row in shown(block)] == [["Октябрь 2024: 01.10.2024 – 31.10.2024", "1.1"]]


def test_a_quarter_without_deadlines_refers_to_no_table(report):
    text = roadmap_due.due(report(("1.4", "2025-03", "in_progress", "2025-02-20"))).markdown()
    assert "Нет сроков и за весь промежуток: январь 2025, февраль 2025 и март 2025" in text
    assert "@tbl" not in text


def test_a_deadline_that_is_over_without_a_word_is_named(report):
    block = roadmap_due.due(report(("1.2", "2024-12", "in_progress", "2024-12-20")))
    assert "о выполнении не сообщено: 2" in block.markdown()  # 1.1 and 1.3; 1.2 is due in May


def test_without_a_return_there_is_no_day_to_judge_by(report):
    assert "неизвестно, на какой день" in roadmap_due.due(report()).markdown()


def test_returns_on_another_roadmap_are_said_to_be_such(report):
    others = [(f"2.{number}", "2024-10", "done", "2024-10-20") for number in range(1, 13)]
    found = report(*others)
    for block in (roadmap_page.measure_statuses(found), roadmap_page.discipline(found)):
        text = block.markdown()
        assert "получено 12\N{NO-BREAK SPACE}строк отчётов" in text
        assert "относятся к другой дорожной карте" in text
        assert "2.1" in text
        assert "Не поступил" not in text
    assert "неизвестно, на какой день" in roadmap_due.due(found).markdown()

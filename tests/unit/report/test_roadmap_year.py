import datetime as dt

import pandas as pd
import pytest

from msoko.catalog import Measure
from msoko.catalog.municipality.profile import Returns
from msoko.core.school_year import SchoolYear
from msoko.report.sections.pages.roadmap_year import RoadmapYear, period_end, readable_returns

YEAR = SchoolYear.parse("2024-25")
MONTHLY = Returns("month", 25)


def measure(code: str, deadline: str, responsible: str = "Отдел", number: str = "") -> Measure:
    return Measure(code, number or code, "1. Раздел", "exam_results", f"Мероприятие {code}",
                   deadline, "Приказ", responsible, "")  # fmt: skip


MEASURES = [
    measure("1.1", "Ежегодно, октябрь"),
    measure("1.2", "декабрь, май", "Центр"),
    measure("1.3", "постоянно"),
    measure("1.4", "март 2021 г."),
]


def returns(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=["measure", "period", "status", "returned_on"])
    return made.assign(returned_on=pd.to_datetime(made["returned_on"]), responsible="Отдел",
                       school_year="2024-25")  # fmt: skip


def roadmap(rule: Returns | None = MONTHLY, *rows: tuple[str, str, str, str]) -> RoadmapYear:
    return RoadmapYear(MEASURES, YEAR, returns(*rows), rule)


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("2024-11", "2024-11-30"), ("2025-02", "2025-02-28"), ("2024-Q4", "2024-12-31"),
        ("2025-H1", "2025-06-30"), ("2024-25", "2025-08-31"),
    ],
)  # fmt: skip
def test_a_period_ends_on_its_last_day(period, end):
    assert period_end(period, YEAR) == dt.date.fromisoformat(end)


@pytest.mark.parametrize("period", ["2024-13", "2024-Q5", "2024-H3", "ноябрь", "2023-24", ""])
def test_what_is_no_period_is_refused(period):
    with pytest.raises(ValueError, match="no period"):
        period_end(period, YEAR)


def test_each_deadline_stands_in_its_month_and_one_without_a_date_in_none():
    found = roadmap()
    due = {str(month)[:7]: [task.measure.code for task, _ in found.due_in(month)]
           for month in found.months}  # fmt: skip
    assert {month: codes for month, codes in due.items() if codes} == {
        "2024-10": ["1.1"], "2024-12": ["1.2"], "2025-05": ["1.2"]
    }  # fmt: skip
    assert len(found.months) == 12
    assert [task.measure.code for task in found.own] == ["1.1", "1.2", "1.3"]


def test_the_last_return_tells_the_status():
    found = roadmap(
        MONTHLY,
        ("1.1", "2024-10", "done", "2024-10-20"),
        ("1.1", "2024-09", "not_done", "2024-10-21"),
    )
    assert found.statuses == {"1.1": "done"}


def test_late_and_missing_are_told_apart_and_the_future_is_neither():
    found = roadmap(
        MONTHLY,
        ("1.1", "2024-10", "done", "2024-10-26"),
        ("1.3", "2024-12", "in_progress", "2024-12-25"),
    )
    assert found.as_of == dt.date(2024, 12, 25)
    told = [(one.measure.code, one.due, one.returned_on) for one in found.overdue]
    assert told == [
        ("1.1", dt.date(2024, 10, 25), dt.date(2024, 10, 26)),
        ("1.2", dt.date(2024, 12, 25), None),
    ]
    assert {(one.measure.code, one.due.month) for one in found.expected} == {
        ("1.1", 10), ("1.2", 12), ("1.3", 12)
    }  # fmt: skip


def test_a_return_on_its_day_is_in_time():
    assert not roadmap(MONTHLY, ("1.1", "2024-10", "done", "2024-10-25")).overdue


def test_a_quarterly_rule_takes_monthly_returns_into_their_quarter():
    found = roadmap(Returns("quarter"), ("1.1", "2024-10", "done", "2024-12-31"))
    assert {one.due for one in found.expected} == {dt.date(2024, 12, 31)}
    assert [one.measure.code for one in found.overdue] == ["1.2", "1.3"]


def test_without_a_rule_or_a_return_nothing_is_late():
    assert roadmap(None, ("1.1", "2024-10", "done", "2025-06-01")).overdue == []
    empty = RoadmapYear(MEASURES, YEAR, pd.DataFrame(), MONTHLY)
    assert (empty.overdue, empty.statuses, empty.as_of) == ([], {}, None)


def test_returns_name_a_measure_by_its_printed_number_where_it_is_printed_once():
    twice = [measure("a", "май", number="2.3."), measure("b", "май", number="2.3."),
             measure("c", "май", number="1.1.")]  # fmt: skip
    named = (("1.1", "2025-05"), ("2.3", "2025-05"), ("b", "2025-05"), ("c", "май"))
    rows = returns(*((code, period, "done", "2025-05-20") for code, period in named))
    received = readable_returns(rows, twice, YEAR)
    assert (received.rows["measure"].tolist(), received.unread) == (["c", "b"], 2)
    assert received.unknown == ("2.3",)
    assert not received.is_foreign


def test_returns_on_another_roadmap_are_told_and_not_counted_as_late():
    others = [(f"7.{number}", "2024-10", "done", "2024-10-20") for number in (1, 2, 3)]
    by_chance = ("1.1", "2024-10", "done", "2024-10-20")
    received = readable_returns(returns(by_chance, *others), MEASURES, YEAR)
    assert received.is_foreign
    assert (received.count, received.unread) == (4, 4)
    assert received.unknown == ("7.1", "7.2", "7.3")
    found = RoadmapYear(MEASURES, YEAR, received.rows, MONTHLY)
    assert (found.expected, found.overdue, found.statuses, found.as_of) == ([], [], {}, None)


def test_half_of_the_rows_unknown_are_slips_and_not_another_roadmap():
    rows = returns(("1.1", "2024-10", "done", "2024-10-20"), ("7.1", "2024-10", "done", ""))
    assert not readable_returns(rows, MEASURES, YEAR).is_foreign


def test_what_is_past_due_was_not_reported_as_done_by_the_latest_return():
    found = roadmap(
        MONTHLY,
        ("1.1", "2024-10", "not_done", "2024-10-20"),
        ("1.3", "2025-06", "in_progress", "2025-06-01"),
    )
    told = [(task.measure.code, due.end) for task, due in found.past_due]
    assert told == [("1.1", dt.date(2024, 10, 31)), ("1.2", dt.date(2025, 5, 31))]
    done = roadmap(MONTHLY, ("1.1", "2024-10", "done", "2024-12-02"))
    assert done.past_due == []  # 1.2 is due in May too: its last deadline is ahead

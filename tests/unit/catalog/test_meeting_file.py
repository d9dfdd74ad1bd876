"""Quorum, votes and every fault that forbids the minutes."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from meeting_world import DATE, MEETING, MEMBERS, PROFILE, YEAR
from msoko.catalog import load_direction
from msoko.catalog.meetings.meeting_faults import faults
from msoko.catalog.meetings.meeting_file import MeetingFile, Roster, require_group
from msoko.catalog.meetings.meeting_references import declaration_faults
from msoko.catalog.meetings.voting import meeting_deadlines, quorum, seats, vote_outcome
from msoko.catalog.municipality.profile import Profile, WorkingGroup
from msoko.catalog.municipality.working_days import WorkCalendar, load_calendar
from msoko.catalog.yaml import yaml_schema
from msoko.catalog.yaml.declaration_lines import DeclarationLine
from msoko.core.errors import UsageError
from msoko.core.project import HOME, Project

DAY = dt.date.fromisoformat(DATE)
GROUP = yaml_schema.parse(PROFILE, Profile, "small.yml").working_group


def file(old: str = "", new: str = "", members: str = MEMBERS) -> MeetingFile:
    """Return the sample record with one text in place of another."""
    assert old in MEETING
    return yaml_schema.parse(members + MEETING.replace(old, new), MeetingFile, "meetings.yml")


def found(record: MeetingFile) -> list[str]:
    profile = yaml_schema.parse(PROFILE, Profile, "small.yml")
    meeting = record.meetings[0]
    return [str(one) for one in faults(require_group(profile), profile, record, meeting, YEAR)]


@pytest.fixture(scope="module")
def federal() -> WorkCalendar:
    return load_calendar(Project(HOME), "Край")


# Quorum


@pytest.mark.parametrize(
    ("share", "members", "needed"),
    [("2/3", 11, 8), ("2/3", 9, 6), ("2/3", 5, 4), ("1/2", 11, 6), ("1", 3, 3), ("0.5", 4, 2)],
)
def test_quorum_is_rounded_up(share: str, members: int, needed: int) -> None:
    assert (
        quorum(dataclasses.replace(GROUP, quorum=share, members=members), DeclarationLine())
        == needed
    )


@pytest.mark.parametrize("share", ["две трети", "3/2", "0", "1/0"])
def test_quorum_that_is_no_share_is_refused(share: str) -> None:
    with pytest.raises(UsageError, match=r"small\.yml, строка 12: quorum – «"):
        quorum(dataclasses.replace(GROUP, quorum=share), DeclarationLine("small.yml", 12))


# Votes: of four present


@pytest.mark.parametrize(
    ("vote", "is_adopted", "is_cast"),
    [
        ("{in_favour: 4}", True, False),
        ("{in_favour: 3, against: 1}", True, False),
        ("{in_favour: 2, abstained: 2}", False, False),  # двое из четырёх – не больше половины
        ("{in_favour: 2, against: 1, abstained: 1}", False, False),
        ("{in_favour: 2, against: 2, presiding: in_favour}", True, True),
        ("{in_favour: 2, against: 2, presiding: against}", False, True),
        ("{in_favour: 1, against: 1, abstained: 2, presiding: in_favour}", True, True),
        ("{in_favour: 1, against: 1, abstained: 2, presiding: abstained}", False, False),
        ("{in_favour: 0, abstained: 4}", False, False),
        ("{in_favour: [Дубова, Ёлкин], against: [Берёзова, Кленов]}", True, True),
        ("{in_favour: [Берёзова, Кленов], against: [Дубова, Ёлкин]}", False, True),
    ],
)
def test_vote_ends_by_majority_of_those_present_or_by_the_casting_vote(
    vote: str, is_adopted: bool, is_cast: bool
) -> None:
    record = file("vote: {in_favour: 3, against: 1}", f"vote: {vote}")
    assert found(record) == []
    meeting = record.meetings[0]
    told = vote_outcome(GROUP, meeting.questions[0].vote, seats(meeting, Roster.of(record, DAY)))
    assert (told.is_adopted, told.is_cast) == (is_adopted, is_cast)


def test_without_a_casting_vote_a_tie_is_not_adopted() -> None:
    record = file("{in_favour: 3, against: 1}", "{in_favour: 2, against: 2, presiding: in_favour}")
    meeting = record.meetings[0]
    rule = dataclasses.replace(GROUP, chair_has_casting_vote=False)
    told = vote_outcome(rule, meeting.questions[0].vote, seats(meeting, Roster.of(record, DAY)))
    assert (told.is_adopted, told.is_tie) == (False, True)


# Names and compositions


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ёлкин", 1), ("Елкин П. И.", 1), ("П. И. Ёлкин", 1), ("ёлкин пётр ильич", 1),
        ("Ёлкин П.", 1), ("Ёлкин И. П.", 0), ("Ёлкина", 0), ("", 0), ("Пётр", 0),
        ("Ёлкин Пётр Ильич Младший", 0),
    ],
)  # fmt: skip
def test_name_is_known_however_it_is_written(written: str, meant: int) -> None:
    assert len(Roster.of(file(), DAY).find(written)) == meant


def test_composition_is_that_of_the_day() -> None:
    changed = MEMBERS.replace("role: deputy}", "role: deputy, until: 2025-08-21}")
    changed += "  - {name: Тополев Юрий Маратович, position: Заместитель, since: 2025-08-22}\n"
    record = file(members=changed)
    assert [one.name.split()[0] for one in Roster.of(record, DAY).members] == [
        "Дубова", "Берёзова", "Кленов", "Осина", "Тополев"
    ]  # fmt: skip
    assert any("«Ёлкин» не входит в состав группы." in one for one in found(record))


# Faults


def test_sample_has_no_fault() -> None:
    assert found(file()) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("Кленов О.И.]", "Клёнова]", 11,
         "«Клёнова» не входит в состав группы. Возможно, имелось в виду «Кленов»."),
        ("Ёлкин, Берёзова", "Ёлкин, Ёлкин П. И., Берёзова", 11,
         "«Ёлкин Пётр Ильич» среди присутствующих дважды. Уберите одно."),
        ("absent: [Осина]", "absent: [Осина, Кленов]", 12,
         "absent: «Кленов Олег Иванович» есть и среди присутствующих. Уберите одно."),
        ("written: [{name: Осина,", "written: [{name: Кленов,", 13,
         "written: «Кленов Олег Иванович» есть и среди присутствующих. Уберите одно."),
        ("absent: [Осина]", "absent: [Ёлкин]", 8,
         "ни среди присутствующих, ни среди отсутствующих не названы: Осина Вера Павловна."),
        (", Кленов О.И.]", "]", 8,
         "кворума нет: присутствуют 3, а нужно не менее 4 (2/3 от 5). Решения приняты быть не"),
        ("against: 1", "against: 2", 19, "голосов 3 + 2 + 0 = 5, а присутствуют 4. Член группы"),
        ("against: 1", "abstained: 0", 19, "голосов 3 + 0 + 0 = 3, а присутствуют 4."),
        ("in_favour: 3, against: 1", "in_favour: 2, against: 2", 19,
         "голоса разделились поровну, решает голос председательствующего. Впишите presiding:"),
        ("in_favour: 3, against: 1", "in_favour: 4, presiding: against", 19,
         "presiding: against, но на этой стороне голосов нет."),
        ("in_favour: 3, against: 1", "in_favour: -1, against: 5", 19,
         "in_favour: число голосов меньше нуля."),
        ("in_favour: 3, against: 1", "in_favour: [Дубова, Ёлкин, Осина], against: 1", 19,
         "«Осина Вера Павловна» голосует, но не присутствует."),
        ("in_favour: 3, against: 1", "in_favour: [Дубова, Ёлкин, Берёзова], against: [Ёлкин]", 19,
         "«Ёлкин Пётр Ильич» голосует дважды. Оставьте один голос."),
        ("in_favour: 3, against: 1",
         "in_favour: [Дубова, Ёлкин], against: [Берёзова, Кленов], presiding: against", 19,
         "presiding: по именам председательствующий голосовал иначе."),
        ("        vote: {in_favour: 3, against: 1}\n", "", 16,
         "голосования нет. Впишите vote или уберите вопрос."),
        ("present: [Дубова А. П., Ёлкин, Берёзова, Кленов О.И.]\n    absent: [Осина]",
         "presiding: Ёлкин\n    present: [Дубова, Ёлкин, Берёзова, Кленов]", 11,
         "presiding: заседание ведёт Дубова Анна Петровна – он присутствует. Исправьте имя."),
        ("[Дубова А. П., Ёлкин, Берёзова, Кленов О.И.]\n    absent: [Осина]",
         "[Осина, Ёлкин, Берёзова, Кленов]\n    presiding: Дубова", 12,
         "presiding: «Дубова Анна Петровна» вёл заседание, но не присутствовал."),
        ("Берёзова, Кленов О.И.]\n    absent: [Осина]\n    written: [{name: Осина,",
         "Осина, Кленов]\n    written: [{name: Берёзова,", 8,
         "секретаря нет, а кто его замещал, не сказано. Назовите его в secretary."),
        ("date: 2025-08-22", "date: 2025-09-22", 8,
         "заседание 22.09.2025 – это 2025-26 учебный год, а файл – 2024-25. Перенесите запись"),
        ("signed: 2025-08-26", "signed: 2025-08-21", 8, "signed: протокол подписан раньше засед"),
        ("signed: 2025-08-26", "extracts_sent: 2025-08-27", 8, "выписки направлены, а протокол не"),
        ("signed: 2025-08-26", "signed: 2025-08-26\n    extracts_sent: 2025-08-25", 8,
         "extracts_sent: выписки направлены раньше подписания. Исправьте дату."),
        ("notified: 2025-08-20", "notified: 2025-08-23", 8, "notified: извещение позже заседания."),
        ("    number:", "    results: 2024/25\n    number:", 8, "results: учебный год пишется как"),
    ],
)  # fmt: skip
def test_fault_is_named_with_its_line(old: str, new: str, line: int, message: str) -> None:
    assert any(one.startswith(f"meetings.yml, строка {line}: {message}") for one in
               found(file(old, new))), found(file(old, new))  # fmt: skip


def test_member_presides_only_where_appointed_and_nobody_else_may() -> None:
    both_away = "present: [Берёзова, Кленов, Осина, Тополев]"
    members = MEMBERS.replace("Ёлкин Пётр Ильич", "Тополев Юрий Маратович").replace(
        ", role: deputy", ""
    )
    old = "present: [Дубова А. П., Ёлкин, Берёзова, Кленов О.И.]\n    absent: [Осина]\n"
    old += "    written: [{name: Осина, text: поддерживаю}]"
    nobody = found(file(old, both_away, members))
    assert nobody == [
        "meetings.yml, строка 8: нет ни председателя, ни заместителя, а кто вёл заседание, не "
        "сказано. Назовите его в presiding, а в appointed – чем он назначен."
    ]
    led = file(old, both_away + "\n    presiding: Осина", members)
    assert "его назначает руководитель. Впишите в appointed" in found(led)[0]
    appointed = "\n    presiding: Осина\n    appointed: распоряжение от 20.08.2025"
    assert found(file(old, both_away + appointed, members)) == []


def test_composition_of_another_size_is_refused() -> None:
    last = "  - {name: Осина Вера Павловна, position: Методист, role: member}\n"
    away = "absent: [Осина]\n    written: [{name: Осина, text: поддерживаю}]"
    told = found(file(away, "absent: []", MEMBERS.replace(last, "")))
    assert told == [
        "meetings.yml, строка 2: в members на 22.08.2025 человек: 4, а в составе группы по профилю "
        "– 5. Впишите весь состав или исправьте профиль."
    ]


def test_a_member_named_twice_and_two_chairs_are_refused() -> None:
    twice = MEMBERS.replace("Кленов Олег Иванович", "Осина Вера Павловна")
    assert any(
        "«Осина Вера Павловна» в составе дважды" in one for one in found(file(members=twice))
    )
    chairs = MEMBERS.replace("role: deputy", "role: chair")
    assert any("председатель (chair) в составе должен быть один: 2." in one
               for one in found(file(members=chairs)))  # fmt: skip


def test_vote_without_anyone_present_is_refused() -> None:
    record = file("present: [Дубова А. П., Ёлкин, Берёзова, Кленов О.И.]", "present: []")
    assert found(record) == [
        "meetings.yml, строка 19: голосование есть, а присутствующие не названы. Впишите present."
    ]


def test_meeting_held_without_questions_is_refused() -> None:
    record = file()
    meeting = dataclasses.replace(record.meetings[0], questions=())
    profile = yaml_schema.parse(PROFILE, Profile, "small.yml")
    told = [str(one) for one in faults(GROUP, profile, record, meeting, YEAR)]
    assert told == [
        "meetings.yml, строка 8: заседание состоялось, а вопросов нет. Впишите questions с vote."
    ]


def test_member_without_a_name_is_refused() -> None:
    told = found(file(members=MEMBERS.replace("name: Осина Вера Павловна", "name: ''")))
    assert "meetings.yml, строка 6: имя члена группы пусто. Впишите фамилию, имя и отчество." in (
        told
    )


@pytest.mark.parametrize(
    "vote",
    [
        "{in_favour: [Ёлкин, Берёзова], against: 2, presiding: in_favour}",
        "{in_favour: [Дубова, Ёлкин], against: 2, presiding: against}",
    ],
)
def test_presiding_side_must_agree_with_the_names(vote: str) -> None:
    told = found(file("{in_favour: 3, against: 1}", vote))
    assert told == [
        "meetings.yml, строка 19: presiding: по именам председательствующий голосовал иначе."
    ]


def test_meeting_without_quorum_and_without_votes_has_no_fault() -> None:
    record = file(", Кленов О.И.]\n    absent: [Осина]", "]")
    open_question = dataclasses.replace(record.meetings[0].questions[0], vote=None)
    meeting = dataclasses.replace(record.meetings[0], questions=(open_question,))
    profile = yaml_schema.parse(PROFILE, Profile, "small.yml")
    assert faults(GROUP, profile, record, meeting, YEAR) == []


def test_qualified_majority_without_its_share_is_refused() -> None:
    profile = yaml_schema.parse(PROFILE, Profile, "small.yml")
    rule = dataclasses.replace(GROUP, majority="qualified")
    told = faults(rule, profile, file(), file().meetings[0], YEAR)
    assert [str(one) for one in told][0].startswith("small.yml, строка 1: majority: «qualified»")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("about: exam_results", "about: exam_result", "about: «exam_result» не известно. Возможно"),
        ('measure: "1.1"', 'measure: "9.9"', "measure: в дорожной карте нет пункта «9.9»."),
        ("indicator: er_success", "indicator: er_succes", "indicator: «er_succes» в направлении"),
        ("direction: exam_results", "direction: talents", "direction: «talents» в профиле нет."),
        ("            indicator: er_success\n", "", "expected есть, а показатель не назван."),
        ("            group: {subject: mathematics}\n", "",
         "показатель «er_success» считается только по предметам, и действие решения без предмета"),
        ("            addressee: Руководители школ\n", "",
         "решение идёт в реестр, а кому – не сказано: addressee."),
        ("expected: {value: 0.02}", "expected: {value: 2}",
         "expected: 2 – больше целого: изменение доли пишут долей единицы"),
        ("expected: {value: 0.02}", "expected: {value: 0.02, by: 2024-25}",
         "expected: изменение ожидается к 2024-25, а слушают результаты 2024-25 учебного года."),
        ("expected: {value: 0.02}", "expected: {value: 0.02, by: потом}",
         "expected.by или results: учебный год пишется как 2024-25"),
        ("            deadline: до 1 октября 2025 года\n", "",
         "решение идёт в реестр, а к какому сроку – не сказано: deadline."),
    ],
)  # fmt: skip
def test_declared_things_must_exist(old: str, new: str, message: str) -> None:
    meeting = file(old, new).meetings[0]
    direction = load_direction(Project(HOME), "exam_results")
    codes = {"exam_results": {one.code: one for one in direction.indicators}}
    told = declaration_faults(meeting, codes, {"1.1"}, ("effect",))
    assert [one.text.startswith(message) for one in told] == [True]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("in_favour:", "in_favor:", "строка 19: неизвестный ключ «in_favor». Возможно"),
        ("{in_favour: 3, against: 1}", "{against: 1}", "строка 19: нет обязательных ключей"),
        ("in_favour: 3", "in_favour: три", "строка 19: в «in_favour» ожидалось: целое число."),
        ("date: 2025-08-22", "date: завтра", "строка 8: в «date» ожидалось: дата вида 2024-08-25."),
    ],
)  # fmt: skip
def test_slip_of_form_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        file(old, new)
    assert message in str(refusal.value)


# Terms


def test_terms_are_counted_from_the_next_day(federal: WorkCalendar) -> None:
    told = meeting_deadlines(GROUP, DAY, None, federal)
    assert (told.notice, told.minutes, told.extracts) == (
        dt.date(2025, 8, 20),  # за два рабочих дня: 20 и 21 августа
        dt.date(2025, 8, 26),  # четыре календарных дня
        dt.date(2025, 9, 2),  # пять рабочих дней после 26 августа
    )
    assert meeting_deadlines(GROUP, DAY, dt.date(2025, 8, 25), federal).extracts == dt.date(
        2025, 9, 1
    )


def test_year_without_calendar_gives_no_date_and_says_so(federal: WorkCalendar) -> None:
    told = meeting_deadlines(GROUP, dt.date(2030, 3, 4), None, federal)
    assert (told.notice, told.minutes, told.extracts) == (None, dt.date(2030, 3, 8), None)
    assert "рабочие дни 2030 года не внесены в registry/calendar.yml" in told.caveats[0]


@pytest.mark.parametrize(
    ("meeting", "year"), [(dt.date(2026, 12, 24), 2027), (dt.date(2020, 1, 9), 2019)]
)
def test_term_that_leads_into_a_year_not_entered_names_that_year(
    federal: WorkCalendar, meeting: dt.date, year: int
) -> None:
    told = meeting_deadlines(GROUP, meeting, None, federal)
    assert None in (told.notice, told.extracts)
    assert f"рабочие дни {year} года не внесены" in told.caveats[0]


def test_days_off_are_told(federal: WorkCalendar) -> None:
    told = meeting_deadlines(GROUP, dt.date(2025, 5, 9), None, federal).caveats
    assert "день заседания, 09.05.2025, нерабочий" in told
    saturday = meeting_deadlines(
        GROUP, dt.date(2025, 4, 1), None, federal
    ).caveats  # 5 апреля – суббота
    assert "последний день для протокола, 05.04.2025, нерабочий: подпишите его раньше" in saturday


# Municipalities without a group


@pytest.mark.parametrize("name", ["aniva", "bolshoy_kamen", "spirovo", "kamensk_uralsky"])
def test_municipality_without_a_group_is_refused_with_the_reason(name: str) -> None:
    from msoko.catalog import load_profile

    with pytest.raises(UsageError) as refusal:
        require_group(load_profile(Project(HOME), name))
    assert str(refusal.value).startswith(
        f"profiles/{name}.yml: у муниципалитета нет рабочей группы – в его документе не названы"
    )


def test_group_of_kerch_is_that_of_its_founding_document() -> None:
    from msoko.catalog import load_profile

    rule: WorkingGroup = require_group(load_profile(Project(HOME), "kerch"))
    assert (rule.members, quorum(rule, DeclarationLine()), rule.notice_working_days) == (11, 8, 2)

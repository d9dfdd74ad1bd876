"""What a passport says of each kind of organisation, and what it keeps to itself."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import drawn_schools
from drawn import table
from drawn_schools import LAST, REGISTER, indicator_rows, monitoring_rows, write_years
from msoko.core import russian
from msoko.core.errors import UsageError
from msoko.core.store import Store
from msoko.report import Report
from msoko.report.data.comparable_schools import middle
from msoko.report.data.indicator_rows import OrganisationValues
from msoko.report.data.organisation import SHOWN, is_hidden
from msoko.report.passport.passport_position import _around
from msoko.report.report import PROJECT_VARIABLE

CALLS = ("card", "position", "dynamics", "advice", "data", "peers")
FLAGS = ["school_year", "school_id", "p_combined", "q_bh", "q_by", "is_flagged", "marker_count"]


def passport(project, school_id):
    return drawn_schools.passport(project, school_id)


def said(report, call):
    return getattr(report, f"passport_{call}")().markdown()


def whole(report):
    return "\n\n".join([said(report, call) for call in CALLS] + [report.provenance().markdown()])


def row_of(text, title):
    """Return the cells of the table row that begins with `title`."""
    lines = [line for line in text.splitlines() if line.startswith(f"| {title} |")]
    return [cell.strip() for cell in lines[0].strip("|").split("|")] if lines else []


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_years(tmp_path_factory.mktemp("drawn"))


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("school_id", REGISTER["school_id"])
def test_every_organisation_has_a_passport(project, school_id):
    report = passport(project, school_id)
    text = whole(report)
    assert "nan" not in text and "<NA>" not in text and "None" not in text
    assert str(report.organisation.row["name"]).replace(".", r"\.") in text
    cited = set(re.findall(r"\]\(#e-([0-9a-f]{8})\)", text))
    assert cited == set(report.ledger.entries), "a number without evidence, or evidence unused"


def test_a_school_outside_the_funnel_is_told_so_and_one_inside_is_not(project):
    outside = row_of(said(passport(project, "s03"), "position"), "Участие в мероприятиях")
    inside = row_of(said(passport(project, "s04"), "position"), "Участие в мероприятиях")
    assert outside[2] == "**хуже** других" and inside[2] == "не отличается"
    assert "отличается 1. Хуже – Участие в мероприятиях." in said(
        passport(project, "s03"), "position"
    )


def test_the_passport_and_the_report_name_the_same_schools(project):
    from msoko.report.sections.results.comparison import OUTER
    from msoko.stats.schools.funnel import outside, share_funnel

    field = passport(project, "s01").organisation.wholes["talents", "ta_events"]
    funnel = share_funnel(field.numerator, field.denominator)
    places = dict(zip(field.school_id, outside(funnel, OUTER), strict=True))
    for school_id in ("s01", "s02", "s03", "s05", "s06", "s08"):
        found = row_of(said(passport(project, school_id), "position"), "Участие в мероприятиях")
        assert (places[school_id] == "inside") == (found[2] == "не отличается"), school_id


def test_vpr_are_not_for_judging(project):
    text = said(passport(project, "s01"), "position")
    found = row_of(text, "ВПР, «3» и выше")
    assert found[2] == "**ниже** других", "where the value lies, not its worth"
    assert found[-1] == "–", "schools are not compared by VPR with those alike"
    assert "Они не служат для оценки школы и учителей" in text
    assert not re.search(r"\d+-е место|место \d|рейтинг \d", text)


def test_vpr_are_listed_as_declared_and_not_by_worth(project):
    for school_id in ("s01", "s02", "s05"):
        text = said(passport(project, school_id), "position")
        assert text.index("ВПР, «3» и выше") < text.index("ВПР, «4» и «5»")


def test_results_of_few_pupils_stay_hidden(project):
    text = said(passport(project, "s07"), "position")
    found = row_of(text, "ВПР, «3» и выше")
    assert found[1:5] == ["скрыто", "мало участников", "–", "менее 5"]
    assert "100,0 %" not in text


def test_a_share_that_tells_each_ones_result_stays_hidden(project):
    found = row_of(said(passport(project, "s02"), "position"), "ОГЭ, «3» и выше")
    assert found[1] == "скрыто" and found[4] == "8", "all of eight: each one's result"


@pytest.mark.parametrize("n", range(1, 15))
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_hiding_is_the_rule_of_the_editions_with_other_limits(project, n, share):
    from msoko.disclosure.suppression import primary

    report = passport(project, "s01")
    item = next(one for d in report.directions for one in d.indicators if one.code == "ta_events")
    row = {"denominator": float(n), "n": n, "value": share}
    theirs = primary(pd.Series([n]), pd.Series([share * n]), SHOWN).notna().iloc[0]
    assert is_hidden(item, row) == theirs


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_organisations_of_which_only_the_name_is_known_have_a_passport(tmp_path):
    names = drawn_schools.organisations(4)[["school_id", "name"]].assign(school_year=str(LAST))
    nothing = pd.DataFrame()
    made = write_years(tmp_path, schools=names, monitoring=nothing, source_columns=nothing)
    for school_id in ("s01", "d01"):
        text = whole(passport(made, school_id))
        assert "Организация, местность не указана" in text and "nan" not in text
    alone = write_years(tmp_path / "alone", years=1, schools=names[names["school_id"] == "s01"])
    text = whole(passport(alone, "s01"))
    assert "других организаций этого вида" in text or "слишком мало" in text
    assert "не сопоставлен ни один" in text


def test_a_silent_direction_says_so_in_one_line(project):
    text = said(passport(project, "s09"), "position")
    lines = [line for line in text.splitlines() if line.startswith("**3.")]
    assert len(lines) == 1 and "значений у организации нет" in lines[0]
    assert "|" not in text


def test_a_preschool_has_no_exams_and_no_verdict_on_vpr(project):
    report = passport(project, "d01")
    text = whole(report)
    for word in ("ВПР", "ОГЭ", "ЕГЭ", "Объективность"):
        assert word not in text, word
    assert "не касаются показатели: Качество подготовки" in text
    assert "8. Дошкольное образование" in text


def test_an_indicator_of_two_organisations_is_not_compared(project):
    text = said(passport(project, "d01"), "position")
    assert text.count("не сравнивается") == 1, "two preschools make no funnel"


def test_a_new_school_has_no_past(project):
    report = passport(project, "s08")
    assert "впервые" in said(report, "card")
    assert "организация в данных впервые" in said(report, "dynamics")


def test_a_school_that_another_joined_says_which_and_when(project):
    text = said(passport(project, "s05"), "card")
    assert "Присоединена МБОУ «Бывшая школа»" in text and "2023-24" in text


def test_the_series_of_an_heir_says_who_joined_it_and_when(project):
    text = said(passport(project, "s05"), "dynamics")
    assert "Присоединена МБОУ «Бывшая школа»" in text and "2023-24" in text
    assert "Присоединена" not in said(passport(project, "s01"), "dynamics")


def reopened(tmp_path, **last):
    """Return a project in which the new school s08 takes the place of those named."""
    made = write_years(tmp_path)
    lines = [f"{code},{name},school,basic,rural,,,,,2023-24,s08," for code, name in last.items()]
    text = "\n".join([drawn_schools.REGISTER_HEAD, *lines, "s08,Новая,school,,,,,,2024-25,,,"])
    (tmp_path / "data" / "raw" / "schools.csv").write_text(text, encoding="utf-8")
    return passport(made, "s08")


def test_a_school_that_takes_the_place_of_another_has_its_series(tmp_path):
    """s01 had 29 or 30 of 100 (0.3 of `so_vpr_basic`) in the four years before."""
    report = reopened(tmp_path, s01="Старая")
    shares = report.organisation.history["student_outcomes", "so_vpr_basic"]
    assert [row["school_year"] for row in shares] == [
        "2020-21", "2021-22", "2022-23", "2023-24", "2024-25",
    ]  # fmt: skip
    assert {row["value"] for row in shares[:4]} == {0.29, 0.3}
    text = said(report, "card") + said(report, "dynamics")
    assert text.count("Создана вместо Старая (по 2023-24 учебный год включительно)") == 2
    assert "её доли" in text and "впервые" not in text


def test_a_school_made_of_two_has_the_share_of_both(tmp_path):
    """29 or 30 of 100 in s01 and 69 or 70 of 100 in s02: 49 or 50 of 100 in both."""
    report = reopened(tmp_path, s01="Старая", s02="Другая")
    shares = report.organisation.history["student_outcomes", "so_vpr_basic"]
    assert {(row["value"], row["n"]) for row in shares[:4]} == {(0.49, 200), (0.5, 200)}
    assert "их общие доли" in said(report, "card")


def test_the_last_year_of_a_school_names_its_heir(tmp_path):
    made = write_years(tmp_path)
    closing = f"{drawn_schools.RAW}s06,Б,school,basic,rural,,,,,2024-25,s05,\n"
    (tmp_path / "data" / "raw" / "schools.csv").write_text(closing, encoding="utf-8")
    text = said(passport(made, "s06"), "card")
    assert "Последний учебный год организации; правопреемник – МБОУ «Дальняя ООШ»" in text


def test_one_year_of_data_has_no_dynamics(tmp_path):
    text = said(passport(write_years(tmp_path, years=1), "s01"), "dynamics")
    assert "сравнить нечего" in text and "|" not in text


def changed(code, school_id, part):
    """Return the last year's indicators with another numerator in one school."""
    rows = indicator_rows(4, LAST, {})
    chosen = (rows["indicator"] == code) & (rows["school_id"] == school_id)
    rows.loc[chosen, "numerator"] = part
    rows.loc[chosen, "value"] = part / rows.loc[chosen, "denominator"]
    return rows


def test_a_change_beyond_chance_is_told_with_its_interval(tmp_path):
    made = write_years(tmp_path, indicators=changed("ta_events", "s04", 30))
    text = said(passport(made, "s04"), "dynamics")
    found = row_of(text, "Участие в мероприятиях")
    assert found[1].startswith("**ухудшение**")
    assert "−40,0 п." in found[2].replace("\u00a0", " ")
    assert "отличимо изменение 1 показателя" in text.replace("\u00a0", " ")


def test_chance_is_no_change(project):
    text = said(passport(project, "s04"), "dynamics")
    assert "Все изменения таковы, как обычно" in text
    assert "улучшение" not in text and "ухудшение" not in text


def test_years_of_another_scale_are_not_compared(tmp_path):
    made = write_years(tmp_path, flags={"ta_events": "not_comparable"})
    text = said(passport(made, "s04"), "dynamics")
    assert not row_of(text, "Участие в мероприятиях") and row_of(text, "ВПР, «3» и выше")


def test_five_steady_years_are_described_and_not_called_a_trend(tmp_path):
    made = write_years(tmp_path / "five")
    store, codes = Store(made), ("so_vpr_basic", "ta_events", "td_trained")
    for step in range(5):
        year = LAST.shifted(step - 4)
        rows = store.read("indicators", [year])
        chosen = rows["indicator"].isin(codes) & (rows["school_id"] == "s04")
        rows.loc[chosen, "numerator"] = 50.0 + step
        rows.loc[chosen, "value"] = rows["numerator"] / rows["denominator"]
        store.add(year, "indicators", rows)
    text = said(passport(made, "s04"), "dynamics")
    assert text.count("растёт 4\u00a0года подряд") == 3 and "по годам устойчиво" not in text
    four = write_years(tmp_path / "four", years=4)
    assert "подряд" not in said(passport(four, "s04"), "dynamics")


@pytest.mark.parametrize(
    ("series", "words"), [(1, "проверен 1\xa0ряд"), (3, "проверены 3\xa0ряда"), (5, "проверено 5")]
)
def test_the_count_of_trends_agrees_with_its_verb(project, series, words):
    assert words in passport(project, "s04").say("passport.trend", series=series, told=0)


ADVICE = table("""
    rule | recipient          | school_id | finding              | text         | measure
    r1   | school             | s03       | Участие 20 %         | Разобраться  | m1
    r1   | teachers           | s03       | Участие 20 %         | Обсудить     |
    r1   | department         | s03       | Участие 20 %         | Помочь       |
    r1   | school             | s04       | Чужое основание      | Чужой совет  |
""").assign(
    school_year=str(LAST), direction="talents", indicator="ta_events", subject=None,
    deadline="до 1 октября", expected="не ниже других",
)  # fmt: skip


def test_recommendations_are_the_schools_own_with_the_number_behind_them(tmp_path):
    report = passport(write_years(tmp_path, recommendations=ADVICE), "s03")
    text = said(report, "advice")
    assert "1 основание" in text.replace("\u00a0", " ") and "Чужой" not in text
    row = row_of(text, "Участие 20 %")
    number = re.search(r"#e-([0-9a-f]{8})", row[1])[1]
    assert "МАОУ «Гимназия № 3»" in report.ledger.entries[number].what
    assert "Учителям: Обсудить" in text
    assert "О том же – другим: управлению образования – 1" in text


def test_more_recommendations_than_fit_are_folded_away(tmp_path):
    many = pd.concat(
        [ADVICE.iloc[:1].assign(rule=f"r{n}", finding=f"Основание {n}") for n in range(7)]
    )
    many["text"] = "Провести разбор и повторную работу. " * 6
    text = said(passport(write_years(tmp_path, recommendations=many), "s03"), "advice")
    shown, folded = text.split("Остальные рекомендации организации: ")
    assert 1 <= shown.count("Основание") < 7 and text.count("Основание") == 7
    assert int(folded[0]) == 7 - shown.count("Основание")


def verdict(p, is_flagged):
    row = [str(LAST), "s01", p, p, p, is_flagged, 3]
    return pd.DataFrame([row], columns=FLAGS)


MARKERS = table("""
    school_id | subject | grade | marker  | effect | p      | n   | tier
    s01       | all     |       | heaping |   0.40 | 0.0001 | 300 | informative
    s01       | russian |     4 | absence |   0.10 | 0.60   |  90 | informative
    s02       | all     |       | break   |   0.90 | 0.0001 |  90 | informative
""").assign(school_year=str(LAST))


def test_signs_are_grounds_for_review_and_no_verdict(tmp_path):
    made = write_years(
        tmp_path, objectivity_schools=verdict(1e-5, True), objectivity_markers=MARKERS
    )
    text = said(passport(made, "s01"), "advice")
    assert "скопление баллов у границы отметки" in text
    assert "основание посмотреть работы и порядок проведения, а не вывод о нарушении" in text
    assert "отсутствие слабых" not in text.lower(), "a marker that does not speak is not named"
    assert "скачок" not in text.lower(), "another school's marker"


def test_not_flagged_is_not_called_objective(tmp_path):
    made = write_years(tmp_path, objectivity_schools=verdict(0.4, False))
    assert "Это не значит, что результаты объективны" in said(passport(made, "s01"), "advice")


def test_what_could_not_be_assessed_says_so(tmp_path):
    made = write_years(tmp_path, objectivity_schools=verdict(None, False))
    assert "не оценивается" in said(passport(made, "s01"), "advice")


FINDINGS = table("""
    check  | severity | school_id | file         | sheet | cell   | message             | action
    form   | warning  |           | ОО-1.xlsx    | ОО-1  | C5, C6 | «Всего», C5, C6: ой | Исправьте
    named  | note     | s01       |              |       |        | О школе             | Проверьте
    silent | warning  |           | Таланты.xlsx | Лист  | A99    | молчит СОШ № 4      | Дошлите
""").assign(school_year=str(LAST), table="monitoring", row_count=1, directions=None)  # fmt: skip
FINDINGS["message"] = FINDINGS["message"].str.replace("СОШ № 4", "МБОУ «СОШ № 4»")


def test_findings_are_given_to_the_school_whose_cells_they_name(tmp_path):
    made = write_years(tmp_path, findings=FINDINGS)
    first, second, fourth = (said(passport(made, code), "data") for code in ("s01", "s02", "s04"))
    assert "C5" in first and "C6" not in first and "О школе" in first
    assert first.index("предупреждение") < first.index("примечание"), "the gravest first"
    assert "C6" in second and "C5" not in second and "О школе" not in second
    assert "молчит" in fourth and "молчит" not in first


def test_a_login_is_said_to_be_known_and_is_not_printed(project):
    report = passport(project, "s01")
    report.organisation.row["vpr_login"] = "edu990101"
    text = said(report, "data")
    assert "по логину из реестра школ" in text
    assert "edu990101" not in text


def test_a_form_that_others_returned_is_missed(project):
    assert "Не сдана: Мониторинг 3 Таланты" in said(passport(project, "s06"), "data")
    assert "Не сдан" not in said(passport(project, "s01"), "data")


def test_a_stopped_direction_is_named(tmp_path):
    stopped = FINDINGS.iloc[:1].assign(severity="blocking", directions="talents")
    text = said(passport(write_years(tmp_path, findings=stopped), "s03"), "data")
    assert "Способности и таланты" in text and "доверять нельзя" in text


def test_peers_are_of_the_same_family_and_nearest_first(project):
    report = passport(project, "s01")
    found = report.organisation.peers
    assert list(found.distances) == sorted(found.distances, key=found.distances.get)
    assert set(found.distances) == {"s02", "s03", "s04", "s08"}, "no basic or primary school"
    assert "s03" not in found.chosen, "a gymnasium whose context is another"
    text = said(report, "peers")
    assert "высшее образование родителей" in text and "а не по результатам" in text


def test_no_peer_near_enough_is_said(project):
    report = passport(project, "s03")
    assert report.organisation.peers.reason == "none"
    assert "Похожих организаций нет" in said(report, "peers")
    assert "Похожие |" not in said(report, "position"), "no column for those who are not there"


def test_fewer_than_three_peers_have_no_common_value(project):
    report = passport(project, "s05")
    assert report.organisation.peers.chosen == ("s06",)
    assert "общее значение по ним в таблицах не приводится" in said(report, "peers")
    assert "Похожие |" not in said(report, "position")


def test_a_passport_tells_no_other_organisations_conditions(project):
    report = passport(project, "s01")
    found, text = report.organisation.peers, said(report, "peers")
    education = next(one for one in found.conditions if one.title.startswith("Высшее"))
    own, *others = (education.values[code] for code in ("s01", *found.chosen))
    middle = sorted(others)[len(others) // 2]
    assert f"| {russian.amount(own, 'percent')} | {russian.amount(middle, 'percent')} |" in text
    for value in set(others) - {own, middle}:
        assert russian.amount(value, "percent") not in text


@pytest.mark.parametrize(("others", "is_told"), [(0, False), (1, False), (2, False), (3, True)])
def test_a_middle_needs_three_other_organisations(others, is_told):
    values = {"own": 5.0} | {f"s{number}": float(number) for number in range(others)}
    assert pd.notna(middle(values, "own")) == is_told


@pytest.mark.parametrize(("known", "told"), [("abcd", "passport.median 25"), ("abc", "–")])
def test_the_middle_of_a_sum_is_of_those_that_have_one(known, told):
    column = np.array([10.0, 20.0, 30.0, 40.0])[: len(known)]
    field = OrganisationValues(np.array(list(known)), column, column, column, column)
    school = SimpleNamespace(
        of_all=lambda *_: field,
        alike=pd.DataFrame(index=list("abcdef")),
        school_id="a",
        report=SimpleNamespace(say=lambda key, value: f"{key} {value}"),
    )
    indicator = SimpleNamespace(measure="sum", unit="persons")
    assert _around(school, SimpleNamespace(indicator=indicator, direction=None)) == told


@pytest.mark.parametrize("school_id", ["s07", "s09", "d01"])
def test_too_little_context_finds_no_peers(project, school_id):
    assert "сведений о контексте слишком мало" in said(passport(project, school_id), "peers")


def test_the_common_value_of_peers_is_of_sums(project):
    report = passport(project, "s01")
    own = report.organisation.wholes["talents", "ta_events"].of(["s02", "s04", "s08"])
    expected = own.numerator.sum() / own.denominator.sum()
    found = row_of(said(report, "position"), "Участие в мероприятиях")
    assert found[-1] == f"{expected * 100:.1f} %".replace(".", ",").replace(" ", "\u00a0")


def test_no_pupil_of_another_school_is_read(project, monkeypatch):
    seen = []

    def watch(name):
        ask = getattr(Store, name)

        def watched(self, name, years=None, columns=None, where=None):
            seen.append((name, where))
            return ask(self, name, years, columns, where)

        monkeypatch.setattr(Store, name, watched)

    for name in ("read", "records"):
        watch(name)
    whole(passport(project, "s01"))
    assert "task_scores" not in [name for name, _ in seen]
    assert [where for name, where in seen if name == "results"] == [{"school_id": ["s01"]}]


def opened(monkeypatch, project, school_id, edition="internal"):
    monkeypatch.setenv(PROJECT_VARIABLE, str(project.root))
    return Report.open("school_passport", str(LAST), "drawn", edition, school_id)


def test_an_unknown_organisation_is_refused_with_the_nearest(project, monkeypatch):
    with pytest.raises(UsageError, match=r"нет организации с кодом «s0l».*имелось в виду «s0\d»"):
        opened(monkeypatch, project, "s0l")
    with pytest.raises(UsageError, match="нет организации с кодом «s00»"):
        opened(monkeypatch, project, "s00")  # it was closed the year before


def test_a_passport_is_not_for_publication(project, monkeypatch):
    with pytest.raises(UsageError, match="для служебного пользования"):
        opened(monkeypatch, project, "s01", "public")


def test_a_passport_of_nobody_is_refused(project, monkeypatch):
    with pytest.raises(UsageError, match="впишите её код в school_id"):
        opened(monkeypatch, project, "")


def test_an_opened_passport_is_the_same(project, monkeypatch):
    assert whole(opened(monkeypatch, project, "s02")) == whole(passport(project, "s02"))


def test_monitoring_of_another_kind_is_no_size(project):
    counts = monitoring_rows(4, LAST)
    assert set(counts.loc[counts["form"] == "preschool", "school_id"]) == {"d01", "d02"}
    assert passport(project, "s09").organisation.conditions
    assert "Число" not in said(passport(project, "s09"), "card")


def by_paper(school_id, n):
    """Return the last year's indicators with two papers of VPR of one school, one of few pupils."""
    rows = indicator_rows(4, LAST, {})
    whole_row = rows[(rows["indicator"] == "so_vpr_basic") & (rows["school_id"] == school_id)]
    papers = pd.concat([whole_row, whole_row], ignore_index=True)
    return pd.concat(
        [
            rows,
            papers.assign(
                subject=["mathematics", "russian"],
                grade=[5, 4],
                n=[3, n],
                denominator=[3.0, float(n)],
                value=[0.5, 0.5],
            ),
        ],
        ignore_index=True,
    )


def test_papers_are_for_the_schools_own_work_and_few_pupils_stay_hidden(tmp_path):
    made = write_years(tmp_path, indicators=by_paper("s02", 40))
    text = said(passport(made, "s02"), "position")
    folded = text[text.index("по предметам и классам") :]
    assert folded.index("Русский язык, 4 класс") < folded.index("Математика, 5 класс"), "register"
    assert row_of(folded, "Русский язык, 4 класс")[1] == "50,0\u00a0%"
    assert row_of(folded, "Математика, 5 класс")[1] == "скрыто"
    assert "по предметам" not in said(passport(made, "s01"), "position")

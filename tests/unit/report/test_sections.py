import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from msoko.catalog.municipality import profile_overrides
from msoko.catalog.municipality.profile import DirectionChange
from msoko.core.errors import UsageError
from msoko.core.tables import TABLES
from msoko.report.block import Details, Figure, Sheet, block
from msoko.report.data.evidence import Evidence, Ledger
from msoko.stats.estimators.ratio import ratio_change

CALLS = [
    ("summary", ["er_mean", "er_success"]), ("goals", []), ("indicators", []), ("collection", []),
    ("data_quality", []), ("level", ["er_mean"]), ("marks", []), ("dynamics", ["er_mean"]),
    ("compare_schools", ["er_mean"]), ("compare_schools", ["er_success"]), ("context", ["er_mean"]),
    ("objectivity", []),
    ("score_distribution", []), ("journal", []), ("recommendations", []),
    ("decisions_proposed", []), ("effect", []), ("method", []), ("arrived", []),
    ("set_aside", []), ("all_findings", []), ("suppression", []), ("drift", []), ("meaning", []),
    ("provenance", []),
]  # fmt: skip


def text_of(made_block):
    return made_block._repr_mimebundle_()["text/markdown"]


@pytest.mark.parametrize("edition", ["internal", "public"])
@pytest.mark.parametrize(("schools", "years"), [(1, 1), (2, 2), (3, 2), (6, 5)])
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_every_block_says_something_at_every_size(made, schools, years, edition):
    report = made(schools, years, edition=edition)
    for name, codes in CALLS:
        text = text_of(getattr(report, name)(*codes))
        assert text.strip(), name
        assert "nan" not in re.sub(r"data:image[^)]*", "", text), name
        assert "<NA>" not in text, name


def test_a_block_puts_out_markdown_only(made):
    bundle = made().dynamics("er_mean")._repr_mimebundle_()
    assert set(bundle) == {"text/markdown", "text/plain"}
    assert len(bundle["text/plain"]) < 200


def test_names_from_data_stay_text(made):
    text = text_of(made().compare_schools("er_success"))
    assert r"\*имени\* \| \{\#x\}" in text
    assert "*имени*" not in text.replace(r"\*", "")


def test_signs_are_told_of_tests_made_and_stand_on_pupils(made):
    report = made()
    school = [str(report.year), "s1", 1e-5, 1e-4, 1e-3, True, 4]
    verdicts = pd.DataFrame([school], columns=list(TABLES["objectivity_schools"].columns))
    markers = pd.DataFrame(
        [
            (str(report.year), "s1", "all", None, marker, 0.5, p, 9, "limited")
            for marker, p in {"heaping": 0.001, "break": 0.04, "exam": 0.3, "absence": 0.8}.items()
        ],
        columns=list(TABLES["objectivity_markers"].columns),
    )
    with report.store.replacing(report.year) as writer:
        writer.write("schools", report.store.read("schools", [report.year]))
        writer.write("objectivity_schools", verdicts)
        writer.write("objectivity_markers", markers)
    text = text_of(report.objectivity())
    assert "Признаков найдено из проверок" in text
    assert "2 из 4" in text.replace("\u00a0", " ")
    assert "видов признаков – 4" in text.replace("\u00a0", " ")
    assert "Учеников" in text
    assert "Маркеров" not in text


def test_school_means_without_pupils_are_not_compared_when_schools_are_few(made):
    text = text_of(made().compare_schools("er_mean"))
    assert "Недостаточно данных" in text and "менее 100 школ" in text


def test_the_public_edition_names_no_school(made):
    report = made(edition="public")
    for name, codes in CALLS:
        assert "СОШ" not in text_of(getattr(report, name)(*codes)), name


def test_subjects_are_not_added_up(made):
    report = made()
    assert [line.subject for line in report.lines("er_mean")] == ["russian", "mathematics"]
    text = text_of(report.summary("er_mean"))
    assert "русский язык" in text and "математика" in text


def test_a_change_is_the_change_over_schools(made):
    report = made()
    line = report.lines("er_mean")[0]
    this, last = (
        report.store.read("school_results", [year]).query("subject == 'russian'")
        for year in (report.year, report.year.shifted(-1))
    )
    pairs = [(rows["mean_score"] * rows["participant_count"], rows["participant_count"])
             for rows in (last, this)]  # fmt: skip
    expected = ratio_change(*[tuple(np.asarray(one, float) for one in pair) for pair in pairs])
    found = report.changes[line]
    assert found.estimate.value == pytest.approx(expected.value)
    assert found.estimate.se == pytest.approx(expected.se)
    assert found.difference == pytest.approx(expected.value)


@pytest.mark.parametrize(("slope", "word"), [(3.0, "улучшился"), (-3.0, "ухудшился")])
def test_a_told_change_says_better_or_worse(made, slope, word):
    assert word in text_of(made(slope=slope).summary("er_mean"))


def test_a_change_that_chance_explains_is_not_told(made):
    text = text_of(made(slope=0.0).summary("er_mean"))
    assert "неотличимо от случайного" in text
    assert "улучшился" not in text and "ухудшился" not in text


@pytest.mark.parametrize("years", [2, 3, 4])
def test_no_trend_is_claimed_under_five_years(made, years):
    text = text_of(made(years=years).dynamics("er_mean"))
    assert "говорить рано" in text and "Манна" not in text


def test_five_years_of_growth_are_described_and_not_called_a_trend(made):
    """Pupils of neighbouring years are partly the same: one series in eight goes so by chance."""
    text = text_of(made(years=5, slope=3.0).dynamics("er_mean"))
    assert "Значение растёт 4\u00a0года подряд, но с поправкой" in text and "устойчиво" not in text
    assert "одних и тех же людей" in text
    assert text.count("более лёгкая работа выглядела бы здесь как рост") == 1


def test_ten_years_of_growth_are_a_trend(made):
    text = text_of(made(years=10, slope=3.0).dynamics("er_mean"))
    assert "За 10\u00a0лет значение устойчиво растёт (q = 0,004" in text


def test_a_number_leads_to_its_evidence(made):
    report = made()
    said = text_of(report.summary("er_mean")) + text_of(report.indicators())
    account = text_of(report.provenance())
    cited = set(re.findall(r"\(#e-([0-9a-f]{8})\)", said))
    assert cited
    assert cited == set(re.findall(r"\{#e-([0-9a-f]{8})\}", account))


def test_the_same_number_has_one_entry_and_a_stable_id():
    ledger = Ledger()
    one = Evidence("Доля", "87,3 %", n="10")
    assert ledger.cite(one) == ledger.cite(Evidence("Доля", "87,3 %", n="10"))
    assert len(ledger.entries) == 1
    assert Evidence("Доля", "87,3 %", n="11").id != one.id


def test_a_figure_carries_its_alternative_and_the_table_behind_it():
    sheet = Sheet(["Школа", "%"], [["а", "1"]], "Данные")
    folded = Details("Данные рисунка", (sheet,))
    drawn = Figure(b"<svg/>", "Подпись", 'Текст "в кавычках"', "x", folded).markdown()
    assert 'fig-alt="Текст ”в кавычках”"' in drawn
    assert "![Подпись](data:image/svg+xml;base64," in drawn and "{#fig-x" in drawn
    assert "Данные рисунка" in drawn and "| а | 1 |" in drawn


def test_an_empty_table_says_so_in_words(made):
    assert made().sheet(["а"], [], "Школы").markdown() == "*Школы: нет данных.*"
    assert block(None, "", Details("x", ())).parts == (Details("x", ()),)


def test_an_indicator_that_the_profile_drops_is_left_out_of_the_answer(made):
    report = made()
    change = DirectionChange(drop=("er_success",))
    profile = dataclasses.replace(report.profile, changes={"exam_results": change})
    direction = profile_overrides.apply_changes(report.direction, change)
    report = dataclasses.replace(report, profile=profile, direction=direction)
    assert "Доля участников, достигших уровня" not in text_of(
        report.dynamics("er_mean", "er_success")
    )
    assert text_of(report.level("er_success")) == (
        "**Доля участников, достигших уровня** – в показатели муниципалитета не входит."
    )


def test_an_indicator_that_nobody_declared_is_refused(made):
    with pytest.raises(UsageError, match="нет показателя «er_maen».*имелось в виду «er_mean»"):
        made().dynamics("er_maen")


def test_a_first_year_says_that_there_is_nothing_to_compare(made):
    first, second = (text_of(made(years=years).indicators()) for years in (1, 2))
    assert "Сравнить не с чем: за" in first
    assert "неотличим" not in first and "изменение к прошлому году" not in first
    assert "Сравнить не с чем" not in second


POINT = re.compile(
    rb'id="PathCollection_\d+"(?:(?!</g>\s*</g>).)*?<use [^>]*x="[^"]+" y="', re.DOTALL
)


def points_drawn(block) -> int:
    """Return how many charts of the block hold a place for each organisation."""
    figures = [part for part in block.parts if hasattr(part, "svg")]
    return sum(bool(POINT.search(one.svg)) for one in figures)


@pytest.mark.parametrize("question", ["compare_schools", "context"])
def test_no_public_chart_holds_a_point_of_an_organisation(made, question):
    codes = {"compare_schools": "er_success", "context": "er_mean"}
    for schools in (6, 40):
        public = getattr(made(schools, edition="public"), question)(codes[question])
        assert points_drawn(public) == 0
        assert "@fig-" not in text_of(public)


def test_the_attack_does_find_points_where_they_are_drawn(made):
    assert points_drawn(made().compare_schools("er_success")) == 2  # one a subject

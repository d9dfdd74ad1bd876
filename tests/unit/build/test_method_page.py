"""The method page: filled from the files of its checks, and honest where a check has not run."""

import json
from collections import Counter

import pytest

from msoko.build.graph import written_pages
from msoko.build.steps import method_page
from msoko.core.project import HOME, Project
from msoko.site.rendering.embedded_renderer import render_markdown
from msoko.site.rendering.renderer_labels import load_labels

RECORDS = json.loads(HOME.joinpath(*written_pages.REFERENCE).read_text(encoding="utf-8"))
PUBLISHED = "PUBLISHED: Book 1999 (recalled digits)"


def record(quantity, source="R 4.2.2", tolerance=1e-9, kind="rel", model="81/263"):
    return {
        "model": model, "quantity": quantity, "source": source,
        "tolerance": tolerance, "tolerance_kind": kind,
    }  # fmt: skip


@pytest.fixture
def bare(tmp_path):
    """A house with the template and the registry only: nothing has been proved in it."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "method.md.j2").write_bytes(
        HOME.joinpath(*written_pages.TEMPLATE).read_bytes()
    )
    (tmp_path / "registry").mkdir()
    for path in (HOME / "registry").iterdir():
        (tmp_path / "registry" / path.name).write_bytes(path.read_bytes())
    return Project(tmp_path, home=tmp_path)


def test_every_reference_record_has_its_section_and_every_section_is_on_the_page():
    counts = Counter(method_page.section_of(record) for record in RECORDS)
    assert None not in counts and set(counts) == set(method_page.SECTIONS)
    template = HOME.joinpath(*written_pages.TEMPLATE).read_text(encoding="utf-8")
    assert all(f'"{section}"' in template for section in method_page.SECTIONS)


def page_with(bare, records):
    """Return the page's markdown where these are all the reference numbers there are."""
    path = bare.root.joinpath(*written_pages.REFERENCE)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(records), encoding="utf-8")
    return method_page.method_page(bare).markdown


def test_a_check_counts_programs_publications_and_the_widest_tolerance(bare):
    records = [
        record("wilson95", "R 4.2.2; lme4 1.1.31", 1e-9),
        record("wilson95", "R 4.2.2", 1e-4),
        record("wilson95[0]", PUBLISHED, 5.1e-5, "abs"),
        record("p", model="p.adjust"),
    ]
    found = method_page.reference_numbers(records, "shares")
    assert found["computed"].sources == ["R 4.2.2", "lme4 1.1.31"]
    assert found["computed"].bounds == [("rel", 1e-4)]
    assert (
        "**Сверка.** Функции проверяются по 3 эталонным числам: посчитано программами R 4.2.2 и "
        "lme4 1.1.31 – 2, расхождение не более 10^−4^ (относительное); опубликовано (Book 1999) "
        "– 1, расхождение не более 5,1·10^−5^ (абсолютное).\n"
    ) in page_with(bare, records)


def test_a_check_without_a_tolerance_is_exact_and_two_bounds_are_both_named(bare):
    exact = record("wilson95", tolerance=0.0)
    assert "R 4.2.2 – 1, совпадение точное.\n" in page_with(bare, [exact])
    both = method_page.reference_numbers([record("wilson95"), record("w", kind="abs")], "shares")
    assert [kind for kind, _ in both["computed"].bounds] == ["rel", "abs"]


def test_a_check_without_records_says_so(bare):
    said = method_page.method_page(bare).markdown
    assert "\n**Сверка.** Файл эталонных чисел не найден.\n" in said


def test_the_page_shows_the_proof_with_its_date_and_seed(bare):
    proof = json.loads(HOME.joinpath(*written_pages.PROOF).read_text(encoding="utf-8"))
    proof |= {"date": "2031-02-03", "seed": 987654321}
    (bare.root / "docs" / "method").mkdir()
    (bare.root / "docs" / "method" / "proof.json").write_text(json.dumps(proof), encoding="utf-8")
    page = method_page.method_page(bare).markdown
    assert "03.02.2031" in page and "987654321" in page
    listed = [row for row in proof["rows"] if row["rule"] == "list"]
    assert page.count(": Единый список: частота ошибок") == 1
    for row in listed:
        assert method_page.percent(row["fdr"], row["fdr_se"]) in page


def test_the_page_shows_how_often_an_effect_is_made_of_nothing(bare):
    rates = json.loads(HOME.joinpath(*written_pages.EFFECTS).read_text(encoding="utf-8"))
    assert "Решения, которые ничего не изменили" not in method_page.method_page(bare).markdown
    (bare.root / "docs" / "method").mkdir()
    copy = bare.root / "docs" / "method" / "effect_rates.json"
    copy.write_text(json.dumps(rates), encoding="utf-8")
    page = method_page.method_page(bare).markdown
    assert f"начальное число {rates['seed']}" in page
    for row in (*rates["compared"], *rates["course"]):
        assert f"| {method_page.percent(row['improved'])} | " in page


def test_the_proof_of_effects_holds_its_level():
    """Monte-Carlo error at .025 and .95; a rate beyond it would be a broken promise."""
    rates = json.loads(HOME.joinpath(*written_pages.EFFECTS).read_text(encoding="utf-8"))
    error = (0.025 * 0.975 / rates["replications"]) ** 0.5
    assert all(row["improved"] <= 0.025 + 3 * error for row in rates["compared"])
    assert all(row["covered"] >= 0.95 - 5 * error for row in rates["compared"])


def test_without_a_proof_the_page_says_how_to_run_it(bare):
    page = method_page.method_page(bare)
    assert page.href == "method.html" and page.title == "Методика расчётов"
    assert "ещё не проводилось" in page.markdown and "`make proof`" in page.markdown
    assert "validation.html" not in page.markdown
    assert method_page.validation_page(bare) is None
    assert [path.name for path in written_pages.page_sources(bare)] == ["method.md.j2"]


def test_the_page_is_good_pandoc():
    page = method_page.method_page(Project.at(None))
    assert "<<" not in page.markdown and "<%" not in page.markdown
    html = render_markdown(page.markdown, load_labels())
    assert html.count("<math") >= 15 and "$" not in html
    assert html.count("<table") >= 5 and "None" not in html and "{#" not in html


def test_no_page_without_a_template(tmp_path):
    assert method_page.method_page(Project(tmp_path, home=tmp_path)) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1e-9, "10^−9^"), (5.1e-5, "5,1·10^−5^"), (0.005, "0,005"), (0.05, "0,05"), (1e-4, "10^−4^")],
)
def test_tolerances_as_printed(value, shown):
    assert method_page.power(value) == shown


def test_rates_as_printed():
    assert method_page.percent(0.0386, 0.0134) == "3,9 ± 1,3"
    assert method_page.percent(None, None) == "–"

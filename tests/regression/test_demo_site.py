"""What the demo's site must be and must not hold, in both editions."""

from __future__ import annotations

import posixpath
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import html as lxml_html

from demo_site import YEAR, msoko, people, school_names, texts
from msoko.catalog import load_profile
from msoko.core.project import Project

EDITIONS = ("internal", "public")
SITE = f"reports/{YEAR}/internal"
COUNTS = ("n", "Участников", "Числитель", "Знаменатель")
"""Heads of columns that count persons."""
OF_THINGS = re.compile(r"^\d+\s(?:работ|мероприяти|школ)")


def published(demo: Path, edition: str, kind: str = "*.*") -> list[Path]:
    folder = demo / "reports" / YEAR / edition
    return sorted(path for path in folder.rglob(kind) if path.is_file())


def pages(demo: Path, edition: str) -> list[Path]:
    return published(demo, edition, "*.html")


def names(demo: Path, edition: str) -> set[str]:
    """Return the files of a site, as addresses from its root."""
    folder = demo / "reports" / YEAR / edition
    return {path.relative_to(folder).as_posix() for path in published(demo, edition)}


def dead_links(demo: Path, edition: str) -> dict[str, set[str]]:
    """Return the addresses within the site that lead nowhere, under the page they stand on."""
    folder, files = demo / "reports" / YEAR / edition, names(demo, edition)
    found = {}
    for page in pages(demo, edition):
        links = lxml_html.fromstring(page.read_bytes()).xpath("//a/@href")
        beside = page.relative_to(folder).parent.as_posix()
        local = {unquote(link.split("#")[0]) for link in links} - {""}
        found[page.name] = {posixpath.normpath(f"{beside}/{link}") for link in local} - files
    return {page: links for page, links in found.items() if links}


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_page_is_there_and_leads_only_to_its_own_site(demo: Path, edition: str):
    profile = load_profile(Project.at(demo), "demo")
    expected = {"index.html", "quality.html"} | {f"{one}.html" for one in profile.directions}
    assert expected <= names(demo, edition)
    assert dead_links(demo, edition) == {}


@pytest.mark.parametrize("edition", EDITIONS)
def test_pages_fetch_nothing_and_say_that_data_are_synthetic(demo: Path, edition: str):
    for page in pages(demo, edition):
        root = lxml_html.fromstring(page.read_bytes())
        assert not root.xpath("//script[@src]|//iframe|//object|//embed"), page.name
        sources = root.xpath("//link/@href|//*/@src|//*/@srcset|//*/@poster|//*/@action")
        assert all(source.startswith("data:") for source in sources), page.name
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"(?:src|href|url\(|@import)[=\s\"'(]*https?://", text), page.name
        assert "синтетические" in root.text_content().lower(), page.name


def test_no_name_and_no_document_of_a_pupil_outlives_ingest(demo: Path):
    surnames, documents = people(demo / "data/raw")
    assert len(surnames) > 20
    assert len(documents) > 100
    alone = r"(?<![\w.\-])(?:{})(?![\w.])"
    name = re.compile(alone.format("|".join(sorted(surnames))))
    number = re.compile(alone.format("(?:0099 ?)?(?:" + "|".join(sorted(documents)) + ")"))
    for folder in ("reports", "data/processed", ".cache"):
        for file in sorted((demo / folder).rglob("*")):
            for text in texts(file) if file.is_file() else ():
                assert not name.search(text), file
                assert not number.search(text), file


def test_logins_stay_in_the_register_of_schools(demo: Path):
    for folder in ("reports", "data/processed", ".cache"):
        for file in sorted((demo / folder).rglob("*")):
            if file.is_file() and file.name != "schools.parquet":
                assert not any(re.search(r"(?<![A-Za-z0-9])edu\d", text) for text in texts(file))


def test_the_public_edition_names_no_school(demo: Path):
    schools = school_names(demo)
    assert any(name in text for page in pages(demo, "internal") for text in texts(page)
               for name in schools)  # fmt: skip
    for page in published(demo, "public"):
        for text in texts(page):
            assert not [name for name in schools if name in text], page.name


def test_the_public_edition_prints_no_count_under_five(demo: Path):
    seen = 0
    for page in pages(demo, "public"):
        for table in lxml_html.fromstring(page.read_bytes()).xpath("//table"):
            heads = [cell.text_content().strip() for cell in table.xpath("./thead/tr/*")]
            for row in table.xpath("./tbody/tr"):
                cells = [cell.text_content().strip() for cell in row]
                if len(cells) == 1 or any(OF_THINGS.search(cell) for cell in cells):
                    continue  # the name of a group; n says what it counts, and these are no persons
                for head, text in zip(heads, cells, strict=True):
                    if head in COUNTS and text.isdigit():
                        seen += 1
                        assert not 0 < int(text) < 5, (page.name, heads, cells)
    assert seen > 100


def test_the_public_edition_draws_no_school(demo: Path):
    for page in pages(demo, "public"):
        root = lxml_html.fromstring(page.read_bytes())
        figures = root.xpath("//figure/@id")
        assert not [one for one in figures if one.startswith(("fig-schools", "fig-context"))]


def test_a_second_build_runs_nothing_and_touches_nothing(demo: Path):
    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in sorted(demo.rglob("*"))}

    before = state()
    done = msoko("build", YEAR, "--project", demo)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"Ничего не изменилось, всё уже построено: {demo / SITE}/index.html\n"
    assert state() == before


def test_one_report_built_after_a_cleaning_takes_no_page_from_the_site(demo: Path, tmp_path: Path):
    root = Path(shutil.copytree(demo, tmp_path / "project"))
    before = {name: (root / SITE / name).read_bytes() for name in names(root, "internal")}
    assert msoko("clean", "--project", root).code == 0
    done = msoko("build", YEAR, "--project", root, "--direction", "student_outcomes")
    assert (done.code, done.err) == (0, "")
    assert names(root, "internal") == set(before)
    assert dead_links(root, "internal") == {}
    touched = {name for name in before if (root / SITE / name).read_bytes() != before[name]}
    assert touched == {"index.html", "passports/index.html"}  # they say which pages are old
    index = (root / SITE / "index.html").read_text(encoding="utf-8")
    assert index.count("Показан прежний отчёт.</strong> В этой сборке не строился.") == 11
    status = msoko("status", "--why", "--project", root)
    assert "сайт" not in status.out

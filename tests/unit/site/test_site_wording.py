"""The words of the site stand in `registry/wording_site.yml`; a profile's own reach its pages.

That none stands in Python is tested for all rooms together in `test_wording_files.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from executed import build_site, house_wording
from msoko.catalog import load_profile
from msoko.catalog.registry.registry_words import flatten_sentences, load_wording
from msoko.catalog.registry.wording import Wording
from msoko.core.project import HOME, Project
from msoko.site.page_template import THEME, quote_in_script, quote_in_style

SITE = HOME / "src" / "msoko" / "site"
MODULES = sorted(SITE.rglob("*.py"))
TEMPLATES = sorted(path for path in THEME.iterdir() if path.is_file())
CYRILLIC = re.compile("[А-Яа-яЁё]")
KEY = re.compile(r'"(site\.[\w.]+)"( ~)?')


def used_keys() -> tuple[set[str], set[str]]:
    """Return the keys that the site and who fills it ask for, and the beginnings of such."""
    files = [*MODULES, *TEMPLATES, *(HOME / "src" / "msoko" / "build" / "steps").glob("*.py")]
    whole, begun = set(), set()
    for path in files:
        text = path.read_text(encoding="utf-8")
        for key, goes_on in KEY.findall(text):
            (begun if goes_on else whole).add(key)
        begun.update(re.findall(r'f"(site\.[\w.]*)\{', text))
    return whole, begun


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_word_for_readers_stands_in_a_template(path: Path):
    assert CYRILLIC.findall(path.read_text(encoding="utf-8")) == []


def test_every_sentence_that_is_asked_for_is_there_and_every_one_there_is_asked_for():
    known = {
        key for key, _ in flatten_sentences(house_wording().sentences) if key.startswith("site.")
    }
    whole, begun = used_keys()
    assert {key for key in whole if key not in known} == set()
    reached = {key for key in known if any(key.startswith(start) for start in begun)}
    assert known - whole - reached == set()


def reworded(**sentences: str) -> Wording:
    """Return the house's words as a profile changes them; `__` stands for the point of a key."""
    project = Project(HOME)
    own = {key.replace("__", "."): text for key, text in sentences.items()}
    return Wording(load_wording(project, replace(load_profile(project, "demo"), wording=own)))


def test_a_profile_s_own_sentence_is_seen_on_the_index(tmp_path: Path):
    words = reworded(site__index__title="Год {{ year }} в школах", site__change__better="(лучше)")
    build_site([], tmp_path / "site", wording=words)
    text = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "<h1>Год 2024-25 в школах</h1>" in text
    assert "(лучше)" in text and "(улучшение)" not in text


def test_words_in_script_and_style_cannot_end_them(tmp_path: Path):
    words = reworded(site__passports__found='</script>"<b>', site__report__folded='</style>"\\')
    build_site([], tmp_path / "site", wording=words)
    text = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert text.count("</script>") == text.count("</style>") == 1


def test_words_are_quoted_for_where_they_stand():
    assert quote_in_script('Найдено: "1" </') == '"Найдено: \\"1\\" \\u003c/"'
    assert quote_in_style('а "б" <\\') == '"а \\22 б\\22  \\3c \\5c "'

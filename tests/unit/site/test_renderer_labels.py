import pytest

from msoko.core.errors import UsageError
from msoko.site.rendering.renderer_labels import load_labels


def test_both_renderers_read_their_words_from_one_file():
    words = load_labels()
    assert (words.lang, words.figure_title, words.table_title) == ("ru", "Рисунок", "Таблица")
    assert words.contents == "Содержание"


def test_a_missing_word_is_refused_not_replaced_by_english(tmp_path):
    path = tmp_path / "_quarto.yml"
    path.write_text(
        "lang: ru\ncrossref: {fig-title: Рисунок}\nlanguage: {}\nmsoko: {}\n", encoding="utf-8"
    )
    with pytest.raises(UsageError, match="нет надписи 'fig-prefix'"):
        load_labels(path)

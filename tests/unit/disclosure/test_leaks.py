import base64

import pytest

from msoko.core.errors import DataRefused
from msoko.disclosure.leak_guard.organisation_names import OrganisationNames
from msoko.disclosure.leak_guard.published_texts import (
    Passage,
    passages_of_markup,
    passages_of_notebook,
    passages_of_text,
)
from msoko.disclosure.leaks import Guard, find_leaks, refuse_leaks, refuse_typed_counts


def kinds(page: str, guard: Guard | None = None) -> set[str]:
    found = find_leaks("p.html", passages_of_markup(page), guard or Guard())
    return {leak.kind for leak in found}


def test_a_name_in_cells_of_a_table_or_in_tags_within_a_word_is_found():
    cells = "<td>Иванова</td><td>Анна</td>\n<td>Сергеевна</td>"
    assert kinds(cells) == {"фамилия, имя, отчество"}
    assert kinds("<p>Кузь<wbr>ми<b>ну</b> П.&nbsp;С.</p>") == {"фамилия и инициалы"}


@pytest.mark.parametrize(
    "hidden",
    ['<img alt="Кузьмин Павел">', "<p>чисто</p><!-- Кузьмин Павел -->", "<a href='?q=%D0%9A%D1%83"
     "%D0%B7%D1%8C%D0%BC%D0%B8%D0%BD%20%D0%9F%D0%B0%D0%B2%D0%B5%D0%BB'>x</a>"],
)  # fmt: skip
def test_what_is_held_but_not_shown_is_found(hidden):
    assert kinds(hidden) == {"фамилия и имя"}


def test_a_login_drawn_in_a_chart_is_found():
    picture = base64.b64encode(b"<svg><text>edu990007</text></svg>").decode()
    assert kinds(f'<img src="data:image/svg+xml;base64,{picture}">') == {"логин организации"}


def test_letters_inside_a_picture_s_bytes_are_not_text():
    assert kinds('<img src="data:image/png;base64,AAAA/edu12345/+AAAA">') == set()


def test_forbidden_texts_are_whole_words_in_any_case_and_spacing():
    guard = Guard(forbidden=("школа села дальнее",))
    assert kinds("Школа  села <b>Дальнее</b>", guard) == {"запрещённый текст"}
    assert kinds("Школа села Дальнеевосточное", guard) == set()
    assert kinds("да", Guard(forbidden=("да",))) == set()  # too short to mean anything


def test_a_surname_of_the_data_is_found_whatever_dictionaries_say():
    assert kinds("Отмечен Нгуйзяк.") == set()
    guard = Guard(is_known=lambda word: word.lower() == "нгуйзяк")
    assert kinds("Отмечен Нгуйзяк.", guard) == {"фамилия"}


def test_a_text_that_the_profile_signs_for_may_stand_and_nothing_else():
    guard = Guard(allowed=("Иванова А. П.",))
    assert kinds("Утвердила Иванова А.&nbsp;П.", guard) == set()
    assert kinds("Утвердила Иванова А. П., исполнил Кузьмин П. С.", guard) == {"фамилия и инициалы"}


SCHOOLS = OrganisationNames.of(
    [
        "МБОУ «СОШ № 5 г. Вереснинска»",
        "МБОУ «Ольшанцевская СОШ»",
        "МБДОУ «Детский сад № 1 „Рябинка“»",
        "МБОУ «СОШ № 9 имени А. В. Вершинского»",
    ],
    ["Вереснинск"],
)


@pytest.mark.parametrize(
    "named",
    [
        "в школе № 5", "СОШ №5", "СОШ-5", "МБОУ СОШ № 5", "школы №№ 5, 12", "гимназия № 5",
        "Ольшанцевской школе", "ученики Ольшанцевской СОШ", "школа «Ольшанцевская»",
        "детскому саду № 1", "ДОУ № 1", "сад «Рябинка»", "в «Рябинке»", "школе № 9",
    ],
)  # fmt: skip
def test_an_organisation_s_name_is_found(named):
    assert kinds(named, Guard(organisations=SCHOOLS)) == {"организация"}


@pytest.mark.parametrize(
    "said",
    [
        "школа № 77 другого города", "5 школ", "в школе 5 классов", "таблица № 5", "приказ № 5",
        "школы Вереснинска", "детский сад № 8", "Ольшанцево", "рябинка у крыльца", "форма № 1",
    ],
)  # fmt: skip
def test_what_names_no_organisation_of_ours_is_let_pass(said):
    assert kinds(said, Guard(organisations=SCHOOLS)) == set()


def test_the_refusal_names_the_place_masks_the_text_and_says_where_it_was_typed():
    page = "<h2>Решения</h2><p>Поручить Кузьмину П. С.</p>"
    decisions = "decisions:\n  - text: Поручить Кузьмину П. С."
    with pytest.raises(DataRefused) as refusal:
        refuse_leaks(
            {"b.html": [Passage("", "чисто")], "a.html": passages_of_markup(page)},
            Guard(),
            lambda: {"profiles/x/decisions.yml": passages_of_text(decisions)},
        )
    assert str(refusal.value).splitlines()[1:4] == [
        "  a.html, раздел «Решения»: фамилия и инициалы «К…у П. С.»",
        "Написано здесь:",
        "  profiles/x/decisions.yml, строка 2: фамилия и инициалы «К…у П. С.»",
    ]
    assert "Кузьмин" not in str(refusal.value)


def test_a_long_list_is_cut_and_counted():
    with pytest.raises(DataRefused, match="… и ещё 5"):
        refuse_leaks({"a": [Passage("", " ".join(f"edu99{n:04}" for n in range(15)))]}, Guard())


def test_clean_pages_pass():
    refuse_leaks({"a": [Passage("", "87,3 %")]}, Guard(forbidden=("Школа села Дальнее",)))


@pytest.mark.parametrize(
    "said",
    [
        "не сдали 3 ученика", "Двое выпускников не явились", "3 из 4 участников", "трое детей",
        "1 педагог без категории",
        "учеников: 2", "один ученик не сдал", "2 из 7 не преодолели порог",
    ],
)  # fmt: skip
def test_few_persons_typed_into_prose_are_refused_with_the_cell(said):
    notebook = '{"cells": [{"cell_type": "code", "source": ["x"]},' + (
        f'{{"cell_type": "markdown", "source": ["{said}"]}}]}}'
    )
    with pytest.raises(DataRefused, match="отчёт.ipynb, ячейка 2"):
        refuse_typed_counts({"отчёт.ipynb": passages_of_notebook(notebook, prose_only=True)})


@pytest.mark.parametrize(
    "said",
    [
        "группы менее 5 участников скрыты", "не менее 3 человек", "от 2 до 4 баллов", "12 учеников",
        "4 класса",
        "2 из 9 показателей", "хотя бы один участник", "в 3 школах", "п. 3 участники",
        "один обучающийся заметно меняет долю",
    ],
)  # fmt: skip
def test_rules_and_other_numbers_in_prose_are_let_pass(said):
    refuse_typed_counts({"a.ipynb": [Passage("ячейка 1", said)]})

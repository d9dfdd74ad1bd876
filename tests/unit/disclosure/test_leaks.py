import base64

import pytest

from msoko.core.errors import DataRefused
from msoko.disclosure.leaks import find_leaks, refuse_leaks


def kinds(text: str, forbidden: tuple[str, ...] = ()) -> set[str]:
    return {leak.kind for leak in find_leaks("p.html", text, forbidden)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Школа edu990001", "логин организации"),
        ("<td>EDU990001</td>", "логин организации"),
        ("учащийся Иванов Пётр Сергеевич", "фамилия, имя и отчество"),
        ("Анна Ильинична Петрова-Водкина", "фамилия, имя и отчество"),
        ("<td>Иванова</td><td>Анна</td>\n<td>Сергеевна</td>", "фамилия, имя и отчество"),
        ("Алиев Рустам Ахмед оглы", "фамилия, имя и отчество"),
        ("ответственный: Иванов И. П.", "фамилия и инициалы"),
        ("Иванов&nbsp;И.&nbsp;П., директор", "фамилия и инициалы"),
        ("СНИЛС 112-233-445 95", "номер СНИЛС"),
        ("паспорт 4509 123456", "серия и номер документа"),
        ("паспорт 45 09 № 123456", "серия и номер документа"),
    ],
)
def test_personal_marks_are_found(text, kind):
    assert kinds(text) == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "Школа № 1 имени Александра Сергеевича Пушкина",
        "Лицей А. С. Пушкина",
        "Школа имени Героя Советского Союза Ивана Петровича Сидорова",
        "Вереснинский муниципальный округ, Демонстрационный край",
        "1 234 567 участников; доля 12,3 %; 20.04.2026",
        "education, schedule2, edu",
        "сумма 3f2a09" + "0" * 58,
    ],
)
def test_ordinary_text_is_not_a_leak(text):
    assert kinds(text) == set()


def test_a_login_drawn_in_a_chart_is_found():
    picture = base64.b64encode(b"<svg><text>edu990007</text></svg>").decode()
    assert kinds(f'<img src="data:image/svg+xml;base64,{picture}">') == {"логин организации"}


def test_letters_inside_a_picture_s_bytes_are_not_text():
    assert kinds('<img src="data:image/png;base64,AAAA/edu12345/+AAAA">') == set()


def test_forbidden_texts_are_whole_words_in_any_case_and_spacing():
    assert kinds("Школа  села <b>Дальнее</b>", ("школа села дальнее",)) == {"запрещённый текст"}
    assert kinds("Дальнеевосточный", ("Дальнее",)) == set()
    assert kinds("да", ("да",)) == set()  # too short to mean anything


def test_the_refusal_names_page_and_text_and_what_to_do():
    with pytest.raises(DataRefused) as refusal:
        refuse_leaks({"b.html": "чисто", "a.html": "edu990001"})
    assert str(refusal.value) == (
        "Открытая редакция не выпущена: в ней остались сведения, которые нельзя публиковать.\n"
        "  a.html: логин организации «edu990001»\n"
        "Уберите их из отчёта или выпустите служебную редакцию (internal). "
        "Прежняя редакция, если была, осталась на месте."
    )


def test_a_long_list_is_cut_and_counted():
    with pytest.raises(DataRefused, match="… и ещё 5"):
        refuse_leaks({"a.html": " ".join(f"edu99{n:04}" for n in range(15))})


def test_clean_pages_pass():
    refuse_leaks({"a.html": "<p>87,3 %</p>"}, forbidden=("Школа села Дальнее",))

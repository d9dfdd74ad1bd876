"""Invented names and documents, which the regional centre's files carry and ingest must drop."""

from __future__ import annotations

SURNAMES = (
    "Абрикосов", "Берестов", "Вершков", "Горошин", "Дубравин", "Ежевикин", "Жемчугов", "Зарницын",
    "Изумрудов", "Калачиков", "Ладушкин", "Малинников", "Незабудкин", "Облепихин", "Подснежников",
    "Родничков", "Смородинов", "Туманников", "Усольников", "Фиалкин", "Хлебородов", "Цаплин",
    "Черничкин", "Шиповников", "Щавелев", "Эхов", "Юрчанинов", "Ясноглядов",
)  # fmt: skip
MALE = ("Архип", "Богдан", "Всеслав", "Глеб", "Демьян", "Ермолай", "Захар", "Кузьма", "Лука")
FEMALE = ("Аглая", "Варвара", "Василиса", "Дарина", "Злата", "Лада", "Милана", "Ульяна", "Фёкла")
FATHERS = ("Архип", "Богдан", "Всеслав", "Глеб", "Демьян", "Захар", "Платон", "Родион")


def person(uid: str) -> tuple[str, str, str]:
    """Return the surname, name and patronymic invented for a pupil."""
    number = int(uid[1:]) * 7919
    is_female = number % 2 == 0
    surname = SURNAMES[number // 2 % len(SURNAMES)] + ("а" if is_female else "")
    given = (FEMALE if is_female else MALE)[number // 61 % 9]
    father = FATHERS[number // 577 % len(FATHERS)]
    return surname, given, father + ("овна" if is_female else "ович")


def identity_document(uid: str) -> tuple[str, str]:
    """Return the series and number of a document that cannot exist: series 00 99."""
    return "0099", f"{int(uid[1:]) * 37 % 1_000_000:06d}"

import pytest

from msoko.core.school_year import SchoolYear
from msoko.ingest.identity import known_names, pseudonyms
from msoko.ingest.identity.known_names import KnownNames, keep_surnames, surname_stem
from msoko.ingest.sheets.raw_book import RawBook, RawSheet

SECRET = b"a key of sixteen signs or more"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(known_names, "key_folder", lambda: tmp_path / "keys")
    monkeypatch.setattr(known_names, "project_secret", lambda project: SECRET)
    return tmp_path / "names"


def book(*rows: list[str | None]) -> RawBook:
    return RawBook("a.csv", "csv", "0" * 64, (RawSheet("", [list(row) for row in rows]),))


ROWS = (["№", "Фамилия", "Предмет"], ["1", "Нгуйзяк", "Физика"], ["2", "КУЗЬМИНА", "Химия"])


def test_surnames_of_the_data_are_known_in_any_case_afterwards(folder):
    keep_surnames(SchoolYear(2024), [book(*ROWS)], SECRET)
    is_known = known_names.known_names(None, ["Шаврова Инна Олеговна"])
    assert all(map(is_known, ("Нгуйзяку", "Кузьминым", "Кузьмин", "Шавровой", "Петров-Кузьмин")))
    assert not any(map(is_known, ("Физика", "Петров", "Предмет")))


def test_what_is_kept_names_nobody_and_another_key_asks_in_vain(folder):
    keep_surnames(SchoolYear(2024), [book(*ROWS)], SECRET)
    (path,) = folder.rglob("*.txt")
    text = path.read_text("utf-8")
    assert len(text.split()) == 2
    assert all(set(line) <= set("0123456789abcdef") for line in text.split())
    assert not KnownNames(b"another key, as long as the first", frozenset(text.split()))("Кузьмин")


def test_names_lie_beside_the_keys_outside_the_project():
    assert known_names._folder(SECRET).parents[1] == pseudonyms.key_folder().parent


@pytest.mark.parametrize(
    "cases",
    [
        "Кузьмин Кузьмина Кузьмину Кузьминым Кузьмине Кузьминой",
        "Шкребский Шкребского Шкребскому Шкребским Шкребском Шкребская Шкребской Шкребскую",
        "Шевченко", "Гоголь Гоголя Гоголю Гоголе", "Ковалёв Ковалева Ковалёвой",
    ],
)  # fmt: skip
def test_a_surname_has_one_stem(cases):
    assert len({surname_stem(word) for word in cases.split()}) == 1

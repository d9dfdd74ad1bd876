"""Names and documents stop at the door; pupils keep one pseudonym under the project's key."""

from __future__ import annotations

import stat

import pytest

from made_exports import SECRET, YEAR, checks, exam, f1, project, put_in, save, take
from msoko.core.errors import UsageError
from msoko.core.project import Project
from msoko.core.store import Store
from msoko.ingest.identity.pseudonyms import PUBLIC_DEMO, VARIABLE, Pseudonyms, project_secret
from msoko.ingest.year_reading import read_year

PERSONAL = ("Абрикосова", "Ия", "Львовна", "Кедров", "Ильич", "111111", "222222")
LINKS = [
    ["Связь кодов участников"],
    [],
    ["Единый код ученика", "Учебный год", "Процедура", "Класс", "Код ОО", "Код участника",
     "Документ"],
    ["u1", "2024-25", "ВПР", 4, "edu990101", 40001, None],
    ["u1", "2024-25", "ОГЭ", 9, "111001", None, "4004 111111"],
]  # fmt: skip


def everything_written(folder) -> str:
    return "".join(
        path.read_bytes().decode("utf-8", "replace")
        for path in (folder / "data" / "processed").rglob("*")
        if path.is_file()
    )


def slipped(by: int) -> list:
    """Return a protocol whose columns have slipped: names stand under other headers."""
    return [row if n != 2 else row[by:] + row[:by] for n, row in enumerate(exam())]


SPOILT = {
    "good": exam(),
    "name as score": put_in(put_in(exam(), "J3", "Абрикосова"), "I4", "Кедров"),
    "name as class": put_in(exam(), "C3", "9 Кедров"),
    "name as school": put_in(exam(), "B3", "Кедров"),
    "name as footer": put_in(exam(), "A5", "Ия Львовна"),
    **{f"slipped by {by}": slipped(by) for by in range(1, 11)},
}


@pytest.mark.parametrize("rows", SPOILT.values(), ids=SPOILT)
def test_no_name_or_document_is_written(tmp_path, rows, capsys, caplog):
    intake = take(tmp_path, {"a.csv": rows})
    doubts = checks(intake, "blocking", "set_aside", "warning") - {"task_sum"}
    assert bool(doubts) == (rows != exam())
    with Store(Project(tmp_path)).replacing(YEAR) as writer:
        for name, frame in intake.tables.items():
            writer.write(name, frame)
    shown = everything_written(tmp_path) + capsys.readouterr().out + caplog.text
    shown += "".join(frame.to_csv() for frame in intake.tables.values())
    assert not [word for word in PERSONAL if word in shown]


def test_a_name_in_the_columns_of_f1_is_not_written(tmp_path):
    rows = put_in(put_in(put_in(f1(), "E10", "Кедров Лев"), "F11", "Абрикосова"), "D12", "Ильич")
    intake = take(tmp_path, {"a.xlsx": rows})
    shown = "".join(frame.to_csv() for frame in intake.tables.values())
    assert not [word for word in PERSONAL if word in shown]


def test_the_key_decides_the_pseudonym(tmp_path):
    made = project(tmp_path)
    save(made.raw(YEAR) / "a.csv", exam())
    one = read_year(made, YEAR, SECRET).tables["results"]["pupil_id"]
    other = read_year(made, YEAR, b"another secret of the tests").tables["results"]["pupil_id"]
    again = read_year(made, YEAR, SECRET).tables["results"]["pupil_id"]
    assert list(one) == list(again)
    assert not set(one) & set(other)
    assert one.str.fullmatch("[0-9a-f]{16}").all()


def test_vpr_codes_of_two_papers_are_two_pupils_unless_linked(tmp_path):
    alone = take(tmp_path / "alone", {"a.xlsx": f1(), "b.csv": exam()}).tables["results"]
    assert alone["pupil_id"].is_unique
    linked = take(tmp_path / "linked", {"a.xlsx": f1(), "b.csv": exam(), "c.xlsx": LINKS})
    assert not linked.is_blocked
    results = linked.tables["results"]
    person = Pseudonyms(SECRET)("person", "u1")
    assert set(results.loc[results["pupil_id"] == person, "procedure"]) == {"vpr", "oge"}
    assert "u1" not in linked.tables["set_aside"].to_csv()


def test_one_code_for_two_pupils_is_refused(tmp_path):
    rows = [*LINKS, ["u2", "2024-25", "ВПР", 4, "edu990101", 40001, None]]
    intake = take(tmp_path, {"a.xlsx": f1(), "c.xlsx": rows})
    assert "link_clash" in set(intake.findings["check"])


def test_the_own_key_lies_outside_the_project_for_this_user_alone(tmp_path, monkeypatch):
    import platformdirs

    home = tmp_path / "home"
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda *a, **k: str(home))
    made = project(tmp_path / "project")
    key = project_secret(made)
    [path] = home.rglob("*.key")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert project_secret(made) == key
    assert len(key) == 64
    assert not list((tmp_path / "project").rglob("*.key"))


def test_the_variable_goes_first_and_must_be_long(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "a long enough secret")
    assert project_secret(project(tmp_path)) == b"a long enough secret"
    monkeypatch.setenv(VARIABLE, "short")
    with pytest.raises(UsageError, match="короче 16"):
        project_secret(project(tmp_path))


def declare(folder, extra: str) -> Project:
    made = project(folder)
    (made.raw(YEAR) / "year.yml").write_text(
        "school_year: 2024-25\nmunicipality: demo\n", encoding="utf-8"
    )
    profile = (made.home / "profiles" / "demo.yml").read_text(encoding="utf-8")
    profile = profile.replace("is_synthetic: true\n", extra)
    (folder / "profiles").mkdir()
    (folder / "profiles" / "demo.yml").write_text(profile, encoding="utf-8")
    return made


def test_the_demo_has_a_public_key(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert project_secret(declare(tmp_path, "is_synthetic: true\n")) == PUBLIC_DEMO


def test_real_pupils_never_get_a_public_key(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(UsageError, match="лишь для вымышленных"):
        project_secret(declare(tmp_path, "is_synthetic: false\n"))

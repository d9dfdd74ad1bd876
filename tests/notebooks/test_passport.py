"""The passport's notebook, run from its first cell to its last for one school after another."""

import json
from pathlib import Path

import pytest

from drawn_schools import LAST, write_years
from msoko.core.errors import UsageError
from msoko.report.block import Block
from msoko.report.report import PROJECT_VARIABLE

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "school_passport.ipynb"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_years(tmp_path_factory.mktemp("drawn"), years=2)


def run(project, monkeypatch, **parameters) -> list[Block]:
    """Return what the calls of the notebook answer under these parameters."""
    monkeypatch.setenv(PROJECT_VARIABLE, str(project.root))
    names, answers = {}, []
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            continue
        if source.startswith("report."):
            answers.append(eval(source, names))
            continue
        exec(source, names)
        if "parameters" in cell["metadata"].get("tags", []):
            assert parameters.keys() <= names.keys(), "a parameter that the notebook has not"
            names |= parameters
    return answers


def test_the_notebook_answers_every_question_for_each_kind(project, monkeypatch):
    for school_id in ("s01", "s07", "s08", "d01"):
        answers = run(
            project, monkeypatch, municipality="drawn", school_year=str(LAST), school_id=school_id
        )
        assert len(answers) == 7 and all(isinstance(one, Block) for one in answers)
        assert "Доказательства чисел" in answers[-1].markdown() or school_id == "s07"


def test_one_run_holds_nothing_of_another(project, monkeypatch):
    given = {"municipality": "drawn", "school_year": str(LAST)}
    alone = [one.markdown() for one in run(project, monkeypatch, **given, school_id="s02")]
    run(project, monkeypatch, **given, school_id="s01")
    assert [one.markdown() for one in run(project, monkeypatch, **given, school_id="s02")] == alone


def test_an_organisation_that_is_not_there_stops_the_run(project, monkeypatch):
    with pytest.raises(UsageError, match="нет организации с кодом «s77»"):
        run(project, monkeypatch, municipality="drawn", school_year=str(LAST), school_id="s77")

"""What every notebook promises: see docs/contributing, «The notebook contract»."""

import ast
import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
PARAMETERS = {"school_year": "str", "municipality": "str", "edition": "str", "school_id": "str"}
FORBIDDEN_NODES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.With,
    ast.Lambda, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
)  # fmt: skip
FORBIDDEN_WORDS = (
    "read_csv",
    "read_excel",
    "read_parquet",
    "groupby",
    "merge",
    "warnings",
    "open(",
)

by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path, kind=None):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if kind is None or cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def is_parameters(cell):
    return "parameters" in cell["metadata"].get("tags", [])


def test_there_are_notebooks_and_each_has_its_declaration():
    assert len(NOTEBOOKS) >= 4
    assert [path.stem for path in NOTEBOOKS if not path.with_suffix(".yml").exists()] == []


@by_name
def test_one_cell_of_typed_live_parameters(path):
    tagged = [cell for cell in cells(path, "code") if is_parameters(cell)]
    assert len(tagged) == 1
    declared = ast.parse(source(tagged[0])).body
    assert all(isinstance(one, ast.AnnAssign) and one.value is not None for one in declared)
    found = {one.target.id: one.annotation.id for one in declared}
    assert found.items() <= PARAMETERS.items()
    assert {"school_year", "municipality", "edition"} <= found.keys()


@by_name
def test_a_code_cell_is_short_and_plain(path):
    for cell in cells(path, "code"):
        text = source(cell)
        assert len(text.splitlines()) <= 8
        nodes = [type(node) for node in ast.walk(ast.parse(text))]
        assert not [node for node in nodes if node in FORBIDDEN_NODES], text
        assert not [word for word in FORBIDDEN_WORDS if word in text.replace("Report.open(", "")]
        assert not re.search(r"""["'](/|[A-Za-z]:\\)""", text), "an absolute path"


@by_name
def test_each_question_is_followed_by_one_call(path):
    found = cells(path)
    for number, cell in enumerate(found):
        if cell["cell_type"] != "code" or is_parameters(cell) or cell["id"] == "open":
            continue
        body = ast.parse(source(cell)).body
        assert len(body) == 1 and isinstance(body[0], ast.Expr)
        assert isinstance(body[0].value, ast.Call)
        assert found[number - 1]["cell_type"] == "markdown"
        assert source(found[number - 1]).rstrip().endswith("?"), source(found[number - 1])


@by_name
def test_no_number_is_typed_into_prose(path):
    """Only what names a thing may hold a figure: a mark in quotes, a level of a heading."""
    for cell in cells(path, "markdown"):
        text = re.sub(r"«\d»|\d+ %-й", "", source(cell))
        assert not re.search(r"\d", text), text


@by_name
def test_git_holds_no_outputs_and_ids_are_stable(path):
    found = cells(path)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in found)
    ids = [cell["id"] for cell in found]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", one) for one in ids), ids


@by_name
def test_the_last_cell_prints_provenance(path):
    assert source(cells(path)[-1]).strip() == "report.provenance()"


@by_name
def test_the_first_cell_is_the_title(path):
    first = cells(path)[0]
    assert first["cell_type"] == "markdown"
    assert re.match(r"# \w", source(first))

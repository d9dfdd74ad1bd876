"""What a module uses is read from its source, lazily imported or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import notebook

from msoko.build.graph.module_imports import ModuleGraph, imports_of, notebook_imports


@pytest.mark.parametrize(
    ("source", "own"),
    [
        ("import msoko.stats.ratio", {"msoko.stats.ratio"}),
        ("from msoko.stats import ratio", {"msoko.stats", "msoko.stats.ratio"}),
        ("def f():\n    from msoko.store import Store", {"msoko.store", "msoko.store.Store"}),
        ("if TYPE_CHECKING:\n    import msoko.store", {"msoko.store"}),
        ("from . import b", {"msoko.a", "msoko.a.b"}),
        ("from ..stats.ratio import f", {"msoko.stats.ratio", "msoko.stats.ratio.f"}),
        ("import pandas.api as msoko", set()),
    ],
)
def test_imports_of_our_own_are_found_wherever_they_stand(source: str, own: set[str]):
    assert set(imports_of(source, "msoko.a").own) == own


def test_foreign_imports_are_kept_apart():
    found = imports_of("import pandas as pd\nfrom scipy.stats import norm\nimport msoko.store")
    assert found.foreign == ("pandas", "scipy.stats")


def test_a_notebook_is_read_without_its_magic():
    made = notebook("%matplotlib inline\nfrom msoko.present import Report", "# import msoko.audit")
    assert notebook_imports(made).own == ("msoko.present", "msoko.present.Report")


def test_a_notebook_that_does_not_parse_is_left_to_the_kernel():
    assert notebook_imports(notebook("if:")).own == ()


@pytest.fixture
def graph(tmp_path: Path) -> ModuleGraph:
    files = {
        "msoko/__init__.py": "",
        "msoko/a/__init__.py": "from msoko.a.one import f",
        "msoko/a/one.py": "from msoko import b",
        "msoko/a/two.py": "import seaborn",
        "msoko/b.py": "from msoko.a import one\nimport numpy",
        "msoko/c.py": "import scipy",
    }
    for name, source in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source)
    return ModuleGraph(tmp_path, lambda file, package: imports_of(file.read_text(), package))


def test_the_closure_holds_all_that_is_reached_and_no_more(graph: ModuleGraph):
    reached = [file.relative_to(graph.root).as_posix() for file in graph.closure(["msoko.a"])]
    assert reached == ["msoko/__init__.py", "msoko/a/__init__.py", "msoko/a/one.py", "msoko/b.py"]
    assert graph.foreign(["msoko.a"]) == ["numpy"]


def test_a_name_that_is_no_module_leads_to_the_module_that_has_it(graph: ModuleGraph):
    reached = [file.name for file in graph.closure(["msoko.c.Something"])]
    assert reached == ["__init__.py", "c.py"]


def test_what_no_notebook_needs_is_not_loaded_ahead(tmp_path: Path) -> None:
    package = tmp_path / "msoko"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "report.py").write_text("import json\nfrom msoko import checks, plain\n")
    (package / "checks.py").write_text("def check():\n    import heavy.part\n")
    (package / "plain.py").write_text("import csv\n")
    graph = ModuleGraph(tmp_path, lambda file, of: imports_of(file.read_text(), of))
    assert graph.modules(["msoko.report"]) == [
        "msoko", "msoko.checks", "msoko.plain", "msoko.report",
    ]  # fmt: skip
    assert graph.modules(["msoko.report"], ("heavy",)) == ["msoko", "msoko.plain", "msoko.report"]

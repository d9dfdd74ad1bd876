"""Cells that an analyst adds: executed as a build does, and rendered to a page."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest

from msoko.build.kernels.child_processes import ChildProcesses
from msoko.build.kernels.kernel_environment import kernel_environment
from msoko.build.kernels.notebook_run import Execution
from msoko.site.rendering.page_bodies import render_notebooks

OWN_CELLS = (
    "from msoko.report.notebook_figures import draw_as_svg\ndraw_as_svg()\n"
    "import pandas as pd\nimport seaborn as sns\nimport statsmodels.api as sm\n"
    "frame = pd.DataFrame({'Школа': ['№ 1', '№ 2', '№ 3'], 'Доля': [61.25, 58.5, 70.0]})",
    "#| label: tbl-own\n#| tbl-cap: Доли по школам\nframe",
    "#| label: fig-own\n#| fig-cap: Доли по школам\n#| fig-alt: Выше всех школа № 3\n"
    "sns.barplot(frame, x='Школа', y='Доля')",
    "#| tbl-cap: Модель\nsm.OLS(frame['Доля'], [1.0, 2.0, 4.0]).fit().summary().tables[1]",
    "from IPython.display import Markdown\nMarkdown('Выше **всех** школа № 3.')",
)


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param(
            "warm", marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="a Unix forks")
        ),
        "papermill",
    ],
)
def test_own_cells_reach_the_page_and_are_the_same_each_time(
    children: ChildProcesses, tmp_path: Path, engine: str
) -> None:
    cells = [nbformat.v4.new_markdown_cell("# Отчёт")]
    parameters = nbformat.v4.new_code_cell('school_year: str = "2024-25"', id="parameters")
    parameters.metadata.tags = ["parameters"]
    cells.append(parameters)
    cells += [nbformat.v4.new_code_cell(code, id=f"c{n}") for n, code in enumerate(OWN_CELLS)]
    path = tmp_path / "own.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    pages = []
    for name in ("first", "second"):
        done = Execution(engine, kernel_environment(), children, cell_seconds=60).run(path, "n", {})
        executed = tmp_path / f"{name}.ipynb"
        executed.write_text(json.dumps(done))
        pages += render_notebooks([executed], "embedded")
    assert pages[0] == pages[1]
    html = pages[0].html
    assert "Доли по школам" in html
    assert "<td" in html and "61,25" in html
    assert 'alt="Выше всех школа № 3"' in html
    assert [one.split(";")[0] for one in pages[0].images.values()] == ["data:image/svg+xml"]
    assert "<strong>всех</strong>" in html
    assert "&lt;Axes" not in html

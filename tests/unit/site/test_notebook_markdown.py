import pytest

from executed import code_cell, drawn_svg, markdown_cell, report_cells, write_notebook
from msoko.core.errors import DataRefused, UsageError
from msoko.site.rendering.notebook_markdown import (
    extract_images,
    flatten_callouts,
    read_page_markdown,
    restore_images,
)

TITLE = markdown_cell("# Отчёт")


def chunks(tmp_path, *cells: dict) -> tuple[str, ...]:
    return read_page_markdown(write_notebook(tmp_path / "a.ipynb", [TITLE, *cells])).chunks


def test_the_first_heading_is_the_title_and_leaves_the_text(tmp_path):
    done = read_page_markdown(write_notebook(tmp_path / "a.ipynb"))
    assert done.title == "Система оценки качества подготовки обучающихся"
    assert done.title not in done.markdown
    assert done.code_cells == 7


def test_a_title_may_stand_in_an_output(tmp_path):
    cells = [code_cell("report.title()", "# Название из профиля\n\nВведение.")]
    done = read_page_markdown(write_notebook(tmp_path / "a.ipynb", cells))
    assert done.title == "Название из профиля"
    assert "Введение." in done.markdown


def test_a_comment_in_code_is_not_a_title(tmp_path):
    notebook = write_notebook(tmp_path / "a.ipynb", [code_cell("# Отчёт\nreport.goals()")])
    with pytest.raises(UsageError, match="нет заголовка первого уровня"):
        read_page_markdown(notebook)


def test_parameter_cells_are_left_out(tmp_path):
    done = read_page_markdown(write_notebook(tmp_path / "a.ipynb"))
    assert "school_year" not in done.markdown


@pytest.mark.parametrize(
    ("tag", "code", "output"),
    [
        ("remove-cell", False, False),
        ("hide-input", False, True),
        ("remove-input", False, True),
        ("hide-output", True, False),
    ],
)
def test_tags_hide_what_they_say(tmp_path, tag, code, output):
    text = "".join(chunks(tmp_path, code_cell("report.goals()", "Цели", tags=(tag,))))
    assert ("report.goals()" in text, "Цели" in text) == (code, output)


def test_a_stored_traceback_is_refused(tmp_path):
    cell = code_cell("report.goals()")
    cell["outputs"] = [
        {"output_type": "error", "ename": "KeyError", "evalue": "'so_vpr'", "traceback": []}
    ]
    with pytest.raises(DataRefused) as refusal:
        chunks(tmp_path, cell)
    assert str(refusal.value) == (
        "a.ipynb, ячейка 2: выполнение окончилось ошибкой KeyError: 'so_vpr'. "
        "Страница не построена, прежняя, если была, осталась на месте. Исправьте причину и "
        "выполните отчёт заново."
    )


def test_a_traceback_under_hide_output_is_refused_too(tmp_path):
    cell = code_cell("report.goals()", tags=("hide-output",))
    cell["outputs"] = [{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}]
    with pytest.raises(DataRefused):
        chunks(tmp_path, cell)


def test_stderr_never_reaches_the_page(tmp_path):
    cell = code_cell("frame")
    cell["outputs"] = [
        {"output_type": "stream", "name": "stderr", "text": "FutureWarning"},
        {"output_type": "stream", "name": "stdout", "text": "сказано\n"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": ["a\n", "```"]},
        },
    ]
    assert chunks(tmp_path, cell)[1:] == (
        "```text\nсказано\n```",
        "````text\na\n```\n````",
    )


def test_pictures_are_named_in_order_and_come_back(tmp_path):
    done = read_page_markdown(write_notebook(tmp_path / "a.ipynb"))
    assert list(done.images) == ["msoko-image-1.svg"]
    assert "base64" not in done.markdown
    assert (
        restore_images('<img src="x/msoko-image-1.svg">', done.images)
        == f'<img src="{drawn_svg()}">'
    )


def test_line_breaks_inside_base64_do_not_matter():
    images: dict[str, str] = {}
    markdown = extract_images("![a](data:image/png;base64,AA\nBB=){#fig-a}", images)
    assert markdown == "![a](msoko-image-1.png){#fig-a}"
    assert images == {"msoko-image-1.png": "data:image/png;base64,AABB="}


def test_an_address_in_prose_is_no_picture():
    images: dict[str, str] = {}
    assert extract_images("data:image/gif;base64,xyz", images) == "data:image/gif;base64,xyz"
    assert images == {}


@pytest.mark.parametrize(
    ("callout", "division"),
    [
        (
            '::: {.callout-note collapse="true" title="Данные рисунка"}',
            '::: {.fold .fold-note summary="Данные рисунка"}',
        ),
        ('::::{.callout-warning title="Как"}', ':::: {.notice .notice-warning summary="Как"}'),
        ("::: {#sec-x .callout-tip}", "::: {#sec-x .notice .notice-tip}"),
        ("::: {.other}", "::: {.other}"),
    ],
)
def test_callouts_become_plain_divisions(callout, division):
    assert flatten_callouts(f"{callout}\nтекст\n:::") == f"{division}\nтекст\n:::"


def test_every_report_cell_has_its_place(tmp_path):
    text = read_page_markdown(write_notebook(tmp_path / "a.ipynb", report_cells())).markdown
    places = [text.index(word) for word in ("Какие цели", "report.goals()", "1. Объективность")]
    assert places == sorted(places)

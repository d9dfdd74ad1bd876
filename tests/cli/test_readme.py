"""README and the analyst's guide tell the truth: their commands run, their files are accepted."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from conftest import Run

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)
SMALL = ["--years", "1", "--schools", "3", "--preschools", "1"]
"""The demo municipality in these tests; `make report` itself makes the whole one."""
PAGES = ("README.md", "docs/guide.md", "docs/year_yml.md", "CONTRIBUTING.md", "CHANGELOG.md")


def blocks(page: str) -> Iterator[tuple[str, str, str]]:
    """Give each fenced block: its language, the words after it, its text."""
    text = (ROOT / page).read_text(encoding="utf-8")
    yield from ((kind, rest.strip(), body) for kind, rest, body in BLOCK.findall(text))


def commands(page: str) -> list[list[str]]:
    lines = [line for kind, _, body in blocks(page) if kind == "sh" for line in body.splitlines()]
    return [shlex.split(line) for line in lines if line and not line.startswith("#")]


@pytest.fixture
def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make", ROOT / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def made_by(make: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[str]]]:
    """Return what a target of make would run in a checkout, after checking that it exists."""

    def asked(target: str, checkout: Path) -> list[list[str]]:
        found: list[list[str]] = []
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^[^.#\n]*\b{target}\b.*:", makefile, re.M), target
        monkeypatch.setattr(make, "ROOT", checkout)
        monkeypatch.setattr(make, "install", lambda *locks: None)
        monkeypatch.setattr(make, "run", lambda *words: found.append([str(w) for w in words]))
        make.TARGETS[target]()
        return found

    return asked


def test_every_command_of_readme_runs(
    tmp_path: Path, run: Run, made_by: Callable, monkeypatch: pytest.MonkeyPatch
):
    """The commands run in the order in which a reader meets them, in an empty checkout."""
    checkout = _checkout(tmp_path)
    monkeypatch.setattr("msoko.core.project.HOME", checkout)
    monkeypatch.chdir(checkout)
    for words in commands("README.md"):
        if words[0] == "make" or words[:2] == ["python", "make.py"]:
            for made in made_by(words[-1], checkout):
                _run_made(made, run)
        else:
            assert words[0] == ".venv/bin/msoko", words
            _run(words[1:], run)
            _drop_what_is_asked_for(words[1:], checkout)
    assert (checkout / "reports/2024-25/internal/index.html").exists()
    assert (checkout / "reports/2024-25/public/index.html").exists()
    assert (checkout / "examples/poland_e8/reports/2024-25/internal/exam_results.html").exists()
    assert json.loads((checkout / "verdict.json").read_text(encoding="utf-8"))


def _checkout(folder: Path) -> Path:
    """Write a checkout with no data, three directions and the Polish example cut short."""
    checkout = folder / "msoko"
    (checkout / "data/raw").mkdir(parents=True)
    profile = yaml.safe_load((ROOT / "profiles/demo.yml").read_text(encoding="utf-8"))
    profile["directions"] = ["student_outcomes", "low_results", "objectivity"]
    profile.pop("changes", None)
    (checkout / "profiles").mkdir()
    (checkout / "profiles/demo.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    shutil.copyfile(ROOT / "_quarto.yml", checkout / "_quarto.yml")
    shutil.copytree(ROOT / "registry", checkout / "registry")
    example, copied = ROOT / "examples/poland_e8", checkout / "examples/poland_e8"
    shutil.copytree(example / "profiles", copied / "profiles")
    shutil.copytree(example / "data/raw/2023-24", copied / "data/raw/2023-24")
    table = copied / "data/raw/2023-24/e8-schools-2024.csv"
    table.write_bytes(b"".join(table.read_bytes().splitlines(keepends=True)[:300]))
    return checkout


def _run(words: list[str], run: Run) -> None:
    code, out, err = run(*words)
    assert code == 0, f"msoko {shlex.join(words)}\n{out}{err}"


def _run_made(words: list[str], run: Run) -> None:
    """Run what make runs of ours, in small; of other programs check that they are there."""
    program = words[2] if words[1] == "-m" else Path(words[0]).name
    if program == "msoko":
        _run([*words[3:], *(SMALL if words[3] == "demo" else [])], run)
    elif words[1] == "-m":
        assert importlib.util.find_spec(program), program
    else:
        assert shutil.which(program, path=str(Path(sys.executable).parent)), program


def _drop_what_is_asked_for(words: list[str], checkout: Path) -> None:
    """Put files into a new year's folder, as the comment after the command says."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    asked = re.search(re.escape(shlex.join(words)) + r"\n# put (\S+) into (\S+)\n", text)
    if words[0] == "new-year":
        source = checkout / "examples/poland_e8/data/raw/2023-24/e8-schools-2024.csv"
        rows = source.read_bytes().splitlines(keepends=True)
        (checkout / asked[2] / asked[1]).write_bytes(b"".join(rows[:-9]))


def test_the_guide_leads_a_new_municipality_to_its_site(
    tmp_path: Path, run: Run, made_by: Callable, monkeypatch: pytest.MonkeyPatch
):
    """Files and commands of the guide, in its order, and nothing else but received files."""
    monkeypatch.setenv("MSOKO_SECRET", "a key for this test only")
    (tmp_path / "msoko").mkdir()
    monkeypatch.chdir(tmp_path / "msoko")
    okrug = tmp_path / "okrug"
    _run(["demo", "--project", str(tmp_path / "received"), *SMALL], run)
    for kind, rest, body in blocks("docs/guide.md"):
        if kind in ("yaml", "csv") and rest:
            _write(okrug, rest.split(), body)
        for line in body.splitlines() if kind == "sh" else ():
            words = shlex.split(line)
            if words[:2] == ["python", "make.py"]:
                assert made_by(words[2], tmp_path / "msoko")
                continue
            assert words[0] == "msoko", line
            _run(words[1:], run)
            if words[1] == "new-year":
                _receive(tmp_path / "received/data/raw", okrug / "data/raw")
    pages = okrug / "reports/2024-25/internal"
    assert "Вторая смена" in (pages / "study_conditions.html").read_text(encoding="utf-8")
    assert "Поступили в колледж" in (pages / "career_guidance.html").read_text(encoding="utf-8")
    assert list((okrug / "forms").glob("*.xlsx"))


def _write(okrug: Path, words: list[str], body: str) -> None:
    path = okrug / words[-1]
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if words[0] == "append" else ""
    path.write_text(before + body, encoding="utf-8")
    if path.parent.name == "notebooks":
        _copy_notebook(okrug, path.stem)


def _copy_notebook(okrug: Path, code: str) -> None:
    """Do by program what the guide asks to do by hand: copy, rename, name it in the profile."""
    text = (ROOT / "notebooks/exam_results.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(text)
    unneeded = next(
        place for place, cell in enumerate(notebook["cells"])
        if "report.level_of_schools" in "".join(cell["source"])
    )  # fmt: skip
    del notebook["cells"][unneeded - 1 : unneeded + 2]  # a triple, as the guide says
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    for unused in ("er_mean_of_schools", "er_success_of_schools", "er_published"):
        text = text.replace(rf", \"{unused}\"", "")
    text = text.replace("exam_results", code)
    text = text.replace("er_mean", "sc_second_shift").replace("er_success", "sc_transported")
    (okrug / f"notebooks/{code}.ipynb").write_text(text, encoding="utf-8")
    profile = okrug / "profiles/zarechye.yml"
    told = profile.read_text(encoding="utf-8")
    profile.write_text(
        told.replace("directions:\n", f"directions:\n  - {code}\n", 1), encoding="utf-8"
    )


def _receive(received: Path, raw: Path) -> None:
    shutil.copyfile(received / "schools.csv", raw / "schools.csv")
    for path in (received / "2024-25").iterdir():
        if path.name != "year.yml":
            shutil.copyfile(path, raw / "2024-25" / path.name)


def test_messages_that_the_guide_explains_are_the_programs_own():
    told = _messages((ROOT / "docs/guide.md").read_text(encoding="utf-8"))
    own = [
        node.value
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    own += [path.read_text(encoding="utf-8") for path in (ROOT / "registry").glob("*.yml")]
    assert len(told) > 10
    assert [message for message in told if not any(message in text for text in own)] == []


def _messages(guide: str) -> list[str]:
    table = guide.split("| сообщение |", 1)[1]
    return re.findall(r"^\| `([^`]+)`", table, re.M)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str):
    path = ROOT / page
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (path.parent / link).exists()] == []


def test_the_list_of_decisions_names_every_record():
    folder = ROOT / "docs/decisions"
    listed = set(re.findall(r"\]\((\d{4}-[^)]+)\)", (folder / "README.md").read_text("utf-8")))
    assert listed == {path.name for path in folder.glob("[0-9]*.md")}


def test_the_picture_is_small_enough_to_load():
    assert (ROOT / "docs/picture/report.png").stat().st_size < 200_000

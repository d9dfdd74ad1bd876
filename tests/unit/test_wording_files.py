"""Texts that readers see stand in `registry/wording*.yml`, each one used, and none in Python."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from msoko.catalog.registry import registry_words
from msoko.catalog.registry.wording import template
from msoko.catalog.yaml import yaml_schema

ROOT = Path(__file__).resolve().parents[2]
PACKAGE, REGISTRY = ROOT / "src" / "msoko", ROOT / "registry"
ROOMS = ("report", "documents", "site")
CYRILLIC = re.compile("[А-Яа-яЁё]")
NOT_TEXTS = {
    "documents/working_group/decision_register.py": "finds surnames in Russian text: patterns and "
    "endings, nothing of which is printed",
}
"""Modules whose Russian is not read by anyone, each with the reason."""
MEETINGS = "documents/working_group/"
"""The working group's papers have their own file, which a project overrides as a whole."""
ACCESSORS = {"say": "{}", "has": "{}", "words": "{}", "counted": "counted.{}",
             "heads": "column.{}", "head": "{}.head"}  # fmt: skip
"""What asks for a sentence, and how its argument makes the key."""
SAID_BY = ("report", "documents")
"""The rooms that say the sentences of `FILES`."""
SPEAKER = "report/words/report_words.py"
"""Where the accessors themselves are written."""
SECTION = re.compile(r"[a-z_]+\\\.")
"""How a key begins: an f-string that could be anything is no use of a sentence."""
NAMED = ("counted", "heads")
"""Those whose names of words may stand in a variable; a whole key is found where it is written."""
WILD = r"[^.]+"
"""Whatever stands in a slot of an f-string."""
MANY = ("heads",)
"""Those that take many names, the others one key."""


def modules(*rooms: str) -> dict[str, ast.Module]:
    found = (path for room in rooms for path in sorted((PACKAGE / room).rglob("*.py")))
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in found
    }


def russian_literals(tree: ast.AST) -> list[str]:
    """Return the Russian texts of a module but for docstrings and refusals.

    A refusal is raised where it is worded, often before there is any wording: of a profile that
    cannot be read, say. It belongs to the program as its command line does.
    """
    left_out = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) or _is_docstring(node)
        for part in ast.walk(node)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CYRILLIC.search(node.value)
        and id(node) not in left_out
    ]


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def sentences(*files: str) -> dict[str, object]:
    """Return the leaves of wording files by dotted key; a list of heads is one leaf."""
    found: dict[str, object] = {}
    for name in files:
        found |= _leaves(_sections(name), "")
    return found


def _sections(name: str) -> Mapping[str, object]:
    return yaml_schema.load(REGISTRY / name, Mapping[str, object], name)


def _leaves(part: Mapping[str, object], above: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in part.items():
        is_section = isinstance(value, Mapping)
        found |= _leaves(value, f"{above}{key}.") if is_section else {f"{above}{key}": value}
    return found


@cache
def asked(is_of_meetings: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Return the patterns of keys that code asks for, and those that it only writes down.

    A key that is chosen by a condition counts with both its ends; whatever else stands in an
    f-string is any word.
    """
    certain: set[str] = set()
    written: set[str] = set()
    for name, tree in modules(*SAID_BY).items():
        if name.startswith(MEETINGS) != is_of_meetings:
            continue
        assigned = _assigned(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (accessor := _name(node.func)) in ACCESSORS:
                if name == SPEAKER and isinstance(node.args[0], ast.JoinedStr):
                    continue
                arguments = node.args if accessor in MANY else node.args[:1]
                names = assigned if accessor in NAMED else {}
                for pattern in (one for part in arguments for one in _patterns(part, names)):
                    certain.add(ACCESSORS[accessor].replace(".", r"\.").format(pattern))
            elif isinstance(node, ast.Constant | ast.JoinedStr) and name != SPEAKER:
                written.update(one for one in _patterns(node, {}) if SECTION.match(one))
    return frozenset(certain - {""}), frozenset(written)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _assigned(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """Return what a module assigns to each name, or lets it run over, wherever it does."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.For | ast.comprehension):
            pairs = [(node.target, node.iter)]
        else:
            continue
        for target, value in pairs:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return found


def _patterns(node: ast.expr, assigned: Mapping[str, list[ast.expr]]) -> Iterator[str]:
    """Give the keys that an expression may be, as regular expressions."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield from _joined(node.values)
    elif isinstance(node, ast.Starred):
        yield from _patterns(node.value, assigned)
    elif isinstance(node, ast.IfExp):
        yield from (one for part in (node.body, node.orelse) for one in _patterns(part, assigned))
    elif isinstance(node, ast.Tuple | ast.List):
        yield from (one for part in node.elts for one in _patterns(part, assigned))
    elif isinstance(node, ast.Name):
        if assigned and node.id not in assigned:
            yield f"<{node.id}>"  # from another module: the reader of a call cannot see it either
        values = assigned.get(node.id, [])
        yield from (one for part in values for one in _patterns(part, assigned))


def _joined(parts: list[ast.expr]) -> Iterator[str]:
    if not parts:
        yield ""
        return
    first, *rest = parts
    if isinstance(first, ast.FormattedValue):
        heads = list(_patterns(first.value, {})) or [WILD]
    else:
        heads = list(_patterns(first, {}))
    for tail in _joined(rest):
        yield from (head + tail for head in heads)


def matching(pattern: str, keys: Mapping[str, object]) -> list[str]:
    plain = pattern.replace("\\.", ".")
    if plain in keys:
        return [plain]
    return [key for key in keys if re.fullmatch(pattern, key)] if WILD in pattern else []


OF_THE_SITE = "wording_site.yml"
"""What the site says is asked for in templates too: its own tests look there."""
FILES = {
    False: tuple(name for name in registry_words.FILES if name != OF_THE_SITE),
    True: ("wording_meeting.yml",),
}
"""The files of sentences, of reports and of the working group's papers."""


def test_a_text_in_python_is_seen():
    tree = ast.parse('"""Что это."""\nHEAD = ["Школа", "n"]\nraise UsageError("файла нет")')
    assert russian_literals(tree) == ["Школа"]


@pytest.mark.parametrize("room", [*ROOMS, "site"])
def test_no_text_that_a_reader_sees_stands_in_python(room: str):
    found = {name: russian_literals(tree) for name, tree in modules(room).items()}
    assert {name: texts for name, texts in found.items() if texts and name not in NOT_TEXTS} == {}


def test_a_module_of_no_texts_has_some_russian():
    known = modules(*ROOMS)
    assert [name for name in NOT_TEXTS if not russian_literals(known[name])] == []


@pytest.mark.parametrize("is_of_meetings", [False, True])
def test_every_sentence_that_code_asks_for_is_there(is_of_meetings: bool):
    keys = sentences(*FILES[is_of_meetings])
    certain, _ = asked(is_of_meetings)
    assert [pattern for pattern in sorted(certain) if not matching(pattern, keys)] == []


@pytest.mark.parametrize("is_of_meetings", [False, True])
def test_every_sentence_is_said_somewhere(is_of_meetings: bool):
    keys = sentences(*FILES[is_of_meetings])
    certain, written = asked(is_of_meetings)
    used = {key for pattern in certain | written for key in matching(pattern, keys)}
    assert sorted(keys.keys() - used) == []


def test_a_section_stands_in_one_file():
    sections = [section for name in registry_words.FILES for section in _sections(name)]
    assert [section for section, times in Counter(sections).items() if times > 1] == []


def test_every_sentence_can_be_filled():
    for key, text in sentences(*registry_words.FILES).items():
        assert isinstance(text, str), key
        template(text)

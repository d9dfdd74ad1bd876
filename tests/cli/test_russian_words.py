"""All that the command line says is Russian, on any console."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from msoko.cli import COMMANDS, msoko
from msoko.cli.click_words import WORDS

LATIN_SENTENCE = re.compile(r"\b(?:Usage|Options|Error|Try|Missing|Invalid|No such|Did you|Got)\b")


def asked_words() -> set[str]:
    """Return what click's parser, commands, errors and types ask gettext for."""
    folder = Path(click.__file__).parent
    found = set()
    for name in ("core.py", "exceptions.py", "parser.py", "types.py", "formatting.py"):
        for node in ast.walk(ast.parse((folder / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
                found |= {
                    one.value
                    for one in node.args
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return found


def test_every_word_that_click_may_say_has_a_russian_one() -> None:
    own = {one for one in asked_words() if one[:1].isupper() or "{" in one}
    assert len(own) > 30
    assert {one for one in own if one not in WORDS} <= NEVER_SAID


NEVER_SAID = {
    "Arguments take exactly one parameter declaration, got {length}: {decls}.",
    "Boolean option {decl!r} cannot use the same flag for true/false.",
    "Could not determine name for option with declarations {decls!r}",
    "Name '{name}' defined twice",
    "No options defined but a name was passed ({name}). Did you mean to declare an argument "
    "instead? Did you mean to pass '--{name}'?",
    "Aborted!", "(DEPRECATED)", "(DEPRECATED: {target})", "DeprecationWarning",
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}",
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}",
    "The value of {name!r} must be...", "{text} {deprecated_message}", "{prompt} [{default}]",
}  # fmt: skip
"""Said to those who program; nothing of ours is deprecated, and nothing prompts."""


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS)], ids=str)
def test_help_is_russian(run, words: list[str]) -> None:
    code, out, err = run(*words, "--help")
    assert code == 0 and not err
    assert out.startswith("Порядок вызова: msoko")
    assert not LATIN_SENTENCE.search(out)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["chek"], "Нет команды «chek». Возможно, имелось в виду «check»."),
        (["check"], "Не указан аргумент 'ГОД'"),
        (["check", "2024"], "учебный год пишется как 2024-25"),
        (["check", "2024-25", "--projct", "x"], "Нет ключа «--projct». Возможно, имелось в виду"),
        (["build", "2024-25", "--edition", "privat"], "«privat» не подходит. Возможны"),
        (["build", "2024-25", "--jobs", "many"], "«many» – не целое число"),
        (["meeting", "chek", "2024-25"], "Нет команды «chek». Возможно, имелось в виду 'check'."),
        (["check", "2024-25", "extra"], "Лишнее слово (extra)."),
        (["check", "--project"], "После ключа «--project» нужно значение."),
    ],
)
def test_a_wrong_command_line_is_told_in_russian(run, words: list[str], told: str) -> None:
    code, out, err = run(*words)
    assert code == 2
    assert told in err + out
    assert not LATIN_SENTENCE.search(err + out)


@pytest.mark.parametrize("encoding", ["ascii", "cp866", "cp1251", "utf-8"])
def test_no_console_is_too_poor_for_a_message(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "msoko", "chek"],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
    )
    assert done.returncode == 2
    # click takes a console of mere ASCII for one whose language was not set, and writes UTF-8
    text = done.stderr.decode("utf-8" if encoding == "ascii" else encoding)
    assert "Нет команды" in text and "chek" in text and "Traceback" not in text


def test_every_command_is_known_by_its_name() -> None:
    assert sorted(COMMANDS) == sorted(msoko.list_commands(click.Context(msoko)))

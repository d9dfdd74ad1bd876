"""Click's own words in Russian: usage, headings of help, refusals, at every level.

Click asks gettext for them, and gettext asks the environment of whoever runs the command, which
on Windows says nothing of a language. So each module of click is given these words instead.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
from click import types

WORDS = {
    "Usage:": "Порядок вызова:",
    "Options": "Ключи",
    "Commands": "Команды",
    "Positional arguments": "Аргументы",
    "Show this message and exit.": "Показать эту справку.",
    "Show the version and exit.": "Показать версию.",
    "required": "обязательно",
    "default: {default}": "по умолчанию: {default}",
    "(dynamic)": "(вычисляется)",
    "env var: {var}": "переменная среды: {var}",
    "deprecated": "устарело",
    "Aborted!": "Прервано.",
    "Error: {message}": "Ошибка: {message}",
    "Try '{command} {option}' for help.": "Справка: {command} {option}",
    "Missing command.": "Не названа команда.",
    "Missing argument": "Не указан аргумент",
    "Missing option": "Не указан ключ",
    "Missing parameter": "Не указан параметр",
    "Missing parameter: {param_name}": "Не указан параметр {param_name}",
    "Missing {param_type}": "Не указано: {param_type}",
    "Choose from:\n\t{choices}": "Возможные значения:\n\t{choices}",
    "No such option {name!r}.": "Нет ключа «{name}».",
    "No such command {name!r}.": "Нет команды «{name}».",
    "Did you mean {possibility}?": "Возможно, имелось в виду {possibility}.",
    "(Did you mean one of: {possibilities}?)": "Возможно, имелось в виду: {possibilities}.",
    "Invalid value: {message}": "Неверное значение: {message}",
    "Invalid value for {param_hint}: {message}": "Неверное значение для {param_hint}: {message}",
    "Could not open file {filename!r}: {message}": "Файл «{filename}» не открыть: {message}",
    "unknown error": "причина неизвестна",
    "Invalid start character for option ({option})": "Ключ не может так начинаться ({option})",
    "Option {name!r} does not take a value.": "Ключ «{name}» пишется без значения.",
    "Option {name!r} requires an argument.": "После ключа «{name}» нужно значение.",
    "Option {name!r} requires {nargs} arguments.": "После ключа «{name}» нужно значений: {nargs}.",
    "Argument {name!r} takes {nargs} values.": "У аргумента «{name}» значений: {nargs}.",
    "Takes {nargs} values but 1 was given.": "Нужно значений: {nargs}, дано: 1.",
    "Takes {nargs} values but {len} were given.": "Нужно значений: {nargs}, дано: {len}.",
    "Got unexpected extra argument ({args})": "Лишнее слово ({args}).",
    "Got unexpected extra arguments ({args})": "Лишние слова ({args}).",
    "Value must be an iterable.": "Нужен список значений.",
    "{len_type} values are required, but {len_value} was given.": "Нужно значений: {len_type}, "
    "дано: {len_value}.",
    "{len_type} values are required, but {len_value} were given.": "Нужно значений: {len_type}, "
    "дано: {len_value}.",
    "file": "файл",
    "directory": "папка",
    "path": "путь",
    "{value!r} is not {choice}.": "«{value}» не подходит. Возможно только {choice}.",
    "{value!r} is not one of {choices}.": "«{value}» не подходит. Возможны: {choices}.",
    "Choice({choices})": "одно из ({choices})",
    "{value!r} does not match the format {format}.": "«{value}» записано не так; нужно {format}.",
    "{value!r} does not match the formats {formats}.": "«{value}» записано не так; нужно одно из: "
    "{formats}.",
    "{value} is not in the range {range}.": "{value} вне пределов {range}.",
    "{value!r} is not a valid boolean. Recognized values: {states}": "«{value}» – не «да» или "
    "«нет». Возможны: {states}",
    "{value!r} is not a valid {number_type}.": "«{value}» – не {number_type}.",
    "{value!r} is not a valid UUID.": "«{value}» – не UUID.",
    "{name} {filename!r} is a file.": "{name} «{filename}» – это файл.",
    "{name} {filename!r} is a directory.": "{name} «{filename}» – это папка.",
    "{name} {filename!r} is not readable.": "{name} «{filename}» закрыт для чтения.",
    "{name} {filename!r} is not writable.": "{name} «{filename}» закрыт для записи.",
    "{name} {filename!r} is not executable.": "{name} «{filename}» нельзя выполнить.",
    "{name} {filename!r} does not exist.": "{name} «{filename}» не найден.",
}
"""What click says to a user of ours, in its words, and ours for it."""

TYPE_NAMES: dict[type[click.ParamType], str] = {
    types.StringParamType: "текст",
    types.IntParamType: "целое число",
    types.IntRange: "целое число",
    types.FloatParamType: "число",
    types.FloatRange: "число",
    types.DateTime: "дата",
}
OPTIONS = "[КЛЮЧИ]"
SUBCOMMAND = "КОМАНДА [АРГУМЕНТЫ]…"


def in_russian(words: str) -> str:
    """Return click's words in Russian; those that only a program can meet stay as they are."""
    return WORDS.get(words, words)


def _counted(one: str, many: str, count: int) -> str:
    return in_russian(one if count == 1 else many)


def speak_russian() -> None:
    """Give click's modules these words; commands are imported after that."""
    words: dict[str, Callable[..., str]] = {"_": in_russian, "ngettext": _counted}
    for name, module in list(sys.modules.items()):
        if name.startswith("click."):
            for asked in words.keys() & vars(module).keys():
                setattr(module, asked, words[asked])
    for kind, title in TYPE_NAMES.items():
        kind.name = title


def with_russian_usage(command: click.Command) -> click.Command:
    """Return the command with its usage line, and those of its own commands, in Russian."""
    command.options_metavar = OPTIONS
    if isinstance(command, click.Group):
        command.subcommand_metavar = SUBCOMMAND
        for own in command.commands.values():
            with_russian_usage(own)
    return command

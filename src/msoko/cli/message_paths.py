"""What commands print, in the words of somebody who stands in the current folder.

Messages name files within the project: that is what reports, records and JSON may hold,
wherever the project lies. Only here is it known where the reader stands and what was typed,
so only here paths get the project's folder and commands to type next get `--project`.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import click

from msoko.core import project as projects

NAMED = re.compile(
    # a command with its arguments, up to the first word that is none
    r"(?<![\w/\\.-])(?P<command>msoko (?:build|check|clean|demo|meeting [a-z]+|new-year|packets"
    r"|status|templates))(?P<words>(?: (?:--?[a-z][a-z-]*|[A-Za-z0-9_]+(?:-[0-9]+)*))*)"
    # what lies in the project, whoever made it
    r"|(?<![\w/\\.-])(?:(?P<made>(?:data/(?:raw|processed)|reports|\.cache/msoko)(?![\w-]|\.\w))"
    r"(?P<below>/[^\n«»:;]*?\.[A-Za-z]\w+)?"
    # what lies in the project or, where it brings none of its own, in the house
    r"|(?P<declared>(?:notebooks|profiles|registry|expectations|src)/[^\s«»:;,()]+|msoko\.yml))"
)
"""What a message may name: a command, or a path within the project."""


@dataclass
class ReaderPlace:
    """Where the project of a command lies for its reader: as typed; nothing: where he stands."""

    folder: str = ""
    is_typed: bool = False

    def note_folder(self, folder: str | None) -> None:
        """Take note of the folder that a command was given; of none, that it is the house."""
        self.folder, self.is_typed = folder or _to_house(), folder is not None


def print_message(text: str, *, err: bool = False) -> None:
    """Print a message, its paths and commands such that they can be pasted."""
    click.echo(paths_from_here(text), err=err)


def print_json(outcome: object) -> None:
    """Print an outcome for programs: UTF-8, whatever the console is."""
    text = json.dumps(outcome, ensure_ascii=False, indent=1)
    click.echo(text.encode("utf-8", errors="replace"))


def paths_from_here(text: str, place: ReaderPlace | None = None) -> str:
    """Return a message whose paths lead from the current folder; by default of this command."""
    place = place or place_of(click.get_current_context(silent=True))
    if place is None:
        return text
    return NAMED.sub(lambda match: _localised(match, place), text)


def reports_stayed(place: ReaderPlace) -> str:
    """Return that earlier reports stayed, a sentence after others; nothing if there are none."""
    project = projects.Project(Path(place.folder or "."))
    return " Прежние отчёты остались на месте." if project.has_reports else ""


def place_of(context: click.Context | None) -> ReaderPlace | None:
    """Return where a command's project lies; nothing outside a command."""
    return context.ensure_object(ReaderPlace) if context is not None else None


def _localised(match: re.Match[str], place: ReaderPlace) -> str:
    text = match[0]
    if match["command"]:
        return _with_project(match, place.folder) if place.is_typed else text
    if match["made"]:
        return _prefix(place.folder) + match["made"] + _below(match, place)
    file = text.rstrip(".")
    is_own = _exists(Path(place.folder, file)) or not _exists(projects.HOME / file)
    return _prefix(place.folder if is_own else _to_house()) + text


def _below(match: re.Match[str], place: ReaderPlace) -> str:
    """Return what follows a folder: a file there, whatever is in its name, or more of the text."""
    below = match["below"] or ""
    is_file = _exists(Path(place.folder, match["made"] + below))
    return below if is_file else paths_from_here(below, place)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long for a name, or in a folder that is closed to the reader
        return False


def _with_project(match: re.Match[str], folder: str) -> str:
    """Return a command with `--project`: not at its end where the sentence ends there too."""
    command, words = match["command"], match["words"]
    if "--project" in words or "--help" in words:
        return match[0]
    option = f" --project {_quoted(folder)}"
    is_ended = match.string[match.end() :][:1] in (".", ",", ";")
    return command + option + words if is_ended and words else command + words + option


def _quoted(folder: str) -> str:
    """Return a folder as a shell takes it for one word."""
    if re.fullmatch(r"[\w./\\:~+@%=,-]+", folder):
        return folder
    return shlex.quote(folder) if set(folder) & set('"$`!') else f'"{folder.rstrip(chr(92))}"'


def _prefix(folder: str) -> str:
    return "" if folder in ("", ".") else folder.rstrip("/\\") + "/"


def _to_house() -> str:
    return "" if Path.cwd() == projects.HOME else str(projects.HOME)

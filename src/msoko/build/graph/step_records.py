"""What was built from what, and why it would be built again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msoko.build.graph.file_digests import ABSENT, FileDigests, digest_of
from msoko.core.project import Project
from msoko.core.whole_files import write_whole

KINDS = {
    "raw": "исходный файл",
    "repeat": "повтор файла",
    "notebook": "блокнот",
    "declaration": "описание направления",
    "module": "модуль программы",
    "asset": "файл оформления",
    "table": "таблица",
    "suite": "набор проверок",
    "registry": "справочник",
    "profile": "профиль",
    "parameter": "параметр",
    "key": "ключ",
    "lock": "версии библиотек",
    "report": "выполненный блокнот",
    "page": "страница",
    "annex": "приложение",
    "document": "текст страницы",
    "refusal": "причина отказа",
}
"""What a step may depend on, as `msoko status --why` names it."""


@dataclass(frozen=True)
class Step:
    """One thing the build makes, all it is made from, and where it is put.

    `parts` are digests under (kind, name); rows of a table, where only some are used, are
    parts of kind `table`. Steps of one `group` are shown to people as one line.
    """

    id: str
    title: str
    parts: Mapping[tuple[str, str], str]
    outputs: tuple[Path, ...] = ()
    after: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True)
class StaleReason:
    """Why a step is stale, in Russian."""

    kind: str
    name: str
    text: str


@dataclass
class StepRecord:
    """What a step was made from when it was last made, and what came of it."""

    parts: dict[str, str]
    outputs: dict[str, str]
    seconds: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)


class StepRecords:
    """The records of a project's steps, one small file each, in its cache."""

    def __init__(self, project: Project, digests: FileDigests) -> None:
        self.project = project
        self.digests = digests
        self.folder = project.cache / "steps"
        self._read: dict[str, StepRecord | None] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever built, or all that was is forgotten."""
        return not any(self.folder.glob("*.json"))

    def of(self, step_id: str) -> StepRecord | None:
        """Return the record of a step, or None if there is none that can be read.

        What was read once is remembered: nobody else writes what this process holds.
        """
        if step_id not in self._read:
            self._read[step_id] = self._on_disk(step_id)
        return self._read[step_id]

    def _on_disk(self, step_id: str) -> StepRecord | None:
        try:
            return StepRecord(**json.loads(self._path(step_id).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def reasons(self, step: Step) -> list[StaleReason]:
        """Return why the step is stale; nothing when it is fresh."""
        record = self.of(step.id)
        if record is None:
            return [StaleReason("", "", "ещё не строилось")]
        parts = {f"{kind}|{name}": digest for (kind, name), digest in step.parts.items()}
        found = [
            _change_reason(key, record.parts.get(key), parts.get(key))
            for key in sorted({*record.parts, *parts})
            if record.parts.get(key) != parts.get(key)
        ]
        return found + self._output_reasons(step, record)

    def remember(self, step: Step, seconds: float, **facts: Any) -> None:
        """Record that the step has just been made from its parts."""
        record = StepRecord(
            parts={f"{kind}|{name}": digest for (kind, name), digest in step.parts.items()},
            outputs={self.project.shown(path): self.digests.of(path) for path in step.outputs},
            seconds=round(seconds, 2),
            facts=facts,
        )
        text = json.dumps(record.__dict__, ensure_ascii=False, indent=1, sort_keys=True)
        write_whole(self._path(step.id), text + "\n")
        self._read[step.id] = record

    def forget(self, step_id: str) -> None:
        """Forget a step before its outputs are touched, so that an interruption shows."""
        self._path(step_id).unlink(missing_ok=True)
        self._read[step_id] = None

    def _output_reasons(self, step: Step, record: StepRecord) -> list[StaleReason]:
        found = []
        named = {self.project.shown(path): path for path in step.outputs}
        for name, path in named.items():
            digest = self.digests.of(path)
            if digest == ABSENT and record.outputs.get(name) != ABSENT:
                found.append(StaleReason("output", name, f"нет результата: {name}"))
            elif digest != record.outputs.get(name):
                found.append(StaleReason("output", name, f"результат изменён не сборкой: {name}"))
        for name in sorted(record.outputs):
            if name not in named:
                found.append(StaleReason("output", name, f"больше не нужно: {name}"))
        return found

    def _path(self, step_id: str) -> Path:
        return self.folder / f"{step_id.replace(':', '@')}.json"


def _change_reason(key: str, before: str | None, now: str | None) -> StaleReason:
    kind, name = key.split("|", 1)
    if kind == "key":
        return StaleReason(kind, name, f"сменился ключ {name}")
    if kind == "repeat" and now in (None, ABSENT):
        return StaleReason(kind, name, f"больше не совпадает с файлом другого года: {name}")
    if kind == "repeat":
        return StaleReason(kind, name, f"совпадает с файлом другого года: {name}")
    if before in (None, ABSENT):
        change = "появилось"
    elif now in (None, ABSENT):
        change = "исчезло"
    else:
        change = "изменилось"
    if kind == "parameter":
        return StaleReason(
            kind, name, f"изменилось: параметр {name} ({before or 'нет'} → {now or 'нет'})"
        )
    return StaleReason(kind, name, f"{change}: {KINDS.get(kind, kind)} {name}")


def file_parts(
    project: Project, digests: FileDigests, kind: str, paths: Iterable[Path]
) -> dict[tuple[str, str], str]:
    """Return the parts that files are, under their names within the project."""
    return {(kind, project.shown(path)): digests.of(path) for path in paths}


def parameter_parts(values: Mapping[str, object]) -> dict[tuple[str, str], str]:
    """Return the parts that parameters are; their own text serves as the digest."""
    return {("parameter", name): str(value) for name, value in values.items()}


def joined_digest(digests: Mapping[str, str]) -> str:
    """Return one digest for many."""
    return digest_of(json.dumps(digests, sort_keys=True))

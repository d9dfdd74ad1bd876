"""The Russian names of checks and the words of findings, from registry/wording_checks.yml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from msoko.core.errors import UsageError
from msoko.core.project import Project


@dataclass(frozen=True)
class CheckWording:
    """What checks, suites and severities are called."""

    severities: dict[str, str]
    suites: dict[str, str]
    procedures: dict[str, str]
    titles: dict[str, str]  # what is expected, for tables of checks
    messages: dict[str, str]  # what is wrong, for findings; the readers word their own


def read_wording(project: Project) -> CheckWording:
    """Return the wording of the project; refuse a file that misses a part."""
    path = project.find("registry", "wording_checks.yml")
    return _read(path, path.stat().st_mtime_ns, project.shown(path))


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, shown: str) -> CheckWording:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    try:
        checks = content["checks"]
        return CheckWording(
            severities=dict(content["severities"]),
            suites=dict(content["suites"]),
            procedures=dict(content["procedures"]),
            titles={name: entry["title"] for name, entry in checks.items()},
            messages={
                name: entry["message"] for name, entry in checks.items() if "message" in entry
            },
        )
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{shown}: нет раздела или слова {error}. Дополните файл или верните его из поставки."
        ) from error

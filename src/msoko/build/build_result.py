"""What came of a build, as the command line prints it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class BuildResult:
    """What a build did. `reports`: report → built, fresh, blocked or failed."""

    year: str
    municipality: str
    edition: str
    site: str = ""
    is_site_new: bool = False
    reports: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    exit_code: int = 0
    seconds: float = 0.0
    tracebacks: list[str] = field(default_factory=list)

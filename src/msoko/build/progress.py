"""What a build says while it works; the command line decides how it looks."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hears of every step; all calls come from the build's main thread."""

    def started(self, title: str) -> None:
        """Say that a step has begun."""

    def counted(self, title: str, done: int, of: int) -> None:
        """Say how many of the steps that go by one title are done."""

    def finished(self, title: str, seconds: float) -> None:
        """Say that a step is done."""

    def failed(self, title: str, message: str) -> None:
        """Say that a step is not done, and why."""


class Silence:
    """Hears and says nothing."""

    def started(self, title: str) -> None: ...

    def counted(self, title: str, done: int, of: int) -> None: ...

    def finished(self, title: str, seconds: float) -> None: ...

    def failed(self, title: str, message: str) -> None: ...

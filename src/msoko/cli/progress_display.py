"""How a build's progress looks: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import Any

from msoko.cli.message_paths import print_message


class LineProgress:
    """One line for each step, for logs and pipes."""

    def __init__(self) -> None:
        self._counts: dict[str, str] = {}

    def started(self, title: str) -> None: ...

    def counted(self, title: str, done: int, of: int) -> None:
        self._counts[title] = f": {done} из {of}"

    def finished(self, title: str, seconds: float) -> None:
        print_message(f"готово: {title}{self._counts.pop(title, '')} ({_seconds(seconds)})")

    def failed(self, title: str, message: str) -> None:
        print_message(f"не построено: {title}")

    def __enter__(self) -> LineProgress:
        return self

    def __exit__(self, *_: object) -> None: ...


class LiveProgress:
    """Steps with a spinner and the time they take, on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self.console = Console(highlight=False)
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
        )
        self._tasks: dict[str, Any] = {}
        self._counts: dict[str, str] = {}

    def started(self, title: str) -> None:
        self._tasks[title] = self.progress.add_task(title, total=None)

    def counted(self, title: str, done: int, of: int) -> None:
        self._counts[title] = f": {done} из {of}"
        if title in self._tasks:
            self.progress.update(self._tasks[title], description=title + self._counts[title])

    def finished(self, title: str, seconds: float) -> None:
        self._remove(title)
        self.console.print(
            f"✓ {title}{self._counts.pop(title, '')} ({_seconds(seconds)})", markup=False
        )

    def failed(self, title: str, message: str) -> None:
        self._remove(title)
        self.console.print(f"✗ {title}", markup=False)

    def __enter__(self) -> LiveProgress:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def _remove(self, title: str) -> None:
        task = self._tasks.pop(title, None)
        if task is not None:
            self.progress.remove_task(task)


class QuietProgress(LineProgress):
    """Nothing, where the outcome is printed as JSON."""

    def finished(self, title: str, seconds: float) -> None: ...

    def failed(self, title: str, message: str) -> None: ...


def display(as_json: bool) -> LineProgress | LiveProgress:
    """Return what shows the progress where this process writes."""
    if as_json:
        return QuietProgress()
    return LiveProgress() if sys.stdout.isatty() else LineProgress()


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}".replace(".", ",") + " с"

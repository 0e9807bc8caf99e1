"""A bar on a terminal that shows how far long work is."""

from __future__ import annotations

from typing import Any


class ProgressBar:
    """Shows the progress of what *description* says, where it has at least *shown_from* steps."""

    def __init__(self, description: str, *, shown_from: int) -> None:
        # Not at the top: most runs only print, and need not wait for these imports.
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._description = description
        self._shown_from = shown_from
        self._task: Any = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, done: int, total: int) -> None:
        """Show that *done* of *total* steps are done."""
        if total < self._shown_from:
            return
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task(self._description, total=total)
        self._bar.update(self._task, completed=done)

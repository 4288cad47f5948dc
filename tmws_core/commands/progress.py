"""Shows how far a call is, as a bar on standard error, where somebody looks at it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tmws_core.commands.output import harmless

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from tmws_core.progress import ReportProgress


@contextmanager
def progress_bar() -> "Iterator[ReportProgress]":
    """A bar that is there from the first report on; into a pipe or file nothing is shown.

    What is printed meanwhile appears above the bar.
    """
    from tmws_core.progress import no_progress

    if not sys.stderr.isatty():
        yield no_progress
        return
    bar = _Bar()
    try:
        yield bar.report
    finally:
        bar.stop()


class _Bar:
    """One line: what is being done, the bar, the percentage, the count, the time so far and the time left."""

    def __init__(self) -> None:
        self._shown: tuple[Progress, TaskID] | None = None

    async def report(self, done: float, total: float | None, message: str | None) -> None:
        """Move the bar; without a message the last one stays."""
        if self._shown is None:
            self._shown = _started()
        progress, task = self._shown
        progress.update(task, completed=done, total=total, count=_count(done, total))
        if message is not None:
            progress.update(task, description=harmless(" ".join(message.split())))

    def stop(self) -> None:
        """Leave the bar as it is and go on below it."""
        if self._shown is not None:
            self._shown[0].stop()


def _started() -> "tuple[Progress, TaskID]":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[count]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    progress.start()
    return progress, progress.add_task("", total=None, count="")


def _count(done: float, total: float | None) -> str:
    return _number(done) if total is None else f"{_number(done)}/{_number(total)}"


def _number(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:g}"

"""Progress for people: one moving line in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_live: Any = None


def announce(step: str) -> None:
    """Say what is happening now. Elsewhere than in a terminal only whole runs are announced."""
    if _live is not None:
        _live.update(_live.task_ids[0], step=step)


@contextmanager
def show_runs(titles: list[str]) -> Iterator[Iterator[str]]:
    """Show progress over runs: iterate the yielded titles, one per run."""
    global _live
    if not sys.stderr.isatty():
        yield (_say(title) for title in titles)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), BarColumn(bar_width=20), TextColumn("{task.description}  [dim]{task.fields[step]}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("starting Prefect", total=len(titles), step="")
        _live = progress

        def advance() -> Iterator[str]:
            for done, title in enumerate(titles):
                progress.update(bar, completed=done, description=title, step="")
                yield title
            progress.update(bar, completed=len(titles))

        try:
            yield advance()
        finally:
            _live = None


def _say(title: str) -> str:
    print(title, file=sys.stderr, flush=True)
    return title

"""Shows the progress of long work and the time left."""

import contextlib
import sys
from collections.abc import Callable, Iterator

import rich.console
import rich.progress

from tfrecords_tools.base.text import printable


@contextlib.contextmanager
def bar(text: str, total: float) -> Iterator[Callable[[float], None]]:
    """Yields a function that receives how much of `total` is done.

    Draws on standard error, so that results can be piped.
    """
    with rich.progress.Progress(
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.TaskProgressColumn(),
        rich.progress.TimeElapsedColumn(),
        rich.progress.TextColumn("left"),
        rich.progress.TimeRemainingColumn(),
        console=rich.console.Console(file=printable.unguarded(sys.stderr)),
    ) as progress:
        task = progress.add_task(text, total=total)
        yield lambda done: progress.update(task, completed=done)

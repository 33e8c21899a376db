"""Finds out whether a record's further labels are those of the manifest.

The main labels' names are compared in record_check.
"""

from collections.abc import Iterator
from typing import Any

from tfrecords_tools import manifest


def faults(record: dict[str, Any], made: manifest.Manifest) -> Iterator[str]:
    """Looks at the tasks' labels, and at how many labels there are.

    Args:
        record: what `schema.decode` gives.
        made: the data set's manifest.

    Yields:
        One sentence a fault.
    """
    if len(record["label_ids"]) > 1 and not made.several_labels:
        yield _too_many(record["label_ids"], "")
    for task, known in made.tasks.items():
        ids = record[f"{task}.label_ids"]
        named = [known[i] if 0 <= i < len(known) else None for i in ids]
        said = [n.decode(errors="replace") for n in record[f"{task}.labels"]]
        if named != said:
            yield f"labels {said} of task {task} are not those of ids {ids}"
        if len(ids) > 1 and task not in made.several_tasks:
            yield _too_many(ids, f" of task {task}")


def _too_many(ids: list[int], of_task: str) -> str:
    return f"{len(ids)} labels{of_task}, the manifest says one at most"

"""Whether the labels of shards fit an objective, and can teach it anything.

By the manifest alone: no clip is read.
"""

import dataclasses

from tfrecords_tools import label_balance, manifest
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import names, printable
from video_models import objective


def warnings(
    goal: objective.Objective, made: manifest.Manifest, shards: str
) -> list[str]:
    """What makes the figures of a run worth little, a line each.

    Args:
        goal: says which label sets it answers; others do not matter.
        made: of the shards, with all their splits.
        shards: their folder, for messages.

    Raises:
        UserError: nothing can be learnt of any of those sets.
    """
    # What a run looks at: the test split is judged where it is built.
    seen = {k: v for k, v in made.splits.items() if k != "test"}
    made = dataclasses.replace(made, splits=seen)
    asked = {
        name.removeprefix("scores").removeprefix("."): answer
        for name, answer in goal.answers.items()
    }
    known = {each.task: each for each in label_balance.label_sets(made)}
    faults = [
        _fault(known[task], answer, made)
        for task, answer in asked.items()
        if task in known and "train" in known[task].clips
    ]
    if asked and len(faults) == len(asked) and all(faults):
        raise errors.UserError(f"{shards} teaches nothing: {faults[0]}")
    negative = [t for t, each in asked.items() if each.unlabelled_is_negative]
    return label_balance.warnings(made, asked, negative)


def _fault(
    each: label_balance.LabelSet,
    answer: objective.Answer,
    made: manifest.Manifest,
) -> str:
    """Why nothing can be learnt of a label set; empty where something can."""
    clips = sum(shard.clips for shard in made.splits.get("train", ()))
    found = {
        name: count
        for name, count in zip(each.labels, each.counts("train"), strict=True)
        if count
    }
    if not found:
        return (
            f"none of its {clips} training clips has a label{each.of_task}: "
            "give a label column or folders named by class, and build the "
            "shards again"
        )
    if answer.threshold is None:
        is_constant = len(found) == 1
    else:
        without = each.unlabelled.get("train", 0)
        if answer.unlabelled_is_negative:
            without = 0
        is_constant = all(n == clips - without for n in found.values())
    if not is_constant:
        return ""
    return (
        f"every labelled training clip has the same label{each.of_task}, "
        f"{', '.join(found)}, so loss 0 and accuracy 1 would mean nothing. "
        "Give clips of another label, and build the shards again (if the "
        "folders of the labels lie deeper, with --input=THEIR_FOLDER); or, to "
        "tell clips of it from clips without a label, choose "
        "--objective=multi_label --objective.unlabelled=negative"
    )


def check_labels(
    wanted: tuple[str, ...], found: tuple[str, ...], where: str
) -> None:
    """Raises UserError where shards name other labels than a model knows.

    Names that are equal to the eye are equal: see `names.normalized`.
    """
    wanted = tuple(map(names.normalized, wanted))
    found = tuple(map(names.normalized, found))
    if wanted == found:
        return
    missing = [label for label in wanted if label not in found]
    extra = [label for label in found if label not in wanted]
    what = "; ".join(
        [f"missing {printable.quoted(missing[:5])}"] * bool(missing)
        + [f"unknown {printable.quoted(extra[:5])}"] * bool(extra)
    )
    raise errors.UserError(
        f"{where} has {len(found)} labels, the model knows {len(wanted)} "
        f"({what or 'in another order'}): use the shards that it was "
        "trained on, or train a new model"
    )


def check_several(
    goal: objective.Objective, found: manifest.Manifest, where: str
) -> None:
    """Raises UserError where clips have several labels and answers but one."""
    for name, answer in goal.answers.items():
        task = name.removeprefix("scores.")
        is_main = task == name
        several = (
            found.several_labels if is_main else task in (found.several_tasks)
        )
        if several and answer.threshold is None:
            what = "label" if is_main else f"label.{task}"
            raise errors.UserError(
                f"{where} has clips of several labels in the column {what}, "
                "the model gives one: use shards of one label a clip, or "
                "train with --objective=multi_label or multi_task"
            )


def check_tasks(
    goal: objective.Objective,
    found: dict[str, tuple[str, ...]],
    where: str,
) -> None:
    """The same for the further label sets that an objective answers."""
    for name, answer in goal.answers.items():
        task = name.removeprefix("scores.")
        if task != name:
            wanted, known = answer.labels, found.get(task, ())
            check_labels(wanted, known, f"label.{task} of {where}")

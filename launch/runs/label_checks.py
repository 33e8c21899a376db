"""Checks whether the labels of shards fit an objective.

Reads the manifest only, no clips.
"""

import dataclasses

from tfrecords_tools import label_balance
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import names, printable
from video_models import objective as objectives


def warnings(
    objective: objectives.Objective,
    manifest: manifests.Manifest,
    shards: str,
    judges_sizes: bool = True,
) -> list[str]:
    """Warnings about labels that make the metrics unreliable.

    Args:
        objective: only the label sets that it predicts are checked.
        manifest: of the shards, with all their splits.
        shards: their folder, for messages.
        judges_sizes: see `label_balance.warnings`.

    Raises:
        UserError: none of those sets can be learned from.
    """
    # The test split is checked when it is built.
    splits = {k: v for k, v in manifest.splits.items() if k != "test"}
    manifest = dataclasses.replace(manifest, splits=splits)
    answers = {
        name.removeprefix("scores").removeprefix("."): answer
        for name, answer in objective.answers.items()
    }
    known = {each.task: each for each in label_balance.label_sets(manifest)}
    faults = [
        _fault(known[task], answer, manifest)
        for task, answer in answers.items()
        if task in known and "train" in known[task].clips
    ]
    if answers and len(faults) == len(answers) and all(faults):
        raise errors.UserError(
            f"nothing can be learned from {shards}: {faults[0]}"
        )
    negative = [t for t, each in answers.items() if each.unlabelled_is_negative]
    return label_balance.warnings(manifest, answers, negative, judges_sizes)


def _fault(
    each: label_balance.LabelSet,
    answer: objectives.Answer,
    manifest: manifests.Manifest,
) -> str:
    """Why a label set cannot be learned from; empty if it can."""
    clips = sum(shard.clips for shard in manifest.splits.get("train", ()))
    counts = {
        name: count
        for name, count in zip(each.labels, each.counts("train"), strict=True)
        if count
    }
    if not counts:
        return (
            f"none of its {clips} training clips has a label{each.of_task}: "
            "give a label column or folders named by class, and build the "
            "shards again"
        )
    if answer.threshold is None:
        is_constant = len(counts) == 1
    else:
        without = each.unlabelled.get("train", 0)
        if answer.unlabelled_is_negative:
            without = 0
        is_constant = all(n == clips - without for n in counts.values())
    if not is_constant:
        return ""
    return (
        f"every labelled training clip has the same label{each.of_task}, "
        f"{', '.join(counts)}, so loss 0 and accuracy 1 would mean nothing. "
        "Give clips of another label, and build the shards again (if the "
        "folders of the labels lie deeper, with --input=THEIR_FOLDER); or, to "
        "tell clips of it from clips without a label, choose "
        "--objective=multi_label --objective.unlabelled=negative"
    )


def check_labels(
    known: tuple[str, ...], given: tuple[str, ...], where: str
) -> None:
    """Raises UserError if shards have other labels than the model.

    Names that look alike are equal, see `names.normalized`.
    """
    known = tuple(map(names.normalized, known))
    given = tuple(map(names.normalized, given))
    if known == given:
        return
    missing = [label for label in known if label not in given]
    extra = [label for label in given if label not in known]
    what = "; ".join(
        [f"missing {printable.quoted(missing[:5])}"] * bool(missing)
        + [f"unknown {printable.quoted(extra[:5])}"] * bool(extra)
    )
    raise errors.UserError(
        f"{where} has {len(given)} labels, the model has {len(known)} "
        f"({what or 'in another order'}): use the shards that it was "
        "trained on, or train a new model"
    )


def check_several(
    objective: objectives.Objective, manifest: manifests.Manifest, where: str
) -> None:
    """Raises UserError if clips have several labels but the model gives one."""
    for name, answer in objective.answers.items():
        task = name.removeprefix("scores.")
        is_main = task == name
        several = (
            manifest.several_labels
            if is_main
            else task in (manifest.several_tasks)
        )
        if several and answer.threshold is None:
            what = "label" if is_main else f"label.{task}"
            raise errors.UserError(
                f"{where} has clips of several labels in the column {what}, "
                "the model gives one: use shards of one label a clip, or "
                "train with --objective=multi_label or multi_task"
            )


def check_tasks(
    objective: objectives.Objective,
    tasks: dict[str, tuple[str, ...]],
    where: str,
) -> None:
    """Like `check_labels`, for the additional label sets of an objective."""
    for name, answer in objective.answers.items():
        task = name.removeprefix("scores.")
        if task != name:
            labels, given = answer.labels, tasks.get(task, ())
            check_labels(labels, given, f"label.{task} of {where}")

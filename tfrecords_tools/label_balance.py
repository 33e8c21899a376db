"""Warns about labels that are badly distributed over the splits.

Uses only the counts of the manifest. Findings are warnings, not errors: an
objective may need no labels.
"""

import dataclasses
import math
from collections.abc import Collection, Sequence

from tfrecords_tools import annotations, manifest
from tfrecords_tools.base.text import printable

_HANDFUL = 30  # Clips; the interval of a share of 0.8 is then 0.28 wide.
_Z = 1.959964  # Of 95 % confidence.


@dataclasses.dataclass(frozen=True)
class LabelSet:
    """Counts of one label set.

    Attributes:
        task: the set's name; empty for the main one.
        labels: in the order of the counts.
        clips: split to clips of each label.
        unlabelled: split to clips without a label; empty if unknown.
        several: whether a clip may have more than one label.
    """

    task: str
    labels: tuple[str, ...]
    clips: dict[str, tuple[int, ...]]
    unlabelled: dict[str, int]
    several: bool

    def counts(self, split: str) -> tuple[int, ...]:
        """Returns the clips of each label in a split."""
        return self.clips.get(split) or (0,) * len(self.labels)

    @property
    def of_task(self) -> str:
        """` of task place`; empty for the main set."""
        return f" of task {self.task}" if self.task else ""


def label_sets(dataset: manifest.Manifest) -> list[LabelSet]:
    """Returns the counted label sets; old shards may lack some."""
    sizes = _sizes(dataset)
    without = dict(dataset.unlabelled)
    if "" not in without and not dataset.several_labels:
        without[""] = {
            split: size - sum(dataset.label_counts.get(split, ()))
            for split, size in sizes.items()
        }
    main = LabelSet(
        "",
        dataset.labels,
        dataset.label_counts,
        without.get("", {}),
        dataset.several_labels,
    )
    return [main] + [
        LabelSet(
            task,
            names,
            dataset.task_counts[task],
            without.get(task, {}),
            task in dataset.several_tasks,
        )
        for task, names in dataset.tasks.items()
        if task in dataset.task_counts
    ]


def warnings(
    dataset: manifest.Manifest,
    tasks: Collection[str] | None = None,
    negative: Collection[str] = (),
    judges_sizes: bool = True,
) -> list[str]:
    """Returns what makes metrics on a data set unreliable, a line each.

    Args:
        dataset: the manifest.
        tasks: names of the label sets that matter; None for all.
        negative: names of sets in which a clip without labels is a negative
            example.
        judges_sizes: whether a small or missing split is a finding; a fold of
            a cross-validation need not be large.

    Returns:
        Findings with remedies.
    """
    sizes = _sizes(dataset)
    messages = []
    for each in label_sets(dataset):
        if tasks is None or each.task in tasks:
            if each.task not in negative:
                messages += _of_labelled(each, sizes)
            messages += _of_splits(each, sizes)
    return messages + (_of_sizes(sizes) if judges_sizes else [])


def wilson(share: float, clips: int) -> tuple[float, float]:
    """Returns the 95 % confidence interval of a share of `clips` clips.

    Source: Wilson, "Probable Inference, the Law of Succession, and
    Statistical Inference", JASA 22, 1927.
    """
    if not clips:
        return 0.0, 1.0
    square = _Z**2 / clips
    middle = (share + square / 2) / (1 + square)
    half = math.sqrt(share * (1 - share) * square + square**2 / 4)
    half /= 1 + square
    return max(0.0, middle - half), min(1.0, middle + half)


def _sizes(dataset: manifest.Manifest) -> dict[str, int]:
    """Returns the clips of each non-empty split, train first."""
    clips_in = {
        split: sum(shard.clips for shard in dataset.splits.get(split, ()))
        for split in annotations.SPLITS
    }
    return {split: clips for split, clips in clips_in.items() if clips}


def _of_labelled(each: LabelSet, sizes: dict[str, int]) -> list[str]:
    of_all = [sum(row) for row in zip(*map(each.counts, sizes), strict=True)]
    occurring = [place for place, clips in enumerate(of_all) if clips]
    messages = _unlabelled(each, sizes) + _everywhere(each, sizes)
    if len(occurring) == 1 and not each.several:
        name = printable.quoted(each.labels[occurring[0]])
        messages.append(
            f"there is only one label{each.of_task}, {name}: any prediction "
            "is right; add clips with another label"
        )
    return messages


def _of_splits(each: LabelSet, sizes: dict[str, int]) -> list[str]:
    messages = []
    trained = [bool(clips) for clips in each.counts("train")]
    for split in sizes:
        lacking = [
            name
            for name, clips, learnt in zip(
                each.labels, each.counts(split), trained, strict=True
            )
            if not clips and (learnt or split == "train")
        ]
        if lacking:
            messages.append(_lacking(each, split, lacking))
    return messages


def _unlabelled(each: LabelSet, sizes: dict[str, int]) -> list[str]:
    without = {s: n for s, n in each.unlabelled.items() if n and s in sizes}
    if not without:
        return []
    listed = ", ".join(f"{split} {without[split]}" for split in without)
    return [
        f"{sum(without.values())} of {_clips(sum(sizes.values()))} have no "
        f"label{each.of_task} ({listed}): objectives that need a label "
        "ignore them; label them, or remove them"
    ]


def _lacking(each: LabelSet, split: str, names: Sequence[str]) -> str:
    count = len(each.labels)
    kind = "training" if split == "train" else split
    has = "has" if len(names) == 1 else "have"
    why, remedy = {
        "train": (
            "so they are never learnt",
            "give them some, by a split or by more groups",
        ),
        "validation": (
            "so nothing tells how well they are known",
            "a label needs videos of two groups, or a given split",
        ),
        "test": (
            "so no test tells how well they are known",
            "a label needs videos of three groups, or a given split",
        ),
    }[split]
    return (
        f"{len(names)} of {count} labels{each.of_task} {has} no {kind} clip, "
        f"{why}: {_listed(names)}; {remedy}"
    )


def _everywhere(each: LabelSet, sizes: dict[str, int]) -> list[str]:
    if not each.several or "train" not in each.unlabelled:
        return []
    labelled = sizes.get("train", 0) - each.unlabelled["train"]
    names = [
        name
        for name, clips in zip(each.labels, each.counts("train"), strict=True)
        if clips == labelled > 0
    ]
    if not names:
        return []
    return [
        "every training clip that has labels has "
        f"{_listed(names)}{each.of_task}, so it cannot be learnt: add "
        "clips without it, or remove it"
    ]


def _of_sizes(sizes: dict[str, int]) -> list[str]:
    messages = []
    if "train" not in sizes:
        messages.append(
            "there is no training split, so nothing can be trained: assign "
            "some rows to it"
        )
    elif "validation" not in sizes:
        messages.append(
            "there is no validation split, so training measures nothing: "
            "assign some rows to it, or add groups"
        )
    for split in ("validation", "test"):
        clips = sizes.get(split, 0)
        if 0 < clips < _HANDFUL:
            right = round(0.8 * clips)
            low, high = wilson(right / clips, clips)
            messages.append(
                f"the {split} split has {_clips(clips)}, too few for reliable "
                "metrics: "
                f"{right} right of {clips} would mean {100 * low:.0f} to "
                f"{100 * high:.0f} % (95 % confidence); add clips, "
                "increase its share with --splits.shares, or ask about every "
                "clip with launch.train --cross_validate=5"
            )
    return messages


def _clips(count: int) -> str:
    return f"{count} clip" + "s" * (count != 1)


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more

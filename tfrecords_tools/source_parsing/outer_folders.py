"""Checks whether the outermost folders of a folder of videos can be labels.

Refuses folders that look like misnamed splits, and a single folder that holds
the likely labels: a model of such labels would be useless, and its metrics
perfect.
"""

import pathlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import names
from tfrecords_tools.source_parsing import repeated_folders

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_OTHER_NAMES = {
    name: split
    for split, listed in (
        ("train", "trn 训练 训练集 訓練 訓練集 学習 훈련 학습"),
        ("validation", "vld vali 验证 验证集 驗證 驗證集 検証 검증"),
        (
            "test",
            "eval evaluation holdout tst 测试 测试集 測試 測試集 テスト",
        ),
    )
    for name in listed.split()
}
_ADDED = re.compile("(set|data|videos?|clips?|split)$")


class Layout(NamedTuple):
    """How messages name the flags of a source.

    Attributes:
        labels: makes each outermost folder a label.
        instead: another way to state labels and splits.
    """

    labels: str
    instead: str


OF_VIDEOS = Layout(
    "--video_folder.outer=labels", "list the clips with --source=csv_file"
)
OF_IMAGES = Layout(
    "--frame_folder.outer=labels", "arrange the folders in another way"
)


def check(
    input: str,
    videos: Sequence[pathlib.PurePath],
    layout: Layout = OF_VIDEOS,
) -> None:
    """Refuses outermost folders that are neither splits nor labels.

    Args:
        input: the input folder, for messages.
        videos: relative to it.
        layout: of the source, for messages.

    Raises:
        UserError: with what to set or rename.
    """
    in_folders = [path for path in videos if len(path.parts) > 1]
    outer = {path.parts[0] for path in in_folders}
    if all(annotations.canonical_split(name) for name in outer):
        _refuse_inner(input, in_folders, layout)
    else:
        _refuse_like_splits(input, in_folders, outer, layout)
        _refuse_one_that_holds_labels(input, in_folders, layout)
        _refuse_splits_within(input, in_folders, layout)
        repeated_folders.check(input, in_folders, *layout)


def _refuse_like_splits(
    input: str,
    videos: list[pathlib.PurePath],
    outer: set[str],
    layout: Layout,
) -> None:
    like = {name: found for name in outer if (found := _like_split(name))}
    # A single one may be a label, such as railways or test patterns.
    if len(set(like.values())) < 2:
        return
    if set(like) == outer or _share_labels(videos, like):
        raise errors.UserError(
            f"--input={input}: the folders {_listed(like)} look like splits, "
            "wanted ones called train, validation (val, valid, dev) and "
            f"test: rename them, or, if they are labels, add {layout.labels}"
        )


def _like_split(name: str) -> str | None:
    """Returns `validation` for `val_256`, `valSet` or `02-val`."""
    found = set()
    for part in [*_PART.findall(name), names.normalized(name)]:
        for text in (part.lower(), _ADDED.sub("", part.lower())):
            split = annotations.canonical_split(text) or _OTHER_NAMES.get(text)
            found |= {split} if split else set()
    return found.pop() if len(found) == 1 else None


def _share_labels(videos: list[pathlib.PurePath], like: dict[str, str]) -> bool:
    """Whether two split-like folders hold only folders of equal names."""
    inside: dict[str, set[str]] = {}
    for path in videos:
        if path.parts[0] in like:
            inner = path.parts[1] if len(path.parts) > 2 else ""
            inside.setdefault(like[path.parts[0]], set()).add(inner)
    return "" not in set.union(*inside.values()) and any(
        one is not other and one & other
        for one in inside.values()
        for other in inside.values()
    )


def _refuse_one_that_holds_labels(
    input: str, videos: list[pathlib.PurePath], layout: Layout
) -> None:
    around, labels = _only_folder([path.parts[:-1] for path in videos])
    if labels:
        folder = "/".join(around)
        raise errors.UserError(
            f"--input={input}: its only folder {folder} holds no videos, only "
            f"folders: {_listed(labels)}; if those are the labels use "
            f"--input={pathlib.Path(input) / folder}, if all videos have the "
            f"label {around[0]} add {layout.labels}"
        )


def _refuse_inner(
    input: str, videos: list[pathlib.PurePath], layout: Layout
) -> None:
    around, labels = _only_folder([path.parts[1:-1] for path in videos])
    if labels:
        folder = "/".join(around)
        raise errors.UserError(
            f"--input={input}: the only folder {folder} in those of the "
            f"splits holds no videos, only folders: {_listed(labels)}; if "
            f"those are the labels move {_listed(labels)} up, else "
            f"{layout.instead}"
        )


def _refuse_splits_within(
    input: str, videos: list[pathlib.PurePath], layout: Layout
) -> None:
    inner = [path.parts[1] for path in videos if len(path.parts) > 2]
    splits = {annotations.canonical_split(name) for name in inner}
    if len(inner) == len(videos) and None not in splits and len(splits) > 1:
        label, split, *_ = videos[0].parts
        raise errors.UserError(
            f"--input={input} has splits within labels, {label}/{split}: "
            f"wanted labels within splits, {split}/{label}: move the folders, "
            f"{layout.instead}, or, to have the splits drawn, add "
            f"{layout.labels}"
        )


def _only_folder(
    folders: list[tuple[str, ...]],
) -> tuple[tuple[str, ...], set[str]]:
    """Returns the folder around all videos, and its subfolders.

    Both are empty if there is none, or it holds a video or one subfolder.
    """
    first = min(folders, default=())
    last = max(folders, default=())
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    if not same or any(len(each) == same for each in folders):
        return (), set()
    return first[:same], {each[same] for each in folders}


def _listed(names: Iterable[str], most: int = 5) -> str:
    names = sorted(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more

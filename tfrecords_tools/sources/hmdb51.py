"""HMDB51 with its official splits.

Source: Kuehne et al.: HMDB, a large video database for human motion
recognition, ICCV 2011. The input folder holds `<action>/<name>.avi` and
`testTrainMulti_7030_splits/<action>_test_split1.txt`, also beside it, whose
lines are `name.avi 1` (training), `2` (test) or `0` (unused).

Clips are named `<source>_<action>_<body>_<camera>_np<people>_<view>_<quality>_
<number>`; those of one source come from one video or film. The lists were
made per action: within an action, a source is on one side, but a film with
several actions may train one and test another (American History X: `smoke`
and `wave`). Published results use these lists, so we do, too: the group is
action and source, and if a list has one on both sides, its clips form a group
on each. Validation is drawn by source, so that it shares no film with the
remaining training clips.
"""

import dataclasses
import os
import pathlib
import re
from collections import defaultdict

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base.files import folder_files
from tfrecords_tools.base.text import names
from tfrecords_tools.media import video_names
from tfrecords_tools.source_parsing import annotation_text, split_lists

_LISTS = (
    "testTrainMulti_7030_splits",
    "test_train_splits/testTrainMulti_7030_splits",
    "test_train_splits",
)
_SPLITS = {"1": "train", "2": "test"}
_UNUSED = "0"
_LIST = re.compile(r"([^.].*)_test_split([123])\.txt")
_ATTRIBUTES = r"_[^_]+_[^_]+_np\d+_[^_]+_[^_]+_\d+\.\w+"

Config = split_lists.Config


def list_clips(config: Config, input: str) -> list[annotations.Clip]:
    """Reads the lists of every action.

    Args:
        config: the split.
        input: the folder of the videos and lists.

    Returns:
        Training and test clips, by action and in the order of its list.

    Raises:
        UserError: a list is missing, or lines are faulty; lists all of them.
    """
    videos = split_lists.Videos(input, ("hmdb51_org", "videos"))
    lists = videos.lists(_LISTS, f"_test_split{config.split_number}.txt")
    faults: list[str] = []
    clips, sources = [], []
    for action in _actions(lists, videos.folder):
        path = lists / f"{action}_test_split{config.split_number}.txt"
        for line in annotation_text.read_lines(path, faults):
            try:
                clip = _clip(line, action, videos)
            except ValueError as error:
                faults.append(f"{line.origin}: {error}")
                continue
            if clip:
                clips.append(clip)
                sources.append(clip.group.partition("/")[2])
    if faults:
        raise annotation_checks.FaultyRows(
            faults, _parted(clips), videos.missing
        )
    return split_lists.hold_out(
        _parted(clips), config.validation_fraction, sources
    )


def _actions(lists: pathlib.Path, folder: pathlib.Path) -> list[str]:
    """Returns all actions with a list of any split, or a folder."""
    listed = (_LIST.fullmatch(name) for name in os.listdir(lists))
    filled = {
        path.parts[0] for path in folder_files.below(folder) if _is_video(path)
    }
    # Names of folder and list may differ in Unicode form.
    actions = {names.normalized(name): name for name in filled}
    actions |= {
        names.normalized(found[1]): found[1] for found in listed if found
    }
    return sorted(actions.values())


def _is_video(path: pathlib.PurePath) -> bool:
    return len(path.parts) == 2 and video_names.is_likely(path.name)


def _clip(
    line: annotation_text.Line, action: str, videos: split_lists.Videos
) -> annotations.Clip | None:
    name, _, number = line.text.strip().rpartition(" ")
    name = name.strip()
    if not name or "/" in name or number not in (*_SPLITS, _UNUSED):
        raise ValueError(f"{line.text!r}: wanted a video's name and 0, 1 or 2")
    if number == _UNUSED:
        return None
    return annotations.Clip(
        path=videos.path(f"{action}/{name}", line.origin),
        label=names.normalized(action),
        split=_SPLITS[number],
        group=names.normalized(f"{action}/{_source(name, action)}"),
        origin=line.origin,
    )


def _source(name: str, action: str) -> str:
    """Returns the part before the action; else the whole name."""
    name, action = names.normalized(name), names.normalized(action)
    found = re.fullmatch(f"(.+)_{re.escape(action)}{_ATTRIBUTES}", name)
    return found[1] if found else name


def _parted(clips: list[annotations.Clip]) -> list[annotations.Clip]:
    """Splits groups that a list puts on both sides."""
    sides = defaultdict(set)
    for clip in clips:
        sides[clip.group].add(clip.split)
    return [
        dataclasses.replace(clip, group=f"{clip.group}/{clip.split}")
        if len(sides[clip.group]) > 1
        else clip
        for clip in clips
    ]

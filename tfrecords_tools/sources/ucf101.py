"""UCF101 with its official splits.

Source: Soomro, Zamir, Shah: UCF101, arXiv:1212.0402. The input folder holds
`UCF-101/<Class>/v_<Class>_g01_c01.avi`, or the class folders themselves, and
`ucfTrainTestlist/{classInd,trainlist01,testlist01}.txt`, also beside it.

The clips of a group, g01 to g25 of each class, are cut from one video; the
official splits keep groups whole; other lists are refused.
"""

import pathlib
import re

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base.text import names, printable
from tfrecords_tools.source_parsing import annotation_text, split_lists

_LISTS = ("ucfTrainTestlist", "UCF101TrainTestSplits-RecognitionTask")
# The class in the file name may differ in case: v_HandStandPushups_g01_...
_VIDEO = re.compile(r"([^/\s]+)/v_[^/\s]+_(g\d+)_c\d+\.\w+")

Config = split_lists.Config


def list_clips(config: Config, input: str) -> list[annotations.Clip]:
    """Reads the class index and both lists of the split.

    Args:
        config: the split.
        input: the folder of the videos and lists.

    Returns:
        Training clips, then test clips, in the order of the lists.

    Raises:
        UserError: a list is missing, or lines are faulty; lists all of them.
    """
    videos = split_lists.Videos(input, ("UCF-101", "UCF101"))
    lists = videos.lists(
        (*_LISTS, f"{_LISTS[1]}/{_LISTS[0]}"), f"list0{config.split_number}.txt"
    )
    faults: list[str] = []
    classes = _classes(lists / "classInd.txt", faults)
    clips = []
    for split in ("train", "test"):
        path = lists / f"{split}list0{config.split_number}.txt"
        for line in annotation_text.read_lines(path, faults):
            try:
                clips.append(_clip(line, split, classes, videos))
            except ValueError as error:
                faults.append(f"{line.origin}: {error}")
    if faults:
        raise annotation_checks.FaultyRows(faults, clips, videos.missing)
    groups = [clip.group for clip in clips]
    return split_lists.hold_out(clips, config.validation_fraction, groups)


def _classes(path: pathlib.Path, faults: list[str]) -> dict[str, str]:
    """Maps classes to their written numbers, `ApplyEyeMakeup` to `1`."""
    found = {}
    for line in annotation_text.read_lines(path, faults):
        number, _, name = line.text.strip().partition(" ")
        name = names.normalized(name.strip())
        if not number.isdigit() or not name or name in found:
            faults.append(
                f"{line.origin}: {line.text!r}: wanted a number and a class, "
                "each class once"
            )
        found[name] = number
    return found


def _clip(
    line: annotation_text.Line,
    split: str,
    classes: dict[str, str],
    videos: split_lists.Videos,
) -> annotations.Clip:
    listed, _, number = line.text.strip().partition(" ")
    matched = _VIDEO.fullmatch(listed)
    if not matched:
        raise ValueError(
            f"{line.text!r}: wanted Class/v_Class_g01_c01.avi, and in a "
            "training list the number of the class"
        )
    label, group = matched.groups()
    label = names.normalized(label)
    if classes and label not in classes:
        raise ValueError(
            f"class {printable.quoted(label)} is not in classInd.txt"
        )
    if classes and number.strip() not in ("", classes[label]):
        raise ValueError(
            f"class {printable.quoted(label)} has the number "
            f"{number.strip()} here and "
            f"{classes[label]} in classInd.txt"
        )
    return annotations.Clip(
        path=videos.path(listed, line.origin),
        label=label,
        split=split,
        group=f"{label}/{group}",
        origin=line.origin,
    )

"""Groups the videos of a data set into units that share one split.

A split that is given, or known from the standing data set, holds for the whole
group; contradictions are refused.
"""

from collections.abc import Mapping

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.video_analysis import disjoint_sets


class VideoUnits:
    """The videos and their units; a unit has one split.

    Attributes:
        unit: path to its unit, the smallest name of groups that share
            videos.
        group: path to its group, the smallest if there are several.
        fixed: unit to the split that is given or known.
    """

    def __init__(
        self, clips: list[annotations.Clip], known: Mapping[str, str]
    ) -> None:
        """Groups the rows, given path to split of the standing data set.

        Raises:
            UserError: videos of one unit have two splits.
        """
        sets = disjoint_sets.DisjointSets()
        self.group: dict[str, str] = {}
        for clip in clips:
            group = self.group.setdefault(clip.path, clip.group)
            if group != clip.group:
                sets.join([group, clip.group])
                self.group[clip.path] = min(group, clip.group)
        self.unit = {path: sets.first(g) for path, g in self.group.items()}
        self.fixed: dict[str, str] = {}
        first: dict[str, annotations.Clip] = {}
        for clip in clips:
            if clip.split and not clip.absent:
                unit = self.unit[clip.path]
                self.fixed[unit] = clip.split
                _refuse_two(unit, first.setdefault(unit, clip), clip)
        absent = [clip for clip in clips if clip.absent and clip.split]
        self._keep(known, {clip.path for clip in absent})
        for clip in absent:  # They contradict no other row.
            self.fixed.setdefault(self.unit[clip.path], clip.split)

    def _keep(self, known: Mapping[str, str], absent: set[str]) -> None:
        first: dict[str, str] = {}
        for path in sorted((set(known) & set(self.unit)) - absent):
            unit = self.unit[path]
            if unit in self.fixed and unit not in first:
                continue  # Given.
            other = first.setdefault(unit, path)
            if known[other] != known[path]:
                raise errors.UserError(
                    f"group {unit!r} has {other} in {known[other]} and {path} "
                    f"in {known[path]} of the existing data set: give "
                    "the group a split, or start over with --replace"
                )
            self.fixed[unit] = known[path]


def _refuse_two(
    unit: str, one: annotations.Clip, other: annotations.Clip
) -> None:
    if one.split != other.split:
        raise errors.UserError(
            f"group {unit!r}, joined by videos in several groups, "
            f"has {one.path} in {one.split} ({one.origin or 'another row'}) "
            f"and {other.path} in {other.split} "
            f"({other.origin or 'another row'}): give it one split"
        )

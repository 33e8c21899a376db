"""Replaces annotated rows by the rows to store, using a cutter.

A new row differs from the old one in its span alone: it keeps label, split,
group, caption and words. The group stays that of the video, so its clips
never span two splits.
"""

from collections.abc import Mapping

from tfrecords_tools import annotations
from tfrecords_tools.base import registry
from tfrecords_tools.video_analysis import video_survey

LeftOut = tuple[annotations.Clip, str]


def cut_all(
    clips: list[annotations.Clip],
    cutter: registry.Chosen,
    surveys: Mapping[str, video_survey.Survey],
) -> tuple[list[annotations.Clip], list[LeftOut]]:
    """Cuts every row.

    Args:
        clips: checked rows.
        cutter: a file of `tfrecords_tools.cutting`.
        surveys: path to survey; empty if the cutter needs none.

    Returns:
        The new rows, grouped by old row; and rows that yield none, with the
        reason. Rows of a video whose survey failed are unchanged, and fail
        when they are read.
    """
    cut_clips: list[annotations.Clip] = []
    left_out: list[LeftOut] = []
    # Spans that overlap may hold the same shot.
    seen: dict[tuple, list[annotations.Clip]] = {}
    for clip in clips:
        new_clips = cut(clip, cutter, surveys.get(clip.path))
        if not new_clips:
            reason = "is too short to give a clip; see the flags of --cut"
            left_out.append((clip, reason))
        for new in new_clips:
            span = new.path, new.start_seconds, new.end_seconds
            same = seen.setdefault(span, [])
            if new not in same:
                same.append(new)
                cut_clips.append(new)
    return cut_clips, left_out


def cut(
    clip: annotations.Clip,
    cutter: registry.Chosen,
    survey: video_survey.Survey | None,
) -> list[annotations.Clip]:
    """Cuts one row; see `cut_all`."""
    if cutter.module.NEEDS and (survey is None or survey.status != "ok"):
        return [clip]
    start, end = clip.span
    if cutter.module.NEEDS:
        first, last = survey.within(start, end)
        if first >= last:  # Without frames; reading reports it.
            return [clip]
    spans = cutter.module.cut(cutter.config, survey, start, end)
    if spans == ((start, end),):
        return [clip]
    return [
        annotations.spanned(
            clip,
            first / 1_000_000,
            None if last is None else last / 1_000_000,
        )
        for first, last in spans
    ]

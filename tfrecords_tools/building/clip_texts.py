"""The captions, questions and answers of a clip, as its records hold them."""

from typing import Any

from tfrecords_tools import annotations
from tfrecords_tools.text import text_cleaning

_WHOLE_CLIP = -1


def features(
    config: text_cleaning.Config, clip: annotations.Clip
) -> dict[str, Any]:
    """Returns the features of `schema.EXTRAS` for several texts.

    Args:
        config: how they are cleaned; texts that become empty are left out.
        clip: with its texts.
    """
    captions = [
        each._replace(text=text)
        for each in clip.captions
        if (text := text_cleaning.clean(config, each.text))
    ]
    questions = [
        (text, text_cleaning.clean(config, each.answer))
        for each in clip.questions
        if (text := text_cleaning.clean(config, each.text))
    ]
    return {
        "captions": [each.text for each in captions],
        "caption_starts": [_time(each.start_seconds) for each in captions],
        "caption_ends": [_time(each.end_seconds) for each in captions],
        "questions": [text for text, _ in questions],
        "answers": [answer for _, answer in questions],
    }


def _time(seconds: float | None) -> int:
    return _WHOLE_CLIP if seconds is None else round(seconds * 1_000_000)

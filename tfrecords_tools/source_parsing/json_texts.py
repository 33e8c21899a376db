"""Parses cells that hold several texts, as JSON lists.

Sentences contain every separator, so a list is JSON: `["a dog", "it runs"]`.
"""

import json
import math
from typing import Any, NamedTuple

from tfrecords_tools import annotations

_SPAN = ("start_seconds", "end_seconds")


class Texts(NamedTuple):
    """The texts of a row; see `annotations.Clip`."""

    caption: str
    captions: tuple[annotations.Caption, ...] = ()
    questions: tuple[annotations.Question, ...] = ()


def parse_all(
    caption: str, captions: str, question: str, answer: str, faults: list[str]
) -> Texts:
    """Parses the cells of a row; appends what is wrong to `faults`.

    The first of several captions is `caption`, unless that has its own cell:
    then it precedes them.
    """
    if not (captions or question or answer):
        return Texts(caption)
    try:
        several = parse_captions(captions)
        if caption and several:
            several = (annotations.Caption(caption), *several)
        first = caption or (several[0].text if several else "")
        return Texts(first, several, parse_questions(question, answer))
    except ValueError as error:
        faults.append(str(error))
        return Texts(caption)


def parse_captions(cell: str) -> tuple[annotations.Caption, ...]:
    """Parses the captions of a clip.

    Args:
        cell: a JSON list of sentences, or of objects with `text`,
            `start_seconds` and `end_seconds`, from the video's start; or empty.

    Raises:
        ValueError: it is something else; says what.
    """
    if not cell:
        return ()
    found = _listed(cell)
    if found is None:
        raise ValueError(
            f"captions {cell[:40]!r} are no JSON list: wanted "
            '["a sentence", "another"], or [{"text": "a sentence", '
            '"start_seconds": 0, "end_seconds": 2}]'
        )
    return tuple(map(_caption, found))


def parse_questions(
    question: str, answer: str
) -> tuple[annotations.Question, ...]:
    """Parses the questions about a clip, with their answers.

    Args:
        question: a text, or a JSON list of texts; or empty.
        answer: the same, as many.

    Raises:
        ValueError: there are fewer or more answers than questions, or a list
            holds no texts.
    """
    questions, answers = (_texts(cell) for cell in (question, answer))
    answers = answers or [""] * len(questions)
    if len(questions) != len(answers):
        raise ValueError(
            f"{len(questions)} questions and {len(answers)} answers: wanted "
            "one answer to each question, in JSON lists of the same length"
        )
    return tuple(map(annotations.Question, questions, answers))


def _caption(value: Any) -> annotations.Caption:
    if isinstance(value, str) and value.strip():
        return annotations.Caption(value)
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise ValueError(
            f"caption {str(value)[:40]!r}: wanted a sentence, or an object "
            "with text, start_seconds and end_seconds"
        )
    start, end = (value.get(name) for name in _SPAN)
    unknown = value.keys() - {"text", *_SPAN}
    if unknown or not (start is end is None or _is_span(start, end)):
        raise ValueError(
            f"caption {str(value)[:60]!r}: wanted start_seconds from 0 on, and "
            "end_seconds after it"
            + (f"; {sorted(unknown)[0]!r} is unknown" if unknown else "")
        )
    return annotations.Caption(value["text"], start, end)


def _is_span(start: Any, end: Any) -> bool:
    for each in (start, end):
        if isinstance(each, bool) or not isinstance(each, int | float):
            return False
    return math.isfinite(end) and 0 <= start < end


def _texts(cell: str) -> list[str]:
    """The texts of a cell: one, or those of a JSON list."""
    found = _listed(cell) if cell.startswith("[") else None
    if found is None:
        return [cell] if cell else []
    for each in found:
        if not isinstance(each, str):
            raise ValueError(f"{str(each)[:40]!r} is no text")
    return found


def _listed(cell: str) -> list[Any] | None:
    """The values of a JSON list; None if it is none."""
    try:
        found = json.loads(cell)
    except ValueError:
        return None
    return found if isinstance(found, list) else None

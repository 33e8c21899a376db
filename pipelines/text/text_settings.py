"""Settings of text_tokens."""

import dataclasses

from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Text to read, and its tokenization."""

    tokens: str = settings.setting(
        "none",
        "Tokens: none (no text is read), words, or pieces (wordpieces).",
        choices=("none", "words", "pieces"),
    )
    source: str = settings.setting(
        "caption",
        "caption: the sentence of the clip, the first of several; captions: "
        "one of several, drawn in training, and all in evaluation; question: "
        "the same, with its answer; words: the words spoken during the "
        "sampled frames.",
        choices=("caption", "captions", "question", "words"),
    )
    texts: int = settings.setting(
        20,
        "Captions, or questions, of a clip in evaluation; padded to this "
        "number.",
        minimum=1,
    )
    length: int = settings.setting(
        32,
        "Tokens per text, including start and end; shorter texts are padded. "
        "Longer ones are an error before the first step, without "
        "--text.truncate.",
        minimum=3,
    )
    truncate: bool = settings.setting(
        False,
        "Truncate texts longer than --text.length, and leave out captions "
        "beyond --text.texts, without an error.",
    )
    lower_case: bool = settings.setting(
        True, "Convert text and vocabulary to lower case."
    )
    remove_punctuation: bool = settings.setting(
        True,
        "Replace punctuation by spaces in text and vocabulary; keeps don't "
        "and 3.5.",
    )

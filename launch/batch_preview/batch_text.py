"""Labels and tokens of a batch as text."""

import numpy as np

from pipelines.text import text_tokens
from tfrecords_tools import manifest as manifests
from tfrecords_tools.text import word_pieces

_MAX_LABELS = 4  # Labels listed by name.


def labels(row: dict[str, np.ndarray], manifest: manifests.Manifest) -> str:
    """`walk 0.70, run 0.30; place: home`.

    Args:
        row: entries of one clip.
        manifest: of the shards.
    """
    texts = [_names(row["label"], manifest.labels)]
    texts += [
        f"{task}: {_names(row[f'label.{task}'], names)}"
        for task, names in manifest.tasks.items()
        if f"label.{task}" in row
    ]
    return "; ".join(texts)


def words(row: dict[str, np.ndarray], vocabulary: tuple[str, ...]) -> str:
    """The text of the tokens; `[?]` for unknown words.

    Args:
        row: entries of one clip.
        vocabulary: of `text_tokens.vocabulary`.

    Returns:
        The text; empty without tokens.
    """
    if "tokens" not in row:
        return ""
    shown = []
    for token in row["tokens"].tolist():
        word = "[?]" if token == text_tokens.UNKNOWN else ""
        if token >= text_tokens.FIRST:
            word = vocabulary[token - text_tokens.FIRST]
        shown.append(word)
    text = " ".join(filter(None, shown))
    return f'"{text.replace(f" {word_pieces.CONTINUES}", "")}"'


def _names(label: np.ndarray, names: tuple[str, ...]) -> str:
    """Names for an int32 [] label, -1 for none, or float32 [classes]."""
    if not label.ndim:
        return names[label] if label >= 0 else "no label"
    order = np.argsort(-label, kind="stable")
    present = [i for i in order if label[i] >= 0.005]
    shown = [
        names[i] if label[i] == 1 else f"{names[i]} {label[i]:.2f}"
        for i in present[:_MAX_LABELS]
    ]
    more = [f"and {len(present) - _MAX_LABELS} more"] * (
        len(present) > _MAX_LABELS
    )
    return ", ".join(shown + more) or "no label"

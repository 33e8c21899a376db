"""What stands beside the pixels of a batch, in words."""

import numpy as np

from pipelines.text import text_tokens
from tfrecords_tools import manifest as manifests
from tfrecords_tools.text import word_pieces

_MOST = 4  # Labels that are named.


def labels(row: dict[str, np.ndarray], manifest: manifests.Manifest) -> str:
    """`walk 0.70, run 0.30; place: home`.

    Args:
        row: one clip's entries of the batch.
        manifest: has the names.
    """
    said = [_names(row["label"], manifest.labels)]
    said += [
        f"{task}: {_names(row[f'label.{task}'], names)}"
        for task, names in manifest.tasks.items()
        if f"label.{task}" in row
    ]
    return "; ".join(said)


def words(row: dict[str, np.ndarray], vocabulary: tuple[str, ...]) -> str:
    """The text that the tokens stand for; `[?]` for words that are unknown.

    Args:
        row: one clip's entries of the batch.
        vocabulary: as `text_tokens.vocabulary` gives it.

    Returns:
        Nothing where the batch has no tokens.
    """
    if "tokens" not in row:
        return ""
    shown = []
    for token in row["tokens"].tolist():
        piece = "[?]" if token == text_tokens.UNKNOWN else ""
        if token >= text_tokens.FIRST:
            piece = vocabulary[token - text_tokens.FIRST]
        shown.append(piece)
    text = " ".join(filter(None, shown))
    return f'"{text.replace(f" {word_pieces.CONTINUES}", "")}"'


def _names(label: np.ndarray, names: tuple[str, ...]) -> str:
    """Of an int32 [] label, -1 for none, or of float32 [classes] shares."""
    if not label.ndim:
        return names[label] if label >= 0 else "no label"
    order = np.argsort(-label, kind="stable")
    present = [i for i in order if label[i] >= 0.005]
    shown = [
        names[i] if label[i] == 1 else f"{names[i]} {label[i]:.2f}"
        for i in present[:_MOST]
    ]
    more = [f"and {len(present) - _MOST} more"] * (len(present) > _MOST)
    return ", ".join(shown + more) or "no label"

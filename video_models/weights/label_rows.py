"""Loads the weights of labels by the names of the labels.

Heads of equal shape may have different labels, and embeddings different words.
Rows are therefore matched by label; new labels keep their initial values.
"""

from collections.abc import Sequence

import keras
import numpy as np

from tfrecords_tools.base.text import names
from video_models.classification import label_axes
from video_models.weights import fitting

_NAMED = 5  # Labels in a message.
UNKNOWN = "labels are not named in the file: taken in its order"


def compare(
    labels: label_axes.LabelSets | None, trained: label_axes.LabelSets | None
) -> fitting.Compare:
    """Returns how arrays trained on other labels fit the weights.

    Args:
        labels: labels of the data to train on; None: match by shape only.
        trained: labels that the arrays were trained on; None: unknown. Labels
            that look alike are equal, see `names.normalized`.
    """
    if labels is None:
        return fitting.match_shapes
    labels = _normalized(labels)
    trained = trained and _normalized(trained)

    def compared(
        target: fitting.Target, name: str, array: np.ndarray
    ) -> fitting.Row:
        axis = label_axes.find_axis(target.path, target.variable.shape, labels)
        if axis is None:
            return fitting.match_shapes(target, name, array)
        if trained is None:
            row = fitting.match_shapes(target, name, array)
            return row._replace(note=UNKNOWN) if row.source else row
        theirs = label_axes.find_axis(name, array.shape, trained)
        if theirs is None or theirs.labels == axis.labels:
            return fitting.match_shapes(target, name, array)
        return _by_name(target, name, array, axis, theirs)

    return compared


def _normalized(sets: label_axes.LabelSets) -> label_axes.LabelSets:
    return {
        task: tuple(map(names.normalized, labels))
        for task, labels in sets.items()
    }


def _by_name(
    target: fitting.Target,
    name: str,
    array: np.ndarray,
    axis: label_axes.Axis,
    theirs: label_axes.Axis,
) -> fitting.Row:
    fresh = np.array(keras.ops.convert_to_numpy(target.variable))
    values = np.moveaxis(fresh, axis.number, 0)
    rows = np.moveaxis(np.asarray(array), theirs.number, 0)
    own = {label: place for place, label in enumerate(axis.labels)}
    trained = {label: place for place, label in enumerate(theirs.labels)}
    known = [label for label in axis.labels if label in trained]
    if rows.shape[1:] != values.shape[1:]:
        return fitting.match_shapes(target, name, array)
    if not known:
        why = f"its labels were {_listed(theirs.labels)}"
        return fitting.Row(target, None, why)
    for label in known:
        values[own[label]] = rows[trained[label]]
    return fitting.Row(
        target,
        name,
        array=np.moveaxis(values, 0, axis.number),
        note=_said(axis.labels, theirs.labels, len(known)),
        loaded=len(known) / len(axis.labels),
    )


def _said(own: Sequence[str], theirs: Sequence[str], known: int) -> str:
    sets = set(own), set(theirs)
    fresh = [label for label in own if label not in sets[1]]
    left = [label for label in theirs if label not in sets[0]]
    text = f"{known} of {len(own)} labels by name"
    if fresh:
        text += f", fresh {_listed(fresh)}"
    if left:
        text += f", not used {_listed(left)}"
    return text if fresh or left else f"{text}, their order was another"


def _listed(labels: Sequence[str]) -> str:
    more = len(labels) - _NAMED
    return ", ".join(labels[:_NAMED]) + (f" and {more} more" * (more > 0))

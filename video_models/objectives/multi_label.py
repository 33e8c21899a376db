"""Multi-label classification: a sigmoid cross-entropy per label."""

import dataclasses
from collections.abc import Callable

import keras

from tfrecords_tools.base import errors, settings
from video_models import objective
from video_models.classification import (
    class_weights,
    clip_classifier,
    clip_logits,
    several_labels,
)


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the loss and the threshold."""

    threshold: float = settings.setting(
        0.5,
        "Probability from which a clip counts as having a label, in metrics "
        "and predictions.",
        minimum=0.0,
        maximum=1.0,
    )
    label_smoothing: float = settings.setting(
        0.0,
        "Label smoothing: fraction of each target replaced by 0.5.",
        minimum=0.0,
        maximum=0.9,
    )
    class_weights: tuple[str, ...] = settings.setting(
        (),
        "Loss weight of each label: 'balanced', or one number per label in "
        "the order of the label list; unset: all equal.",
    )
    positive_weights: tuple[str, ...] = settings.setting(
        (),
        "Loss weight of the positive clips of each label: 'balanced', so "
        "that positives and negatives weigh the same, or one number per "
        "label; unset: 1.",
    )
    unlabelled: str = settings.setting(
        "skip",
        "Clips without any label. skip: ignore them; negative: treat them "
        "as having none of the labels.",
        choices=("skip", "negative"),
    )


TINY = Config(threshold=0.4, label_smoothing=0.1)


def build(
    config: Config,
    components: objective.Components,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> clip_classifier.ClipClassifier:
    """Builds the objective; single-label data is fine, too.

    Raises UserError if data, head or weights do not fit.
    """
    if not task.labels:
        raise errors.UserError(
            "this data has no labels, --objective=multi_label wants some: "
            "give a label column, with | between several, and build the "
            "shards again"
        )
    clip_logits.check_head(components.head)
    labels = several_labels.SeveralLabels(
        task.labels,
        config.threshold,
        config.label_smoothing,
        class_weights.parse_weights(config.class_weights, task),
        class_weights.parse_positive_weights(config.positive_weights, task),
        config.unlabelled == "negative",
    )
    return clip_classifier.ClipClassifier(
        labels, components, task, make_optimizer
    )

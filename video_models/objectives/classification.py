"""Classification: one label per clip, softmax cross-entropy."""

import dataclasses
from collections.abc import Callable

import keras

from tfrecords_tools.base import errors, settings
from video_models import objective
from video_models.classification import (
    class_weights,
    clip_classifier,
    clip_logits,
    single_label,
)


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the classification loss."""

    label_smoothing: float = settings.setting(
        0.0,
        "Label smoothing: fraction of each target spread over all classes.",
        minimum=0.0,
        maximum=0.9,
    )
    class_weights: tuple[str, ...] = settings.setting(
        (),
        "Loss weight of a clip by its label: 'balanced', or one number per "
        "label in the order of the label list; unset: all equal.",
    )


TINY = Config(label_smoothing=0.1)


def build(
    config: Config,
    components: objective.Components,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> clip_classifier.ClipClassifier:
    """Builds the objective; UserError if data or class weights do not fit."""
    if not task.labels:
        raise errors.UserError(
            "this data has no labels, --objective=classification wants one "
            "a clip: give a label column or folders named by class, and "
            "build the shards again"
        )
    if task.several_labels:
        raise errors.UserError(
            "this data has several labels a clip, --objective=classification "
            "wants one: choose --objective=multi_label, or keep one label a "
            "clip and build the shards again"
        )
    clip_logits.check_head(components.head)
    labels = single_label.SingleLabel(
        task.labels,
        config.label_smoothing,
        class_weights.parse_weights(config.class_weights, task),
    )
    return clip_classifier.ClipClassifier(
        labels, components, task, make_optimizer
    )

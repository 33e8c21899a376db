"""Several labels a clip: a sigmoid and a cross-entropy for each."""

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
    """Settings of the loss, and of what counts as a label."""

    threshold: float = settings.setting(
        0.5,
        "Probability from which on a clip has a label, in metrics and in "
        "prediction.",
        minimum=0.0,
        maximum=1.0,
    )
    label_smoothing: float = settings.setting(
        0.0,
        "Share of every target that becomes a half.",
        minimum=0.0,
        maximum=0.9,
    )
    class_weights: tuple[str, ...] = settings.setting(
        (),
        "Weight of each label in the loss: 'balanced', or one number a label "
        "in the order of the label list; empty: all alike.",
    )
    positive_weights: tuple[str, ...] = settings.setting(
        (),
        "Weight in the loss of the clips that have a label, for each label: "
        "'balanced', so that they weigh as much as the others, or one number "
        "a label; empty: 1.",
    )
    unlabelled: str = settings.setting(
        "skip",
        "What a clip without any label says. skip: nothing, it does not "
        "count; negative: that it has none of them.",
        choices=("skip", "negative"),
    )


TINY = Config(threshold=0.4, label_smoothing=0.1)


def build(
    config: Config,
    components: objective.Components,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> clip_classifier.ClipClassifier:
    """Also for data of one label a clip, if each is to be judged for itself.

    Raises UserError where the data, the head or the weights do not fit.
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

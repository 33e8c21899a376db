"""Classification by a linear layer in closed form, on frozen features.

No steps: cross-validation within the training split chooses the strength of
ridge regression and what the features tell, see `ridge_readout`.
"""

import dataclasses
from collections.abc import Callable

import keras

from tfrecords_tools.base import settings
from video_models import objective
from video_models.classification import clip_classifier, ridge_readout
from video_models.objectives import classification

AT_ONCE = True
COMPONENTS = ("backbone", "temporal", "head")


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the closed form."""

    strengths: tuple[float, ...] = settings.setting(
        ridge_readout.STRENGTHS,
        "Strengths of the ridge penalty that cross-validation compares, above "
        "0.",
    )
    folds: int = settings.setting(
        10,
        "Most parts that the groups of the training split are dealt into for "
        "cross-validation.",
        minimum=2,
    )


TINY = Config()


def build(
    config: Config,
    components: objective.Components,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> clip_classifier.ClipClassifier:
    """Builds the objective of `classification`; UserError as there.

    The trained network is an ordinary classifier: its last layer holds the
    solution.
    """
    del config
    return classification.build(
        classification.Config(), components, task, make_optimizer
    )

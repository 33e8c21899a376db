"""The test-time views of an evaluation."""

import dataclasses

from launch.runs import experiment as experiments
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Test-time views."""

    views: int = settings.setting(
        1, "Evenly spaced clips per video; scores are averaged.", minimum=1
    )
    crops: int | None = settings.setting(
        None,
        "Crops per view: 1 is the centre crop, more are spread evenly along "
        "the long side; scores are averaged. Unset: --feature_cache.crops of a "
        "run on cached features, otherwise 1.",
        minimum=1,
    )
    batch_size: int | None = settings.setting(
        None,
        "Clips per batch. Unset: as in training; on a CPU fewer for networks "
        "with large activations.",
        minimum=1,
    )


def of_run(views: Config, experiment: experiments.Experiment) -> Config:
    """The views with the number of crops, which a run may decide."""
    if views.crops is not None:
        return views
    is_cached = experiment.train.cache_features
    crops = experiment.feature_cache.crops if is_cached else 1
    return dataclasses.replace(views, crops=crops)

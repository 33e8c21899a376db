"""`--backbone.weights`: the weights that a backbone starts from."""

import dataclasses
import pathlib

import keras

from tfrecords_tools.base import errors, registry, settings
from video_models.pretrained import public_files
from video_models.weights import fitting, report, weight_files

_FLAG = "backbone.weights"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """The setting that all backbones share."""

    weights: str | None = settings.setting(
        None,
        "Weights that the backbone starts from: the name of a public file in "
        "an installed package, such as imagenet; or a file or folder as for "
        "--init.weights. All must fit. Unset: random. Nothing is downloaded.",
    )


def load(backbone: registry.Chosen, network: keras.Model) -> report.Report:
    """Loads `backbone.config.weights`; call it in the strategy's scope.

    Args:
        backbone: a file of `video_models.backbones` with its settings.
        network: the network that it built.

    Returns:
        A report on every weight.

    Raises:
        UserError: the package, file or folder is missing or damaged, or a
            weight of the backbone is not in it.
    """
    name, config = backbone.config.weights, backbone.config
    public = public_files.choose(backbone.module.WEIGHTS, name, config)
    path = public.find() if public else pathlib.Path(name)
    rows, names = weight_files.load(
        path,
        fitting.list_targets({backbone.name: network}),
        weight_files.Published(
            f"--backbone={backbone.name}", backbone.module.published_name
        ),
        fitting.match_shapes,
        _FLAG,
    )
    found = report.build(name, rows, names)
    if not found.is_whole:
        raise errors.UserError(
            f"--{_FLAG}={name} does not fit --backbone={backbone.name}: "
            f"{found.summary()}: choose the variant and settings that it was "
            "made with, or --init.weights, which loads whatever fits"
        )
    return found

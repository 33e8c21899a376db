"""`--backbone.weights`: the weights that a backbone starts from.

So for backbones of other modalities: `--text_backbone.weights`.
"""

import dataclasses
import pathlib

import keras

from pipelines import batch
from tfrecords_tools.base import errors, registry, settings
from video_models.pretrained import public_files
from video_models.weights import (
    fitting,
    published_weights,
    report,
    weight_files,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """The setting that all backbones share."""

    weights: str | None = settings.setting(
        None,
        "Weights that the backbone starts from: the name of a public file in "
        "an installed package, such as imagenet; or a file or folder as for "
        "--init.weights. All must fit. Unset: random. Nothing is downloaded.",
    )


def load(
    backbone: registry.Chosen,
    network: keras.Model,
    kind: str = "backbone",
    text: batch.TextSpec | None = None,
) -> report.Report:
    """Loads `backbone.config.weights`; call it in the strategy's scope.

    Args:
        backbone: a file of `video_models.backbones` with its settings.
        network: the network that it built.
        kind: the flag that chose it, such as `text_backbone`.
        text: tokens that a text backbone was built for.

    Returns:
        A report on every weight.

    Raises:
        UserError: the package, file or folder is missing or damaged, or a
            weight of the backbone is not in it.
    """
    name, path = backbone.config.weights, _path(backbone, kind)
    compare = fitting.match_shapes
    if text is not None and backbone.module.fit_weights:
        compare = backbone.module.fit_weights(backbone.config, text, path)
    rows, names = weight_files.load(
        path,
        fitting.list_targets({backbone.name: network}),
        weight_files.Published(
            f"--{kind}={backbone.name}", backbone.module.published_name
        ),
        compare,
        f"{kind}.weights",
    )
    found = report.build(name, rows, names)
    if any(map(_is_missing, found.fresh)):
        raise errors.UserError(
            f"--{kind}.weights={name} does not fit --{kind}={backbone.name}: "
            f"{found.summary()}: choose the variant and settings that it was "
            "made with, or --init.weights, which loads whatever fits"
        )
    return found


def describe(backbone: registry.Chosen, kind: str = "backbone") -> str:
    """Returns one line on the source of a backbone's weights.

    A file has its SHA-256 there, so that a run records what it started from.

    Args:
        backbone: a file of a registry of backbones with its settings.
        kind: the flag that chose it, such as `text_backbone`.

    Raises:
        UserError: the package, file or folder is missing or damaged.
    """
    path, name = _path(backbone, kind), backbone.config.weights
    text = f"--{kind}={backbone.name} starts from {name}"
    if not path.is_file():
        return text
    digest = public_files.sha256(path)
    return f"{text}: {path.name}, SHA-256 {digest}"


def _path(backbone: registry.Chosen, kind: str) -> pathlib.Path:
    name, files = backbone.config.weights, backbone.module.WEIGHTS
    public = public_files.choose(files, name, backbone.config, kind)
    if public:
        return public.find(kind)
    path = pathlib.Path(name)
    if path.exists() or weight_files.garden_path(path):
        return path
    known = list(dict.fromkeys(each.name for each in files if each.name))
    raise errors.UserError(
        f"--{kind}.weights={name}: there is no such file or folder"
        f"{errors.nearest(path.name, known)}; names of public files for "
        f"--{kind}={backbone.name}: {', '.join(known) or 'none'}"
    )


def _is_missing(row: fitting.Row) -> bool:
    """False for normalisation that no public checkpoint has, as of X3D."""
    is_kernel = row.target.path.endswith("kernel")
    return is_kernel or row.why != published_weights.NOT_PUBLISHED

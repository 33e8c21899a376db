"""Initial weights: of another run, a Keras file or a public checkpoint."""

import dataclasses
import pathlib
from collections.abc import Mapping

import keras

from tfrecords_tools.base import errors, settings
from video_models import network_inputs
from video_models import objective as objectives
from video_models.classification import label_axes
from video_models.weights import (
    fitting,
    label_rows,
    report,
    source_labels,
    weight_files,
)


@dataclasses.dataclass(frozen=True)
class Config:
    """The initial weights of a run."""

    weights: str | None = settings.setting(
        None,
        "Weights to start from; whatever fits is loaded: a run folder (its "
        "best checkpoint if known, else its newest), a checkpoint folder, a "
        ".keras or .weights.h5 file; or published weights: a .pth, .pt or "
        ".safetensors file, or a Model Garden checkpoint (its folder, or "
        "its path without .index).",
    )
    strict: bool = settings.setting(
        False, "Refuse to start unless every weight is loaded."
    )


def load(
    config: Config,
    networks: Mapping[str, keras.Model],
    components: objectives.Components,
    labels: label_axes.LabelSets | None = None,
) -> report.Report:
    """Loads all weights that fit; call it in the strategy's scope.

    Args:
        config: settings with `weights`.
        networks: networks by name.
        components: components, whose backbone defines published names.
        labels: labels of the data to train on. Weights of a label are matched
            by its name if the source records its labels.

    Returns:
        A report on every weight.

    Raises:
        UserError: the file is missing or unreadable, nothing fits, or, if
            strict, something does not fit.
    """
    path = pathlib.Path(config.weights)
    targets = fitting.list_targets(networks)
    compare = label_rows.compare(labels, source_labels.read(path))
    rows, names = weight_files.load(
        path, targets, _published(components), compare, "init.weights"
    )
    loaded = report.build(str(path), rows, names)
    if not loaded.share:
        raise errors.UserError(_nothing(loaded, names, components))
    if config.strict and not loaded.is_whole:
        raise errors.UserError(
            f"--init.strict, but {loaded.summary()}: leave it out, or give "
            "weights of the same network"
        )
    return loaded


def _published(
    components: objectives.Components,
) -> weight_files.Published:
    if components.backbone is None:
        return weight_files.Published(_called(components), None)
    own = components.backbone.name, "published_head", components.head.name
    return weight_files.Published(
        _called(components), components.backbone.module.published_name, own
    )


def _nothing(
    loaded: report.Report, names: list[str], components: objectives.Components
) -> str:
    fresh = ", ".join(
        f"{row.target.path} {tuple(row.target.variable.shape)} ({row.why})"
        for row in loaded.fresh[:3]
    )
    return (
        f"nothing in {loaded.source} fits {_called(components)}: "
        f"it holds {', '.join(names[:3]) or 'nothing'}, ...; wanted {fresh}, "
        "...: choose the backbone, its variant and settings that it was made "
        "with"
    )


def _called(components: objectives.Components) -> str:
    for name in (*network_inputs.BACKBONES.values(), "generator"):
        chosen = getattr(components, name)
        if chosen is not None:
            return f"--{name}={chosen.name}"
    raise ValueError("no networks")

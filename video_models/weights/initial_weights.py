"""Initial weights: of another run, a Keras file or a public checkpoint."""

import dataclasses
import pathlib
from collections.abc import Mapping

import keras
import numpy as np

from tfrecords_tools.base import errors, settings
from video_models import objective as objectives
from video_models.classification import label_axes
from video_models.weights import (
    fitting,
    garden_checkpoint,
    keras_file,
    label_rows,
    published_weights,
    report,
    run_checkpoints,
    safetensors_file,
    source_labels,
    torch_file,
)

_TORCH = (".pth", ".pt", ".bin", ".ckpt", ".pyth", ".tar")


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
    rows, names = _rows(path, targets, components, compare)
    loaded = report.build(str(path), rows, names)
    if not loaded.share:
        raise errors.UserError(_nothing(loaded, names, components))
    if config.strict and not loaded.is_whole:
        raise errors.UserError(
            f"--init.strict, but {loaded.summary()}: leave it out, or give "
            "weights of the same network"
        )
    return loaded


def _rows(
    path: pathlib.Path,
    targets: list[fitting.Target],
    components: objectives.Components,
    compare: fitting.Compare,
) -> tuple[list[fitting.Row], list[str]]:
    """Returns a row per weight, and the names of all arrays."""
    garden = _garden_checkpoint(path)
    if garden:
        arrays = garden_checkpoint.read(garden)
        rows = _published(targets, arrays, components, False, compare)
        return rows, list(arrays)
    if path.is_dir():
        arrays = run_checkpoints.averaged_weights(path)
        rows = fitting.load_by_path(targets, arrays, compare=compare)
        return rows, list(arrays)
    if path.suffix in (".keras", ".h5"):
        arrays = keras_file.read(_existing(path))
        return fitting.load_by_path(targets, arrays, True, compare), list(
            arrays
        )
    if path.suffix in (".safetensors", *_TORCH):
        is_torch = path.suffix in _TORCH
        read = torch_file.read if is_torch else safetensors_file.read
        arrays = read(_existing(path))
        rows = _published(targets, arrays, components, True, compare)
        return rows, list(arrays)
    _existing(path)
    raise errors.UserError(
        f"--init.weights={path}: wanted a run's or a checkpoint's folder, or "
        "a file that ends in .keras, .weights.h5, .safetensors, "
        f"{', '.join(_TORCH)}"
    )


def _garden_checkpoint(path: pathlib.Path) -> str | None:
    """Returns the path without `.index` of a Model Garden checkpoint."""
    if path.is_dir():
        return garden_checkpoint.newest(path)
    return str(path) if pathlib.Path(f"{path}.index").is_file() else None


def _existing(path: pathlib.Path) -> pathlib.Path:
    if not path.exists():
        raise errors.UserError(
            f"--init.weights={path}: there is no such file or folder"
        )
    return path


def _published(
    targets: list[fitting.Target],
    arrays: Mapping[str, np.ndarray],
    components: objectives.Components,
    outputs_first: bool,
    compare: fitting.Compare,
) -> list[fitting.Row]:
    backbone = components.backbone
    if backbone is None or backbone.module.published_name is None:
        raise errors.UserError(
            f"{_called(components)} has no published weights: "
            "--init.weights wants a run's folder, a .keras or a .weights.h5"
        )
    own = (backbone.name, "published_head", components.head.name)
    return published_weights.load(
        targets,
        backbone.module.published_name,
        arrays,
        outputs_first,
        own,
        compare,
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
    if components.backbone is not None:
        return f"--backbone={components.backbone.name}"
    return f"--generator={components.generator.name}"

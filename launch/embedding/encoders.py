"""The networks whose features are inspected and probed.

An export, a run, or a backbone alone, which is followed by statistics over
time. A random encoder of the same shape shows what its architecture alone is
worth.
"""

import dataclasses
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from launch.embedding import embedding_work, shard_features
from launch.evaluation import evaluation_batch
from launch.features import frozen_encoder
from launch.generation import clip_features
from launch.runs import flag_paths, restored_run
from launch.serving import loaded_model
from pipelines import batch
from tfrecords_tools.base import errors, registry, settings
from video_models import video_network
from video_models.introspection import last_features, weight_fingerprint

BACKBONES, TEMPORAL = "video_models.backbones", "video_models.temporal"
_DEFAULT, _WEIGHTS = "frame_efficientnet_lite", "imagenet"
_BATCH = 8
_SEED = 17


@dataclasses.dataclass(frozen=True)
class Clip(batch.ClipSpec):
    """The input of a backbone without a run: frames over the whole clip."""

    size: int = settings.setting(
        224, "Height and width of the clip, pixels.", minimum=8
    )
    sampling: str = settings.setting(
        "uniform",
        "As of launch.train; runs and exports have their own clip.",
        choices=("dense", "uniform", "segments"),
    )


@dataclasses.dataclass(frozen=True)
class BackboneFlags:
    """The flags of a command that encodes clips by a backbone, if by no run."""

    backbone: str | None = settings.setting(
        None,
        "A backbone, instead of a trained model. Unset without a model: "
        "frame_efficientnet_lite with --backbone.weights=imagenet.",
    )
    temporal: str | None = settings.setting(
        None,
        "Temporal block behind --backbone. Unset: statistics behind encoders "
        "of frames, else none.",
    )


@dataclasses.dataclass(frozen=True)
class Named:
    """What to encode clips with; one of the three is set.

    Attributes:
        model: folder of an export.
        workdir: folder of a run.
        backbone: a backbone with settings.
        temporal: the block behind the backbone.
        clip: of the backbone.
    """

    model: str | None
    workdir: str | None
    backbone: registry.Chosen | None
    temporal: registry.Chosen | None
    clip: batch.ClipSpec

    @property
    def text(self) -> str:
        """Its name in a table."""
        if self.backbone is None:
            return str(self.model or self.workdir)
        weights = getattr(self.backbone.config, "weights", None)
        return f"{self.backbone.name} with weights {weights or 'random'}"

    @property
    def is_trained(self) -> bool:
        """Whether it is a run or an export, which have learnt from labels."""
        return self.backbone is None


class NetworkEncoder:
    """A Keras network as an encoder, see `shard_features.Encoder`.

    Attributes:
        clip: of its input.
        fingerprint: of its weights.
        batch_size: clips at a time.
    """

    def __init__(self, network: keras.Model, clip: batch.ClipSpec):
        """`network` maps frames float32 [N, T, H, W, 3] to [N, D]."""
        self.clip = clip
        self.fingerprint = weight_fingerprint.compute(network)
        self.batch_size = evaluation_batch.choose_batch_size(
            {"encoder": network}, tf.distribute.get_strategy(), _BATCH
        )
        self._compute = frozen_encoder.build(network)

    def embed(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 [N, T, size, size, 3] to float32 [N, D]."""
        return self._compute(pixels).numpy()


def _no_default(chosen: dict[str, Any]) -> None:
    """Neither backbone nor temporal block, unless a flag names it."""


CHOICES = {"backbone": BACKBONES, "temporal": TEMPORAL}
NOT_GIVEN = {"backbone": _no_default, "temporal": _no_default}


def choose(
    model: str | None,
    workdir: str | None,
    chosen: dict[str, tuple[registry.Chosen, ...]],
    clip: batch.ClipSpec,
) -> Named:
    """What the flags name; the default is a public encoder of frames.

    Args:
        model: folder of an export.
        workdir: folder of a run.
        chosen: `backbone` and `temporal`, each of at most one.
        clip: of the backbone.

    Raises:
        UserError: they name several, or settings of a backbone for a trained
            model.
    """
    backbone, temporal = (
        next(iter(chosen[choice]), None) for choice in ("backbone", "temporal")
    )
    given = {"--model": model, "--workdir": workdir, "--backbone": backbone}
    named = [flag for flag, value in given.items() if value]
    if len(named) > 1:
        raise errors.UserError(f"got {' and '.join(named)}: wanted one of them")
    if model or workdir:
        _refuse_ignored(named[0], temporal, clip)
    if not named:
        module = registry.load(BACKBONES, _DEFAULT)
        config = module.Config(weights=_WEIGHTS)
        backbone = registry.Chosen(_DEFAULT, module, config)
    if backbone is not None and temporal is None:
        temporal = default_temporal(backbone)
    return Named(model, workdir, backbone, temporal, clip)


def _refuse_ignored(
    trained: str, temporal: registry.Chosen | None, clip: batch.ClipSpec
) -> None:
    """Raises UserError for flags that a trained model does not read."""
    ignored = ["--temporal"] * (temporal is not None)
    for field in dataclasses.fields(clip):
        if getattr(clip, field.name) != field.default:
            ignored.append(f"--clip.{field.name}")
    if ignored:
        *first, last = ignored
        flags = f"{', '.join(first)} and {last}" if first else last
        raise errors.UserError(
            f"got {trained} and {flags}: a trained model has its own clip and "
            f"temporal block; leave out {flags}, or give --backbone instead of "
            f"{trained}"
        )


def default_temporal(backbone: registry.Chosen) -> registry.Chosen:
    """Statistics over time behind an encoder of frames, else none."""
    alone = backbone.module.FRAMES_ALONE
    return registry.choose(TEMPORAL, "statistics" if alone else "none")


def build(named: Named) -> shard_features.Encoder:
    """The encoder with its weights.

    Raises:
        UserError: it cannot be loaded, or gives no features.
    """
    keras.utils.set_random_seed(_SEED)  # Where nothing gives the weights.
    if named.model:
        loaded = loaded_model.LoadedModel(named.model)
        size = embedding_work.default_batch_size(loaded.metadata.clip)
        return embedding_work.ExportEncoder(loaded, size)
    if named.workdir:
        trained = restored_run.load_run(named.workdir)
        clip_features.check_classifier(trained, named.workdir)
        (network,) = trained.networks.values()
        return NetworkEncoder(_before_logits(network), trained.experiment.clip)
    return NetworkEncoder(_of_backbone(named, named.backbone), named.clip)


def build_random(named: Named, seed: int) -> shard_features.Encoder:
    """An encoder of the same architecture with random weights.

    Args:
        named: a run or a backbone.
        seed: of the weights.

    Raises:
        UserError: it is an export, which has no architecture to build anew.
    """
    keras.utils.set_random_seed(seed)
    if named.backbone is not None:
        fresh = flag_paths.without_files(named.backbone)
        return NetworkEncoder(_of_backbone(named, fresh), named.clip)
    trained = restored_run.load_run(named.workdir)
    keras.utils.set_random_seed(seed)
    networks = trained.experiment.build_objective(trained.task).networks
    (network,) = networks.values()
    return NetworkEncoder(_before_logits(network), trained.experiment.clip)


def _before_logits(network: keras.Model) -> keras.Model:
    features, _ = last_features.beside_output(network).output
    return keras.Model(network.input, features)


def _of_backbone(named: Named, backbone: registry.Chosen) -> keras.Model:
    trunk = video_network.trunk(backbone, named.temporal, named.clip)
    features = keras.ops.mean(trunk.output, axis=1)
    return keras.Model(trunk.input, features, name="encoder")

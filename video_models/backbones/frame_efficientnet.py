"""EfficientNet-B0 to -B7 of Keras, applied to each frame alone.

They ignore time; combine them with a temporal block.
"""

import dataclasses
from typing import NamedTuple

import keras

from pipelines import batch
from tfrecords_tools.base import settings
from video_models.families import published
from video_models.introspection import keras_internals
from video_models.layers import pixels, randomness
from video_models.pretrained import backbone_weights, public_files

FRAMES_ALONE = True

# Of ImageNet, in 0..1.
_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)
_STAGES = 7


class _Variant(NamedTuple):
    """Factors on channels and blocks, and the head's dropout."""

    width: float
    depth: float
    dropout: float


_VARIANTS = {
    "b0": _Variant(1.0, 1.0, 0.2),
    "b1": _Variant(1.0, 1.1, 0.2),
    "b2": _Variant(1.1, 1.2, 0.3),
    "b3": _Variant(1.2, 1.4, 0.3),
    "b4": _Variant(1.4, 1.8, 0.4),
    "b5": _Variant(1.6, 2.2, 0.4),
    "b6": _Variant(1.8, 2.6, 0.5),
    "b7": _Variant(2.0, 3.1, 0.5),
}


@dataclasses.dataclass(frozen=True)
class Config(backbone_weights.Config):
    """Settings of the frame EfficientNet."""

    variant: str = settings.setting("b0", "Size.", choices=tuple(_VARIANTS))
    stages: int = settings.setting(
        _STAGES,
        "Number of stages; 7 is the published network, fewer suit small "
        "frames.",
        minimum=1,
        maximum=_STAGES,
    )
    stochastic_depth: float = settings.setting(
        0.2,
        "Stochastic depth: rate at which the last block is skipped per "
        "frame in training; it grows linearly from 0 at the first block.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(stages=2)

PUBLISHED = tuple(
    published.Network(Config(variant), 1, size, 1000, parameters, count)
    for variant, size, parameters, count in (
        ("b0", 224, 5_288_548, 0.386e9),
        ("b1", 240, 7_794_184, 0.687e9),
        ("b2", 260, 9_109_994, 1.0e9),
        ("b3", 300, 12_233_232, 1.827e9),
        ("b4", 380, 19_341_616, 4.394e9),
        ("b5", 456, 30_389_784, 10.266e9),
        ("b6", 528, 43_040_704, 19.068e9),
        ("b7", 600, 66_347_960, 37.746e9),
    )
)

WEIGHTS = tuple(
    public_files.PublicFile(
        f"efficientnet{variant}_notop.h5",
        {"variant": variant},
        "https://storage.googleapis.com/keras-applications/"
        f"efficientnet{variant}_notop.h5",
        "Apache-2.0",
        f"ImageNet {score}",
    )
    for variant, score in (
        ("b0", 77.1),
        ("b1", 79.1),
        ("b2", 80.1),
        ("b3", 81.6),
        ("b4", 82.9),
        ("b5", 83.6),
        ("b6", 84.0),
        ("b7", 84.3),
    )
)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Applies the network of `keras.applications` to every frame.

    Source: arXiv:1905.11946, as in `keras.applications.EfficientNetB0` to
    `B7`, published for a frame of 224 (b0) to 600 (b7) pixels a side; with a
    linear layer for 1000 classes 5,288,548 (b0) to 66,347,960 (b7) trainable
    parameters and 0.386 to 37.7 G multiply-adds a frame. Differs: stochastic
    depth, drawn per frame, uses `layers.randomness`; pixels are always scaled
    as for the ImageNet weights, by constants.

    Args:
        config: variant, stages, stochastic depth.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> {"volume": [B, T, H / 32, W / 32,
        1280]}, rounded up; 1280 is multiplied by the variant's width.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = pixels.standardize(frames, _MEAN, _DEVIATION)
    x = keras.ops.reshape(x, (-1, *clip.shape[1:]))
    core = _without_scaling(_template(config, clip))
    ours = keras.models.clone_model(core, clone_function=_our_layer)
    x = ours(x)
    volume = keras.ops.reshape(x, (-1, clip.frames, *x.shape[1:]))
    return keras.Model(frames, {"volume": volume}, name="frame_efficientnet")


def published_head(
    config: Config,
    shapes: dict[str, tuple[int, ...]],
    classes: int,
    dropout: float | None,
) -> keras.Model:
    """An average over space and time, dropout, and a linear layer."""
    if dropout is None:
        dropout = _VARIANTS[config.variant].dropout
    return published.average_and_classify(shapes["volume"], classes, dropout)


def _template(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """The Keras network for one frame."""
    variant = _VARIANTS[config.variant]
    return keras_internals.efficient_net(
        variant.width,
        variant.depth,
        clip.size,
        config.stages,
        drop_connect_rate=config.stochastic_depth,
        include_top=False,
        # A tensor: Keras refuses the shape of a frame below 32 pixels.
        input_tensor=keras.Input(clip.shape[1:]),
    )


def _without_scaling(template: keras.Model) -> keras.Model:
    first = template.get_layer("stem_conv_pad")
    last = template.get_layer("top_activation")
    return keras.Model(first.input, last.output, name="efficientnet")


def _our_layer(layer: keras.layers.Layer) -> keras.layers.Layer:
    if isinstance(layer, keras.layers.Dropout):
        return randomness.StochasticDepth(layer.rate, name=layer.name)
    return layer.__class__.from_config(layer.get_config())

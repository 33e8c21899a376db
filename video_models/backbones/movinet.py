"""MoViNet A0 to A5: efficient networks for clips and streams."""

import dataclasses

import keras

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.families import published
from video_models.families.movinet import (
    movinet_block,
    movinet_head,
    movinet_names,
    movinet_settings,
    movinet_specs,
)
from video_models.layers import stream_states
from video_models.pretrained import public_files

Config = movinet_settings.Config
published_head = movinet_head.build
published_head_stream = movinet_head.build_stream
published_name = movinet_names.published_name

TINY = Config(width=0.1, stages=2, blocks=1)
TINY_STREAM = dataclasses.replace(TINY, causal=True, positions=True)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds depthwise bottlenecks with squeeze-and-excitation.

    Source: arXiv:2103.11511, as TensorFlow's Model Garden released it for
    Kinetics-600: the same paddings, and the same results with the same
    weights. The paper's own A1 to A5 have other blocks. With the published
    head for 600 classes:

        variant  clip         parameters   multiply-adds  causal: parameters
        a0        50x172x172   3,111,799     2.631 G        3,748,031
        a1        50x172x172   4,690,296     5.866 G        6,447,352
        a2        50x224x224   5,249,562    11.558 G        7,326,962
        a3       120x256x256   7,397,545    55.593 G       10,986,618
        a4        80x290x290  11,349,463   103.339 G       18,136,182
        a5       120x320x320  18,650,523   276.334 G       31,495,934

    Parameters are trainable ones. Multiply-adds are computed for the released
    blocks; the authors' table has 2.7, 6.0, 10, 57, 110 and 280 G, and its 10
    for A2 does not match A2's blocks. The causal networks are the released
    stream networks: trained as `3d_2plus1d` and published as `2plus1d`, two
    programs for the same function, here `2plus1d`; that of a0 needs 2.43 G.
    Differs: only the streaming network has states.

    Args:
        config: variant, and whether it is causal.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> {"volume": [B, T, H / 32, W / 32,
        480 to 992]}, rounded up.
    """
    frames = keras.Input(clip.shape, name="frames")
    volume = _features(frames, config, None)
    return keras.Model(frames, {"volume": volume}, name="movinet")


def build_stream(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds the causal network for the newest frames of a stream.

    Args:
        config: causal.
        clip: shape of a chunk; `frames` is the chunk's length.

    Returns:
        {"frames": float32 [B, n, H, W, 3], 0..255, states} -> {"volume",
        states}. The states are the frames that convolutions over time reach
        back to, sums over all frames so far, and their number.

    Raises:
        UserError: the network is not causal.
    """
    if not config.causal:
        raise errors.UserError(
            "--backbone=movinet with --backbone.causal=false needs future "
            "frames, which a stream does not have: wanted "
            "--backbone.causal=true"
        )
    frames = keras.Input(clip.shape, name="frames")
    states = stream_states.States()
    volume = _features(frames, config, states)
    states.count(clip.frames)
    return keras.Model(
        {"frames": frames, **states.before},
        {"volume": volume, **states.after},
        name="movinet",
    )


def _features(
    frames: keras.KerasTensor,
    config: Config,
    states: stream_states.States | None,
) -> keras.KerasTensor:
    style = movinet_settings.style(config)
    spec = movinet_specs.narrowed(
        movinet_specs.SPECS[config.variant],
        config.width,
        config.stages,
        config.blocks,
    )
    x = keras.layers.Rescaling(1 / 255, name="scale_pixels")(frames)
    x = _stem(x, spec.stem, style)
    for name, sizes in _blocks(spec, config.stochastic_depth):
        x = movinet_block.block(x, sizes, style, states, name)
    return movinet_block.pointwise(x, spec.features, style, "project")


def _stem(
    x: keras.KerasTensor, width: int, style: movinet_settings.Style
) -> keras.KerasTensor:
    frames = x.shape[1]
    x = keras.ops.reshape(x, (-1, *x.shape[2:]))
    x = keras.layers.Conv2D(
        width,
        3,
        2,
        "same",
        use_bias=False,
        kernel_initializer="he_normal",
        name="stem",
    )(x)
    x = keras.ops.reshape(x, (-1, frames, *x.shape[1:]))
    return movinet_block.normalize_activate(x, style, "stem")


def _blocks(
    spec: movinet_specs.Spec, stochastic_depth: float
) -> list[tuple[str, movinet_block.Sizes]]:
    """Names and sizes; stochastic depth grows with depth."""
    count = sum(len(stage.expansions) for stage in spec.stages)
    found: list[tuple[str, movinet_block.Sizes]] = []
    for stage, (width, expansions, kernels, stride) in enumerate(
        spec.stages, start=1
    ):
        pairs = zip(expansions, kernels, strict=True)
        for block, (expansion, kernel) in enumerate(pairs, start=1):
            sizes = movinet_block.Sizes(
                width,
                expansion,
                kernel,
                stride if block == 1 else 1,
                stochastic_depth * (len(found) + 1) / count,
            )
            found.append((f"stage{stage}_block{block}", sizes))
    return found


def _network(
    config: Config,
    frames: int,
    size: int,
    parameters: int,
    multiply_adds: float | None = None,
) -> published.Network:
    return published.Network(
        config, frames, size, 600, parameters, multiply_adds
    )


PUBLISHED = (
    _network(Config("a0"), 50, 172, 3_111_799, 2.631e9),
    _network(Config("a1"), 50, 172, 4_690_296, 5.866e9),
    _network(Config("a2"), 50, 224, 5_249_562, 11.558e9),
    _network(Config("a3"), 120, 256, 7_397_545, 55.593e9),
    _network(Config("a4"), 80, 290, 11_349_463, 103.339e9),
    _network(Config("a5"), 120, 320, 18_650_523, 276.334e9),
    _network(Config("a0", causal=True), 50, 172, 3_748_031),
    _network(Config("a3", causal=True), 120, 256, 10_986_618),
)

WEIGHTS = tuple(
    public_files.PublicFile(
        f"movinet_{variant}_{kind}",
        {"variant": variant, **settings},
        "https://storage.googleapis.com/tf_model_garden/vision/movinet/"
        f"movinet_{variant}_{kind}.tar.gz",
        "Apache-2.0",
        f"K600 {score}",
    )
    for variant, kind, settings, score in (
        ("a0", "base", {}, 72.3),
        ("a1", "base", {}, 76.7),
        ("a2", "base", {}, 78.6),
        ("a3", "base", {}, 81.8),
        ("a4", "base", {}, 83.5),
        ("a5", "base", {}, 84.3),
        ("a0", "stream", {"causal": True}, 72.1),
        ("a1", "stream", {"causal": True}, 76.5),
        ("a2", "stream", {"causal": True}, 78.4),
        ("a3", "stream", {"causal": True}, 80.1),
        ("a4", "stream", {"causal": True}, 81.5),
        ("a5", "stream", {"causal": True}, 82.4),
    )
)

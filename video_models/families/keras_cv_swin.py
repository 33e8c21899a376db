"""KerasCV's Video Swin with our layer names and randomness.

Import it where it is needed: KerasCV takes seconds to import.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import keras_cv
from keras_cv.src.models.backbones.video_swin import video_swin_layers

from video_models.introspection import keras_internals
from video_models.layers import randomness


@keras.saving.register_keras_serializable("video_models")
class VideoSwin(keras_cv.models.VideoSwinBackbone):
    """See `keras_cv.models.VideoSwinBackbone`.

    Differs: layers are named `patches`, `stage1`, ..., `top`, weights have
    descriptive paths such as `stage1/block2_qkv/kernel`, masks are small, and
    stochastic depth uses `layers.randomness`.
    """

    def __init__(self, **kwargs: Any):
        """Takes the arguments of KerasCV's constructor."""
        with _our_stochastic_depth():
            super().__init__(**kwargs)
        stages = [layer for layer in self.layers if hasattr(layer, "blocks")]
        patches = self.get_layer("videoswin_patching_and_embedding")
        top = self.get_layer("videoswin_top_norm")
        _name_weights(patches, "patches", proj=patches.proj, norm=patches.norm)
        _name_weights(top, "top", norm=top)
        for number, stage in enumerate(stages, start=1):
            _prepare_stage(stage, f"stage{number}")


@contextlib.contextmanager
def _our_stochastic_depth() -> Iterator[None]:
    """Replaces KerasCV's stochastic depth while a network is built."""
    before = video_swin_layers.DropPath
    video_swin_layers.DropPath = randomness.StochasticDepth
    try:
        yield
    finally:
        video_swin_layers.DropPath = before


def _prepare_stage(stage: keras.layers.Layer, name: str) -> None:
    # As float64, masks would add 200 MB to an exported model.
    stage.attn_mask = keras.ops.cast(stage.attn_mask, "int8")
    parts = {}
    for number, block in enumerate(stage.blocks, start=1):
        # Masks are arguments; without this, Keras warns about them.
        block.attn.supports_masking = True
        parts |= {
            f"block{number}_norm1": block.norm1,
            f"block{number}_attention": block.attn,
            f"block{number}_qkv": block.attn.qkv,
            f"block{number}_proj": block.attn.proj,
            f"block{number}_norm2": block.norm2,
            f"block{number}_hidden": block.mlp.fc1,
            f"block{number}_mlp": block.mlp.fc2,
        }
    if stage.downsampling_layer is not None:
        parts["merge_norm"] = stage.downsample.norm
        parts["merge"] = stage.downsample.reduction
    _name_weights(stage, name, **parts)


def _name_weights(
    layer: keras.layers.Layer, name: str, **parts: keras.layers.Layer
) -> None:
    """Names a layer and the weights that its sublayers hold.

    KerasCV numbers its layers across all networks of a process.
    """
    layer.name = name
    for part, holder in parts.items():
        keras_internals.name_own_weights(holder, f"{name}/{part}")

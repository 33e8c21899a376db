"""Exports and loads networks that enhance frames.

    EXPORT/<version>/
      saved_model.pb, variables/
      assets.extra/enhancer.json  factor, frames, overlap, ...
      assets.extra/golden.npz     see golden_frames

The signature `serving_default` takes `frames` uint8 [N, T, h, w, 3], any h and
w, and returns `frames` uint8 [N, T, factor * h, factor * w, 3]. T is `frames`
of enhancer.json; if that is 1, T is arbitrary.
"""

import dataclasses
import json
import pathlib

import keras
import numpy as np
import tensorflow as tf

from launch.requests import request_limits
from launch.serving import constant_graph, golden_frames, versions
from pipelines.decoding import frame_decoding
from tfrecords_tools.base import errors
from video_models import objective as objectives

_METADATA_FILE = "enhancer.json"


@dataclasses.dataclass(frozen=True)
class EnhancerMetadata:
    """The contents of enhancer.json.

    Attributes:
        factor: scale factor.
        frames: frames per window; 1 for separate frames.
        overlap: frames at each end of a window that are context only.
        whole: whether the network needs whole frames instead of tiles.
    """

    factor: int
    frames: int
    overlap: int
    whole: bool


def export(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    output: str | pathlib.Path,
    limits: request_limits.Config = request_limits.Config(),
) -> pathlib.Path:
    """Writes the next version.

    Args:
        objective: one that `enhances`.
        networks: the networks to export.
        output: folder of the versions.
        limits: of one request.

    Returns:
        The folder of the new version.

    Raises:
        UserError: it cannot be written; older versions are untouched.
    """
    enhancement = objective.enhances
    network = enhancement.network(networks)
    metadata = EnhancerMetadata(
        enhancement.factor,
        enhancement.frames,
        enhancement.overlap,
        enhancement.whole,
    )
    length = metadata.frames if metadata.frames > 1 else None
    shape = tf.TensorSpec((None, length, None, None, 3), tf.uint8)

    def enhance(frames: tf.Tensor) -> dict[str, tf.Tensor]:
        enhanced = network(tf.cast(frames, tf.float32), training=False)[
            "frames"
        ]
        return {"frames": frame_decoding.to_uint8(enhanced)}

    golden = golden_frames.pattern(metadata.frames)
    enhanced = enhance(tf.constant(golden))["frames"].numpy()
    path = versions.following(pathlib.Path(output))
    values = dataclasses.asdict(metadata)
    with versions.writing(path, _METADATA_FILE, values) as temporary:
        constant_graph.save_function(
            enhance,
            {"frames": shape},
            {"network": network},
            temporary,
            lambda given: {"frames": _checked(given["frames"], limits)},
        )
        golden_frames.write(temporary, {"frames": golden}, enhanced)
    return path


class Enhancer:
    """An exported network, ready to use.

    Attributes:
        path: the folder of its version.
        factor: scale factor.
        frames: frames per window; 1 for separate frames.
        overlap: frames at each end of a window that are context only.
        whole: whether the network needs whole frames instead of tiles.
    """

    def __init__(self, path: pathlib.Path, metadata: EnhancerMetadata):
        """Loads the newest version; see `load`."""
        self.path = path
        self.factor, self.frames = metadata.factor, metadata.frames
        self.overlap, self.whole = metadata.overlap, metadata.whole
        self._model = versions.load(path)
        self._enhance = self._model.signatures["serving_default"]

    def __call__(self, frames: np.ndarray) -> np.ndarray:
        """Enhances clips.

        Args:
            frames: uint8 [B, T, h, w, 3].

        Returns:
            uint8 [B, T, factor * h, factor * w, 3].
        """
        with request_limits.refusals_named(self.path):
            enhanced = self._enhance(frames=tf.constant(frames))["frames"]
        return enhanced.numpy()


def _checked(frames: tf.Tensor, limits: request_limits.Config) -> tf.Tensor:
    """The frames of a request, after its checks."""
    shape = tf.shape(frames, tf.int64)
    pixels, max_pixels = shape[2] * shape[3], limits.frame_pixels
    size = (shape[1] > 0) & (pixels > 0) & (pixels <= max_pixels)
    clips = limits.request_pixels // tf.maximum(shape[1] * pixels, 1)
    checked = request_limits.require(
        (
            size,
            lambda: request_limits.text(
                *("got clips of ", shape[1], " frames of ", shape[3], "x"),
                *(shape[2], " pixels, wanted at least one of 1x1 and at most "),
                f"{max_pixels} pixels each: send smaller ones, or export with "
                "a larger --limits.frame_pixels",
            ),
        ),
        request_limits.few_clips(shape[0], tf.maximum(clips, 1)),
    )
    return request_limits.after([checked], frames)


def load(folder: str | pathlib.Path) -> Enhancer:
    """Loads the newest version in `folder`, or `folder` itself.

    Raises:
        UserError: there is no exported network that enhances.
    """
    path = versions.newest(pathlib.Path(folder))
    file = path / versions.EXTRA / _METADATA_FILE
    if not file.is_file():
        raise errors.UserError(
            f"no network that enhances frames in {folder}: wanted an "
            "export of a run with --objective=super_resolution or "
            "style_transfer"
        )
    try:
        metadata = EnhancerMetadata(**json.loads(file.read_text("utf-8")))
        return Enhancer(path, metadata)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise errors.UserError(
            f"the model in {path} is damaged ({type(error).__name__}: "
            f"{error}): export it again"
        ) from error

"""The exported model: what is in its folder, and how it is used again.

    EXPORT/<version>/             one integer a version, moved in whole
      saved_model.pb, variables/  signatures below
      assets/labels.txt           label names, in the order of the scores
      assets.extra/model.json     clip, labels, how frames are stored
      assets.extra/golden.json    a clip and the scores it must give
      assets.extra/tf_serving_warmup_requests

`serving_default` takes `frames_bytes`, string [N, T], JPEG frames of clips
already sampled; `predict_tensor` takes `frames`, uint8 [N, T, H, W, 3]. Both
scale and crop as evaluation does, and give `scores` float32 [N, classes]
and `label` string [N].
"""

import base64
import contextlib
import dataclasses
import json
import pathlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import simplejpeg
import tensorflow as tf

from launch import serving_warmup
from pipelines import batch, frame_decoding
from tfrecords_tools.base import atomic_write, errors, settings
from tfrecords_tools.media import reader
from video_models import objective as objectives

_EXTRA = "assets.extra"
TOLERANCE = 1e-5


@dataclasses.dataclass(frozen=True)
class ModelFacts:
    """`model.json`: what a caller has to know.

    Attributes:
        clip: how frames are sampled, and the size that the network sees.
        labels: in the order of the scores.
        media: how the frames of the training shards were read and stored.
    """

    clip: batch.ClipSpec
    labels: tuple[str, ...]
    media: reader.Config

    def to_json(self) -> str:
        """The text of model.json."""
        values = {
            "clip": settings.to_dict(self.clip),
            "labels": list(self.labels),
            "media": settings.to_dict(self.media),
        }
        return json.dumps(values, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "ModelFacts":
        """The inverse of `to_json`."""
        values = json.loads(text)
        return cls(
            settings.from_dict(batch.ClipSpec, values["clip"]),
            tuple(values["labels"]),
            settings.from_dict(reader.Config, values["media"]),
        )


class Served(tf.Module):
    """The two signatures, over networks in memory."""

    def __init__(
        self,
        objective: objectives.Objective,
        networks: dict[str, keras.Model],
        facts: ModelFacts,
        labels_file: pathlib.Path,
    ):
        """`labels_file` holds one label a line; it becomes the asset."""
        super().__init__()
        self._objective, self._clip = objective, facts.clip
        self.networks = networks
        self.names = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(
                str(labels_file),
                tf.int64,
                tf.lookup.TextFileIndex.LINE_NUMBER,
                tf.string,
                tf.lookup.TextFileIndex.WHOLE_LINE,
            ),
            default_value="",
        )
        frames = facts.clip.frames
        self.from_jpeg = tf.function(
            self._from_jpeg,
            input_signature=[
                tf.TensorSpec((None, frames), tf.string, "frames_bytes")
            ],
        )
        self.from_pixels = tf.function(
            self._from_pixels,
            input_signature=[
                tf.TensorSpec((None, frames, None, None, 3), tf.uint8, "frames")
            ],
        )

    @property
    def signatures(self) -> dict[str, Any]:
        """Name to function, as they are exported."""
        return {
            "serving_default": self.from_jpeg,
            "predict_tensor": self.from_pixels,
        }

    def _from_jpeg(self, frames_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        return self._predict(
            frames_bytes, lambda jpegs: frame_decoding.decode_clip(jpegs)
        )

    def _from_pixels(self, frames: tf.Tensor) -> dict[str, tf.Tensor]:
        return self._predict(frames, lambda clip: clip)

    def _predict(self, clips: tf.Tensor, decode: Any) -> dict[str, tf.Tensor]:
        pixels = tf.map_fn(
            lambda clip: tf.ensure_shape(
                frame_decoding.scale_and_crop(decode(clip), self._clip),
                self._clip.shape,
            ),
            clips,
            fn_output_signature=tf.uint8,
        )
        found = self._objective.predict(
            self.networks, tf.cast(pixels, tf.float32)
        )
        best = tf.argmax(found["scores"], axis=-1)
        return {**found, "label": self.names.lookup(best)}


def export(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    facts: ModelFacts,
    output: str | pathlib.Path,
) -> pathlib.Path:
    """Writes the next version.

    Args:
        objective: says what is predicted.
        networks: the networks to export.
        facts: of model.json.
        output: folder of the versions.

    Returns:
        The folder of the new version.

    Raises:
        UserError: it cannot be written; older versions are untouched.
    """
    output = pathlib.Path(output)
    version = max(_versions(output), default=0) + 1
    with atomic_write.folder(output / str(version)) as temporary:
        extra = temporary / _EXTRA
        extra.mkdir()
        labels = extra / "labels.txt"
        labels.write_text("".join(f"{name}\n" for name in facts.labels))
        served = Served(objective, networks, facts, labels)
        jpegs = _test_pattern(facts.clip.frames)
        scores = served.from_jpeg(tf.constant([jpegs]))["scores"].numpy()
        try:
            tf.saved_model.save(served, temporary, served.signatures)
            serving_warmup.write(
                extra / "tf_serving_warmup_requests", np.array([jpegs], object)
            )
        except tf.errors.OpError as error:
            raise errors.UserError(
                f"cannot write {output / str(version)}: {error.message}. "
                "Older versions are untouched; free some space and try again"
            ) from error
        labels.unlink()
        (extra / "model.json").write_text(facts.to_json())
        golden = {
            "frames_bytes": [base64.b64encode(j).decode() for j in jpegs],
            "scores": scores[0].tolist(),
        }
        (extra / "golden.json").write_text(json.dumps(golden))
    return output / str(version)


class Loaded:
    """An exported model, ready to predict.

    Attributes:
        path: the folder of its version.
        facts: of model.json.
    """

    def __init__(self, folder: str | pathlib.Path):
        """Opens the newest version in `folder`, or `folder` itself.

        Raises:
            UserError: there is no exported model.
        """
        folder = pathlib.Path(folder)
        versions = _versions(folder)
        self.path = folder / str(max(versions)) if versions else folder
        described = self.path / _EXTRA / "model.json"
        if not described.is_file():
            raise errors.UserError(
                f"no exported model in {folder}: wanted the output of "
                "launch.export, a folder with versions 1, 2, ..."
            )
        with self._damage_named():
            self.facts = ModelFacts.from_json(described.read_text())
            model = tf.saved_model.load(str(self.path))
            self._signatures = model.signatures
        self._model = model  # Its variables live only as long as it does.

    def scores(self, jpegs: list[list[bytes]]) -> np.ndarray:
        """Scores of clips given as JPEG frames.

        Args:
            jpegs: N clips of T frames.

        Returns:
            float32 [N, classes].
        """
        served = self._signatures["serving_default"]
        return served(frames_bytes=tf.constant(jpegs))["scores"].numpy()

    def golden_difference(self) -> float:
        """How far the golden clip's scores are from the recorded ones."""
        with self._damage_named():
            text = (self.path / _EXTRA / "golden.json").read_text()
            golden = json.loads(text)
            jpegs = [base64.b64decode(j) for j in golden["frames_bytes"]]
        found = self.scores([jpegs])[0]
        return float(np.abs(found - np.array(golden["scores"])).max())

    @contextlib.contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
            raise errors.UserError(
                f"the model in {self.path} is damaged "
                f"({type(error).__name__}: {error}): export it again"
            ) from error


def _versions(folder: pathlib.Path) -> list[int]:
    if not folder.is_dir():
        return []
    return [int(p.name) for p in folder.iterdir() if p.name.isdecimal()]


def _test_pattern(frames: int) -> list[bytes]:
    """JPEG frames of a moving pattern: no video of the user's is exported."""
    rows, columns = np.mgrid[0:120, 0:160]
    made = []
    for number in range(frames):
        waves = [
            127 + 127 * np.sin((rows * a + columns * b) / 9 + number * c)
            for a, b, c in ((1, 0, 0.5), (0, 1, 0.3), (0.7, 0.7, -0.4))
        ]
        pixels = np.stack(waves, axis=-1).round().astype(np.uint8)
        made.append(simplejpeg.encode_jpeg(pixels, quality=90))
    return made

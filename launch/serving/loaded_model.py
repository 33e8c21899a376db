"""Loads an exported model for prediction."""

import contextlib
import functools
import pathlib
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from launch.requests import (
    request_limits,
    served_audio,
    served_frames,
    served_text,
)
from launch.serving import (
    golden_clip,
    model_metadata,
    served_features,
    stream_serving,
    versions,
)
from pipelines.decoding import frame_decoding
from tfrecords_tools.base import errors


class LoadedModel:
    """An exported model, ready to predict.

    Attributes:
        path: the folder of its version.
        metadata: of model.json.
    """

    def __init__(self, folder: str | pathlib.Path):
        """Opens the newest version in `folder`, or `folder` itself.

        Raises:
            UserError: there is no exported model.
        """
        folder = pathlib.Path(folder)
        self.path = versions.newest(folder)
        described = self.path / versions.EXTRA / "model.json"
        if not described.is_file():
            raise errors.UserError(
                f"no exported model in {folder}: wanted the output of "
                "launch.export, a folder with versions 1, 2, ..."
            )
        with self._damage_named():
            self.metadata = model_metadata.ModelMetadata.from_json(
                described.read_text("utf-8")
            )
            model = versions.load(self.path)
            self._signatures = model.signatures
        self._model = model  # Keeps its variables alive.
        self._alone = threading.Lock()

    def scores(self, jpegs: list[list[bytes]]) -> np.ndarray:
        """Scores of clips given as JPEG frames.

        Args:
            jpegs: N clips of T frames.

        Returns:
            float32 [N, classes].
        """
        return self.answers(jpegs)["scores"]

    def answers(
        self,
        jpegs: Sequence[Sequence[bytes]],
        waveforms: Sequence[np.ndarray] = (),
        texts: Sequence[str] = (),
    ) -> dict[str, np.ndarray]:
        """All scores of clips, by name.

        Args:
            jpegs: N clips of T frames; ignored without frames.
            waveforms: float32 [samples] each, of N clips, empty for clips
                without audio; none: no clip has audio.
            texts: of N clips, empty for clips without text; none: no clip has
                text.

        Returns:
            `scores`; `scores.<task>`; `frame_scores` float32 [N, t, classes];
            embeddings of networks that learnt which clips belong together.
        """
        served = self._signatures["serving_default"]
        given = self._audio_and_text(waveforms, texts)
        if self.metadata.has_frames:
            given["frames_bytes"] = self._as_tensor(jpegs)
        with request_limits.refusals_named(self.path):
            return golden_clip.scores_in(served(**given))

    def check_scores(self) -> None:
        """Raises UserError if the model gives no scores of labels."""
        outputs = self._signatures["serving_default"].structured_outputs
        if "scores" not in outputs:
            raise errors.UserError(
                f"the model in {self.path} gives {' and '.join(outputs)}, and "
                "no scores of labels: wanted an exported classifier; ask for "
                "these by the signature serving_default"
            )

    @property
    def features(self) -> served_features.FeatureMetadata:
        """Size and fingerprint of the features.

        Raises:
            UserError: the export has none.
        """
        if self.metadata.features is None:
            raise errors.UserError(
                f"the model in {self.path} gives no features: wanted a "
                "classifier exported by this version or a later one; export "
                "its run again with launch.export"
            )
        return self.metadata.features

    def embed(
        self,
        pixels: np.ndarray | tf.Tensor | None,
        waveforms: Sequence[np.ndarray] = (),
        texts: Sequence[str] = (),
    ) -> np.ndarray:
        """Features of clips.

        Args:
            pixels: uint8 [N, T, size, size, 3], scaled and cropped as in
                evaluation; ignored without frames.
            waveforms: see `answers`.
            texts: see `answers`.

        Returns:
            float32 [N, features.size].

        Raises:
            UserError: the export has no features.
        """
        name = self.features and served_features.NAME
        served = self._signatures[served_features.SIGNATURE]
        given = self._audio_and_text(waveforms, texts)
        if self.metadata.has_frames:
            given["pixels"] = tf.convert_to_tensor(pixels)
        with request_limits.refusals_named(self.path):
            return served(**given)[name].numpy()

    def embed_jpegs(
        self,
        jpegs: Sequence[Sequence[bytes]],
        waveforms: Sequence[np.ndarray] = (),
        texts: Sequence[str] = (),
    ) -> np.ndarray:
        """`embed` for clips given as JPEG frames; thread-safe.

        Args:
            jpegs: N clips of T frames.
            waveforms: see `answers`.
            texts: see `answers`.
        """
        with self._alone:
            pixels = self.pixels(jpegs) if self.metadata.has_frames else None
            return self.embed(pixels, waveforms, texts)

    def pixels(self, jpegs: list[list[bytes]]) -> np.ndarray:
        """The input of `embed` for clips given as JPEG frames.

        Args:
            jpegs: N clips of T frames.
        """
        with request_limits.refusals_named(self.path):
            return self._to_pixels(self._as_tensor(jpegs)).numpy()

    @functools.cached_property
    def _to_pixels(self) -> tf.types.experimental.PolymorphicFunction:
        limits = self.metadata.limits or request_limits.Config()
        spec = tf.TensorSpec((None, self.metadata.clip.frames), tf.string)
        return tf.function(
            lambda images: served_frames.from_images(
                images, self.metadata.clip, limits
            ),
            input_signature=[spec],
            autograph=False,
        )

    def _audio_and_text(
        self, waveforms: Sequence[np.ndarray], texts: Sequence[str]
    ) -> dict[str, tf.Tensor]:
        """The inputs `waveform` and `text`, as far as the model takes them."""
        found: dict[str, tf.Tensor] = {}
        if self.metadata.audio is not None:
            longest = max((len(each) for each in waveforms), default=0)
            rows = np.zeros((len(waveforms), longest), np.float32)
            for row, each in zip(rows, waveforms, strict=True):
                row[: len(each)] = each
            found[served_audio.NAME] = tf.constant(rows)
        if self.metadata.text is not None:
            found[served_text.NAME] = tf.constant(
                list(texts), tf.string, (len(texts),)
            )
        return found

    def _as_tensor(self, jpegs: Sequence[Sequence[bytes]]) -> tf.Tensor:
        frames = self.metadata.clip.frames
        lengths = {len(clip) for clip in jpegs} - {frames}
        if lengths:
            raise errors.UserError(
                f"got a clip of {min(lengths)} frames, wanted {frames}: the "
                f"model in {self.path} takes clips of that length only"
            )
        return tf.reshape(tf.constant(jpegs, tf.string), (-1, frames))

    def stream(self, streams: int = 1) -> stream_serving.Session:
        """Starts `streams` streams.

        Raises:
            UserError: the model was exported without a stream.
        """
        if self.metadata.stream is None:
            raise errors.UserError(
                f"the model in {self.path} has no stream: export its run "
                "again with launch.export --stream"
            )
        return stream_serving.Session(
            self._signatures["stream"], self.metadata.stream, streams, self.path
        )

    @functools.cached_property
    def golden(self) -> golden_clip.GoldenClip:
        """The golden clip of the export."""
        with self._damage_named():
            text = (self.path / versions.EXTRA / "golden.json").read_text(
                "utf-8"
            )
            return golden_clip.GoldenClip.from_json(text)

    def golden_difference(self) -> float:
        """Largest difference of the golden clip's scores."""
        outputs = self.answers(*self.golden.clips)
        return self.golden.difference(
            {name: outputs[name][0] for name in self.golden.scores}
        )

    def golden_stream_difference(self) -> float:
        """Like `golden_difference`, with the clip as a stream."""
        jpegs = tf.constant(self.golden.jpegs)
        frames = frame_decoding.decode_clip(jpegs).numpy()
        outputs = self.stream().scores_of_clip(frames[None])[0]
        return self.golden.difference({"scores": outputs})

    @contextlib.contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
            raise errors.UserError(
                f"the model in {self.path} is damaged "
                f"({type(error).__name__}: {error}): export it again"
            ) from error

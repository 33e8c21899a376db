"""The inputs of an exported model, and their conversion to a network's.

Every input has N rows. Audio and text may have none, where no clip of the
request has any.
"""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from launch.requests import (
    request_limits,
    served_audio,
    served_frames,
    served_text,
)
from pipelines import batch
from video_models import network_inputs

BYTES, FRAMES, PIXELS = "frames_bytes", "frames", "pixels"
FORMS = BYTES, FRAMES, PIXELS  # Of frames.

Tensors = dict[str, tf.Tensor]


class Frames(NamedTuple):
    """The frames of requests.

    Attributes:
        clip: of the network's input.
        crops: of each clip.
    """

    clip: batch.ClipSpec
    crops: int = 1


class ServedInputs(tf.Module):
    """The inputs of the signatures.

    Attributes:
        modalities: of the network, in their order.
        crops: inputs of the network for each clip.
    """

    def __init__(
        self,
        limits: request_limits.Config,
        frames: Frames | None = None,
        audio: served_audio.ServedAudio | None = None,
        text: served_text.ServedText | None = None,
    ):
        """None: the network does not see it."""
        super().__init__()
        self._frames, self._limits = frames, limits
        self._audio, self.text = audio, text
        self.crops = frames.crops if frames else 1
        given = zip(
            network_inputs.MODALITIES, (frames, audio, text), strict=True
        )
        self.modalities = tuple(name for name, each in given if each)

    def specs(self, form: str) -> dict[str, tf.TensorSpec]:
        """The inputs of a signature, by name.

        Args:
            form: of frames, one of `FORMS`; ignored without frames.
        """
        found = {}
        if self._frames is not None:
            clip = self._frames.clip
            found[form] = {
                BYTES: tf.TensorSpec((None, clip.frames), tf.string, form),
                FRAMES: tf.TensorSpec(
                    (None, clip.frames, None, None, 3), tf.uint8, form
                ),
                PIXELS: tf.TensorSpec((None, *clip.shape), tf.uint8, form),
            }[form]
        if self._audio is not None:
            name = served_audio.NAME
            found[name] = tf.TensorSpec((None, None), tf.float32, name)
        if self.text is not None:
            name = served_text.NAME
            found[name] = tf.TensorSpec((None,), tf.string, name)
        return found

    @property
    def entry_specs(self) -> dict[str, tf.TensorSpec]:
        """The entries of `convert`, by name."""
        found = {}
        if self._frames is not None:
            shape = (None, *self._frames.clip.shape)
            found[network_inputs.FRAMES] = tf.TensorSpec(shape, tf.uint8)
        for each in (self._audio, self.text):
            if each is not None:
                found |= {
                    name: tf.TensorSpec((None, *spec.shape), spec.dtype)
                    for name, spec in each.entry_specs.items()
                }
        return found

    def function(
        self, form: str, serve: Callable[[Tensors], Tensors]
    ) -> tf.types.experimental.PolymorphicFunction:
        """A signature; audio and text have no rows by default.

        Args:
            form: see `specs`.
            serve: from its inputs to its outputs.
        """
        specs = self.specs(form)

        def call(*given: tf.Tensor) -> Tensors:
            return serve(dict(zip(specs, given, strict=True)))

        call.__signature__ = inspect.Signature(  # Read by tf.function.
            [
                inspect.Parameter(
                    name,
                    inspect.Parameter.POSITIONAL_OR_KEYWORD,
                    default=self._default(spec),
                )
                for name, spec in specs.items()
            ]
        )
        return tf.function(
            call, input_signature=list(specs.values()), autograph=False
        )

    def _default(self, spec: tf.TensorSpec) -> Any:
        """No rows, for inputs that may be missing."""
        if len(self.modalities) == 1 or spec.name in FORMS:
            return inspect.Parameter.empty
        return tf.zeros([0] * len(spec.shape), spec.dtype)

    def convert(self, given: Tensors) -> Tensors:
        """Checks a request and converts it.

        Args:
            given: the inputs of a signature.

        Returns:
            The entries of a batch, [N * crops, ...]; frames uint8.
        """
        given = self._checked(given)
        crops = 1 if PIXELS in given else self.crops
        found: Tensors = {}
        for name, each in given.items():
            if name == served_audio.NAME:
                entries = self._audio.entries(each)
            elif name == served_text.NAME:
                entries = self.text.entries(each)
            else:
                found[network_inputs.FRAMES] = self._pixels(name, each)
                continue
            found |= {
                k: tf.repeat(v, crops, axis=0) for k, v in entries.items()
            }
        return found

    def _pixels(self, form: str, frames: tf.Tensor) -> tf.Tensor:
        if form == PIXELS:
            return frames
        convert = (
            served_frames.from_images
            if form == BYTES
            else served_frames.from_pixels
        )
        return convert(
            frames, self._frames.clip, self._limits, self._frames.crops
        )

    def _checked(self, given: Tensors) -> Tensors:
        """The inputs, with as many rows each, after all checks."""
        if given.keys() == {BYTES} or given.keys() == {FRAMES}:
            return given  # served_frames checks them.
        form = next((name for name in FORMS if name in given), "")
        specs = self.specs(form)
        given = {
            name: request_limits.check_shapes(
                {name: given[name]}, {name: spec}
            )[name]
            for name, spec in specs.items()
        }
        rows = {name: tf.shape(each)[0] for name, each in given.items()}
        count = tf.reduce_max(list(rows.values()))
        rules = [
            request_limits.few_clips(
                count, self._max_clips(1 if form == PIXELS else self.crops)
            ),
            *(_as_many(name, n, count) for name, n in rows.items()),
        ]
        if served_audio.NAME in given:
            rules += self._audio.rules(given[served_audio.NAME])
        if served_text.NAME in given:
            rules += self.text.rules(given[served_text.NAME])
        checked = request_limits.require(*rules)
        given = {
            name: request_limits.after([checked], each)
            for name, each in given.items()
        }
        return {
            name: each if name in FORMS else _rows(each, count)
            for name, each in given.items()
        }

    def _max_clips(self, crops: int) -> int:
        if self._frames is not None:
            return self._limits.clips(self._frames.clip.shape, crops)
        samples = self._audio.samples if self._audio else 1
        return self._limits.clips((samples,))


def _as_many(
    name: str, rows: tf.Tensor, count: tf.Tensor
) -> request_limits.Rule:
    """The rule that an input has a row for each clip, or none."""
    holds = rows == count
    if name not in FORMS:
        holds |= rows == 0
    return holds, lambda: request_limits.text(
        f"{name} has ",
        rows,
        " rows, the request ",
        count,
        " clips: wanted one for each"
        + ("" if name in FORMS else ", or none where no clip has any"),
    )


def _rows(each: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    """`each`, or `count` rows of a missing input."""
    shape = tf.concat([[count], tf.shape(each)[1:]], axis=0)
    missing = (
        tf.fill(shape, "")
        if each.dtype == tf.string
        else tf.zeros(shape, each.dtype)
    )
    return tf.cond(tf.shape(each)[0] > 0, lambda: each, lambda: missing)

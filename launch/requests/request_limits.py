"""Limits of one request to an exported model, checked in the graph.

Each check is an operation of the exported graph that all other work depends on.
If it fails, the server returns INVALID_ARGUMENT before any other computation.
"""

import contextlib
import dataclasses
import math
import re
from collections.abc import Callable, Iterator, Sequence

import tensorflow as tf

from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Limits of one request."""

    frame_pixels: int = settings.setting(
        4096 * 2304,
        "Largest input frame, in pixels; larger ones are refused before "
        "decoding.",
        minimum=160 * 120,  # Of the golden clip.
    )
    request_pixels: int = settings.setting(
        1 << 25,
        "Largest request, in pixels of the network's input: clips x crops x "
        "frames x height x width. A single clip is always accepted.",
        minimum=1,
    )

    def clips(self, shape: Sequence[int], crops: int = 1) -> int:
        """Largest number of clips per request.

        Args:
            shape: of one clip of the network's input, (T, H, W, ...).
            crops: inputs for each clip.
        """
        return max(1, self.request_pixels // (math.prod(shape[:3]) * crops))


_ANY, _END = -1, -2  # In place of an axis' length.

Rule = tuple[tf.Tensor, Callable[[], tf.Tensor]]
"""A condition, bool [], and a function to the message, string []."""


def require(*rules: Rule) -> tf.Tensor:
    """Fails with the message of the first rule that does not hold.

    Returns:
        A tensor for `after`.
    """
    # One condition for all: each one costs time.
    every = tf.reduce_all(tf.stack([holds for holds, _ in rules]))
    return tf.cond(every, lambda: tf.constant(True), lambda: _failed(rules))


def _failed(rules: tuple[Rule, ...]) -> tf.Tensor:
    cases = [(~holds, message) for holds, message in rules]
    message = tf.case(cases) if len(cases) > 1 else rules[0][1]()
    failed = tf.debugging.Assert(tf.constant(False), [message])
    with tf.control_dependencies([failed] if failed is not None else []):
        return tf.constant(False)


def after(checks: list[tf.Tensor], value: tf.Tensor) -> tf.Tensor:
    """`value` with a control dependency on all `checks`."""
    with tf.control_dependencies(checks):
        return tf.identity(value)


def text(*parts: str | tf.Tensor) -> tf.Tensor:
    """Joins text and numbers to string []."""
    return tf.strings.join(
        [p if isinstance(p, str) else tf.strings.as_string(p) for p in parts]
    )


def check_shapes(
    tensors: dict[str, tf.Tensor], specs: dict[str, tf.TensorSpec]
) -> dict[str, tf.Tensor]:
    """Checks shapes that clients may get wrong despite the signature.

    Args:
        tensors: the inputs by name.
        specs: their specs; the first axis of each is N, other unknown axes
            may have any length.

    Returns:
        The tensors, each with a control dependency on the check.
    """
    # Placeholders: otherwise the graph trusts the declared shapes.
    shapes = [
        tf.shape(tf.raw_ops.PlaceholderWithDefault(input=x, shape=None))
        for x in (tensors[name] for name in specs)
    ]
    lengths = [_lengths(spec) for spec in specs.values()]
    owners = [i for i, axes in enumerate(lengths) for _ in axes]
    is_first = [i == 0 for axes in lengths for i, _ in enumerate(axes)]
    actual = tf.concat(
        [
            tf.concat([shape, [_END] * len(axes)], axis=0)[: len(axes)]
            for shape, axes in zip(shapes, lengths, strict=True)
        ],
        axis=0,
    )
    flat = tf.constant([length for axes in lengths for length in axes])
    expected = tf.where(is_first, tf.maximum(actual[0], 0), flat)
    good = (actual == expected) | (
        (flat == _ANY) & ~tf.constant(is_first) & (actual >= 0)
    )
    endings = [f"], wanted [{_axes(spec)}]" for spec in specs.values()]
    if len(specs) > 1:
        endings = [f"{each}, N the same for all inputs" for each in endings]

    def message() -> tf.Tensor:
        owner = tf.gather(owners, tf.argmin(tf.cast(good, tf.int32)))
        given = [
            tf.strings.reduce_join(tf.strings.as_string(x), separator=", ")
            for x in shapes
        ]
        names = [f"{name} has shape [" for name in specs]
        return tf.strings.join(
            [tf.gather(each, owner) for each in (names, given, endings)]
        )

    checked = require((tf.reduce_all(good), message))
    return {name: after([checked], x) for name, x in tensors.items()}


def _lengths(spec: tf.TensorSpec) -> list[int]:
    """Lengths of the axes, and an end mark that exposes a longer shape."""
    return [*(_ANY if n is None else n for n in spec.shape), _END]


def few_clips(count: tf.Tensor, limit: int | tf.Tensor) -> Rule:
    """The rule that limits the number of clips."""
    return count <= limit, lambda: text(
        "got ",
        count,
        " clips in one request, at most ",
        tf.convert_to_tensor(limit),
        " are accepted: send fewer at a time, or export with a larger "
        "--limits.request_pixels",
    )


@contextlib.contextmanager
def refusals_named(path: object) -> Iterator[None]:
    """Raises UserError if the model in `path` refuses a request."""
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        raise errors.UserError(
            f"the model in {path} refuses the request: {_reason(error)}"
        ) from error


def _reason(error: tf.errors.InvalidArgumentError) -> str:
    ours = re.search(r"assertion failed: \[(.*)\]", error.message)
    if ours:
        return ours[1]
    lines = [line.strip() for line in error.message.splitlines()]
    notes = ("Graph execution", "Detected at", "<stack", "File ", "[[", "(")
    messages = [line for line in lines if line and not line.startswith(notes)]
    return messages[0] if messages else error.message


def _axes(spec: tf.TensorSpec) -> str:
    rest = ["any" if n is None else str(n) for n in spec.shape[1:]]
    return ", ".join(["N", *rest])

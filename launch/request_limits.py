"""What one request to an exported model may ask for, checked in the graph.

Each check is an operation of the exported graph that all further work waits
for; where it fails, the server answers INVALID_ARGUMENT and has spent nothing.
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
        "Pixels of a frame, as it comes and when its short side is scaled; "
        "larger ones are refused before they are decoded.",
        minimum=160 * 120,  # Of the golden clip.
    )
    request_pixels: int = settings.setting(
        1 << 25,
        "Pixels of all clips of a request as the network sees them, clips x "
        "frames x height x width; a single clip is always taken.",
        minimum=1,
    )

    def clips(self, shape: Sequence[int]) -> int:
        """Most clips of a request.

        Args:
            shape: of one clip, (T, H, W, ...), as the network sees it.
        """
        return max(1, self.request_pixels // math.prod(shape[:3]))


Rule = tuple[tf.Tensor, Callable[[], tf.Tensor]]
"""What must hold, bool [], and a message, string [], made where it does not."""


def require(*rules: Rule) -> tf.Tensor:
    """Fails with the message of the first rule that does not hold.

    Returns:
        What has to be waited for, by `after`.
    """
    # One condition for all: each costs an honest request time.
    every = tf.reduce_all(tf.stack([holds for holds, _ in rules]))
    return tf.cond(every, lambda: tf.constant(True), lambda: _failed(rules))


def _failed(rules: tuple[Rule, ...]) -> tf.Tensor:
    cases = [(~holds, message) for holds, message in rules]
    message = tf.case(cases) if len(cases) > 1 else rules[0][1]()
    failed = tf.debugging.Assert(tf.constant(False), [message])
    with tf.control_dependencies([failed] if failed is not None else []):
        return tf.constant(False)


def after(checks: list[tf.Tensor], value: tf.Tensor) -> tf.Tensor:
    """`value`, known only when all `checks` have passed."""
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
    """Checks what callers may get wrong although the signature tells it.

    Args:
        tensors: the inputs by name.
        specs: their specs; the first axis of all is N, further axes that are
            not known may have any length.

    Returns:
        The same tensors, each waiting for the check.
    """
    # Of a placeholder, lest the graph trust in the shape that is declared.
    shapes = [
        tf.shape(tf.raw_ops.PlaceholderWithDefault(input=x, shape=[None] * n))
        for x, n in (
            (tensors[name], spec.shape.rank) for name, spec in specs.items()
        )
    ]
    lengths = [-1 if n is None else n for s in specs.values() for n in s.shape]
    owners = [i for i, s in enumerate(specs.values()) for _ in s.shape]
    is_first = [n == 0 for s in specs.values() for n in range(s.shape.rank)]
    found = tf.concat(shapes, axis=0)
    wanted = tf.where(is_first, found[0], tf.constant(lengths))
    good = (found == wanted) | (wanted == -1)
    names = [f"{name} has shape [" for name in specs]
    endings = [f"], wanted [{_axes(spec)}]" for spec in specs.values()]
    if len(specs) > 1:
        endings = [f"{each}, N the same for all inputs" for each in endings]

    def message() -> tf.Tensor:
        owner = tf.gather(owners, tf.argmin(tf.cast(good, tf.int32)))
        own = tf.boolean_mask(found, tf.equal(owners, owner))
        numbers = tf.strings.reduce_join(
            tf.strings.as_string(own), separator=", "
        )
        return tf.strings.join(
            [tf.gather(names, owner), numbers, tf.gather(endings, owner)]
        )

    checked = require((tf.reduce_all(good), message))
    return {name: after([checked], x) for name, x in tensors.items()}


def few_clips(count: tf.Tensor, most: int | tf.Tensor) -> Rule:
    """The rule that a request has at most so many clips."""
    return count <= most, lambda: text(
        "got ",
        count,
        " clips in one request, at most ",
        tf.convert_to_tensor(most),
        " are taken: send fewer at a time, or export with a larger "
        "--limits.request_pixels",
    )


@contextlib.contextmanager
def refusals_named(path: object) -> Iterator[None]:
    """Raises UserError where the model in `path` refuses a request."""
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
    told = [line for line in lines if line and not line.startswith(notes)]
    return told[0] if told else error.message


def _axes(spec: tf.TensorSpec) -> str:
    rest = ["any" if n is None else str(n) for n in spec.shape[1:]]
    return ", ".join(["N", *rest])

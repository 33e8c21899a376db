"""How features are distributed over time, and how fast they change."""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers import normalization, stream_states

ops = keras.ops

SUMMARIZES = True

# Below them a square root becomes linear, so that its slope stays finite.
_LEAST_FEATURE, _LEAST_VARIANCE = 1e-6, 1e-12


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the statistics over time."""

    mean: bool = settings.setting(True, "Give the mean of each feature.")
    deviation: bool = settings.setting(
        True, "Give the standard deviation of each feature."
    )
    difference: bool = settings.setting(
        True,
        "Give the mean absolute difference of neighbouring time steps of each "
        "feature.",
    )
    square_root: bool = settings.setting(
        True,
        "Take the square root of the features first; that of their absolute "
        "value, with their sign, where they are negative.",
    )
    norm: str = settings.setting(
        "none",
        "Of the statistics. " + normalization.HELP,
        choices=normalization.KINDS,
    )


TINY = Config(norm="batch")


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Statistics of each feature over time, one after the other.

    The mean says what a clip shows; standard deviation and difference say how
    it changes, the latter how fast. For a single time step they are 0. With
    `square_root`, small features count more, as in RootSIFT (Arandjelovic and
    Zisserman, CVPR 2012).

    Args:
        config: which statistics, square root, normalisation.
        shape: `(t, C)` of the features.

    Returns:
        [B, t, C] -> [B, 1, C'], C for each statistic; float32, or of the
        dtype policy if normalised.

    Raises:
        UserError: no statistic is chosen.
    """
    features = keras.Input(shape, name="features")
    found = _of_steps(_prepared(features, config))
    row = _row(found, float(shape[0]), config)
    return keras.Model(features, row, name="statistics")


def build_stream(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds the statistics of all time steps so far.

    Deviations are added up by Chan's rule, which loses no precision in long
    streams.

    Args:
        config: which statistics, square root, normalisation.
        shape: `(n, C)`, features of the newest time steps.

    Returns:
        {"features": [B, n, C], states} -> {"features": [B, 1, C'], states}.
    """
    steps, width = shape
    features = keras.Input(shape, name="features")
    states = stream_states.States()
    past = states.frames()
    mean, squares, distance, last = (
        states.total(f"state_{name}", width)
        for name in ("mean", "squares", "distance", "last")
    )
    x = _prepared(features, config)
    newest = _of_steps(x)
    before = ops.cast(past, "float32")
    known = before + float(steps)
    gap = newest.mean - mean
    # Before the first chunk there is no last time step.
    jump = ops.abs(x[:, 0] - last) * ops.minimum(before, 1.0)
    found = _Statistics(
        mean + gap * (steps / known),
        squares + newest.squares + ops.square(gap) * (before * steps / known),
        distance + newest.distance + jump,
    )
    states.after |= {
        "state_mean": found.mean,
        "state_squares": found.squares,
        "state_distance": found.distance,
        "state_last": x[:, -1],
    }
    states.count(steps)
    return keras.Model(
        {"features": features, **states.before},
        {"features": _row(found, known, config), **states.after},
        name="statistics",
    )


@dataclasses.dataclass(frozen=True)
class _Statistics:
    """Of some time steps, each float32 [B, C].

    Attributes:
        mean: the mean.
        squares: the sum of squared differences from it.
        distance: the sum of absolute differences of neighbours.
    """

    mean: keras.KerasTensor
    squares: keras.KerasTensor
    distance: keras.KerasTensor


def _prepared(features: keras.KerasTensor, config: Config) -> keras.KerasTensor:
    x = ops.cast(features, "float32")
    return _root(x, _LEAST_FEATURE) if config.square_root else x


def _of_steps(x: keras.KerasTensor) -> _Statistics:
    mean = ops.mean(x, axis=1)
    squares = ops.sum(ops.square(x - mean[:, None]), axis=1)
    distance = ops.zeros_like(mean)
    if x.shape[1] > 1:
        distance = ops.sum(ops.abs(x[:, 1:] - x[:, :-1]), axis=1)
    return _Statistics(mean, squares, distance)


def _row(
    found: _Statistics, steps: float | keras.KerasTensor, config: Config
) -> keras.KerasTensor:
    """The chosen statistics of `steps` time steps, [B, 1, C']."""
    pairs = ops.maximum(steps - 1.0, 1.0)
    chosen = []
    if config.mean:
        chosen.append(found.mean)
    if config.deviation:
        chosen.append(_root(found.squares / steps, _LEAST_VARIANCE))
    if config.difference:
        chosen.append(found.distance / pairs)
    if not chosen:
        raise errors.UserError(
            "--temporal=statistics without any: wanted --temporal.mean, "
            "--temporal.deviation or --temporal.difference"
        )
    row = ops.expand_dims(ops.concatenate(chosen, axis=-1), 1)
    if config.norm == "none":
        return row  # Of float32 under any policy.
    return normalization.build(config.norm, row.shape[-1], "norm")(row)


def _root(x: keras.KerasTensor, least: float) -> keras.KerasTensor:
    """The square root of |x| with the sign of x."""
    return x / ops.sqrt(ops.maximum(ops.abs(x), least))

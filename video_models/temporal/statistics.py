"""How features are distributed over time, and how fast they change."""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers import normalization, stream_states
from video_models.layers.time import time_statistics

ops = keras.ops

SUMMARIZES = True

# Below them a square root becomes linear, so that its slope stays finite.
_LEAST_FEATURE, _LEAST_VARIANCE = 1e-6, 1e-12
_FLOOR = 1e-3  # Added to differences and deviations before the logarithm.

_Number = float | keras.KerasTensor


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
    rhythm: tuple[int, ...] = settings.setting(
        (),
        "Lags in time steps, such as 1,2,4,8. For each, give the logarithm of "
        "the mean absolute difference over that lag, divided by the standard "
        "deviation: how quickly a feature changes, whatever its range.",
    )
    rhythm_features: int = settings.setting(
        0,
        "Number of features, counted from the last, that have a rhythm; 0: "
        "all.",
        minimum=0,
    )
    norm: str = settings.setting(
        "none",
        "Of the statistics. " + normalization.HELP,
        choices=normalization.KINDS,
    )


TINY = Config(rhythm=(1, 2), norm="batch")


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Statistics of each feature over time, one after the other.

    The mean says what a clip shows; standard deviation and difference say how
    it changes, the latter how fast. For a single time step they are 0. With
    `square_root`, small features count more, as in RootSIFT (Arandjelovic and
    Zisserman, CVPR 2012).

    The rhythm is von Neumann's ratio (Annals of Mathematical Statistics 12,
    1941) at several lags, the shape of the autocorrelation. Contrast, zoom and
    scene scale how far a feature moves, but not its rhythm. Differs: absolute
    differences, and a logarithm. The square root does not apply to it.

    Args:
        config: which statistics, square root, normalisation.
        shape: `(t, C)` of the features.

    Returns:
        [B, t, C] -> [B, 1, C'], C for each statistic: mean, deviation,
        difference, then the rhythm lag by lag; float32 under any policy
        without normalisation.

    Raises:
        UserError: no statistic is chosen, or the rhythm does not fit the clip.
    """
    _check_lags(config, *shape)
    features = keras.Input(shape, name="features")
    x, rhythmic = _prepared(features, config)
    row = _row(
        time_statistics.of_clip(x, (1,)),
        time_statistics.of_clip(rhythmic, config.rhythm),
        float(shape[0]),
        config,
    )
    return keras.Model(features, row, name="statistics")


def build_stream(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds the statistics of all time steps so far.

    Args:
        config: which statistics, square root, normalisation.
        shape: `(n, C)`, features of the newest time steps.

    Returns:
        {"features": [B, n, C], states} -> {"features": [B, 1, C'], states}.
    """
    features = keras.Input(shape, name="features")
    states = stream_states.States()
    x, rhythmic = _prepared(features, config)
    found = time_statistics.of_stream(x, (1,), states)
    paced = found
    if config.rhythm:
        paced = time_statistics.of_stream(
            rhythmic, config.rhythm, states, "rhythm_"
        )
    known = ops.cast(states.frames() + shape[0], "float32")
    row = _row(found, paced, known, config)
    states.count(shape[0])
    return keras.Model(
        {"features": features, **states.before},
        {"features": row, **states.after},
        name="statistics",
    )


def column_kinds(config: Config, shape: tuple[int, int]) -> dict[str, int]:
    """Columns of the mean, of the amount of change, and of the rhythm."""
    width = shape[1]
    counts = {
        "mean": config.mean * width,
        "change": (config.deviation + config.difference) * width,
        "rhythm": len(config.rhythm) * (config.rhythm_features or width),
    }
    return {kind: count for kind, count in counts.items() if count}


def _prepared(
    features: keras.KerasTensor, config: Config
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """The features of the statistics, and those of the rhythm."""
    x = ops.cast(features, "float32")
    rhythmic = x[:, :, -config.rhythm_features :]
    return _root(x, _LEAST_FEATURE) if config.square_root else x, rhythmic


def _row(
    found: time_statistics.Statistics,
    paced: time_statistics.Statistics,
    steps: _Number,
    config: Config,
) -> keras.KerasTensor:
    """The chosen statistics of `steps` time steps, [B, 1, C']."""
    chosen = []
    if config.mean:
        chosen.append(found.mean)
    if config.deviation:
        chosen.append(_root(found.squares / steps, _LEAST_VARIANCE))
    if config.difference:
        chosen.append(found.distances[0] / _pairs(steps, 1))
    if config.rhythm:
        deviation = _root(paced.squares / steps, _LEAST_VARIANCE)
        chosen += [
            ops.log(distance / _pairs(steps, lag) + _FLOOR)
            - ops.log(deviation + _FLOOR)
            for lag, distance in zip(
                config.rhythm, paced.distances, strict=True
            )
        ]
    if not chosen:
        raise errors.UserError(
            "--temporal=statistics without any: wanted --temporal.mean, "
            "--temporal.deviation, --temporal.difference or --temporal.rhythm"
        )
    row = ops.expand_dims(ops.concatenate(chosen, axis=-1), 1)
    if config.norm == "none":
        return row  # Of float32 under any policy.
    return normalization.build(config.norm, row.shape[-1], "norm")(row)


def _pairs(steps: _Number, lag: int) -> _Number:
    """Number of time steps that lie `lag` apart, at least 1."""
    return ops.maximum(steps - float(lag), 1.0)


def _root(x: keras.KerasTensor, least: float) -> keras.KerasTensor:
    """The square root of |x| with the sign of x."""
    root = ops.sqrt(ops.maximum(ops.abs(x), least))
    # A root is 0 only where a file with float16 weights stores `least` as 0.
    return ops.where(root > 0, x / root, x)


def _check_lags(config: Config, steps: int, width: int) -> None:
    # A single time step has no rhythm: 0 for any lag.
    most = steps - 1 if steps > 1 else max(config.rhythm, default=1)
    if any(not 1 <= lag <= most for lag in config.rhythm):
        raise errors.UserError(
            f"--temporal.rhythm={','.join(map(str, config.rhythm))} for a clip "
            f"of {steps} time steps: wanted lags from 1 to {most}, or a longer "
            "clip"
        )
    if config.rhythm_features > width:
        raise errors.UserError(
            f"--temporal.rhythm_features={config.rhythm_features}, but the "
            f"backbone gives {width}: wanted at most that, or 0 for all"
        )

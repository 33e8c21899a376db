"""Mean, spread and change of features over time, of clips and of streams."""

import dataclasses

import keras

from video_models.layers import stream_states

ops = keras.ops


@dataclasses.dataclass(frozen=True)
class Statistics:
    """Of some time steps, each float32 [B, C].

    Attributes:
        mean: the mean.
        squares: the sum of squared differences from it.
        distances: for each lag, the sum of absolute differences of time
            steps that far apart.
    """

    mean: keras.KerasTensor
    squares: keras.KerasTensor
    distances: tuple[keras.KerasTensor, ...]


def of_clip(x: keras.KerasTensor, lags: tuple[int, ...]) -> Statistics:
    """Statistics of the time steps of a clip.

    Args:
        x: float32 [B, t, C].
        lags: in time steps; no time steps are t or more apart, so that the
            distance is 0.
    """
    mean = ops.mean(x, axis=1)
    squares = ops.sum(ops.square(x - mean[:, None]), axis=1)
    distances = tuple(
        ops.sum(ops.abs(x[:, lag:] - x[:, :-lag]), axis=1)
        if lag < x.shape[1]
        else ops.zeros_like(mean)
        for lag in lags
    )
    return Statistics(mean, squares, distances)


def of_stream(
    x: keras.KerasTensor,
    lags: tuple[int, ...],
    states: stream_states.States,
    name: str = "",
) -> Statistics:
    """Statistics of all time steps of a stream so far.

    Deviations are added up by Chan's rule, which loses no precision in long
    streams. Call `states.count` afterwards.

    Args:
        x: float32 [B, n, C], the newest time steps.
        lags: in time steps.
        states: gets states whose names begin with `state_` and `name`.
        name: distinguishes several uses.
    """
    steps, width = x.shape[1:]
    past = states.frames()
    mean, squares = (
        states.total(f"state_{name}{each}", width)
        for each in ("mean", "squares")
    )
    newest, before = of_clip(x, ()), ops.cast(past, "float32")
    known = before + float(steps)
    gap = newest.mean - mean
    mean = mean + gap * (steps / known)
    squares = (
        squares + newest.squares + ops.square(gap) * (before * steps / known)
    )
    states.after[f"state_{name}mean"] = mean
    states.after[f"state_{name}squares"] = squares
    if not lags:
        return Statistics(mean, squares, ())
    longest = max(lags)
    recent = states.extend(x, longest, f"state_{name}last")
    distances = []
    for lag in lags:
        total = states.total(f"state_{name}distance{lag}", width)
        far = ops.abs(x - recent[:, longest - lag : longest - lag + steps])
        # The first `lag` time steps of a stream have none to compare with.
        number = ops.arange(steps, dtype="int32")[None] + past
        far = far * ops.cast(number >= lag, "float32")[:, :, None]
        total = total + ops.sum(far, axis=1)
        states.after[f"state_{name}distance{lag}"] = total
        distances.append(total)
    return Statistics(mean, squares, tuple(distances))

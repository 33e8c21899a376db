"""The vectors of a modality at the time steps of another."""

import keras

from video_models.families import transformer
from video_models.families.fusion import modalities
from video_models.layers.fusion import learned_rows, time_average

ops = keras.ops


def time_steps(
    stream: modalities.Stream,
    taken: modalities.Modality,
    target: modalities.Modality,
    name: str,
) -> keras.KerasTensor:
    """Averages a modality over space and onto the time steps of another.

    Args:
        stream: of the modality.
        taken: its shape and clock.
        target: shape and clock of the other modality.
        name: of the modality.

    Returns:
        [B, t, C], normalised; a trained vector where nothing was there.
    """
    x = ops.mean(stream.volume, axis=(2, 3))
    steps, there = target.shape[0], stream.mask
    if taken != target:
        x, there = time_average.TimeAverage(
            steps,
            target.seconds,
            taken.seconds,
            dtype="float32",
            name=f"{name}_time",
        )(x, there)
    x = transformer.normalize(x, f"{name}_norm")
    if not stream.can_be_missing:
        return x
    return learned_rows.StandIn(name=f"{name}_missing")(x, there)

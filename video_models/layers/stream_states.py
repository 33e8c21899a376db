"""The states that a network keeps between chunks of a stream."""

import keras

ops = keras.ops

FRAMES = "state_frames"
"""int32 [B, 1]: number of frames before the chunk."""


class States:
    """Collects the states of the parts of a network.

    Attributes:
        before: name -> input, the state before the chunk.
        after: name -> output, the state after the chunk.
    """

    def __init__(self):
        """Starts without states."""
        self.before: dict[str, keras.KerasTensor] = {}
        self.after: dict[str, keras.KerasTensor] = {}

    def frames(self) -> keras.KerasTensor:
        """Returns the number of frames before the chunk, int32 [B, 1]."""
        if FRAMES not in self.before:
            self.before[FRAMES] = keras.Input((1,), dtype="int32", name=FRAMES)
        return self.before[FRAMES]

    def count(self, frames: int) -> None:
        """Adds the frames of the chunk; call it after building all parts."""
        if FRAMES in self.before:
            self.after[FRAMES] = self.before[FRAMES] + frames

    def total(self, name: str, channels: int) -> keras.KerasTensor:
        """Returns a sum over all past time steps, float32 [B, channels]."""
        self.before[name] = keras.Input((channels,), name=name, dtype="float32")
        return self.before[name]

    def extend(
        self, x: keras.KerasTensor, frames: int, name: str
    ) -> keras.KerasTensor:
        """Prepends the last frames of previous chunks to a chunk.

        Args:
            x: [B, n, ...].
            frames: number of frames to keep.
            name: of the state, float32 [B, frames, ...].

        Returns:
            [B, frames + n, ...].
        """
        shape = (frames, *x.shape[2:])
        past = keras.Input(shape, name=name, dtype="float32")
        self.before[name] = past
        x = ops.concatenate([ops.cast(past, x.dtype), x], axis=1)
        self.after[name] = ops.cast(x[:, -frames:], "float32")
        return x

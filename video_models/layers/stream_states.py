"""What a network keeps from one chunk of a stream to the next."""

import keras

ops = keras.ops

FRAMES = "state_frames"
"""int32 [B, 1]: how many frames came before the chunk."""


class States:
    """Collects the states that the parts of a network ask for.

    Attributes:
        before: name to input, the state before the chunk.
        after: name to output, the state after it.
    """

    def __init__(self):
        """Begins without states."""
        self.before: dict[str, keras.KerasTensor] = {}
        self.after: dict[str, keras.KerasTensor] = {}

    def frames(self) -> keras.KerasTensor:
        """int32 [B, 1], those seen before the chunk."""
        if FRAMES not in self.before:
            self.before[FRAMES] = keras.Input((1,), dtype="int32", name=FRAMES)
        return self.before[FRAMES]

    def count(self, frames: int) -> None:
        """Adds those of the chunk, once all parts are made."""
        if FRAMES in self.before:
            self.after[FRAMES] = self.before[FRAMES] + frames

    def total(self, name: str, channels: int) -> keras.KerasTensor:
        """float32 [B, channels], a sum over all time steps before the chunk."""
        self.before[name] = keras.Input((channels,), name=name, dtype="float32")
        return self.before[name]

    def extend(
        self, x: keras.KerasTensor, frames: int, name: str
    ) -> keras.KerasTensor:
        """Puts the last frames of the chunks before in front of a chunk.

        Args:
            x: [B, n, ...].
            frames: how many are kept.
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

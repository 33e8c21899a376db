"""Depthwise convolutions over time and space."""

from typing import Any

import keras

ops = keras.ops

_TIME, _SPACE = ("same", "causal", "valid"), ("around", "same")


@keras.saving.register_keras_serializable("video_models")
class DepthwiseConv3D(keras.layers.Layer):
    """A depthwise convolution of [B, T, H, W, C].

    It consists of 2-D convolutions: a grouped Conv3D is 70 times slower on
    CPUs.

    Weights: `kernel` [kt, kh, kw, C] and optionally `bias` [C].
    """

    def __init__(
        self,
        kernel: tuple[int, int, int],
        strides: tuple[int, int, int] = (1, 1, 1),
        time: str = "same",
        space: str = "around",
        use_bias: bool = False,
        **kwargs: Any,
    ):
        """Configures kernel, strides and padding.

        Args:
            kernel: size in time, height, width; odd numbers.
            strides: strides in the same order, equal in height and width.
            time: padding in time: "same", "causal" (past only) or "valid"
                (none).
            space: padding in space: "around", symmetric like PyTorch, or
                "same" like TensorFlow.
            use_bias: whether to add a bias.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        if time not in _TIME or space not in _SPACE:
            raise ValueError(
                f"padding {time!r} in time and {space!r} in space: wanted one "
                f"of {_TIME} and one of {_SPACE}"
            )
        self.extent, self.strides = tuple(kernel), tuple(strides)
        self.time, self.space, self.use_bias = time, space, use_bias

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the weights for [B, T, H, W, C]."""
        extent = self.extent
        self.kernel = self.add_weight(
            shape=(*extent, shape[-1]),
            # The fan-in of a channel is the size of its kernel.
            initializer=keras.initializers.RandomNormal(
                stddev=(2.0 / (extent[0] * extent[1] * extent[2])) ** 0.5
            ),
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(shape[-1],), initializer="zeros", name="bias"
            )

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple:
        """[B, T, H, W, C] -> [B, T', H', W', C]."""
        lost = (self.extent[0] - 1) * (self.time == "valid")
        sizes = (shape[1] - lost, *shape[2:4])
        pairs = zip(sizes, self.strides, strict=True)
        return (shape[0], *(-(-size // by) for size, by in pairs), shape[4])

    def call(self, inputs: Any) -> Any:
        """[B, T, H, W, C] -> [B, T', H', W', C]."""
        reach = self.extent[0] - 1
        before = {"same": reach // 2, "causal": reach, "valid": 0}[self.time]
        if self.extent[1:] == (1, 1):
            x = self._over_time(inputs, before)
        else:
            x = self._over_both(inputs, before)
        if self.strides[0] > 1:
            x = x[:, :: self.strides[0]]
        return x + self.bias if self.use_bias else x

    def _over_time(self, x: Any, before: int) -> Any:
        _, frames, height, width, channels = x.shape
        x = ops.reshape(x, (-1, frames, height * width, channels))
        if self.time == "causal" and before:
            x = ops.pad(x, ((0, 0), (before, 0), (0, 0), (0, 0)))
        kernel = ops.reshape(self.kernel, (self.extent[0], 1, channels, 1))
        padding = "same" if self.time == "same" else "valid"
        x = ops.depthwise_conv(x, kernel, padding=padding)
        x = ops.reshape(x, (-1, x.shape[1], height, width, channels))
        if self.strides[1] > 1:
            x = x[:, :, :: self.strides[1], :: self.strides[2]]
        return x

    def _over_both(self, x: Any, before: int) -> Any:
        """Sums spatial convolutions, one per time step of the kernel.

        Each is applied to all frames that it covers, shifted in time; padding
        is never computed.
        """
        frames = x.shape[1]
        length = frames - (self.extent[0] - 1) * (self.time == "valid")
        total = None
        for step in range(self.extent[0]):
            first = max(0, before - step)
            last = min(length, frames + before - step)
            if first >= last:
                continue
            y = _frames(x, first + step - before, last - first)
            y = self._over_space(y, self.kernel[step])
            y = _zeros_around(y, first, length - last)
            total = y if total is None else total + y
        return total

    def _over_space(self, x: Any, kernel: Any) -> Any:
        _, frames, height, width, channels = x.shape
        x = ops.reshape(x, (-1, height, width, channels))
        padding = "same"
        if self.space == "around" and not self._same_is_around(height, width):
            rows, columns = self.extent[1] // 2, self.extent[2] // 2
            x = ops.pad(x, ((0, 0), (rows, rows), (columns, columns), (0, 0)))
            padding = "valid"
        x = ops.depthwise_conv(
            x, kernel[..., None], strides=self.strides[1], padding=padding
        )
        return ops.reshape(x, (-1, frames, *x.shape[1:]))

    def _same_is_around(self, *sizes: int) -> bool:
        stride = self.strides[1]
        return all((size - 1) % stride == 0 for size in sizes)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            **super().get_config(),
            "kernel": self.extent,
            "strides": self.strides,
            "time": self.time,
            "space": self.space,
            "use_bias": self.use_bias,
        }


def _frames(x: Any, first: int, count: int) -> Any:
    if count == x.shape[1]:
        return x
    # Not x[:, a:b]: its gradient takes 15 times as long on CPUs.
    return ops.slice(x, (0, first, 0, 0, 0), (-1, count, -1, -1, -1))


def _zeros_around(x: Any, before: int, after: int) -> Any:
    if not before and not after:
        return x
    return ops.pad(x, ((0, 0), (before, after), *((0, 0),) * 3))

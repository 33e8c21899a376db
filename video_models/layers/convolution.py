"""3-D convolutions with PyTorch's symmetric padding."""

import keras


def convolve(
    x: keras.KerasTensor,
    width: int,
    kernel: tuple[int, int, int],
    strides: tuple[int, int, int],
    name: str,
    use_bias: bool = False,
) -> keras.KerasTensor:
    """An ordinary convolution over time, height and width.

    Args:
        x: [B, T, H, W, C].
        width: output channels.
        kernel: size in time, height, width; odd numbers.
        strides: the same order.
        name: of the layer.
        use_bias: whether to add a bias.

    Returns:
        [B, T', H', W', width], each side divided by its stride, rounded up.
    """
    # Strided Keras convolutions pad even sizes on one side only.
    padding = "same"
    if max(strides) > 1:
        padding = "valid"
        x = pad(x, tuple(size // 2 for size in kernel), f"{name}_pad")
    return keras.layers.Conv3D(
        width,
        kernel,
        strides,
        padding,
        use_bias=use_bias,
        kernel_initializer="he_normal",
        name=name,
    )(x)


def pad(
    x: keras.KerasTensor, around: tuple[int, int, int], name: str
) -> keras.KerasTensor:
    """Zeros on both sides of time, height, width; none where all are 0."""
    if not max(around):
        return x
    return keras.layers.ZeroPadding3D(around, name=name)(x)

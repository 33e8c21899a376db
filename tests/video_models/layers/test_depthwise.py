import functools
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from video_models.layers import depthwise

KERNELS = ((3, 3, 3), (5, 3, 3), (1, 5, 5), (3, 1, 1), (1, 3, 3))
every_kernel = pytest.mark.parametrize("kernel", KERNELS, ids=str)


def borders(size, extent, stride, how):
    """Zeros before and after one axis, as the named software adds them."""
    if how == "around":
        return extent // 2, extent // 2
    if how == "causal":
        return extent - 1, 0
    if how == "valid":
        return 0, 0
    total = max((-(-size // stride) - 1) * stride + extent - size, 0)
    return total // 2, total - total // 2


def expected(x, kernel, strides, time, space):
    """The definition of a depthwise convolution, one tap after the other."""
    time = "around" if time == "same" else time
    how = (time, space, space)
    sizes, extents = x.shape[1:4], kernel.shape[:3]
    pads = [
        borders(*each)
        for each in zip(sizes, extents, strides, how, strict=True)
    ]
    x = np.pad(x, ((0, 0), *pads, (0, 0)))
    counts = [
        (size - extent) // stride + 1
        for size, extent, stride in zip(
            x.shape[1:4], extents, strides, strict=True
        )
    ]
    total = 0.0
    for tap in itertools.product(*map(range, extents)):
        place = tuple(
            slice(start, start + (count - 1) * stride + 1, stride)
            for start, count, stride in zip(tap, counts, strides, strict=True)
        )
        total = total + x[(slice(None), *place)] * kernel[tap]
    return total


def normal(*shape):
    return np.float32(np.random.default_rng(0).normal(size=shape))


def assert_is_as_defined(size, kernel, strides, time="same", space="around"):
    x = normal(2, 6, size, size, 3)
    layer = depthwise.DepthwiseConv3D(kernel, strides, time, space)
    found = layer(x)
    wanted = expected(x, np.asarray(layer.kernel), strides, time, space)
    assert layer.compute_output_shape(x.shape) == wanted.shape
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@every_kernel
@pytest.mark.parametrize("time", ["same", "causal", "valid"])
def test_every_kernel_and_padding_of_time(kernel, time):
    assert_is_as_defined(5, kernel, (1, 1, 1), time)


@every_kernel
@pytest.mark.parametrize("space", ["around", "same"])
@pytest.mark.parametrize("size", [6, 7])
def test_every_kernel_and_padding_of_space_with_stride_2(kernel, space, size):
    assert_is_as_defined(size, kernel, (1, 2, 2), space=space)


@pytest.mark.parametrize("kernel", [(3, 1, 1), (3, 3, 3)], ids=str)
@pytest.mark.parametrize("time", ["same", "causal", "valid"])
def test_stride_in_time(kernel, time):
    assert_is_as_defined(5, kernel, (2, 1, 1), time)


def test_bias_is_added():
    layer = depthwise.DepthwiseConv3D((3, 3, 3), use_bias=True)
    x = np.zeros((1, 3, 4, 4, 2), np.float32)
    layer(x)
    layer.bias.assign([1.0, 2.0])
    np.testing.assert_array_equal(layer(x)[0, 0, 0, 0], [1.0, 2.0])


def test_what_is_no_padding_is_refused():
    with pytest.raises(ValueError, match="wanted one of"):
        depthwise.DepthwiseConv3D((3, 3, 3), time="full")
    with pytest.raises(ValueError, match="wanted one of"):
        depthwise.DepthwiseConv3D((3, 3, 3), space="valid")


@functools.cache
def gradients(kernel, strides):
    """Of a random projection of the output: by input and by kernel."""
    x = np.float32(np.random.default_rng(1).normal(size=(2, 4, 6, 6, 3)))
    layer = depthwise.DepthwiseConv3D(kernel, strides)
    layer(x)
    wanted = expected(x, np.asarray(layer.kernel), strides, "same", "around")
    weight = np.random.default_rng(2).normal(size=wanted.shape)
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(layer(x) * np.float32(weight))
    return x, weight, layer, tape.gradient(loss, [x, layer.kernel.value])


@pytest.mark.parametrize("strides", [(1, 1, 1), (1, 2, 2)], ids=str)
@every_kernel
def test_gradients_are_those_of_the_definition(kernel, strides):
    x, weight, layer, (by_input, by_kernel) = gradients(kernel, strides)
    generator = np.random.default_rng(3)
    for at, found in ((x, by_input), (layer.kernel, by_kernel)):
        step = generator.normal(size=found.shape)
        inputs, taps = np.float64(x), np.float64(layer.kernel)
        # Linear in either, so a difference is the derivative itself.
        moved = (
            expected(step, taps, strides, "same", "around")
            if at is x
            else expected(inputs, step, strides, "same", "around")
        )
        np.testing.assert_allclose(
            np.sum(found * step), np.sum(moved * weight), rtol=1e-3, atol=1e-3
        )


def test_runs_in_bfloat16():
    layer = depthwise.DepthwiseConv3D((3, 3, 3), dtype="mixed_bfloat16")
    x = normal(1, 3, 4, 4, 2)
    found = keras.ops.cast(layer(x), "float32")
    wanted = expected(x, np.asarray(layer.kernel), (1,) * 3, "same", "around")
    np.testing.assert_allclose(found, wanted, atol=0.1)

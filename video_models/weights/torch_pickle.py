"""Unpickles PyTorch's containers without calling anything from the file.

Tensors become descriptions of their place in the file. Other objects, such as
the arguments of a run, become empty placeholders.
"""

import collections
import io
import pickle
from collections.abc import Iterator
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np

_DTYPES = {
    "DoubleStorage": np.float64,
    "FloatStorage": np.float32,
    "HalfStorage": np.float16,
    "BFloat16Storage": ml_dtypes.bfloat16,
    "LongStorage": np.int64,
    "IntStorage": np.int32,
    "ShortStorage": np.int16,
    "CharStorage": np.int8,
    "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
    "UntypedStorage": np.uint8,
}


class Storage(NamedTuple):
    """A block of numbers in the file."""

    key: str
    dtype: Any


class Tensor(NamedTuple):
    """A view of a storage; offset and strides count numbers, not bytes."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self, data: memoryview) -> np.ndarray:
        """Returns the array over its storage; ValueError if out of bounds."""
        numbers = np.frombuffer(data, self.storage.dtype)
        shape, strides = self.shape, self.strides
        steps = [
            (size - 1) * stride
            for size, stride in zip(shape, strides, strict=True)
        ]
        empty = 0 in shape
        last = self.offset + sum(steps)
        if min([*shape, *strides, self.offset, 0]) < 0 or (
            not empty and last >= len(numbers)
        ):
            raise ValueError("a tensor reaches out of its storage")
        return np.lib.stride_tricks.as_strided(
            numbers[self.offset :],
            shape,
            [stride * numbers.itemsize for stride in strides],
            writeable=False,
        )


def load(data: bytes) -> Any:
    """Loads a pickle."""
    return load_from(io.BytesIO(data))


def load_from(stream: Any) -> Any:
    """Loads the next pickle of a stream."""
    return _Unpickler(stream).load()


def tensors(content: Any, name: str = "") -> Iterator[tuple[str, Tensor]]:
    """Yields every tensor in nested containers, with its dotted name."""
    if isinstance(content, Tensor):
        yield name, content
        return
    if isinstance(content, dict):
        pairs = list(content.items())
    elif isinstance(content, list | tuple):
        pairs = list(enumerate(content))
    else:
        return
    for key, value in pairs:
        yield from tensors(value, f"{name}.{key}" if name else str(key))


def item_sizes(content: Any) -> dict[str, int]:
    """Returns the item size in bytes of each storage, by key."""
    return {
        tensor.storage.key: np.dtype(tensor.storage.dtype).itemsize
        for _, tensor in tensors(content)
    }


class _Unknown:
    """A placeholder for objects of any other class."""

    def __init__(self, *args: Any, **kwargs: Any):
        del args, kwargs

    def __setstate__(self, state: Any) -> None:
        del state

    def __setitem__(self, key: Any, value: Any) -> None:
        del key, value

    def append(self, value: Any) -> None:
        """Ignores the value."""

    def extend(self, values: Any) -> None:
        """Ignores the values."""

    def add(self, value: Any) -> None:
        """Ignores the value."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _KNOWN:
            return _KNOWN[module, name]
        if module.startswith("torch") and name in _DTYPES:
            return _DTYPES[name]
        return _Unknown

    def persistent_load(self, pid: Any) -> Any:
        kind, dtype, key, *_ = pid
        if kind != "storage" or dtype is _Unknown:
            raise ValueError(f"a {kind} of a kind that is not known")
        return Storage(str(key), dtype)


def _tensor(
    storage: Any, offset: int, size: Any, stride: Any, *_: Any
) -> Tensor | _Unknown:
    if not isinstance(storage, Storage):
        return _Unknown()
    return Tensor(storage, int(offset), tuple(size), tuple(stride))


def _parameter(data: Any, *_: Any) -> Any:
    return data


def _size(values: Any = ()) -> tuple[int, ...]:
    return tuple(values)


_KNOWN = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
    ("torch", "Size"): _size,
}

"""Reads PyTorch's checkpoint files without PyTorch.

It reads both formats, zip archives (PyTorch 1.6 or newer) and the older
sequence of pickles. Arrays are views of the file, read on use.
"""

import mmap
import pathlib
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from tfrecords_tools.base import errors
from video_models.weights import torch_pickle

_MAGIC = 0x1950A86A20F9469CFC6C
_LOCAL_HEADER = 30  # Bytes of a zip entry's own header, without its name.


def read(path: str | pathlib.Path) -> dict[str, np.ndarray]:
    """Reads every tensor of the file.

    Args:
        path: a `.pth`, `.pt` or `.bin` file.

    Returns:
        Arrays by the dotted names of nested containers, such as
        `model.blocks.0.norm1.weight`.

    Raises:
        UserError: it is no such file or is damaged.
    """
    try:
        with open(path, "rb") as stream:
            held = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        if zipfile.is_zipfile(path):
            return _of_archive(path, held)
        return _of_pickles(held)
    except errors.UserError:
        raise
    except Exception as error:  # Damaged pickles raise anything.
        raise errors.UserError(
            f"{path} cannot be read as a checkpoint of PyTorch "
            f"({type(error).__name__}: {error}): wanted a file of torch.save"
        ) from error


def _of_archive(path: str | pathlib.Path, held: mmap.mmap) -> dict:
    with zipfile.ZipFile(path) as archive:
        entries = {each.filename: each for each in archive.infolist()}
        (pickled,) = (n for n in entries if n.endswith("data.pkl"))
        folder = pickled.removesuffix("data.pkl")
        order = entries.get(f"{folder}byteorder")
        if order and archive.read(order) != b"little":
            raise errors.UserError(
                f"{path} was written by a big-endian machine"
            )
        content = torch_pickle.load(archive.read(pickled))

        def storage(key: str) -> memoryview:
            entry = entries[f"{folder}data/{key}"]
            if entry.compress_type != zipfile.ZIP_STORED:
                return memoryview(archive.read(entry))
            begin = entry.header_offset + _LOCAL_HEADER
            lengths = np.frombuffer(held[begin - 4 : begin], "<u2")
            begin += int(lengths.sum())  # Its name and what else stands there.
            return memoryview(held)[begin : begin + entry.file_size]

        return _named(content, storage)


def _of_pickles(held: mmap.mmap) -> dict:
    if torch_pickle.load_from(held) != _MAGIC:
        raise ValueError("its first number is another")
    torch_pickle.load_from(held)  # The version of the form.
    torch_pickle.load_from(held)  # The machine's byte order and widths.
    content = torch_pickle.load_from(held)
    keys = torch_pickle.load_from(held)
    sizes = torch_pickle.item_sizes(content)
    places = {}
    for key in keys:
        (count,) = np.frombuffer(held.read(8), "<i8")
        places[key] = (held.tell(), int(count) * sizes[key])
        held.seek(int(count) * sizes[key], 1)

    def storage(key: str) -> memoryview:
        begin, length = places[key]
        return memoryview(held)[begin : begin + length]

    return _named(content, storage)


def _named(content: Any, storage: Callable[[str], memoryview]) -> dict:
    return {
        name: tensor.array(storage(tensor.storage.key))
        for name, tensor in torch_pickle.tensors(content)
    }

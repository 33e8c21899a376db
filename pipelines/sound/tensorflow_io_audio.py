"""The audio functions of TensorFlow I/O, loaded where they are wanted."""

import functools
import types
import warnings


@functools.cache
def load() -> types.ModuleType:
    """`tensorflow_io.audio`, of which only what is Python works.

    The first import takes 0.03 s and 3 MB. It warns of C++ parts, which
    current TensorFlow cannot load and which nothing here uses: those two
    warnings are kept back.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tensorflow_io
    return tensorflow_io.audio

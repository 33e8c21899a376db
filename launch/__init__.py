"""Chooses, wires, runs."""

import os
import tempfile


def _start_tensorflow_quietly() -> None:
    """Loads TensorFlow without the lines that its libraries print.

    They come before any logging can be set up, and say of every CPU that it
    is not a GPU. Should loading fail, they are printed after all.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    kept = os.dup(2)
    with tempfile.TemporaryFile() as hidden:
        os.dup2(hidden.fileno(), 2)
        try:
            import tensorflow as tf

            tf.config.list_physical_devices()
        except BaseException:
            hidden.seek(0)
            os.write(kept, hidden.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


_start_tensorflow_quietly()

"""Chooses, wires, runs."""

import os
import signal
import tempfile
import threading


def _start_tensorflow_quietly() -> None:
    """Loads TensorFlow without the lines that its libraries print.

    They come before any logging can be set up, and say of every CPU that it
    is not a GPU. Should loading fail, they are printed after all.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    on_main = threading.current_thread() is threading.main_thread()
    if on_main:  # Ctrl-C while it loads ends without a trace.
        interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL)
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
            if on_main:
                signal.signal(signal.SIGINT, interrupt)


_start_tensorflow_quietly()

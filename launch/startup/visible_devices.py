"""Loads TensorFlow for a command and prints its devices.

Its libraries print lines before logging can be configured, for example on every
machine without a GPU. They are shown only if they matter: if loading fails, or
if the driver has a GPU that TensorFlow cannot use.
"""

import os
import pathlib
import re
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ABOUT_GPUS = re.compile(r"cuda|cudnn|gpu|dlopen|driver", re.IGNORECASE)


def load_tensorflow() -> None:
    """Imports TensorFlow and prints its devices to stderr."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with tempfile.TemporaryFile() as hidden:
        with _interruptible(), _stderr_into(hidden.fileno()):
            import tensorflow as tf

            gpus = tf.config.list_physical_devices("GPU")
        names = [
            tf.config.experimental.get_device_details(gpu).get(
                "device_name", gpu.name
            )
            for gpu in gpus
        ]
        hidden.seek(0)
        output = hidden.read().decode(errors="replace")
    print(describe(names, len(os.sched_getaffinity(0))), file=sys.stderr)
    if warning := unused_gpus(driver_gpus(), len(gpus), output):
        print(warning, file=sys.stderr)


def describe(gpus: list[str], cores: int) -> str:
    """One line about the devices; GPUs by their model names."""
    if not gpus:
        return f"device: CPU with {cores} cores, no GPU"
    plural = "s" if len(gpus) > 1 else ""
    return f"device{plural}: {len(gpus)} GPU{plural} ({', '.join(gpus)})"


def driver_gpus(root: str = "/") -> int:
    """Number of GPUs of the NVIDIA driver, unless hidden on purpose."""
    if os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in ("", "-1"):
        return 0
    listed = pathlib.Path(root, "proc/driver/nvidia/gpus")
    nodes = pathlib.Path(root, "dev").glob("nvidia[0-9]*")
    return len(list(listed.iterdir()) if listed.is_dir() else list(nodes))


def unused_gpus(visible: int, used: int, output: str) -> str:
    """A warning if TensorFlow can use no GPU of the driver, else "".

    Args:
        visible: GPUs of the driver.
        used: GPUs of TensorFlow.
        output: lines that TensorFlow printed while loading.
    """
    if used or not visible:
        return ""
    lines = [line for line in output.splitlines() if _ABOUT_GPUS.search(line)]
    return "\n".join(
        [
            f"warning: the NVIDIA driver shows {visible} GPU(s), TensorFlow "
            "can use none of them: everything runs on the CPU. Install the "
            "CUDA libraries with pip install 'video-models[gpu]' (in a "
            "checkout: make install GPU=1), or hide the GPU with "
            "CUDA_VISIBLE_DEVICES=-1. TensorFlow said:",
            *(f"  {line}" for line in lines or ["(no output)"]),
        ]
    )


@contextmanager
def _stderr_into(file: int) -> Iterator[None]:
    """Redirects file descriptor 2 to `file`; an exception prints it."""
    sys.stderr.flush()
    kept = os.dup(2)
    os.dup2(file, 2)
    try:
        yield
    except BaseException:
        os.lseek(file, 0, os.SEEK_SET)
        while block := os.read(file, 1 << 16):
            os.write(kept, block)
        raise
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Lets Ctrl-C end the process at once, as C extensions swallow it."""
    handler = signal.getsignal(signal.SIGINT)
    on_main = threading.current_thread() is threading.main_thread()
    if not on_main or handler is not signal.default_int_handler:
        yield  # Keeps an ignored Ctrl-C ignored.
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)

"""Clips that do to a decoding process what broken files can do."""

import os
import signal
import time

from tfrecords_tools.building import clip_records


def of_clip(job, clip):
    """Behaves as the file is called, else makes records of it."""
    if "crash" in clip.path:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "spin" in clip.path:
        while True:
            pass
    if "sleep" in clip.path:
        time.sleep(1000)
    if "bloat" in clip.path:
        bytearray(10**10)
    yield from clip_records.of_clip(job, clip)

"""The work of launch.embed for an engine: one chunk of an index a unit."""

import dataclasses
import functools
import math
import pathlib
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from launch.embedding import index_chunks, shard_rows, video_rows
from launch.prediction import isolated_frames
from launch.serving import loaded_model
from pipelines import batch
from tfrecords_tools.base import errors

_LOADING = threading.Lock()
_MOST_WINDOWS = 8
_MOST_PIXELS = 1 << 21  # EfficientNet-Lite0 at 224: 1.8 GB, not 2.8.


class ExportEncoder:
    """An exported model as the encoder of clips of shards.

    Attributes:
        clip: of its input.
        fingerprint: of its weights.
        batch_size: clips at a time.
    """

    def __init__(self, model: loaded_model.LoadedModel, batch_size: int):
        """Raises UserError if the model gives no features."""
        self.clip: batch.ClipSpec = model.metadata.clip
        self.fingerprint = model.features.fingerprint
        self.batch_size = min(batch_size, model.metadata.max_clips or 8)
        self._model = model

    def embed(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 [N, T, size, size, 3] to float32 [N, D]."""
        return self._model.embed(pixels)


class Embedder:
    """A worker with a decoder; all workers of a process share one model.

    Attributes:
        frames: of video files.
    """

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self.frames = isolated_frames.IsolatedFrames()

    def __enter__(self) -> "Embedder":
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends its decoder."""
        self.frames.close()

    def interrupt(self) -> None:
        """Ends the current chunk before its next batch."""
        self._stopped.set()
        self.frames.interrupt()

    def check_interrupted(self) -> None:
        """Raises InterruptedError after `interrupt`."""
        if self._stopped.is_set():
            raise InterruptedError("stopped")


@dataclasses.dataclass(frozen=True)
class EmbeddingWork:
    """Embeds chunks of an index.

    Attributes:
        model: folder of the exported version.
        root: of the videos or of the shards.
        output: folder of the index.
        recipe: JSON values that all rows depend on.
        batch_size: windows at a time.
    """

    model: str
    root: str
    output: str
    recipe: Any
    batch_size: int

    def start(self) -> Embedder:
        """Creates a worker."""
        return Embedder()

    def do(
        self,
        worker: Embedder,
        unit: index_chunks.Chunk,
        count: Callable[[], None] = lambda: None,
    ) -> None:
        """Writes one chunk; counts videos, or shards."""
        model, root = load(self.model), pathlib.Path(self.root)
        check = worker.check_interrupted
        if unit.split:
            encoder = ExportEncoder(model, self.batch_size)
            rows = shard_rows.embed(encoder, root, unit, check)
            for _ in unit.items:
                count()
        else:
            rows = video_rows.embed(
                model,
                root,
                unit.items,
                self.batch_size,
                check,
                count,
                worker.frames,
            )
            now = video_rows.digest_files(root, unit.items, self.recipe)
            if now != unit.digest:
                raise errors.UserError(
                    f"a video of {root} changed while it was read "
                    f"({unit.items[0]} or one of the "
                    f"{len(unit.items) - 1} after it): re-run the command "
                    "when the videos no longer change"
                )
        index_chunks.write_chunk(
            index_chunks.folder_of(self.output), unit, rows
        )

    def count_done(self, units: Sequence[index_chunks.Chunk]) -> int:
        """Counts the videos, or shards, of finished chunks."""
        return index_chunks.count_items(
            index_chunks.folder_of(self.output), units
        )


def default_batch_size(clip: batch.ClipSpec) -> int:
    """Windows that an encoder takes at a time, if nothing else is said."""
    pixels = math.prod(clip.shape[:3])
    return max(1, min(_MOST_WINDOWS, _MOST_PIXELS // pixels))


def load(model: str) -> loaded_model.LoadedModel:
    """The exported model, loaded once in a process and ready for threads.

    It has embedded a clip: TensorFlow crashed in every tenth run in which one
    thread traced its function while another one ran operations.
    """
    with _LOADING:
        return _load(model)


@functools.lru_cache(maxsize=1)
def _load(model: str) -> loaded_model.LoadedModel:
    loaded = loaded_model.LoadedModel(model)
    if loaded.metadata.features is not None:
        loaded.embed_jpegs(*loaded.golden.clips)
    return loaded

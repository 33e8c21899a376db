"""Samples in a folder of video files, one clip per file."""

import dataclasses
import pathlib

import numpy as np
import tensorflow as tf

from launch.generation import label_folders
from launch.prediction import held_frames
from pipelines import batch
from pipelines.decoding import frame_decoding
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import reader
from tfrecords_tools.source_parsing import video_files


class VideoSamples:
    """Clips of video files, with the interface of `sampler.Sampler`.

    Attributes:
        clip: the central clip of each file; short files are refused, as
            looping would change the metrics.
        labels: sorted names of the folders around the files; empty if a file
            is in none.
        available: number of samples.
    """

    def __init__(
        self,
        folder: str | pathlib.Path,
        clip: batch.ClipSpec,
        media: reader.Config,
    ):
        """Lists the videos.

        Args:
            folder: holds `<label>/<name>.mp4` or `<name>.mp4`.
            clip: how clips are sampled, as in evaluation.
            media: how frames are picked and stored, as for shards; frames
                are not scaled.

        Raises:
            UserError: there are no videos.
        """
        folder = pathlib.Path(folder)
        self._paths, _ = video_files.within(folder)
        if not self._paths:
            raise errors.UserError(
                f"--samples={folder}: wanted the --workdir of a "
                "generator's run, or a folder with videos"
            )
        self._within = [
            label_folders.label_of(path.relative_to(folder).parts[0])
            for path in self._paths
        ]
        is_flat = any(path.parent == folder for path in self._paths)
        self.labels = () if is_flat else tuple(sorted(set(self._within)))
        self.available = len(self._paths)
        self.clip = dataclasses.replace(clip, short="refuse")
        self._media = dataclasses.replace(
            media.as_jpeg(),
            short_side=None,
            height=None,
            width=None,
            fit="crop",
        )

    def sample(
        self, count: int, seed: int = 0
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Draws clips without repeats.

        Args:
            count: number of clips, at most `available`.
            seed: of the selection and its order.

        Returns:
            uint8 [count, T, H, W, 3], and label ids int32 [count], or None
            without labels.

        Raises:
            UserError: there are too few clips, or one is unreadable, too
                short or of another size.
        """
        if count > self.available:
            raise errors.UserError(
                f"got {self.available} sample(s), wanted {count}: generate "
                "more, or lower --count"
            )
        drawn = np.random.default_rng(seed).permutation(self.available)[:count]
        clips = np.stack([self._clip_of(self._paths[i]) for i in drawn])
        if not self.labels:
            return clips, None
        ids = [self.labels.index(self._within[i]) for i in drawn]
        return clips, np.int32(ids)

    def _clip_of(self, path: pathlib.Path) -> np.ndarray:
        """uint8 [T, H, W, 3], without scaling."""
        held = list(reader.read_frames(path, self._media))
        jpegs = held_frames.central_clip(path, held, self.clip)
        frames = frame_decoding.decode_clip(tf.constant(jpegs)).numpy()
        if frames.shape != self.clip.shape:
            height, width = frames.shape[1:3]
            raise errors.UserError(
                f"{printable.name(path)} has frames of "
                f"{height}x{width}, wanted {self.clip.size}x{self.clip.size}. "
                "Frames are not rescaled, as that would change the metrics: "
                f"train a feature network with --clip.size={height}"
            )
        return frames

"""Samples that lie in a folder of video files, one clip a file."""

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
    """To its caller the same as a generator.

    Attributes:
        clip: the clip in the middle of each file; none is looped, since that
            would be measured as if it had been generated.
        labels: names of the folders that the files lie in, sorted; empty
            where a file lies in none.
        available: how many samples there are.
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
            clip: how clips are taken, as evaluation takes them.
            media: how frames are picked and stored, as for shards; but none
                are scaled.

        Raises:
            UserError: there are no videos.
        """
        folder = pathlib.Path(folder)
        self._paths, _ = video_files.within(folder)
        if not self._paths:
            raise errors.UserError(
                f"--samples={folder}: wanted the --workdir of a run of a "
                "generator, or a folder with videos"
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
        """Some of the clips, drawn without repeats.

        Args:
            count: how many, at most `available`.
            seed: which ones, and in which order.

        Returns:
            uint8 [count, T, H, W, 3], and int32 [count] ids of labels, or
            None where there are none.

        Raises:
            UserError: there are too few, or one cannot be read, is too short
                or of another size.
        """
        if count > self.available:
            raise errors.UserError(
                f"got {self.available} sample(s), wanted {count}: make more, "
                "or lower --count"
            )
        drawn = np.random.default_rng(seed).permutation(self.available)[:count]
        clips = np.stack([self._clip_of(self._paths[i]) for i in drawn])
        if not self.labels:
            return clips, None
        ids = [self.labels.index(self._within[i]) for i in drawn]
        return clips, np.int32(ids)

    def _clip_of(self, path: pathlib.Path) -> np.ndarray:
        """uint8 [T, H, W, 3], pixels as they are."""
        held = list(reader.read_frames(path, self._media))
        jpegs = held_frames.central_clip(path, held, self.clip)
        frames = frame_decoding.decode_clip(tf.constant(jpegs)).numpy()
        if frames.shape != self.clip.shape:
            height, width = frames.shape[1:3]
            raise errors.UserError(
                f"{printable.name(path)} has frames of "
                f"{height}x{width}, wanted {self.clip.size}x{self.clip.size}. "
                "Nothing is scaled to fit, as that would be measured, too: "
                f"train a network for features with --clip.size={height}"
            )
        return frames

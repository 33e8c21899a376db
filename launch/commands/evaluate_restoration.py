"""Evaluates an exported super-resolution network on whole videos.

Each video is its own ground truth: its frames are downscaled (antialiased
bicubic of `tf.image.resize`, rounded to 8 bits), enlarged by the network in
windows and tiles as in `launch.enhance`, and compared with the originals.
Bicubic enlargement is the baseline.
"""

import collections
import dataclasses
import json
import pathlib
import sys
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from launch.enhancement import enhancer, frame_tiles, frame_windows
from launch.prediction import answers
from pipelines.decoding import frame_decoding
from tfrecords_tools.base import errors, flags, settings
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import pixel_video, reader
from tfrecords_tools.source_parsing import video_files
from video_models.layers.images import bicubic
from video_models.metrics import image_quality

_BICUBIC, _MODEL = "bicubic", "model"


@dataclasses.dataclass(frozen=True)
class Config:
    """Model and videos."""

    model: str = settings.setting("", "Output of launch.export.")
    videos: str = settings.setting(
        "", "A video file or a folder of videos.", any_name=True
    )
    max_frames: int | None = settings.setting(
        None, "Frames per video. Unset: all.", minimum=1
    )
    json: bool = settings.setting(
        False, "Print one line of JSON per video instead of a table."
    )


COMMAND = flags.Command(
    summary="Measures PSNR, SSIM and flicker of a super-resolution network.",
    settings=Config,
    sections={
        "protocol": image_quality.Protocol,
        "tile": frame_tiles.Config,
    },
    required=("model", "videos"),
    renamed={"most_frames": "max_frames"},
)


def main(resolved: flags.Resolved) -> int:
    """Prints one row per video and method; 1 if a video cannot be read."""
    config = resolved.settings
    network = enhancer.load(config.model)
    if network.factor == 1:
        raise errors.UserError(
            f"{network.path} has factor 1: wanted a network of "
            "--objective=super_resolution with a factor of 2 or more"
        )
    protocol = resolved.sections["protocol"]
    if not config.json:
        print(
            f"x{network.factor}, antialiased bicubic before, channel "
            f"{protocol.channel}, {protocol.border} pixels of border cut"
        )
        print(f"{'':10}{'PSNR':>8}{'SSIM':>8}{'flicker':>9}  frames, path")
    failed = 0
    for path in video_files.found_at(config.videos)[0]:
        try:
            evaluation = RestorationEvaluation(
                network, protocol, resolved.sections["tile"]
            )
            evaluation.measure(path, config.max_frames)
        except errors.UserError as error:
            if config.json:
                print(json.dumps(answers.error_row(path, error)), flush=True)
            print(f"error: {error}", file=sys.stderr)
            failed += 1
            continue
        _show(evaluation, path, config.json)
    return 1 if failed else 0


class RestorationEvaluation:
    """Accumulates the metrics of one video.

    Attributes:
        frames: number of frames compared.
    """

    def __init__(
        self,
        network: frame_windows.Enhancer,
        protocol: image_quality.Protocol,
        tiles: frame_tiles.Config = frame_tiles.Config(),
    ):
        """Starts with no frames."""
        self._network, self._protocol = network, protocol
        self._tiles, self.frames = tiles, 0
        self._upscale = bicubic.Upscale(network.factor)
        self._true: collections.deque = collections.deque()
        self._before: dict[str, tuple] = {}
        self._sums: dict[str, collections.Counter] = {
            _BICUBIC: collections.Counter(),
            _MODEL: collections.Counter(),
        }

    def measure(
        self, path: pathlib.Path, max_frames: int | None = None
    ) -> None:
        """Compares all frames, or the first `max_frames`.

        Raises:
            UserError: the video cannot be read.
        """
        network = self._network
        frame_windows.check(network)
        with pixel_video.PixelVideo(path, reader.Config.max_pixels) as video:
            windows = frame_windows.split(
                self._small(video, max_frames), network.frames, network.overlap
            )
            for window in windows:
                enhanced = frame_tiles.enhanced(window, network, self._tiles)
                large = self._upscale(
                    tf.cast(window.frames[window.kept], tf.float32)
                )
                true = np.stack([self._true.popleft() for _ in enhanced])
                self._compare(_MODEL, enhanced, true)
                self._compare(_BICUBIC, large, true)
                self.frames += len(true)

    def means(self) -> dict[str, dict[str, float]]:
        """Method to `psnr`, `ssim` and `flicker`, over all frames."""
        changes = max(1, self.frames - 1)
        return {
            method: {
                "psnr": sums["psnr"] / self.frames,
                "ssim": sums["ssim"] / self.frames,
                "flicker": sums["flicker"] / changes,
            }
            for method, sums in self._sums.items()
        }

    def _small(
        self, video: pixel_video.PixelVideo, max_frames: int | None
    ) -> Iterator[np.ndarray]:
        """Yields downscaled frames; queues the originals for comparison."""
        factor = self._network.factor
        for number, frame in enumerate(video.frames()):
            if number == max_frames:
                return
            height, width = (n // factor for n in frame.pixels.shape[:2])
            self._check_sides(video.path, *frame.pixels.shape[:2])
            true = frame.pixels[: height * factor, : width * factor]
            self._true.append(true)
            small = tf.image.resize(
                true, (height, width), "bicubic", antialias=True
            )
            yield frame_decoding.to_uint8(small).numpy()

    def _check_sides(self, path: str, height: int, width: int) -> None:
        factor, border = self._network.factor, self._protocol.border
        minimum = image_quality.WINDOW + 2 * border
        if min(height, width) // factor * factor < minimum:
            raise errors.UserError(
                f"{printable.name(path)}: {width}x{height}; for SSIM with a "
                f"--protocol.border of {border} wanted sides of "
                f"{-(-minimum // factor) * factor} at least"
            )

    def _compare(self, method: str, enhanced, true: np.ndarray) -> None:
        enhanced = np.asarray(enhanced, np.float32)
        pair = enhanced[None], true[None].astype(np.float32)
        sums = self._sums[method]
        quality = image_quality.measures(*pair, self._protocol)
        for name in ("psnr", "ssim"):
            sums[name] += float(quality[name][0]) * len(true)
        before = self._before.get(method)
        if before is not None:  # Includes the change from the previous window.
            pair = tuple(
                np.concatenate([old, new], axis=1)
                for old, new in zip(before, pair, strict=True)
            )
            quality = image_quality.measures(*pair, self._protocol)
        sums["flicker"] += float(quality["flicker"][0]) * (pair[0].shape[1] - 1)
        self._before[method] = tuple(each[:, -1:] for each in pair)


def _show(
    evaluation: RestorationEvaluation, path: pathlib.Path, as_json: bool
) -> None:
    means = evaluation.means()
    if as_json:
        name = printable.in_unicode(path)
        row = {"path": name, "frames": evaluation.frames, **means}
        print(json.dumps(row), flush=True)
        return
    for method, values in means.items():
        print(
            f"{method:10}{values['psnr']:8.2f}{values['ssim']:8.4f}"
            f"{values['flicker']:9.3f}  {evaluation.frames}, "
            f"{printable.name(path)}",
            flush=True,
        )

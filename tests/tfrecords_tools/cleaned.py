"""Rendered clips for the tests of cleaning, and what a step makes of them."""

import pathlib

import cv2
import numpy as np
import simplejpeg

from tests.tfrecords_tools.numbered_videos import write_video
from tfrecords_tools.base import registry
from tfrecords_tools.building import clip_cleaning
from tfrecords_tools.media import reader

HIGH, WIDE = 144, 192


def texture(seed: int = 0, size: tuple[int, int] = (HIGH, WIDE)) -> np.ndarray:
    """uint8 [h, w, 3] gray: shapes of all sizes with sharp edges."""
    random = np.random.default_rng(seed)
    image = np.full(size, 110, np.uint8)
    for _ in range(60):
        corner = [int(random.integers(-20, side)) for side in size[::-1]]
        sides = random.integers(4, 50, 2)
        end = [int(a + b) for a, b in zip(corner, sides, strict=True)]
        level = int(random.integers(10, 246))
        cv2.rectangle(image, corner, end, level, -1)
    return image[..., None].repeat(3, -1)


def moving(count: int, step: int = 4, seed: int = 0) -> list[np.ndarray]:
    """A texture that goes to the left, `step` pixels a frame."""
    wide = texture(seed, (HIGH, WIDE + step * count))
    return [wide[:, step * n : step * n + WIDE].copy() for n in range(count)]


def write(path: pathlib.Path, images: list[np.ndarray], **how) -> pathlib.Path:
    how.setdefault("options", {"crf": "4", "g": "12"})
    return write_video(path / "v.mp4", images, **how)


def decided(
    path: pathlib.Path,
    *names: str,
    media: reader.Config = reader.Config(),
    start: int = 0,
    end: int | None = None,
    **configs: dict,
) -> clip_cleaning.Decision:
    """What the named steps decide, with settings by the step's name."""
    steps = []
    for name in names:
        module = registry.load("tfrecords_tools.cleaning", name)
        config = module.Config(**configs.get(name, {}))
        steps.append(registry.Chosen(name, module, config))
    facts = reader.probe(path, media)
    return clip_cleaning.decide(steps, path, media, start, end, facts)


def read(
    path: pathlib.Path, decision: clip_cleaning.Decision | None = None, **media
) -> tuple[list[np.ndarray], list[int]]:
    """Stored frames, uint8 [h, w, 3] RGB, and their times."""
    config = reader.Config(**{"quality": 100, **media})
    treated = [decision.treatment] if decision else []
    frames = list(reader.read_frames(path, config, None, None, *treated))
    images = [simplejpeg.decode_jpeg(f.data, fastdct=False) for f in frames]
    return images, [f.time for f in frames]

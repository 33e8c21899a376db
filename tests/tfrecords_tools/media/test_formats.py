"""Real files of many formats, read by the reader and by PyAV alone."""

import functools
import pathlib
from fractions import Fraction
from typing import NamedTuple

import av
import pytest
import simplejpeg

from tfrecords_tools.media import reader

FORMATS = pathlib.Path(__file__).parents[3].parent / "shared/data/formats"
PATHS = sorted(path for path in FORMATS.rglob("*.*") if path.suffix != ".md")
BROKEN = {"syn_empty.mp4": "empty", "syn_truncated.mp4": "truncated"}
WHOLE = [path for path in PATHS if path.name not in BROKEN]

pytestmark = pytest.mark.skipif(not PATHS, reason="needs shared/data/formats")


class Presented(NamedTuple):
    """What a player shows.

    Attributes:
        times: of the frames, seconds from the container's start, in order.
        height: of a frame as it is shown, pixels.
        width: the same.
    """

    times: list[Fraction]
    height: int
    width: int


@functools.cache
def presented(path: pathlib.Path) -> Presented:
    """Read straight with PyAV: every frame by its own presentation time."""
    with av.open(str(path)) as file:
        stream = file.streams.best("video")
        frames = list(file.decode(stream))
        start = Fraction(file.start_time, av.time_base)
        stamps = {frame.pts for frame in frames} - {None}
        times = sorted(stamp * stream.time_base - start for stamp in stamps)
        size = frames[0].height, frames[0].width
        quarter_turns = round(frames[0].rotation / 90)
        return Presented(times, *(size[::-1] if quarter_turns % 2 else size))


@functools.cache
def status_and_frames(path: pathlib.Path) -> tuple[str, list[reader.Frame]]:
    """The status, and frames in a small size."""
    try:
        return "ok", list(reader.read_frames(path, reader.Config(short_side=8)))
    except reader.VideoError as error:
        return error.status, []


def named(path: pathlib.Path) -> str:
    return str(path.relative_to(FORMATS))


def test_28_files_are_there():
    assert len(PATHS) == 28


@pytest.mark.parametrize("path", PATHS, ids=named)
def test_every_file_gets_its_status(path):
    assert status_and_frames(path)[0] == BROKEN.get(path.name, "ok")


@pytest.mark.parametrize("path", WHOLE, ids=named)
def test_every_presented_frame_is_read_once(path):
    assert len(status_and_frames(path)[1]) == len(presented(path).times)


@pytest.mark.parametrize("path", WHOLE, ids=named)
def test_frames_have_their_own_times(path):
    found = [frame.time for frame in status_and_frames(path)[1]]
    wanted = [float(1_000_000 * time) for time in presented(path).times]
    assert found == pytest.approx(wanted, abs=1)


@pytest.mark.parametrize("path", WHOLE, ids=named)
def test_frames_have_their_size_upright(path):
    config = reader.Config(short_side=None)
    frame = next(reader.read_frames(path, config))
    wanted = [side // 2 * 2 for side in presented(path)[1:]]
    assert [frame.height, frame.width] == wanted
    assert list(simplejpeg.decode_jpeg(frame.data).shape[:2]) == wanted


@pytest.mark.parametrize("path", WHOLE, ids=named)
def test_the_facts_agree_with_the_frames(path):
    metadata, (times, height, width) = reader.probe(path), presented(path)
    sides = {metadata.height, metadata.width}
    assert sides == {height, width}
    assert metadata.rotation % 180 == (0 if metadata.height == height else 90)
    last = status_and_frames(path)[1][-1].end_time / 1e6
    assert metadata.seconds >= last - 0.05
    if metadata.frame_rate and len(times) > 1 and not metadata.variable_rate:
        rate = (len(times) - 1) / float(times[-1] - times[0])
        assert metadata.frame_rate == pytest.approx(rate, rel=0.02)


@pytest.mark.parametrize("name, status", BROKEN.items())
def test_a_broken_file_cannot_be_probed_or_read(name, status):
    assert status_and_frames(FORMATS / name) == (status, [])

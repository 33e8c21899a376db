"""Real files of many formats come out whole, with their audio."""

import functools
import pathlib
from typing import NamedTuple

import av
import pytest

from launch.enhancement import enhanced_video, frame_tiles
from tests.launch import enhancers
from tfrecords_tools.base import errors
from tfrecords_tools.media import pixel_video

FORMATS = pathlib.Path(__file__).parents[3].parent / "shared/data/formats"
PATHS = sorted(path for path in FORMATS.rglob("*.*") if path.suffix != ".md")
BROKEN = {"syn_empty.mp4": "empty file", "syn_truncated.mp4": "is cut"}
WHOLE = [path for path in PATHS if path.name not in BROKEN]
MOST_PIXELS, MOST_FRAMES = 1 << 26, 12

pytestmark = [
    pytest.mark.skipif(not PATHS, reason="needs shared/data/formats"),
    pytest.mark.slow,
]


class Played(NamedTuple):
    """What a player sees and hears.

    Attributes:
        frames: how many.
        start: when the first one is shown, seconds.
        end: until when the last one is.
        size: height and width.
        audio: languages of the audio tracks that can be decoded.
    """

    frames: int
    start: float
    end: float
    size: tuple[int, int]
    audio: list[str | None]


def played(path, most=None):
    with pixel_video.PixelVideo(path, MOST_PIXELS) as video:
        times = []
        for frame in video.frames():
            times.append((frame.time / 1e6, frame.end_time / 1e6))
            if len(times) == most:
                break
        size = video.height, video.width
    with av.open(str(path)) as file:
        count = len(file.streams.audio)
    audio = []
    for number in range(count):
        with av.open(str(path)) as file:
            track = file.streams.audio[number]
            assert next(file.decode(track)).samples
            language = track.language
            audio.append(None if language == "und" else language)
    return Played(len(times), times[0][0], times[-1][1], size, audio)


def enhance(path, output):
    with pixel_video.PixelVideo(path, MOST_PIXELS) as video:
        return enhanced_video.write(
            enhancers.Nearest(frames=3, overlap=1),
            video,
            output,
            tiles=frame_tiles.Config(size=2000),
            max_frames=MOST_FRAMES,
        )


def named(path):
    return str(path.relative_to(FORMATS))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    @functools.cache
    def make(path: pathlib.Path, ending: str) -> Played:
        output = tmp_path_factory.mktemp("made") / f"out.{ending}"
        enhance(path, output)
        return played(output)

    return make


@pytest.mark.parametrize(
    "ending", ["mp4", pytest.param("mkv", marks=pytest.mark.full)]
)
@pytest.mark.parametrize("path", WHOLE, ids=named)
def test_every_file_comes_out_whole(path, ending, made):
    before, after = played(path, MOST_FRAMES), made(path, ending)
    assert after.frames == before.frames and after.audio == before.audio
    frame = (before.end - before.start) / before.frames
    assert after.start == pytest.approx(before.start, abs=0.001)
    assert after.end == pytest.approx(before.end, abs=frame)
    assert after.size == before.size  # All of them are even.


@pytest.mark.parametrize("name, match", BROKEN.items())
def test_a_broken_file_is_named_and_nothing_written(name, match, tmp_path):
    with pytest.raises(errors.UserError, match=f"{name}.*{match}"):
        enhance(FORMATS / name, tmp_path / "out.mp4")
    assert not list(tmp_path.iterdir())


def test_what_is_left_out_is_said(tmp_path):
    path = FORMATS / "multistream_subtitles_nasa.mp4"
    remarks = enhance(path, tmp_path / "out.mp4").remarks
    assert "left out: 1 further video track, 2 subtitle tracks" in remarks

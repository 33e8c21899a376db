"""Videos of which every frame's number and time is known, by name.

What is hard about each stands in its name: rates, containers, edit lists,
B-frames, late starts, rotation, few key frames.
"""

import functools
import pathlib
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from tests.tfrecords_tools import numbered_videos, oriented_videos

FILM, NTSC = Fraction(1001, 24000), Fraction(1001, 30000)
coded = functools.cache(numbered_videos.coded)


class Made(NamedTuple):
    """A video and what it shows.

    Attributes:
        path: the file.
        times: when each frame is shown, seconds from the container's start.
        numbers: those of the frames shown.
        end: of the last frame; None where the file does not say.
        tick: of the container's clock, at most, seconds.
    """

    path: pathlib.Path
    times: list[Fraction]
    numbers: list[int]
    end: Fraction | None
    tick: Fraction


def even(
    name: str,
    count: int = 110,
    period: Fraction = Fraction(1, 30),
    options: str = "g=24 bf=2",
    container: str = "",
    tick: Fraction = Fraction(1, 10_000),
    first: int = 0,
    rotation: int = 0,
    mirror: str = "",
    **settings,
) -> Callable[[pathlib.Path], Made]:
    """A video of one frame a period, the first one `first` periods late."""

    def make(folder: pathlib.Path) -> Made:
        path = numbered_videos.write_video(
            folder / name,
            [turned(number, rotation, mirror) for number in range(count)],
            [first + number for number in range(count)],
            period,
            rotation=rotation,
            display_matrix=oriented_videos.by_name(mirror) if mirror else None,
            options=pairs(options),
            container_options=pairs(container),
            **settings,
        )
        delay = first if "sound_seconds" in settings else 0
        times = [(delay + number) * period for number in range(count)]
        numbers = list(range(count))
        return Made(path, times, numbers, times[-1] + period, tick)

    return make


def uneven(
    name: str, options: str = "g=24 bf=2", tick=Fraction(1, 500), **settings
) -> Callable[[pathlib.Path], Made]:
    """A video whose frames are shown for 6 to 150 ms, one for 2 s."""

    def make(folder: pathlib.Path) -> Made:
        steps = np.random.default_rng(5).integers(6, 150, 80)
        steps[50] = 2000
        stamps = [0, *(int(stamp) for stamp in steps.cumsum())]
        path = numbered_videos.write_video(
            folder / name,
            [coded(number) for number in range(81)],
            stamps,
            Fraction(1, 1000),
            options=pairs(options),
            **settings,
        )
        times = [Fraction(stamp, 1000) for stamp in stamps]
        return Made(path, times, list(range(81)), None, tick)

    return make


def edited(
    edits: list[tuple[float, float | None]], **settings
) -> Callable[[pathlib.Path], Made]:
    """An mp4 of 30 frames a second with another edit list.

    Its frames are shown 1/15 s late on the track's own clock, because two
    B-frames follow one another.
    """
    period, late = Fraction(1, 30), Fraction(1, 15)

    def make(folder: pathlib.Path) -> Made:
        plain = even("edited.mp4", **settings)(folder)
        rows = [
            (length, None if start is None else float(start + late))
            for length, start in edits
        ]
        numbered_videos.replace_edits(plain.path, rows)
        times, numbers, now = [], [], Fraction(0)
        for length, start in edits:
            if start is not None:
                first = round(start / period)
                for place in range(round(length / period)):
                    times.append(now + place * period)
                    numbers.append(first + place)
            now += Fraction(length)
        return Made(plain.path, times, numbers, now, plain.tick)

    return make


def pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split())


@functools.cache
def turned(number: int, degrees: int, mirror: str) -> np.ndarray:
    if mirror:  # Each is its own inverse.
        matrix = oriented_videos.EIGHT[mirror]
        return oriented_videos.shown(coded(number), matrix)
    return np.ascontiguousarray(np.rot90(coded(number), -degrees // 90))


MS = Fraction(1, 1000)
SOUND = {"sound_seconds": 5, "sound_codec": "pcm_s16le"}
VPX = "g=24 deadline=realtime cpu-used=8 b=2M"
VIDEOS = {
    "constant": even("v.mp4"),
    "ntsc": even("v.mp4", period=NTSC),
    "film": even("v.mp4", period=FILM),
    "fast": even("v.mp4", 400, Fraction(1, 120)),
    "slow": even("v.mp4", 20, Fraction(1, 2)),
    "one frame": even("v.mp4", 1),
    "variable mp4": uneven("v.mp4", tick=MS),
    "variable mkv": uneven("v.mkv"),
    "variable webm": uneven("v.webm", VPX, codec="libvpx"),
    "rotated 90": even("v.mp4", rotation=90),
    "rotated 180": even("v.mp4", rotation=180),
    "rotated 270": even("v.mov", rotation=270),
    "mirrored": even("v.mp4", mirror="mirrored"),
    "upside down": even("v.mov", mirror="upside down"),
    "transposed": even("v.mp4", mirror="transposed"),
    "transposed other way": even("v.mov", mirror="transposed the other way"),
    "no B-frames": even("v.mp4", options="g=24 bf=0"),
    "B-pyramid": even(
        "v.mp4", options="g=60 bf=7 b_strategy=0 b-pyramid=normal refs=5"
    ),
    "open GOP": even(
        "v.mp4", options="x264-params=open-gop=1:keyint=15:bframes=3:b-adapt=0"
    ),
    "open GOP mkv": even(
        "v.mkv",
        options="x264-params=open-gop=1:keyint=15:bframes=3:b-adapt=0",
        tick=MS,
    ),
    "open GOP ts": even(
        "v.ts", options="x264-params=open-gop=1:keyint=15:bframes=3:b-adapt=0"
    ),
    "open GOP hevc": even(
        "v.mp4",
        codec="libx265",
        options="preset=ultrafast x265-params="
        "open-gop=1:keyint=15:bframes=4:b-adapt=0:log-level=none",
    ),
    "intra refresh": even(
        "v.mp4", options="x264-params=intra-refresh=1:keyint=20:bframes=0"
    ),
    "one key frame": even("v.mp4", 750, options="g=1000 bf=2"),
    "one key frame mkv": even("v.mkv", 750, options="g=1000 bf=2", tick=MS),
    "edits skip the start": edited([(2.5, Fraction(17, 30))]),
    "edits skip the end": edited([(1.5, 0)]),
    "edits delay": edited([(0.5, None), (3, 0)], **SOUND),
    "edits cut": edited([(1, 0), (1.5, 2)]),
    "edits repeat": edited([(1.5, 1), (1.5, 1)]),
    "late mov": even("v.mov", first=15, **SOUND),
    "late mkv": even("v.mkv", first=15, tick=MS, **SOUND),
    "late mp4": even("v.mp4", first=75, sound_seconds=7, sound_codec="mp3"),
    "second track mov": even("v.mov", sound_first=True, **SOUND),
    "second track mkv": even("v.mkv", tick=MS, sound_first=True, **SOUND),
    "second track avi": even(
        "v.avi",
        codec="mpeg4",
        options="bf=2",
        sound_first=True,
        tick=MS,
        **SOUND,
    ),
    "starts at 10 s mkv": even("v.mkv", first=300, tick=MS),
    "starts at 10 s ts": even("v.ts", first=300),
    "starts at 10 s mp4": even("v.mp4", first=300),
    "wrapping clock ts": even("v.ts", container="output_ts_offset=95441"),
    "fragmented": even("v.mp4", container="movflags=frag_keyframe+empty_moov"),
    "fragmented, edits": even(
        "v.mp4", container="movflags=frag_keyframe+delay_moov"
    ),
    "fragmented dash": even("v.mp4", container="movflags=dash"),
    "mkv": even("v.mkv", tick=MS),
    "mov": even("v.mov"),
    "ts": even("v.ts"),
    "flv": even("v.flv", tick=MS),
    "avi": even("v.avi", codec="mpeg4", options="g=24", tick=MS),
    "avi B-frames": even("v.avi", codec="mpeg4", options="g=24 bf=2", tick=MS),
    "avi h264": even("v.avi", tick=MS),
    "mjpeg avi": even(
        "v.avi", codec="mjpeg", pix_fmt="yuvj420p", options="g=1", tick=MS
    ),
    "mpeg2 ts": even("v.ts", codec="mpeg2video", options="g=15 bf=2 b=4M"),
    "mpeg2 mpg": even("v.mpg", codec="mpeg2video", options="g=15 bf=2 b=4M"),
    "hidden frames vp8": even(
        "v.webm",
        codec="libvpx",
        options=VPX.replace("realtime", "good")
        + " auto-alt-ref=1 lag-in-frames=12",
        tick=MS,
    ),
    "hidden frames vp9": even(
        "v.webm",
        codec="libvpx-vp9",
        options=VPX.replace("realtime", "good")
        + " auto-alt-ref=1 lag-in-frames=12",
        tick=MS,
    ),
    "av1": even(
        "v.mkv", codec="libsvtav1", options="g=24 preset=8 crf=2", tick=MS
    ),
}

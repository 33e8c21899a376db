"""Which videos the contenders are given, and what the peer needs to know."""

import pathlib
import shutil
import subprocess

from tests.benchmarks.encoding import build_command, contenders
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader
from tfrecords_tools.source_parsing import video_files


def usable(folder: pathlib.Path, short_side: int) -> list[contenders.Video]:
    """The videos below a folder that every contender can read.

    Raises:
        UserError: there are none.
    """
    found = []
    for path in video_files.within(folder)[0]:
        try:
            facts = reader.probe(path)
            side = min(short_side, facts.width, facts.height)
            rate = facts.frame_rate or 25
            video = contenders.Video(path, facts.seconds, rate, side)
            if not (
                contenders.read(video) and contenders.extract(video).frames
            ):
                raise ValueError(f"{path}: ffmpeg gives no frames")
            found.append(video)
        except (reader.VideoError, OSError, ValueError) as error:
            print(f"left out: {error}")
        except subprocess.CalledProcessError:
            print(f"left out: {path}: ffmpeg fails")
    if not found:
        raise errors.UserError(f"{folder}: wanted a folder of videos")
    # The long ones first, or the last one would keep one process waiting.
    return sorted(found, key=lambda video: -video.path.stat().st_size)


def linked(
    videos: list[contenders.Video], folder: pathlib.Path
) -> list[contenders.Video]:
    """Puts all into one new folder, without copying if it can."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found = []
    for number, video in enumerate(videos):
        path = folder / f"{number:05}{video.path.suffix}"
        build_command.link(video.path, path)
        found.append(video._replace(path=path))
    return found


def quality_like_ours(videos: list[contenders.Video]) -> int:
    """The peer's `-q:v` whose JPEGs are nearest to ours in size."""
    wanted = sum(contenders.read(video).size for video in videos)
    return min(
        range(2, 9),
        key=lambda quality: abs(
            sum(contenders.extract(video, quality).size for video in videos)
            - wanted
        ),
    )

"""Asks an exported model about video files.

python -m launch.predict --model=EXPORT --videos=FILE_OR_FOLDER
"""

import dataclasses
import itertools
import json
import pathlib
import sys
from collections.abc import Iterator

import numpy as np

from launch import reports, serving, video_windows
from tfrecords_tools.base import errors, flags, settings
from tfrecords_tools.media import video_names


@dataclasses.dataclass(frozen=True)
class Config:
    """Which model, which videos, and how to answer."""

    model: str = settings.setting("", "Output of launch.export.")
    videos: str = settings.setting("", "A video file, or a folder of them.")
    window_seconds: float | None = settings.setting(
        None,
        "One answer a window of so many seconds; not given: one a video, "
        "averaged over windows that cover it.",
        minimum=0.01,
    )
    json: bool = settings.setting(
        False, "JSON lines for programs instead of a table."
    )
    batch_size: int = settings.setting(8, "Clips at a time.", minimum=1)


COMMAND = flags.Command(
    summary="Predicts the labels of video files with an exported model.",
    settings=Config,
)


def main(resolved: flags.Resolved) -> int:
    """Prints a row a video or window; 1 where a video could not be read."""
    asked = resolved.settings
    for name in ("model", "videos"):
        if not getattr(asked, name):
            raise errors.UserError(f"--{name} is not given; see --help")
    model = serving.Loaded(asked.model)
    paths, passed_over = _files(pathlib.Path(asked.videos))
    show = _print_json if asked.json else _print_row
    if not asked.json:
        print(f"{'seconds':<18}{'label':<20}{'score':>6}  path")
    failed = 0
    for path in paths:
        try:
            for row in predict(model, path, asked):
                show(row)
        except errors.UserError as error:
            if asked.json:
                _print_json({"path": str(path), "error": str(error)})
            print(f"error: {error}", file=sys.stderr)
            failed += 1
    print(
        f"{len(paths) - failed} of {len(paths)} videos predicted"
        + (f"; {passed_over} other files passed over" if passed_over else ""),
        file=sys.stderr,
    )
    return 1 if failed else 0


def predict(
    model: serving.Loaded, path: pathlib.Path, asked: Config
) -> Iterator[dict]:
    """The answers about one video: path, label, score, five best, seconds.

    Raises:
        UserError: the video cannot be read.
    """
    clip, media = model.facts.clip, model.facts.media
    if asked.window_seconds is None:
        windows = video_windows.of_whole_video(path, clip, media)
    else:
        windows = video_windows.of_seconds(
            path, clip, media, asked.window_seconds
        )
    total, count, first, last = 0.0, 0, None, 0.0
    while some := list(itertools.islice(windows, asked.batch_size)):
        scores = model.scores([window.jpegs for window in some])
        if asked.window_seconds is not None:
            for window, row in zip(some, scores, strict=True):
                yield _answer(model, path, row, *window[:2])
        total, count = total + scores.sum(axis=0), count + len(some)
        first = some[0].start_seconds if first is None else first
        last = some[-1].end_seconds
    if asked.window_seconds is None:
        yield _answer(model, path, total / count, first, last)


def _answer(
    model: serving.Loaded, path: pathlib.Path, scores, start, end
) -> dict:
    labels = model.facts.labels
    best = np.argsort(-scores)[:5]
    five = [{"label": labels[i], "score": float(scores[i])} for i in best]
    return {
        "path": str(path),
        **five[0],
        "best": five,
        "seconds": [start, end],
    }


def _files(path: pathlib.Path) -> tuple[list[pathlib.Path], int]:
    """The videos to ask about, and how many files do not look like one."""
    if path.is_file():
        return [path], 0
    every = [p for p in path.rglob("*") if p.is_file()]
    found = sorted(p for p in every if video_names.is_likely(p.name))
    if not found:
        raise errors.UserError(
            f"--videos={path}: wanted a video file, or a folder with videos"
        )
    return found, len(every) - len(found)


def _print_json(row: dict) -> None:
    print(json.dumps(row), flush=True)


def _print_row(row: dict) -> None:
    times = " - ".join(reports.clock_tenths(s) for s in row["seconds"])
    print(
        f"{times:<18}{row['label'][:19]:<20}{row['score']:>6.3f}  "
        f"{row['path']}",
        flush=True,
    )


if __name__ == "__main__":
    flags.main(COMMAND, main)

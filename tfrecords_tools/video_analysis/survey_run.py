"""Surveys all videos of a build, each in an isolated process.

Results are kept in the folder of the build, so that a resumed build surveys
no video twice.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
from collections.abc import Iterator, Mapping
from typing import IO, Any

from tfrecords_tools import output_folder
from tfrecords_tools.base import (
    atomic_write,
    isolated,
    progress,
    versions,
    worker_pool,
)
from tfrecords_tools.base.files import path_state
from tfrecords_tools.media import image_folder
from tfrecords_tools.video_analysis import video_fingerprint, video_survey

NAME = f"videos{output_folder.SURVEY}"
_MADE_BY = ("av", "opencv-python-headless", "scenedetect-headless")
Surveys = dict[str, video_survey.Survey]


def survey_all(
    paths: Mapping[str, str | os.PathLike],
    needs: video_survey.Needs,
    max_pixels: int,
    limits: isolated.Config,
    workers: int,
    folder: pathlib.Path,
) -> Surveys:
    """Surveys videos.

    Args:
        paths: path relative to the folder of the videos, as a key of the
            result, to where the video is.
        needs: what to find out.
        max_pixels: videos with larger frames are refused.
        limits: per video.
        workers: processes.
        folder: where results are kept.

    Returns:
        Path to survey; the status of a failed survey is not "ok".
    """
    keys = {
        path: _key(place, needs, max_pixels) for path, place in paths.items()
    }
    with atomic_write.explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        known = _read(folder / NAME)
        found = {p: known[key] for p, key in keys.items() if key in known}
        left = [path for path in paths if path not in found]
        with (
            open(folder / NAME, "a", encoding="utf-8") as notes,
            progress.bar("analysing videos", len(paths)) as update,
        ):

            def work(process: isolated.Process, path: str) -> None:
                try:
                    *_, survey = process.run(paths[path])
                except isolated.Died as death:
                    survey = video_survey.Survey(death.status, death.reason)
                else:  # A crash is not recorded: a retry may succeed.
                    _note(notes, keys[path], survey)
                found[path] = survey

            worker_pool.run(
                lambda: isolated.Process(limits, _survey, needs, max_pixels),
                left,
                workers,
                work,
                lambda: update(len(found)),
            )
    return found


def _survey(
    needs: video_survey.Needs, max_pixels: int, path: str | os.PathLike
) -> Iterator[video_survey.Survey | None]:
    yield from video_survey.examine_in_steps(path, needs, max_pixels)


def _key(
    path: str | os.PathLike, needs: video_survey.Needs, max_pixels: int
) -> str:
    try:
        state: Any = tuple(path_state.read(path))
    except OSError:
        state = None
    made_by = versions.list_versions(_MADE_BY)
    known = os.fspath(path), state, needs, max_pixels, made_by
    if isinstance(path, image_folder.ImageFolder):
        known += (path.frame_rate,)
    text = repr(known)
    return hashlib.sha256(text.encode()).hexdigest()


def _note(notes: IO[str], key: str, survey: video_survey.Survey) -> None:
    values = dataclasses.asdict(survey)
    print_of = survey.fingerprint
    if print_of is not None:
        values["fingerprint"] = [
            part.hex() if isinstance(part, bytes) else part for part in print_of
        ]
    notes.write(json.dumps([key, values]) + "\n")
    notes.flush()


def _read(path: pathlib.Path) -> Surveys:
    """Key to survey; ignores a truncated last line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return {}
    found = {}
    for line in lines:
        try:
            key, values = json.loads(line)
            found[key] = _from_json(values)
        except (ValueError, TypeError, KeyError):
            continue
    return found


def _from_json(values: dict[str, Any]) -> video_survey.Survey:
    fingerprint = values.pop("fingerprint")
    if fingerprint is not None:
        fingerprint = video_fingerprint.Fingerprint(
            *(
                bytes.fromhex(p) if isinstance(p, str) else p
                for p in fingerprint
            )
        )
    shots = tuple(values.pop("shots"))
    return video_survey.Survey(**values, shots=shots, fingerprint=fingerprint)

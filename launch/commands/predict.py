"""Predicts the labels of video files with an exported model."""

import dataclasses
import itertools
import json
import pathlib
import sys
from collections.abc import Iterator

from launch.prediction import (
    answer_table,
    answers,
    file_audio,
    file_texts,
    isolated_frames,
    video_stream,
    video_windows,
)
from launch.serving import loaded_model
from tfrecords_tools.base import errors, flags, settings
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import reader
from tfrecords_tools.source_parsing import video_files


@dataclasses.dataclass(frozen=True)
class Config:
    """Model, videos and output."""

    model: str = settings.setting("", "Output of launch.export.")
    videos: str = settings.setting(
        "",
        "A video file or a folder of videos; for a stream also a FIFO, or - "
        "for standard input.",
        any_name=True,
    )
    stream: bool = settings.setting(
        False,
        "Predict while the video arrives, with a running prediction for each "
        "chunk of frames; for models exported with --stream.",
    )
    window_seconds: float | None = settings.setting(
        None,
        "One prediction per window of this length. Unset: one per video, "
        "averaged over windows that cover it. For a stream: seconds after "
        "which the states are reset; unset: never.",
        minimum=0.01,
    )
    text: str | None = settings.setting(
        None, "Text of each video, for models that read; unset: none."
    )
    texts: str | None = settings.setting(
        None,
        "Texts of the videos, instead of --text: a CSV file with the columns "
        "path, relative to --videos, and text.",
    )
    json: bool = settings.setting(False, "Print JSON lines instead of a table.")
    batch_size: int = settings.setting(8, "Clips per batch.", minimum=1)


COMMAND = flags.Command(
    summary="Predicts the labels of video files with an exported model.",
    settings=Config,
    required=("model", "videos"),
)


def main(resolved: flags.Resolved) -> int:
    """Prints one row per video or window; 1 if a video cannot be read."""
    config = resolved.settings
    model = loaded_model.LoadedModel(config.model)
    if config.stream:
        return _follow(model, config)
    model.check_scores()
    paths, skipped = video_files.found_at(config.videos)
    root = pathlib.Path(config.videos)
    texts = file_texts.FileTexts(
        model.metadata,
        config.text,
        config.texts,
        root if root.is_dir() else root.parent,
    )
    show = (
        _print_json if config.json else answer_table.start_table(model.metadata)
    )
    failed = 0
    with (
        isolated_frames.IsolatedFrames() as read,
        file_audio.IsolatedAudio() as hear,
    ):
        for path in paths:
            try:
                text = texts.text_of(path)
                for row in predict(model, path, config, read, hear, text):
                    show(row)
            except errors.UserError as error:
                if config.json:
                    _print_json(answers.error_row(path, error))
                print(f"error: {error}", file=sys.stderr)
                failed += 1
    print(
        f"{len(paths) - failed} of {len(paths)} videos predicted"
        + (f"; {skipped} other files skipped" if skipped else ""),
        file=sys.stderr,
    )
    return 1 if failed else 0


def predict(
    model: loaded_model.LoadedModel,
    path: pathlib.Path,
    config: Config,
    read: isolated_frames.Read = reader.read_frames,
    hear: file_audio.Decode = file_audio.decode,
    text: str = "",
) -> Iterator[dict]:
    """Yields the predictions for one video, see `answers.make_row`.

    Args:
        model: the model.
        path: of the video.
        config: of the command.
        read: the frames of a video.
        hear: the audio of a video, for models that hear.
        text: of the video, for models that read.

    Raises:
        UserError: the video cannot be read.
    """
    clip, media = model.metadata.clip, model.metadata.media
    if config.window_seconds is None:
        windows = video_windows.cover_video(path, clip, media, read)
    else:
        windows = video_windows.split_by_seconds(
            path, clip, media, config.window_seconds, read
        )
    at_once = min(
        config.batch_size, model.metadata.max_clips or config.batch_size
    )
    audio = model.metadata.audio and file_audio.FileAudio(
        path, model.metadata, hear
    )
    totals, count, first, last = {}, 0, None, 0.0
    time_steps: list[dict] = []
    while batch := list(itertools.islice(windows, at_once)):
        outputs = model.answers(
            [window.jpegs for window in batch],
            [audio.cut(window.span) for window in batch] if audio else (),
            [text] * len(batch),
        )
        for index, window in enumerate(batch):
            scores = {k: v[index] for k, v in outputs.items()}
            step_rows = answers.time_step_rows(
                model.metadata, scores, window[:2]
            )
            if config.window_seconds is not None:
                yield answers.make_row(
                    model.metadata, path, scores, window[:2], step_rows
                )
            time_steps += step_rows
            for name, values in scores.items():
                totals[name] = totals.get(name, 0.0) + values
        count += len(batch)
        first = batch[0].start_seconds if first is None else first
        last = batch[-1].end_seconds
    if config.window_seconds is None:
        means = {name: total / count for name, total in totals.items()}
        yield answers.make_row(
            model.metadata, path, means, (first, last), time_steps
        )


def _follow(model: loaded_model.LoadedModel, config: Config) -> int:
    """Prints running predictions and a summary of each video; see `main`."""
    show = (
        _print_json
        if config.json
        else answer_table.start_table(model.metadata, "path, delay")
    )
    code = 0
    for path in _streams(config.videos):
        predictor = video_stream.StreamPredictor(
            model, path, config.window_seconds
        )
        try:
            for answer in predictor.predict():
                times = answer.start_seconds, answer.end_seconds
                scores = {"scores": answer.scores}
                row = answers.make_row(model.metadata, path, scores, times)
                show({**row, "delay_seconds": answer.delay_seconds})
        except KeyboardInterrupt:
            code = 130
        except errors.UserError as error:
            if config.json:
                _print_json(answers.error_row(path, error))
            print(f"error: {error}", file=sys.stderr)
            code = 1
        summary = predictor.summary()
        if config.json:
            shown = printable.in_unicode(path)
            _print_json({"path": shown, "summary": summary})
        elif predictor.frames or code != 1:
            print(video_stream.format_summary(summary), flush=True)
        if code == 130:
            break
    return code


def _streams(videos: str) -> list[str]:
    if video_stream.is_pipe(videos):
        return [videos]
    return [str(path) for path in video_files.found_at(videos)[0]]


def _print_json(row: dict) -> None:
    print(json.dumps(row), flush=True)

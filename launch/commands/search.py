"""Finds the videos of an index that are most similar to a video."""

import dataclasses
import json
import pathlib

from launch.embedding import (
    approximate_search,
    index_files,
    search_page,
    video_search,
)
from launch.reporting import reports
from launch.serving import loaded_model
from tfrecords_tools.base import errors, flags, settings
from tfrecords_tools.base.text import printable


@dataclasses.dataclass(frozen=True)
class Config:
    """Index, query and form of the results."""

    index: str = settings.setting("", "Output of launch.embed.")
    video: str = settings.setting("", "The video to search for.", any_name=True)
    model: str | None = settings.setting(
        None,
        "Output of launch.export that made the index. Unset: where it was "
        "then.",
    )
    top: int = settings.setting(
        10, "Number of videos to find; each with its best window.", minimum=1
    )
    exact: bool | None = settings.setting(
        None,
        "Compare every row. Unset: up to a million rows, and above if the "
        "extra [search] is not installed.",
    )
    json: bool = settings.setting(False, "Print JSON lines instead of a table.")
    html: bool = settings.setting(
        False, "Print an HTML page with frames instead of a table."
    )


COMMAND = flags.Command(
    summary="Finds the videos of an index that are most similar to a video.",
    settings=Config,
    required=("index", "video"),
)


def main(resolved: flags.Resolved) -> None:
    """Prints the most similar videos, best first."""
    config = resolved.settings
    if config.json and config.html:
        raise errors.UserError("got both --json and --html: wanted one of them")
    index = index_files.Index(config.index)
    model = _model(config, index)
    results = video_search.search(
        index,
        model,
        pathlib.Path(config.video),
        config.top,
        _exact(config, index),
    )
    if config.json:
        for result in results:
            print(json.dumps(video_search.to_json(index, result)))
    elif config.html:
        for piece in search_page.page(config.video, index, results):
            print(piece, end="")
    else:
        _print_table(index, results)


def _model(
    config: Config, index: index_files.Index
) -> loaded_model.LoadedModel:
    folder = config.model or index.metadata.model
    if not config.model and not pathlib.Path(folder).is_dir():
        raise errors.UserError(
            f"the model of the index is not in {folder} any more: give "
            "--model, the export with the same weights"
        )
    model = loaded_model.LoadedModel(folder)
    video_search.check_model(index, model)
    return model


def _exact(config: Config, index: index_files.Index) -> bool:
    """Whether to compare every row.

    Raises:
        UserError: --noexact without its package.
    """
    available = approximate_search.is_available()
    if config.exact is False and not available:
        raise errors.UserError(
            "--noexact needs the package usearch: pip install "
            "'video-models[search]', or leave it out"
        )
    if config.exact is not None:
        return config.exact
    return not available or index.metadata.rows <= approximate_search.ROWS


def _print_table(
    index: index_files.Index, results: list[video_search.Result]
) -> None:
    print(f"{'similarity':<12}{'seconds':<18}path")
    for result in results:
        window = result.window
        times = " - ".join(reports.clock_tenths(s) for s in window[1:])
        labels = ", ".join(map(printable.name, window.video.get("labels", ())))
        path = printable.name(index.path_of(window))
        print(
            f"{result.similarity:<12.3f}{times:<18}{path}"
            + (f"  ({labels})" if labels else "")
        )

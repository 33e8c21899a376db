"""The HTML page of launch.search: the query and its results, with frames."""

import cv2
import simplejpeg

from launch.embedding import index_files, stored_clips, video_search
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors
from tfrecords_tools.checking.report import (
    clip_strip,
    report_document,
    report_html,
)
from tfrecords_tools.media.frames import thumbnails

_HEIGHT = 96  # Pixels of an image.
_MAX_PIXELS = 1 << 26
_QUALITY = 75


def page(
    query: str, index: index_files.Index, results: list[video_search.Result]
) -> report_html.Pieces:
    """Yields the page.

    Args:
        query: path of the video that was searched for.
        index: that was searched.
        results: best first.
    """
    return report_document.page(
        "Search",
        "Most similar videos",
        f"{query}, among {index.metadata.rows:,} windows of {index.folder}",
        _body(query, index, results),
    )


def _body(
    query: str, index: index_files.Index, results: list[video_search.Result]
) -> report_html.Pieces:
    yield '<section><h2>Query</h2><div class="clips">'
    spans = sorted({each.query_seconds for each in results})
    for start, end in spans[:3]:
        caption = f"{report_html.text(query)}<br>{start:.1f} to {end:.1f} s"
        yield from clip_strip.figure(
            lambda s=start, e=end: file_images(query, s, e), caption
        )
    yield '</div></section>\n<section><h2>Results</h2><div class="clips">'
    for result in results:
        yield from _figure(index, result)
    yield "</div></section>\n"


def _figure(
    index: index_files.Index, result: video_search.Result
) -> report_html.Pieces:
    window, path = result.window, index.path_of(result.window)
    labels = ", ".join(window.video.get("labels", ()))
    caption = (
        f"<b>{result.similarity:.3f}</b> {report_html.text(labels)}<br>"
        f"{report_html.text(path)}<br>"
        f"{window.start_seconds:.1f} to {window.end_seconds:.1f} s"
    )
    return clip_strip.figure(lambda: _images(index, result), caption)


def _images(
    index: index_files.Index, result: video_search.Result
) -> list[bytes]:
    window = result.window
    if index.metadata.kind == "videos":
        return file_images(index.path_of(window), *window[1:])
    try:
        folder = index.metadata.root
        manifest = manifests.read(folder)
        clip = stored_clips.find(
            folder, manifest, window.video["split"], window.video["clip"]
        )
    except errors.UserError as error:
        raise ValueError(str(error)) from error
    return clip_strip.stored_images(folder, manifest, clip.place, _HEIGHT)


def file_images(path: str, start: float, end: float) -> list[bytes]:
    """JPEGs of the first, middle and last frame of a span of a video.

    Args:
        path: of the file.
        start: seconds.
        end: seconds, exclusive.

    Raises:
        ValueError: the video cannot be read.
    """
    span = round(start * 1e6), max(round(end * 1e6), round(start * 1e6) + 1)
    frames = []
    try:
        for _, _, frame in thumbnails.read(
            path, _MAX_PIXELS, *span, short_side=_HEIGHT, color=True
        ):
            frames.append(frame)
    except errors.UserError as error:
        raise ValueError(str(error)) from error
    if not frames:
        raise ValueError("no frame in that span")
    shown = [frames[0], frames[len(frames) // 2], frames[-1]]
    return [
        simplejpeg.encode_jpeg(cv2.cvtColor(each, cv2.COLOR_BGR2RGB), _QUALITY)
        for each in shown
    ]

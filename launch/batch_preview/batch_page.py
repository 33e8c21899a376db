"""The HTML page of a preview: plays the audio of each clip of a batch."""

import base64
import io
import wave
from collections.abc import Sequence

import cv2
import numpy as np

from launch.batch_preview import batch_images
from tfrecords_tools.checking.report import report_document, report_html


def page(
    rows: Sequence[dict[str, np.ndarray]],
    titles: Sequence[Sequence[str]],
    times: batch_images.Times,
    rate: int,
) -> report_html.Pieces:
    """Yields the page: under each clip's frames, what the network hears.

    Args:
        rows: per clip the entries of the batch with `waveform`, without the
            batch axis.
        titles: lines of text per clip, its words last.
        times: for the time axis under the frames.
        rate: samples per second.
    """
    return report_document.page(
        "Batch",
        "Batch",
        f"audio of {rate:,} samples per second, before masks",
        _body(rows, titles, times, rate),
    )


def wav(samples: np.ndarray, rate: int) -> bytes:
    """Encodes float32 [samples] as a WAV file of 16 bits.

    Samples in [-1, 1] keep their loudness; louder clips are scaled down.
    """
    peak = max(1.0, float(np.abs(samples).max(initial=0.0)))
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(samples / peak * 32767).astype("<i2"))
    return stream.getvalue()


def _body(
    rows: Sequence[dict[str, np.ndarray]],
    titles: Sequence[Sequence[str]],
    times: batch_images.Times,
    rate: int,
) -> report_html.Pieces:
    for row, (title, *words) in zip(rows, titles, strict=True):
        sheet = batch_images.sheet([row], [[]], times)
        _, image = cv2.imencode(".png", sheet[..., ::-1])
        said = [report_html.text(each) for each in words if each]
        missing = row.get("has_audio", 1.0) == 0
        said += ["no audio: silence, masked as missing"] if missing else []
        yield f"<section><h2>{report_html.text(title)}</h2>\n"
        yield f'<p class="note">{"<br>".join(said)}</p>\n' if said else ""
        yield f'<img alt="frames and audio" src="{_data("image/png", image)}">'
        heard = _data("audio/wav", wav(row["waveform"], rate))
        yield f'<br><audio controls src="{heard}"></audio></section>\n'


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"

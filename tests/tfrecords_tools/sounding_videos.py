"""Little videos with short tones at known times."""

import pathlib
from fractions import Fraction

import av
import numpy as np

SECONDS = 4
TIMES = (0.5, 1.25, 2.0, 3.0)  # When a tone of 50 ms begins.
MAX_PIXELS = 1 << 20


def tones(rate: int, times=TIMES, seconds: float = SECONDS) -> np.ndarray:
    """float32 [n]: 1 kHz at half the full scale, each for 50 ms."""
    time = np.arange(round(rate * seconds)) / rate
    waves = np.zeros(len(time), np.float32)
    for begin in times:
        heard = (time >= begin) & (time < begin + 0.05)
        waves[heard] = 0.5 * np.sin(2000 * np.pi * (time[heard] - begin))
    return waves


def onsets(samples: np.ndarray, rate: int, level: float = 0.2) -> list[float]:
    """Seconds at which tones begin: the first sample past `level`."""
    loud = np.flatnonzero(np.abs(samples) > level)
    new = np.diff(loud, prepend=-rate) > 0.1 * rate
    return [place / rate for place in loud[new]]


def write(
    path: pathlib.Path,
    codec: str = "pcm_s16le",
    rate: int = 16_000,
    waves: np.ndarray | None = None,
    layout: str = "mono",
    starts: dict[int, int] | None = None,
    languages: tuple[str, ...] = ("",),
    spoilt: range = range(0),
) -> pathlib.Path:
    """Writes pictures at 10 a second, and sound.

    Args:
        path: its suffix says the container.
        codec: of the sound.
        rate: samples a second.
        waves: float32 [n], or [channels, n], or [tracks, channels, n].
        layout: FFmpeg's name of the channels.
        starts: packet to samples by which it and all later ones are late.
        languages: one a track; none writes no sound.
        spoilt: packets whose bytes are replaced by others.
    """
    waves = tones(rate) if waves is None else waves
    channels = av.AudioLayout(layout).nb_channels
    waves = np.broadcast_to(waves, (len(languages), channels, waves.shape[-1]))
    with av.open(str(path), "w") as file:
        pictures = file.add_stream("mpeg4", rate=10)
        pictures.width = pictures.height = 32
        pictures.pix_fmt = "yuv420p"
        tracks = []
        for language in languages:
            tracks.append(file.add_stream(codec, rate=rate, layout=layout))
            tracks[-1].metadata["language"] = language
        for number in range(10 * SECONDS):
            picture = av.VideoFrame(32, 32, "yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, 10)
            file.mux(pictures.encode(picture))
        file.mux(pictures.encode(None))
        for track, each in zip(tracks, waves, strict=True):
            packets = _encoded(track, each, rate, starts or {})
            for number, packet in enumerate(packets):
                file.mux(_spoilt(packet) if number in spoilt else packet)
    return path


def _encoded(track, waves: np.ndarray, rate: int, starts: dict[int, int]):
    late = 0
    for number, place in enumerate(range(0, waves.shape[1], 960)):
        late += starts.get(number, 0)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(waves[:, place : place + 960], np.float32),
            format="fltp",
            layout=track.layout.name,
        )
        frame.sample_rate = rate
        frame.pts, frame.time_base = place + late, Fraction(1, rate)
        yield from track.encode(frame)
    yield from track.encode(None)


def _spoilt(packet: av.Packet) -> av.Packet:
    other = av.Packet(b"\xff\x00" * (packet.size // 2))
    for name in ("pts", "dts", "duration", "time_base", "stream"):
        setattr(other, name, getattr(packet, name))
    return other

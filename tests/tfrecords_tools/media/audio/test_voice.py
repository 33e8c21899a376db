import pathlib

import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import sounding_videos
from tfrecords_tools.media.audio import audio_reader, voice

DATA = pathlib.Path(__file__).parents[4].parent / "shared/data"
GRID = DATA / "avtext_grid"
RATE = 16_000
SECOND = 1_000_000


def speech(spans, seconds=4.0):
    """float32 [n]: what the detector takes for a voice, within `spans`."""
    time = np.arange(round(RATE * seconds)) / RATE
    # A buzz of 120 Hz with the resonances of an `a`, four syllables a second.
    waves = sum(
        np.sin(2 * np.pi * 120 * k * time) / (1 + ((120 * k - 700) / 300) ** 2)
        for k in range(1, 30)
    )
    waves = waves * (0.6 + 0.4 * np.sin(8 * np.pi * time))
    said = np.zeros(len(time))
    for begin, end in spans:
        said[(time >= begin) & (time < end)] = 1
    noise = np.random.default_rng(0).normal(0, 1e-4, len(time))
    return (0.1 * waves * said + noise).astype(np.float32)


def opened(path, start=0, **settings):
    config = audio_reader.Config(**settings)
    return voice.Voice(path, config, 1 << 24, start)


def found(path, start=0, end=4 * SECOND, **settings):
    with opened(path, start, **settings) as clip:
        return clip.spans(start, end)


@pytest.fixture
def spoken(tmp_path):
    def write(*spans):
        path = tmp_path / "a.mov"
        return sounding_videos.write(path, waves=speech(spans))

    return write


def near(*spans):
    """The spans, to 0.15 s: the detector hears a little longer than said."""
    return [pytest.approx((a * 1e6, b * 1e6), abs=150_000) for a, b in spans]


def test_a_voice_is_found_where_it_speaks(spoken):
    assert found(spoken((1.0, 2.0))) == near((1.0, 2.0))


def test_a_long_pause_divides_two_spans(spoken):
    path = spoken((0.5, 1.2), (2.2, 3.0))
    assert found(path) == near((0.5, 1.2), (2.2, 3.0))


def test_a_short_pause_does_not(spoken):
    assert found(spoken((1.0, 1.5), (1.7, 2.5))) == near((1.0, 2.5))


def test_a_click_is_no_voice(spoken):
    assert found(spoken((1.0, 1.01))) == []


def test_silence_has_no_voice(spoken):
    assert found(spoken()) == []


def test_a_video_without_audio_has_no_voice(tmp_path):
    path = sounding_videos.write(tmp_path / "a.mov", languages=())
    assert found(path) == []


def test_spans_are_cut_to_the_chunk(spoken):
    assert found(spoken((1.0, 2.0)), 0, 1_500_000)[0][1] == 1_500_000


def test_the_spans_of_chunks_join_to_those_of_the_whole(spoken):
    path = spoken((0.5, 1.2), (1.4, 2.1), (2.9, 3.3))
    whole = found(path)
    joined = []
    with opened(path) as clip:
        for start in range(0, 4 * SECOND, 70_000):
            for begin, end in clip.spans(
                start, min(start + 70_000, 4 * SECOND)
            ):
                if joined and joined[-1][1] == begin:
                    joined[-1] = joined[-1][0], end
                else:
                    joined.append((begin, end))
    assert len(whole) == 2 and joined == whole


def test_a_clip_far_in_the_video_has_its_spans(spoken):
    path = spoken((1.0, 1.8), (3.0, 3.6))
    assert found(path, start=2_500_000) == near((3.0, 3.6))


def test_the_rate_of_the_stored_audio_does_not_matter(spoken):
    path = spoken((1.0, 2.0))
    assert found(path, rate=44_100) == found(path)


@pytest.mark.skipif(not GRID.is_dir(), reason="needs the real recordings")
def test_real_sentences_are_found():
    said = heard = both = 0
    for path in sorted((GRID / "align").glob("*.align")):
        rows = [line.split() for line in path.read_text().splitlines()]
        # Times are counted at 25 kHz: 40 microseconds.
        words = [
            (40 * int(a), 40 * int(b)) for a, b, word in rows if word != "sil"
        ]
        spans = found(GRID / "s1" / f"{path.stem}.mpg", 0, 3 * SECOND)
        said += sum(b - a for a, b in words)
        heard += sum(b - a for a, b in spans)
        both += sum(
            max(0, min(b, d) - max(a, c)) for a, b in words for c, d in spans
        )
    # Measured on all 40: 0.96 of what is said, 0.89 of what is heard.
    assert both / said > 0.95 and both / heard > 0.87

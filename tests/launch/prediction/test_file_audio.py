import itertools

import numpy as np
import pytest

from launch.prediction import file_audio
from launch.requests import served_audio
from launch.serving import model_metadata
from pipelines import batch
from tests.tfrecords_tools.fixtures import sounding_videos
from tfrecords_tools.media import reader
from tfrecords_tools.media.audio import audio_reader

RATE, MOST = 8000, 4000
CONFIG = audio_reader.Config(rate=RATE)
METADATA = model_metadata.ModelMetadata(
    batch.ClipSpec(),
    ("a",),
    reader.Config(),
    audio=served_audio.AudioInput(RATE, MOST, CONFIG),
)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    noise = np.random.default_rng(0).uniform(-1, 1, 4 * RATE)
    folder = tmp_path_factory.mktemp("video")
    return sounding_videos.write(
        folder / "a.mkv", rate=RATE, waves=noise.astype(np.float32)
    )


@pytest.fixture(scope="module")
def stored(video):
    """What build_shards stores of it, chunk by chunk."""
    with audio_reader.AudioReader(video, CONFIG, 1 << 20) as audio:
        edges = range(0, 4_800_000, 400_000)
        return np.concatenate(
            [audio.take(*span) for span in itertools.pairwise(edges)]
        )


# Overlaps, begins and ends within a second, lies a second further, and ends
# after the video.
SPANS = [
    (0, 300_000),
    (200_000, 700_000),
    (900_000, 1_300_000),
    (2_700_125, 2_800_125),
    (3_900_000, 4_200_000),
]


def test_clips_have_the_samples_that_shards_store(video, stored):
    audio = file_audio.FileAudio(video, METADATA)
    for start, end in SPANS:
        wanted = stored[round(start * 8e-3) : round(end * 8e-3)]
        np.testing.assert_array_equal(audio.cut((start, end)), wanted)


def test_a_clip_has_the_samples_of_the_network_at_most(video, stored):
    audio = file_audio.FileAudio(video, METADATA)
    found = audio.cut((1_000_000, 3_000_000))
    np.testing.assert_array_equal(found, stored[RATE : RATE + MOST])


def test_a_file_without_audio_gives_no_samples(tmp_path):
    silent = sounding_videos.write(tmp_path / "a.mkv", languages=())
    audio = file_audio.FileAudio(silent, METADATA)
    assert len(audio.cut((0, 500_000))) == 0

import numpy as np
import pytest

from tests.tfrecords_tools import test_schema
from tfrecords_tools import schema
from tfrecords_tools.building import chunk_audio

HOUR = 3_600_000_000


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100, 48_000])
def test_64_frames_a_second_apart_stay_whole(rate):
    span = 5_000_000, 69_000_000
    assert chunk_audio.spans(*span, rate) == [span]


@pytest.mark.parametrize("rate", [1000, 16_000, 44_100, 384_000])
@pytest.mark.parametrize("start", [0, 333_667])
def test_pieces_follow_one_another_and_have_at_most_their_share(rate, start):
    spans = chunk_audio.spans(start, start + 5 * HOUR, rate)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges) and edges[1:-1:2] == edges[2::2]
    assert (edges[0], edges[-1]) == (start, start + 5 * HOUR)
    counts = [chunk_audio.samples_between(*span, rate) for span in spans]
    assert max(counts) <= chunk_audio.RECORD_SAMPLES
    assert sum(counts) == chunk_audio.samples_between(
        start, start + 5 * HOUR, rate
    )


def test_silence_of_a_divided_chunk_is_not_written():
    assert len(chunk_audio.written(np.zeros(5, np.float32), True)) == 0


def test_silence_of_a_whole_chunk_is():
    assert len(chunk_audio.written(np.zeros(5, np.float32), False)) == 5


@pytest.mark.parametrize(
    "count, seconds, whole",
    [
        (16_000, 1, True),
        (15_999, 1, False),
        (0, 1, False),
        (0, 3600, True),
        (chunk_audio.RECORD_SAMPLES, 3600, True),
        (chunk_audio.RECORD_SAMPLES + 1, 3600, False),
    ],
)
def test_fewer_samples_than_time_are_right_in_a_long_chunk_only(
    count, seconds, whole
):
    span = 0, 1_000_000 * seconds
    assert chunk_audio.is_whole(count, *span, 16_000) == whole


@pytest.mark.parametrize("count", [0, 1, 31, 32, 5000, 300_000])
def test_an_array_of_samples_is_encoded_as_their_list(count):
    samples = np.random.default_rng(1).normal(size=count).astype(np.float32)
    record = test_schema.RECORD
    made = [
        schema.encode(record | {"waveform": each}, test_schema.CONTENTS)
        for each in (samples, samples.tolist())
    ]
    assert made[0] == made[1]
    found = schema.decode(made[0], test_schema.CONTENTS, arrays=True)
    assert found["waveform"].dtype == np.float32
    np.testing.assert_array_equal(found["waveform"], samples)

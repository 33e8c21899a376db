import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies

from pipelines.audio import audio_cut
from tests import run_modes
from tests.pipelines.heard import RATE, SECOND, audio, entries

HOUR = 3600 * SECOND
FEW = hypothesis.settings(
    max_examples=40, deadline=None, derandomize=True, database=None
)
sample_at = tf.function(audio_cut.sample_at, reduce_retracing=True)


@FEW
@hypothesis.given(
    time=strategies.integers(-HOUR, 10 * HOUR),
    rate=strategies.sampled_from([8_000, 11_025, 16_000, 44_100, 48_000]),
)
def test_time_becomes_the_sample_that_was_stored_for_it(time, rate):
    found = sample_at(tf.constant(time, tf.int64), tf.constant(rate, tf.int64))
    assert int(found) == round(time * rate / 1e6)


@pytest.mark.parametrize("time, sample", [(20_000, 220), (60_000, 662)])
def test_half_a_sample_goes_to_the_even_neighbour(time, sample):
    found = audio_cut.sample_at(tf.constant(time, tf.int64), 11_025)
    assert int(found) == sample


def cut(run, first, count, held=range(100, 110), last=10**15):
    """Numbers of samples: `held` are stored, as themselves."""
    stored = np.array(held, np.float32)
    found = run(
        lambda *given: audio_cut.waveform(*given, samples=count),
        stored,
        np.int64(held.start),
        np.int64(first),
        np.int64(last),
    )
    return found.numpy().tolist()


@run_modes.both
def test_cut_holds_the_samples_of_its_time(run):
    assert cut(run, 103, 4) == [103, 104, 105, 106]


@run_modes.both
def test_samples_before_those_stored_are_silent(run):
    assert cut(run, 98, 4) == [0, 0, 100, 101]


@run_modes.both
def test_samples_after_those_stored_are_silent(run):
    assert cut(run, 108, 4) == [108, 109, 0, 0]


@run_modes.both
@pytest.mark.parametrize("first", [0, 95, 110, 500])
def test_cut_beside_what_is_stored_is_silent(run, first):
    assert cut(run, first, 5) == [0, 0, 0, 0, 0]


@run_modes.both
def test_samples_after_the_last_frame_are_silent(run):
    assert cut(run, 103, 4, last=105) == [103, 104, 0, 0]


@run_modes.both
def test_audio_of_nothing_is_silent(run):
    assert cut(run, 0, 3, held=range(0, 0)) == [0, 0, 0]


count = strategies.integers(0, 12)


@FEW
@hypothesis.given(first=count, start=count, length=count, last=count)
def test_cut_is_never_shifted(first, start, length, last):
    held = range(start, start + length)
    found = cut(run_modes.eagerly, first, 5, held, last)
    places = range(first, first + 5)
    assert found == [n if n in held and n < last else 0 for n in places]


@run_modes.both
def test_cut_is_exact_to_the_sample_hours_into_a_video(run):
    start, begin = 5 * HOUR + 123_457, 5 * HOUR + 1_000_003
    held = np.arange(2 * RATE, dtype=np.float32)
    given = audio(held, start, (begin, begin + SECOND))
    found = entries(run, given, features="waveform")["waveform"]
    first = round(begin * RATE / 1e6) - round(start * RATE / 1e6)
    assert np.array_equal(found, held[first : first + RATE])


@run_modes.both
def test_voice_is_told_for_each_sample_of_a_waveform(run):
    given = audio(voice=((250_000, 500_000), (750_000, 2 * SECOND)))
    found = entries(run, given, features="waveform", voice=True)["voice"]
    changes = np.flatnonzero(np.diff(found, prepend=0)) / RATE
    assert changes.tolist() == [0.25, 0.5, 0.75]


@run_modes.both
def test_voice_is_told_for_each_column_else(run):
    given = audio(span=(SECOND, 2 * SECOND), voice=((1_250_000, 1_500_000),))
    found = entries(run, given, voice=True)["voice"]
    assert found.shape == (100,) and found.dtype == np.float32
    assert np.flatnonzero(found).tolist() == list(range(25, 50))


@run_modes.both
def test_nobody_speaks_after_the_last_frame(run):
    given = audio(span=(0, 300_000), voice=((0, SECOND),))
    assert entries(run, given, voice=True)["voice"].sum() == 30


@run_modes.both
def test_voice_in_pieces_is_one(run):
    pieces = tuple((t, t + 100_000) for t in range(0, SECOND, 100_000))
    assert entries(run, audio(voice=pieces), voice=True)["voice"].all()


@run_modes.both
def test_nobody_speaks_where_no_span_is(run):
    assert not entries(run, audio(), voice=True)["voice"].any()

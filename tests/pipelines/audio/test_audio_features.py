import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch
from pipelines.audio import audio_features
from tests import run_modes
from tests.pipelines.heard import CLIP, RATE, SEED, audio, entries, two_tones
from tfrecords_tools.base import errors

Config = audio_features.Config
COLUMNS = ("spectrogram", "log_mel", "mfcc")
FEATURES = ("waveform", *COLUMNS)
HEARD = audio(two_tones(0.5, 1.0))
SILENT = audio(np.zeros(RATE, np.float32))
QUIET = audio(np.full(RATE, 2.0**-15, np.float32))  # One bit of 16.
MASKS = {"time_masks": 1, "frequency_masks": 1}


def build(clip=CLIP, rate=RATE, has_voice=True, **config):
    return audio_features.build(Config(**config), clip, rate, has_voice)


def test_without_settings_a_batch_holds_nothing_of_the_audio():
    assert entries(run_modes.eagerly, HEARD, rate=None) == {}


@run_modes.both
@pytest.mark.parametrize(
    "features, name, shape",
    [
        ("waveform", "waveform", (16_000,)),
        ("spectrogram", "spectrogram", (100, 256)),
        ("log_mel", "spectrogram", (100, 64)),
        ("mfcc", "spectrogram", (100, 13)),
    ],
)
def test_entry_has_its_name_type_and_shape(run, features, name, shape):
    found = entries(run, HEARD, features=features)
    assert found.keys() == {name, "has_audio"}
    assert found[name].shape == shape and found[name].dtype == np.float32


@pytest.mark.parametrize("features", FEATURES)
def test_shapes_are_known_before_any_clip_is_read(features):
    made = build(features=features, seconds=1.3, voice=True)
    parts = audio_features.ClipAudio(
        tf.TensorSpec([None], tf.float32),
        tf.TensorSpec([], tf.int64),
        tf.TensorSpec([2], tf.int64),
        tf.TensorSpec([None], tf.int64),
        tf.TensorSpec([None], tf.int64),
    )
    traced = tf.function(lambda s: made(s, None)).get_concrete_function(parts)
    for shape in traced.output_shapes.values():
        assert shape.is_fully_defined()


@pytest.mark.parametrize("features", FEATURES)
@pytest.mark.parametrize("normalise", ["none", "z_score", "min_max"])
def test_eagerly_and_in_tf_data_come_the_same_bytes(features, normalise):
    masks = MASKS if features in COLUMNS else {}
    config = {"features": features, "normalise": normalise, **masks}
    one, other = (
        entries(run, HEARD, seed=SEED, **config).popitem()[1]
        for run in (run_modes.eagerly, run_modes.in_tf_data)
    )
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("normalise", ["none", "z_score", "min_max"])
@pytest.mark.parametrize("features", FEATURES)
def test_silence_is_finite(features, normalise):
    found = entries(
        run_modes.eagerly, SILENT, features=features, normalise=normalise
    )
    for value in found.values():
        assert np.isfinite(value).all()
        assert normalise == "none" or not value.any()


@pytest.mark.parametrize("given, has", [(HEARD, 1), (QUIET, 1), (SILENT, 0)])
def test_muted_track_is_missing_and_a_quiet_one_is_not(given, has):
    found = entries(run_modes.eagerly, given, features="waveform")
    assert found["has_audio"] == has


def test_every_coefficient_of_mfcc_is_scaled_alone():
    found = entries(
        run_modes.eagerly, HEARD, features="mfcc", normalise="z_score"
    )["spectrogram"]
    np.testing.assert_allclose(found.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(found.std(0), 1, atol=1e-4)


def test_training_hides_and_evaluation_does_not():
    whole, plain, hidden = (
        entries(
            run_modes.eagerly, HEARD, seed=seed, features="log_mel", **masks
        )["spectrogram"]
        for seed, masks in ((SEED, {}), (None, MASKS), (SEED, MASKS))
    )
    assert np.array_equal(whole, plain)
    filled = hidden != whole
    assert 0 < filled.mean() < 0.9
    np.testing.assert_allclose(hidden[filled], whole.mean(), rtol=1e-5)


def test_audio_is_as_long_as_its_frames():
    clip = batch.ClipSpec(frames=16, stride_seconds=0.08)
    assert audio_features.seconds(Config(), clip) == pytest.approx(1.28)


def test_given_seconds_are_kept():
    clip = batch.ClipSpec(frames=16, stride_seconds=0.08)
    assert audio_features.seconds(Config(seconds=2.0), clip) == 2.0


@pytest.mark.parametrize("sampling", ["dense", "uniform"])
def test_frames_that_do_not_say_how_long_they_last_are_told(sampling):
    clip = batch.ClipSpec(frames=16, sampling=sampling)
    with pytest.raises(errors.UserError, match="--audio.seconds"):
        audio_features.seconds(Config(), clip)


def test_features_of_shards_without_audio_are_told():
    with pytest.raises(errors.UserError, match="--audio.rate"):
        build(features="log_mel", seconds=1.0, rate=None)


def test_voice_of_shards_without_voice_is_told():
    with pytest.raises(errors.UserError, match="build_shards --audio.voice"):
        build(voice=True, seconds=1.0, has_voice=False)


def test_voice_needs_no_stored_audio():
    found = entries(run_modes.eagerly, audio(), rate=None, voice=True)
    assert found["voice"].shape == (100,)


def test_frames_faster_than_their_audio_are_refused():
    clip = batch.ClipSpec(speed_jitter=0.5)
    with pytest.raises(errors.UserError, match="but not of their audio"):
        build(clip, features="waveform", seconds=1.0)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"hop_ms": 30.0}, "leaves out audio"),
        ({"features": "mfcc", "coefficients": 65}, "at most --audio.bins"),
        ({"features": "waveform", "time_masks": 1}, "is no spectrogram"),
    ],
)
def test_settings_that_do_not_fit_together_are_told(settings, message):
    with pytest.raises(errors.UserError, match=message):
        Config(**settings)


@pytest.mark.parametrize("features", FEATURES)
def test_graph_is_pure_and_can_be_sent_away(features):
    masks = MASKS if features in COLUMNS else {}
    made = build(features=features, seconds=0.1, voice=True, **masks)
    data = tf.data.Dataset.from_tensors(HEARD).map(lambda s: made(s, SEED))
    serialized = tf.raw_ops.DatasetToGraphV2(
        input_dataset=data._variant_tensor, external_state_policy=2
    )
    graph = tf.compat.v1.GraphDef.FromString(serialized.numpy())
    nodes = list(graph.node)
    for function in graph.library.function:
        nodes += function.node_def
    names = {node.op for node in nodes}
    assert not {name for name in names if "PyFunc" in name}
    drawing = {name for name in names if "Random" in name}
    assert all(name.startswith("StatelessRandom") for name in drawing)


@pytest.mark.parametrize(
    "config",
    [{"features": each} for each in FEATURES]
    + [{"features": "spectrogram", "lowest_hertz": 300, "highest_hertz": 900}],
)
def test_spec_has_the_shape_of_the_entry(config):
    found = entries(run_modes.eagerly, HEARD, seconds=0.7, **config)
    config = Config(seconds=0.7, **config)
    spec = audio_features.spec(config, CLIP, float(RATE))
    assert found[spec.name].shape == spec.shape
    assert spec.rate == RATE


def test_without_features_there_is_no_spec():
    assert audio_features.spec(Config(voice=True), CLIP, RATE) is None

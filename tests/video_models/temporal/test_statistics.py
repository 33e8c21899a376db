import keras
import numpy as np
import pytest

from tests.benchmarks.networks import tflite_models
from tests.contracts import network_checks
from tfrecords_tools.base import errors
from video_models import streaming_network
from video_models.temporal import statistics

FEATURES = np.float32([[[0, 1], [4, 1], [0, 4], [4, 4]]])


def give(features=FEATURES, **settings):
    network = statistics.build(
        statistics.Config(**settings), features.shape[1:]
    )
    return np.array(network(features))[0, 0]


def only(name, **settings):
    chosen = dict.fromkeys(("mean", "deviation", "difference"), False)
    return give(**{**chosen, name: True, "square_root": False, **settings})


def test_mean_of_each_feature():
    np.testing.assert_allclose(only("mean"), [2.0, 2.5])


def test_standard_deviation_of_each_feature():
    np.testing.assert_allclose(only("deviation"), [2.0, 1.5])


def test_mean_absolute_difference_of_neighbours():
    np.testing.assert_allclose(only("difference"), [4.0, 1.0])


def test_square_root_is_taken_first():
    found = only("difference", square_root=True)
    np.testing.assert_allclose(found, [2.0, 1 / 3], rtol=1e-6)


def test_square_root_of_negative_features_keeps_their_sign():
    found = only("mean", square_root=True, features=-FEATURES)
    np.testing.assert_allclose(found, [-1.0, -1.5], rtol=1e-6)


def test_statistics_stand_in_the_order_of_their_settings():
    found = give(square_root=False)
    np.testing.assert_allclose(found, [2.0, 2.5, 2.0, 1.5, 4.0, 1.0])


def test_single_time_step_does_not_change():
    found = give(FEATURES[:, :1], square_root=False)
    np.testing.assert_allclose(found, [0.0, 1.0, 0.0, 0.0, 0.0, 0.0])


def test_no_statistic_at_all_is_refused():
    with pytest.raises(errors.UserError, match="wanted --temporal.mean"):
        give(mean=False, deviation=False, difference=False)


def test_slope_is_finite_where_nothing_changes_or_is_there():
    for value in (0.0, 3.0):
        features = np.full((2, 4, 2), value, np.float32)
        network = statistics.build(statistics.Config(), (4, 2))
        trained = network_checks.train(network, features, steps=1)
        assert np.all(np.isfinite(trained.gradient))


def test_statistics_are_float32_under_a_policy_of_half_precision():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        network = statistics.build(statistics.Config(), (4, 2))
    finally:
        keras.config.set_dtype_policy("float32")
    assert network(np.float16(100 * FEATURES)).dtype == "float32"


def test_still_clip_is_finite_in_a_tflite_file_of_float16():
    network = statistics.build(statistics.Config(rhythm=(1,)), (4, 2))
    content = tflite_models.convert(network, weights="float16")
    still = np.ones((1, 4, 2), np.float32)
    found = tflite_models.predictor(content, threads=1)(still)
    np.testing.assert_allclose(found, network(still), atol=1e-3)


def test_deviation_of_a_long_stream_keeps_its_precision():
    config = statistics.Config(square_root=False)
    network = statistics.build_stream(config, (50, 1))
    draw = np.random.default_rng(0)
    clip = np.float32(1000 + 0.01 * draw.standard_normal((1, 1000, 1)))
    states = streaming_network.zero_states(network, batch_size=1)
    for start in range(0, 1000, 50):
        given = {"features": clip[:, start : start + 50], **states}
        states = dict(
            network(
                {k: keras.ops.convert_to_tensor(x) for k, x in given.items()}
            )
        )
        row = np.array(states.pop("features"))[0, 0]
    wanted = np.float64(clip).std()
    np.testing.assert_allclose(row[1], wanted, rtol=1e-2)


def rhythm(features=FEATURES, lags=(1, 2), **settings):
    off = dict.fromkeys(("mean", "deviation", "difference"), False)
    return give(features, **{**off, "rhythm": lags, **settings})


def test_rhythm_is_the_change_over_each_lag_beside_the_deviation():
    found = np.exp(rhythm())  # Differences 4 and 1, then 0 and 3.
    wanted = [4 / 2, 1 / 1.5, 0 / 2, 3 / 1.5]
    np.testing.assert_allclose(found, wanted, atol=2e-3)


def test_rhythm_does_not_depend_on_the_range_of_a_feature():
    found = rhythm(100 * FEATURES + 7)
    np.testing.assert_allclose(found[1], rhythm()[1], atol=2e-3)


def test_rhythm_of_the_last_features_only():
    found = rhythm(rhythm_features=1)
    np.testing.assert_allclose(found, rhythm()[1::2])


def test_rhythm_of_a_still_clip_is_even():
    np.testing.assert_allclose(rhythm(0 * FEATURES), 0.0, atol=2e-3)


@pytest.mark.parametrize("lags", [(0,), (1, 4)])
def test_lag_that_does_not_fit_the_clip_is_refused(lags):
    with pytest.raises(errors.UserError, match="wanted lags from 1 to 3"):
        rhythm(lags=lags)


def test_more_rhythmic_features_than_there_are_is_refused():
    with pytest.raises(errors.UserError, match="the backbone gives 2"):
        rhythm(rhythm_features=3)


def test_groups_are_mean_change_and_rhythm():
    config = statistics.Config(rhythm=(1, 2), rhythm_features=3)
    wanted = {"mean": 5, "change": 10, "rhythm": 6}
    assert statistics.column_kinds(config, (8, 5)) == wanted

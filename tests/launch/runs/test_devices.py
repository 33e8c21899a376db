from unittest import mock

import pytest
import tensorflow as tf

from launch.runs import devices
from tfrecords_tools.base import errors


@pytest.mark.parametrize("failure", [ValueError, OSError])
def test_missing_tpu_is_one_clear_message(failure):
    resolver = mock.patch.object(
        tf.distribute.cluster_resolver,
        "TPUClusterResolver",
        side_effect=failure,
    )
    with resolver, pytest.raises(errors.UserError, match="no TPU at 'none'"):
        devices.start(devices.Config(strategy="tpu", tpu="none"))


def test_tpu_is_initialised_before_its_strategy_is_made():
    calls = mock.Mock()
    with (
        mock.patch.object(
            tf.distribute.cluster_resolver, "TPUClusterResolver", calls.resolve
        ),
        mock.patch.object(
            tf.config, "experimental_connect_to_cluster", calls.connect
        ),
        mock.patch.object(
            tf.tpu.experimental, "initialize_tpu_system", calls.initialize
        ),
        mock.patch.object(tf.distribute, "TPUStrategy", calls.strategy),
    ):
        devices.start(devices.Config(strategy="tpu", tpu="pod"))
    names = [call[0] for call in calls.mock_calls]
    assert names == ["resolve", "connect", "initialize", "strategy"]


def test_tpu_is_left_to_compile_whole_steps_by_itself():
    assert not devices.compiles(devices.Config(strategy="tpu", xla="on"))


def test_cpu_does_not_compile_by_default():
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is a GPU")
    assert not devices.compiles(devices.Config())


def test_workers_want_a_cluster(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    with pytest.raises(errors.UserError, match="TF_CONFIG"):
        devices.start(devices.Config(strategy="multi_worker"))


def test_numerics_name_what_a_bit_exact_resume_needs():
    assert {"intra_threads", "onednn", "tensorflow"} <= set(
        devices.numerics(devices.Config(), tf.distribute.get_strategy())
    )


def test_replicas_device_and_precision_are_described():
    two = mock.Mock(num_replicas_in_sync=2)
    told = devices.describe(devices.Config(strategy="tpu", xla="on"), two)
    assert told == "2 replicas on TPU, XLA off, float32"


def test_one_cpu_is_described():
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is a GPU")
    told = devices.describe(devices.Config(), tf.distribute.get_strategy())
    assert told == "1 replica on CPU, XLA off, float32"

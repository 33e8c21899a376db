import keras
import numpy as np
import pytest

from tfrecords_tools.base import errors
from video_models.weights import keras_file


def network():
    inputs = keras.Input((4,))
    x = keras.layers.Dense(3, name="stem_dense")(inputs)
    x = keras.layers.BatchNormalization(name="stem_norm")(x)
    backbone = keras.Model(inputs, x, name="backbone")
    logits = keras.layers.Dense(2, name="logits")(backbone(inputs))
    return keras.Model(inputs, logits, name="network")


@pytest.mark.parametrize("file", ["a.keras", "a.weights.h5"])
def test_weights_of_keras_are_called_by_layers_and_numbers(file, tmp_path):
    built = network()
    save = built.save if file.endswith(".keras") else built.save_weights
    save(tmp_path / file)
    found = keras_file.read(tmp_path / file)
    norm = built.get_layer("backbone").get_layer("stem_norm")
    assert len(found) == len(built.weights)
    np.testing.assert_array_equal(
        found["network/backbone/stem_norm/3"], norm.moving_variance
    )
    np.testing.assert_array_equal(
        found["network/logits/0"], built.get_layer("logits").kernel
    )


def test_whole_model_in_the_format_of_keras_2_is_read(tmp_path):
    inputs = keras.Input((4,))
    x = keras.layers.Dense(3, name="stem_dense")(inputs)
    x = keras.layers.BatchNormalization(name="stem_norm")(x)
    built = keras.Model(inputs, x)
    built.save(tmp_path / "a.h5")
    found = keras_file.read(tmp_path / "a.h5")
    assert len(found) == len(built.weights)
    np.testing.assert_array_equal(
        found["stem_norm/3"], built.get_layer("stem_norm").moving_variance
    )


def test_file_that_is_none_of_keras_is_refused(tmp_path):
    path = tmp_path / "a.weights.h5"
    path.write_text("no")
    with pytest.raises(errors.UserError, match="as a file of Keras"):
        keras_file.read(path)

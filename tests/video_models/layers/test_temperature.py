import keras
import numpy as np

from video_models.layers import temperature


def test_similarities_are_divided_by_the_temperature():
    divide = temperature.Temperature(0.5)
    np.testing.assert_allclose(divide(np.ones(2)), [2.0, 2.0], rtol=1e-6)


def test_temperature_is_never_below_a_hundredth():
    divide = temperature.Temperature(0.5)
    divide.build((None,))
    divide.log_inverse.assign(10.0)
    np.testing.assert_allclose(divide(np.ones(1)), [100.0], rtol=1e-5)


def test_fixed_temperature_has_nothing_to_train():
    divide = temperature.Temperature(0.5, learns=False)
    divide.build((None,))
    assert not divide.trainable_variables


def test_temperature_is_float32_under_mixed_precision():
    divide = temperature.Temperature(
        0.5, **{"dtype": temperature.Temperature().dtype_policy}
    )
    assert keras.backend.standardize_dtype(divide.compute_dtype) == "float32"

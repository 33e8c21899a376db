"""`video_models.load` reads what Keras saved."""

import keras
import numpy as np
import pytest

import video_models
from tfrecords_tools.base import errors

FRAMES = np.random.default_rng(0).integers(0, 256, (2, 4, 32, 32, 3), np.uint8)


@pytest.fixture(scope="module")
def model():
    return video_models.classifier(
        "frame_conv", ["b", "a"], frames=4, size=32, widths=(8,), features=8
    )


@pytest.fixture
def saved(model, tmp_path):
    model.save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def test_a_saved_model_answers_as_before(model, saved):
    np.testing.assert_array_equal(
        video_models.load(saved)(FRAMES), model(FRAMES)
    )


def test_a_path_may_be_a_string(saved):
    assert video_models.load(str(saved)).output_shape == (None, 2)


def test_a_saved_model_keeps_the_names_of_its_classes(saved):
    assert video_models.labels(video_models.load(saved)) == ("b", "a")


def test_keras_alone_loads_the_names_of_the_classes_too(saved):
    model = keras.saving.load_model(saved)
    assert video_models.labels(model) == ("b", "a")


def test_a_loaded_model_goes_on_training(model, tmp_path):
    loss = "sparse_categorical_crossentropy"
    model.compile("adam", loss, run_eagerly=True)
    model.fit(FRAMES, np.array([0, 1]), verbose=0, shuffle=False)
    model.save(tmp_path / "model.keras")
    loaded = video_models.load(tmp_path / "model.keras")
    history = loaded.fit(FRAMES, np.array([0, 1]), verbose=0, shuffle=False)
    assert np.isfinite(history.history["loss"][0])


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="no such file or folder"):
        video_models.load(tmp_path / "no.keras")


def test_a_file_with_another_ending_is_refused(tmp_path):
    (tmp_path / "a.weights.h5").touch()
    with pytest.raises(errors.UserError, match="does not end in .keras"):
        video_models.load(tmp_path / "a.weights.h5")


def test_a_damaged_file_is_refused(saved):
    saved.write_bytes(saved.read_bytes()[:1000])
    with pytest.raises(errors.UserError, match="model.keras cannot be loaded"):
        video_models.load(saved)


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="or the --workdir of launch"):
        video_models.load(tmp_path)


@pytest.mark.parametrize("version", ["", "1"])
def test_an_export_is_refused_with_what_to_do(tmp_path, version):
    (tmp_path / version).mkdir(exist_ok=True)
    (tmp_path / version / "saved_model.pb").touch()
    with pytest.raises(errors.UserError, match="SavedModel.*launch.predict"):
        video_models.load(tmp_path)


def test_a_model_that_is_not_ours_has_no_names():
    inputs = keras.Input((2,))
    with pytest.raises(errors.UserError, match="stores no names of classes"):
        video_models.labels(keras.Model(inputs, inputs))

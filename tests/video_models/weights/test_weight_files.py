"""Files of PyTorch, safetensors and Keras, read without their makers.

tests/peers/torch/record_files.py wrote the two of PyTorch.
"""

import os
import pathlib
import pickle

import keras
import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy

from tests.goldens import random_weights
from tfrecords_tools.base import errors
from video_models.weights import (
    keras_file,
    safetensors_file,
    torch_file,
    torch_pickle,
)

FOLDER = pathlib.Path(random_weights.__file__).parent / "torch"
both = pytest.mark.parametrize("name", ["archive.pth", "pickles.pth"])


@both
def test_tensors_are_called_by_all_that_they_are_nested_in(name):
    assert list(torch_file.read(FOLDER / name)) == [
        "model.module.norm.weight",
        "model.module.fc.weight",
        "model.module.half",
        "model.module.brain",
        "model.module.norm.num_batches_tracked",
        "model.module.empty",
        "optimizer.state.0.exp_avg",
        "parameters.0",
    ]


@both
def test_view_of_a_storage_is_read_in_its_own_order(name):
    found = torch_file.read(FOLDER / name)["model.module.fc.weight"]
    np.testing.assert_array_equal(found, [[4, 8], [5, 9], [6, 10], [7, 11]])


@both
@pytest.mark.parametrize(
    "tensor, dtype", [("half", np.float16), ("brain", ml_dtypes.bfloat16)]
)
def test_short_numbers_keep_their_dtype(name, tensor, dtype):
    found = torch_file.read(FOLDER / name)[f"model.module.{tensor}"]
    assert found.dtype == dtype
    assert found.astype(np.float32).tolist() == [0.0, 1.0, 2.0]


@both
def test_scalars_and_empty_tensors_are_read(name):
    found = torch_file.read(FOLDER / name)
    assert found["model.module.norm.num_batches_tracked"] == 7
    assert found["model.module.empty"].shape == (0, 2)


@both
def test_file_that_is_cut_is_refused(name, tmp_path):
    path = tmp_path / name
    path.write_bytes((FOLDER / name).read_bytes()[:-200])
    with pytest.raises(errors.UserError, match="cannot be read"):
        torch_file.read(path)


class Bomb:
    """What a pickle may do to whoever trusts it."""

    def __reduce__(self):
        return os.mkdir, ("exploded",)


def test_nothing_that_a_pickle_names_is_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = torch_pickle.load(pickle.dumps({"a": Bomb(), "b": 1}))
    assert found["b"] == 1
    assert not (tmp_path / "exploded").exists()


def test_tensor_that_reaches_out_of_its_storage_is_refused():
    storage = torch_pickle.Storage("0", np.float32)
    wide = torch_pickle.Tensor(storage, 1, (2, 2), (2, 1))
    wide.array(memoryview(bytes(20)))
    with pytest.raises(ValueError, match="out of its storage"):
        wide.array(memoryview(bytes(16)))


def test_safetensors_are_read_with_bfloat16(tmp_path):
    path = tmp_path / "a.safetensors"
    brain = np.ones(2, ml_dtypes.bfloat16)
    safetensors.numpy.save_file({"a.b": brain}, path)
    assert safetensors_file.read(path)["a.b"].dtype == ml_dtypes.bfloat16


def test_file_that_is_no_safetensors_is_refused(tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_text("no")
    with pytest.raises(errors.UserError, match="as safetensors"):
        safetensors_file.read(path)


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


def test_file_that_is_none_of_keras_is_refused(tmp_path):
    path = tmp_path / "a.weights.h5"
    path.write_text("no")
    with pytest.raises(errors.UserError, match="as a file of Keras"):
        keras_file.read(path)

"""tests/peers/torch/record_files.py wrote the two files."""

import pathlib

import ml_dtypes
import numpy as np
import pytest

from tests.goldens import random_weights
from tfrecords_tools.base import errors
from video_models.weights import torch_file

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

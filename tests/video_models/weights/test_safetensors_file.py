import zipfile

import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy

from tfrecords_tools.base import errors
from video_models.weights import safetensors_file


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


def test_safetensors_within_an_archive_are_read(tmp_path):
    path = tmp_path / "a.zip"
    content = safetensors.numpy.save({"a.b": np.ones(2, np.float32)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.safetensors", content)
    np.testing.assert_array_equal(safetensors_file.read(path)["a.b"], [1, 1])


def test_archive_without_safetensors_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(errors.UserError, match="a.zip has 0 files"):
        safetensors_file.read(path)


def test_damaged_archive_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    path.write_text("no")
    with pytest.raises(errors.UserError, match="a.zip cannot be read"):
        safetensors_file.read(path)

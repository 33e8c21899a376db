import pathlib

import pytest

from tfrecords_tools.base import errors
from video_models.weights import fitting, weight_files

NETWORK = weight_files.Published("--backbone=toy", None)


def load(path):
    weight_files.load(
        pathlib.Path(path), [], NETWORK, fitting.match_shapes, "toy.weights"
    )


def test_missing_file_is_named_with_its_flag():
    with pytest.raises(errors.UserError, match="--toy.weights=/nowhere.pth"):
        load("/nowhere.pth")


def test_file_of_an_unknown_ending_names_the_known_ones(tmp_path):
    path = tmp_path / "a.onnx"
    path.touch()
    with pytest.raises(errors.UserError, match="a.onnx: wanted.*safetensors"):
        load(path)


def test_checkpoint_of_model_garden_is_known_by_its_index(tmp_path):
    (tmp_path / "model.index").touch()
    path = tmp_path / "model"
    assert weight_files.garden_path(path) == str(path)
    assert weight_files.garden_path(tmp_path) is None

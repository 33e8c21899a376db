import numpy as np
import pytest
import tensorflow as tf

from tfrecords_tools.base import errors
from video_models.weights import garden_checkpoint

SCOPES = {
    "model/layer_with_weights-0/layer_with_weights-2/_feature/_conv/_conv/"
    "depthwise_kernel": "block0_layer1/bneck/feature/conv2d/depthwise_kernel",
    "model/layer_with_weights-0/layer_with_weights-2/_attention/_pos_encoding/"
    "_rezero/scale": "scale",
    "model/layer_with_weights-1/_head/_conv/bias": "classifier_head_1/bias",
    "model/optimizer/learning_rate": "learning_rate",
}
NAMES = {
    "block0_layer1/_feature/_conv/kernel",
    "block0_layer1/_attention/_pos_encoding/_rezero/scale",
    "classifier_head/_head/_conv/bias",
}


def written(scopes, folder):
    """A checkpoint of variables in scopes, reached by their ways."""
    root = tf.train.Checkpoint()
    for number, (key, scope) in enumerate(scopes.items()):
        parent = root
        *way, last = key.split("/")
        for step in way:
            if not hasattr(parent, step):
                setattr(parent, step, tf.train.Checkpoint())
            parent = getattr(parent, step)
        setattr(parent, last, tf.Variable(float(number), name=scope))
    return root.write(str(folder / "weights"))


def test_weights_are_called_by_layer_and_way_within_it():
    assert garden_checkpoint.keys(SCOPES).keys() == NAMES


def test_weights_of_a_checkpoint_are_read_by_name(tmp_path):
    found = garden_checkpoint.read(written(SCOPES, tmp_path))
    assert found.keys() == NAMES
    assert found["classifier_head/_head/_conv/bias"] == np.float32(2.0)


def test_slots_of_the_optimizer_are_left_out():
    (kernel, scope), *_ = SCOPES.items()
    slot = f"{kernel}/.OPTIMIZER_SLOT/optimizer/momentum"
    found = garden_checkpoint.keys({kernel: scope, slot: scope})
    assert list(found.values()) == [kernel]


def test_file_that_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match=r"without \.index"):
        garden_checkpoint.read(str(tmp_path / "none"))

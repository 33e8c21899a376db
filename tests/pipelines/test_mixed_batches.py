import numpy as np
import pytest
import tensorflow as tf

from pipelines import mixed_batches
from tfrecords_tools import manifest
from tfrecords_tools.base import errors, registry

ABOUT = manifest.Manifest(
    labels=("a", "b"),
    tasks={},
    several_labels=False,
    splits={},
    settings={},
)
MIX = registry.choose("pipelines.augmentations", "mixup")


def batch(mask):
    frames = np.zeros((3, 1, 2, 2, 3), np.uint8)
    frames[1] = 200
    return {
        "frames": tf.constant(frames),
        "label": tf.constant([0, 1, 0]),
        "mask": tf.constant(mask),
        "mixing_seed": tf.constant([[1, n] for n in range(3)], tf.int64),
    }


def test_without_mixes_only_the_seed_is_taken_away():
    given = batch([1.0, 1.0, 1.0])
    found = mixed_batches.build((), ABOUT)(given)
    assert found.keys() == given.keys() - {"mixing_seed"}
    assert found["label"] is given["label"]


def test_labels_are_mixed_as_the_frames_are():
    found = mixed_batches.build((MIX,), ABOUT)(batch([1.0, 1.0, 1.0]))
    of_b = found["label"][:, 1].numpy()
    np.testing.assert_allclose(found["label"].numpy().sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(
        found["frames"].numpy()[:, 0, 0, 0, 0], 200 * of_b, atol=1
    )


def test_a_clip_whose_partner_cannot_be_read_stays():
    found = mixed_batches.build((MIX,), ABOUT)(batch([1.0, 0.0, 1.0]))
    assert not found["frames"][0].numpy().any()
    assert found["label"][0].numpy().tolist() == [1, 0]


def test_what_cannot_be_mixed_is_refused():
    with pytest.raises(
        errors.UserError, match="=mixup .*not the entries of --extra_inputs"
    ):
        mixed_batches.build((MIX,), ABOUT, other_entries=("--extra_inputs",))

"""What batches hold, and what has no effect on them."""

import dataclasses

import pytest

from pipelines import clip_dataset
from tests.pipelines import batches
from tfrecords_tools.base import errors


def test_augmentation_of_frames_is_refused_without_them():
    given = clip_dataset.Input(frames=False)
    with pytest.raises(errors.UserError, match="--augment=flip"):
        dataclasses.replace(given, augmentations=(batches.FLIP,))

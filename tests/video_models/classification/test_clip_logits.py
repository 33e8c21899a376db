import types

import keras
import numpy as np
import pytest

from tfrecords_tools.base import errors, registry
from video_models.classification import clip_logits

PER_STEP = np.float32([[[1, 5], [3, 1]]])  # A clip, 2 time steps, 2 classes.


def test_a_clip_has_the_mean_logits_of_its_moments():
    assert np.array(clip_logits.mean_over_time(PER_STEP)).tolist() == [[2, 3]]


def test_logits_of_a_clip_stay():
    of_clips = PER_STEP[:, 0]
    assert clip_logits.mean_over_time(of_clips) is of_clips


def test_moments_are_scored_where_there_are_some():
    found = clip_logits.scores(keras.ops.negative, PER_STEP, ".place")
    assert np.array(found["scores.place"]).tolist() == [[-2, -3]]
    assert (
        np.array(found["frame_scores.place"]).tolist() == (-PER_STEP).tolist()
    )


def test_clips_have_no_scores_of_moments():
    found = clip_logits.scores(keras.ops.negative, PER_STEP[:, 0])
    assert list(found) == ["scores"]


def test_views_keep_their_order():
    clips = np.arange(6, dtype=np.float32).reshape(2, 3, 1, 1, 1, 1)

    def network(frames, training):
        return {"a": keras.ops.reshape(frames, (-1, 1))}

    found = clip_logits.predict_views(network, clips)["a"]
    assert np.array(found).tolist() == [[[0], [1], [2]], [[3], [4], [5]]]


def test_a_head_that_scores_no_classes_is_refused():
    module = types.SimpleNamespace(GIVES=("features",))
    head = registry.Chosen("projection", module, None)
    with pytest.raises(errors.UserError, match="wanted --head=classifier"):
        clip_logits.check_head(head)

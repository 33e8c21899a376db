"""Which clips of a training step are right."""

import numpy as np

from video_models.classification import several_labels, single_label

LOGITS = np.log(np.float32([[2, 1, 1], [1, 1, 2], [1, 2, 1], [1, 1, 2]]))


def hits(labels, logits, label):
    right, counted = labels.hits(logits, np.array(label))
    return np.array(right).tolist(), np.array(counted).tolist()


def test_the_highest_logit_has_to_be_the_label_and_none_does_not_count():
    labels = single_label.SingleLabel(("a", "b", "c"))
    wanted = [1, 0, 1, 0], [1, 1, 1, 0]
    assert hits(labels, LOGITS, [0, 1, 1, -1]) == wanted


def test_logits_of_time_steps_are_averaged():
    labels = single_label.SingleLabel(("a", "b", "c"), smoothing=0.2)
    steps = np.stack([LOGITS[:1], LOGITS[:1]], axis=1)
    assert hits(labels, steps, [0]) == ([1], [1])


def test_a_mixed_clip_is_that_of_its_largest_label():
    labels = single_label.SingleLabel(("a", "b", "c"))
    assert hits(labels, LOGITS[:1], [[0.6, 0.4, 0.0]]) == ([1], [1])


def test_several_labels_have_to_be_exactly_those():
    labels = several_labels.SeveralLabels(("a", "b"))
    logits = np.float32([[3, -3], [3, 3], [-3, -3]])
    wanted = [1, 0, 0], [1, 1, 0]
    assert hits(labels, logits, [[1.0, 0.0]] * 2 + [[0.0, 0.0]]) == wanted

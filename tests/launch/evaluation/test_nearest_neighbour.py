"""Labels from metadata: those of the most similar training clip."""

import numpy as np

from launch.evaluation import nearest_neighbour

LABELS = np.eye(3, dtype=bool)


def nearest(known, labels, asked):
    found = nearest_neighbour.labels_of_nearest(
        np.array(known, float), LABELS[labels], np.array(asked, float)
    )
    return found.argmax(axis=1).tolist()


def test_the_most_similar_clip_gives_its_label():
    assert nearest([[1, 0], [2, 9]], [0, 2], [[1.4, 1], [1.6, 8]]) == [0, 2]


def test_every_fact_weighs_the_same():
    known = [[0, 0.0], [1000, 0.0], [0, 0.1], [1000, 0.1]]
    assert nearest(known, [0, 0, 1, 1], [[480, 0.1]]) == [1]


def test_a_fact_that_never_varies_is_ignored():
    assert nearest([[25, 1], [25, 2]], [0, 1], [[30, 2]]) == [1]


def test_of_several_nearest_clips_the_most_frequent_label_is_taken():
    assert nearest([[1], [1], [1], [5]], [1, 2, 2, 0], [[1]]) == [2]


def test_clips_that_are_all_alike_get_the_most_frequent_label():
    assert nearest([[1]] * 3, [2, 1, 1], [[7]]) == [1]


def test_of_equally_frequent_labels_the_first_is_taken():
    assert nearest_neighbour.most_frequent(LABELS[[2, 1]]).argmax() == 1

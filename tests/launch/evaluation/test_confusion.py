import numpy as np

from launch.evaluation import confusion
from tests.launch.evaluation import answered


def test_rows_are_true_and_columns_given_labels():
    found = confusion.matrix(answered.ONE)
    assert found.tolist() == [[1, 0, 0], [1, 0, 0], [0, 1, 0]]


def test_each_label_set_is_drawn_below_the_other():
    alone = confusion.image([answered.ONE])
    both = confusion.image([answered.ONE, answered.SEVERAL])
    assert both.shape[0] > alone.shape[0]


def test_only_the_labels_with_most_mistakes_are_drawn(monkeypatch):
    whole = confusion.image([answered.ONE])
    monkeypatch.setattr(confusion, "_MOST_LABELS", 2)
    assert confusion._shown(np.array([1, 3, 2])).tolist() == [1, 2]
    assert confusion.image([answered.ONE]).shape[0] < whole.shape[0]

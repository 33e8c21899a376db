from tfrecords_tools import annotations, labels


def _clip(label, split="train"):
    return annotations.Clip(f"{label}.mp4", label, split)


def test_training_labels_come_first_and_sorted():
    clips = [_clip("a", "test"), _clip("c"), _clip("b")]
    assert labels.name_all(clips) == ("b", "c", "a")


def test_known_labels_keep_their_ids():
    assert labels.name_all([_clip("a")], ("z",)) == ("z", "a")


def test_bar_between_labels_makes_several():
    assert labels.any_several(["a", "b|c"])
    assert not labels.any_several(["a", "", "b|"])

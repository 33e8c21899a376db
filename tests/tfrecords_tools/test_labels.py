import pytest

from tfrecords_tools import annotation_checks, annotations, labels


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


NFC, NFD = "\u00c9p\u00e9e", "E\u0301pe\u0301e"


def test_a_known_label_of_another_form_keeps_its_id():
    clips = [_clip("a"), _clip(NFC), _clip(NFD, "test")]
    assert labels.name_all(clips, ("z", NFD)) == ("z", NFC, "a")
    assert labels.name_tasks([], {NFD: (NFD,)}) == {NFC: (NFC,)}


@pytest.mark.parametrize("known", [(NFC, NFD), (NFD, NFC), (NFD, f" {NFC}")])
def test_known_labels_that_only_look_different_keep_their_places(known):
    found = labels.name_all([_clip(NFD)], known)
    assert len(found) == 2 and len(set(found)) == 2 and NFC in found
    assert labels.count([_clip(NFD), _clip(NFC)], found)["train"].count(2) == 1


RED_HEART, HEART = "\u2764\ufe0f", "\u2764"


@pytest.mark.parametrize("written", [HEART, RED_HEART])
def test_a_known_emoji_in_colours_keeps_its_id(written):
    (clip,) = annotation_checks.check([_clip(written)])
    assert labels.name_all([clip], ("z", RED_HEART)) == ("z", HEART)
    assert labels.count([clip], ("z", HEART)) == {"train": (0, 1)}

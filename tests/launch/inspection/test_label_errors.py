import dataclasses

import numpy as np

from launch.inspection import label_errors
from tests.launch import labelled


def swapped(clips, places):
    labels = clips.labels.copy()
    labels[places] = (labels[places] + 1) % 3
    return dataclasses.replace(clips, labels=labels)


def places_found(clips, confidence=0.8):
    probability = label_errors.probabilities(clips)
    found = label_errors.find(clips, probability, confidence)
    return [each.place for each in found]


def test_swapped_labels_are_found():
    clips = swapped(labelled.clips(), [3, 10, 44])
    assert sorted(places_found(clips)) == [3, 10, 44]


def test_suggestion_is_the_true_label():
    clips = swapped(labelled.clips(), [3])
    probability = label_errors.probabilities(clips)
    (found,) = label_errors.find(clips, probability, 0.8)
    assert (found.given, found.suggested) == (1, 0)
    assert found.probability > found.given_probability


def test_right_labels_are_not_suspect():
    assert places_found(labelled.clips()) == []


def test_a_clip_is_judged_without_its_group():
    # Both clips of a group have the wrong label: each would excuse the other.
    clips = labelled.clips()
    clips = dataclasses.replace(clips, groups=np.arange(60) // 6)
    clips = swapped(clips, [0, 3])
    clips.features[3] = clips.features[0]
    assert sorted(places_found(clips)) == [0, 3]


def test_more_confidence_gives_a_shorter_list():
    clips = swapped(labelled.clips(spread=1.0), [3, 10, 44])
    every, few = places_found(clips, 0.5), places_found(clips, 1.1)
    assert set(few) < set(every)


def test_a_clip_without_a_label_is_not_suspect():
    clips = labelled.clips()
    clips.labels[5] = -1
    assert places_found(clips) == []

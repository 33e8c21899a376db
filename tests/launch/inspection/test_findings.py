import dataclasses
import json

import numpy as np
import pytest

from launch.inspection import findings, near_duplicates, outliers
from tests.launch import labelled


def test_copies_with_different_labels_are_a_pair():
    clips = labelled.clips()
    clips.features[7] = clips.features[3] + 1e-4
    (pair,) = near_duplicates.find(clips, 0.2)
    assert pair.places == (3, 7) and pair.distance < 0.1


def test_copies_with_one_label_are_none():
    clips = labelled.clips()
    clips.features[6] = clips.features[3]
    assert near_duplicates.find(clips, 0.2) == []


@pytest.mark.parametrize("noise", [0, 1e-5])
def test_copies_are_found_where_most_clips_have_one(noise):
    random = np.random.default_rng(0)
    features = np.tile(random.normal(size=(40, 64)), (2, 1))
    features[40:] += noise * random.normal(size=(40, 64))
    clips = labelled.of(features, np.arange(80) // 40)
    pairs = near_duplicates.find(clips, 0.2)
    assert sorted(p.places for p in pairs) == [(i, i + 40) for i in range(40)]


def test_a_clip_far_from_all_others_is_an_outlier():
    clips = labelled.clips()
    clips.features[8] = -4 * clips.features[:3].mean(0)
    assert [each.place for each in outliers.find(clips, 5.0)][:1] == [8]


def test_clips_without_a_label_that_are_alike_are_a_cluster():
    clips = labelled.clips()
    labels = np.where(np.arange(60) % 3 == 2, -1, clips.labels)
    found = outliers.clusters(dataclasses.replace(clips, labels=labels))
    members = [place for each in found for place in each.places]
    assert found and all(place % 3 == 2 for place in members)


def test_clips_with_labels_are_no_cluster():
    assert outliers.clusters(labelled.clips()) == []


def test_cases_are_json_values():
    clips = labelled.clips()
    clips.labels[3] = 1
    rows = findings.to_json(clips, findings.find(clips, findings.Config()))
    (row,) = [r for r in rows if r["kind"] == "label_error"]
    assert json.loads(json.dumps(row))["clips"][0]["path"] == "3.mp4"
    assert row["suggested"] == "a"


def test_clips_of_one_label_have_no_label_errors():
    clips = dataclasses.replace(labelled.clips(), labels=np.zeros(60, int))
    assert findings.find(clips, findings.Config()).suspects == []


def test_a_single_clip_is_inspected():
    clips = labelled.of(np.ones((1, 4)), [0])
    found = findings.find(clips, findings.Config())
    assert set(found.counts.values()) == {0}


@pytest.mark.parametrize("free", [0, 20])
def test_labels_of_one_group_are_not_judged(free):
    labels = np.where(np.arange(60) < free, -1, np.arange(60) % 3)
    groups = np.where(np.arange(60) < free, np.arange(60), 60)
    clips = dataclasses.replace(labelled.clips(), labels=labels, groups=groups)
    found = findings.find(clips, findings.Config())
    assert found.suspects == [] and "two groups" in found.unjudged


def test_labels_that_are_groups_are_not_judged():
    clips = labelled.clips()
    clips = dataclasses.replace(clips, groups=clips.labels)
    found = findings.find(clips, findings.Config())
    assert found.suspects == [] and "two groups" in found.unjudged


def test_a_label_of_one_group_is_left_out_and_named():
    clips = labelled.clips()
    groups = np.where(clips.labels == 2, 99, clips.groups)
    clips = dataclasses.replace(clips, groups=groups)
    found = findings.find(clips, findings.Config())
    assert found.suspects == [] and found.agreement == 1.0
    assert found.unjudged.endswith(": c")


def test_shards_without_labels_are_inspected():
    clips = labelled.of(np.ones((4, 2)), [-1] * 4)
    clips = dataclasses.replace(clips, names=())
    found = findings.find(clips, findings.Config())
    assert found.suspects == [] and not found.is_judged

import numpy as np

from launch.embedding import labelled_clips, stored_clips
from tfrecords_tools import manifest


def test_clips_of_a_split_are_taken(coded_shards):
    read = manifest.read(coded_shards)
    clips = [
        clip
        for split in ("train", "validation")
        for clip in stored_clips.list_clips(coded_shards, read, split)
    ]
    every = np.arange(len(clips))
    found = labelled_clips.LabelledClips(
        read.labels, clips, every[:, None], every, every
    ).of_split("validation")
    assert len(found.clips) == 7
    assert {clip.place.split for clip in found.clips} == {"validation"}

import types

import pytest

from tests import shards
from tfrecords_tools import manifest
from tfrecords_tools.checking import census
from tfrecords_tools.checking.report import contact_sheet


@pytest.fixture
def folder(tmp_path):
    clips = [shards.Clip(0, 8)]
    return shards.write(tmp_path, {"train": clips}, shards=1, labels=())


def page(folder, clips=3, offset=0):
    sample = census.Sample(
        split="train",
        shard="train-00000-of-00001.tfrecord",
        number=0,
        path="<a>.mp4",
        frames=8,
        seconds=0.32,
        places=((offset, 0), (offset, 3), (offset, 7)),
    )
    counted = types.SimpleNamespace(
        samples={("train", ""): [sample]}, seconds={"train": [[0.32]]}
    )
    made = manifest.read(folder)
    return "".join(
        contact_sheet.sections(folder, made, counted, clips, height=16)
    )


def test_first_middle_and_last_frame_of_a_clip_are_shown(folder):
    found = page(folder)
    for side in ("first", "middle", "last"):
        assert f'alt="{side} frame" src="data:image/jpeg;base64,' in found
    assert "&lt;a&gt;.mp4" in found and "8 frames, 0.32 s" in found


def test_a_record_that_cannot_be_read_is_said_in_its_place(folder):
    found = page(folder, offset=5)
    assert '<p class="broken">cannot be shown: checksum' in found
    assert "8 frames, 0.32 s" in found


def test_a_missing_record_is_said_in_its_place(folder):
    assert "cannot be shown: the record is missing" in page(folder, offset=9**9)


def test_without_clips_to_show_there_is_no_sheet(folder):
    assert page(folder, clips=0) == ""

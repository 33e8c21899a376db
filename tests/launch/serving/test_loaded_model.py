import json
import shutil

import pytest

from launch.commands import export
from launch.serving import loaded_model
from tfrecords_tools.base import errors, flags


@pytest.fixture(scope="module")
def loaded(exported):
    return loaded_model.LoadedModel(exported)


def test_golden_clip_is_replayed(loaded):
    assert loaded.golden_difference() <= 1e-5


def test_changed_golden_clip_is_noticed(exported):
    golden = exported / "1" / "assets.extra" / "golden.json"
    before = golden.read_text()
    values = json.loads(before)
    values["scores"] = [s + 0.01 for s in values["scores"]]
    golden.write_text(json.dumps(values))
    try:
        asked = flags.parse(export.COMMAND, [f"--verify={exported}"])
        assert export.main(asked) == 1
    finally:
        golden.write_text(before)


def test_folder_without_an_export_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="no exported model in"):
        loaded_model.LoadedModel(tmp_path)


@pytest.mark.parametrize("name", ["model.json", "golden.json"])
def test_damage_is_told_with_the_version(exported, tmp_path, name):
    copy = tmp_path / "1"
    shutil.copytree(exported / "1", copy)
    (copy / "assets.extra" / name).write_text("{")
    with pytest.raises(errors.UserError, match=f"{copy} is damaged"):
        assert loaded_model.LoadedModel(tmp_path).golden


def test_clip_of_another_length_is_refused(loaded):
    frames = loaded.metadata.clip.frames
    with pytest.raises(errors.UserError, match=f"of 1 frames, wanted {frames}"):
        loaded.answers([[b"jpeg"]])


def test_stream_of_an_export_without_one_is_refused(loaded):
    with pytest.raises(errors.UserError, match="has no stream"):
        loaded.stream()

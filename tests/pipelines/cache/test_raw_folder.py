import shutil
import types

import pytest

from pipelines.cache import raw_folder, raw_shards
from tests import shards
from tfrecords_tools import manifest
from tfrecords_tools.base import errors

FORM = raw_shards.Form(24, 3)
MADE_FROM = {"split": "train"}


@pytest.fixture
def source(tmp_path):
    clips = [shards.Clip(number, 4, ("a",)) for number in range(3)]
    folder = tmp_path / "shards"
    folder.mkdir()
    return shards.write(folder, {"train": clips, "validation": clips})


def write(source, folder):
    about = manifest.read(source)
    raw_folder.write(str(source), folder, about, MADE_FROM, FORM)


def test_one_split_is_rewritten_and_the_manifest_says_of_what(source, tmp_path):
    write(source, tmp_path / "made")
    found = manifest.read(tmp_path / "made")
    assert list(found.splits) == list(found.label_counts) == ["train"]
    assert (found.storage, found.key_every) == ("raw", 1)
    assert found.settings["cache"] == MADE_FROM
    assert not list(tmp_path.glob("made*partial"))


def test_shards_that_stand_are_not_written_again(source, tmp_path, monkeypatch):
    write_shard, written = raw_shards.write, []

    def failing(path, *rest):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(path)
        return write_shard(path, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(raw_shards, "write", failing)
        with pytest.raises(KeyboardInterrupt):
            write(source, tmp_path / "made")
    assert not (tmp_path / "made").exists()
    monkeypatch.setattr(
        raw_shards,
        "write",
        lambda path, *rest: written.append(path) or write_shard(path, *rest),
    )
    write(source, tmp_path / "made")
    assert len(written) == len(set(written)) == 3


def test_too_little_room_is_told_before_the_work(source, tmp_path, monkeypatch):
    free = types.SimpleNamespace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: free)
    monkeypatch.setattr(raw_shards, "write", None)
    with pytest.raises(errors.UserError, match="free some space"):
        write(source, tmp_path / "made")

import shutil

import pytest

from tfrecords_tools import (
    build_plan,
    data_set,
    manifest,
    shard_check,
    shard_plan,
)
from tfrecords_tools.base import errors, registry


@pytest.fixture(scope="module")
def built(classes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    request = build_plan.Request(
        registry.choose("tfrecords_tools.sources", "video_folder"),
        str(classes),
        str(folder),
        shards=shard_plan.Config(minimum=2, chunk_frames=4),
    )
    data_set.build(build_plan.prepare(request))
    return folder


@pytest.fixture
def shards(built, tmp_path):
    """A copy of a data set, and two of its shards."""
    folder = tmp_path / "shards"
    shutil.copytree(built, folder)
    names = [shard.name for shard in manifest.read(folder).splits["train"]]
    return folder, folder / names[0], folder / names[1]


def problems(folder):
    return "\n".join(shard_check.check(folder))


def test_whole_shards_have_no_problems(shards):
    assert problems(shards[0]) == ""


def test_a_flipped_bit_is_placed(shards):
    folder, path, _ = shards
    content = bytearray(path.read_bytes())
    content[3000] ^= 1
    path.write_bytes(content)
    found = problems(folder)
    assert f"SHA-256 of {path.name}" in found
    assert f"{path.name}, offset 0, clip " in found
    assert "checksum is wrong" in found


def test_a_cut_at_a_record_boundary_is_found(shards):
    folder, path, _ = shards
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little") + 16
    path.write_bytes(content[:length])
    assert f"{path.name}: 1 records, the index has" in problems(folder)


def test_a_cut_inside_a_record_is_found(shards):
    folder, path, _ = shards
    path.write_bytes(path.read_bytes()[:-1])
    assert "the file ends inside a record" in problems(folder)


def test_a_missing_shard_is_named(shards):
    folder, path, _ = shards
    path.unlink()
    assert f"{path.name} missing" in problems(folder)


def test_a_missing_index_is_named(shards):
    folder, path, _ = shards
    path.with_suffix(".index").unlink()
    assert f"{path.stem}.index missing" in problems(folder)


def test_swapped_shards_name_each_other(shards):
    folder, one, other = shards
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    assert f"{one.name} holds the bytes of {other.name}" in problems(folder)


def test_a_stranger_is_named(shards):
    folder, path, _ = shards
    name = "train-00007-of-00009.tfrecord"
    shutil.copy(path, folder / name)
    assert f"{name}: is not in the manifest" in problems(folder)


def test_a_changed_index_is_named(shards):
    folder, path, _ = shards
    index = path.with_suffix(".index")
    content = bytearray(index.read_bytes())
    content[-1] ^= 1
    index.write_bytes(content)
    assert f"{index.name} is damaged" in problems(folder)


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="build_shards"):
        shard_check.check(tmp_path)

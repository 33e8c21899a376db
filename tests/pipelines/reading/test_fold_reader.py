"""Folds of existing shards, read like splits."""

import dataclasses

import numpy as np
import pytest

from pipelines import batch, clip_dataset, split_readers
from tests import shards

TRAIN = [shards.Clip(n, 6 + n, ("ab"[n % 2],)) for n in range(8) if n != 5]
VALIDATION = [shards.Clip(n, 20 + n, ("ab"[n % 2],)) for n in range(4)]
# In the pool, validation clips come after the last training clip.
POOL = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Shards whose report has a group for two videos each."""
    made = tmp_path_factory.mktemp("folds")
    splits = {"train": TRAIN, "validation": VALIDATION}
    shards.write(made, splits, labels=("a", "b"))
    rows = [f"{n}.mp4,g{n // 2}" for n in range(8)]
    (made / "report.csv").write_text("\n".join(["path,group", *rows]) + "\n")
    return made


def config(fold=1, **more):
    reader = clip_dataset.Config(folds=2, fold=fold, **more)
    clip = batch.ClipSpec(frames=2, stride=1, size=16)
    return clip_dataset.Input(clip, reader=reader)


def clips_of(folder, split, fold=1):
    reader = clip_dataset.open_split(folder, split, config(fold))
    return reader.table.ids.numpy().tolist()


def test_each_clip_is_held_out_once(folder):
    held_out = [clips_of(folder, "validation", fold) for fold in (1, 2)]
    assert sorted(sum(held_out, [])) == POOL


def test_the_training_split_is_all_other_clips(folder):
    for fold in (1, 2):
        both = [
            clips_of(folder, each, fold) for each in ("train", "validation")
        ]
        assert sorted(sum(both, [])) == POOL


def test_a_group_is_never_in_both(folder):
    reader = clip_dataset.open_split(folder, "train", config())
    pool = reader.pool
    groups = dict(zip([c.number for c in pool.clips], pool.groups, strict=True))
    learnt = {groups[n] for n in clips_of(folder, "train")}
    held_out = {groups[n] for n in clips_of(folder, "validation")}
    assert not learnt & held_out


def test_the_pool_has_every_clip_by_the_same_number(folder):
    reader = split_readers.open_pool(folder, config(fold=None))
    assert reader.table.ids.numpy().tolist() == POOL
    assert reader.clips == len(POOL)


def test_what_is_kept_of_all_clips_is_found_by_place(folder):
    reader = clip_dataset.open_split(folder, "validation", config())
    every = reader.whole.table.ids.numpy()
    assert every.tolist() == POOL
    assert every[reader.places].tolist() == clips_of(folder, "validation")


def test_folds_of_the_same_shards_have_other_digests(folder):
    one, other = (
        clip_dataset.open_split(folder, "train", config(fold))
        for fold in (1, 2)
    )
    assert {s.sha256 for s in one.shards}.isdisjoint(
        {s.sha256 for s in other.shards}
    )
    again = clip_dataset.open_split(folder, "train", config())
    assert again.manifest == one.manifest


def test_the_manifest_counts_the_clips_of_the_fold(folder):
    reader = clip_dataset.open_split(folder, "train", config())
    numbers = np.array(clips_of(folder, "train"))
    # Numbers of both splits are even for a: validation begins at 8.
    wanted = (int((numbers % 2 == 0).sum()), int((numbers % 2 == 1).sum()))
    assert reader.manifest.label_counts["train"] == wanted
    listed = reader.manifest.splits["train"]
    assert sum(shard.clips for shard in listed) == len(numbers)
    assert split_readers.read_manifest(folder, config()) == reader.manifest


def test_frames_are_those_of_the_clip(folder):
    reader = clip_dataset.open_split(folder, "validation", config())
    data = clip_dataset.evaluation(
        reader, config(), clip_dataset.BatchShard(reader.clips)
    )
    (found,) = data.as_numpy_iterator()
    of_video = [number % 8 for number in found["clip_id"]]
    assert shards.clips_in(found["frames"][:, 0, 0]).tolist() == of_video
    assert found["label"].tolist() == [n % 2 for n in of_video]


def test_a_resumed_fold_sees_the_same_batches(folder):
    reader = clip_dataset.open_split(folder, "train", config())

    def ids(start, count):
        data = clip_dataset.training(
            reader, config(), clip_dataset.BatchShard(3), 7, start
        )
        return [b["clip_id"].tolist() for b in data.take(count)
                .as_numpy_iterator()]  # fmt: skip

    assert ids(2, 3) == ids(0, 5)[2:]


def test_a_cache_holds_the_clips_of_every_fold(folder, tmp_path):
    cached = config(cache=str(tmp_path), cache_short_side=16)
    reader = clip_dataset.open_split(folder, "train", cached)
    assert reader.table.ids.numpy().tolist() == clips_of(folder, "train")
    assert reader.manifest.storage == "raw"
    before = sorted(tmp_path.rglob("*.tfrecord"))
    other = dataclasses.replace(cached.reader, fold=2)
    other = dataclasses.replace(cached, reader=other)
    clip_dataset.open_split(folder, "train", other)
    assert sorted(tmp_path.rglob("*.tfrecord")) == before

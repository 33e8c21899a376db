"""A video that cannot be had for one build comes back to its split."""

import collections
import unicodedata

import pytest

from tests.tfrecords_tools.fixtures import small
from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.source_parsing import video_root
from tfrecords_tools.splitting import splits

Clip = annotations.Clip
SKIP = video_root.Config(missing="skip")


@pytest.fixture(scope="session")
def video(plain_video):
    return plain_video.read_bytes()


def put(folder, video, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(video)


def built(folder, output, **settings):
    """Path to split and status."""
    _, rows = small.build(folder, output, workers=2, **settings)
    return {row["path"]: (row["split"], row["status"]) for row in rows}


def of_status(report, status):
    return {p: split for p, (split, found) in report.items() if found == status}


def test_links_to_nothing_come_back_to_their_split(tmp_path, video):
    videos, output = tmp_path / "videos", tmp_path / "shards"
    names = [f"{c}/{n}.mp4" for c in ("left", "right") for n in range(10)]
    put(videos, video, *names)
    first = of_status(built(videos, output), "ok")
    away = {path for path, split in first.items() if split == "validation"}
    for path in away:
        (videos / path).unlink()
        (videos / path).symlink_to(tmp_path / "gone.mp4")
    put(videos, video, *(f"{c}/x{n}.mp4" for c in ("left", "right")
                         for n in range(4)))  # fmt: skip
    second = built(videos, output)
    missing = of_status(second, "missing")
    assert missing == dict.fromkeys(away, "validation")
    sizes = collections.Counter(split for split, _ in second.values())
    assert sizes == {"train": 22, "validation": 3, "test": 3}
    for path in away:
        (videos / path).unlink()
    put(videos, video, *away)
    third = of_status(built(videos, output), "ok")
    assert first.items() <= third.items()


def test_videos_of_a_folder_that_is_away_come_back(tmp_path, video):
    videos, output = tmp_path / "videos", tmp_path / "shards"
    put(videos, video, *(f"left/{n}.mp4" for n in range(10)))
    put(tmp_path / "disk", video, *(f"{n}.mp4" for n in range(10)))
    (videos / "right").symlink_to(tmp_path / "disk")
    more = {"files": video_root.Config(follow_links=True)}
    first = of_status(built(videos, output, **more), "ok")
    (tmp_path / "disk").rename(tmp_path / "away")
    second = built(videos, output, **more)
    assert second["right"] == ("", "missing")
    right = {p: s for p, s in first.items() if p.startswith("right/")}
    missing = of_status(second, "missing")
    assert right.items() <= missing.items()
    (tmp_path / "away").rename(tmp_path / "disk")
    assert of_status(built(videos, output, **more), "ok") == first


def test_a_row_that_is_skipped_comes_back_in_any_unicode_form(tmp_path, video):
    videos, output = tmp_path / "videos", tmp_path / "shards"
    names = [f"é{n}.mp4" for n in range(20)]
    on_disk = [unicodedata.normalize("NFD", name) for name in names]
    put(videos, video, *on_disk)
    table = small.table(videos, *names, header="path")
    more = {"source": "csv_file", "files": SKIP, "video_root": str(videos)}
    first = of_status(built(table, output, **more), "ok")
    away = [path for path, split in first.items() if split != "train"]
    for path in away:
        (videos / path).unlink()
    missing = of_status(built(table, output, **more), "missing")
    assert sorted(missing.values()) == ["test"] * 2 + ["validation"] * 2
    put(videos, video, *away)
    assert of_status(built(table, output, **more), "ok") == first


@pytest.mark.parametrize("data", [b"", b"no video"], ids=["empty", "damaged"])
def test_a_damaged_video_comes_back_to_its_split(tmp_path, video, data):
    videos, output = tmp_path / "videos", tmp_path / "shards"
    put(videos, video, *(f"{n}.mp4" for n in range(20)))
    first = of_status(built(videos, output), "ok")
    away = [path for path, split in first.items() if split != "train"]
    put(videos, data, *away[:3])
    assert len(of_status(built(videos, output), "ok")) == 17
    put(videos, video, *away)
    assert of_status(built(videos, output), "ok") == first


def settled(*clips, known=None):
    kept, _ = splits.settle(annotation_checks.check(list(clips)), known=known)
    return {clip.path: clip.split for clip in kept}


def test_an_absent_row_nobody_knows_is_not_drawn():
    assert settled(Clip("a.mp4"), Clip("b.mp4", absent="gone")) == {
        "a.mp4": "train",
        "b.mp4": "",
    }


def test_new_videos_of_its_group_go_where_the_absent_one_is():
    clips = Clip("a.mp4", group="g", absent="gone"), Clip("b.mp4", group="g")
    found = settled(*clips, known={"a.mp4": "test"})
    assert found == {"a.mp4": "test", "b.mp4": "test"}


def test_its_place_is_not_given_away():
    absent = [Clip(f"a{n}.mp4", "a", absent="gone") for n in range(2)]
    known = {"a0.mp4": "validation", "a1.mp4": "test"}
    found = settled(
        *absent, *(Clip(f"b{n}.mp4", "a") for n in range(8)), known=known
    )
    assert {found[f"b{n}.mp4"] for n in range(8)} == {"train"}


def test_an_absent_row_contradicts_nobody():
    clips = [
        Clip("a.mp4", split="test", group="g", absent="gone"),
        Clip("b.mp4", split="train", group="g"),
    ]
    assert settled(*clips) == {"a.mp4": "test", "b.mp4": "train"}

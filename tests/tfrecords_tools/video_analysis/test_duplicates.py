import pathlib
from fractions import Fraction

import cv2
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import moving_videos
from tests.tfrecords_tools.fixtures.numbered_videos import write_video
from tfrecords_tools.video_analysis import (
    alike_videos,
    disjoint_sets,
    duplicates,
    fingerprint_buckets,
    video_fingerprint,
    video_survey,
)

DATA = pathlib.Path(__file__).parents[3].parent / "shared/data"
COPIES = video_survey.Needs(copies=True)


def survey(path):
    return video_survey.examine(str(path), COPIES, 10**8)


def found(paths, **settings):
    surveys = {path.name: survey(path) for path in paths}
    return duplicates.find(surveys, duplicates.Config(**settings))


def cropped(image):
    return image[3:-3, 4:-4]


def brighter(image):
    return np.clip(image * 1.1 + 15, 0, 255).astype(np.uint8)


def smaller(image):
    return cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def with_logo(image):
    image = image.copy()
    cv2.rectangle(image, (100, 6), (122, 16), (250, 250, 20), -1)
    return image


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    path = tmp_path_factory.mktemp("original") / "original.mp4"
    return moving_videos.write(path, moving_videos.images(7))


@pytest.mark.parametrize("change", [cropped, brighter, smaller, with_logo])
def test_a_changed_copy_is_found(tmp_path, original, change):
    images = [
        np.ascontiguousarray(change(image)) for image in moving_videos.images(7)
    ]
    copy = moving_videos.write(tmp_path / "copy.mp4", images)
    assert found([original, copy]) == (("copy.mp4", "original.mp4"),)


def test_a_copy_of_low_quality_is_found(tmp_path, original):
    images = moving_videos.images(7)
    copy = moving_videos.write(tmp_path / "copy.mp4", images, crf=38)
    assert found([original, copy])


def test_a_copy_of_another_frame_rate_is_found(tmp_path, original):
    images = moving_videos.images(7)
    kept = [number * 24 // 15 for number in range(30)]
    copy = write_video(
        tmp_path / "copy.mkv", [images[n] for n in kept], kept,
        time_base=Fraction(1, moving_videos.FRAME_RATE),
    )  # fmt: skip
    assert found([original, copy])


def test_another_motion_before_the_same_scene_is_no_copy(tmp_path, original):
    paths = [original]
    for motion in (8, 9, 10):
        images = moving_videos.images(motion)
        path = tmp_path / f"{motion}.mp4"
        paths.append(moving_videos.write(path, images))
    assert found(paths) == ()


def test_other_colours_are_no_copy(tmp_path, original):
    images = [
        np.ascontiguousarray(image[..., ::-1])
        for image in moving_videos.images(7)
    ]
    other = moving_videos.write(tmp_path / "other.mp4", images)
    assert found([original, other]) == ()


def test_files_of_the_same_bytes_are_copies(tmp_path, original):
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(original.read_bytes())
    assert found([original, copy], distance=0.0)


def test_distance_0_takes_only_the_same_bytes(tmp_path, original):
    images = moving_videos.images(7)
    copy = moving_videos.write(tmp_path / "copy.mp4", images, crf=21)
    assert not found([original, copy], distance=0.0)


def test_still_frames_are_copies_where_they_look_the_same(tmp_path):
    paths = []
    for name, scene, crf in (("a", 1, 20), ("b", 1, 30), ("c", 2, 20)):
        images = [moving_videos.images(1, scene)[0]] * 24
        path = tmp_path / f"{name}.mp4"
        paths.append(moving_videos.write(path, images, crf))
    assert found(paths) == (("a.mp4", "b.mp4"),)


def test_blank_videos_are_no_copies_of_each_other(tmp_path):
    paths = [
        moving_videos.write(
            tmp_path / f"{level}.mp4",
            [np.full((64, 64, 3), level, np.uint8)] * 24,
        )
        for level in (0, 1, 255)
    ]
    assert found(paths) == ()


def test_unreadable_files_are_no_copies(tmp_path):
    paths = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for path in paths:
        path.write_bytes(b"no video at all" * 99)
    assert found(paths) == ()


def test_the_order_of_files_does_not_matter(tmp_path, original):
    copies = [
        moving_videos.write(
            tmp_path / f"{crf}.mp4", moving_videos.images(7), crf
        )
        for crf in (25, 30)
    ]
    groups = found([original, *copies])
    assert groups == found([*copies, original])
    assert groups == (("25.mp4", "30.mp4", "original.mp4"),)


def frames_of(images, period):
    maker = video_fingerprint.Maker()
    for number, image in enumerate(images):
        maker.add(number * period, (number + 1) * period, image)
    return maker.fingerprint()


def test_no_frames_have_no_fingerprint():
    assert video_fingerprint.Maker().fingerprint() is None


def test_a_still_frame_does_not_move():
    prints = frames_of([moving_videos.images(1)[0]] * 9, 40_000)
    assert prints.energy == 0 and not any(prints.motion)


def test_a_fingerprint_does_not_depend_on_where_the_video_begins():
    images = moving_videos.images(3)
    maker = video_fingerprint.Maker()
    for number, image in enumerate(images):
        time = 7_777_777 + number * 40_000
        maker.add(time, time + 40_000, image)
    assert maker.fingerprint() == frames_of(images, 40_000)


def test_a_repeated_frame_is_a_longer_one():
    images = moving_videos.images(3)
    twice = [image for image in images for _ in range(2)]
    assert frames_of(images, 40_000) == frames_of(twice, 20_000)


def test_long_videos_have_fingerprints_like_short_ones():
    images = moving_videos.images(3)
    one, other = frames_of(images, 40_000), frames_of(images, 75_000_000)
    levels = [
        np.frombuffer(each.motion, np.int8).astype(float)
        for each in (one, other)
    ]
    product = levels[0] @ levels[1]
    assert product > 0.95 * np.linalg.norm(levels[0]) * np.linalg.norm(
        levels[1]
    )


def invented(count, copies, seed=0):
    """Fingerprints of which each of the first `copies` stands twice."""
    random = np.random.RandomState(seed)
    originals = random.randn(count - copies, 1280) * 8
    doubled = originals[:copies] + random.randn(copies, 1280) * 3
    rows = np.concatenate([originals, doubled]).round().clip(-127, 127)
    rows = rows.astype(np.int8)
    return [
        video_fingerprint.Fingerprint(
            3_000_000, row[:256].tobytes(), row[256:].tobytes(), bytes(32), 2.0
        )
        for row in rows
    ]


@pytest.mark.parametrize("all_pairs", [10**6, 10])
def test_doubled_fingerprints_are_found(all_pairs):
    prints = invented(3000, 100)
    pairs = alike_videos.pairs(prints, 0.36, all_pairs)
    assert pairs == [(number, 2900 + number) for number in range(100)]


def test_videos_of_other_lengths_are_not_compared():
    one, other = invented(2, 1)
    assert alike_videos.pairs([one, other], 0.36)
    longer = other._replace(length=4_000_000)
    assert not alike_videos.pairs([one, longer], 0.36)


def test_buckets_propose_few_of_all_pairs():
    rows = np.random.RandomState(0).randint(-99, 99, (2000, 64))
    proposed = sum(len(one) for one, _ in fingerprint_buckets.pairs(rows, 12))
    assert proposed < 2000 * 1999 / 2 / 100


def test_sets_are_the_same_in_any_order():
    joined = [("c", "d"), ("a", "b"), ("b", "d"), ("x", "y")]
    for pairs in (joined, joined[::-1]):
        sets = disjoint_sets.DisjointSets()
        for pair in pairs:
            sets.join(pair)
        assert [sets.first(name) for name in "abcdxyz"] == list("aaaaxxz")


@pytest.mark.skipif(not DATA.is_dir(), reason="no files of shared/data")
def test_real_videos_of_one_scene_are_no_copies():
    files = sorted(DATA.glob("avtext_grid/s1/*.mpg"))[:16]
    files += sorted(DATA.glob("action_fight/fight/*.mp4"))[:16]
    assert found(files) == ()

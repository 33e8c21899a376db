import numpy as np
import pytest

from launch.generation import video_samples
from pipelines import batch
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader
from tfrecords_tools.media.writing import writer

CLIP = batch.ClipSpec(frames=4, size=16, stride=2)


def write(path, level, frames=12, size=16):
    images = np.full((frames, size, size, 3), level, np.uint8)
    images += np.arange(frames, dtype=np.uint8)[:, None, None, None] * 4
    writer.write_mp4(path, images, 12, crf=1)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    for number in range(4):
        write(folder / "ab"[number % 2] / f"{number}.mp4", 50 * number)
    (folder / "read.me").write_text("no video")
    return folder


def samples(folder, **media):
    return video_samples.VideoSamples(folder, CLIP, reader.Config(**media))


def test_every_file_is_one_clip(folder):
    found = samples(folder)
    assert found.available == 4
    clips, ids = found.sample(4)
    assert clips.shape == (4, *CLIP.shape) and clips.dtype == np.uint8
    levels = np.rint(clips[:, 0].mean((1, 2, 3)) / 50).astype(int)
    assert sorted(levels) == [0, 1, 2, 3]
    assert ids.tolist() == (levels % 2).tolist()


def test_clip_lies_in_the_middle_of_its_file(folder):
    (clip,), _ = samples(folder / "a").sample(1)
    steps = np.diff(clip.mean((1, 2, 3)))
    np.testing.assert_allclose(steps, 8, atol=2)
    # Frames 2, 4, 6 and 8 of 12; 4 grey levels a frame.
    assert clip[0].mean() % 50 == pytest.approx(8, abs=4)


def test_folders_name_the_labels(folder):
    assert samples(folder).labels == ("a", "b")
    assert samples(folder / "a").labels == ()
    assert samples(folder / "a").sample(2)[1] is None


def test_equal_seeds_draw_equal_samples(folder):
    found = samples(folder)
    first, again = found.sample(2, 5)[0], found.sample(2, 5)[0]
    np.testing.assert_array_equal(first, again)


def test_samples_are_not_scaled_as_the_shards_were(folder):
    clips, _ = samples(folder, height=32, width=32, fit="stretch").sample(1)
    assert clips.shape == (1, *CLIP.shape)


def test_other_sizes_are_refused(tmp_path):
    path = write(tmp_path / "large.mp4", 0, size=32)
    with pytest.raises(errors.UserError, match=f"{path}.*32x32, wanted 16x16"):
        samples(tmp_path).sample(1)


def test_short_files_are_refused_rather_than_looped(tmp_path):
    path = write(tmp_path / "short.mp4", 0, frames=5)
    with pytest.raises(errors.UserError, match=f"{path}: clip needs"):
        samples(tmp_path).sample(1)


def test_too_few_files_are_refused(folder):
    with pytest.raises(errors.UserError, match="got 4 sample.*wanted 5"):
        samples(folder).sample(5)


def test_folder_without_videos_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="folder with videos"):
        samples(tmp_path)

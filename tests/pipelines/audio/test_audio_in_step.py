"""The columns of the audio change at the frame where the images do."""

from fractions import Fraction

import av
import numpy as np
import pytest

from pipelines import batch, clip_dataset
from pipelines.audio import audio_features
from pipelines.reading import shard_reader
from tests.pipelines.heard import RATE, two_tones
from tests.tfrecords_tools.fixtures import small
from tfrecords_tools import shard_plan
from tfrecords_tools.media.audio import audio_reader

FRAME_RATE, FRAMES = 10, 40
CHANGES = {"a": 17, "b": 8, "c": 31}  # Frame at which all becomes different.
FRAME_COLUMNS = 10  # Columns of 10 ms in a frame of 100 ms.


def write(path, change):
    """Red images with a low tone, then blue ones with a high one."""
    waves = two_tones(change / FRAME_RATE, FRAMES / FRAME_RATE)
    with av.open(str(path), "w") as file:
        video = file.add_stream("mpeg4", rate=FRAME_RATE)
        video.width = video.height = 32
        video.pix_fmt = "yuv420p"
        track = file.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for number in range(FRAMES):
            image = np.zeros((32, 32, 3), np.uint8)
            image[..., 2 * (number >= change)] = 255
            frame = av.VideoFrame.from_ndarray(image)
            frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
        heard = av.AudioFrame.from_ndarray(waves[None], "fltp", "mono")
        heard.sample_rate, heard.pts = RATE, 0
        file.mux(track.encode(heard))
        file.mux(track.encode(None))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("in_step")
    for name, change in CHANGES.items():
        (root / "videos" / name).mkdir(parents=True)
        write(root / "videos" / name / "0.mkv", change)
    rows = [f"{name}/0.mkv,{name},train" for name in CHANGES]
    table = small.table(root, *rows, header="path,label,split")
    small.build(
        table,
        root / "shards",
        source="csv_file",
        video_root=str(root / "videos"),
        audio=audio_reader.Config(rate=RATE),
        shards=shard_plan.Config(minimum=2, chunk_frames=7),
    )
    return root / "shards"


def made_for(**clip):
    return clip_dataset.Input(
        clip=batch.ClipSpec(frames=12, size=16, **clip),
        audio=audio_features.Config(features="spectrogram", seconds=1.2),
    )


def colours_and_tones(batches, count):
    """Blue frames of each clip, and its columns with the high tone."""
    pairs = []
    for each in batches.take(count).as_numpy_iterator():
        frames = each["frames"].reshape(-1, 12, 16, 16, 3).mean((2, 3))
        columns = each["spectrogram"].reshape(-1, 120, 256)
        # 440 Hz is in bin 14, 1760 Hz in bin 56; bin 0 is left out.
        high = columns[..., 55] > columns[..., 13]
        pairs += zip(frames[..., 2] > frames[..., 0], high, strict=True)
    return pairs


def assert_in_step(pairs):
    """Every clip's change is where its tone changes, to one column."""
    seen = {int(blue.sum()) for blue, _ in pairs}
    assert seen - {0, 12}, "no clip changed"
    for blue, high in pairs:
        wanted = FRAME_COLUMNS * int(blue.sum())
        assert int(high.sum()) == pytest.approx(wanted, abs=1)
        assert (np.diff(high.astype(int)) >= 0).all()


@pytest.mark.parametrize("clip", [{"stride": 1}, {"stride_seconds": 0.1}])
def test_random_clips_of_training_sound_as_they_look(folder, clip):
    reader = shard_reader.ShardReader(folder, "train")
    batch_shard = clip_dataset.BatchShard(3)
    batches = clip_dataset.training(
        reader, made_for(**clip), batch_shard, seed=3
    )
    assert_in_step(colours_and_tones(batches, 10))


def test_views_of_evaluation_sound_as_they_look(folder):
    reader = shard_reader.ShardReader(folder, "train")
    batch_shard = clip_dataset.BatchShard(3)
    given = made_for(stride=1)
    batches = clip_dataset.evaluation(reader, given, batch_shard, views=4)
    assert_in_step(colours_and_tones(batches, 1))

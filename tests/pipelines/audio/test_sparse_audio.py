"""Frames that are shown for long, and the audio beside them.

At 384 kHz a record's worth of audio is over after 11 seconds.
"""

from fractions import Fraction

import av
import numpy as np
import pytest
import tensorflow as tf

from pipelines.cache import frame_cache
from pipelines.reading import clip_reading, shard_reader
from tests import run_modes
from tests.tfrecords_tools.fixtures import numbered_videos, small
from tfrecords_tools import manifest, shard_plan
from tfrecords_tools.base import isolated
from tfrecords_tools.building import chunk_audio
from tfrecords_tools.checking import shard_check
from tfrecords_tools.media import reader as video_reader
from tfrecords_tools.media.audio import audio_reader

RATE, SOURCE_RATE, SECONDS = 384_000, 16_000, 45
SHOWN = (0, 14, 15, 16, 30, 31)  # When frames begin; in chunks of four.
# Seconds of audio; before, between and after them the track is absent.
HEARD = {"talk": ((0, SECONDS),), "parts": ((20, 22), (40, 41)), "mute": ()}
SETTINGS = {
    "audio": audio_reader.Config(rate=RATE, voice=True),
    "shards": shard_plan.Config(minimum=1, chunk_frames=4),
    "limits": isolated.Config(memory_mb=512),
}


def write(path, heard):
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as file:
        video = file.add_stream("mpeg4", rate=1)
        video.width, video.height = 160, 96
        track = None
        if heard:
            track = file.add_stream("pcm_s16le", rate=SOURCE_RATE)
            track.layout = "mono"
        draw = np.random.default_rng(len(heard))
        for second in range(SECONDS):
            number = max(time for time in SHOWN if time <= second)
            image = numbered_videos.numbered(number)
            frame = av.VideoFrame.from_ndarray(image)
            frame.pts, frame.time_base = second, Fraction(1)
            file.mux(video.encode(frame))
            if any(begin <= second < end for begin, end in heard):
                samples = draw.integers(-9000, 9000, (1, SOURCE_RATE), np.int16)
                said = av.AudioFrame.from_ndarray(samples, "s16", "mono")
                said.sample_rate, said.pts = SOURCE_RATE, second * SOURCE_RATE
                said.time_base = Fraction(1, SOURCE_RATE)
                file.mux(track.encode(said))
        file.mux(video.encode(None))
        if track is not None:
            file.mux(track.encode(None))


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    root = tmp_path_factory.mktemp("sparse")
    for name, heard in HEARD.items():
        write(root / name / "0.mkv", heard)
    return root


@pytest.fixture(
    scope="module",
    params=["jpeg", pytest.param("h264", marks=pytest.mark.full)],
)
def folder(request, videos, tmp_path_factory):
    """The frames at which each video changes."""
    output = tmp_path_factory.mktemp("built") / request.param
    media = video_reader.Config(
        pick="different", picked=len(SHOWN), storage=request.param, key_every=4
    )
    rows = [f"{name}/0.mkv,{name},train" for name in HEARD]
    table = small.table(output.parent, *rows, header="path,label,split")
    small.build(
        table,
        output,
        source="csv_file",
        video_root=str(videos),
        media=media,
        **SETTINGS,
    )
    return output


def clip_of(reader, name):
    """Chunks of the clip of one video."""
    for place in range(reader.clips):
        chunks = reader.table.chunks(tf.constant(place, tf.int64))
        record = clip_reading.read(
            chunks, clip_reading.Picked(tf.constant([0])), reader.manifest
        )
        if record["path"].numpy().decode() == f"{name}/0.mkv":
            return chunks
    raise AssertionError(name)


def heard(videos, name, start, end):
    """What the video holds, read without shards."""
    path = videos / name / "0.mkv"
    with audio_reader.AudioReader(path, SETTINGS["audio"], 1 << 22) as whole:
        return whole.take(start, end)


def test_no_record_holds_more_than_its_share(folder):
    for records in small.records(folder).values():
        for record in records:
            assert len(record["waveform"]) <= chunk_audio.RECORD_SAMPLES


def test_frames_are_those_that_were_picked(folder):
    for records in small.records(folder).values():
        times = [time for record in records for time in record["times"]]
        assert {1_000_000 * time for time in SHOWN} <= set(times)
        assert records[0]["times"] == [1_000_000 * time for time in SHOWN[:4]]
    shards = manifest.read(folder).shards("train")
    assert sum(shard.frames for shard in shards) == len(SHOWN) * len(HEARD)


def test_nothing_is_written_of_silence(folder):
    counts = {
        records[0]["path"].decode(): sum(len(r["waveform"]) for r in records)
        for records in small.records(folder).values()
    }
    assert counts["mute/0.mkv"] == 0
    assert counts["talk/0.mkv"] == SECONDS * RATE
    # Each of the two parts, and what is left of the pieces at its edges.
    most = 3 * RATE + 4 * chunk_audio.RECORD_SAMPLES
    assert 3 * RATE <= counts["parts/0.mkv"] <= most


def test_every_record_of_jpegs_shows_a_frame(folder):
    if manifest.read(folder).storage != "jpeg":
        pytest.skip("packets do not stand alone")
    for records in small.records(folder).values():
        frames = {}
        for record in records:
            frame = frames.get(record["times"][0], record["frames"][0])
            if len(record["times"]) == 1:
                shown = max(t for t in frames if t <= record["start_time"])
                frame = frames[shown]
            frames |= dict(zip(record["times"], record["frames"], strict=True))
            assert record["frames"][0] == frame


def test_shards_are_found_whole(folder):
    assert shard_check.check(folder) == []


@run_modes.both
@pytest.mark.parametrize(
    "name, frames, seconds",
    [
        ("talk", [0, 1, 2, 3, 4, 5], 45.0),
        ("talk", [3, 0], 40.0),
        ("parts", [1, 3], 7.0),
        ("mute", [0, 3], 7.0),
    ],
)
def test_audio_of_the_frames_is_that_of_the_video(
    folder, videos, run, name, frames, seconds
):
    reader = shard_reader.ShardReader(folder, "train")
    chunks = clip_of(reader, name)

    def read(wanted):
        picked = clip_reading.Picked(wanted)
        return clip_reading.read(chunks, picked, reader.manifest, seconds)

    found = run(read, np.int32(frames))
    begin = 1_000_000 * SHOWN[frames[0]]
    last = (*SHOWN, SECONDS)[max(frames) + 1]
    end = min(begin + round(seconds * 1e6), 1_000_000 * last)
    wanted = heard(videos, name, begin, end)
    assert int(found["audio_start"]) == begin
    samples = found["waveform"].numpy()
    assert len(samples) <= len(wanted)  # Silence at the end is left out.
    np.testing.assert_array_equal(samples, wanted[: len(samples)])
    assert not wanted[len(samples) :].any()


@pytest.mark.parametrize(
    "seconds, frame", [(3, 0), (14.5, 1), (29, 3), (30, 4), (44, 5)]
)
def test_moments_show_the_frame_that_is_shown_then(folder, seconds, frame):
    reader = shard_reader.ShardReader(folder, "train")
    moment = tf.constant([round(seconds * 1e6)], tf.int64)
    record = clip_reading.read(
        clip_of(reader, "talk"),
        clip_reading.Picked(times=moment),
        reader.manifest,
    )
    assert record["times"].numpy().tolist() == [1_000_000 * SHOWN[frame]]


def shares(folder, most):
    """Loads the index within the graph, as blocks of shards are read."""
    reader = shard_reader.ShardReader(folder, "train")
    table = reader.load(tf.range(len(reader.shards)))
    return [table.chunks(tf.constant(n, tf.int64)) for n in range(most)]


def test_the_index_is_taken_for_whole_within_a_graph_too(folder):
    for chunks in shares(folder, 3):
        start, end = chunks.span()
        assert (int(start), int(end)) == (0, 1_000_000 * SECONDS)
        assert int(chunks.stored_frames()) == len(SHOWN)


def test_the_cache_of_decoded_frames_holds_the_same(folder, videos, tmp_path):
    made = frame_cache.prepare(folder, "train", tmp_path, 48, 2)
    assert shard_check.check(made) == []
    reader = shard_reader.ShardReader(made, "train")
    for name in HEARD:
        record = clip_reading.read(
            clip_of(reader, name),
            clip_reading.Picked(tf.constant([1, 3])),
            reader.manifest,
            25.0,
        )
        begin = 1_000_000 * SHOWN[1]
        samples = record["waveform"].numpy()
        wanted = heard(videos, name, begin, begin + 16_000_000)
        np.testing.assert_array_equal(samples, wanted[: len(samples)])
        assert not wanted[len(samples) :].any()
        assert record["times"].numpy().tolist() == [14_000_000, 16_000_000]

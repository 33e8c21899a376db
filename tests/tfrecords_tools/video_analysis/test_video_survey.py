import hashlib
import pathlib
import pickle
import resource
import sys
from fractions import Fraction

import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import moving_videos
from tests.tfrecords_tools.fixtures.numbered_videos import numbered, write_video
from tfrecords_tools.base import registry
from tfrecords_tools.media import video_file
from tfrecords_tools.media.frames import thumbnails, timed_frames
from tfrecords_tools.video_analysis import shot_boundaries, video_survey

DATA = pathlib.Path(__file__).parents[3].parent / "shared/data"
DURATION = video_survey.Needs(duration=True)
COPIES = video_survey.Needs(copies=True)
IMAGES = [numbered(number) for number in range(40)]


def examine(path, wanted):
    return video_survey.examine(str(path), wanted, 8192 * 4320)


def decoded_span(path):
    with video_file.VideoFile(path, 8192 * 4320) as video:
        frames = [(f.time, f.end_time) for f in timed_frames.decode(video)]
    return frames[0][0], frames[-1][1]


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "ts"])
def test_duration_ends_with_the_last_frame(tmp_path, suffix):
    codec = "mpeg4" if suffix == "avi" else "libx264"
    path = write_video(tmp_path / f"v.{suffix}", IMAGES, codec=codec)
    survey = examine(path, DURATION)
    assert (survey.begin, survey.end) == decoded_span(path)
    assert survey.end == pytest.approx(40 / 30 * 1e6, abs=1100)


def test_duration_of_a_variable_rate(tmp_path):
    times = [0, 1, 5, 6, 200]
    path = write_video(tmp_path / "v.mkv", IMAGES[:5], times, Fraction(1, 20))
    survey = examine(path, DURATION)
    assert survey.end == decoded_span(path)[1] >= 10_000_000


def test_longer_audio_is_no_frame(tmp_path):
    path = write_video(tmp_path / "v.mkv", IMAGES[:30], audio_seconds=9)
    assert examine(path, DURATION).end == pytest.approx(1e6, abs=30_000)


def test_a_late_frame_begins_late(tmp_path):
    times = [15 + n for n in range(20)]
    path = write_video(tmp_path / "v.mkv", IMAGES[:20], times, audio_seconds=1)
    assert examine(path, DURATION).begin == pytest.approx(500_000, abs=30_000)


def test_the_end_of_a_long_video_is_found_without_its_middle(tmp_path):
    images = [numbered(n % 60) for n in range(600)]
    path = write_video(tmp_path / "v.mp4", images, options={"g": "15"})
    assert examine(path, DURATION).end == 20_000_000


@pytest.mark.parametrize("wanted", [DURATION, COPIES])
def test_a_cut_file_is_truncated(tmp_path, wanted):
    noise = np.random.default_rng(0).integers(0, 255, (40, 96, 160, 3))
    whole = write_video(
        tmp_path / "whole.mp4", list(noise.astype(np.uint8)),
        container_options={"movflags": "faststart"},
    )  # fmt: skip
    half = tmp_path / "half.mp4"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    survey = examine(half, wanted)
    assert survey.status == "truncated" and survey.reason
    assert survey.end is None and survey.fingerprint is None


def test_a_missing_file_is_missing(tmp_path):
    assert examine(tmp_path / "v.mp4", COPIES).status == "missing"


def test_all_is_found_in_one_pass(tmp_path):
    path = moving_videos.write(tmp_path / "v.mp4", moving_videos.images(1))
    wanted = video_survey.Needs(True, shot_boundaries.Config(), True)
    survey = examine(path, wanted)
    assert (survey.begin, survey.end) == (0, 2_000_000)
    assert survey.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(survey.fingerprint.motion) == 1024


def test_a_survey_tells_that_it_goes_on(tmp_path):
    path = write_video(tmp_path / "v.mp4", IMAGES[:8] * 126)
    steps = list(video_survey.examine_in_steps(str(path), COPIES, 10**8))
    assert steps[:2] == [None, None] and steps[-1].status == "ok"


def test_a_survey_can_be_sent_to_another_process(plain_video):
    survey = examine(plain_video, COPIES)
    assert pickle.loads(pickle.dumps(survey)) == survey


@pytest.mark.parametrize(
    "name, wanted",
    [("annotated", (False, False)), ("windows", (True, False)),
     ("shots", (False, True))],
)  # fmt: skip
def test_cutters_say_what_they_need(name, wanted):
    cutter = registry.choose("tfrecords_tools.cutting", name)
    found = video_survey.collect_needs(cutter)
    assert (found.duration, found.shots is not None) == wanted
    assert bool(found) == any(wanted)
    assert video_survey.collect_needs(cutter, copies=True).copies


@pytest.mark.full
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_video(tmp_path):
    path = write_video(tmp_path / "v.mp4", IMAGES * 20)
    examine(path, COPIES)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    longer = write_video(tmp_path / "w.mp4", IMAGES * 120)
    encoded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    examine(longer, COPIES)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - max(before, encoded) < 20_000  # Kilobytes.


@pytest.mark.skipif(not DATA.is_dir(), reason="no files of shared/data")
@pytest.mark.full
def test_duration_of_real_files_is_that_of_decoding_them():
    files = [path for path in sorted(DATA.glob("formats/*")) if path.is_file()]
    files += sorted(DATA.glob("avtext_grid/s1/*.mpg"))[:3]
    for path in files:
        survey = examine(path, DURATION)
        if survey.status == "ok":
            assert (survey.begin, survey.end) == decoded_span(path), path
        else:
            assert path.name in ("syn_empty.mp4", "syn_truncated.mp4")


def test_thumbnails_keep_the_given_rate(plain_video):
    found = [time for time, *_ in thumbnails.read(plain_video, 10**6, rate=5)]
    assert found == [200_000 * number for number in range(10)]


def test_thumbnails_after_a_gap_keep_the_rate(tmp_path):
    times = [0, 50, 51, 52, 53, 60]
    path = write_video(tmp_path / "v.mkv", IMAGES[:6], times, Fraction(1, 10))
    found = [time for time, *_ in thumbnails.read(path, 10**6, rate=2)]
    assert found == [0, 5_000_000, 6_000_000]


def test_thumbnails_are_upright(tmp_path):
    turned = [np.ascontiguousarray(np.rot90(image, -1)) for image in IMAGES[:2]]
    path = write_video(tmp_path / "v.mp4", turned, rotation=90)
    _, _, image = next(thumbnails.read(path, 10**6, short_side=48))
    assert image.shape == (48, 80)


def test_thumbnails_may_have_colours(plain_video):
    _, _, image = next(thumbnails.read(plain_video, 10**6, color=True))
    assert image.shape == (64, 107, 3)


def test_thumbnails_are_never_scaled_up(plain_video):
    _, _, image = next(thumbnails.read(plain_video, 10**6, short_side=500))
    assert image.shape == (96, 160)

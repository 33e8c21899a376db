import av
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import cleaned, drawn_face
from tfrecords_tools.base import registry
from tfrecords_tools.building import clip_cleaning
from tfrecords_tools.media import reader
from tfrecords_tools.media.frames import analysis_frames, frame_edits

pytestmark = pytest.mark.skipif(
    not hasattr(av.VideoFrame, "metadata"),
    reason="PyAV 17, of Python 3.10, hides what filters note",
)
ALL = ("denoise", "deinterlace", "black_bars", "low_light", "blur", "still")


def dark_and_boxed(count=75):
    """A freeze of two seconds, dark, woven and between bars."""
    moments = cleaned.moving(2 * count)
    images = []
    for number in range(count):
        image = moments[2 * min(number, 10)] // 5
        image[1::2] = moments[2 * min(number, 10) + 1][1::2] // 5
        image[:20] = image[-20:] = 0
        images.append(image)
    return images


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return cleaned.write(tmp_path_factory.mktemp("worn"), dark_and_boxed())


def worn(video, *names):
    return cleaned.decided(
        video,
        *names,
        low_light={"action": "brighten"},
        still={"action": "cut"},
    )


def test_filters_stand_in_the_order_of_their_sense(video):
    decision = worn(video, *ALL)
    names = [each.split("=")[0] for each in decision.edits.filters]
    assert names == ["bwdif", "nlmeans", "crop"]


def test_order_of_names_does_not_matter(video):
    one, other = worn(video, *ALL), worn(video, *ALL[::-1])
    assert one.columns == other.columns
    assert list(one.columns) == list(other.columns)
    assert one.edits.filters == other.edits.filters


def test_every_step_has_a_column(video):
    columns = worn(video, *ALL).columns
    assert sorted(columns) == sorted(ALL)
    assert all(columns.values())


def test_all_steps_work_together(video):
    decision = worn(video, *ALL)
    images, _ = cleaned.read(video, decision)
    assert images[0].shape[:2] == (cleaned.HIGH - 40, cleaned.WIDE)
    assert len(images) == pytest.approx(11, abs=2)
    assert np.mean(images) > 60
    assert not decision.dropped


def test_two_runs_give_the_same_bytes(video):
    data = []
    for _ in range(2):
        edits = worn(video, *ALL).edits
        frames = reader.read_frames(video, reader.Config(), edits=edits)
        data.append([frame.data for frame in frames])
    assert data[0] == data[1]


def test_no_step_changes_nothing(video):
    decision = cleaned.decided(video)
    assert decision == (frame_edits.NONE, {}, "")


def test_video_is_not_looked_at_where_no_step_asks(video, monkeypatch):
    monkeypatch.setattr(analysis_frames, "read", None)
    assert cleaned.decided(video, "denoise").edits.filters


def test_every_reason_to_drop_is_told(video):
    decision = cleaned.decided(
        video,
        "low_light",
        "still",
        low_light={"action": "drop"},
        still={"action": "drop"},
    )
    dark, still = decision.dropped.split("; ")
    assert dark.startswith("dark: ")
    assert still.startswith("still: ")


def test_clip_that_is_dropped_is_not_searched_for_faces(tmp_path):
    path = cleaned.write(tmp_path, [drawn_face.scene(100)] * 90)
    drop = {"action": "drop"}
    decision = cleaned.decided(path, "still", "faces", still=drop)
    assert decision.dropped
    assert list(decision.columns) == ["still", "faces"]
    assert decision.columns["faces"] == "not sought"


def test_steps_for_the_whole_data_set_have_no_say(video):
    steps = [registry.choose("tfrecords_tools.cleaning", "duplicates")]
    metadata = reader.probe(video)
    config = reader.Config()
    decision = clip_cleaning.decide(steps, video, config, 0, None, metadata)
    assert decision.columns == {}


def test_steps_are_shown_as_many_frames_as_they_ask_for(video, monkeypatch):
    blur = registry.load("tfrecords_tools.cleaning", "blur")
    seen = []
    monkeypatch.setattr(
        blur._Blur, "examine", lambda _, frame: seen.append(frame)
    )
    cleaned.decided(video, "blur")
    assert [frame.time for frame in seen] == [
        0,
        500_000,
        1_000_000,
        1_500_000,
        2_000_000,
    ]


def test_damage_is_an_error_as_in_reading(tmp_path, video):
    path = tmp_path / "cut.mp4"
    path.write_bytes(video.read_bytes()[:5000])
    metadata = reader.probe(video)
    step = registry.choose("tfrecords_tools.cleaning", "blur")
    with pytest.raises(reader.VideoError):
        clip_cleaning.decide([step], path, reader.Config(), 0, None, metadata)

"""The rendered videos: seeded, symmetric in time, written once."""

import concurrent.futures
import dataclasses
import json
import pathlib

import av
import numpy as np
import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.media.writing import writer
from tfrecords_tools.source_parsing import demo_scene
from tfrecords_tools.sources import demo

TINY = demo.Config(
    train_clips=8,
    validation_clips=8,
    size=32,
    frames=6,
    frame_rate=6,
    processes=1,
)
REVERSE = [
    ("left", "right"),
    ("up", "down"),
    ("clockwise", "counter_clockwise"),
    ("grow", "shrink"),
]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("demo")
    demo.list_clips(TINY, str(folder))
    return folder


def drawn(config: demo.Config, number: int):
    return demo_scene.draw_clip(config.seed, number, config.frames, config.size)


def pitch_of(audio: np.ndarray) -> float:
    """Hz of the loudest frequency."""
    loudest = np.abs(np.fft.rfft(audio)).argmax()
    return loudest * demo_scene.SAMPLE_RATE / len(audio)


@pytest.fixture
def written(tmp_path, monkeypatch) -> dict[str, np.ndarray]:
    """The audio of a clip of each motion, as `--demo.audio=sign` writes it."""
    found = {}

    def write_mp4(path, images, frame_rate, audio, *others):
        del images, frame_rate, others
        found[path.parent.name] = audio

    monkeypatch.setattr(writer, "write_mp4", write_mp4)
    config = dataclasses.replace(TINY, audio="sign")
    demo._write_clips(config, tmp_path, list(range(8)))
    return found


def contents(folder: pathlib.Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_motion_is_in_both_splits(rendered):
    clips = demo.list_clips(TINY, str(rendered))
    for split in ("train", "validation"):
        labels = [clip.label for clip in clips if clip.split == split]
        assert sorted(labels) == sorted(demo_scene.MOTIONS)


def test_listed_files_exist_and_captions_tell_the_motion(rendered):
    for clip in demo.list_clips(TINY, str(rendered)):
        assert (rendered / clip.path).is_file()
        assert demo_scene.MOTIONS[clip.label].words in clip.caption


def test_same_seed_gives_same_files_from_any_number_of_processes(
    rendered, tmp_path, monkeypatch
):
    monkeypatch.setattr(demo, "_BATCH", 5)
    two = dataclasses.replace(TINY, processes=2)
    demo.list_clips(two, str(tmp_path))
    assert contents(tmp_path) == contents(rendered)


def test_other_seed_gives_other_pixels():
    other = dataclasses.replace(TINY, seed=1)
    assert (drawn(TINY, 3)[0] != drawn(other, 3)[0]).any()


@pytest.mark.parametrize(("motion", "reverse"), REVERSE)
def test_reverse_passes_through_the_same_poses(motion, reverse):
    forth, back = (
        demo_scene.poses(demo_scene.MOTIONS[name], 6, np.random.default_rng(7))
        for name in (motion, reverse)
    )
    np.testing.assert_array_equal(forth[::-1], back)
    assert (forth != back).any()


def test_right_moves_the_sprite_to_the_right():
    x = demo_scene.poses(
        demo_scene.MOTIONS["right"], 6, np.random.default_rng(7)
    )[:, 0]
    assert (np.diff(x) > 0).all()


def test_sprite_is_drawn_at_its_pose():
    sprite = np.full((9, 9, 4), 1.0, np.float32) * [200, 200, 200, 1]
    ground = np.zeros((64, 64, 3), np.float32)
    pose = np.array([0.75, 0.25, 0.1, 0.0])
    image = demo_scene._compose(
        sprite.astype(np.float32), ground, pose, np.zeros(2), 32
    )
    rows, columns = np.nonzero(image[..., 0])
    assert abs(columns.mean() + 0.5 - 24) < 0.5
    assert abs(rows.mean() + 0.5 - 8) < 0.5


def test_file_has_the_frames_and_the_tone(rendered):
    with av.open(str(rendered / "right/000001.mp4")) as container:
        video = container.streams.video[0]
        assert (video.width, video.height) == (32, 32)
        frames = [
            frame.to_ndarray(format="rgb24")
            for frame in container.decode(video=0)
        ]
    images, label, _ = drawn(TINY, 1)
    assert label == "right"
    error = np.abs(np.stack(frames).astype(int) - images).mean()
    assert error < 10
    with av.open(str(rendered / "right/000001.mp4")) as container:
        audio = np.concatenate(
            [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
        )
    wanted = demo_scene.MOTIONS["right"].pitch
    assert pitch_of(audio) == pytest.approx(wanted, rel=0.03)


def test_audio_of_signs_tells_the_direction_alone(written):
    for label, audio in written.items():
        sign = demo_scene.MOTIONS[label].sign
        wanted = demo_scene.SIGN_PITCHES[sign]
        assert pitch_of(audio) == pytest.approx(wanted, rel=0.03)


def test_signs_are_those_of_a_motion_and_its_reverse():
    for pair in REVERSE:
        signs = {demo_scene.MOTIONS[label].sign for label in pair}
        assert signs == {-1, 1}


def test_record_of_default_audio_is_that_of_older_versions(rendered):
    assert "audio" not in json.loads((rendered / "demo.json").read_text())


def test_folder_of_other_audio_is_refused(rendered):
    other = dataclasses.replace(TINY, audio="sign")
    with pytest.raises(errors.UserError, match="choose another folder"):
        demo.list_clips(other, str(rendered))


def test_no_frame_of_a_file_refers_to_another(rendered):
    with av.open(str(rendered / "right/000001.mp4")) as container:
        assert all(frame.key_frame for frame in container.decode(video=0))


def test_finished_folder_is_not_rendered_again(rendered, monkeypatch):
    monkeypatch.setattr(demo, "_render_all", pytest.fail)
    assert len(demo.list_clips(TINY, str(rendered))) == 16


def test_folder_of_other_settings_is_refused(rendered):
    other = dataclasses.replace(TINY, seed=1)
    with pytest.raises(errors.UserError, match="choose another folder"):
        demo.list_clips(other, str(rendered))


def test_odd_size_is_refused_before_any_work(tmp_path):
    odd = dataclasses.replace(TINY, size=33)
    with pytest.raises(errors.UserError, match="--demo.size=33: .* even"):
        demo.list_clips(odd, str(tmp_path / "demo"))
    assert not (tmp_path / "demo").exists()


def test_ctrl_c_leaves_the_rest_unrendered(tmp_path, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(concurrent.futures.Future, "result", interrupt)
    monkeypatch.setattr(demo, "_BATCH", 1)
    with pytest.raises(KeyboardInterrupt):
        demo.list_clips(TINY, str(tmp_path))
    assert len(list(tmp_path.rglob("*.mp4"))) < 16


def test_failed_write_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="even height and width"):
        writer.write_mp4(
            tmp_path / "odd.mp4", np.zeros((2, 31, 32, 3), np.uint8), 5
        )
    assert not list(tmp_path.iterdir())

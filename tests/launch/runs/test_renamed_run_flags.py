"""Flag files of earlier runs, whose flags had other names, are still read."""

import pytest

from launch.commands import evaluate_restoration
from launch.runs import run_flags
from tfrecords_tools.base import errors, flags

# As a run wrote them before flags were renamed.
OLD_LINES = """\
--shards=/shards
--workdir=/run
--augment=random_resized_crop,blur,gaussian_noise,scale,random_erasing
--view=low_resolution,two_clips
--sound.features=log_mel
--sound.seconds=1.5
--sound.time_masks=2
--sound.voice=True
--low_resolution.least_blur=1.0
--low_resolution.most_blur=2.0
--low_resolution.most_noise=10.0
--low_resolution.least_light=0.5
--low_resolution.most_lost=0.1
--low_resolution.least_quality=30
--low_resolution.most_quality=90
--two_clips.same_time=False
--random_resized_crop.least_area=0.5
--random_resized_crop.most_area=0.9
--blur.least=0.2
--blur.most=3.0
--gaussian_noise.most=5.0
--scale.least=0.7
--scale.most=1.5
--random_erasing.least_area=0.1
--random_erasing.most_area=0.2
"""


@pytest.fixture
def described(tmp_path):
    (tmp_path / run_flags.FILE_NAME).write_text(OLD_LINES)
    return run_flags.read_experiment(tmp_path)


def test_sound_of_an_old_run_is_its_audio(described):
    audio = described.input.audio
    assert (audio.features, audio.seconds) == ("log_mel", 1.5)
    assert (audio.time_masks, audio.voice) == (2, True)


def test_views_of_an_old_run_are_its_extra_inputs(described):
    names = [each.name for each in described.input.extra_inputs]
    assert names == ["low_resolution", "two_clips"]


def test_degradation_of_an_old_run_has_its_settings(described):
    config = described.extra_inputs[0].config
    assert (config.min_blur, config.max_blur) == (1.0, 2.0)
    assert (config.min_quality, config.max_quality) == (30, 90)
    assert (config.max_noise, config.min_brightness) == (10.0, 0.5)
    assert config.max_lost_blocks == 0.1


def test_augmentations_of_an_old_run_have_their_settings(described):
    crop, blur, noise, scale, erasing = (
        each.config for each in described.augmentations
    )
    assert (crop.min_area, crop.max_area) == (0.5, 0.9)
    assert (blur.min_sigma, blur.max_sigma) == (0.2, 3.0)
    assert noise.max_sigma == 5.0
    assert (scale.min_zoom, scale.max_zoom) == (0.7, 1.5)
    assert (erasing.min_area, erasing.max_area) == (0.1, 0.2)


def test_share_of_an_old_crop_is_its_fraction(tmp_path):
    path = tmp_path / "own.flagfile"
    path.write_text("--augment=crop\n--crop.share=0.75\n")
    found = flags.parse(run_flags.COMMAND, [f"--flagfile={path}"])
    assert found.chosen["augment"][0].config.fraction == 0.75


def test_game_of_an_old_gan_run_is_its_loss(tmp_path):
    path = tmp_path / "own.flagfile"
    path.write_text("--objective=gan\n--objective.game=hinge\n")
    found = flags.parse(run_flags.COMMAND, [f"--flagfile={path}"])
    assert found.one("objective").config.gan_loss == "hinge"


def test_changes_of_an_old_gan_run_are_its_augmentations(tmp_path):
    path = tmp_path / "own.flagfile"
    path.write_text("--objective=gan\n--objective.changes=color,cut\n")
    found = flags.parse(run_flags.COMMAND, [f"--flagfile={path}"])
    assert found.one("objective").config.diff_augment == ("color", "cut")


def test_least_diversity_of_an_old_gan_run_is_its_minimum(tmp_path):
    path = tmp_path / "own.flagfile"
    path.write_text("--objective=gan\n--objective.least_diversity=0.4\n")
    found = flags.parse(run_flags.COMMAND, [f"--flagfile={path}"])
    assert found.one("objective").config.min_diversity == 0.4


def test_negated_flag_of_an_old_flag_file_is_read(tmp_path):
    path = tmp_path / "own.flagfile"
    path.write_text("--sound.voice\n--nosound.voice\n")
    found = flags.parse(run_flags.COMMAND, [f"--flagfile={path}"])
    assert not found.sections["audio"].voice


@pytest.mark.parametrize(
    "given, answer",
    [
        ("--view=noise", "--view is now --extra_inputs: write --extra_inputs"),
        ("--sound.bins=80", "write --audio.bins=80"),
        ("--nosound.voice", "write --noaudio.voice"),
    ],
)
def test_old_name_on_the_command_line_answers_with_the_new_one(given, answer):
    with pytest.raises(errors.UserError, match=answer):
        flags.parse(run_flags.COMMAND, [given])


def test_old_limit_of_frames_to_evaluate_is_read(tmp_path):
    path = tmp_path / "own.flagfile"
    path.write_text("--model=m\n--videos=v\n--most_frames=7\n")
    found = flags.parse(evaluate_restoration.COMMAND, [f"--flagfile={path}"])
    assert found.settings.max_frames == 7


def test_piece_of_an_old_generator_is_its_window(tmp_path):
    path = tmp_path / "own.flagfile"
    path.write_text(
        "--objective=super_resolution\n--generator=recurrent_sr\n"
        "--generator.piece=5\n"
    )
    found = flags.parse(run_flags.COMMAND, [f"--flagfile={path}"])
    assert found.one("generator").config.window == 5

"""Which folders are runs, and which runs are read back.

That they answer as launch does is in tests/launch/prediction.
"""

import pytest

from tfrecords_tools.base import errors
from video_models.api import recorded_run

FLAGS = {
    "objective": "classification",
    "backbone": "frame_conv",
    "backbone.widths": "8",
    "temporal": "none",
    "head": "classifier",
}


def write(folder, **more):
    lines = [f"--{name}={value}" for name, value in (FLAGS | more).items()]
    (folder / "flags.flagfile").write_text("\n".join(lines))
    return folder


def test_a_folder_with_the_flags_of_a_run_is_one(tmp_path):
    assert recorded_run.is_run(write(tmp_path))


def test_a_checkpoint_in_it_is_one_too(tmp_path):
    assert recorded_run.is_run(write(tmp_path) / "checkpoints" / "00000003")


def test_another_folder_is_none(tmp_path):
    assert not recorded_run.is_run(tmp_path)


def test_a_run_without_a_checkpoint_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="no checkpoint in"):
        recorded_run.restore(write(tmp_path))


@pytest.mark.parametrize("goal", ["super_resolution", "gan", "style_transfer"])
def test_a_run_that_makes_frames_is_refused(tmp_path, goal):
    run = write(tmp_path, objective=goal)
    with pytest.raises(errors.UserError, match=f"run of --objective={goal}:"):
        recorded_run.restore(run)

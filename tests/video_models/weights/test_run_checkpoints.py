import json

import pytest

from tfrecords_tools.base import errors
from video_models.weights import run_checkpoints


@pytest.fixture
def saved(tmp_path):
    """Checkpoints of steps 100 and 200 without weights."""
    for step in (100, 200):
        folder = tmp_path / f"checkpoints/{step:08d}"
        folder.mkdir(parents=True)
        (folder / "facts.json").write_text(json.dumps({"step": step}))
    return run_checkpoints.SavedCheckpoints(tmp_path / "checkpoints")


def test_folder_without_checkpoints_has_no_steps(tmp_path):
    assert run_checkpoints.SavedCheckpoints(tmp_path / "none").steps() == []


def test_unfinished_checkpoints_are_no_steps(saved):
    (saved.folder / "00000300.tmp").mkdir()
    assert saved.steps() == [100, 200]


def test_best_whose_record_is_damaged_is_unknown(saved):
    (saved.folder / "best.json").write_text("{")
    assert saved.best() is None


def test_unknown_checkpoint_lists_the_known_steps(saved):
    with pytest.raises(errors.UserError, match="one of the steps 100, 200"):
        saved.chosen("300")


def test_damaged_metadata_names_the_file(saved):
    (saved.path(200) / "facts.json").write_text("{")
    with pytest.raises(errors.UserError, match="facts.json is damaged"):
        saved.metadata(200)


def test_checkpoint_without_weights_does_not_fit(saved):
    with pytest.raises(errors.UserError, match="does not fit these networks"):
        saved.restore_averages(200, {})


def test_run_starts_from_its_best_checkpoint_else_the_newest(saved):
    run = saved.folder.parent
    assert run_checkpoints.chosen_to_start_from(run) == saved.path(200)
    (saved.folder / "best.json").write_text(json.dumps({"step": 100}))
    assert run_checkpoints.chosen_to_start_from(run) == saved.path(100)


def test_checkpoint_without_names_of_weights_is_refused(saved):
    with pytest.raises(errors.UserError, match="no checkpoint that others"):
        run_checkpoints.averaged_weights(saved.path(200))

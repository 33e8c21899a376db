"""Checkpoints of runs are found and read; nothing is written here."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfrecords_tools.base import errors
from video_models.weights import run_checkpoints


def network(width=2):
    inputs = keras.Input((3,))
    return keras.Model(inputs, keras.layers.Dense(width, name="a")(inputs))


def write(run, step, value=1.0, names=("a/kernel", "a/bias")):
    """A checkpoint whose averages all have one value."""
    folder = run / "checkpoints" / f"{step:08d}"
    folder.mkdir(parents=True)
    weights = [tf.fill(each.shape, value) for each in network().variables]
    state = {"average_net": list(map(tf.Variable, weights))}
    tf.train.Checkpoint(**state).write(str(folder / "state"))
    metadata = {"step": step, "labels": ["x", "y"]}
    (folder / run_checkpoints.METADATA).write_text(json.dumps(metadata))
    text = json.dumps({"average_net": names})
    (folder / run_checkpoints.NAMES).write_text(text)
    return folder


def mark_best(run, step):
    path = run / "checkpoints" / run_checkpoints.BEST
    path.write_text(json.dumps({"step": step}))


def saved(run):
    return run_checkpoints.SavedCheckpoints(run / "checkpoints")


def test_steps_are_in_ascending_order(tmp_path):
    for step in (20, 3, 100):
        write(tmp_path, step)
    assert saved(tmp_path).steps() == [3, 20, 100]


def test_a_run_that_saved_nothing_has_no_steps(tmp_path):
    assert saved(tmp_path).steps() == []
    with pytest.raises(errors.UserError, match="no checkpoint in"):
        saved(tmp_path).chosen("newest")


def test_the_newest_is_the_last_step(tmp_path):
    write(tmp_path, 3), write(tmp_path, 20)
    assert saved(tmp_path).chosen("newest") == 20


def test_the_best_is_the_one_that_is_marked(tmp_path):
    write(tmp_path, 3), write(tmp_path, 20)
    mark_best(tmp_path, 3)
    assert saved(tmp_path).best() == saved(tmp_path).chosen("best") == 3


def test_a_best_step_that_is_gone_is_not_known(tmp_path):
    write(tmp_path, 20)
    mark_best(tmp_path, 3)
    assert saved(tmp_path).best() is None


@pytest.mark.parametrize("which", ["best", "4", "last"])
def test_a_checkpoint_that_is_not_there_is_refused(tmp_path, which):
    write(tmp_path, 3)
    with pytest.raises(errors.UserError, match=f"no checkpoint '{which}'"):
        saved(tmp_path).chosen(which)


def test_weights_begin_with_the_best_checkpoint_of_a_run(tmp_path):
    first, _ = write(tmp_path, 3), write(tmp_path, 20)
    mark_best(tmp_path, 3)
    assert run_checkpoints.chosen_to_start_from(tmp_path) == first


def test_without_a_best_checkpoint_they_begin_with_the_newest(tmp_path):
    _, last = write(tmp_path, 3), write(tmp_path, 20)
    assert run_checkpoints.chosen_to_start_from(tmp_path) == last


def test_the_folder_of_a_checkpoint_is_itself(tmp_path):
    first, _ = write(tmp_path, 3), write(tmp_path, 20)
    assert run_checkpoints.chosen_to_start_from(first) == first


def test_averages_are_found_by_their_names(tmp_path):
    write(tmp_path, 3, value=5.0)
    found = run_checkpoints.averaged_weights(tmp_path)
    assert sorted(found) == ["net/a/bias", "net/a/kernel"]
    np.testing.assert_array_equal(found["net/a/bias"], [5.0, 5.0])


def test_states_without_a_name_are_left_out(tmp_path):
    write(tmp_path, 3, names=("a/kernel", None))
    assert list(run_checkpoints.averaged_weights(tmp_path)) == ["net/a/kernel"]


def test_averages_are_restored_in_their_order(tmp_path):
    write(tmp_path, 3, value=5.0)
    restored = network()
    saved(tmp_path).restore_averages(3, {"net": restored})
    assert all(np.all(each == 5.0) for each in restored.get_weights())


def test_averages_of_another_network_are_refused(tmp_path):
    write(tmp_path, 3)
    with pytest.raises(errors.UserError, match="does not fit these networks"):
        saved(tmp_path).restore_averages(3, {"net": network(width=4)})


def test_damaged_metadata_names_the_file(tmp_path):
    (write(tmp_path, 3) / run_checkpoints.METADATA).write_text("{")
    with pytest.raises(errors.UserError, match="facts.json is damaged"):
        saved(tmp_path).metadata(3)


@pytest.fixture
def bare(tmp_path):
    """Checkpoints of steps 100 and 200 without weights."""
    for step in (100, 200):
        folder = tmp_path / f"checkpoints/{step:08d}"
        folder.mkdir(parents=True)
        (folder / "facts.json").write_text(json.dumps({"step": step}))
    return saved(tmp_path)


def test_unfinished_checkpoints_are_no_steps(bare):
    (bare.folder / "00000300.tmp").mkdir()
    assert bare.steps() == [100, 200]


def test_best_whose_record_is_damaged_is_unknown(bare):
    (bare.folder / "best.json").write_text("{")
    assert bare.best() is None


def test_unknown_checkpoint_lists_the_known_steps(bare):
    with pytest.raises(errors.UserError, match="one of the steps 100, 200"):
        bare.chosen("300")


def test_checkpoint_without_weights_does_not_fit(bare):
    with pytest.raises(errors.UserError, match="does not fit these networks"):
        bare.restore_averages(200, {"net": network()})


def test_checkpoint_without_names_of_weights_is_refused(bare):
    with pytest.raises(errors.UserError, match="no checkpoint that others"):
        run_checkpoints.averaged_weights(bare.path(200))

import pytest
import tensorflow as tf

from launch.runs import checkpoints
from tests import forked
from tfrecords_tools.base import errors


def _state(value: float) -> dict[str, list]:
    return {"network": [tf.Variable([value]), tf.Variable(value)]}


def test_what_was_saved_comes_back(tmp_path):
    saved = checkpoints.Checkpoints(tmp_path)
    saved.save(3, _state(7.0), {"labels": ["a"]})
    state = _state(0.0)
    saved.restore(3, state)
    assert [v.numpy().item() for v in state["network"]] == [7.0, 7.0]
    assert saved.metadata(3) == {"step": 3, "labels": ["a"]}


def test_only_the_newest_are_kept(tmp_path):
    saved = checkpoints.Checkpoints(tmp_path, keep=2)
    for step in (1, 2, 10):
        saved.save(step, _state(1.0), {})
    assert saved.steps() == [2, 10]


def test_checkpoint_of_other_networks_is_refused(tmp_path):
    saved = checkpoints.Checkpoints(tmp_path)
    saved.save(1, _state(1.0), {})
    with pytest.raises(errors.UserError, match="does not fit"):
        saved.restore(1, {"network": [tf.Variable([1.0, 2.0])] * 3})


def test_damaged_checkpoint_is_refused(tmp_path):
    saved = checkpoints.Checkpoints(tmp_path)
    saved.save(1, _state(1.0), {})
    (data,) = (tmp_path / "00000001").glob("state.data*")
    data.write_bytes(data.read_bytes()[:3])
    with pytest.raises(errors.UserError, match="damaged"):
        saved.restore(1, _state(0.0))


def test_full_disk_leaves_the_older_checkpoint():
    script = """
import pathlib, resource, signal, sys, tempfile
resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, 10**6))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import tensorflow as tf
from launch.runs import checkpoints
from tfrecords_tools.base import errors
with tempfile.TemporaryDirectory() as folder:
    saved = checkpoints.Checkpoints(folder)
    saved.save(1, {"network": [tf.Variable(tf.ones(10))]}, {})
    try:
        saved.save(2, {"network": [tf.Variable(tf.ones(10**6))]}, {})
    except errors.UserError as error:
        print(error)
    left = sorted(p.name for p in pathlib.Path(folder).iterdir())
    print(left)
"""
    done = forked.run_code(script)
    assert "cannot write" in done.stdout and "untouched" in done.stdout
    assert done.stdout.splitlines()[-1] == "['00000001']", done.stderr


def test_best_is_kept_besides_the_newest(tmp_path):
    saved = checkpoints.Checkpoints(tmp_path, keep=1)
    for step in (1, 2, 3):
        saved.save(step, _state(1.0), {})
        if step == 1:
            saved.mark_best(1, {"value": 0.5})
    assert saved.steps() == [1, 3]
    saved.mark_best(3, {"value": 0.6})
    assert saved.steps() == [3]


def test_checkpoint_is_chosen_by_name_or_step(tmp_path):
    saved = checkpoints.Checkpoints(tmp_path / "checkpoints")
    for step in (1, 20):
        saved.save(step, _state(1.0), {})
    assert saved.chosen("newest") == 20
    assert saved.chosen("1") == 1
    for unknown in ("best", "2", "last"):
        with pytest.raises(errors.UserError, match="the steps 1, 20"):
            saved.chosen(unknown)


def test_best_that_was_removed_is_forgotten(tmp_path):
    saved = checkpoints.Checkpoints(tmp_path)
    saved.save(1, _state(1.0), {})
    saved.mark_best(7, {})
    assert saved.best() is None

import numpy as np
import pytest
import tensorflow as tf

from launch.reporting import reports


def test_losses_of_steps_taken_again_are_removed(tmp_path):
    path = tmp_path / "losses.csv"
    log = reports.LossLog(path, 0)
    log.add([(step, {"loss": step / 3}) for step in range(5)])
    before = path.read_text().splitlines()
    reports.LossLog(path, 3)
    assert path.read_text().splitlines() == before[:4]


def test_line_cut_by_a_kill_is_removed(tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text("step,loss\n0,1.0\n1,0.5\n2")
    reports.LossLog(path, 30)
    assert path.read_text() == "step,loss\n0,1.0\n1,0.5\n"


def test_lines_of_a_second_run_are_left_out_and_told(tmp_path, capsys):
    path = tmp_path / "losses.csv"
    twice = "step,loss\n0,1.0\n1,0.5\nstep,loss\n0,1.0\n2,0.2\n1,0.7\n3,0.1\n"
    path.write_text(twice)
    reports.LossLog(path, 3)
    assert path.read_text() == "step,loss\n0,1.0\n1,0.5\n2,0.2\n"
    assert "3 lines of a second run" in capsys.readouterr().out


@pytest.mark.parametrize(
    "damage", [b"\0\0\0\0", b"\xff\xfe", b"\n\n", b"x,y\n", b"1.5,2\n"]
)
def test_damaged_lines_are_left_out(tmp_path, damage):
    path = tmp_path / "losses.csv"
    path.write_bytes(b"step,loss\n0,1.0\n" + damage)
    reports.LossLog(path, 3)
    assert path.read_text() == "step,loss\n0,1.0\n"


def test_log_without_a_header_is_begun_anew(tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text("\n")
    log = reports.LossLog(path, 3)
    log.add([(3, {"loss": 0.5})])
    assert path.read_text() == "step,loss\n3,0.5\n"


def test_losses_with_a_comma_in_their_name_are_kept(tmp_path):
    path = tmp_path / "losses.csv"
    log = reports.LossLog(path, 0)
    log.add([(step, {'loss.a,"b"\u2028': 0.5}) for step in range(3)])
    before = path.read_text("utf-8").split("\n")
    reports.LossLog(path, 2)
    assert path.read_text("utf-8").split("\n")[:-1] == before[:3]


@pytest.mark.parametrize(
    "seconds, shown", [(5, "0:05"), (65, "1:05"), (3661, "1:01:01")]
)
def test_clock(seconds, shown):
    assert reports.clock(seconds) == shown


def test_confusion_image_is_darkest_where_all_clips_are():
    picture = reports.confusion_image(np.diag([5.0, 5.0]), ("a", "b"))
    right, wrong = picture[185, 190], picture[185, 234]
    assert right[0] < wrong[0]


def test_film_strips_show_time_to_the_right():
    clips = np.zeros((2, 3, 4, 5, 3), np.uint8)
    clips[1, 2] = 9
    strips = reports.film_strips(clips)
    assert strips.shape == (8, 15, 3)
    assert (strips[4:, 10:] == 9).all() and strips.sum() == 9 * 4 * 5 * 3


def test_tensorboard_gets_scalars_and_pictures(tmp_path):
    board = reports.Board(tmp_path)
    board.scalars(1, {"loss": 0.5})
    board.image(1, "clips", np.zeros((4, 4, 3), np.uint8))
    (path,) = tmp_path.iterdir()
    tags = {
        value.tag
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
    }
    assert tags == {"loss", "clips"}


def test_a_log_of_an_earlier_version_keeps_its_columns(tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text("step,loss,gradient_norm\n0,1.0,2.0\n")
    log = reports.LossLog(path, 1)
    log.add([(1, {"loss": 0.5, "accuracy": 1.0, "gradient_norm": 3.0})])
    assert path.read_text().splitlines()[-1] == "1,0.5,3.0"

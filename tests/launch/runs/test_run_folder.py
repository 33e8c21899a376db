import pytest

from launch.runs import devices, run_folder
from tfrecords_tools.base import errors


def test_every_host_but_the_first_has_a_folder_of_its_own():
    folders = [str(run_folder.host_folder("run", host)) for host in (0, 2)]
    assert folders == ["run", "run/worker-2"]


def test_two_runs_do_not_write_to_one_folder(tmp_path):
    config = devices.Config()
    with run_folder.claimed(tmp_path, config):
        with pytest.raises(errors.UserError, match="another --workdir"):
            with run_folder.claimed(tmp_path, config):
                pass


def test_the_folds_of_a_cross_validation_are_no_run(tmp_path):
    run_folder.refuse_folds(tmp_path)
    run_folder.fold_folder(tmp_path, 1).mkdir()
    with pytest.raises(errors.UserError, match="such as --workdir=.*fold_1"):
        run_folder.refuse_folds(tmp_path)

import errno
import fcntl
import os

import pytest

from tfrecords_tools.base.files import file_lock


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


def test_a_second_holder_is_refused_until_the_first_lets_go(path):
    with file_lock.held(path):
        with pytest.raises(file_lock.Busy):
            file_lock.Lock(path)
    file_lock.Lock(path).release()


def test_a_folder_is_locked_and_not_made(tmp_path):
    with file_lock.held(tmp_path, is_folder=True):
        with pytest.raises(file_lock.Busy):
            file_lock.Lock(tmp_path, is_folder=True)
    with pytest.raises(FileNotFoundError):
        file_lock.Lock(tmp_path / "none", is_folder=True)
    assert not list(tmp_path.iterdir())


def test_a_lock_of_a_removed_file_is_not_current(path):
    lock = file_lock.Lock(path)
    assert lock.is_certain and lock.can_write and lock.is_current()
    lock.remove_file()
    assert not path.exists() and not lock.is_current()
    lock.release()


def test_the_file_of_another_is_not_removed(path):
    lock = file_lock.Lock(path)
    path.unlink()
    path.touch()
    lock.remove_file()
    assert path.exists()
    lock.release()


def test_releasing_twice_closes_no_file_of_another(path, tmp_path):
    lock = file_lock.Lock(path)
    lock.release()
    with open(tmp_path / "other", "w") as other:
        lock.release()
        other.write("still open")


@pytest.mark.parametrize("error", [errno.ENOLCK, errno.EBADF])
def test_a_file_system_without_locks_is_told_apart(path, monkeypatch, error):
    def fail(*_):
        raise OSError(error, "no locks")

    monkeypatch.setattr(fcntl, "flock", fail)
    lock = file_lock.Lock(path)
    assert not lock.is_certain
    lock.release()


def test_any_other_fault_is_raised_and_nothing_stays_open(path, monkeypatch):
    def fail(*_):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(fcntl, "flock", fail)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError, match="broken"):
        file_lock.Lock(path)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_forked_process_holds_nothing(path):
    with file_lock.held(path):
        child = os.fork()
        if not child:
            os._exit(len(file_lock._held))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        with pytest.raises(file_lock.Busy):
            file_lock.Lock(path)

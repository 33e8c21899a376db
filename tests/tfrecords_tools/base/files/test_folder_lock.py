"""One writer a folder; a second one is told who the first is."""

import errno
import fcntl
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.base.files import folder_lock

ROOT = pathlib.Path(__file__).parents[4]
HOLD = """
import os, sys, time
from tfrecords_tools.base.files import folder_lock
with folder_lock.held(sys.argv[1], "run", "another --workdir"):
    {}
    print("holds", flush=True)
    time.sleep(60)
"""


def _start(folder, then="pass"):
    return subprocess.Popen(
        [sys.executable, "-c", HOLD.format(then), str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def holder(tmp_path):
    """A process that writes into `tmp_path/run`, and takes a minute."""
    process = _start(tmp_path / "run")
    assert process.stdout.readline() == "holds\n"
    yield process
    process.kill()
    process.communicate()


def _refused(folder):
    with pytest.raises(errors.UserError) as caught:
        with folder_lock.held(folder, "run", "another --workdir"):
            pass
    return str(caught.value)


def test_second_writer_is_told_who_writes_since_when_and_what_to_do(
    holder, tmp_path
):
    message = _refused(tmp_path / "run")
    assert f"another run is writing into {tmp_path / 'run'}" in message
    assert (
        f"process {holder.pid} on {socket.gethostname()}, since 20" in message
    )
    assert "folder_lock.held(sys.argv[1]" in message  # The command.
    assert message.endswith("for its end, or choose another --workdir")


def test_the_same_folder_by_other_paths_is_refused(
    holder, tmp_path, monkeypatch
):
    (tmp_path / "link").symlink_to(tmp_path / "run")
    monkeypatch.chdir(tmp_path)
    for name in (f"{tmp_path}/run/", "run", "./run/../run", "link"):
        assert f"process {holder.pid}" in _refused(name)


def test_killed_writer_bars_nobody(holder, tmp_path):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "run" / folder_lock.NAME).exists()
    with folder_lock.held(tmp_path / "run"):
        pass


@pytest.mark.parametrize(
    "child",
    [
        "if not os.fork(): os.close(1); os.close(2); time.sleep(20)",
        "import subprocess; subprocess.Popen(['sleep', '20'], "
        "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, "
        "close_fds=False)",
    ],
    ids=("forked", "started"),
)
def test_child_that_outlives_a_killed_writer_holds_no_lock(tmp_path, child):
    process = _start(tmp_path / "run", child)
    assert process.stdout.readline() == "holds\n"
    process.kill()
    process.communicate()
    with folder_lock.held(tmp_path / "run"):
        pass


def test_forked_process_that_ends_leaves_the_lock_to_its_parent(tmp_path):
    with folder_lock.held(tmp_path):
        child = os.fork()
        if not child:
            try:
                raise SystemExit
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        assert (tmp_path / folder_lock.NAME).exists()
        _refused(tmp_path)


def test_nothing_is_left_after_the_end(tmp_path):
    with folder_lock.held(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()
    assert not list(tmp_path.iterdir())
    with folder_lock.held(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "result").touch()
    assert os.listdir(tmp_path / "a" / "b") == ["result"]


def test_of_many_that_start_at_once_one_is_let_in(tmp_path):
    started = [_start(tmp_path / "run") for _ in range(5)]
    ended = []
    while len(ended) < 4:
        ended = [p for p in started if p.poll() is not None]
        time.sleep(0.01)
    (left,) = set(started) - set(ended)
    assert left.stdout.readline() == "holds\n"
    left.kill()
    left.communicate()
    for each in ended:
        assert "another run is writing" in each.communicate()[1]


def test_empty_lock_file_of_an_older_version_bars_nobody(tmp_path):
    (tmp_path / folder_lock.NAME).touch()
    with folder_lock.held(tmp_path):
        pass


def test_lock_of_a_writer_that_has_not_said_its_name_is_refused(tmp_path):
    with open(tmp_path / folder_lock.NAME, "w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert f"is writing into {tmp_path}. Wait" in _refused(tmp_path)


def test_writer_that_may_wait_waits(tmp_path, capsys):
    done = []

    def second():
        with folder_lock.held(tmp_path, wait=True):
            done.append("second")

    with folder_lock.held(tmp_path):
        other = threading.Thread(target=second)
        other.start()
        while "waiting: another" not in capsys.readouterr().err:
            time.sleep(0.01)
        done.append("first")
    other.join()
    assert done == ["first", "second"]


def test_output_that_is_not_there_yet_is_held_beside_it(tmp_path):
    output = tmp_path / "new" / "out.mp4"
    with folder_lock.held_for(output, instead="another --output"):
        with pytest.raises(errors.UserError, match="another --output"):
            with folder_lock.held_for(output, instead="another --output"):
                pass
        with folder_lock.held_for(tmp_path / "new" / "other.mp4"):
            pass
        with atomic_write.file(output) as stream:
            stream.write(b"video")
    assert os.listdir(tmp_path / "new") == ["out.mp4"]


@pytest.fixture
def no_locks(monkeypatch):
    """A file system without locks."""

    def flock(*_):
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(fcntl, "flock", flock)


def test_without_locks_a_living_writer_is_told_by_its_process(
    holder, tmp_path, no_locks
):
    assert f"process {holder.pid}" in _refused(tmp_path / "run")


def test_without_locks_a_dead_writer_bars_nobody(
    holder, tmp_path, no_locks, capsys
):
    holder.kill()
    holder.wait()
    with folder_lock.held(tmp_path / "run"):
        assert "has no locks: make sure" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["file", "file/below", "n" * 300])
def test_folder_that_cannot_be_is_told(tmp_path, name):
    (tmp_path / "file").touch()
    with pytest.raises(errors.UserError, match="cannot write"):
        with folder_lock.held(tmp_path / name):
            pass


def test_lock_file_that_may_only_be_read_bars_nobody(tmp_path, monkeypatch):
    lock, real = tmp_path / folder_lock.NAME, os.open
    lock.write_text("{}")

    def others(path, flags, *mode):
        is_old = path == lock and lock.exists() and lock.read_text() == "{}"
        if is_old and flags & os.O_RDWR:
            raise PermissionError(errno.EACCES, "denied")
        return real(path, flags, *mode)

    monkeypatch.setattr(os, "open", others)
    with folder_lock.held(tmp_path):
        assert str(os.getpid()) in lock.read_text()


def test_read_only_folder_is_told(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(errors.UserError, match="file system is read-only"):
        with folder_lock.held(tmp_path):
            pass


def test_two_atomic_writes_of_one_file_never_mix(tmp_path):
    path = tmp_path / "a.json"
    with atomic_write.file(path, "w") as stream:
        with pytest.raises(errors.UserError, match="another process is writ"):
            with atomic_write.file(path, "w") as other:
                other.write("second")
        stream.write("first")
    assert path.read_text() == "first"
    assert os.listdir(tmp_path) == ["a.json"]


def test_two_atomic_writes_of_one_folder_never_mix(tmp_path):
    with atomic_write.folder(tmp_path / "a") as one:
        (one / "first").touch()
        with pytest.raises(errors.UserError, match="another process is writ"):
            with atomic_write.folder(tmp_path / "a"):
                pass
    assert os.listdir(tmp_path / "a") == ["first"]


def test_what_a_killed_write_left_is_no_part_of_the_next(tmp_path):
    (tmp_path / "a.partial" / "deep").mkdir(parents=True)
    (tmp_path / "a.partial" / "deep" / "old").touch()
    with atomic_write.folder(tmp_path / "a") as new:
        (new / "new").touch()
    assert os.listdir(tmp_path / "a") == ["new"]


def test_folder_that_is_there_already_is_told_without_the_disk(tmp_path):
    (tmp_path / "a" / "old").mkdir(parents=True)
    with pytest.raises(errors.UserError, match="stands there already"):
        with atomic_write.folder(tmp_path / "a"):
            pass
    assert os.listdir(tmp_path) == ["a"]


def test_it_is_the_first_that_is_named(tmp_path):
    with folder_lock.held(tmp_path, "run"):
        with pytest.raises(errors.UserError, match="another run is writing"):
            with folder_lock.held(tmp_path, "export"):
                pass

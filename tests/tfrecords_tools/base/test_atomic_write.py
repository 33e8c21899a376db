import errno
import os

import pytest

from tfrecords_tools.base import atomic_write, errors


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "a.txt"


def test_a_file_takes_its_name_when_all_went_well(path):
    with atomic_write.file(path, "w") as stream:
        stream.write("\u00e9\n")
        assert not path.exists()
    assert path.read_bytes() == b"\xc3\xa9\n"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_what_stood(path, error):
    path.parent.mkdir()
    path.write_text("before")
    with pytest.raises(error):
        with atomic_write.file(path) as stream:
            stream.write(b"half")
            raise error
    assert path.read_text() == "before"
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_takes_its_name_when_all_went_well(tmp_path):
    path = tmp_path / "made"
    with atomic_write.folder(path) as temporary:
        (temporary / "a").write_text("a")
        assert not path.exists()
    assert [each.name for each in path.iterdir()] == ["a"]


def test_a_failed_folder_leaves_nothing(tmp_path):
    with pytest.raises(ValueError):
        with atomic_write.folder(tmp_path / "made") as temporary:
            (temporary / "a").write_text("a")
            raise ValueError
    assert not list(tmp_path.iterdir())


def test_what_a_killed_writer_left_in_a_folder_is_taken_away(tmp_path):
    left = tmp_path / f"made{atomic_write.TEMPORARY}"
    (left / "deeper").mkdir(parents=True)
    (left / "link").symlink_to(tmp_path)
    with atomic_write.folder(tmp_path / "made") as temporary:
        assert not list(temporary.iterdir())
    assert tmp_path.is_dir()


@pytest.mark.parametrize("write", [atomic_write.file, atomic_write.folder])
def test_a_second_writer_is_refused(tmp_path, write):
    path = tmp_path / "a"
    with write(path):
        with pytest.raises(
            errors.UserError, match="is writing .*a: wait until it ends"
        ):
            with write(path):
                pass


@pytest.mark.parametrize(
    "code, remedy",
    [
        (errno.ENOSPC, "the disk is full, free some space"),
        (errno.EROFS, "read-only, choose another folder"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_why_nothing_can_be_written_is_said(code, remedy):
    with pytest.raises(errors.UserError) as caught:
        with atomic_write.explained("a"):
            raise OSError(code, os.strerror(code))
    said = str(caught.value)
    assert said.startswith("cannot write a: ") and remedy in said
    assert "The previous content is untouched" in said


def test_a_closed_pipe_is_not_of_the_file():
    with pytest.raises(BrokenPipeError):
        with atomic_write.explained("a"):
            raise BrokenPipeError


def test_a_file_in_place_of_a_folder_is_told(tmp_path):
    (tmp_path / "a").touch()
    with pytest.raises(errors.UserError, match="a file stands where a folder"):
        with atomic_write.file(tmp_path / "a" / "b"):
            pass

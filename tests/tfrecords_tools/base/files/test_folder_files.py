import errno
import os
import pathlib
import socket

import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.base.files import folder_files


def touch(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()


def files(folder):
    return [path.as_posix() for path in folder_files.below(folder)]


def unusable(folder):
    found = folder_files.listed(folder).unusable
    return {path.as_posix(): reason for path, reason in found.items()}


def test_files_are_sorted_and_hidden_ones_passed_over(tmp_path):
    touch(tmp_path, "b/c.mp4", "a.mp4", ".d.mp4", ".git/e.mp4")
    assert files(tmp_path) == ["a.mp4", "b/c.mp4"]


def test_a_folder_that_is_not_there_has_no_files(tmp_path):
    assert files(tmp_path / "none") == []


def test_a_link_to_nothing_is_told_and_the_rest_listed(tmp_path):
    touch(tmp_path, "run/a.mp4")
    (tmp_path / "run/b.mp4").symlink_to("gone.mp4")
    assert files(tmp_path) == ["run/a.mp4"]
    assert unusable(tmp_path) == {
        "run/b.mp4": "no such file: a link to gone.mp4"
    }


def test_links_in_a_circle_are_told(tmp_path):
    (tmp_path / "a.mp4").symlink_to("b.mp4")
    (tmp_path / "b.mp4").symlink_to("a.mp4")
    assert list(unusable(tmp_path)) == ["a.mp4", "b.mp4"]


@pytest.mark.parametrize("target", [".", "..", "../run"])
def test_a_linked_folder_that_leads_to_itself_is_listed_once(tmp_path, target):
    touch(tmp_path, "run/a.mp4")
    (tmp_path / "run/again").symlink_to(target)
    assert files(tmp_path) == ["run/a.mp4"]


@pytest.mark.parametrize("target", ["/", "..", "../..", "../../other"])
def test_a_link_to_what_holds_the_folder_is_not_followed(tmp_path, target):
    touch(tmp_path, "a/root/run/a.mp4", "a/b.mp4")
    (tmp_path / "other").symlink_to("a")
    (tmp_path / "a/root/up").symlink_to(target)
    assert files(tmp_path / "a/root") == ["run/a.mp4"]
    assert "which holds it" in unusable(tmp_path / "a/root")["up"]


def test_a_folder_goes_by_its_own_name_not_by_that_of_a_link(tmp_path):
    touch(tmp_path, "run/a.mp4")
    (tmp_path / "alias").symlink_to("run")
    assert files(tmp_path) == ["run/a.mp4"]


def test_a_folder_elsewhere_is_listed_below_its_first_link(tmp_path):
    touch(tmp_path, "elsewhere/day/a.mp4")
    (tmp_path / "root").mkdir()
    for name in ("walk", "run"):
        (tmp_path / "root" / name).symlink_to("../elsewhere")
    assert files(tmp_path / "root") == ["run/day/a.mp4"]


def test_pipes_and_sockets_are_told(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "linked.mp4").symlink_to("pipe.mp4")
    here = os.open(tmp_path, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{here}/s")  # Its own path may be too long.
        found = unusable(tmp_path)
    os.close(here)
    assert set(found) == {"pipe.mp4", "linked.mp4", "s"}
    assert set(found.values()) == {folder_files.NOT_A_FILE}


def test_a_name_that_is_no_utf_8_is_told(tmp_path):
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff.mp4", os.O_CREAT))
    ((path, reason),) = folder_files.listed(tmp_path).unusable.items()
    assert "not UTF-8" in reason
    assert folder_files.printable(path) == "\\xff.mp4"


def deny(monkeypatch, denied):
    scandir = os.scandir

    def listing(path):
        if pathlib.Path(path) == denied:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", listing)


def test_a_folder_that_cannot_be_listed_is_told(tmp_path, monkeypatch):
    touch(tmp_path, "run/a.mp4", "shut/b.mp4")
    deny(monkeypatch, tmp_path / "shut")
    assert files(tmp_path) == ["run/a.mp4"]
    assert unusable(tmp_path) == {"shut": "cannot be listed: Permission denied"}


def test_a_folder_that_cannot_be_entered_is_told(tmp_path, monkeypatch):
    touch(tmp_path, "run/a.mp4", "shut/b.mp4")
    stat = os.stat

    def denied(path, **settings):
        if os.fspath(path).startswith(f"{tmp_path}/shut/"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return stat(path, **settings)

    monkeypatch.setattr(os, "stat", denied)
    assert files(tmp_path) == ["run/a.mp4"]
    assert list(unusable(tmp_path)) == ["shut"]


def test_a_root_that_cannot_be_listed_is_an_error(tmp_path, monkeypatch):
    deny(monkeypatch, tmp_path)
    with pytest.raises(
        errors.UserError, match="cannot list .* denied; grant access"
    ):
        folder_files.below(tmp_path)

import os
import pathlib

import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.base.files import plain_path


@pytest.mark.parametrize("path", ["/a/run", "gs://a/run[1]"])
def test_a_plain_path_and_an_address_stay(path):
    with plain_path.to(path) as found:
        assert found == path


@pytest.mark.parametrize("name", ["run[1]", "run*", "run?", "a\\b"])
def test_a_folder_is_reached_by_a_plain_name(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "a").write_text("here")
    with plain_path.to(folder) as found:
        assert not set("*?[\\") & set(found)
        assert pathlib.Path(found, "a").read_text() == "here"
    assert not os.path.lexists(found)
    assert (folder / "a").exists()


def test_the_files_of_one_name_are_reached_and_no_others(tmp_path):
    folder = tmp_path / "run[1]"
    folder.mkdir()
    for name in ("state.index", "state.data", "stated.index"):
        (folder / name).write_text(name)
    with plain_path.to(folder / "state") as found:
        assert pathlib.Path(f"{found}.index").read_text() == "state.index"
        names = os.listdir(os.path.dirname(found))
    assert len(names) == 2


def test_without_room_for_a_link_the_remedy_is_told(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("read-only")

    folder = tmp_path / "run[1]"
    folder.mkdir()
    monkeypatch.setattr(os, "symlink", fail)
    with pytest.raises(errors.UserError, match="set TMPDIR"):
        with plain_path.to(folder):
            pass

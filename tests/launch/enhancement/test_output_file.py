import os

import pytest

from launch.enhancement import output_file
from tfrecords_tools.base import atomic_write, errors

ENDINGS = (".mp4", ".mkv")


def refused(output, source="in.mp4"):
    with pytest.raises(errors.UserError) as caught:
        output_file.check(str(output), source, ENDINGS)
    return str(caught.value)


@pytest.mark.parametrize("name", ["out.mp4", "OUT.MKV", "new/folder/out.mp4"])
def test_a_file_that_can_be_written_is_accepted(tmp_path, name):
    output_file.check(str(tmp_path / name), "in.mp4", ENDINGS)


def test_a_folder_is_refused_with_a_name_in_it(tmp_path):
    assert f"such as {tmp_path / 'enhanced.mp4'}" in refused(tmp_path)


@pytest.mark.parametrize(
    "name, ending", [("out.avi", "'.avi'"), ("out", "'nothing'")]
)
def test_another_ending_is_refused_with_those_that_are_known(
    tmp_path, name, ending
):
    said = refused(tmp_path / name)
    assert f"ends in {ending}: wanted one of .mp4, .mkv" in said


@pytest.mark.parametrize("other", ["", atomic_write.TEMPORARY])
def test_the_video_that_is_read_is_not_replaced(tmp_path, other):
    source = tmp_path / f"a.mp4{other}"
    source.write_bytes(b"video")
    assert "would replace the input video" in refused(
        tmp_path / "a.mp4", source
    )


def test_a_link_to_the_video_that_is_read_is_not_replaced(tmp_path):
    source, link = tmp_path / "a.mp4", tmp_path / "b.mp4"
    source.write_bytes(b"video")
    os.link(source, link)
    assert "would replace the input video" in refused(link, source)


def test_a_file_in_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    said = refused(tmp_path / "file" / "deeper" / "a.mp4")
    assert f"{tmp_path / 'file'} is a file, not a folder" in said


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda folder, mode: False)
    said = refused(tmp_path / "new" / "a.mp4")
    assert f"{tmp_path} is not writable;" in said

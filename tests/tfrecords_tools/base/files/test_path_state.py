import os

from tfrecords_tools.base.files import path_state


def test_state_of_a_file_is_its_size_and_time(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12")
    os.utime(path, ns=(0, 5))
    assert path_state.read(path) == (2, 5)


def test_state_of_a_folder_counts_its_files(tmp_path):
    for name, time in (("a", 5), ("b", 10**19 // 2)):
        (tmp_path / name).write_bytes(b"123")
        os.utime(tmp_path / name, ns=(0, time))
    assert path_state.read(tmp_path) == (6, 10**19 // 2)


def test_removed_file_changes_the_state_of_its_folder(tmp_path):
    (tmp_path / "a").touch()
    before = path_state.read(tmp_path)
    (tmp_path / "a").unlink()
    os.utime(tmp_path, ns=(0, before.time + 1))
    assert path_state.read(tmp_path) != before

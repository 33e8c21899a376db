import shutil

import pytest

from launch.embedding import index_files
from tfrecords_tools.base import errors


def test_damaged_index_is_told(index, tmp_path):
    copy = shutil.copytree(index, tmp_path / "index")
    (copy / index_files.WINDOWS).write_bytes(b"")
    with pytest.raises(errors.UserError, match="is damaged.*launch.embed"):
        index_files.Index(copy)


def test_folder_without_an_index_is_told(tmp_path):
    with pytest.raises(errors.UserError, match="no index in"):
        index_files.Index(tmp_path)

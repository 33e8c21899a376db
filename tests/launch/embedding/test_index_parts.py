import numpy as np
import pytest

from launch.embedding import index_files, index_parts
from tfrecords_tools.base import errors

PART = index_parts.Part(0, ("a.mp4",), "digest")
ROWS = index_parts.Rows(
    [{"path": "a.mp4", "windows": 2}],
    np.array([[0.0, 1.0], [1.0, 2.0]]),
    np.ones((2, 3), np.float32),
)
FAILED = index_parts.Rows(
    [{"path": "a.mp4", "windows": 0, "error": "no video"}],
    np.zeros((0, 2)),
    np.zeros((0, 3), np.float32),
)
METADATA = index_files.Metadata("f", 3, 0, 0, 0, "m", "r", "videos", "d")


def test_part_is_read_as_it_was_written(tmp_path):
    index_parts.write(tmp_path, PART, ROWS)
    found = index_parts.read(tmp_path, PART)
    assert found.videos == ROWS.videos
    assert found.features.tobytes() == ROWS.features.tobytes()


def test_part_of_another_digest_is_left_to_do(tmp_path):
    index_parts.write(tmp_path, PART, ROWS)
    other = index_parts.Part(0, PART.items, "another")
    assert index_parts.unfinished(tmp_path, [other]) == [other]
    assert not list(tmp_path.iterdir())


def test_nothing_readable_is_refused(tmp_path):
    output = tmp_path / "index"
    folder = index_parts.folder_of(output)
    folder.mkdir()
    index_parts.write(folder, PART, FAILED)
    with pytest.raises(errors.UserError, match="nothing could be read"):
        index_parts.assemble(output, [PART], METADATA)
    assert not output.exists()
